"""Citations of documents that were no longer in force.

Belongs here: which texts are looked at, by which day they are judged. Does not belong here: what a
citation looks like and what replaced what (``catalogue.superseded``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

import pandas as pd

from pipelines.catalogue.model import Catalogue, Document, Register
from pipelines.catalogue.superseded import Superseded, cited
from pipelines.validation.raw_findings import raw, together
from pipelines.vietnamese.dates import format_date

_PLACE = ["submission_id", "sheet", "cell", "unit_id", "element"]


def document_findings(
    entries: pd.DataFrame,
    rows: Mapping[str, pd.DataFrame],
    row_letters: pd.DataFrame,
    catalogue: Catalogue,
    day: dt.date,
) -> pd.DataFrame:
    """Raw findings of rules with operator ``cites_in_force``.

    Args:
        entries: Texts and notes of value cells; judged by the last day of the period.
        rows: Register rows by register id; a row with a date is judged by that date.
        row_letters: Column letter per register, submission, sheet and column.
        catalogue: Documents and rules.
        day: Last day of the period.
    """
    rules = [rule for rule in catalogue.rules.values() if rule.operator == "cites_in_force"]
    telling = _telling(catalogue.documents)
    if not rules or telling is None:
        return raw({})
    texts = [
        *(_of_entries(entries, name, telling) for name in ("text", "note") if name in entries),
        *(
            part
            for register_id, frame in rows.items()
            if len(frame)
            for part in _of_register(catalogue.registers[register_id], frame, row_letters, telling)
        ),
    ]
    hits = list(_hits(texts, catalogue.documents, day))
    if not hits:
        return raw({})
    return together(raw(pd.DataFrame(hits).assign(rule=rule.id)) for rule in rules)


def _telling(documents: Mapping[str, Document]) -> str | None:
    """One pattern that sorts out the many texts that cannot name a document that has ended."""
    ended = [each for each in documents.values() if each.valid_to is not None]
    return "|".join(sorted({re.escape(_digits(each.number)) for each in ended})) or None


def _likely(frame: pd.DataFrame, name: str, telling: str) -> pd.DataFrame:
    """The rows whose text may cite a document; a register repeats itself, so by distinct text."""
    distinct = pd.Series(frame[name].dropna().unique(), dtype="str")
    return frame[frame[name].isin(distinct[distinct.str.contains(telling, case=False)])]


def _of_entries(entries: pd.DataFrame, name: str, telling: str) -> pd.DataFrame:
    chosen = _likely(entries, name, telling)
    never = pd.Series(pd.NaT, index=chosen.index, dtype="datetime64[us]")
    return chosen[_PLACE].assign(said=chosen[name].astype("str"), on=never)


def _of_register(
    register: Register, frame: pd.DataFrame, row_letters: pd.DataFrame, telling: str
) -> Iterator[pd.DataFrame]:
    """Every text column of a register, with the cells that the texts stand in."""
    dates = [c.id for c in register.columns if c.type == "date" and c.id in frame]
    own = row_letters[row_letters["register_id"] == register.id]
    for column in register.columns:
        if column.type != "string" or column.names_ended or column.id not in frame:
            continue
        chosen = _likely(frame, column.id, telling)
        if chosen.empty:
            continue
        letters = own.loc[own["column"] == column.id, ["submission_id", "sheet", "letter"]]
        placed = chosen.merge(letters, on=["submission_id", "sheet"], how="inner")
        never = pd.Series(pd.NaT, index=placed.index, dtype="datetime64[us]")
        on = pd.to_datetime(placed[dates[0]]) if dates else never
        yield pd.DataFrame(
            {
                "submission_id": placed["submission_id"],
                "sheet": placed["sheet"],
                "cell": placed["letter"] + placed["row"].astype("int64").astype("str"),
                "unit_id": placed["unit_id"],
                "element": column.id,
                "said": placed[column.id].astype("str"),
                "on": on,
            }
        )


def _hits(
    texts: list[pd.DataFrame], documents: Mapping[str, Document], day: dt.date
) -> Iterator[dict[str, object]]:
    for frame in texts:
        for row in frame.to_dict("records"):
            judged = day if pd.isna(row["on"]) else pd.Timestamp(row["on"]).date()
            for hit in cited(str(row["said"]), documents, judged):
                place: dict[str, object] = {name: row[name] for name in _PLACE}
                yield place | {"found": hit.quote, "expected": _instead(hit)}


def _digits(number: str) -> str:
    """The part of a number that everybody writes alike: "149/2018" of "149/2018/NĐ-CP", "4-N"."""
    found = re.match(r"0*(\d+/\d{4}|\d+[/-]\w)", number)
    return found[1] if found is not None else number


def _instead(hit: Superseded) -> str:
    last = format_date(hit.document.valid_to)
    if hit.successor is None:
        return f"văn bản còn hiệu lực ({hit.document.number} hết hiệu lực sau ngày {last})"
    since = format_date(hit.successor.valid_from)
    named = f"{hit.successor.kind} {hit.successor.number}"
    return f"{named} (hiệu lực từ ngày {since}; văn bản cũ hết hiệu lực sau ngày {last})"
