"""An analyst's adjustment: recorded with who and why, beside a computed figure that stays."""

import datetime as dt
import json
from pathlib import Path

import pytest

from pipelines.analysis import adjust, adjustments, open_warehouse, withdraw
from pipelines.analysis.adjusting import CannotAdjust
from pipelines.analysis.opening import UnknownPeriod
from pipelines.intake.adjustments import standing
from pipelines.intake.journal import JournalError, append, encode, last_time, read_journal
from tests.reports.small import PERIOD

FIGURE = f"{PERIOD}/dn.conference_rate@huyen-mh-1"
COUNT = f"{PERIOD}/nv.posts_streamlined@huyen-mh-1"
AT = dt.datetime(2021, 6, 20, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))
WHO, WHY = "Chuyên viên tổng hợp", "Liên đoàn Lao động báo thêm 01 doanh nghiệp"


@pytest.fixture
def root(small_root: Path, tmp_path: Path) -> Path:
    """A project with the small warehouse and a journal of its own."""
    (tmp_path / "workspace.yaml").touch()
    (tmp_path / "warehouse").symlink_to(small_root / "warehouse")
    _say(tmp_path, event="period", action="open")
    return tmp_path


def _journal(root: Path) -> Path:
    return root / "raw" / PERIOD / "journal.jsonl"


def _say(root: Path, **line: object) -> None:
    append(_journal(root), {"at": "2021-05-01T08:00:00+07:00", "who": "thường trực"} | line)


def test_it_stands_beside_the_computed_figure_which_stays(root: Path):
    before = (root / "warehouse" / "manifest.json").read_bytes()
    shown = adjust(PERIOD, FIGURE, 93.3, WHO, f"{WHY}\n", root=root, at=AT)
    row = shown.iloc[0]
    assert (row["computed_shown"], row["adjusted_shown"]) == ("87% (86,67%)", "93% (93,30%)")
    assert row["difference_shown"] == "+6,63 điểm %"
    assert (row["who"], row["why"], row["at_vi"]) == (WHO, WHY, "09:00 20/06/2021")
    assert row["changed"] == ""
    assert (root / "warehouse" / "manifest.json").read_bytes() == before
    line = json.loads(_journal(root).read_text(encoding="utf-8").splitlines()[-1])
    assert (line["event"], line["value"]) == ("adjustment", 93.3)
    assert line["computed"] == pytest.approx(86.6667, abs=1e-4)


def test_it_moves_no_time_of_the_figures(root: Path):
    before = last_time(read_journal(_journal(root)).entries)
    adjust(PERIOD, FIGURE, 93.3, WHO, WHY, root=root, at=AT)
    assert last_time(read_journal(_journal(root)).entries) == before


def test_a_later_one_replaces_it_and_it_can_be_withdrawn(root: Path):
    adjust(PERIOD, FIGURE, 93.3, WHO, WHY, root=root, at=AT)
    adjust(PERIOD, COUNT, 41, WHO, WHY, root=root, at=AT)
    shown = adjust(PERIOD, FIGURE, 100, WHO, WHY, root=root, at=AT)
    assert list(shown["adjusted_shown"]) == ["41", "100%"]
    left = withdraw(PERIOD, FIGURE, WHO, "nhập nhầm", root=root, at=AT)
    assert list(left["figure_id"]) == [COUNT]
    assert len(read_journal(_journal(root)).entries) == 5  # nothing is taken out
    with pytest.raises(CannotAdjust, match="Không có điều chỉnh nào"):
        withdraw(PERIOD, FIGURE, WHO, "lần nữa", root=root, at=AT)


def test_it_says_when_the_computed_figure_has_moved_since(root: Path):
    line = {"event": "adjustment", "figure_id": FIGURE, "action": "adjust", "why": WHY}
    _say(root, **line, value=93.3, computed=80.0)
    shown = adjustments(open_warehouse(root=root), PERIOD, root=root)
    assert shown["changed"].iloc[0].startswith("Số tính đã đổi, lúc điều chỉnh là 80%")


