"""Every row of the article's features leads to a table, a rule, a test, or says what is missing."""

import ast
import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import yaml

from pipelines.catalogue.load import load_catalogue

from .conftest import PERIOD, ROOT

CATALOGUE = load_catalogue()
SCOPE = "huyen-mh-1"
MUTANTS = yaml.safe_load((ROOT / "tests/validation/mutants.yaml").read_text(encoding="utf-8"))
KNOWN_STATES = {"value", "zero", "not_applicable"}
TABLES = {"table", "element", "register", "document", "population", "actor"}
# what may carry a feature of a kind; words carry words only
CARRIERS = {
    "A": TABLES,
    "D": TABLES,
    "E": TABLES,
    "M": TABLES,
    "I": {"indicator"},
    "R": {"rule", "test"},
    "N": TABLES | {"indicator", "text", "later"},
}
# the article gives no figure, nor does the sample
WITHOUT_DATA: set[tuple[int, str]] = set()
LATER = {
    1: ["từ điển chữ viết tắt"],
    2: ["đối chiếu thứ trong tuần ghi trước ngày"],
    3: ["lời văn của báo cáo"],
    4: ["khối Đảng, đoàn thể trong danh mục đơn vị"],
    5: ["lời văn của báo cáo"],
    6: ["lời văn của báo cáo"],
    7: ["Ban Chỉ đạo là tổ chức có thời gian hiệu lực"],
    10: ["báo cáo năm 2020 là đầu vào của kỳ"],
    11: ["quy chế thay thế quy chế nào"],
    12: ["từng nhiệm vụ của chương trình"],
    14: ["thành viên phụ trách địa bàn nào"],
    16: ["thư nhắc đơn vị nộp chậm"],
    19: ["bộ tiêu chí chấm điểm theo chế độ"],
    26: ["lịch từng tháng của từng người đứng đầu"],
    27: ["quyết định công nhận từng xã"],
    29: ["ảnh minh chứng có chú thích, nguồn"],
    33: ["đơn vị nào kế thừa đơn vị nào"],
    40: ["chuỗi năm và chỗ đứt của chuỗi"],
    41: ["nơi nhận của báo cáo"],
    44: ["chủ đề năm"],
}


@dataclass(frozen=True)
class Row:
    """A feature of the article and what carries it: (type, name) pairs."""

    number: int
    phrase: str
    kinds: tuple[str, ...]
    carriers: tuple[tuple[str, str], ...]

    def of(self, *types: str) -> list[tuple[str, str]]:
        return [carrier for carrier in self.carriers if carrier[0] in types]


