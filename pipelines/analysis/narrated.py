"""What running text stands on, from the tables of a period.

Belongs here: facts, figures with their references, who is silent, rows of registers that listings
read. Does not belong here: sentences (``reports.narrative``), which of them there are (the
catalogue's ``narrative``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from pipelines.analysis import law, wording
from pipelines.analysis.access import Tables
from pipelines.analysis.comparisons import beside
from pipelines.analysis.findings import review_notes
from pipelines.analysis.indicators import published_parts, scope_values
from pipelines.analysis.scope import ReportScope, of_period, report_scope, unit_names
from pipelines.analysis.scores import EXAMPLE, band_counts
from pipelines.analysis.series import series
from pipelines.analysis.setting import setting
from pipelines.analysis.shown import MET, NOT_MET, show_percent_change
from pipelines.analysis.units import ntm_distribution, outside_ntm
from pipelines.catalogue.integrity import measure_elements
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue, Form, Measure
from pipelines.places.units import within
from pipelines.vietnamese.dates import format_date_long
from pipelines.vietnamese.listing import names_listed, numbers_listed
from pipelines.vietnamese.numbers import format_count, is_missing

_FOUR = 4  # as many as the catalogue has indicators of
_SILENT = ["indicator", "unit", "is_office", "state", "part"]


def facts(wh: Tables, period: str) -> dict[str, str | None]:
    """What running text may be filled with beside figures, by name of ``NARRATIVE_FACTS``."""
    named, scope = setting(wh, period), report_scope(wh, period)
    periods = wh.table("ref.periods")
    label = _plain_label(scope.label_vi)
    communes = ntm_distribution(wh, period)
    many = "phường, thị trấn" if "thị trấn" in named.communes else "phường"
    remaining = communes[~communes["recognised"].fillna(value=True).astype(bool)]
    met, count = list(remaining["criteria_met"]), format_count(len(remaining))
    four = len(met) == _FOUR and not any(map(is_missing, met))
    some = f"{count} xã còn lại đạt {numbers_listed(met, 'tiêu chí', 'xã')}"
    return wording.facts(wh, period) | {
        "subject": named.subject,
        "communes": named.communes,
        "area": named.area,
        "data_to": format_date_long(scope.data_to).removeprefix("ngày "),
        "period": label,
        "period_lower": label,
        "next_period": _next(periods, period),
        "ntm_four": f"{count} xã" if four else None,
        "ntm_many": None if four or not met else some,
        "ntm_outside": names_listed(outside_ntm(wh, period), many) or None,
    }


def figures(wh: Tables, period: str) -> pd.DataFrame:
    """Figures of the scope with their references.

    Returns:
        The columns of ``scope_values`` and ``comparisons.beside``, and same_percent: by how many
        percent a count has changed since the same period, empty for rates and where the two must
        not be compared. Of a longer period also first_label, first_shown, last_label, last_shown
        (its first and last known part), change_shown and change_why (from the one to the other).
    """
    frame = beside(wh, period, scope_values(wh, period))
    said = of_period(wh.table("eval.comparisons"), period)
    said = said[said["against"] == "same_period"].set_index(["scope_id", "indicator"])["reference"]
    percents = []
    for row in frame.to_dict("records"):
        before = said.get((row["scope_id"], row["indicator"]))
        rate = row["format"] in {"rate", "ratio"}
        if rate or not row["same_difference"] or before is None or pd.isna(before):
            percents.append("")
        else:
            told = show_percent_change(row["value"], float(before))
            percents.append(told if "%" in told else "")
    frame = frame.assign(same_percent=pd.Series(percents, frame.index, dtype="str"))
    return _over_time(wh, period, frame) if setting(wh, period).composed else frame


def _over_time(wh: Tables, period: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Figures with their first and last known part, and the change between the two."""
    thread = series(wh, period)
    ends = []
    for indicator, mine in thread.rows.groupby("indicator", sort=False):
        known = mine[mine["value"].notna()]
        if len(known) > 1:
            first, last = known.iloc[0], known.iloc[-1]
            ends.append(
                {
                    "indicator": indicator,
                    "first_label": first["part_label"],
                    "first_shown": first["shown"],
                    "last_label": last["part_label"],
                    "last_shown": last["shown"],
                }
            )
    changes = thread.figures[["indicator", "change_shown", "change_why"]]
    columns = ["indicator", "first_label", "first_shown", "last_label", "last_shown"]
    told = pd.DataFrame(ends, columns=columns).merge(changes, on="indicator", how="left")
    merged = frame.merge(told, on="indicator", how="left")
    added = [*columns[1:], "change_shown", "change_why"]
    return merged.assign(**{name: merged[name].fillna("") for name in added})


