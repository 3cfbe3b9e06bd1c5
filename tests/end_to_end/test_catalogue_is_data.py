"""An element, a rule, a register column and indicators are added by editing YAML, without code."""

import datetime as dt
import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from openpyxl import load_workbook

from pipelines.catalogue import load
from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.dictionary import dictionary_markdown
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.blank_forms import FormOffice
from pipelines.orchestration.receiving import receive_new

from .clerk import DAY, Typist, compulsory_values
from .conftest import LATER, PERIOD, ROOT

FORM, SCOPE, SOUND, BREAKING = "xa-2021", "huyen-mh-1", "xa-mh-01", "xa-mh-02"
ELEMENT = {
    "id": "xa.bookshelves",
    "code": "B901",
    "label_vi": "Số thôn, buôn có tủ sách pháp luật",
    "label_en": "Villages with a bookshelf of laws",
    "definition_vi": "Số thôn, buôn có tủ sách pháp luật phục vụ nhân dân tại ngày chốt số liệu.",
    "unit_vi": "thôn",
    "type": "count",
    "block": "B",
    "pillar": "know",
    "subject": "qcdc_communes",
    "flow": "stock",
    "minimum": 0,
    "maximum": 200,
    "sensitivity": "public",
    "legal": [{"document": "PL-34-2007", "verified": False}],
}
RULE = {
    "id": "TU-01",
    "level": "unit",
    "operator": "<=",
    "left": ["xa.bookshelves"],
    "right": ["xa.villages_total"],
    "severity": "error",
    "message_vi": "Số thôn có tủ sách ({found}) lớn hơn tổng số thôn.",
    "message_en": "Villages with a bookshelf ({found}) exceed all villages.",
    "expected_vi": "không quá {expected}",
    "action_vi": "Rà soát mã B901 và B20, sửa rồi gửi lại.",
}
COLUMN = {
    "id": "online",
    "code": "L901",
    "label_vi": "Có truyền hình trực tuyến",
    "label_en": "Streamed",
    "type": "bool",
    "sensitivity": "public",
}
RATE = {
    "id": "xa.bookshelf_rate",
    "label_vi": "Thôn, buôn có tủ sách pháp luật",
    "label_en": "Villages with a bookshelf of laws",
    "definition_vi": "Số thôn có tủ sách trên tổng số thôn.",
    "unit_vi": "thôn",
    "section": "II.1.a",
    "population": "qcdc_communes",
    "numerator": {"kind": "sum", "elements": ["xa.bookshelves"]},
    "denominator": {"kind": "sum", "elements": ["xa.villages_total"]},
    "per_unit": True,
    "better": "higher",
    "display": {"format": "rate", "digits": 1},
}
ROWS = {
    "id": "xa.dialogues_online",
    "label_vi": "Cuộc đối thoại có truyền hình trực tuyến",
    "label_en": "Streamed dialogues",
    "definition_vi": "Số dòng của sổ đối thoại có truyền hình trực tuyến.",
    "unit_vi": "cuộc",
    "section": "II.1.e",
    "population": "qcdc_communes",
    "numerator": {
        "kind": "rows",
        "register_id": "dialogues",
        "where": [{"column": "online", "equals": True}],
    },
    "per_unit": True,
    "display": {"format": "count"},
}
DIALOGUE = {
    "dialogue_code": "ĐT-1",
    "unit": SOUND,
    "held_on": DAY,
    "led_by": "",
    "kind": "",
    "participants": 40,
    "online": "Có",
}


def edit(path: Path, change: Any) -> None:
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(entries)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8")


def by_id(entries: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["id"] == wanted)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory) -> Catalogue:
    """The shipped catalogue and five entries more."""
    folder = tmp_path_factory.mktemp("catalogue") / "data"
    shutil.copytree(load.DATA, folder)
    edit(folder / "elements" / "b_commune.yaml", lambda all_: all_.append(ELEMENT))
    edit(folder / "rules.yaml", lambda all_: all_.append(RULE))
    edit(folder / "indicators.yaml", lambda all_: all_.extend([RATE, ROWS]))
    edit(
        folder / "registers" / "a_units.yaml",
        lambda all_: by_id(all_, "dialogues")["columns"].append(COLUMN),
    )
    edit(
        folder / "forms" / "a_2021_units.yaml",
        lambda all_: by_id(all_, FORM)["sheets"][0]["sections"][1]["elements"].append(
            {"element": ELEMENT["id"]}
        ),
    )
    return load_catalogue(folder)


