"""Tables of other makers as data: how one is recognised, and what its columns and rows mean.

Belongs here: the model of a mapping and what must hold between it and the catalogue.
Does not belong here: reading such a table (``intake.mapping``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from pipelines.catalogue.base import Entry

if TYPE_CHECKING:
    from pipelines.catalogue.model import Catalogue


class ForeignColumn(Entry):
    """A column of a foreign table.

    ``headers`` are header paths, any of which names the column: the texts of its header rows from
    the top, folded, joined by ``__`` (``da_tiep_nhan__trong_ky``). It means an element, a register
    column, or (neither) nothing that is asked. ``amount_unit`` stands for every number of the
    column ("triệu đồng"); ``answers`` translates its texts.
    """

    headers: list[str]
    element: str | None = None
    column: str | None = None
    amount_unit: str | None = None
    answers: dict[str, str] = {}


class ForeignLayout(Entry):
    """A table of another maker.

    ``unit_rows``: rows are units, columns elements. ``element_rows``: rows are elements, found by
    ``rows`` (label → element) or by the element's own label, with one column of values.
    ``register``: rows are events. ``marks`` are header paths that all must be there. The
    patterns find, in the texts around the table, who reports and about when; without them the
    header labels and the receipt say so. ``later_forms`` are the versions of the form that the
    same table stands for in later periods.
    """

    id: str
    title_vi: str
    source_vi: str
    form: str
    later_forms: list[str] = []
    round: Literal["estimate", "final"]
    kind: Literal["unit_rows", "element_rows", "register"]
    marks: list[str]
    columns: list[ForeignColumn] = []
    unit_header: str | None = None
    label_header: str | None = None
    value_header: str | None = None
    rows: dict[str, str] = {}
    unit_pattern: str | None = None
    period_pattern: str | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> ForeignLayout:
        needed = {
            "unit_rows": [self.unit_header],
            "element_rows": [self.label_header, self.value_header],
            "register": [self.unit_header],
        }
        if not self.marks or not all(needed[self.kind]):
            msg = f"layout {self.id}: {self.kind} lacks marks or a header that it needs"
            raise ValueError(msg)
        for pattern in (self.unit_pattern, self.period_pattern):
            if pattern is not None and re.compile(pattern).groups != 1:
                msg = f"layout {self.id}: pattern {pattern!r} needs exactly one group"
                raise ValueError(msg)
        return self


def layout_problems(catalogue: Catalogue, layouts: Mapping[str, ForeignLayout]) -> Iterator[str]:
    """References of mappings that lead nowhere."""
    for layout in layouts.values():
        forms = [layout.form, *layout.later_forms]
        unknown = [name for name in forms if name not in catalogue.forms]
        yield from (f"layout {layout.id}: unknown form {name}" for name in unknown)
        if unknown:
            continue
        form = catalogue.forms[layout.form]
        asked = {item.element for item in form.elements()}
        registers = [catalogue.registers[s.register_id] for s in form.sheets if s.register_id]
        columns = {column.id for register in registers for column in register.columns}
        named = [*(c.element for c in layout.columns if c.element), *layout.rows.values()]
        for name in named:
            if name not in asked:
                yield f"layout {layout.id}: {layout.form} does not ask {name}"
        for column in layout.columns:
            if column.column is not None and column.column not in columns:
                yield f"layout {layout.id}: unknown register column {column.column}"
