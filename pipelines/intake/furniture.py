"""Pages that the system writes beside a form: guide, checks, lists. What was typed there is stray.

Where a template has nothing, no text is the template's; the wording of a template may change, its
places do not.

Belongs here: the places that templates fill. Does not belong here: the form's own sheets, foreign
pages.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.catalogue.guide_sheet import HEADINGS, definitions
from pipelines.catalogue.model import Catalogue, Form
from pipelines.catalogue.remembering import of_entries
from pipelines.intake.layout import CODE_HEADER
from pipelines.intake.sheet_cells import SheetCells

GUIDE, CHECKS, LISTS = "Hướng dẫn", "Kiểm tra", "Danh mục"
# the list of an earlier answer, which comes back with the mended workbook
ANSWER = "Phiếu phản hồi"
FURNITURE = {GUIDE: "label", CHECKS: "ignored", LISTS: "label", ANSWER: "label"}
# ten columns, and a hidden one for what marked cells looked like before
_ANSWER_COLUMNS = frozenset({*range(1, 11), 12})
# "Kiểm tra": five rows of heading; below them line number, rule, words, place, three formulas
_HEADING_ROWS, _FIRST_FORMULA, _LAST_COLUMN = 5, 5, 7
_LIST_HEADER = 2
_Place = Callable[[int, int], bool]


def take_furniture(page: SheetCells, catalogue: Catalogue, form: Form) -> None:
    """Give the cells of such a page their fates; what no template has there stays stray.

    Args:
        page: The page, named as one of ``FURNITURE``.
        catalogue: For the definitions that the guide lists.
        form: The form beside which the page stands.
    """
    is_formula = page.table["is_formula"].tolist()
    if page.name == GUIDE:
        fits = _guide(page, catalogue, form)
    elif page.name == CHECKS:
        fits = _checks(page, is_formula)
    elif page.name == ANSWER:
        fits = _answer(page)
    else:
        fits = _lists(page)
    fate = FURNITURE[page.name]
    taken = [
        # the program writes texts, formulas and, in the first column, line numbers there
        kind == "formula_empty"
        or is_calculated
        or (kind == "number" and column == 1)
        or (kind == "text" and fits(row, column))
        for kind, is_calculated, row, column in zip(
            page.kind, is_formula, page.row, page.column, strict=True
        )
    ]
    page.fate[taken] = fate


def _guide(page: SheetCells, catalogue: Catalogue, form: Form) -> _Place:
    """One text a row, then a table whose blank cells are known."""
    rows = zip(page.row, page.column, strict=True)
    heads = (row for i, (row, c) in enumerate(rows) if c == 1 and page.key(i) == CODE_HEADER)
    top = next(heads, None)
    if top is None:
        return lambda _, column: column <= len(HEADINGS)
    by_code = _definitions(catalogue, form)
    # the heading of a register has no code and no basis
    heading = ("", "x", "x", "")
    coded = [r for r, c in page.at if c == 1 and page.code(page.at[r, c]) in by_code]
    last = max(coded, default=top)

    def fits(row: int, column: int) -> bool:
        if row <= top:
            return column == 1 or (row == top and column <= len(HEADINGS))
        if row > last or column > len(HEADINGS):
            return False
        i = page.at.get((row, 1))
        return bool(by_code.get(page.code(i) if i is not None else "", heading)[column - 1])

    return fits


@of_entries
def _definitions(catalogue: Catalogue, form: Form) -> dict[str, tuple[str, ...]]:
    """The texts that the guide of a form lists, by their code."""
    return {texts[0]: tuple(texts) for texts in definitions(catalogue, form) if texts[0]}


def _checks(page: SheetCells, is_formula: list[bool]) -> _Place:
    """Lines numbered in the first column; results are formulas, unless a program lost them all."""
    numbered = [r for r, c in zip(page.row, page.column, strict=True) if c == 1]
    last = max(numbered, default=0)
    words_end = _FIRST_FORMULA if any(is_formula) else _LAST_COLUMN + 1

    def fits(row: int, column: int) -> bool:
        if row < _HEADING_ROWS:
            return column == 1
        return row <= last and column < (_LAST_COLUMN + 1 if row == _HEADING_ROWS else words_end)

    return fits


def _answer(page: SheetCells) -> _Place:
    """Facts, steps, and a list numbered in the first column."""
    rows = zip(page.row, page.column, page.kind, strict=True)
    numbered = [row for row, column, kind in rows if column == 1 and kind == "number"]
    last = max(numbered, default=max(page.row, default=0))
    return lambda row, column: row <= last and column in _ANSWER_COLUMNS


def _lists(page: SheetCells) -> _Place:
    """Lists without gaps under their headings."""

    def fits(row: int, column: int) -> bool:
        if row <= _LIST_HEADER:
            return True
        return (row - 1, column) in page.at and (_LIST_HEADER, column) in page.at

    return fits
