"""Forms with grids of several populations, and archives of answers."""

import io

import openpyxl
import pandas as pd

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.templates import Fill, build_workbook

from .test_templates import HEADER

CATALOGUE = load_catalogue()
UNITS = pd.DataFrame(
    {
        "unit_id": ["tt-mh-01", "xa-mh-01", "cq-mh-01", "dn-mh-01"],
        "name": ["Thị trấn", "Xã", "Cơ quan", "Doanh nghiệp"],
        "unit_type": ["commune", "commune", "agency", "enterprise"],
        "kind": ["thi_tran", "xa", "co_quan", "doanh_nghiep"],
    }
)


def opened(form_id, **options):
    form = CATALOGUE.forms[form_id]
    data = build_workbook(CATALOGUE, form, HEADER, units=UNITS, subject_id="xa-mh-01", **options)
    return openpyxl.load_workbook(io.BytesIO(data))


def unit_ids(sheet):
    known = set(UNITS["unit_id"])
    return [row[1].value for row in sheet.iter_rows() if row[1].value in known]


def test_each_grid_holds_the_units_of_its_population():
    book = opened("tonghop-2021")
    assert [unit_ids(sheet) for sheet in book.worksheets[:3]] == [
        ["tt-mh-01", "xa-mh-01"],
        ["cq-mh-01"],
        ["dn-mh-01"],
    ]
    assert unit_ids(opened("ntm-2021").worksheets[0]) == ["xa-mh-01"]


def test_an_archive_has_no_help_and_no_blank_rows():
    rows = [{"dossier_code": f"MH-{n}", "unit": "xa-mh-01"} for n in range(3)]
    book = opened("motcua-2021", fill=Fill(values={}, rows={"dossiers": rows}), is_archive=True)
    assert book.sheetnames == ["Hồ sơ", "Danh mục"]
    full = opened("motcua-2021", fill=Fill(values={}, rows={"dossiers": rows}))
    assert book.worksheets[0].max_row == full.worksheets[0].max_row - 27
