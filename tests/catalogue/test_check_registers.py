"""Register lines of "Kiểm tra" against the rule engine: LibreOffice counts, pandas judges."""

import dataclasses
import datetime as dt
import io
import random
from typing import Any

import openpyxl
import pandas as pd
import pytest

from pipelines.catalogue import operators
from pipelines.catalogue.check_rows import is_row_rule_expressible
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Rule
from pipelines.catalogue.templates import Fill, Header, build_workbook

CATALOGUE = load_catalogue()
FINE, SKIPPED = "Đạt", "Chưa đủ số liệu để kiểm tra"
FAULT = {"error": "LỖI", "warning": "Cần xem lại", "review": "Cần xem lại"}
UNITS = pd.DataFrame({"unit_id": [f"xa-mh-{n:02d}" for n in range(1, 16)]})
UNITS["name"] = "Xã " + UNITS["unit_id"]
HEADER = Header("mc-mh", "Bộ phận một cửa", "2021-H1", "6 tháng", "final", None, None, False)
DAY = dt.date(2021, 3, 5)
INSPECTIONS = [
    {"unit": f"xa-mh-0{n}", "kind": "Kiểm tra", "planned_month": n, "status": "Chưa thực hiện"}
    for n in range(1, 7)
]
pytestmark = pytest.mark.tool("libreoffice")

# operators and missing-value strategies that the shipped row rules do not use
WORDS: dict[str, Any] = {
    "severity": "error",
    "message_vi": "Sai.",
    "message_en": "Wrong.",
    "expected_vi": "đúng",
    "action_vi": "Sửa lại.",
}
ROW_RULES: list[dict[str, Any]] = [
    {"operator": "<", "left": ["received_on"], "right": ["due_on"]},
    {"operator": "==", "left": ["resolved_on"], "right": ["due_on"]},
    {
        "operator": "exclusive_pair",
        "left": ["status"],
        "right": ["due_on"],
        "listed": ["Đang giải quyết"],
    },
    {"operator": "at_most_one", "left": ["resolved_on", "due_on"], "missing": "skip_if_all"},
    {"operator": "present", "left": ["due_on", "field"], "missing": "never_skip"},
    {"operator": "in_list", "left": ["status"], "listed": ["Đã giải quyết"]},
]
XA = CATALOGUE.forms["xa-2021"]
KEPT = [sheet.register_id for sheet in XA.sheets if sheet.register_id is not None]
ORGANISATION = [
    {"change_code": "1", "kind": "Hợp nhất, sáp nhập", "units_before": 3, "units_after": 1},
    {"change_code": "2", "kind": "Hợp nhất, sáp nhập", "units_before": 2, "units_after": 2},
    {"change_code": "3", "kind": "Giải thể", "units_before": 4, "units_after": 0},
]
# the units of the rows come from the list of the drop-down, the first of them is the sender
SENDER = "xa-mh-01"
MORE_CATALOGUE = CATALOGUE.model_copy(
    update={
        "rules": {
            **CATALOGUE.rules,
            **{
                f"R-{n:02d}": Rule(
                    id=f"R-{n:02d}", level="row", register_id="dossiers", **WORDS, **rule
                )
                for n, rule in enumerate(ROW_RULES)
            },
        }
    }
)


def random_rows(dice, number):
    days = [None, *(dt.date(2021, 3, day) for day in (1, 2, 3))]
    return [
        {
            "dossier_code": dice.choice([f"HS-{row:03d}", "HS-007", None]),
            "unit": "xa-mh-01",
            "field": dice.choice(["Đất đai", None]),
            "channel": "Trực tuyến mức độ 4",
            "received_on": dice.choice(days),
            "due_on": dice.choice(days),
            "resolved_on": dice.choice(days),
            "status": dice.choice(["Đã giải quyết", "Đang giải quyết", None]),
        }
        for row in range(number)
    ]


