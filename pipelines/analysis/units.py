"""Unit by unit: new countryside and conferences.

Belongs here: one row per unit of a population, in official order, with its observed values.
Does not belong here: totals (they are indicators).
"""

from __future__ import annotations

import json

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import members, of_period, report_scope

CONFERENCES = ("cq.conference_rate", "dn.conference_rate")


def ntm_distribution(wh: Tables, period: str) -> pd.DataFrame:
    """New-countryside criteria of each commune, in official order; the town is outside.

    Returns:
        unit_id, unit, official_order, criteria_met (nan when missing), recognised (nullable
        boolean), provider.
    """
    scope = report_scope(wh, period)
    communes = members(wh, "ntm_communes", scope)
    frame = communes.merge(_element(wh, period, "ntm.criteria_met"), on="unit_id", how="left")
    recognised = _element(wh, period, "ntm.recognised")[["unit_id", "value"]]
    frame = frame.rename(columns={"value": "criteria_met", "name": "unit"})
    frame = frame.merge(recognised, on="unit_id", how="left")
    frame["recognised"] = (frame["value"] == 1).astype("boolean").mask(frame["value"].isna())
    return frame[["unit_id", "unit", "official_order", "criteria_met", "recognised", "provider"]]


def outside_ntm(wh: Tables, period: str) -> list[str]:
    """Communes and towns that the new-countryside programme does not count."""
    scope = report_scope(wh, period)
    inside = members(wh, "ntm_communes", scope)["unit_id"]
    all_of_them = members(wh, "qcdc_communes", scope)
    return list(all_of_them.loc[~all_of_them["unit_id"].isin(inside), "name"])


def conferences(wh: Tables, period: str) -> pd.DataFrame:
    """Whether each agency and enterprise held its conference, in official order.

    Returns:
        indicator, label, unit_id, unit, official_order, held (nullable boolean: empty when the
        authoritative provider said nothing).
    """
    scope = report_scope(wh, period)
    about = wh.table("ref.indicators").set_index("indicator")
    parts = []
    for indicator in CONFERENCES:
        measure = json.loads(str(about.loc[indicator, "numerator"]))
        units = members(wh, str(about.loc[indicator, "population"]), scope)
        seen = _element(wh, period, measure["element"])
        frame = units.merge(seen, on="unit_id", how="left")
        held = (frame["value"] == 1).astype("boolean").mask(frame["value"].isna())
        parts.append(
            pd.DataFrame(
                {
                    "indicator": indicator,
                    "label": about.loc[indicator, "label_vi"],
                    "unit_id": frame["unit_id"],
                    "unit": frame["name"],
                    "official_order": frame["official_order"],
                    "held": held,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _element(wh: Tables, period: str, element: str) -> pd.DataFrame:
    frame = of_period(wh.table("core.observations"), period)
    frame = frame[frame["element"] == element]
    return frame[["unit_id", "value", "state", "provider"]]