def silent(wh: Tables, period: str) -> pd.DataFrame:
    """Who owes a form that an indicator stands on and has none accepted.

    Returns:
        indicator, unit (name), is_office, state (``missing`` or ``returned``), part (name of the
        part of a longer period, empty in others).
    """
    catalogue, scope = load_catalogue(), report_scope(wh, period)
    own = of_period(wh.table("core.reporting"), period)
    own = own[own["state"].isin(["missing", "returned"])]
    inside = within(
        wh.table("ref.units"), scope.scope_id, scope.ends_on, wh.table("ref.unit_successions")
    )
    own = own[own["unit_id"].isin(inside["unit_id"])]
    names = unit_names(wh)
    labels = wh.table("ref.periods").set_index("period")["label_vi"]
    offices = _offices(catalogue)
    wanted = _forms_by_indicator(catalogue)
    rows = [
        {
            "indicator": indicator,
            "unit": str(names.get(row["unit_id"], row["unit_id"])),
            "is_office": catalogue.forms[str(row["form"])].owed_by in offices,
            "state": row["state"],
            "part": "" if row["part"] == period else str(labels.get(row["part"], row["part"])),
        }
        for row in own.sort_values(["unit_id", "form", "round"]).to_dict("records")
        for indicator, forms in wanted.items()
        if row["form"] in forms
    ]
    return pd.DataFrame(rows, columns=_SILENT).drop_duplicates(ignore_index=True)


def rows(wh: Tables, period: str, *, official: bool) -> dict[str, pd.DataFrame]:
    """Rows that listings and tables read, by register or derived frame; the unknown is not there.

    Args:
        wh: The warehouse.
        period: Key of the period.
        official: Whether bands by criteria sets that are mere examples are left out.
    """
    scope = report_scope(wh, period)
    inside = within(
        wh.table("ref.units"), scope.scope_id, scope.ends_on, wh.table("ref.unit_successions")
    )["unit_id"]
    names = unit_names(wh)
    found: dict[str, pd.DataFrame] = {}
    catalogue = load_catalogue()
    for name in sorted({entry.frame for entry in catalogue.narrative.listings.values()}):
        register = catalogue.registers.get(name)
        if register is None:
            continue
        frame = of_period(wh.table(register.table), period)
        frame = frame[frame["unit_id"].isin({*inside, scope.scope_id})]
        if len(frame):
            frame = frame.assign(unit=frame["unit_id"].map(names).fillna(frame["unit_id"]))
            found[name] = frame.sort_values(["unit_id", "row"], ignore_index=True)
    found |= _duties(wh, period) | _bands(wh, period, official=official) | _targets(wh, period)
    return found | _parts(wh, period, scope)


def notes(wh: Tables, period: str) -> pd.DataFrame:
    """What a reader of the lookup copy is told of each indicator.

    Returns:
        indicator, note: findings to be reviewed; published figures and whether they agree.
    """
    told = [
        {
            "indicator": row["indicator"],
            "note": f"Cần rà soát ({row['rule']}): "
            + ("" if pd.isna(row["unit"]) else f"{row['unit']}: ")
            + str(row["message_vi"]),
        }
        for row in review_notes(wh, period).to_dict("records")
    ]
    for quote, mine in published_parts(wh, period).groupby("quote", sort=False):
        printed = "; ".join(dict.fromkeys(mine["shown_as"].astype("str")))
        agrees = "khớp" if mine["agrees"].all() else "không khớp"
        note = f"Đã công bố: {printed} (“{quote}”); {agrees} với số tính lại."
        told += [{"indicator": name, "note": note} for name in mine["indicator"].unique()]
    return pd.DataFrame(told, columns=["indicator", "note"]).drop_duplicates(ignore_index=True)


