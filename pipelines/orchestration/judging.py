"""Which law and map judge a period, and what its units owe: the tables, ready to be written.

Belongs here: tables of a period → ``eval.judged`` and ``eval.duties``. Does not belong here: the
logic of either (``evaluation``), the other tables of ``evaluate`` (``steps``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.evaluation.basis import RegisterKnown
from pipelines.evaluation.duties import duties
from pipelines.evaluation.judged import judged
from pipelines.orchestration.period_facts import scopes_of


def judge(
    catalogue: Catalogue,
    tables: Mapping[str, pd.DataFrame],
    period: Mapping[str, Any],
    registers: Mapping[str, pd.DataFrame],
    register_known: Mapping[str, RegisterKnown],
) -> dict[str, pd.DataFrame]:
    """The law over a period.

    Args:
        catalogue: Regimes and duties.
        tables: The tables of ``ingest``.
        period: Row of ``ref.periods``.
        registers: Register rows by register id.
        register_known: Which registers are there, or who sent rows.
    """
    scopes = scopes_of(catalogue, tables, str(period["period"]))
    return {
        "eval.judged": judged(
            units=tables["ref.units"],
            successions=tables["ref.unit_successions"],
            catalogue=catalogue,
            period=period,
            scopes=scopes,
        ),
        "eval.duties": duties(
            observations=tables["core.observations"],
            registers=registers,
            register_known=register_known,
            units=tables["ref.units"],
            catalogue=catalogue,
            period=period,
            scopes=scopes,
        ),
    }
