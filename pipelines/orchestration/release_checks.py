"""What stands in the way of a release: the period, the figures, the papers, the texts.

Belongs here: one question each, answered from what lies there now. Does not belong here: the
order of the steps (``releasing``), what is kept (``release_archive``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines.catalogue.model import Catalogue
from pipelines.evaluation.invariants import InvariantBroken
from pipelines.intake.journal import Entry, read_journal
from pipelines.intake.narrative import typed_words
from pipelines.intake.period_states import state_of
from pipelines.orchestration import release_problems as wrong
from pipelines.orchestration import steps
from pipelines.orchestration.earlier import due_periods, part_values
from pipelines.orchestration.inputs import calendar, inputs_fingerprint
from pipelines.orchestration.narrative_file import Place, cleaned, places, read
from pipelines.orchestration.period_facts import made_of, period_row
from pipelines.orchestration.problems import Problem
from pipelines.orchestration.publishing import committed_figures, composer
from pipelines.orchestration.receiving import late_files, waiting
from pipelines.orchestration.release_basis import Basis
from pipelines.orchestration.storing import Tables, opened, read_tables
from pipelines.validation.gate import InvariantBroken as GateBroken
from pipelines.warehouse.archives import NARRATIVE
from pipelines.warehouse.manifest import Manifest, published_folder

VALUES, PUBLISHED = "eval.indicator_values", "eval.published"
_CLOSED = {"close", "lock"}
_FEW = 3


@dataclass(frozen=True)
class Draft:
    """What is to be released, as it stands now."""

    root: Path
    catalogue: Catalogue
    period: str
    manifest: Manifest
    basis: Basis
    entries: Sequence[Entry]

    @cached_property
    def reference(self) -> Tables:
        """The reference tables of today."""
        return steps.reference_tables(self.root, self.catalogue)


def in_the_way(draft: Draft) -> Iterator[Problem]:
    """What no reason helps over: each problem in the order in which to mend them."""
    if draft.period not in draft.manifest.tables.get(VALUES, {}):
        yield wrong.not_evaluated(draft.period)
        return
    if behind := _behind(draft):
        yield wrong.stale(draft.period, behind)
    elif behind := _papers_behind(draft):
        yield wrong.papers_stale(draft.period, behind)
    if found := _contradiction(draft):
        yield wrong.broken(draft.period, found)


def not_closed(draft: Draft) -> Problem | None:
    """The periods with files of their own must be closed: nobody sends any more."""
    still = [
        leaf
        for leaf in draft.basis.leaves
        if state_of(read_journal(steps.journal_path(draft.root, leaf)).entries) not in _CLOSED
    ]
    return wrong.not_closed(draft.period, still) if still else None


def to_be_explained(draft: Draft) -> list[str]:
    """What may be issued in spite of, with a reason: in Vietnamese, empty where all is well."""
    warehouse = opened(draft.root, draft.catalogue, draft.manifest)
    published = warehouse.table(PUBLISHED, period=draft.period)
    found = []
    if differing := int((~published["agrees"]).sum()):
        found.append(f"{differing} số đã công bố không khớp số tính từ biểu mẫu")
    if empty := empty_slots(draft):
        some = ", ".join(f"“{title}”" for title in empty[:_FEW])
        more = "…" if len(empty) > _FEW else ""
        found.append(f"{len(empty)} phần lời văn cơ quan tự viết còn trống: {some}{more}")
    if unsaved := unsaved_slots(draft):
        keys = ", ".join(unsaved[:_FEW])
        found.append(f"narrative.yaml có phần sửa mà chưa lưu (qcdc narrative --save): {keys}")
    return found


def empty_slots(draft: Draft) -> list[str]:
    """Titles of the places that officials write themselves and have not yet."""
    typed = typed_words(draft.entries)
    day = _row(draft)["ends_on"]
    return [
        place.slot.title_vi
        for key, place in _places(draft).items()
        if not place.slot.optional and place.slot.in_force(day) and key not in typed
    ]


def unsaved_slots(draft: Draft) -> list[str]:
    """Keys of ``narrative.yaml`` that say something else than the journal does.

    Raises:
        Stopped: The file cannot be read.
    """
    path = draft.root / "raw" / draft.period / NARRATIVE
    if not path.is_file():
        return []
    typed = typed_words(draft.entries)
    written = read(path, draft.period)
    return [key for key, text in written.items() if cleaned(text) != typed.get(key, "")]


def _places(draft: Draft) -> dict[str, Place]:
    narrative, row = draft.catalogue.narrative, _row(draft)
    try:
        outline = narrative.outline_for(str(row["kind"]), row["ends_on"])
    except KeyError:
        return {}
    return places(narrative, outline, str(row["kind"]))


def _row(draft: Draft) -> dict[str, Any]:
    return period_row(calendar(draft.root, draft.catalogue), draft.period)


def _behind(draft: Draft) -> str:
    """Why the committed tables are not those of today's files, catalogue and code."""
    root, catalogue, period = draft.root, draft.catalogue, draft.period
    new = [path for leaf in draft.basis.leaves for path, _ in waiting(root, leaf)]
    late = {path for leaf in draft.basis.leaves for path, _ in late_files(root, leaf)}
    new = [path for path in new if path not in late]
    if new:
        return f"{len(new)} tệp chưa tiếp nhận, ví dụ {new[0]}"
    if draft.manifest.inputs.get(period) != inputs_fingerprint(root, catalogue, period):
        return "tệp, quyết định, danh mục hoặc chương trình đã đổi sau lần chạy gần nhất"
    due = due_periods(root, catalogue, period, draft.manifest.inputs)
    return f"đầu vào của kỳ {', '.join(due[:_FEW])} đã đổi" if due else ""


def _papers_behind(draft: Draft) -> str:
    """Why the report that lies there is not that of the committed tables."""
    # imported here: who only lists releases need not wait for Dagster and the notebook's kernel
    from pipelines.orchestration.report_asset import NOTEBOOK
    from pipelines.reports.notebook import HTML_NAME, INPUTS_NAME, fingerprint

    folder = published_folder(draft.root, draft.period)
    if not (folder / HTML_NAME).is_file():
        return f"chưa có {HTML_NAME} trong warehouse/published/{draft.period}/"
    record, notebook = folder / INPUTS_NAME, draft.root / NOTEBOOK
    if not record.is_file() or not notebook.is_file():
        return ""  # rendered elsewhere: nothing says from what
    made_from = json.loads(record.read_bytes()).get("inputs")
    current = fingerprint(draft.root, notebook, draft.period)
    return "" if made_from == current else f"{HTML_NAME} lập từ số liệu hoặc sổ tay khác"


def _contradiction(draft: Draft) -> str:
    """Which invariant the committed tables break."""
    try:
        steps.check_invariants(draft.catalogue, draft.period, _all_tables(draft))
    except (InvariantBroken, GateBroken) as error:
        return str(error)
    return ""


def _all_tables(draft: Draft) -> Tables:
    """The committed tables of the period, with what its parts give."""
    root, catalogue, period = draft.root, draft.catalogue, draft.period
    names = [*steps.ingest_tables(catalogue), *steps.evaluate_tables(catalogue)]
    tables = read_tables(root, catalogue, period, draft.manifest, names)
    if not made_of(tables, period):
        return tables
    known = committed_figures(root, catalogue, draft.manifest)
    whole = composer(root, catalogue, draft.reference)
    stand, _ = whole.evaluated(period, part_values(root, catalogue, tables, known))
    return tables | {n: frame for n, frame in stand.items() if n.startswith(("core.", "intake."))}
