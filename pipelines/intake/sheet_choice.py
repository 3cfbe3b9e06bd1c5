"""Which page of a file is which sheet of the form: by name, else by the codes that it shows.

Belongs here: renamed pages, pages that stand twice. Does not belong here: reading a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.catalogue.model import Catalogue, Form, FormSheet
from pipelines.intake.sheet_cells import SheetCells
from pipelines.vietnamese import text as words

# a page shows a sheet when it shows this part of its codes
_ENOUGH = 0.6


@dataclass
class Choice:
    """What the pages of a file are.

    Attributes:
        sheets: Form sheet by page.
        copies: Page that shows the same as another → that other page, and whether cell by cell.
        notes: Pages that are not named as in the form.
    """

    sheets: dict[str, FormSheet] = field(default_factory=dict)
    copies: dict[str, tuple[str, bool]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def choose(
    pages: Sequence[SheetCells], form: Form, catalogue: Catalogue, known: frozenset[str]
) -> Choice:
    """Match pages and sheets.

    Args:
        pages: Pages with content.
        form: The form.
        catalogue: Codes of elements and register columns.
        known: Names of pages that every workbook of the system has beside the form's sheets.
    """
    out = Choice()
    by_name = {words.normalise(sheet.name): sheet for sheet in form.sheets}
    for page in pages:
        sheet = by_name.get(words.normalise(page.name))
        if sheet is not None and sheet not in out.sheets.values():
            out.sheets[page.name] = sheet
    for page in pages:
        if page.name not in out.sheets and page.name not in known:
            _by_codes(page, form, catalogue, pages, out)
    return out


def _by_codes(
    page: SheetCells,
    form: Form,
    catalogue: Catalogue,
    pages: Sequence[SheetCells],
    out: Choice,
) -> None:
    shown = {page.code(i) for i, text in enumerate(page.text) if text is not None}
    best = max(form.sheets, key=lambda sheet: _share(shown, codes(sheet, catalogue)))
    if _share(shown, codes(best, catalogue)) < _ENOUGH:
        return
    first = next((name for name, sheet in out.sheets.items() if sheet == best), None)
    if first is None:
        out.sheets[page.name] = best
        out.notes.append(f"Trang {page.name} được đọc là trang {best.name} (theo mã số).")
    else:
        original = next(p for p in pages if p.name == first)
        out.copies[page.name] = (first, is_copy(page, original))


def codes(sheet: FormSheet, catalogue: Catalogue) -> set[str]:
    """The codes that a sheet shows."""
    if sheet.register_id is not None:
        return {column.code for column in catalogue.registers[sheet.register_id].columns}
    return {catalogue.elements[item.element].code for item in sheet.elements()}


def _share(shown: set[str], wanted: set[str]) -> float:
    return len(shown & wanted) / len(wanted) if wanted else 0.0


def is_copy(page: SheetCells, original: SheetCells) -> bool:
    """Whether two pages hold the same in the same cells."""
    return page.cell == original.cell and _contents(page) == _contents(original)


def _contents(page: SheetCells) -> Mapping[str, object]:
    # number formats may differ between a page and its copy
    return {cell: raw[:3] for cell, raw in zip(page.cell, page.raw, strict=True)}
