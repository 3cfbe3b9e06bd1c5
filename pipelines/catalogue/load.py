"""Reading the catalogue from YAML into the model.

Belongs here: files → entries. Does not belong here: meaning between entries (``integrity``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from pipelines.catalogue import model, wording
from pipelines.catalogue.criteria import CriteriaSet, criteria_problems
from pipelines.catalogue.foreign import ForeignLayout, layout_problems
from pipelines.catalogue.form_versions import spelt_out
from pipelines.catalogue.integrity import CatalogueError, check_integrity
from pipelines.catalogue.letterheads import (
    Letterhead,
    Letterheads,
    PaperKind,
    letterhead_problems,
)
from pipelines.catalogue.migrations import Migrations, migration_problems, read_migrations
from pipelines.catalogue.narrative import (
    Listing,
    Narrative,
    Outline,
    Sentence,
    Slot,
    narrative_problems,
)
from pipelines.catalogue.papi import Papi, papi_problems

# the same safe loader, eight times as fast where PyYAML was built with libyaml
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DATA = Path(__file__).parent / "data"
_READ_AS: ContextVar[Path | None] = ContextVar("read_as", default=None)
EntryType = TypeVar("EntryType", bound=model.Entry)


def load_catalogue(directory: Path | None = None) -> model.Catalogue:
    """Read and check a catalogue.

    Args:
        directory: Folder with the YAML files; the shipped catalogue when None.

    Returns:
        The catalogue, every cross-reference checked.

    Raises:
        CatalogueError: A file is missing, an entry is malformed, an id stands twice or a
            reference leads nowhere; all problems are listed at once.
    """
    return _load(directory or DATA)


def load_migrations() -> Migrations:
    """Names that have changed, as the catalogue has them that journals are read with.

    Raises:
        CatalogueError: The list is malformed, or contradicts itself.
    """
    return _migrations(_READ_AS.get() or DATA)


@contextmanager
def reading_as(directory: Path) -> Iterator[None]:
    """Read journals and the warehouse with the names of another catalogue, an archived one."""
    token = _READ_AS.set(directory)
    try:
        yield
    finally:
        _READ_AS.reset(token)


_migrations = cache(read_migrations)


def catalogue_hash(catalogue: model.Catalogue) -> str:
    """SHA-256 of the catalogue's canonical JSON: equal catalogues hash equal."""
    return _hash_of(_Same(catalogue))


@dataclass(frozen=True, eq=False)
class _Same:
    """A catalogue that equals itself alone: asked for again and again, it is dumped once."""

    catalogue: model.Catalogue

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.catalogue is self.catalogue

    def __hash__(self) -> int:
        return id(self.catalogue)