def random_cell(column, dice):
    if column.id.endswith("_code"):
        return dice.choice(["1", "2", "3", "4", "5", "6"])
    return {
        "unit": lambda: dice.choice([SENDER, SENDER, "xa-mh-02"]),
        "date": lambda: dt.date(2021, 3, dice.choice([1, 2, 3])),
        "enum": lambda: dice.choice(column.options),
        "bool": lambda: dice.choice([True, False]),
        "int": lambda: dice.choice([-1, 0, 1, 2, 3]),
        "float": lambda: dice.choice([0.5, 1.5]),
        "string": lambda: dice.choice(["30-CT/TW", "văn bản"]),
    }[column.type]()


def random_register(register, dice, *, blanks):
    """Thirty rows; where ``blanks``, a fifth of the cells that need not be filled is blank."""
    return [
        {
            column.id: random_cell(column, dice)
            for column in register.columns
            if column.required or not blanks or dice.random() < 0.8
        }
        for _ in range(30)
    ]


def kept_rows(seed, *, blanks):
    dice = random.Random(seed)  # noqa: S311 — reproducible test data
    return {name: random_register(CATALOGUE.registers[name], dice, blanks=blanks) for name in KEPT}


FULL, GAPS = kept_rows(3, blanks=False), kept_rows(5, blanks=True)


def typed_rows(register, rows):
    """The rows as the rule engine wants them."""
    frame = pd.DataFrame(rows, columns=[column.id for column in register.columns])
    dtypes = {"date": "datetime64[us]", "int": "Int64", "float": "float64", "bool": "boolean"}
    typed = {
        column.id: pd.to_datetime(frame[column.id])
        if column.type == "date"
        else frame[column.id].astype(dtypes.get(column.type, "str"))
        for column in register.columns
    }
    return pd.DataFrame(typed).assign(submission_id="s")


RANDOM_ROWS = random_rows(random.Random(11), 60)  # noqa: S311 — reproducible test data


def register_workbook(form_id, rows, catalogue=CATALOGUE, values=None):
    form = catalogue.forms[form_id]
    fill = Fill(values=values or {}, rows=rows)
    return build_workbook(catalogue, form, HEADER, units=UNITS, subject_id="mc-mh", fill=fill)


def kept_workbook(rows):
    """A commune's form that says 7 everywhere, with all registers that it may keep."""
    header = dataclasses.replace(HEADER, unit_id=SENDER)
    values = {
        (SENDER, item.element): 7
        for item in XA.elements()
        if CATALOGUE.elements[item.element].is_numeric
    }
    fill = Fill(values=values, rows=rows)
    return build_workbook(CATALOGUE, XA, header, units=UNITS, subject_id=SENDER, fill=fill)


def strangers():
    """Rows of the sender, of another unit, and of a unit that is not in the list."""
    return [{**FULL["petitions"][0], "unit": unit} for unit in (SENDER, "xa-mh-02", "xa-la")]


def bad_register():
    cells = {
        ("Sổ kiểm tra", "A10"): "xa-la",
        ("Sổ kiểm tra", "B11"): "Thăm",
        ("Sổ kiểm tra", "C12"): 3.5,
        ("Sổ kiểm tra", "C13"): "tháng 4",
        ("Sổ kiểm tra", "E14"): "05/03/2021",
        ("Sổ kiểm tra", "F14"): "Tốt",
        ("Sổ kiểm tra", "D15"): None,
        ("Sổ kiểm tra", "A16"): " ",
        ("Sổ kiểm tra", "H5000"): "quá xa",
    }
    book: Any = openpyxl.load_workbook(
        io.BytesIO(register_workbook("bcd-2021", {"inspections": INSPECTIONS}))
    )
    for (sheet, address), value in cells.items():
        book[sheet][address] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def half_wrong_rows():
    """Per rule one row that breaks it, and one of which a cell that it speaks of is wrong."""
    month, done, kind = "planned_month", "done_on", "kind"
    changes = [
        {"status": "Đã thực hiện"},
        {"status": "Đã thực hiện", done: "hôm qua"},
        {"status": "Xong rồi", done: DAY},
        {month: 13},
        {month: 13.5},
        {"unit": INSPECTIONS[0]["unit"]},
        *[{"unit": "xa-mh-08", kind: "Thăm"}] * 2,
    ]
    return [
        {**INSPECTIONS[0], "unit": f"xa-mh-{number:02d}", **change}
        for number, change in enumerate(changes, start=1)
    ]