def _next(periods: pd.DataFrame, period: str) -> str | None:
    """The period that follows one of the same kind."""
    row = periods[periods["previous"] == period]
    if row.empty:
        return None
    return _plain_label(str(row["label_vi"].iloc[0]))


def _plain_label(label: str) -> str:
    """The name of a period in the middle of a sentence, without what stands in brackets."""
    name = label.partition(" (")[0]
    return name[:1].lower() + name[1:]


def _offices(catalogue: Catalogue) -> set[str]:
    """Populations of offices that speak for others."""
    entries = [*catalogue.elements.values(), *catalogue.registers.values()]
    return {entry.authority for entry in entries} - {"self"}


def _forms_by_indicator(catalogue: Catalogue) -> dict[str, set[str]]:
    """Forms of those who are the authority of what an indicator is made of."""
    offices = _offices(catalogue)
    found: dict[str, set[str]] = {}
    for indicator in catalogue.indicators.values():
        for measure in filter(None, (indicator.numerator, indicator.denominator)):
            forms = {
                form.id
                for form in catalogue.forms.values()
                if _is_official(catalogue, form, measure, offices)
            }
            found.setdefault(indicator.id, set()).update(forms)
    return found


def _is_official(catalogue: Catalogue, form: Form, measure: Measure, offices: set[str]) -> bool:
    asked = {item.element for item in form.elements()}
    kept = {sheet.register_id for sheet in form.sheets}
    used: Iterable[str] = measure_elements(measure)
    authorities = {catalogue.elements[name].authority for name in used if name in asked}
    register = getattr(measure, "register_id", None)
    if register in kept and register is not None:
        authorities.add(catalogue.registers[register].authority)
    return form.owed_by in authorities or ("self" in authorities and form.owed_by not in offices)


def _duties(wh: Tables, period: str) -> dict[str, pd.DataFrame]:
    """Duties of the law with two words for listings: whether some are open, or wait."""
    frame = law.duties(wh, period)
    if frame.empty:
        return {}
    said = {True: "yes", False: "no"}
    open_, waiting = frame["not_done"] > 0, frame["not_yet_due"] > 0
    return {"duties": frame.assign(open=open_.map(said), waiting=waiting.map(said))}


def _targets(wh: Tables, period: str) -> dict[str, pd.DataFrame]:
    """Figures that have a target and can be judged by it."""
    frame = beside(wh, period, scope_values(wh, period))
    judged = frame[frame["target_verdict"].isin([MET, NOT_MET])]
    return {"targets": judged.reset_index(drop=True)} if len(judged) else {}


def _bands(wh: Tables, period: str, *, official: bool) -> dict[str, pd.DataFrame]:
    """Units by band, of the criteria sets that the period was scored with."""
    scored = of_period(wh.table("eval.bands"), period)
    if official:
        scored = scored[~scored["is_example"].astype(bool)]
    parts: list[pd.DataFrame] = []
    for name, mine in scored.groupby("criteria_set", sort=True):
        counts = band_counts(wh, period, str(name))
        label = load_catalogue().criteria[str(name)].label_vi
        mark = f" ({EXAMPLE})" if mine["is_example"].any() else ""
        known = counts[counts["sure"] > 0]
        parts.append(known.assign(band=f"{label}{mark}: " + known["band"]))
    return {"bands": pd.concat(parts, ignore_index=True)} if parts else {}


def _parts(wh: Tables, period: str, scope: ReportScope) -> dict[str, pd.DataFrame]:
    """A longer period part by part."""
    if not setting(wh, period).composed:
        return {}
    thread = series(wh, period)
    ids = thread.rows["part"] + "/" + thread.rows["indicator"] + f"@{scope.scope_id}"
    told = thread.rows.assign(figure_id="" if thread.moved else ids)
    reasons: Mapping[int, str] = thread.reasons
    texts = [(number, f"[{number}] {text}") for number, text in reasons.items()]
    return {"parts": told, "part_reasons": pd.DataFrame(texts, columns=["number", "text"])}
