"""What a run tells the Dagster UI about a table it made.

Belongs here: row count, hash, where the files lie, a preview. Dagster keeps metadata for ever and
its UI freezes on large values: at most 20 rows and 4.000 characters each. Does not belong here:
what is known before a run (``table_specs``).
https://docs.dagster.io/guides/build/assets/metadata-and-tags
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from pipelines.catalogue.contracts import TableContract
from pipelines.orchestration.lineage import asset_key, column_lineage
from pipelines.warehouse.manifest import TableEntry, warehouse_folder

PREVIEW_ROWS = 10
SAMPLE_ROWS = 20
LONGEST = 4_000
_LONGEST_CELL = 60


def table_result(
    root: Path, contract: TableContract, entry: TableEntry, frame: pd.DataFrame
) -> dg.MaterializeResult:
    """The materialisation of a table: its version is the table hash, not the time of the run."""
    metadata: dict[str, Any] = {
        "dagster/row_count": dg.MetadataValue.int(entry.rows),
        "dagster/uri": (warehouse_folder(root) / entry.files[0]).as_uri(),
        "hash": entry.hash,
        "preview": dg.MetadataValue.md(markdown(frame, contract.labels_vi, rows=PREVIEW_ROWS)),
    }
    lineage = column_lineage(contract.name)
    if lineage is not None:
        metadata["dagster/column_lineage"] = lineage
    return dg.MaterializeResult(
        asset_key=asset_key(contract.name),
        metadata=metadata,
        data_version=dg.DataVersion(entry.hash),
    )


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
