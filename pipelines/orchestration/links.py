"""Links in the Dagster UI: to written pages, to the code that makes a table, to explanations.

Belongs here: how a file of the project is named or linked. A browser does not follow ``file://``
from the UI, so there are links only where somebody serves the files: ``QCDC_PAGES_URL`` is the
address of ``warehouse/published/``, ``QCDC_SOURCE_URL`` that of the project's files (a git
server's ``…/blob/main``). Without them paths relative to the project are shown. Does not belong
here: what stands behind a link.
https://docs.dagster.io/guides/build/assets/metadata-and-tags#linking-assets-to-source-code
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import dagster as dg

PAGES_URL, SOURCE_URL = "QCDC_PAGES_URL", "QCDC_SOURCE_URL"
_PUBLISHED = "warehouse/published/"

_MADE_IN = {
    "ref": "catalogue/reference.py",
    "intake": "intake/batch.py",
    "intake.quotes": "intake/narrative.py",
    "core": "validation/accept.py",
    "core.changes": "validation/changes.py",
    "core.decisions": "orchestration/decided.py",
    "core.evidence": "intake/documents.py",
    "core.findings": "validation/rules.py",
    "core.reporting": "evaluation/reporting.py",
    "eval.bands": "evaluation/bands.py",
    "eval.checked": "evaluation/checked.py",
    "eval.comparisons": "evaluation/comparisons.py",
    "eval.duties": "evaluation/duties.py",
    "eval.indicator_values": "evaluation/indicators.py",
    "eval.judged": "evaluation/judged.py",
    "eval.published": "evaluation/published.py",
    "eval.scores": "evaluation/scores.py",
    "eval.series": "evaluation/series.py",
    "eval.targeting": "evaluation/targeting.py",
    "report.figures": "evaluation/figures.py",
}
_EXPLAINED_IN = {
    "ref": "docs/data-dictionary.md",
    "ref.criteria": "docs/cham-diem.md",
    "ref.units": "docs/dia-ban.md",
    "ref.unit_names": "docs/dia-ban.md",
    "ref.unit_successions": "docs/dia-ban.md",
    "eval.bands": "docs/cham-diem.md",
    "eval.scores": "docs/cham-diem.md",
    "report.figures": "docs/minh-chung.md",
}
_TOUR = "docs/tham-quan.md"


def page_link(root: Path, page: Path) -> dg.MetadataValue:
    """A written page: its address where pages are served, else its path below the root."""
    path = page.relative_to(root).as_posix()
    served = os.environ.get(PAGES_URL, "")
    if served and path.startswith(_PUBLISHED):
        return dg.MetadataValue.url(_joined(served, path.removeprefix(_PUBLISHED)))
    return dg.MetadataValue.path(path)


def code_file(table: str) -> str:
    """The module that makes a table, relative to the project."""
    schema = table.partition(".")[0]
    return f"pipelines/{_MADE_IN.get(table) or _MADE_IN[schema]}"


def table_links(table: str) -> dict[str, dg.MetadataValue]:
    """Where the code of a table stands and where it is explained."""
    schema = table.partition(".")[0]
    page = _EXPLAINED_IN.get(table) or _EXPLAINED_IN.get(schema, _TOUR)
    return file_links(code_file(table), page)


def file_links(code: str, page: str = _TOUR) -> dict[str, dg.MetadataValue]:
    """The same of two files named by their paths relative to the project."""
    served = os.environ.get(SOURCE_URL, "")
    if not served:
        return {
            "Mã nguồn": dg.MetadataValue.path(code),
            "Giải thích": dg.MetadataValue.path(page),
        }
    reference = dg.UrlCodeReference(url=_joined(served, code), label=code)
    return {
        "Giải thích": dg.MetadataValue.url(_joined(served, page)),
        "dagster/code_references": dg.CodeReferencesMetadataValue(code_references=[reference]),
    }


def _joined(served: str, path: str) -> str:
    return f"{served.rstrip('/')}/{quote(path)}"
