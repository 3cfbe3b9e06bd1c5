"""The "Kiểm tra" sheet against the rule engine: LibreOffice recalculates, pandas judges."""

import datetime as dt
import io
import math
import random
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml

from pipelines.catalogue import operators
from pipelines.catalogue.checksheet import element_groups
from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.templates import Fill, Header, build_workbook, expressible_rules

from .wide_form import ASKED, WIDE_CATALOGUE, WIDE_FORM

CATALOGUE = load_catalogue()
FINE, ERROR, REVIEW = "Đạt", "LỖI", "Cần xem lại"
MISSING, SKIPPED = "Thiếu số liệu", "Chưa đủ số liệu để kiểm tra"
FAULT = {"error": ERROR, "warning": REVIEW, "review": REVIEW}
SUBJECT = "xa-mh-01"
VALID = yaml.safe_load(
    (Path(__file__).parents[1] / "validation" / "valid_world.yaml").read_text(encoding="utf-8")
)
UNITS = pd.DataFrame(
    {
        "unit_id": [f"xa-mh-{number:02d}" for number in range(1, 41)],
        "name": [f"Xã minh họa {number:02d}" for number in range(1, 41)],
    }
)
HEADER = Header(
    SUBJECT,
    "Xã minh họa 01",
    "2021-H1",
    "6 tháng đầu năm 2021",
    "estimate",
    dt.date(2021, 6, 10),
    dt.date(2021, 6, 9),
    True,
)
pytestmark = pytest.mark.tool("libreoffice")


def random_value(element, dice):
    if dice.random() < 0.2:
        return None
    if element.allows_not_applicable and dice.random() < 0.15:
        return "x"
    if element.type == "bool":
        return dice.choice([True, False])
    if element.type == "date":
        return dice.choice([dt.date(2021, 3, 5), "25/03/2021"])
    if element.type == "enum":
        return dice.choice(element.options)
    if element.type == "text":
        return dice.choice(["72/KH-UBND", " số 72 "])
    if element.id == "ntm.criteria_met":
        return dice.choice([19, 19, 12])
    return dice.choice([0, 0, 1, 2, 3, 4, 5, 12])


def random_values(dice):
    values = {
        (unit, name): value
        for unit in UNITS["unit_id"]
        for name in [*dict.fromkeys(ASKED), "t.kind"]
        if (value := random_value(WIDE_CATALOGUE.elements[name], dice)) is not None
    }
    for place, rule in enumerate(CATALOGUE.rules.values()):
        if rule.level == "unit":
            balance(values, rule, UNITS["unit_id"].iloc[place % 3 :: 10])
    return values


def balance(values, rule, units):
    """Let a few units have what chance hardly gives: parts that add up or fall short, pairs."""
    terms = term_names(rule.left) + term_names(rule.right)
    if not set(terms) <= set(ASKED):
        return
    for unit in units:
        if rule.operator == "sum_equals":
            parts = {(unit, name): 2 for name in [*rule.left[1:], *rule.right]}
            whole = {(unit, rule.left[0]): 2 * len(rule.right) - 2 * len(rule.left) + 2}
            values.update(parts | whole)
        elif rule.operator == "<=" and len(rule.right) > 2:
            values.update({(unit, name): int(name in rule.left) for name in terms})
        elif rule.operator == "some_pair_differs":
            values.update({(unit, name): 4 for name in terms})


def wide_frame(values):
    """One row per unit, as ``operators`` wants it."""
    columns = {}
    for name in [*dict.fromkeys(ASKED), "t.kind"]:
        element = WIDE_CATALOGUE.elements[name]
        found = [values.get((unit, name)) for unit in UNITS["unit_id"]]
        if element.type == "date":
            dates = [dt.date(2021, 3, 25) if isinstance(day, str) else day for day in found]
            columns[name] = pd.to_datetime(pd.Series(dates, dtype=object))
        elif element.type in {"enum", "text"}:
            columns[name] = pd.Series(found, dtype="str")
        else:
            numbers = [np.nan if value in (None, "x") else float(value) for value in found]
            columns[name] = pd.Series(numbers, dtype="float64")
    return pd.DataFrame(columns)


def good_value(element):
    fixed = {"bool": True, "date": dt.date(2021, 3, 5), "text": VALID["texts"]}
    if element.id in VALID["values"]:
        return VALID["values"][element.id]
    if element.type in fixed:
        return fixed[element.type]
    return element.options[0] if element.options else min(10, element.maximum)


