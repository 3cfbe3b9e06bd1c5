"""Which files are answered: the newest of each sender and form, and what could not be read."""

import datetime as dt

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.answering import Wishes, answers, office_of
from tests.reports.letters import HANOI, tables

CATALOGUE = load_catalogue()
PERIOD = "2021-H1"
DAY = dt.datetime(2021, 6, 1, 8, tzinfo=HANOI)
NOW = dt.datetime(2021, 6, 10, 8, tzinfo=HANOI)


def sent(unit: str, nn: int, status: str, form: str | None = "xa-2021", **more: object) -> dict:
    base = {
        "submission_id": f"{PERIOD}/{unit}/{nn:02d}",
        "sha256": "0" * 64,
        "provider": unit,
        "period": PERIOD,
        "round": "estimate" if form else None,
        "form": form,
        "received_at": DAY + dt.timedelta(days=nn),
        "path": f"raw/{PERIOD}/{unit}/bieu-{nn}.xlsx",
        "status": status,
        "reason": "vì sao" if status != "accepted" else None,
        "channel": "e-mail",
        "reader_note": None,
        "is_illustrative": True,
    }
    return base | more


class Frames:
    """The tables of a warehouse with these submissions."""

    def __init__(self, *rows: dict) -> None:
        found = {
            "submission_id": [row["submission_id"] for row in rows if row["status"] == "returned"]
        }
        self.frames = tables() | {
            "intake.submissions": pd.DataFrame(rows),
            "core.findings": pd.DataFrame(found).assign(
                period=PERIOD, sheet="Biểu 01-XA", cell="E19", rule="XA-01", unit_id="xa-mh-01",
                element="xa.publish_done", severity="error", is_primary=True, found="25",
                expected="không quá 22", message_vi="Sai.", action_vi="Sửa.", decision=None,
                decided_by=None, decided_why=None,
            ),
        }  # fmt: skip

    def table(self, name: str, /) -> pd.DataFrame:
        return self.frames[name]


def told(*rows: dict, everything: bool = False) -> list[str]:
    found = answers(Frames(*rows), CATALOGUE, PERIOD, NOW, Wishes(), everything=everything)
    return [str(one.letter.submission_id).partition("/")[2] for one in found]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([sent("xa-mh-01", 1, "returned")], ["xa-mh-01/01"]),
        # a later file has taken its place
        ([sent("xa-mh-01", 1, "returned"), sent("xa-mh-01", 2, "accepted")], []),
        ([sent("xa-mh-01", 1, "superseded"), sent("xa-mh-01", 2, "returned")], ["xa-mh-01/02"]),
        # the accepted one stands, but the newer was sent back
        ([sent("xa-mh-01", 1, "accepted"), sent("xa-mh-01", 2, "returned")], ["xa-mh-01/02"]),
        # the same bytes again say nothing new
        ([sent("xa-mh-01", 1, "returned"), sent("xa-mh-01", 2, "duplicate")], ["xa-mh-01/01"]),
        # another form, another round
        (
            [sent("xa-mh-01", 1, "returned"), sent("xa-mh-01", 2, "returned", "ntm-2021"),
             sent("xa-mh-01", 3, "returned", round="final")],
            ["xa-mh-01/01", "xa-mh-01/02", "xa-mh-01/03"],
        ),
        # a file that could not be read is answered until another one comes
        ([sent("xa-mh-01", 1, "unreadable", None)], ["xa-mh-01/01"]),
        ([sent("xa-mh-01", 1, "unreadable", None), sent("xa-mh-01", 2, "accepted")], []),
        # of unknown senders nothing is known to have been overtaken
        (
            [sent("unknown", 1, "unreadable", None), sent("unknown", 2, "unreadable", None)],
            ["unknown/01", "unknown/02"],
        ),
        # evidence is no report
        ([sent("xa-mh-01", 1, "accepted", None)], []),
    ],
)  # fmt: skip
def test_who_is_answered(rows: list[dict], expected: list[str]) -> None:
    assert told(*rows) == expected


def test_with_everything_good_files_are_answered_too() -> None:
    assert told(sent("xa-mh-01", 1, "accepted")) == []
    assert told(sent("xa-mh-01", 1, "accepted"), everything=True) == ["xa-mh-01/01"]


def test_facts_of_a_letter() -> None:
    frames = Frames(sent("xa-mh-01", 1, "returned"))
    (one,) = answers(frames, CATALOGUE, PERIOD, NOW, Wishes())
    assert one.letter.unit == "Xã minh họa 01"
    assert one.letter.form == "Biểu 01-XA"
    assert one.letter.round == "Số ước"
    assert one.letter.due_date == dt.date(2021, 6, 4)
    assert one.letter.is_late
    assert one.letter.send_to == "Ban Chỉ đạo QCDC huyện minh họa"
    assert [point.code for point in one.letter.points] == ["B02"]
    assert (one.nn, one.path) == ("01", f"raw/{PERIOD}/xa-mh-01/bieu-1.xlsx")


def test_before_the_due_date_nobody_is_late() -> None:
    frames = Frames(sent("xa-mh-01", 1, "returned"))
    (one,) = answers(frames, CATALOGUE, PERIOD, DAY, Wishes(send_to="Văn phòng"))
    assert not one.letter.is_late
    assert one.letter.send_to == "Văn phòng"


def test_where_reports_go() -> None:
    units, day = tables()["ref.units"], dt.date(2021, 6, 30)
    assert office_of(units, "xa-mh-01", day) == "Ban Chỉ đạo QCDC huyện minh họa"
    # nobody reports to themselves
    assert office_of(units, "bcd-mh", day) == ""
    assert office_of(units, "unknown", day) == ""