def long_rows():
    for number in range(2400):
        done = number % 2 == 0
        yield {
            "dossier_code": f"HS-{number}",
            "unit": "xa-mh-01",
            "field": "Đất đai",
            "channel": "Trực tiếp, bưu chính",
            "received_on": DAY,
            "due_on": DAY,
            "resolved_on": DAY if done else None,
            "status": "Đã giải quyết" if done else "Đang giải quyết",
        }


@pytest.fixture(scope="module")
def sheets(check_sheets):
    """Recalculated check sheets by case."""
    return check_sheets(
        {
            "rows": register_workbook("motcua-2021", {"dossiers": RANDOM_ROWS}, MORE_CATALOGUE),
            "long": register_workbook("motcua-2021", {"dossiers": list(long_rows())}),
            "stray": bad_register(),
            "full": kept_workbook(FULL),
            "gaps": kept_workbook(GAPS),
            "half wrong": register_workbook("bcd-2021", {"inspections": half_wrong_rows()}),
            "organisation": register_workbook(
                "noivu-2021",
                {"organisation_changes": ORGANISATION},
                values={("mc-mh", "nv.units_before_merger"): 9},
            ),
            "strangers": kept_workbook({"petitions": strangers()}),
            "double": register_workbook(
                "bcd-2021",
                {"inspections": [*INSPECTIONS, {**INSPECTIONS[2], "done_on": DAY}]},
                values={("mc-mh", "bcd.inspections_planned"): 6},
            ),
        }
    )


def results_of(table, rule):
    return table.loc[table["rule"] == rule, "result"].tolist()


@pytest.mark.parametrize(
    "rule",
    [
        rule
        for rule in MORE_CATALOGUE.rules.values()
        if rule.register_id == "dossiers" and rule.level == "row"
    ],
    ids=lambda rule: rule.id,
)
def test_row_rules_count_what_the_engine_counts(sheets, rule):
    frame = pd.DataFrame(RANDOM_ROWS)
    for column in ("received_on", "due_on", "resolved_on"):
        frame[column] = pd.to_datetime(frame[column])
    for column in ("dossier_code", "field", "status"):
        frame[column] = frame[column].astype("str")
    broken = operators.violations(rule, frame)
    (line,) = sheets["rows"][0].query("rule == @rule.id").itertuples()
    assert 0 < broken.sum() < len(frame)
    assert (line.result, line.read) == (FAULT[rule.severity], broken.sum())
    assert line.todo.endswith(f"Dòng đầu tiên: {10 + int(broken.argmax())}.")


def test_required_columns_are_counted(sheets):
    lines = sheets["rows"][0].query("rule == 'ROW-REQUIRED'")
    found = dict(zip(lines["content"].str.extract(r"\((H\d\d)\)")[0], lines["read"], strict=True))
    columns = {column.code: column.id for column in CATALOGUE.registers["dossiers"].columns}
    absent = pd.DataFrame(RANDOM_ROWS).isna().sum()
    assert found == {code: absent[columns[code]] for code in found}
    assert "H07" not in found
    assert results_of(sheets["rows"][0], "HS-04") == [FINE]


def test_wrong_register_cells_are_counted(sheets):
    table, _ = sheets["stray"]
    wrong = table[
        table["cell"].str.startswith("Sổ kiểm tra") & ~table["result"].isin([FINE, SKIPPED])
    ]
    assert [(line.rule, line.cell[-3:-2], line.read) for line in wrong.itertuples()] == [
        ("", "A", 1),
        ("CELL-LIST", "A", 1),
        ("CELL-LIST", "B", 1),
        ("CELL-TYPE", "C", 1),
        ("CELL-WHOLE", "C", 1),
        ("ROW-REQUIRED", "D", 1),
        ("CELL-TYPE", "E", 1),
        ("KT-05", "D", 1),
    ]