def good_fill(form):
    values = {}
    later = VALID["later"] if form.valid_from.year >= 2023 else {}
    for sheet in form.sheets:
        units = UNITS["unit_id"] if sheet.layout == "grid" else [SUBJECT]
        values |= {
            (unit, item.element): later.get(
                item.element, good_value(CATALOGUE.elements[item.element])
            )
            for unit in units
            for item in sheet.elements()
        }
    asked = {item.element for item in form.elements()}
    kept = [sheet.register_id for sheet in form.sheets if sheet.register_id]
    for register in kept:
        agreeing = VALID["agreeing"].get(register, {})
        values |= {(SUBJECT, name): value for name, value in agreeing.items() if name in asked}
    others = {"cq-1": "xa-mh-13", "dn-1": "xa-mh-14", "tt-1": "xa-mh-15"}
    units = others | {f"xa-{number}": f"xa-mh-{number:02d}" for number in range(1, 13)}
    # the other names are those of the sender or its scope; a register without rows stays empty
    rows = {
        register: [
            {**row, "unit": units.get(row["unit"], SUBJECT)}
            for row in VALID["rows"].get(register, [])
        ]
        for register in kept
    }
    return Fill(values=values, rows=rows)


def workbook(form, fill, catalogue=CATALOGUE):
    return build_workbook(catalogue, form, HEADER, units=UNITS, subject_id=SUBJECT, fill=fill)


def with_cells(data, cells):
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (sheet, address), value in cells.items():
        book[sheet][address] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def wrong_in_themselves(names):
    """Per unit whether one of the elements is out of bounds: then no rule speaks of it."""
    return np.array(
        [
            any(is_outside(name, RANDOM_VALUES.get((unit, name))) for name in names)
            for unit in UNITS["unit_id"]
        ]
    )


def is_outside(name, value):
    element = WIDE_CATALOGUE.elements[name]
    if not element.is_numeric or not isinstance(value, int | float):
        return False
    low = -math.inf if element.minimum is None else element.minimum
    high = math.inf if element.maximum is None else element.maximum
    return not low <= value <= high


RANDOM_VALUES = random_values(random.Random(7))  # noqa: S311 — reproducible test data
XA = CATALOGUE.forms["xa-2021"]
FAULTY = {
    ("Biểu 01-XA", "E10"): "x",  # A01 knows no "not applicable"
    ("Biểu 01-XA", "E11"): "52.620",
    ("Biểu 01-XA", "E12"): None,  # A03 is not compulsory
    ("Biểu 01-XA", "E13"): " ",
    ("Biểu 01-XA", "E14"): 2.5,
    ("Biểu 01-XA", "E15"): 501,
    ("Biểu 01-XA", "E16"): "=1/0",
    ("Biểu 01-XA", "E43"): "x",
    ("Biểu 01-XA", "E44"): "X ",
}


def place_of(form, element):
    """Sheet and address of an element's cell in the form."""
    code = CATALOGUE.elements[element].code
    book = openpyxl.load_workbook(io.BytesIO(workbook(form, None)))
    return next(
        (sheet.title, f"E{row[2].row}")
        for sheet in book
        for row in sheet.iter_rows(max_col=3)
        if row[2].value == code and sheet.title != "Kiểm tra"
    )


def with_programme(number, day):
    cells = {"ld.programme_number": number, "ld.programme_on": day}
    return with_cells(
        workbook(XA, good_fill(XA)), {place_of(XA, name): value for name, value in cells.items()}
    )


# the forms of the period in the header, and those of later laws that have rules of their own
THEN = sorted(f.id for f in CATALOGUE.forms.values() if f.in_force(dt.date(2021, 6, 30)))
LOOKED_AT = [*THEN, "xa-2025", "cq-2023", "dn-2023"]


@pytest.fixture(scope="module")
def sheets(check_sheets):
    """Recalculated check sheets by case."""
    forms = [CATALOGUE.forms[name] for name in LOOKED_AT]
    return check_sheets(
        {
            "wide": workbook(WIDE_FORM, Fill(values=RANDOM_VALUES), WIDE_CATALOGUE),
            "faulty": with_cells(workbook(XA, good_fill(XA)), FAULTY),
            "empty": workbook(XA, None),
            "undated": with_programme("72/KH-UBND", "tháng ba"),
            "unnumbered": with_programme(None, dt.date(2021, 3, 5)),
            "numbered": with_programme("72/KH-UBND", None),
            **{f"good {form.id}": workbook(form, good_fill(form)) for form in forms},
        }
    )


def results_of(table, rule):
    return table.loc[table["rule"] == rule, "result"].tolist()


WIDE_RULES = [
    rule
    for name in expressible_rules(WIDE_CATALOGUE, WIDE_FORM)
    if (rule := WIDE_CATALOGUE.rules[name]).level == "unit"
]


@pytest.mark.parametrize("rule", WIDE_RULES, ids=lambda rule: rule.id)
def test_unit_rules_say_what_the_engine_says(sheets, rule):
    frame = wide_frame(RANDOM_VALUES)
    broken = operators.violations(rule, frame)
    skipped = operators.is_missing_skipped(rule, frame)
    if rule.operator == "present":
        skipped &= False
    skipped |= wrong_in_themselves(term_names(rule.left) + term_names(rule.right))
    expected = np.where(skipped, SKIPPED, np.where(broken, FAULT[rule.severity], FINE)).tolist()
    found = results_of(sheets["wide"][0], rule.id)
    assert found == expected
    assert {FAULT[rule.severity], FINE} <= set(found)


