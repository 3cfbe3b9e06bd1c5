"""Pages that the system writes beside a form: guide, checks, lists. What was typed there is stray.

Belongs here: telling what a template would have there from what somebody typed.
Does not belong here: the form's own sheets, foreign pages.
"""

from __future__ import annotations

from pipelines.catalogue.model import Catalogue, Form
from pipelines.intake.sheet_cells import SheetCells

FURNITURE = {
    "Hướng dẫn": "label",
    "Kiểm tra": "ignored",
    "Danh mục": "label",
    # the list of an earlier answer, which comes back with the mended workbook
    "Phiếu phản hồi": "label",
}


def take_furniture(
    page: SheetCells, catalogue: Catalogue, form: Form, known_units: frozenset[str]
) -> None:
    """Give the cells of such a page their fates; what no template has there stays stray."""
    del catalogue, form, known_units
    fate = FURNITURE[page.name]
    formula = page.frame["is_formula"].tolist()
    for i, kind in enumerate(page.kind):
        # the program writes texts, formulas and, in the first column, line numbers there
        if (
            kind in {"text", "formula_empty"}
            or formula[i]
            or (kind == "number" and page.column[i] == 1)
        ):
            page.fate[i] = fate
