"""The rule engine's masks on polars: what ``operators`` says, for registers of millions of rows.

Every rule here is the same ``Rule`` object; a property test compares both row by row. What looks at
one row is an expression, so that all rules of a register are computed in one pass on all cores.

Belongs here: operator semantics on a polars frame whose columns are register columns. Does not
belong here: what the operators mean to people (``operators``), counting and sampling (``bulk`` of
``validation``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import reduce

import polars as pl

from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Register, Rule, Term
from pipelines.catalogue.operators import COMPARISONS, ROUNDING, TOLERANCE

Side = list[str | float | Term]
Schema = Mapping[str, pl.DataType]

_DAY = 86_400_000_000  # microseconds
_FOR_EVER = dt.datetime(2262, 4, 11)  # noqa: DTZ001 — a day of the register, as pandas bounds them
_TYPES: Mapping[str, pl.DataType] = {
    "date": pl.Datetime("us"),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "bool": pl.Boolean(),
}


def column_type(kind: str) -> pl.DataType:
    """The polars type of a register column of a kind; all that is not a number or day is text."""
    return _TYPES.get(kind, pl.String())


def violated(
    rules: Sequence[Rule], frame: pl.DataFrame, within: str | None = None
) -> dict[str, pl.Series]:
    """Where each rule is violated.

    Args:
        rules: Rules of level ``row`` whose operator works on one row or column.
        frame: One row per register row, columns typed as ``column_type`` says; text may be
            categorical; null means missing.
        within: A column; rows are compared with each other only where its value is the same.

    Returns:
        By rule id a boolean series without null, as long as the frame.

    Raises:
        KeyError: An operator is not a row operator.
    """
    alone = [rule for rule in rules if rule.operator not in _BETWEEN_ROWS]
    found = frame.select(violation(rule, frame.schema).alias(rule.id) for rule in alone)
    masks = dict(zip(found.columns, found.get_columns(), strict=True))
    for rule in rules:
        if rule.operator in _BETWEEN_ROWS:
            masks[rule.id] = _between(rule, frame, [within] if within else [])
    return {rule.id: masks[rule.id] for rule in rules}


def violation(rule: Rule, schema: Schema) -> pl.Expr:
    """A rule that looks at one row, as an expression that is never null.

    Raises:
        KeyError: The operator compares rows, or is not a row operator.
    """
    return _spoken_of(rule) & _MASKS[rule.operator](rule, schema)


def demanded(register: Register) -> dict[tuple[str, str], pl.Expr]:
    """What a register's columns demand besides its rules: where each demand is not met.

    Returns:
        By (``CELL-MISSING`` or ``CELL-LIST``, column id) an expression that is never null.
    """
    required = {
        ("CELL-MISSING", column.id): pl.col(column.id).is_null()
        for column in register.columns
        if column.required
    }
    listed = {
        ("CELL-LIST", column.id): _is_not_in(column.id, column.options)
        for column in register.columns
        if column.options
    }
    return required | listed


def _is_not_in(name: str, options: Sequence[str]) -> pl.Expr:
    return (~pl.col(name).is_in(list(options))).fill_null(value=False)


def _spoken_of(rule: Rule) -> pl.Expr:
    if rule.when is None:
        return pl.lit(value=True)
    return pl.col(rule.when.column).is_in(list(rule.when.among)).fill_null(value=False)


def _side(side: Side, schema: Schema) -> pl.Expr:
    return reduce(lambda a, b: a + b, (_term(term, schema) for term in side))


def _term(term: str | float | Term, schema: Schema) -> pl.Expr:
    if isinstance(term, Term):
        return _number(term.of, schema) * term.times
    return _number(term, schema) if isinstance(term, str) else pl.lit(float(term))


def _number(name: str, schema: Schema) -> pl.Expr:
    """A column as numbers, days counted since 1970; nan is missing, as it is in pandas."""
    if schema[name].is_temporal():
        return pl.col(name).cast(pl.Datetime("us")).to_physical().cast(pl.Float64) / _DAY
    return pl.col(name).cast(pl.Float64).fill_nan(None)


def _missing(name: str, schema: Schema) -> pl.Expr:
    absent = pl.col(name).is_null()
    return absent | _sure(pl.col(name).is_nan()) if schema[name].is_float() else absent


def _skipped(rule: Rule, schema: Schema) -> pl.Expr:
    names = [name for name in term_names(rule.left) + term_names(rule.right) if name in schema]
    if rule.missing == "never_skip" or not names:
        return pl.lit(value=False)
    absent = [_missing(name, schema) for name in names]
    return (pl.any_horizontal if rule.missing == "skip_if_any" else pl.all_horizontal)(absent)


def _sure(condition: pl.Expr) -> pl.Expr:
    """What cannot be told does not hold."""
    return condition.fill_null(value=False)


def _compare(rule: Rule, schema: Schema, operator: str | None = None) -> pl.Expr:
    compared = COMPARISONS[operator or rule.operator]
    holds = compared(_side(rule.left, schema), _side(rule.right, schema))
    return ~_sure(holds) & ~_skipped(rule, schema)


def _sum_equals(rule: Rule, schema: Schema) -> pl.Expr:
    return _compare(rule, schema, "==")


def _fewer_or_none(rule: Rule, schema: Schema) -> pl.Expr:
    left, right = _side(rule.left, schema), _side(rule.right, schema)
    none_at_all = _sure(left.abs() <= TOLERANCE) & _sure(right.abs() <= TOLERANCE)
    return ~(_sure(left < right - TOLERANCE) | none_at_all) & ~_skipped(rule, schema)


def _rate_agrees(rule: Rule, schema: Schema) -> pl.Expr:
    part, whole = (_side([term], schema) for term in rule.right)
    rate = part / pl.when(whole != 0).then(whole) * 100
    off = (_side(rule.left, schema) - rate).abs() > ROUNDING + TOLERANCE
    return _sure(off) & ~_skipped(rule, schema)


def _answers_yes(side: Side, schema: Schema, values: Sequence[str] | None = None) -> pl.Expr:
    flags = []
    for name in term_names(side):
        kind = schema[name]
        if values is not None:
            flags.append(pl.col(name).is_in(list(values)).fill_null(value=False))
        elif kind.is_numeric() or kind == pl.Boolean:
            flags.append(_sure(_number(name, schema) > 0))
        else:
            flags.append(pl.col(name).is_not_null())
    return pl.any_horizontal(flags)


def _compulsory_pair(rule: Rule, schema: Schema) -> pl.Expr:
    left = _answers_yes(rule.left, schema, rule.listed)
    right = _answers_yes(rule.right, schema)
    return (left != right) & ~_skipped(rule, schema)


def _exclusive_pair(rule: Rule, schema: Schema) -> pl.Expr:
    left = _answers_yes(rule.left, schema, rule.listed)
    right = _answers_yes(rule.right, schema)
    return left & right & ~_skipped(rule, schema)


def _at_most_one(rule: Rule, schema: Schema) -> pl.Expr:
    flags = [_answers_yes([name], schema).cast(pl.Int32) for name in term_names(rule.left)]
    return (pl.sum_horizontal(flags) > 1) & ~_skipped(rule, schema)


def _some_pair_differs(rule: Rule, schema: Schema) -> pl.Expr:
    pairs = zip(rule.left, rule.right, strict=True)
    sides = [(_side([left], schema), _side([right], schema)) for left, right in pairs]
    full = [_sure(whole > 0) & _sure((part - whole).abs() <= TOLERANCE) for part, whole in sides]
    return pl.all_horizontal(full) & ~_skipped(rule, schema)


def _implies_equal(rule: Rule, schema: Schema) -> pl.Expr:
    found, expected = _side(rule.right[:1], schema), _side(rule.right[1:], schema)
    yes = _answers_yes(rule.left, schema, rule.listed)
    return yes & _sure((found - expected).abs() > TOLERANCE) & ~_skipped(rule, schema)


def _in_list(rule: Rule, schema: Schema) -> pl.Expr:
    inside = pl.col(term_names(rule.left)[0]).is_in(list(rule.listed or []))
    return ~_sure(inside) & ~_skipped(rule, schema)


def _pattern(rule: Rule, schema: Schema) -> pl.Expr:
    text = pl.col(term_names(rule.left)[0]).cast(pl.String)
    fits = text.str.contains(rf"\A(?:{rule.pattern or ''})\z")
    return ~_sure(fits) & ~_skipped(rule, schema)


def _present(rule: Rule, schema: Schema) -> pl.Expr:
    return pl.any_horizontal([_missing(name, schema) for name in term_names(rule.left)])


def _first_of_month(rule: Rule, _: Schema) -> pl.Expr:
    return _sure(pl.col(term_names(rule.left)[0]).dt.day() > 1)


_MASKS: Mapping[str, Callable[[Rule, Schema], pl.Expr]] = {
    **dict.fromkeys(COMPARISONS, _compare),
    "sum_equals": _sum_equals,
    "fewer_or_none": _fewer_or_none,
    "rate_agrees": _rate_agrees,
    "compulsory_pair": _compulsory_pair,
    "exclusive_pair": _exclusive_pair,
    "at_most_one": _at_most_one,
    "some_pair_differs": _some_pair_differs,
    "implies_equal": _implies_equal,
    "in_list": _in_list,
    "pattern": _pattern,
    "present": _present,
    "first_of_month": _first_of_month,
}


def _between(rule: Rule, frame: pl.DataFrame, within: list[str]) -> pl.Series:
    """A rule that compares rows: computed on the rows it speaks of, put back in their places."""
    place = "qcdc_row"
    names = dict.fromkeys([*within, *term_names(rule.left), *term_names(rule.right)])
    rows = (
        frame.with_row_index(place)
        if rule.when
        else frame.select(list(names)).with_row_index(place)
    )
    told = rows.filter(_spoken_of(rule)) if rule.when else rows
    hit = _BETWEEN_ROWS[rule.operator](rule, told, within)
    mask = pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True)
    return mask.scatter(told[place].filter(hit), values=True) if hit.any() else mask


def _unique(rule: Rule, frame: pl.DataFrame, within: list[str]) -> pl.Series:
    """The first occurrence stands; the repetitions are the violation.

    Keys are hashed to 64 bits; only rows whose hash repeats are compared in full.
    """
    keys = [*within, *term_names(rule.left)]
    each = [pl.col(key).hash(seed) for seed, key in enumerate(keys)]
    hashes = frame.select(hash=reduce(lambda a, b: a ^ b, each))["hash"]
    again = ~hashes.is_first_distinct()
    if not again.any():
        return again
    doubtful = hashes.is_in(hashes.filter(again).unique().implode())
    exact = frame.filter(doubtful).select(again=~pl.struct(keys).is_first_distinct())["again"]
    places = doubtful.arg_true().filter(exact)
    found = pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True)
    found = found.scatter(places, values=True) if len(places) else found
    skipped = frame.with_columns(qcdc_skipped=_skipped(rule, frame.schema))["qcdc_skipped"]
    return found & ~skipped


def _no_overlap(rule: Rule, frame: pl.DataFrame, within: list[str]) -> pl.Series:
    """Of two rows of one key that are in force on one day the later one is the violation."""
    keys, (first, last) = [*within, *term_names(rule.left)], term_names(rule.right)
    rows = frame.with_row_index("qcdc_place")
    known = rows.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in [*keys, first]))
    known = known.sort([*keys, first], maintain_order=True)
    until = pl.col(last).fill_null(pl.lit(_FOR_EVER).cast(frame.schema[last]))
    latest = until.cum_max().shift(1).over(keys)
    hit = known.filter(_sure(pl.col(first) <= latest))["qcdc_place"]
    found = pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True)
    return found.scatter(hit, values=True) if len(hit) else found


_BETWEEN_ROWS: Mapping[str, Callable[[Rule, pl.DataFrame, list[str]], pl.Series]] = {
    "unique": _unique,
    "no_overlap": _no_overlap,
}
