"""Registers of millions of rows, batch by batch: every violation counted, a few shown.

A batch holds whole submissions, so that rows that are compared with each other are together and
memory does not grow with the register. Counts are exact however many rows are bad; of each rule
only the first rows are kept, so that a register with a third of its rows wrong costs no more.

Belongs here: masks of a batch → counts and samples. Does not belong here: what the masks mean
(``catalogue.operators_polars``), findings of workbooks (``row_rules``), writing (``warehouse``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Register, Rule
from pipelines.catalogue.operators_polars import demanded, violated
from pipelines.catalogue.schemas import register_rules
from pipelines.validation.bulk_typing import typed_batch as typed_batch  # callers take it from here
from pipelines.validation.bulk_typing import untyped

SAMPLE = 100
Key = tuple[str, str]  # rule or demand, column


@dataclass
class Judged:
    """What is wrong in a register.

    Attributes:
        rows: Rows looked at.
        counts: Violations by (rule id or demand, blamed column); exact.
        samples: By the same key the first rows that violate it: submission_id and row, in the
            order in which the batches came.
        bad_rows: Rows with at least one violation of severity ``error``.
    """

    rows: int = 0
    counts: dict[Key, int] = field(default_factory=dict)
    samples: dict[Key, list[tuple[str, int]]] = field(default_factory=dict)
    bad_rows: int = 0

    @property
    def violations(self) -> int:
        """All violations, each of each row."""
        return sum(self.counts.values())


def judge(
    batches: Iterable[pl.DataFrame],
    register: Register,
    catalogue: Catalogue,
    *,
    rules: Sequence[Rule] | None = None,
    sample: int = SAMPLE,
) -> Judged:
    """Judge a register batch by batch.

    Args:
        batches: Frames as ``bulk_typing.typed_batch`` gives them, each of whole submissions.
        register: The register.
        catalogue: Its rules.
        rules: Other row rules of the register than the catalogue's.
        sample: How many rows are kept of each rule.
    """
    told = list(rules if rules is not None else register_rules(catalogue, register.id))
    judged = Judged()
    for batch in batches:
        add(judged, batch, register, told, sample)
    return judged


def add(
    judged: Judged, batch: pl.DataFrame, register: Register, rules: Sequence[Rule], sample: int
) -> pl.Series:
    """Add a batch to what is known; its rows that may not be taken (True: an error)."""
    masks = dict(_masks(batch, register, rules))
    sums = pl.DataFrame([mask.alias(str(n)) for n, mask in enumerate(masks.values())]).sum().row(0)
    severe = {rule.id for rule in rules if rule.severity != "error"}
    bad = [mask for (name, _), mask in masks.items() if name not in severe]
    errors = _any(bad, batch.height)
    for (key, mask), count in zip(masks.items(), sums, strict=True):
        judged.counts[key] = judged.counts.get(key, 0) + count
        kept = judged.samples.setdefault(key, [])
        if count and len(kept) < sample:
            first = mask.arg_true().head(sample - len(kept))
            kept += batch.select("submission_id", "row")[first].rows()
    judged.rows += batch.height
    judged.bad_rows += int(errors.sum())
    return errors


def _any(masks: list[pl.Series], height: int) -> pl.Series:
    if not masks:
        return pl.repeat(value=False, n=height, dtype=pl.Boolean, eager=True)
    frame = pl.DataFrame([mask.alias(str(n)) for n, mask in enumerate(masks)])
    return frame.select(bad=pl.any_horizontal(pl.all()))["bad"]


def _masks(
    batch: pl.DataFrame, register: Register, rules: Sequence[Rule]
) -> Iterator[tuple[Key, pl.Series]]:
    held = untyped(batch)
    for name, mask in held.items():
        yield ("CELL-TYPE", name), mask
    demands = demanded(register)
    there = {key: test for key, test in demands.items() if key[1] in batch.columns}
    met = batch.select(test.alias("|".join(key)) for key, test in there.items())
    for key, mask in zip(there, met.get_columns(), strict=True):
        yield key, _untouched(mask, [key[1]], held)
    named = {rule.id: term_names(rule.left) + term_names(rule.right) for rule in rules}
    for rule_id, mask in violated(rules, batch, within="submission_id").items():
        yield (rule_id, _blamed(rules, rule_id)), _untouched(mask, named[rule_id], held)


def _untouched(mask: pl.Series, names: Sequence[str], held: Mapping[str, pl.Series]) -> pl.Series:
    """Of a cell that could not be typed nothing else is said, as with workbooks."""
    for name in names:
        mask = mask & ~held[name] if name in held else mask
    return mask


def _blamed(rules: Sequence[Rule], rule_id: str) -> str:
    rule = next(rule for rule in rules if rule.id == rule_id)
    return str(rule.element or (rule.left[0] if isinstance(rule.left[0], str) else ""))