@pytest.mark.parametrize(
    ("figure", "value", "who", "why", "told"),
    [
        (f"{PERIOD}/x@huyen-mh-1", 1, WHO, WHY, "Không có con số này"),
        ("2020-H1/dn.conference_rate@huyen-mh-1", 1, WHO, WHY, "Không có con số này"),
        ("'; drop", 1, WHO, WHY, "Không có con số này"),
        (None, 1, WHO, WHY, "Không có con số này"),
        (FIGURE, 100.1, WHO, WHY, "từ 0 đến 100"),
        (FIGURE, -1, WHO, WHY, "từ 0 đến 100"),
        (FIGURE, float("nan"), WHO, WHY, "từ 0 đến 100"),
        (FIGURE, "86,67%", WHO, WHY, "từ 0 đến 100"),
        (FIGURE, True, WHO, WHY, "từ 0 đến 100"),
        (COUNT, 40.5, WHO, WHY, "số nguyên không âm"),
        (FIGURE, 90, " ", WHY, "Thiếu người điều chỉnh"),
        (FIGURE, 90, WHO, "\n", "Thiếu lý do"),
        (FIGURE, 90, WHO, "x" * 1001, "quá dài"),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_written(
    root: Path, figure: str, value: float, who: str, why: str, told: str
):
    before = _journal(root).read_bytes()
    with pytest.raises(CannotAdjust, match=told):
        adjust(PERIOD, figure, value, who, why, root=root, at=AT)
    assert _journal(root).read_bytes() == before


def test_an_unknown_period_is_refused(root: Path):
    with pytest.raises(UnknownPeriod, match="Không có kỳ"):
        adjust("../../x", FIGURE, 90, WHO, WHY, root=root, at=AT)
    with pytest.raises(UnknownPeriod):
        adjustments(open_warehouse(root=root), "../../x", root=root)
    assert not (root / "x").exists()


def test_a_locked_period_takes_none(root: Path):
    adjust(PERIOD, FIGURE, 90, WHO, WHY, root=root, at=AT)
    for action in ("close", "lock"):
        _say(root, event="period", action=action)
    for change in (
        lambda: adjust(PERIOD, COUNT, 41, WHO, WHY, root=root, at=AT),
        lambda: withdraw(PERIOD, FIGURE, WHO, WHY, root=root, at=AT),
    ):
        with pytest.raises(CannotAdjust, match="kỳ đã khóa"):
            change()


def test_an_issued_release_takes_none_until_it_is_being_corrected(root: Path):
    hashed, role = "0" * 64, "Chánh Văn phòng"
    by = {"preparer": role, "checker": role}
    release = {"event": "release", "release_id": f"{PERIOD}/01"}
    _say(root, **release, action="submit", content=hashed, **by)
    with pytest.raises(CannotAdjust, match="đang trình"):
        adjust(PERIOD, FIGURE, 90, WHO, WHY, root=root, at=AT)
    issued = {"number": "12", "signed_on": "2021-06-10", "signer": role, "sha256": hashed}
    _say(root, **release, action="issue", **issued, **by)
    with pytest.raises(CannotAdjust, match="đã ban hành"):
        adjust(PERIOD, FIGURE, 90, WHO, WHY, root=root, at=AT)
    corrected = {"event": "release", "release_id": f"{PERIOD}/02", "corrects": f"{PERIOD}/01"}
    _say(root, **corrected, action="correct", why="sai số")
    assert len(adjust(PERIOD, FIGURE, 90, WHO, WHY, root=root, at=AT)) == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"value": None}, "adjust needs a value"),
        ({"action": "withdraw"}, "withdraw has none"),
        ({"value": "3"}, "value"),
        ({"why": ""}, "why"),
        ({"figure_id": "../../x"}, "figure_id"),
        ({"action": "set"}, "action"),
    ],
)
def test_the_journal_line_is_checked(change: dict[str, object], wrong: str):
    line = {
        "at": AT.isoformat(), "who": WHO, "event": "adjustment", "figure_id": FIGURE,
        "action": "adjust", "value": 3.0, "why": WHY,
    }  # fmt: skip
    assert standing([json.loads(encode(line))])[FIGURE].value == 3.0
    with pytest.raises(JournalError, match=wrong):
        encode(line | change)
