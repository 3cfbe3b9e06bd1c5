"""What a period left open, held against the register of the next one."""

import pandas as pd

from pipelines.catalogue.load import load_catalogue
from pipelines.validation.carried_rules import carried_findings, registers_looked_back_on

CATALOGUE = load_catalogue()
SENT = pd.DataFrame({"submission_id": ["s", "t"], "provider": ["bcd-1", "bcd-2"]})
COLUMNS = ["conclusion_code", "due_on", "status"]


def letters(*submissions: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("conclusions", submission, "Kết luận họp", column, "AFG"[place])
            for submission in submissions
            for place, column in enumerate(COLUMNS)
        ],
        columns=["register_id", "submission_id", "sheet", "column", "letter"],
    )


def rows(*lines: tuple[str, str, str], submission: str = "s") -> pd.DataFrame:
    frame = pd.DataFrame(lines, columns=COLUMNS).assign(
        submission_id=submission, sheet="Kết luận họp", row=range(11, 11 + len(lines)), unit_id="u"
    )
    return frame.assign(due_on=pd.to_datetime(frame["due_on"]))


def before(*lines: tuple[str, str, str], unit: str = "bcd-1") -> dict[str, pd.DataFrame]:
    return {"conclusions": rows(*lines).drop(columns="submission_id").assign(unit_id=unit)}


OPEN = ("KL-1", "2021-03-31", "Đang thực hiện")
WAITING = ("KL-2", "2021-05-31", "Chưa thực hiện")
DONE = ("KL-3", "2021-01-31", "Đã hoàn thành")


def test_only_conclusions_are_looked_back_on() -> None:
    assert registers_looked_back_on(CATALOGUE) == ["conclusions"]


def test_everything_open_is_missed_at_once() -> None:
    found = carried_findings(SENT, {}, letters("s"), before(OPEN, WAITING, DONE), CATALOGUE)
    (row,) = found.to_dict("records")
    assert (row["rule"], row["submission_id"], row["unit_id"]) == ("KLH-05", "s", "bcd-1")
    assert row["found"] == "KL-1 (hạn 31/03/2021), KL-2 (hạn 31/05/2021)"


def test_what_comes_again_done_or_open_is_not_missed() -> None:
    now = rows(("KL-1", "2021-03-31", "Đã hoàn thành"), WAITING)
    found = carried_findings(
        SENT, {"conclusions": now}, letters("s"), before(OPEN, WAITING), CATALOGUE
    )
    assert found.empty


def test_a_file_without_the_sheet_says_nothing() -> None:
    nothing = letters()
    assert carried_findings(SENT, {}, nothing, before(OPEN), CATALOGUE).empty
    assert carried_findings(SENT, {}, letters("s"), {}, CATALOGUE).empty


def test_each_sender_is_held_against_its_own() -> None:
    both = carried_findings(SENT, {}, letters("s", "t"), before(OPEN, unit="bcd-2"), CATALOGUE)
    assert list(both["submission_id"]) == ["t"]


def test_a_due_date_that_moved_is_found_at_its_cell() -> None:
    now = rows(("KL-2", "2021-05-31", "Đang thực hiện"), ("KL-1", "2021-09-30", "Đang thực hiện"))
    found = carried_findings(
        SENT, {"conclusions": now}, letters("s"), before(OPEN, WAITING), CATALOGUE
    )
    (row,) = found.to_dict("records")
    assert (row["rule"], row["cell"]) == ("KLH-06", "F12")
    assert (row["found"], row["expected"]) == ("30/09/2021", "31/03/2021")


def test_a_code_that_was_settled_may_be_used_anew() -> None:
    now = rows(("KL-3", "2022-01-31", "Chưa thực hiện"))
    found = carried_findings(SENT, {"conclusions": now}, letters("s"), before(DONE), CATALOGUE)
    assert found.empty
