"""The masks on polars are those on pandas, row by row, for every row rule of the catalogue."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import polars as pl
import pytest

from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Register, Rule, Term
from pipelines.catalogue.operators import violations
from pipelines.catalogue.operators_polars import column_type, demanded, violated

CATALOGUE = load_catalogue()
RULES = [
    rule
    for rule in CATALOGUE.rules.values()
    if rule.level == "row" and rule.register_id is not None
]
PANDAS = {"date": "datetime64[us]", "int": "Int64", "float": "float64", "bool": "boolean"}
SEED, FEW, MANY, BATCH = 20_211, 4_000, 10_000_000, 250_000
DAY = np.datetime64("2021-01-01", "us")
TEXTS = ["12/QĐ-UBND", "7-QĐ/ĐU", "12/2020/NĐ-CP", "số 5", "12/QĐ-UBND ", "", "01a/2021/KH", "x\n"]
# operators that no row rule of the shipped catalogue has
OTHERS = [
    ("==", ["a"], ["b"]), ("!=", ["a"], ["b"]), ("sum_equals", ["a"], ["b", Term(of="c", times=2)]),
    ("fewer_or_none", ["a"], ["b"]), ("rate_agrees", ["a"], ["b", "c"]),
    ("at_most_one", ["a", "b", "s"], []), ("some_pair_differs", ["a", "b"], ["b", "c"]),
    ("in_list", ["s"], []), ("present", ["a", "d"], []), ("exclusive_pair", ["s"], ["d"]),
    ("compulsory_pair", ["a"], ["s"]), (">", ["a", 1.0], ["b"]), ("<", ["d"], ["e"]),
]  # fmt: skip
KINDS = {"a": "float", "b": "int", "c": "float", "d": "date", "e": "date", "s": "string"}


def columns_of(rules: Sequence[Rule], register: Register) -> dict[str, str]:
    """Kind of every column that rules of a register name."""
    known = {column.id: column.type for column in register.columns}
    named = {n for rule in rules for n in [*term_names(rule.left), *term_names(rule.right)]}
    named |= {rule.when.column for rule in rules if rule.when}
    return {name: known.get(name, "string") for name in sorted(named)}


def drawn(
    kinds: Mapping[str, str], words: Mapping[str, list[str]], rows: int, seed: int
) -> pl.DataFrame:
    """Random rows: few distinct values, so that they repeat and compare equal; some missing."""
    rng = np.random.default_rng(seed)
    columns = {"submission_id": pl.Series(rng.choice(["n/1", "n/2", "n/3"], rows))}
    for name, kind in kinds.items():
        spread = max(8, rows // 50) if seed % 2 else 8
        values = rng.integers(-2, spread, rows) * rng.choice([1, 1, 1, 40], rows)
        if kind == "date":
            column = pl.Series(DAY + values * np.timedelta64(1, "D"))
        elif kind == "bool":
            column = pl.Series(values % 2 == 0)
        elif kind == "float":
            column = pl.Series(values + rng.choice([0.0, 1e-10, 0.5, 1e-8], rows))
        elif kind == "int":
            column = pl.Series(values)
        else:
            column = pl.Series(rng.choice(words.get(name, TEXTS), rows))
        gone = pl.Series(rng.random(rows) < 0.15)
        kept = pl.when(~gone).then(column.cast(column_type(kind)))
        columns[name] = pl.select(kept.alias(name))[name]
    frame = pl.DataFrame(columns)
    # some rows come twice: of long keys two random ones are hardly ever equal
    return pl.concat([frame[: rows - rows // 10], frame[: rows // 10]])


def as_pandas(frame: pl.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """The same rows as the intake would type them."""
    out = frame.to_pandas()
    types = {name: PANDAS.get(kind, "str") for name, kind in kinds.items()}
    return out.astype({"submission_id": "str", **types})


def words_of(rules: Sequence[Rule], register: Register) -> dict[str, list[str]]:
    """Texts that rules and columns know, beside those that they do not."""
    words = {column.id: [*column.options, "khác"] for column in register.columns if column.options}
    for rule in rules:
        if rule.when is not None:
            known = words.get(rule.when.column, ["khác"])
            words[rule.when.column] = [*known, *rule.when.among]
        for name in term_names(rule.left) if rule.listed else ():
            words[name] = [*words.get(name, TEXTS), *(rule.listed or ())]
    return words


def agree(rules: Sequence[Rule], frame: pl.DataFrame, kinds: Mapping[str, str]) -> dict[str, int]:
    """Compare both paths row by row; how often each rule fires."""
    ours = violated(rules, frame, within="submission_id")
    rows = as_pandas(frame, kinds)
    fired = {}
    for rule in rules:
        theirs = violations(rule, rows, within="submission_id").to_numpy(dtype=bool)
        mine = ours[rule.id]
        assert mine.null_count() == 0
        differs = np.flatnonzero(mine.to_numpy() != theirs)
        assert not len(differs), (rule.id, rows.iloc[differs[:3]].to_dict("records"))
        fired[rule.id] = int(theirs.sum())
    return fired


def by_register() -> Iterator[tuple[Register, list[Rule]]]:
    for name, register in CATALOGUE.registers.items():
        own = [rule for rule in RULES if rule.register_id == name]
        if own:
            yield register, own


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
def test_every_row_rule_agrees_and_fires(seed: int) -> None:
    for register, rules in by_register():
        kinds = columns_of(rules, register)
        frame = drawn(kinds, words_of(rules, register), FEW, seed)
        fired = agree(rules, frame, kinds)
        assert 0 not in fired.values(), fired


@pytest.mark.parametrize("missing", ["skip_if_any", "skip_if_all", "never_skip"])
def test_operators_that_other_catalogues_may_use(missing: str) -> None:
    model = RULES[0]
    rules = [
        model.model_copy(
            update={
                "id": f"T-{n}", "operator": name, "left": left, "right": right,
                "missing": missing, "listed": ["số 5", "12/QĐ-UBND"] if left == ["s"] else None,
            }
        )
        for n, (name, left, right) in enumerate(OTHERS)
    ]  # fmt: skip
    frame = drawn(KINDS, {}, FEW, SEED + 1)
    fired = agree(rules, frame, KINDS)
    assert 0 not in fired.values(), fired


def test_categorical_text_is_text() -> None:
    register = CATALOGUE.registers["dossiers"]
    rules = [rule for rule in RULES if rule.register_id == "dossiers"]
    kinds = columns_of(rules, register)
    frame = drawn(kinds, words_of(rules, register), FEW, SEED)
    encoded = frame.with_columns(pl.col("status").cast(pl.Categorical))
    plain, coded = (violated(rules, each, "submission_id") for each in (frame, encoded))
    assert all(plain[name].equals(coded[name]) for name in plain)


def test_what_columns_demand() -> None:
    register = CATALOGUE.registers["dossiers"]
    rows = {"dossier_code": ["a", None], "status": ["Đã giải quyết", "xong"]}
    rest = {c.id: [None, None] for c in register.columns if c.id not in rows}
    frame = pl.DataFrame(rows | rest)
    found = frame.select(e.alias("|".join(k)) for k, e in demanded(register).items())
    assert found["CELL-MISSING|dossier_code"].to_list() == [False, True]
    assert found["CELL-LIST|status"].to_list() == [False, True]
    assert found["CELL-LIST|channel"].to_list() == [False, False], "missing is another finding"


@pytest.mark.long
def test_ten_million_rows_agree() -> None:
    registers = list(by_register())
    total, fired = 0, dict.fromkeys((rule.id for rule in RULES), 0)
    number = 0
    while total < MANY:
        register, rules = registers[number % len(registers)]
        kinds = columns_of(rules, register)
        frame = drawn(kinds, words_of(rules, register), BATCH, SEED + number)
        for name, times in agree(rules, frame, kinds).items():
            fired[name] += times
        total, number = total + BATCH, number + 1
    assert 0 not in fired.values(), fired
    print(f"\nmeasured: {total} rows agree, {sum(fired.values())} violations of {len(fired)} rules")  # noqa: T201 — with -s
