"""Two sides that go together: which of them is blamed, and what would put it right.

Belongs here: the cell to name for rules about pairs. Does not belong here: what a pair is
(``catalogue.operators``), the words of other operators (``messages``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from pipelines.catalogue.expected import DATE
from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import NUMERIC_TYPES, Rule
from pipelines.catalogue.operators import answers_yes
from pipelines.validation.messages import Named
from pipelines.validation.raw_findings import blame_order
from pipelines.vietnamese.answers import YES

_SOME = "số nguyên từ 1 trở lên"
_THERE = {"bool": YES, "date": DATE, "count": _SOME, "money": _SOME, "int": _SOME}


def sided(
    rule: Rule, hits: pd.DataFrame, names: Mapping[str, Named]
) -> Iterator[tuple[pd.DataFrame, list[str], str | None]]:
    """The violating rows by the side at fault.

    Of a pair of which one side is there and the other is not, the one that is not there is
    named: filling it in puts the pair right, whereas striking out the other would lose something.

    Args:
        rule: A unit or row rule.
        hits: The rows that violate it.
        names: Types of the terms.

    Yields:
        Rows, the order in which cells may be blamed, and what to write there (None: the rule's
        operator says it).
    """
    if rule.operator != "compulsory_pair":
        yield hits, blame_order(rule), None
        return
    left, right = term_names(rule.left), term_names(rule.right)
    has_left = answers_yes(hits, rule.left, rule.listed)
    listed = " hoặc ".join(rule.listed) if rule.listed else None
    yield hits[has_left], [*right, *left], _there(names[right[0]].type)
    yield hits[~has_left], [*left, *right], listed or _there(names[left[0]].type)


def _there(kind: str) -> str:
    """What makes a side "be there"."""
    return _THERE.get(kind, "số từ 1 trở lên" if kind in NUMERIC_TYPES else "nội dung")