def read_rows() -> Iterator[Row]:
    with (ROOT / "docs" / "seed-rows.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            carriers = [carrier.partition(":") for carrier in line["carriers"].split(";")]
            yield Row(
                int(line["row"]),
                line["phrase"],
                tuple(line["kinds"].split(";")),
                tuple((kind, name) for kind, _, name in carriers),
            )


ROWS = list(read_rows())


def rows_of(tables: dict[str, pd.DataFrame], kind: str, name: str) -> pd.DataFrame:
    """The rows of the warehouse that a carrier names; without data there are none.

    Raises:
        KeyError: There is no such table.
    """
    if kind in {"table", "register"}:
        return tables[name if kind == "table" else f"core.registers_{name}"]
    table, column = {
        "element": ("core.observations", "element"),
        "indicator": ("eval.indicator_values", "indicator"),
        "document": ("ref.documents", "document"),
        "population": ("ref.populations", "population"),
        "actor": ("ref.units", "kind"),
        "period": ("ref.periods", "period"),
    }[kind]
    frame = tables[table][tables[table][column] == name]
    if kind == "element":
        return frame[frame["state"].isin(KNOWN_STATES)]
    if kind == "indicator":
        return frame[(frame["scope_id"] == SCOPE) & frame["value"].notna()]
    return frame


@cache
def functions_of(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def can_fail(function: ast.FunctionDef) -> bool:
    """Whether a test asserts something, or expects an error."""
    return any(
        isinstance(node, ast.Assert) or (isinstance(node, ast.Attribute) and node.attr == "raises")
        for node in ast.walk(function)
    )


def test_the_rows_are_those_of_the_article():
    assert [row.number for row in ROWS] == list(range(1, 46))
    assert all(row.phrase for row in ROWS)
    assert {kind for row in ROWS for kind in row.kinds} == set(CARRIERS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_every_kind_of_a_row_is_carried(row):
    uncarried = {kind for kind in row.kinds if not row.of(*CARRIERS[kind])}
    assert uncarried == set()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_text_and_later_alone_satisfy_words_only(row):
    if not row.of(*TABLES, "indicator", "rule", "test"):
        assert row.kinds == ("N",)
    if row.of("text"):
        assert "N" in row.kinds


def test_names_lead_somewhere(shipped_tables):
    known = {
        "element": CATALOGUE.elements,
        "indicator": CATALOGUE.indicators,
        "register": CATALOGUE.registers,
        "rule": CATALOGUE.rules,
    }
    for row in ROWS:
        for kind, name in row.carriers:
            assert kind in {*TABLES, "indicator", "period", "rule", "test", "text", "later"}
            if kind in known:
                assert name in known[kind], f"row {row.number}: {kind}:{name}"
            elif kind in {"table", "document", "population", "actor", "period"}:
                assert len(rows_of(shipped_tables, kind, name)), f"row {row.number}: {kind}:{name}"


def test_rows_without_data_are_known(shipped_tables):
    """Each kind of a row has a row in a table; the exceptions are named here."""
    without = {
        (row.number, kind)
        for row in ROWS
        for kind in row.kinds
        if kind in "ADEMI"
        and not any(len(rows_of(shipped_tables, *carrier)) for carrier in row.of(*CARRIERS[kind]))
    }
    assert without == WITHOUT_DATA


def test_what_has_no_data_is_missing_and_not_zero(shipped_tables):
    observed = shipped_tables["core.observations"]
    values = shipped_tables["eval.indicator_values"]
    shown = shipped_tables["report.figures"].set_index("figure_id")["shown_as"]
    for row in ROWS:
        for kind, name in row.of("element", "indicator"):
            if len(rows_of(shipped_tables, kind, name)):
                continue
            if kind == "element":
                asked = observed[observed["element"] == name]
                assert set(asked["state"]) <= {"missing"}, name
                assert asked["value"].isna().all(), name
            else:
                state = values.query("scope_id == @SCOPE and indicator == @name")["state"]
                assert list(state) == ["missing"], name
                assert shown[f"{PERIOD}/{name}@{SCOPE}"] == "chưa có số liệu"


@pytest.mark.parametrize("rule", sorted({name for row in ROWS for _, name in row.of("rule")}))
def test_every_rule_has_its_mutants(rule):
    assert rule in CATALOGUE.rules
    assert MUTANTS[rule]["breaking"]
    assert rule in MUTANTS[rule]["fires"]


@pytest.mark.parametrize("test", sorted({name for row in ROWS for _, name in row.of("test")}))
def test_every_named_test_is_there_and_can_fail(test):
    path, _, name = test.partition("::")
    assert Path(path).name.startswith("test_")
    function = functions_of(ROOT / path)[name]
    assert can_fail(function)


@pytest.mark.parametrize("text", sorted({name for row in ROWS for _, name in row.of("text")}))
def test_every_text_stands_in_the_report(text):
    sources = [*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "pipelines/reports").glob("*.py")]
    assert any(text in path.read_text(encoding="utf-8") for path in sources)


def test_what_remains_does_not_grow_in_silence():
    later: dict[int, list[str]] = defaultdict(list)
    for row in ROWS:
        for _, what in row.of("later"):
            later[row.number].append(what)
    assert later == LATER


def test_a_test_without_a_claim_is_seen():
    (empty,) = ast.parse("def test_a():\n    print(1)").body
    (claims,) = ast.parse("def test_b():\n    assert 1").body
    assert isinstance(empty, ast.FunctionDef)
    assert isinstance(claims, ast.FunctionDef)
    assert (can_fail(empty), can_fail(claims)) == (False, True)
