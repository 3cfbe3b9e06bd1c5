"""The ``ref.*`` tables: the catalogue and the facts of ``raw/reference/`` as frames.

Belongs here: catalogue → frames, CSV facts → frames, both conformed to their contracts.
Does not belong here: populations by unit (``places``), anything that was submitted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipelines.catalogue import model
from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_migrations
from pipelines.catalogue.migrations import frame_of_today
from pipelines.catalogue.over_time import over_time
from pipelines.catalogue.papi import papi_frame
from pipelines.catalogue.periods import period_frame
from pipelines.catalogue.regimes import duty_frame, regime_frame
from pipelines.catalogue.wording_frames import wording_frames

FACTS = (
    "units",
    "unit_names",
    "unit_successions",
    "requests",
    "published",
    "targets",
    "unit_groups",
)
# lies beside the facts and is none of them: how a unit is reached changes no figure, and no paper
# or archive takes it along
CONTACTS = "contacts.csv"


def read_facts(catalogue: model.Catalogue, folder: Path, name: str) -> pd.DataFrame:
    """Read one CSV of facts.

    Args:
        catalogue: Holds the contract ``ref.<name>``.
        folder: ``raw/reference``.
        name: One of ``FACTS``.

    Returns:
        The conformed table under the names of today; codes keep their leading zeros.

    Raises:
        ContractError: Columns or values do not fit the contract.
    """
    contract = table_contract(catalogue, f"ref.{name}")
    frame = pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False)
    frame = frame_of_today(frame.replace("", pd.NA), contract.name, load_migrations())
    there = [column for column in contract.columns if column.name in frame.columns]
    for column in there:  # the contract says what is missing
        if column.type == "bool":
            frame[column.name] = frame[column.name].map({"true": True, "false": False})
        if column.type in {"int", "float"}:
            frame[column.name] = pd.to_numeric(frame[column.name])
    return contract.conform(frame)


def reference_frames(catalogue: model.Catalogue, folder: Path) -> dict[str, pd.DataFrame]:
    """All ``ref.*`` tables that need no hierarchy, by table name."""
    frames = {
        "ref.documents": _documents(catalogue),
        "ref.forms": _forms(catalogue),
        "ref.elements": _elements(catalogue),
        "ref.rules": _rules(catalogue),
        "ref.indicators": _indicators(catalogue),
        "ref.periods": period_frame(catalogue.periods),
        "ref.regimes": regime_frame(catalogue),
        "ref.duties": duty_frame(
            catalogue, {d.id: citations(d.legal, catalogue) for d in catalogue.duties.values()}
        ),
    }
    contracts = {name: table_contract(catalogue, name) for name in frames}
    # a catalogue may do without regimes and duties
    conformed = {
        name: contracts[name].conform(frame) if len(frame) else contracts[name].empty()
        for name, frame in frames.items()
    }
    conformed |= wording_frames(catalogue, lambda legal: citations(legal, catalogue))
    conformed["ref.criteria"] = _criteria(catalogue)
    conformed["ref.papi"] = _papi(catalogue, folder)
    return conformed | {f"ref.{name}": read_facts(catalogue, folder, name) for name in FACTS}


def citations(legal: Sequence[model.Citation], catalogue: model.Catalogue) -> str | None:
    """Citations as one Vietnamese line; what is unverified says so."""
    lines = []
    for citation in legal:
        document = catalogue.documents[citation.document]
        place = f"{citation.place} " if citation.place else ""
        mark = "" if citation.verified and document.verified else " (chưa kiểm chứng)"
        lines.append(f"{place}{document.kind} {document.number}{mark}")
    return "; ".join(lines) or None


def _criteria(catalogue: model.Catalogue) -> pd.DataFrame:
    """One row per line of a criteria set, with its bands spelt out."""
    contract = table_contract(catalogue, "ref.criteria")
    rows = []
    for entry in catalogue.criteria.values():
        sections = {each.id: each.label_vi for each in entry.sections}
        bands = "; ".join(f"{band.label_vi} từ {band.at_least:g}" for band in entry.bands)
        rows += [
            {
                "criteria_set": entry.id,
                "criterion": line.id,
                "set_vi": entry.label_vi,
                "section_vi": sections[line.section],
                "label_vi": line.label_vi,
                "position": position,
                "max_points": line.max_points,
                "scale": json.dumps(line.scale.model_dump(), ensure_ascii=False, sort_keys=True),
                "reads": json.dumps(line.reads.model_dump(exclude_none=True), sort_keys=True),
                "not_applicable": line.not_applicable,
                "bands": bands,
                "legal": citations(line.legal, catalogue),
                "basis_vi": entry.basis_vi,
                "is_example": entry.example,
                "valid_from": entry.valid_from,
                "valid_to": entry.valid_to,
            }
            for position, line in enumerate(entry.criteria, start=1)
        ]
    return contract.conform(pd.DataFrame(rows)) if rows else contract.empty()


def _papi(catalogue: model.Catalogue, folder: Path) -> pd.DataFrame:
    contract = table_contract(catalogue, "ref.papi")
    path = folder / "papi.csv"
    if not path.is_file() or not catalogue.papi.measures:
        return contract.empty()
    facts = pd.read_csv(path, dtype={"measure": "str", "scope_id": "str", "source": "str"})
    frame = papi_frame(catalogue.papi, facts)
    frame["attribution_vi"] = catalogue.papi.attribution_vi
    return contract.conform(frame)


def _documents(catalogue: model.Catalogue) -> pd.DataFrame:
    rows = [entry.model_dump() for entry in catalogue.documents.values()]
    frame = pd.DataFrame(rows).rename(columns={"id": "document"})
    frame["scope"] = frame["scope"].map(", ".join)
    return frame


def _forms(catalogue: model.Catalogue) -> pd.DataFrame:
    rows = []
    for form in catalogue.forms.values():
        for sheet in form.sheets:
            base = {
                "form": form.id,
                "version": form.version,
                "title_vi": form.title_vi,
                "owed_by": form.owed_by,
                "sheet": sheet.name,
                "layout": sheet.layout,
                "valid_from": form.valid_from,
                "valid_to": form.valid_to,
            }
            asked = [
                {"element": item.element, "register": None, "compulsory": item.compulsory}
                for item in sheet.elements()
            ]
            asked = asked or [{"element": None, "register": sheet.register_id, "compulsory": True}]
            rows += [base | item | {"position": n} for n, item in enumerate(asked, start=1)]
    return pd.DataFrame(rows)


def _elements(catalogue: model.Catalogue) -> pd.DataFrame:
    names = [c.name for c in table_contract(catalogue, "ref.elements").columns]
    rows = [
        entry.model_dump()
        | {
            "element": entry.id,
            "legal": citations(entry.legal, catalogue),
            "unit_vi": entry.unit_vi or None,
            "over_time": over_time(entry),
            "over_years": over_time(entry, years=True),
        }
        for entry in catalogue.elements.values()
    ]
    return pd.DataFrame(rows)[names]


def _rules(catalogue: model.Catalogue) -> pd.DataFrame:
    names = [c.name for c in table_contract(catalogue, "ref.rules").columns]
    rows = [
        entry.model_dump()
        | {
            "rule": entry.id,
            "legal": citations(entry.legal, catalogue),
            "definition": _json(entry, {"left", "right", "register_id", "element", "listed"}),
        }
        for entry in catalogue.rules.values()
    ]
    return pd.DataFrame(rows)[names]


def _indicators(catalogue: model.Catalogue) -> pd.DataFrame:
    names = [c.name for c in table_contract(catalogue, "ref.indicators").columns]
    rows = [
        entry.model_dump()
        | {
            "indicator": entry.id,
            "unit_vi": entry.unit_vi or None,
            "format": entry.display.format,
            "digits": entry.display.digits,
            "numerator": _json(entry.numerator),
            "denominator": _json(entry.denominator) if entry.denominator else None,
        }
        for entry in catalogue.indicators.values()
    ]
    return pd.DataFrame(rows)[names]


def _json(entry: model.Entry, only: set[str] | None = None) -> str:
    data = entry.model_dump(mode="json", include=only, exclude_defaults=True)
    if "kind" in type(entry).model_fields:
        data["kind"] = entry.model_dump()["kind"]
    return json.dumps(data, ensure_ascii=False, sort_keys=True)