@lru_cache(maxsize=4)
def _hash_of(same: _Same) -> str:
    dumped = same.catalogue.model_dump(mode="json")
    text = json.dumps(dumped, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _load(directory: Path) -> model.Catalogue:
    tables_of_signs = _entries(model.SignTable, _rows(directory / "signs.yaml"))
    elements = [_with_signs(row, tables_of_signs) for row in _family(directory, "elements")]
    tables = [_table(row) for row in _rows(directory / "tables.yaml")]
    catalogue = model.Catalogue(
        documents=_entries(model.Document, _rows(directory / "documents.yaml")),
        pillars=_entries(model.Pillar, _rows(directory / "pillars.yaml")),
        populations=_entries(model.Population, _rows(directory / "populations.yaml")),
        elements=_entries(model.Element, elements),
        registers=_entries(model.Register, _family(directory, "registers")),
        forms=_entries(model.Form, spelt_out(_family(directory, "forms"))),
        rules=_entries(model.Rule, _family(directory, "rules")),
        indicators=_entries(model.Indicator, _family(directory, "indicators")),
        periods=_entry(model.PeriodPlan, _yaml(directory / "periods.yaml")),
        tables=_entries(model.TableSpec, tables, by="name"),
        regimes=_entries(model.Regime, _optional(directory / "regimes.yaml")),
        duties=_entries(model.Duty, _optional(directory / "duties.yaml")),
        words=_words(directory),
    )
    check_integrity(catalogue)
    catalogue = _with_criteria(catalogue, directory / "criteria")
    catalogue = _with_papi(catalogue, directory / "papi.yaml")
    catalogue = _with_narrative(catalogue, directory / "narrative")
    catalogue = _with_letterheads(catalogue, directory / "letterheads.yaml")
    if told := migration_problems(catalogue, read_migrations(directory)):
        raise CatalogueError(told)
    return _with_layouts(catalogue, directory / "layouts.yaml")


def _with_criteria(catalogue: model.Catalogue, folder: Path) -> model.Catalogue:
    """The catalogue with its criteria sets, a file each; a catalogue may have none."""
    sets = _entries(CriteriaSet, (_yaml(path) for path in sorted(folder.glob("*.yaml"))))
    return _joined(catalogue, "criteria", sets, criteria_problems(catalogue, sets))


def _with_papi(catalogue: model.Catalogue, path: Path) -> model.Catalogue:
    """The catalogue with the survey's measures; a catalogue may do without."""
    papi = _entry(Papi, _yaml(path)) if path.is_file() else Papi()
    return _joined(catalogue, "papi", papi, papi_problems(catalogue, papi))


def _with_narrative(catalogue: model.Catalogue, folder: Path) -> model.Catalogue:
    """The catalogue with the running text of its reports; a catalogue may have none."""
    said = [row for path in sorted(folder.glob("sentences*.yaml")) for row in _rows(path)]
    narrative = Narrative(
        outlines=_entries(Outline, _optional(folder / "outlines.yaml")),
        sentences=_entries(Sentence, said),
        listings=_entries(Listing, _optional(folder / "listings.yaml")),
        slots=_entries(Slot, _optional(folder / "slots.yaml")),
    )
    return _joined(catalogue, "narrative", narrative, narrative_problems(catalogue, narrative))


def _with_letterheads(catalogue: model.Catalogue, path: Path) -> model.Catalogue:
    """The catalogue with who issues papers; a catalogue may do without."""
    told = _yaml(path) if path.is_file() else {}
    letterheads = Letterheads(
        kinds=_entries(PaperKind, told.get("kinds", [])),
        committees=told.get("committees", {}),
        entries=_entries(Letterhead, told.get("entries", [])),
    )
    return _joined(catalogue, "letterheads", letterheads, letterhead_problems(letterheads))


def _with_layouts(catalogue: model.Catalogue, path: Path) -> model.Catalogue:
    """The catalogue with mappings of foreign tables; a catalogue may have none."""
    layouts = _entries(ForeignLayout, _optional(path))
    return _joined(catalogue, "layouts", layouts, layout_problems(catalogue, layouts))


def _joined(
    catalogue: model.Catalogue, name: str, part: object, problems: Iterable[str]
) -> model.Catalogue:
    """The catalogue with a part that rests on the rest of it."""
    if told := list(problems):
        raise CatalogueError(told)
    return catalogue.model_copy(update={name: part})


def _words(directory: Path) -> wording.Words:
    """Texts, themes and the like; a catalogue may do without each of them."""
    return wording.Words(
        abbreviations=_entries(wording.Abbreviation, _optional(directory / "abbreviations.yaml")),
        themes=_entries(wording.Theme, _optional(directory / "themes.yaml")),
        recipients=_entries(wording.Recipient, _optional(directory / "recipients.yaml")),
        texts=_entries(wording.TextBlock, _optional(directory / "texts.yaml")),
        sources=_entries(wording.Source, _optional(directory / "sources.yaml")),
    )


def _with_signs(row: dict[str, Any], tables: Mapping[str, model.SignTable]) -> dict[str, Any]:
    """An element with the signs of its type that it is silent about."""
    usual = {
        s: m for t in tables.values() if row.get("type") in t.types for s, m in t.signs.items()
    }
    return {**row, "signs": usual | row.get("signs", {})}


def _yaml(path: Path) -> Any:  # noqa: ANN401 — YAML holds anything; the model decides
    if not path.is_file():
        raise CatalogueError([f"{path.name}: file not found in the catalogue folder"])
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 — both are safe


def _rows(path: Path) -> list[dict[str, Any]]:
    return list(_yaml(path) or [])


def _optional(path: Path) -> list[dict[str, Any]]:
    """The entries of a file that a catalogue may do without."""
    return _rows(path) if path.is_file() else []


def _family(directory: Path, name: str) -> list[dict[str, Any]]:
    """The entries of ``<name>.yaml``, then of every file in the folder ``<name>/``, by name."""
    single = directory / f"{name}.yaml"
    paths = [*([single] if single.is_file() else []), *sorted((directory / name).glob("*.yaml"))]
    if not paths:
        problem = f"{name}.yaml: file not found in the catalogue folder, nor a file in {name}/"
        raise CatalogueError([problem])
    return [row for path in paths for row in _rows(path)]


def _entry(kind: type[EntryType], row: dict[str, Any]) -> EntryType:
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        where = row.get("id", row.get("name", "?"))
        raise CatalogueError([f"{kind.__name__} {where}: {error}"]) from error


def _entries(
    kind: type[EntryType], rows: Iterable[dict[str, Any]], *, by: str = "id"
) -> dict[str, EntryType]:
    found: dict[str, EntryType] = {}
    for row in rows:
        entry = _entry(kind, row)
        key = str(getattr(entry, by))
        if key in found:
            raise CatalogueError([f"{kind.__name__} {key}: stands twice"])
        found[key] = entry
    return found


def _table(row: dict[str, Any]) -> dict[str, Any]:
    """Spell out the column shorthand ``name type[?] | label | note`` of ``tables.yaml``."""
    columns = []
    for line in row["columns"]:
        head, label, *note = (part.strip() for part in line.split("|"))
        name, type_name = head.split()
        columns.append(
            {
                "name": name,
                "type": type_name.rstrip("?"),
                "nullable": type_name.endswith("?"),
                "label_vi": label,
                "description": note[0] if note else "",
            }
        )
    return {**row, "columns": columns}
