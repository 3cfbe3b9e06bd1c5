"""What passages of a report stand on beside its figures, and who is sent it.

Belongs here: facts, answered elements and risen indicators of a period; its passages; recipients,
themes, sources. Does not belong here: which passage may be said (``reports.words``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import of_period, report_scope
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.periods import parts_of
from pipelines.catalogue.wording import TextBlock
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import format_count

BRANCHES = {
    "party": "Đảng",
    "government": "Chính quyền",
    "front": "Mặt trận Tổ quốc",
    "mass_organisation": "Đoàn thể chính trị - xã hội",
    "union": "Công đoàn",
    "enterprise": "Doanh nghiệp",
}
UNKNOWN_DAY = "chưa rõ ngày đăng"
LEVELS = {
    "central": "Trung ương",
    "province": "Tỉnh",
    "district": "Huyện",
    "commune": "Xã, phường, thị trấn",
    "unit": "Cơ quan, đơn vị, doanh nghiệp",
}


def blocks(wh: Tables, period: str) -> list[TextBlock]:
    """The passages of a period: of its kind, in force on its last day."""
    scope = report_scope(wh, period)
    kind = str(of_period(wh.table("ref.periods"), period)["kind"].iloc[0])
    return [
        block
        for block in load_catalogue().words.texts.values()
        if block.in_force(scope.ends_on) and (not block.periods or kind in block.periods)
    ]


def facts(wh: Tables, period: str) -> dict[str, str | None]:
    """What passages may be filled with beside figures, by name of ``wording.FACTS``."""
    scope = report_scope(wh, period)
    theme, issuer = _theme(wh, scope.ends_on, "theme")
    slogan, _ = _theme(wh, scope.ends_on, "slogan")
    own = _quotes(wh, period)["unit_id"].nunique()
    return {
        "scope": scope.name,
        "period": scope.label_vi,
        "year": str(scope.ends_on.year),
        "data_to": format_date(scope.data_to),
        "theme": theme,
        "theme_of": issuer,
        "slogan": slogan,
        "own_words": f"{format_count(own)} đơn vị" if own else None,
    }


def answered(wh: Tables, period: str) -> frozenset[str]:
    """Elements of which some unit has given a value."""
    observed = of_period(wh.table("core.observations"), period)
    known = observed["state"].isin(["value", "zero"])
    return frozenset(observed.loc[known, "element"])


def risen(wh: Tables, period: str) -> frozenset[str]:
    """Indicators of the scope that are comparably higher than a year before."""
    rows = of_period(wh.table("eval.comparisons"), period)
    rows = rows[rows["scope_id"] == report_scope(wh, period).scope_id]
    rows = rows[(rows["against"] == "same_period") & rows["comparable"]]
    return frozenset(rows.loc[rows["difference"] > 0, "indicator"])


def recipients(wh: Tables, period: str) -> pd.DataFrame:
    """Who is sent the report of a period and who is charged with what ("Nơi nhận").

    Returns:
        recipient, label_vi, branch_vi, level_vi, duty_vi, legal; in the order of the letter.
    """
    day = pd.Timestamp(report_scope(wh, period).ends_on)
    rows = wh.table("ref.recipients")
    rows = _in_force(rows[rows["tasks"].str.contains("receive")], day).sort_values("position")
    named = rows.assign(branch_vi=rows["branch"].map(BRANCHES), level_vi=rows["level"].map(LEVELS))
    columns = ["recipient", "label_vi", "branch_vi", "level_vi", "duty_vi", "legal"]
    return named[columns].reset_index(drop=True)


def sources(wh: Tables, period: str) -> pd.DataFrame:
    """Where the figures that a period is compared with were printed.

    Returns:
        Rows of ``ref.sources``; ``published_vi`` says the day, or that it is not known, where the
        printed line was not kept, and ``publisher_vi`` what has not been checked.
    """
    used = of_period(wh.table("ref.published"), period)["source"]
    rows = wh.table("ref.sources")
    rows = rows[rows["source"].isin(used)].reset_index(drop=True)
    days = [
        UNKNOWN_DAY if pd.isna(day) else f"đăng ngày {format_date(day)}"
        for day in rows["published_on"]
    ]
    printed = rows["published_vi"].where(rows["published_vi"].notna(), pd.Series(days, dtype="str"))
    unchecked = rows["verified"].map({True: "", False: " (chưa đối chiếu)"})
    return rows.assign(published_vi=printed, publisher_vi=rows["publisher_vi"] + unchecked)


def _quotes(wh: Tables, period: str) -> pd.DataFrame:
    """What units wrote in a period; where it has no files of its own, in its parts."""
    own = of_period(wh.table("intake.quotes"), period)
    parts = parts_of(wh.table("ref.periods"), period) if own.empty else []
    found = [_quotes(wh, part) for part in parts]
    return pd.concat(found, ignore_index=True) if found else own


def _theme(wh: Tables, day: object, kind: str) -> tuple[str | None, str | None]:
    rows = wh.table("ref.themes")
    rows = _in_force(rows[rows["kind"] == kind], pd.Timestamp(str(day)))
    if rows.empty:
        return None, None
    newest = rows.sort_values("valid_from").iloc[-1]
    return str(newest["text_vi"]), str(newest["issuer_vi"])


def _in_force(rows: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    begun = rows["valid_from"] <= day
    return rows[begun & (rows["valid_to"].isna() | (rows["valid_to"] >= day))]
