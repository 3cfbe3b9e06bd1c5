"""What a resubmission changed: cell by cell, against the submission whose place it took.

Belongs here: which valid submission follows which, and the differences of what they say. Does not
belong here: which of them is in force (``accept``), telling it (``orchestration.period_history``).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue, Register
from pipelines.validation.accept import ACCEPTED, receipt_order
from pipelines.validation.wide import KNOWN_STATES, typed
from pipelines.vietnamese.answers import format_yes_no
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import format_number

TABLE = "core.changes"
_PAIR = ["submission_id", "previous"]
_WHERE = ["unit_id", "element"]
_SAID = ["value", "text", "qualifier", "state"]
_MOST_DECIMALS = 6


def followed(submissions: pd.DataFrame) -> pd.DataFrame:
    """Which valid submission came after which.

    Args:
        submissions: Settled submissions.

    Returns:
        Columns submission_id, previous: of the same sender, form and round the one before; the
        first of the final round follows the newest estimate before it. Returned ones, and those
        whose bytes are gone, follow nothing and are followed by nothing.
    """
    was_valid = submissions["status"].isin(ACCEPTED) | (
        submissions["status"].eq("superseded") & submissions["size"].notna()
    )
    valid = submissions[was_valid & submissions["form"].notna()]
    ordered = valid.assign(order=receipt_order(valid)).sort_values("order")
    series = ordered.groupby(["provider", "form", "round"], dropna=False)["submission_id"]
    own = series.shift()
    estimates = ordered["submission_id"].where(ordered["round"].eq("estimate"))
    before = estimates.groupby([ordered["provider"], ordered["form"]]).ffill()
    previous = own.where(own.notna() | ~ordered["round"].eq("final"), before)
    pairs = pd.DataFrame({"submission_id": ordered["submission_id"], "previous": previous})
    return pairs[pairs["previous"].notna()].astype("str").reset_index(drop=True)


def changes(
    *,
    submissions: pd.DataFrame,
    entries: pd.DataFrame,
    rows: Mapping[str, pd.DataFrame],
    row_letters: pd.DataFrame,
    catalogue: Catalogue,
    period: str,
) -> pd.DataFrame:
    """The cells in which each valid submission differs from the valid one before it.

    Args:
        submissions: Settled submissions.
        entries: All entries of the period.
        rows: Register rows by register id.
        row_letters: Which column of a register stands under which letter.
        catalogue: Elements, registers.
        period: Period key of the rows.

    Returns:
        ``core.changes``: before and after as officials write them. A register row that came or
        went is one change of its own; ``row_key`` says which row it is.
    """
    contract = table_contract(catalogue, TABLE)
    pairs = followed(submissions)
    compared = {*pairs["submission_id"], *pairs["previous"]}
    parts = []
    own = entries[entries["submission_id"].isin(compared)]
    if len(own):
        parts.append(_of_entries(pairs, own, catalogue))
    for register in catalogue.registers.values():
        if register.id not in rows:
            continue
        own = rows[register.id]
        own = own[own["submission_id"].isin(compared)]
        if len(own):
            letters = row_letters[row_letters["register_id"] == register.id]
            parts.append(_of_register(pairs, own, letters, register))
    if not parts:
        return contract.empty()
    found = pd.concat(parts, ignore_index=True)
    mark = submissions.set_index("submission_id")["is_illustrative"]
    found = found.assign(
        period=period, is_illustrative=found["submission_id"].map(mark).astype("bool")
    )
    return contract.conform(found[[column.name for column in contract.columns]])


def _of_entries(pairs: pd.DataFrame, entries: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    # of an element that stands twice the first counts, as it does for the rules
    said = typed(entries).drop_duplicates(["submission_id", *_WHERE])
    said = said.assign(state=said["state"].fillna("missing"))
    columns = ["submission_id", *_WHERE, "sheet", "cell", "raw", *_SAID]
    both = _beside(pairs, said[columns], _WHERE)
    both = both.rename(columns={name: f"{name}_after" for name in (*_SAID, "raw")})
    for name in ("state_after", "state_before"):
        both[name] = both[name].astype("str").fillna("missing")
    same = [equal(both[f"{name}_after"], both[f"{name}_before"]) for name in _SAID]
    both = both[~(same[0] & same[1] & same[2] & same[3])].reset_index(drop=True)
    types = {element.id: element.type for element in catalogue.elements.values()}
    return both.assign(
        row_key=pd.Series(pd.NA, index=both.index, dtype="str"),
        sheet=both["sheet"].astype("str").fillna(both["sheet_before"].astype("str")),
        cell=both["cell"].astype("str").fillna(both["cell_before"].astype("str")),
        after=_shown_entries(both, "_after", types),
        before=_shown_entries(both, "_before", types),
    )


def _beside(pairs: pd.DataFrame, said: pd.DataFrame, where: list[str]) -> pd.DataFrame:
    """What the newer says, and with ``_before`` what the older says, row by row of ``where``."""
    new = pairs.merge(said, on="submission_id")
    old = pairs.merge(said.rename(columns={"submission_id": "previous"}), on="previous")
    keys = [*_PAIR, *where]
    if new.empty or old.empty:  # merging two text columns without rows fails in pandas 3.0
        new, old = (side.astype(dict.fromkeys(keys, "object")) for side in (new, old))
    both = new.merge(old, on=keys, how="outer", suffixes=("", "_before"))
    return both.astype(dict.fromkeys(keys, "str"))


def equal(one: pd.Series, other: pd.Series) -> pd.Series:
    """Where two columns say the same; missing on both sides is the same."""
    # what is missing is left out first: of two columns of objects it compares to neither yes nor no
    known, same = one.notna() & other.notna(), one.isna() & other.isna()
    left, right = (side[known].astype("object") for side in (one, other))
    same[known] = (left == right).astype("bool")
    return same


def _shown_entries(frame: pd.DataFrame, suffix: str, types: Mapping[str, str]) -> pd.Series:
    names = ("element", f"state{suffix}", f"value{suffix}", f"text{suffix}", f"raw{suffix}")
    texts = [
        _entry(types.get(element, ""), state, value, text, raw)
        for element, state, value, text, raw in zip(*(frame[n] for n in names), strict=True)
    ]
    return pd.Series(texts, index=frame.index, dtype="str")


def _entry(kind: str, state: str, value: object, text: object, raw: object) -> str | None:
    """A value as officials write it; of what is no value the cell as it stands."""
    if state in KNOWN_STATES:
        return _shown(kind, text if isinstance(text, str) else value)
    return raw if isinstance(raw, str) and raw.strip() else None


def _shown(kind: str, value: object) -> str | None:
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if kind == "bool":
        return format_yes_no(bool(value))
    if isinstance(value, pd.Timestamp):
        return format_date(value.date())
    if isinstance(value, str):
        return value
    number = float(str(value))
    text = f"{number:.{_MOST_DECIMALS}f}".rstrip("0")
    return format_number(number, len(text.partition(".")[2]))


def _of_register(
    pairs: pd.DataFrame, rows: pd.DataFrame, letters: pd.DataFrame, register: Register
) -> pd.DataFrame:
    key = [name for name in register.unique if name in rows] or ["row"]
    named = rows.assign(row_key=_row_key(rows, key)).drop_duplicates(["submission_id", "row_key"])
    both = _beside(pairs, named, ["row_key"])
    came, went = both["row_before"].isna(), both["row"].isna()
    first = key[-1]
    parts = [
        _came_or_went(both, came, went, first, letters, register),
        *(
            _column(both[~came & ~went], column.id, column.type, letters, register)
            for column in register.columns
        ),
    ]
    return pd.concat(parts, ignore_index=True)


def _row_key(rows: pd.DataFrame, key: list[str]) -> pd.Series:
    texts = [rows[name].astype("str").fillna("") for name in key]
    joined = texts[0]
    for text in texts[1:]:
        joined = joined + " | " + text
    return joined


def _came_or_went(
    both: pd.DataFrame,
    came: pd.Series,
    went: pd.Series,
    first: str,
    letters: pd.DataFrame,
    register: Register,
) -> pd.DataFrame:
    """A row that is only in one of the two: one change, in the column that names the row."""
    rows = both[came | went]
    new = came[rows.index]
    shown = rows["row_key"]
    described = pd.DataFrame(
        {
            **{name: rows[name] for name in _PAIR},
            "unit_id": rows["unit_id"].where(new, rows["unit_id_before"]),
            "row_key": rows["row_key"],
            "element": f"{register.id}.{first}",
            "sheet": rows["sheet"].where(new, rows["sheet_before"]),
            "row": rows["row"].where(new, rows["row_before"]),
            "said_in": rows["submission_id"].where(new, rows["previous"]),
            "before": shown.where(~new),
            "after": shown.where(new),
        }
    )
    return _with_cell(described, first, letters)


def _column(
    both: pd.DataFrame, column: str, kind: str, letters: pd.DataFrame, register: Register
) -> pd.DataFrame:
    before = f"{column}_before"
    if column == register.unit_column and column not in both:
        return pd.DataFrame()
    changed = both[~equal(both[column], both[before])]
    described = pd.DataFrame(
        {
            **{name: changed[name] for name in [*_PAIR, "unit_id", "row_key", "sheet", "row"]},
            "element": f"{register.id}.{column}",
            "said_in": changed["submission_id"],
            "before": [_shown(kind, value) for value in changed[before]],
            "after": [_shown(kind, value) for value in changed[column]],
        }
    )
    return _with_cell(described, column, letters)


def _with_cell(frame: pd.DataFrame, column: str, letters: pd.DataFrame) -> pd.DataFrame:
    """The address of each change and its two states."""
    own = letters[letters["column"] == column].drop_duplicates(["submission_id", "sheet"])
    own = own.rename(columns={"submission_id": "said_in"})[["said_in", "sheet", "letter"]]
    placed = frame.merge(own, on=["said_in", "sheet"], how="left")
    row = placed["row"].astype("Int64").astype("str")
    texts = {name: placed[name].astype("str") for name in ("before", "after")}
    states = {
        f"state_{name}": pd.Series("value", index=placed.index).where(
            texts[name].notna(), "missing"
        )
        for name in texts
    }
    return placed.assign(
        cell=placed["letter"].astype("str") + row,
        **texts,
        **states,
    )
