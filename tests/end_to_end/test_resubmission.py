"""T33: a report sent again, in every way a unit sends again.

The commune of the sample sends ``…_lan2``, then ``… (sửa)``, then the same bytes by another
channel, then a worse one. The newest valid version counts; the rest stays visible.
"""

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.filing import Registry, Said
from pipelines.orchestration.receiving import receive_new
from tests.orchestration.mini import PERIOD, build

SENDER = "xa-mh-01"
AT = dt.datetime.fromisoformat("2021-06-20T08:00:00+07:00")
CHANGED, GOOD = "xa.receptions", "xa.dialogues"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def tables(desk: Path, tmp_path_factory: pytest.TempPathFactory) -> steps.Tables:
    """The tables after all of it was received in this order."""
    root = build(tmp_path_factory.mktemp("resubmission"))
    (first,) = (root / "raw" / PERIOD / SENDER).glob("*.xlsx")
    sent = [
        edited(first, desk / "xa_lan2.xlsx", {CHANGED: 70}),
        edited(first, desk / "xa (sửa).xlsx", {CHANGED: 71}),
    ]
    copy = desk / "tu-iOffice.xlsx"
    copy.write_bytes(sent[-1].read_bytes())
    sent += [copy, edited(first, desk / "xa_lan4.xlsx", {CHANGED: "rất nhiều", GOOD: 99})]
    catalogue = load_catalogue()
    units = steps.reference_tables(root, catalogue)["ref.units"]
    for hour, path in enumerate(sent):
        at = AT + dt.timedelta(hours=hour)
        registry = Registry(root, catalogue, units, newest=PERIOD, at=at, who="văn thư")
        registry.receive([path], Said(PERIOD, SENDER, is_evidence=False, note={}))
    # the same bytes under another name are found in the folder, as a run finds them
    (root / "raw" / PERIOD / SENDER / copy.name).write_bytes(copy.read_bytes())
    steps_at = AT + dt.timedelta(hours=len(sent))
    receive_new(root, PERIOD, list(units["unit_id"]), at=steps_at, who="qcdc")
    return steps.ingest(root, catalogue, PERIOD)


def edited(source: Path, target: Path, values: dict[str, int | str]) -> Path:
    """The workbook with other answers in some cells of its first sheet."""
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    elements = load_catalogue().elements
    for name, value in values.items():
        codes = [sheet.cell(row, 3).value for row in range(1, 200)]
        sheet[f"E{codes.index(elements[name].code) + 1}"] = value
    book.save(target)
    return target


def own(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["submission_id"].astype("str").str.startswith(f"{PERIOD}/{SENDER}/")]


def test_the_newest_valid_version_stands(tables: steps.Tables) -> None:
    sent = own(tables["intake.submissions"]).set_index("submission_id")
    numbers = [key.rsplit("/", 1)[1] for key in sent.index]
    statuses = sent["status"].str.removesuffix("_with_warnings")
    assert dict(zip(numbers, statuses, strict=True)) == {
        "01": "superseded",
        "02": "superseded",
        "03": "accepted",
        "04": "returned",
        "05": "duplicate",
    }
    assert sent.loc[f"{PERIOD}/{SENDER}/05", "same_as"] == f"{PERIOD}/{SENDER}/03"
    assert f"{PERIOD}/{SENDER}/03" in str(sent.loc[f"{PERIOD}/{SENDER}/02", "reason"])


def test_good_cells_of_the_returned_version_do_not_count(tables: steps.Tables) -> None:
    observed = tables["core.observations"]
    about = observed[observed["unit_id"] == SENDER].set_index("element")
    third = f"{PERIOD}/{SENDER}/03"
    assert about.loc[[CHANGED], ["value", "submission_id"]].to_numpy().tolist() == [[71, third]]
    assert about["value"].to_dict()[GOOD] != 99
    assert set(own(tables["core.findings"])["submission_id"]) >= {f"{PERIOD}/{SENDER}/04"}


def test_what_changed_is_told_cell_by_cell(tables: steps.Tables) -> None:
    found = own(tables["core.changes"])
    names = ["submission_id", "previous", "element", "before", "after"]
    second, third = found[names].to_numpy().tolist()
    ids = [f"{PERIOD}/{SENDER}/0{n}" for n in (1, 2, 3)]
    assert second[:3] == [ids[1], ids[0], CHANGED]
    assert second[4] == "70"
    assert third == [ids[2], ids[1], CHANGED, "70", "71"]