@dataclass
class Run:
    """A small project with two communes: its tables, and the form they were sent."""

    blank: bytes
    tables: dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def run(tmp_path_factory, catalogue) -> Run:
    root = tmp_path_factory.mktemp("small")
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    office = FormOffice(root, catalogue)
    blanks = {}
    for unit_id, bookshelves in ((SOUND, 4), (BREAKING, 7)):
        (form,) = office.for_unit(unit_id, PERIOD)
        folder = root / "raw" / PERIOD / unit_id
        folder.mkdir(parents=True)
        path = folder / form.file_name
        blanks[unit_id] = office.workbook(form)
        path.write_bytes(blanks[unit_id])
        typist = Typist(path, catalogue, form.form)
        values = compulsory_values(catalogue, form.form)
        typist.enter({**values, "xa.publish_done": 5, ELEMENT["id"]: bookshelves})
        if unit_id == SOUND:
            columns = catalogue.registers["dialogues"].columns
            options = {c.id: c.options[0] for c in columns if c.options and c.required}
            typist.enter({"xa.dialogues": 1})
            typist.add_row("dialogues", {**DIALOGUE, **options})
        typist.book.save(path)
    units = steps.reference_tables(root, catalogue)["ref.units"]
    receive_new(root, PERIOD, list(units["unit_id"]), at=LATER, who="kiểm thử")
    tables = steps.ingest(root, catalogue, PERIOD)
    as_of: dt.datetime = steps.period_as_of(root, PERIOD)
    tables |= steps.evaluate(catalogue, PERIOD, tables, as_of)
    steps.check_invariants(catalogue, PERIOD, tables)
    return Run(blanks[SOUND], tables)


def test_the_shipped_catalogue_knows_nothing_of_it():
    shipped = load_catalogue()
    assert ELEMENT["id"] not in shipped.elements
    assert RULE["id"] not in shipped.rules
    assert not {RATE["id"], ROWS["id"]} & set(shipped.indicators)
    assert "online" not in table_contract(shipped, "core.registers_dialogues").labels_vi


def test_the_form_asks_and_checks_it(run):
    book: Any = load_workbook(io.BytesIO(run.blank))
    asked = {row[2]: row[1] for row in book["Biểu 01-XA"].iter_rows(values_only=True)}
    assert asked["B901"] == ELEMENT["label_vi"]
    lines = list(book["Kiểm tra"].iter_rows(min_row=6, max_col=4, values_only=True))
    assert [line[2] for line in lines if line[1] == "TU-01"] != []
    assert [line for line in lines if "(B901)" in str(line[2])] != []
    assert "L901" in {cell.value for cell in book["Sổ đối thoại"][9]}


def test_the_value_is_observed(run):
    observed = run.tables["core.observations"].set_index(["unit_id", "element"])
    row = observed.loc[(SOUND, ELEMENT["id"])]
    assert (row["value"], row["state"], row["sheet"]) == (4, "value", "Biểu 01-XA")
    assert observed.loc[("xa-mh-03", ELEMENT["id"]), "state"] == "missing"


def test_the_rule_returns_the_file_that_breaks_it(run):
    findings = run.tables["core.findings"]
    found = findings[findings["rule"] == "TU-01"]
    assert list(found["unit_id"]) == [BREAKING]
    assert found["message_vi"].iloc[0] == "Số thôn có tủ sách (7) lớn hơn tổng số thôn."
    status = run.tables["intake.submissions"].set_index("provider")["status"]
    assert status[BREAKING] == "returned"
    assert status[SOUND].startswith("accepted")


def test_the_column_is_in_the_table_and_in_its_arrow_contract(run, catalogue):
    table = run.tables["core.registers_dialogues"]
    assert table[["unit_id", "online"]].to_numpy().tolist() == [[SOUND, True]]
    contract = table_contract(catalogue, "core.registers_dialogues")
    column = contract.arrow_schema().field("online")
    assert (str(column.type), column.nullable) == ("bool", True)
    assert list(contract.pandera_schema().columns) == list(table.columns)


@pytest.mark.parametrize(
    ("indicator", "value", "shown"),
    [(RATE["id"], pytest.approx(100 * 4 / 6), "4/6 (66,7%)"), (ROWS["id"], 1, "01")],
)
def test_the_indicators_have_values_and_figures(run, indicator, value, shown):
    values = run.tables["eval.indicator_values"].set_index(["scope_id", "indicator"])
    assert values.loc[(SOUND, indicator), "value"] == value
    figures = run.tables["report.figures"].set_index("figure_id")
    figure = figures.loc[f"{PERIOD}/{indicator}@{SOUND}"]
    assert figure["shown_as"] == shown
    (first, *_) = json.loads(figure["cells"])
    assert first["path"].startswith(f"raw/{PERIOD}/{SOUND}/")


def test_one_commune_of_sixteen_does_not_speak_for_the_district(run):
    values = run.tables["eval.indicator_values"].set_index(["scope_id", "indicator"])
    row = values.loc[(SCOPE, RATE["id"])]
    assert (row["expected_units"], row["reporting_units"]) == (16, 1)


def test_reference_tables_and_dictionary_tell_of_it(run, catalogue):
    text = dictionary_markdown(catalogue)
    for entry, table in (
        (ELEMENT, "element"),
        (RULE, "rule"),
        (RATE, "indicator"),
        (ROWS, "indicator"),
    ):
        assert f"`{entry['id']}`" in text
        assert entry["id"] in set(run.tables[f"ref.{table}s"][table])
    assert COLUMN["label_vi"] in text
