"""A form version, a new element and new words of an old one are added by YAML, without code."""

import datetime as dt
import io
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from openpyxl import load_workbook

from pipelines.catalogue import load
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.blank_forms import FormOffice
from pipelines.orchestration.receiving import receive_new

from .clerk import Typist, compulsory_values
from .conftest import ROOT

PERIOD, BEFORE, SCOPE, UNIT = "2026-H2", "2026-H1", "tinh-mh-1", "xa-mh-16"
FIRST_DAY, LAST_DAY = dt.date(2026, 7, 1), dt.date(2026, 6, 30)
LATER = dt.datetime(2026, 12, 12, 9, tzinfo=dt.timezone(dt.timedelta(hours=7)))
RENAMED = "Số buổi hòa giải ở cơ sở"
ELEMENT = {
    "id": "xa.digital_meetings",
    "code": "B902",
    "label_vi": "Số cuộc họp thôn trực tuyến",
    "label_en": "Village meetings held online",
    "definition_vi": "Trong số cuộc họp ở mã B39, số cuộc họp trực tuyến.",
    "unit_vi": "cuộc",
    "type": "count",
    "block": "B",
    "pillar": "discuss",
    "subject": "qcdc_communes",
    "minimum": 0,
    "maximum": 500,
    "sensitivity": "public",
    "legal": [{"document": "LUAT-10-2022", "place": "Điều 17"}],
    "valid_from": FIRST_DAY,
}
VERSION = {
    "id": "xa-2026",
    "based_on": "xa-2025",
    "version": "4",
    "title_vi": "BÁO CÁO THEO BIỂU MỚI",
    "valid_from": FIRST_DAY,
    "valid_to": None,
    "drop": {"elements": ["xa.land_donated"], "sheets": ["Sổ mô hình"]},
    "rename": {"B3. Dân làm: nhân dân đóng góp": "B3. Dân làm"},
    "compulsory": {"xa.contribution_money": True},
    "add": [
        {
            "sheet": "Biểu 01-XA",
            "section": "B3. Dân làm",
            "elements": [{"element": ELEMENT["id"], "compulsory": True}],
            "after": "xa.contribution_money",
        }
    ],
}
REQUEST = {
    "request_id": "cv-thu-nghiem",
    "scope_id": SCOPE,
    "period": PERIOD,
    "round": "final",
    "form": "xa-2026",
    "due_date": "2026-12-14",
    "data_to": "2026-12-09",
    "number": "",
    "is_illustrative": "true",
    "source": "Yêu cầu minh họa của kiểm thử",
}


def edit(path: Path, change: Any) -> None:
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(entries)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8")


def by_id(entries: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["id"] == wanted)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory) -> Catalogue:
    folder = tmp_path_factory.mktemp("catalogue") / "data"
    shutil.copytree(load.DATA, folder)
    edit(
        folder / "forms" / "e_2025_units.yaml",
        lambda all_: by_id(all_, "xa-2025").update(valid_to=LAST_DAY),
    )
    for name, entry in (("forms/z_2026.yaml", VERSION), ("elements/z_2026.yaml", ELEMENT)):
        text = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False)
        (folder / name).write_text(text, encoding="utf-8")
    change = {"since": FIRST_DAY, "to": {"label_vi": RENAMED}}
    edit(
        folder / "elements" / "b_commune.yaml",
        lambda all_: by_id(all_, "xa.mediation_cases").setdefault("changes", []).append(change),
    )
    return load_catalogue(folder)


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    path = root / "raw" / "reference" / "requests.csv"
    rows = pd.read_csv(path, dtype="str")
    more = pd.DataFrame([REQUEST])
    pd.concat([rows[rows["period"] != PERIOD], more]).to_csv(path, index=False)
    return root


@pytest.fixture(scope="module")
def blanks(root, catalogue) -> dict[str, Any]:
    office = FormOffice(root, catalogue)
    forms = {period: office.for_unit(UNIT, period)[0] for period in (BEFORE, PERIOD)}
    return {period: (form, office.workbook(form)) for period, form in forms.items()}


@pytest.fixture(scope="module")
def tables(root, catalogue, blanks) -> dict[str, pd.DataFrame]:
    form, data = blanks[PERIOD]
    folder = root / "raw" / PERIOD / UNIT
    folder.mkdir(parents=True)
    path = folder / form.file_name
    path.write_bytes(data)
    typist = Typist(path, catalogue, form.form)
    values = compulsory_values(catalogue, form.form)
    typist.enter({**values, ELEMENT["id"]: 3, "xa.mediation_cases": 5})
    typist.book.save(path)
    units = steps.reference_tables(root, catalogue)["ref.units"]
    receive_new(root, PERIOD, list(units["unit_id"]), at=LATER, who="kiểm thử")
    return steps.ingest(root, catalogue, PERIOD)


def labels(data: bytes, sheet: str) -> dict[str, str]:
    book: Any = load_workbook(io.BytesIO(data))
    return {row[2]: row[1] for row in book[sheet].iter_rows(values_only=True) if row[2]}


def test_each_period_has_its_version(blanks):
    assert [blanks[period][0].form.id for period in (BEFORE, PERIOD)] == ["xa-2025", "xa-2026"]
    old, new = (labels(blanks[period][1], "Biểu 01-XA") for period in (BEFORE, PERIOD))
    assert ("B902" in old, "B902" in new) == (False, True)
    assert ("B11" in old, "B11" in new) == (True, False)


def test_words_change_with_the_version_only(blanks):
    old, new = (labels(blanks[period][1], "Chi tiết 01-XA")["B93"] for period in (BEFORE, PERIOD))
    assert (old, new) == ("Số vụ việc hòa giải tiếp nhận", RENAMED)


def test_it_is_read_back_without_a_fault_of_layout(tables):
    submissions = tables["intake.submissions"]
    assert list(submissions["form"]) == ["xa-2026"]
    findings = tables["core.findings"]
    assert list(submissions["status"].str.startswith("accepted")) == [True], findings
    observed = tables["core.observations"].set_index(["unit_id", "element"])
    assert observed.loc[(UNIT, ELEMENT["id"]), "value"] == 3
    assert observed.loc[(UNIT, "xa.mediation_cases"), "value"] == 5
    assert (UNIT, "xa.land_donated") not in observed.index


def test_what_nobody_sent_is_missing_for_every_commune_of_the_province(tables):
    observed = tables["core.observations"]
    own = observed[observed["element"] == ELEMENT["id"]]
    assert len(own) == 102
    assert set(own.loc[own["unit_id"] != UNIT, "state"]) == {"missing"}


def test_the_form_table_tells_both(tables):
    forms = tables["ref.forms"].drop_duplicates("form").set_index("form")
    assert forms.loc["xa-2025", "valid_to"] == pd.Timestamp(LAST_DAY)
    assert forms.loc["xa-2026", "title_vi"] == "BÁO CÁO THEO BIỂU MỚI"
