"""A form told as what it changes of another: the base's sheets, less some, renamed, and more.

Belongs here: entries with ``based_on`` → entries spelt out, before the model reads them. Does not
belong here: what a form may hold (``model``), what must hold between entries (``integrity``).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from pipelines.catalogue.base import Entry
from pipelines.catalogue.integrity import CatalogueError

Row = dict[str, Any]
_OWN = {"based_on", "drop", "replace", "rename", "compulsory", "add"}


class Dropped(Entry):
    """What a version no longer asks: element ids, titles of sections, names of sheets."""

    elements: list[str] = []
    sections: list[str] = []
    sheets: list[str] = []


class Added(Entry):
    """What a version asks besides.

    With ``section`` elements go to the section of that title in ``sheet``, a new one where the
    sheet has none; otherwise ``new_sheet`` is a whole sheet. ``after`` is the element, the section
    or the sheet that it follows; without it the end.
    """

    sheet: str | None = None
    section: str | None = None
    elements: list[str | Row] = []
    new_sheet: Row | None = None
    after: str | None = None


class Difference(Entry):
    """How a version differs from the form named by ``based_on``, in the order it is applied.

    ``replace`` puts another element in an element's place; ``rename`` gives sheets, their titles
    and sections other words; ``compulsory`` changes whether an element must be answered.
    """

    based_on: str
    drop: Dropped = Dropped()
    replace: dict[str, str] = {}
    rename: dict[str, str] = {}
    compulsory: dict[str, bool] = {}
    add: list[Added] = []


def spelt_out(rows: Iterable[Row]) -> list[Row]:
    """All forms with their sheets, in the order given.

    Args:
        rows: Forms as the YAML says them, some of them with ``based_on``.

    Returns:
        The same forms, none with ``based_on``; whatever a version says itself (dates, title,
        citations) stands, the rest is the base's.

    Raises:
        CatalogueError: A base is unknown or leads back to the form, a difference is malformed, or
            it drops, renames or follows something that the base does not have.
    """
    told = list(rows)
    by_id = {str(row.get("id")): row for row in told}
    return [_whole(row, by_id, ()) for row in told]


def _whole(row: Row, by_id: Mapping[str, Row], seen: tuple[str, ...]) -> Row:
    if "based_on" not in row:
        return row
    name, base = str(row.get("id")), str(row["based_on"])
    if base not in by_id or base in (*seen, name):
        known = ", ".join(sorted(by_id))
        raise CatalogueError([f"form {name}: based_on {base}, expected another form of {known}"])
    try:
        difference = Difference.model_validate({k: v for k, v in row.items() if k in _OWN})
    except ValidationError as error:
        raise CatalogueError([f"form {name}: {error}"]) from error
    inherited = copy.deepcopy(_whole(by_id[base], by_id, (*seen, name)))
    sheets, problems = _changed(inherited["sheets"], difference)
    if problems:
        raise CatalogueError([f"form {name}, based on {base}: {problem}" for problem in problems])
    return inherited | {k: v for k, v in row.items() if k not in _OWN} | {"sheets": sheets}


def _changed(sheets: list[Row], difference: Difference) -> tuple[list[Row], list[str]]:
    problems = [
        *_drop(sheets, difference.drop),
        *_reword(sheets, difference),
        *(problem for added in difference.add for problem in _add(sheets, added)),
    ]
    for sheet in sheets:
        if "sections" in sheet:
            sheet["sections"] = [s for s in sheet["sections"] if s["elements"]]
    return [s for s in sheets if s["layout"] == "register" or s.get("sections")], problems


def _sections(sheets: Iterable[Row]) -> Iterator[Row]:
    for sheet in sheets:
        yield from sheet.get("sections", [])


def _asked(sheets: Iterable[Row]) -> set[str]:
    return {item["element"] for section in _sections(sheets) for item in section["elements"]}


def _unknown(said: Iterable[str], known: Iterable[str], what: str) -> Iterator[str]:
    there = set(known)
    yield from (f"{what} {name!r} is not on it" for name in said if name not in there)


def _drop(sheets: list[Row], drop: Dropped) -> list[str]:
    problems = [
        *_unknown(drop.elements, _asked(sheets), "dropped element"),
        *_unknown(drop.sections, (s["title_vi"] for s in _sections(sheets)), "dropped section"),
        *_unknown(drop.sheets, (s["name"] for s in sheets), "dropped sheet"),
    ]
    sheets[:] = [s for s in sheets if s["name"] not in drop.sheets]
    for sheet in sheets:
        if "sections" in sheet:
            sheet["sections"] = [s for s in sheet["sections"] if s["title_vi"] not in drop.sections]
    for section in _sections(sheets):
        kept = [item for item in section["elements"] if item["element"] not in drop.elements]
        section["elements"] = kept
    return problems


def _reword(sheets: list[Row], difference: Difference) -> list[str]:
    """Other elements, other words, other duties in the places that stand."""
    asked = _asked(sheets)
    worded = [(part, key) for part in sheets for key in ("name", "title_vi")]
    worded += [(section, "title_vi") for section in _sections(sheets)]
    problems = [
        *_unknown(difference.replace, asked, "replaced element"),
        *_unknown(difference.rename, (part[key] for part, key in worded), "renamed"),
        *_unknown(
            difference.compulsory,
            (asked - set(difference.replace)) | set(difference.replace.values()),
            "compulsory element",
        ),
    ]
    for part, key in worded:
        part[key] = difference.rename.get(part[key], part[key])
    for section in _sections(sheets):
        for item in section["elements"]:
            item["element"] = difference.replace.get(item["element"], item["element"])
            if item["element"] in difference.compulsory:
                item["compulsory"] = difference.compulsory[item["element"]]
    return problems


def _add(sheets: list[Row], added: Added) -> Iterator[str]:
    if added.new_sheet is not None:
        yield from _insert(sheets, [dict(added.new_sheet)], "name", added.after)
        return
    found = next((s for s in sheets if s["name"] == added.sheet and "sections" in s), None)
    if found is None or added.section is None or not added.elements:
        yield f"add: expected elements of a section of a sheet, found {added.sheet!r}"
        return
    items = [{"element": e} if isinstance(e, str) else dict(e) for e in added.elements]
    section = next((s for s in found["sections"] if s["title_vi"] == added.section), None)
    if section is None:
        section = {"title_vi": added.section, "elements": items}
        yield from _insert(found["sections"], [section], "title_vi", added.after)
    else:
        yield from _insert(section["elements"], items, "element", added.after)


def _insert(parts: list[Row], new: list[Row], key: str, after: str | None) -> Iterator[str]:
    """Put parts behind the one called ``after``, or at the end."""
    names = [part[key] for part in parts]
    if after is None:
        parts.extend(new)
    elif after in names:
        place = names.index(after) + 1
        parts[place:place] = new
    else:
        yield f"added after {after!r}, which is not there"