def test_rows_with_wrong_cells_are_not_judged_by_those_cells(sheets):
    lines = sheets["half wrong"][0].set_index("rule")
    assert lines.loc[["KT-01", "KT-02", "KT-04"], "read"].tolist() == [1, 1, 1]


def test_a_unit_that_is_not_in_the_list_is_no_other_unit(sheets):
    lines = sheets["strangers"][0].query("rule == 'ROW-UNIT'")
    assert sorted(lines["read"])[-1] == 1


def test_a_long_register_leaves_uniqueness_to_the_receipt(sheets):
    table, summary = sheets["long"]
    assert results_of(table, "HS-02") == ["Kiểm tra khi nhận"]
    assert table["read"].iloc[0] == 2400
    assert summary == "Biểu đã sẵn sàng để gửi"


def test_the_plan_and_the_rows_of_the_register(sheets):
    table, _ = sheets["double"]
    lines = table.set_index("rule")
    assert lines.loc["KT-01", ["result", "read"]].tolist() == ["LỖI", 1]
    assert lines.loc["KT-02", ["result", "read"]].tolist() == ["LỖI", 1]
    assert lines.loc["KT-02", "todo"].endswith("Dòng đầu tiên: 16.")
    assert results_of(table, "BCD-01") == ["Cần xem lại"]
    assert results_of(sheets["stray"][0], "BCD-01") == [SKIPPED]
    # the second row of one kind is one too many of that kind only
    assert results_of(table, "BCD-12") == results_of(table, "BCD-13") == [SKIPPED]


def rules_of_kept(level):
    return [
        pytest.param(case, rule, id=f"{rule.id}-{case}")
        for case in ("full", "gaps")
        for rule in CATALOGUE.rules.values()
        if rule.level == level
        and rule.register_id in KEPT
        and (level == "register" or is_row_rule_expressible(rule))
    ]


def kept_frame(case, rule):
    rows = {"full": FULL, "gaps": GAPS}[case][rule.register_id]
    return typed_rows(CATALOGUE.registers[rule.register_id], rows)


@pytest.mark.parametrize(("case", "rule"), rules_of_kept("row"))
def test_rules_of_kept_rows_count_what_the_engine_counts(sheets, case, rule):
    broken = operators.violations(rule, kept_frame(case, rule))
    (line,) = sheets[case][0].query("rule == @rule.id").itertuples()
    assert broken.any() or case == "full"
    expected = FAULT[rule.severity] if broken.any() else FINE
    assert (line.result, line.read) == (expected, broken.sum())


@pytest.mark.parametrize(("case", "rule"), rules_of_kept("register"))
def test_a_kept_register_is_compared_with_its_form(sheets, case, rule):
    if rule.element not in {item.element for item in XA.elements()}:
        assert results_of(sheets[case][0], rule.id) == []
        return
    totals = operators.register_totals(rule, kept_frame(case, rule))
    (line,) = sheets[case][0].query("rule == @rule.id").itertuples()
    most = CATALOGUE.elements[rule.element].maximum
    # a form that says 7 where at most 6 may stand is not compared
    if totals.empty or (most is not None and most < 7):
        assert line.result == SKIPPED
    else:
        assert line.read == pytest.approx(totals["s"])
        assert line.result == (FINE if totals["s"] == 7 else FAULT[rule.severity])


def test_rules_over_some_rows_leave_the_others_alone(sheets):
    lines = sheets["organisation"][0].set_index("rule")
    assert lines.loc["SXT-02", ["result", "read"]].tolist() == ["LỖI", 1]
    # of the three rows two are mergers, of five units
    assert lines.loc["SXT-06", ["result", "read"]].tolist() == ["Cần xem lại", 5]
    assert lines.loc["SXT-03", "read"] == 0


def test_rows_of_other_units_are_counted(sheets):
    lines = sheets["full"][0].query("rule == 'ROW-UNIT'")
    others = {name: sum(row["unit"] != SENDER for row in rows) for name, rows in FULL.items()}
    assert sorted(lines["read"]) == sorted(others.values())
    assert set(lines["result"]) == {FAULT["warning"]}
