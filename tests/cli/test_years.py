"""Years and reviews on a small project: one workbook in each half of 2020."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipelines.analysis import open_warehouse
from pipelines.warehouse.manifest import read_manifest
from tests.cli.calls import answer, qcdc
from tests.independent import figures, wholes
from tests.orchestration.mini import ROOT, fake_report

DISTRICT, POSTS = "huyen-mh-1", "nv.posts_streamlined"
HALVES = ("2020-H1", "2020-H2")


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home affairs' workbooks of both halves of 2020 and nothing else."""
    root = tmp_path_factory.mktemp("years")
    for name in ("workspace.yaml", "dagster.yaml"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    for half in HALVES:
        source, folder = ROOT / "raw" / half, root / "raw" / half
        shutil.copytree(source / "nv-mh", folder / "nv-mh")
        lines = (source / "journal.jsonl").read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if '"received"' not in line or "/nv-mh/" in line]
        (folder / "journal.jsonl").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return root


@pytest.fixture(autouse=True)
def at_work(years: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(years)
    monkeypatch.setenv("DAGSTER_HOME", str(years / ".dagster"))
    fake_report(monkeypatch)


def posts(root: Path, period: str) -> pd.Series:
    values = open_warehouse(root=root).table("eval.indicator_values")
    chosen = values["indicator"].eq(POSTS) & values["scope_id"].eq(DISTRICT)
    return values[chosen & values["period"].eq(period)].iloc[0]


@pytest.mark.long
def test_a_year_runs_its_halves_first_and_adds_them_up(
    years: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = answer(capsys, "run", "2020")
    assert code == 0, document
    assert [each["period"] for each in document["earlier"]] == list(HALVES)
    parts = [posts(years, half)["value"] for half in HALVES]
    assert posts(years, "2020")["value"] == sum(parts) > max(parts)

    code, found = answer(capsys, "trace", f"2020/{POSTS}@{DISTRICT}")
    assert code == 0
    assert [cell["submission_id"][:7] for cell in found["cells"]] == list(HALVES)

    code, document = answer(capsys, "run", "2020")
    assert (code, document["earlier"]) == (0, [])


@pytest.mark.long
def test_the_year_is_what_an_independent_script_makes_of_it(years: Path) -> None:
    tables = figures.load(years)
    assert figures.differences(tables, "2020") == []
    assert wholes.differences(tables, "2020") == []


@pytest.mark.long
def test_a_review_leaves_unknown_what_is_unknown(
    years: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = answer(capsys, "run", "2016-2020")
    assert code == 0, document
    assert posts(years, "2016-2020")["state"] == "missing"
    rows = open_warehouse(root=years).table("eval.series")
    rows = rows[rows["indicator"].eq(POSTS) & rows["scope_id"].eq(DISTRICT)]
    rows = rows[rows["period"] == "2016-2020"].set_index("part")
    assert list(rows.index) == ["2016", "2017", "2018", "2019", "2020"]
    assert rows["value"].notna().tolist() == [False, False, False, False, True]
    assert rows.loc["2020", "value"] == posts(years, "2020")["value"]

    # the same tables when the review runs alone
    whole = read_manifest(years).tables
    made = {name: whole[name]["2016-2020"].hash for name in ("eval.series", "core.observations")}
    shutil.rmtree(years / "warehouse")
    assert qcdc("run", "2016-2020") == 0
    again = read_manifest(years).tables
    assert {name: again[name]["2016-2020"].hash for name in made} == made


def test_a_year_without_any_input_cannot_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert qcdc("run", "2018") == 2
    said = capsys.readouterr().err
    assert "QCDC-E02: Kỳ 2018 chưa có số liệu đầu vào" in said
    assert "2018-H1 và 2018-H2" in said


def test_status_of_a_year_tells_its_parts(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = answer(capsys, "status", "2021")
    assert code == 0
    assert document["periods"][0]["parts"] == {"2021-H1": "nothing", "2021-H2": "nothing"}
    assert qcdc("status", "2021") == 0
    assert "Tính từ các kỳ: 2021-H1 chưa có số liệu" in capsys.readouterr().out
