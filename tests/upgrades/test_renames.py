"""A rename from end to end: a catalogue with other names opens what was written under the old."""

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest

from pipelines.analysis import adjustments, open_warehouse
from pipelines.catalogue import load
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.operations import operations_rules
from pipelines.catalogue.reference import read_facts
from pipelines.definitions import build_defs
from pipelines.intake.decisions import decisions_of
from pipelines.intake.journal import read_journal
from pipelines.intake.narrative import typed_words
from pipelines.operations.doctor import examine
from pipelines.operations.doctor_codes import CODE_CHECKS, unknown_codes
from pipelines.operations.doctor_model import Facts
from pipelines.orchestration.release_verify import issued_releases, verify
from pipelines.orchestration.running import run_period
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.manifest import read_manifest
from tests.orchestration.mini import EARLIER, PERIOD, POSTS, fake_report
from tests.upgrades.before import unpack

# old → new, as words of the catalogue's files
RENAMED = {
    "nv.posts_streamlined": "nv.posts_cut",
    "xa.inspectorate_members": "xa.people_inspectors",
    "uu_diem": "diem_tot",
    "contributions": "gifts",
    "people_money": "money_given",
}
# where the word is the id of something else
OTHERS = {"papi.yaml", "texts.yaml", "outlines.yaml"}
KINDS = {
    ("element", "nv.posts_streamlined"), ("indicator", "nv.posts_streamlined"),
    ("element", "xa.inspectorate_members"), ("slot", "uu_diem"),
}  # fmt: skip
OLD, NEW = "core.registers_contributions", "core.registers_gifts"
INDICATOR = "nv.posts_cut"


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue with other names, and a list that says so."""
    data = shutil.copytree(load.DATA, tmp_path_factory.mktemp("catalogue") / "data")
    for path in sorted(data.rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        for old, new in RENAMED.items():
            if old == "contributions" and path.name in OTHERS:
                continue
            text = re.sub(rf"(?<![\w.-]){re.escape(old)}(?![\w-])", new, text)
        path.write_text(text, encoding="utf-8")
    lines = [f"{{kind: {kind}, old: {old}, new: {RENAMED[old]}}}" for kind, old in sorted(KINDS)]
    lines.append(f"{{kind: table, old: {OLD}, new: {NEW}}}")
    lines.append(f"{{kind: column, table: {NEW}, old: people_money, new: money_given}}")
    listed = "".join(f"- {line[:-1]}, since: 0.2.0}}\n" for line in lines)
    (data / "migrations.yaml").write_text(listed, encoding="utf-8")
    return data


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(tmp_path_factory.mktemp("before"))


@pytest.fixture
def today(renamed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The catalogue of today is the one with other names."""
    monkeypatch.setattr(load, "DATA", renamed)
    return renamed


@pytest.mark.usefixtures("today")
def test_tables_of_earlier_are_read_under_the_names_of_today(before: Path) -> None:
    warehouse = open_warehouse(root=before)
    values = warehouse.table("eval.indicator_values")
    own = values[(values["indicator"] == INDICATOR) & (values["view"] == "as_reported")]
    found = own.set_index(["period", "scope_id"])["value"]
    assert (found[EARLIER, "huyen-mh-1"], found[PERIOD, "huyen-mh-1"]) == (POSTS, 40)
    assert f"{PERIOD}/{INDICATOR}@huyen-mh-1" in set(warehouse.table("report.figures")["figure_id"])
    assert OLD not in warehouse.tables()
    gifts = warehouse.sql(f"SELECT money_given FROM {NEW}")  # noqa: S608 — a name of this file
    assert len(gifts) == 4
    assert gifts["money_given"].sum() > 0
    for name in warehouse.tables():
        frame = warehouse.table(name)
        said = {
            str(value) for column in ("element", "indicator") for value in frame.get(column, [])
        }
        assert not said & set(RENAMED), name


@pytest.mark.usefixtures("today")
def test_the_journal_keeps_its_meaning(before: Path) -> None:
    path = journal_path(before, PERIOD)
    bytes_before = path.read_bytes()
    entries = read_journal(path).entries
    assert unknown_codes(before) == ()
    (verdict,) = decisions_of(entries).verdicts
    assert verdict.element == "xa.people_inspectors"
    assert list(typed_words(entries)) == ["diem_tot"]
    adjusted = adjustments(open_warehouse(root=before), PERIOD, root=before)
    assert list(adjusted["figure_id"]) == [f"{PERIOD}/{INDICATOR}@huyen-mh-1"]
    assert list(adjusted["computed"]) == [40]
    assert path.read_bytes() == bytes_before


def test_a_code_that_was_renamed_without_a_line_is_told(
    renamed: Path, before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = shutil.copytree(renamed, tmp_path / "data")
    (data / "migrations.yaml").unlink()
    monkeypatch.setattr(load, "DATA", data)
    (told,) = unknown_codes(before)
    assert told.startswith(f"{PERIOD}: element 'xa.inspectorate_members'")
    now = dt.datetime.fromisoformat("2021-07-01T08:00:00+07:00")
    facts = Facts(before, before, now, 0.0, operations_rules().doctor, codes=(told,))
    (finding,) = examine(facts, CODE_CHECKS)
    assert (finding.level, "xa.inspectorate_members" in finding.found) == ("warning", True)


@pytest.mark.usefixtures("today")
def test_facts_and_issued_releases(before: Path) -> None:
    facts = read_facts(load_catalogue(), before / "raw" / "reference", "published")
    assert INDICATOR in set(facts["indicator"])
    (release,) = issued_releases(before)
    assert not [each for each in verify(before, release) if not each.is_note]
    kept = open_warehouse(f"{PERIOD}/01", before)
    assert OLD in kept.tables(), "what was issued stays in the words it was issued in"
    assert f"{PERIOD}/nv.posts_streamlined@huyen-mh-1" in set(
        kept.table("report.figures")["figure_id"]
    )


@pytest.mark.long
@pytest.mark.usefixtures("today")
def test_a_run_under_the_names_of_today(
    before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = shutil.copytree(before, tmp_path / "project")
    monkeypatch.setenv("DAGSTER_HOME", str(root / ".dagster"))
    fake_report(monkeypatch)
    old = read_manifest(root).tables
    outcome = run_period(root, PERIOD, lambda _step, _state: None, build_defs)
    assert outcome.problem is None
    new = read_manifest(root).tables
    assert {name: of[EARLIER] for name, of in new.items() if EARLIER in of} == {
        name: of[EARLIER] for name, of in old.items() if EARLIER in of
    }
    compared = open_warehouse(root=root).table("eval.comparisons", period=PERIOD)
    own = compared[(compared["indicator"] == INDICATOR) & (compared["against"] == "same_period")]
    assert POSTS in set(own["reference"]), "with what was written under the old name"