def test_some_random_values_are_wrong_in_themselves():
    assert sum(wrong_in_themselves(dict.fromkeys(ASKED))) > 10


def test_a_wrong_cell_is_not_taken_for_a_blank(sheets):
    # a number and a date go together; what is no date is not a missing one
    table, _ = sheets["undated"]
    assert results_of(table, "LD-04") == [SKIPPED]
    table, _ = sheets["unnumbered"]
    assert results_of(table, "LD-04") == [REVIEW]


def test_of_a_pair_the_cell_that_is_not_there_is_named(sheets):
    for case, element in (("unnumbered", "ld.programme_number"), ("numbered", "ld.programme_on")):
        (line,) = sheets[case][0].query("rule == 'LD-04'").itertuples()
        sheet, address = place_of(XA, element)
        assert (line.cell, line.result) == (f"{sheet}: {address}", REVIEW)


def test_every_unit_rule_of_the_catalogue_is_among_them():
    # no function of Excel 2007 knows patterns
    unit_rules = {
        rule.id
        for rule in CATALOGUE.rules.values()
        if rule.level == "unit"
        and rule.operator != "pattern"
        and rule.in_force(dt.date(2021, 6, 30))
    }
    assert unit_rules <= {rule.id for rule in WIDE_RULES}


@pytest.mark.parametrize("form_id", LOOKED_AT)
def test_a_good_form_is_ready(sheets, form_id):
    table, summary = sheets[f"good {form_id}"]
    # a register of a later law is left empty here
    empty = set() if form_id in THEN else {"Không bắt buộc", SKIPPED}
    assert set(table["result"]) - empty == {FINE}
    assert summary == "Biểu đã sẵn sàng để gửi"
    form = CATALOGUE.forms[form_id]
    expected = set(expressible_rules(CATALOGUE, form))
    silent = {rule for rule in expected if CATALOGUE.rules[rule].level == "cell"}
    assert expected - silent <= set(table["rule"])


def test_an_empty_form_lacks_its_compulsory_cells(sheets):
    table, summary = sheets["empty"]
    compulsory = sum(item.compulsory for item in XA.elements())
    assert summary == f"Còn 0 lỗi, {compulsory} ô bắt buộc chưa nhập"
    kept = tuple(sheet.name for sheet in XA.sheets if sheet.register_id)
    lines = table[~table["cell"].str.startswith(kept)]
    assert set(lines["result"]) == {MISSING, "Không bắt buộc", SKIPPED}
    # registers that units keep themselves may stay empty
    registers = table.drop(lines.index)
    assert set(registers["result"]) == {FINE, "Không bắt buộc", SKIPPED}
    assert set(registers["todo"]) == {""}
    assert results_of(table, "CELL-MISSING") == [MISSING] * compulsory


def test_each_wrong_cell_is_named(sheets):
    table, summary = sheets["faulty"]
    by_cell = table.iloc[:30].set_index("cell")
    found = {
        address: (
            by_cell.loc[f"{sheet}: {address}", "rule"],
            by_cell.loc[f"{sheet}: {address}", "result"],
        )
        for sheet, address in FAULTY
    }
    assert found == {
        "E10": ("CELL-LIST", ERROR),
        "E11": ("CELL-TYPE", ERROR),
        "E12": ("", "Không bắt buộc"),
        "E13": ("CELL-MISSING", MISSING),
        "E14": ("CELL-WHOLE", ERROR),
        "E15": ("CELL-BOUNDS", ERROR),
        "E16": ("CELL-ERROR", ERROR),
        "E43": ("", FINE),
        "E44": ("", FINE),
    }
    # 501 sessions are out of bounds, and not the two of the register
    assert summary == "Còn 5 lỗi, 1 ô bắt buộc chưa nhập"
    assert results_of(table, "QT-04") == [SKIPPED]
    assert results_of(table, "LD-01") == [SKIPPED]
    assert "số nguyên từ 0 đến 100" in by_cell.loc["Biểu 01-XA: E11", "todo"]


def test_elements_are_grouped_by_the_unit_they_speak_of():
    assert [len(group) for group in element_groups(CATALOGUE.forms["bcd-2021"])] == [18]
    (of_ntm,) = element_groups(CATALOGUE.forms["ntm-2021"])
    assert {"ntm.recognised", "ntm.criteria_met"} <= of_ntm
    assert "NTM-01" in expressible_rules(CATALOGUE, CATALOGUE.forms["ntm-2021"])
    assert "CQ-01" not in expressible_rules(CATALOGUE, CATALOGUE.forms["xa-2021"])
    names = {name for rule in WIDE_RULES for name in term_names(rule.left)}
    assert "t.kind" in names
