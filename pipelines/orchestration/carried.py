"""The registers of the period before, which rules hold those of a period against.

Belongs here: which registers, of which period, from where. Does not belong here: the rules
(``validation.carried_rules``), figures of earlier periods (``earlier``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.earlier import Known
from pipelines.orchestration.inputs import calendar, leaves_with_input
from pipelines.validation.carried_rules import registers_looked_back_on

Read = Callable[[str], steps.Tables]


def rows_before(
    root: Path, catalogue: Catalogue, period: str, known: Callable[[str], Known], read: Read
) -> dict[str, pd.DataFrame]:
    """Register rows in force in the period before.

    Args:
        root: The project's root.
        catalogue: Its rules say which registers are looked back on.
        period: Key of the period.
        known: From a table to a function that gives its committed rows of a period if they were
            made from the period's present inputs, else None.
        read: Reads the tables of a period from its files.

    Returns:
        ``core.registers_<id>`` by register id; none where the period before has received
        nothing.
    """
    tables = calendar(root, catalogue)
    before = steps.period_row(tables, period)["previous"]
    if not isinstance(before, str) or not leaves_with_input(root, tables, before):
        return {}
    found = {}
    for name in registers_looked_back_on(catalogue):
        table = catalogue.registers[name].table
        committed = known(table)(before)
        found[name] = read(before)[table] if committed is None else committed
    return found
