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
from pipelines.evaluation.duty_parts import Parts
from pipelines.evaluation.judged import judged
from pipelines.orchestration.period_facts import leaves_of, period_row, scopes_of


def judge(
    catalogue: Catalogue,
    tables: Mapping[str, pd.DataFrame],
    period: Mapping[str, Any],
    registers: Mapping[str, pd.DataFrame],
    register_known: Mapping[str, RegisterKnown],
    origins: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """The law over a period.

    Args:
        catalogue: Regimes and duties.
        tables: The tables of ``ingest``.
        period: Row of ``ref.periods``.
        registers: Register rows by register id.
        register_known: Which registers are there, or who sent rows.
        origins: Of a period that is made of others, the observations behind its figures.
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
            parts=None if origins is None else _parts(tables, str(period["period"]), origins),
        ),
    }


def _parts(tables: Mapping[str, pd.DataFrame], period: str, origins: pd.DataFrame) -> Parts:
    leaves = leaves_of(tables, period)
    return Parts(origins, {leaf: period_row(tables, leaf)["ends_on"] for leaf in leaves})
