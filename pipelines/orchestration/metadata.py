"""What a run tells the Dagster UI about a table it made.

Belongs here: row count, numbers worth a curve, what making it took, hash, where the file lies, a
preview without anything that people wrote. Dagster keeps metadata for ever and its UI freezes on
large values: at most 20 rows and 4.000 characters each. Does not belong here: what is known before
a run (``table_specs``), which numbers are worth a curve (``run_numbers``).
https://docs.dagster.io/guides/build/assets/metadata-and-tags
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from pipelines.catalogue.contracts import TableContract
from pipelines.orchestration.asset_words import HASH
from pipelines.orchestration.lineage import asset_key
from pipelines.orchestration.run_numbers import numbers_of
from pipelines.orchestration.stages import Spent
from pipelines.warehouse.manifest import TableEntry, warehouse_folder

PREVIEW_ROWS = 10
SAMPLE_ROWS = 20
LONGEST = 4_000
_LONGEST_CELL = 60
ILLUSTRATIVE = "SỐ LIỆU MINH HỌA"
_HASH_SHOWN = 12
_SAID_ABOVE = frozenset({"is_illustrative", "period"})
_CODES = frozenset({
    "action", "against", "band", "cell", "criteria_set", "criterion", "document", "duty", "element",
    "fate", "figure_id", "form", "indicator", "kind", "part", "provider", "qualifier",
    "reference_period", "regime", "release_id", "reported_state", "round", "rule", "scope_id",
    "severity", "shown_as", "source", "stage", "state", "state_after", "state_before", "status",
    "submission_id", "unit_id", "view",
})  # fmt: skip
# what stands in other columns of a register is as somebody typed it
_IN_REGISTERS = frozenset({"submission_id", "unit_id"})


def table_result(
    root: Path,
    contract: TableContract,
    entry: TableEntry,
    frame: pd.DataFrame,
    spent: Mapping[str, dg.MetadataValue] | None = None,
) -> dg.MaterializeResult:
    """The materialisation of a table: its version is the table hash, not the time of the run.

    Args:
        root: The project's root.
        contract: Of the table.
        entry: Where it stands in the manifest.
        frame: The table.
        spent: What making it took, for the one table of several that says so.
    """
    # longer values push the other columns of the UI's table out of sight
    folder = (warehouse_folder(root) / entry.files[0]).parent.relative_to(root).as_posix()
    shown = frame[showable(contract)]
    metadata: dict[str, Any] = {
        "dagster/row_count": dg.MetadataValue.int(entry.rows),
        **numbers_of(contract.name, frame),
        "Thư mục": dg.MetadataValue.path(folder),
        HASH: entry.hash[:_HASH_SHOWN],
        **(spent or {}),
    }
    if len(shown) and len(shown.columns):
        preview = markdown(shown, contract.labels_vi, rows=PREVIEW_ROWS)
        mark = f"**{ILLUSTRATIVE}**\n\n" if _is_illustrative(frame) else ""
        metadata["Xem trước"] = dg.MetadataValue.md(mark + preview)
    return dg.MaterializeResult(
        asset_key=asset_key(contract.name),
        metadata=metadata,
        data_version=dg.DataVersion(entry.hash),
    )


def spent_numbers(
    spent: Spent, amounts: Mapping[str, int | float] | None = None
) -> dict[str, dg.MetadataValue]:
    """What making an asset took, as numbers that the UI draws over runs.

    Args:
        spent: Collected while it was made.
        amounts: Word → how many were treated, shown as so many a second.
    """
    numbers = {"Thời gian (giây)": spent.seconds, "Bộ nhớ cao nhất (MiB)": spent.peak_mib}
    for name, amount in (amounts or {}).items():
        if spent.seconds > 0:
            numbers[f"{name} mỗi giây"] = amount / spent.seconds
    for name, seconds in spent.stages.items():
        numbers[f"Thời gian: {name} (giây)"] = seconds
        numbers[f"Bộ nhớ: {name} (MiB)"] = spent.peaks[name]
    return {name: dg.MetadataValue.float(round(float(n), 3)) for name, n in numbers.items()}


def _is_illustrative(frame: pd.DataFrame) -> bool:
    return "is_illustrative" in frame and bool(frame["is_illustrative"].any())


def showable(contract: TableContract) -> list[str]:
    """Columns that may stand in the history, which nobody can take anything out of again.

    Of tables that hold what people wrote, only numbers, days, answers and codes; without what the
    partition or a mark above the rows says.
    """
    if contract.name.startswith("ref."):
        return [column.name for column in contract.columns]
    codes = _IN_REGISTERS if contract.spec.register_id else _CODES
    return [
        column.name
        for column in contract.columns
        if column.name not in _SAID_ABOVE
        and (column.name in codes or (column.type != "string" and column.name != "row"))
    ]


def markdown(
    frame: pd.DataFrame, labels: dict[str, str] | None = None, *, rows: int = SAMPLE_ROWS
) -> str:
    """The first rows of a frame as a markdown table.

    Args:
        frame: What to show.
        labels: Column → heading.
        rows: At most so many; fewer where they would pass 4.000 characters.

    Returns:
        Whole rows only; a last line says how many are left out.
    """
    heads = [(labels or {}).get(str(name), str(name)) for name in frame.columns]
    lines = [_line(heads), _line(["---"] * len(heads))]
    room = LONGEST - sum(map(len, lines)) - 100
    shown = 0
    for values in frame.head(rows).itertuples(index=False):
        line = _line([_cell(value) for value in values])
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
        shown += 1
    if shown < len(frame):
        lines += ["", f"… còn {len(frame) - shown} dòng"]
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload] # cells of a contract table are scalars
        return ""
    text = str(value).replace("|", "\\|").replace("\n", " ")
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
