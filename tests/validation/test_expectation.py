"""What a finding expects is a promise: whoever writes it is rid of the finding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue, Element, RegisterColumn
from pipelines.validation.expectation import Content, satisfying
from tests.validation.test_mutants import MUTANTS, apart, changed, side_by_side

if TYPE_CHECKING:
    from tests.validation.conftest import World

CATALOGUE = load_catalogue()
COUNT = CATALOGUE.elements["xa.receptions"]
ANSWER = CATALOGUE.elements["ld.programme_issued"]
KIND = CATALOGUE.elements["dn.kind"]
# what no value of the named cell mends: a row too many, content outside the form, a code that must
# come from a list, what another file or the committee has to settle
BEYOND_A_VALUE = {
    *("CELL-LIST", "CELL-STRAY", "DOC-01", "KT-02", "KT-05"),
    *("PV-01", "ROW-UNIT", "TOT-01", "COR-01"),
    # another row must end, a row is one too many or wanting, or another register has to be filled
    *("BDC-02", "TVB-04", "PCD-01", "PCD-03", "PCD-04", "PCD-05", "KLH-07", "LTD-01"),
}


@pytest.mark.parametrize(
    ("expected", "element", "content"),
    [
        (None, COUNT, None),
        ("trang Biểu 01-XA", None, None),
        ("số nguyên từ 0 đến 1.000", COUNT, 0),
        ("số nguyên từ 3 trở lên", COUNT, 3),
        ("từ 5 thành viên trở lên", COUNT, 5),
        ("không quá 1.021", COUNT, 1021),
        ("không quá 12 thành viên", COUNT, 12),
        ("số nguyên bằng 7; đồng thời A (A01) không lớn hơn B (A02)", COUNT, 7),
        ("số đến 86,67", None, 86.67),
        ("5 trở xuống", COUNT, 5),
        ("số nguyên", COUNT, 0),
        ("15", COUNT, 15),
        ("thường từ 63 đến 29.314", COUNT, 63),
        ("Có hoặc Không", ANSWER, "Có"),
        ("Không, khi chưa tổ chức", ANSWER, "Không"),
        ("ngày dạng 10/06/2021 (cùng ghi hoặc cùng để trống)", None, "10/06/2021"),
        ("từ 01/03/2021 trở đi", None, "01/03/2021"),
        ("trước ngày 01/03/2021", None, "28/02/2021"),
        ("ít hơn 3", None, 2),
        ("để trống (số liệu chỉ ghi ở ô nhập liệu của biểu)", None, ""),
        ("dạng 72/KH-UBND, 04-NQ/HU hoặc 145/2020/NĐ-CP", None, "72/KH-UBND"),
        ("một giá trị, nhập trực tiếp", ANSWER, "Có"),
        (", ".join(KIND.options or []), KIND, (KIND.options or [""])[0]),
    ],
)
def test_the_words_are_read_back(
    expected: str | None, element: Element | None, content: Content | None
) -> None:
    assert satisfying(expected, element) == content


def column_of(catalogue: Catalogue, register: str, name: str) -> RegisterColumn:
    return next(c for c in catalogue.registers[register].columns if c.id == name)


def written(world: World, finding: dict[str, Any]) -> bool:
    """Write what the finding expects into its cell; False when no value is expected."""
    element = world.catalogue.elements.get(finding["element"])
    if element is not None:
        content = satisfying(finding["expected"], element)
        if content is None:
            return False
        submission = finding["submission_id"]
        form = next(s["form"] for s in world.submissions if s["submission_id"] == submission)
        places = ("submission_id", "sheet", "cell")
        here = [finding[name] for name in places]
        world.faults = [f for f in world.faults if [f.get(name) for name in places] != here]
        world.edit({"form": form, "element": element.id, "value": value_of(element, content)})
        return True
    return written_in_a_row(world, finding)


def written_in_a_row(world: World, finding: dict[str, Any]) -> bool:
    for register, rows in world.rows.items():
        for row in rows:
            if (row["sheet"], row["submission_id"]) != (
                finding["sheet"],
                finding["submission_id"],
            ) or not finding["cell"].endswith(str(row["row"])):
                continue
            content = satisfying(
                finding["expected"], column_of(world.catalogue, register, finding["element"])
            )
            if content is None:
                return False
            row[finding["element"]] = typed_content(content)
            return True
    return False


def typed_content(content: Content) -> Content | dt.date | None:
    if isinstance(content, str) and content.count("/") == 2 and len(content) == 10:
        day, month, year = (int(part) for part in content.split("/"))
        return dt.date(year, month, day)
    return None if content == "" else content


def value_of(element: Element, content: Content) -> object:
    value = typed_content(content)
    if element.type == "bool" and value != "x":
        return 1 if value == "Có" else 0
    return value.isoformat() if isinstance(value, dt.date) else value


MENDED = [
    rule.id
    for rule in CATALOGUE.rules.values()
    if rule.severity in {"error", "warning"}
    and rule.level not in {"submission", "history", "peers"}
    and rule.id not in BEYOND_A_VALUE
    # rules of later laws have a world of their own
    and rule.id in MUTANTS
]


# met by a number that the form's other numbers leave no room for; a warning all the same
LEADS_ON = {"CQ-06"}
Findings = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def told(
    new_world: Callable[[], World], units: pd.DataFrame
) -> tuple[Findings, Findings, set[str]]:
    """Findings of every rule's mutant before and after their cells say what is expected."""
    worlds = [changed(new_world(), rule, MUTANTS[rule]["breaking"]) for rule in MENDED]
    for place, world in enumerate(worlds):
        apart(world, place)
    before = side_by_side(worlds, units, new_world())
    unread = set()
    for row in before.to_dict("records"):
        rule = MENDED[row["place"]]
        is_named = isinstance(row["cell"], str) and row["severity"] != "review"
        if is_named and not written(worlds[row["place"]], {str(k): v for k, v in row.items()}):
            unread.add(rule)
    after = side_by_side(worlds, units, new_world())
    by_rule = [
        {rule: found[found["place"] == place] for place, rule in enumerate(MENDED)}
        for found in (before, after)
    ]
    return by_rule[0], by_rule[1], unread


@pytest.mark.parametrize("rule", MENDED)
def test_writing_what_is_expected_puts_it_right(
    told: tuple[Findings, Findings, set[str]], rule: str
) -> None:
    """Of every rule that is not a review, in the cells that the findings name, and no others."""
    before, after, unread = told
    own = before[rule][before[rule]["rule"] == rule]
    assert own["cell"].notna().all()
    assert rule not in unread, list(own["expected"])
    left = after[rule]
    assert rule not in set(left["rule"]), left[["rule", "found", "expected"]].to_dict("records")
    wrong = left[(left["severity"] == "error") & (rule not in LEADS_ON)]
    assert wrong.empty, wrong[["rule", "element", "found", "expected"]].to_dict("records")


def test_a_stray_content_is_struck_out(world: World) -> None:
    world.edit(MUTANTS["CELL-STRAY"]["breaking"][0])
    assert satisfying(world.find()["expected"].iloc[0], None) == ""
