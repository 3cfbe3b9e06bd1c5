"""An analyst's adjustments: recorded with who and why, shown beside the computed figure.

Belongs here: ``adjust``, ``withdraw``, the adjustments that stand in words. Does not belong here:
the journal line (``intake.adjustments``), computing a figure (``evaluation``): no computed table
ever changes because of an adjustment.
"""

from __future__ import annotations

import datetime as dt
import math
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeGuard
from zoneinfo import ZoneInfo

import pandas as pd

from pipelines.analysis.access import Tables, open_warehouse
from pipelines.analysis.indicators import presented
from pipelines.analysis.opening import known_period
from pipelines.analysis.scope import of_period, unit_names
from pipelines.analysis.shown import show, show_difference, show_exact_rate
from pipelines.intake.adjustments import EVENT, Adjustment, standing
from pipelines.intake.journal import append, read_journal
from pipelines.intake.period_states import is_locked
from pipelines.intake.releases import SUBMITTED, in_force, open_release, releases_of
from pipelines.vietnamese.numbers import NO_DATA
from pipelines.vietnamese.text import normalise
from pipelines.warehouse.errors import WarehouseError
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.root import find_root

MARK = "điều chỉnh của người phân tích"
COLUMNS = [
    *("figure_id", "indicator", "scope_id", "label", "unit", "computed_shown", "adjusted_shown"),
    *("difference_shown", "who", "at_vi", "why", "changed", "computed", "adjusted"),
]
# analysts of a server work under an account of their own, from which journals are kept
_UNSEEN = (
    "Tài khoản này không đọc được sổ của kỳ {}, nên không thấy các điều chỉnh đã ghi."
    " Báo cáo do hệ thống lập vẫn có chúng."
)
_HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_WAIT_SECONDS = 10.0
_LONGEST = 1000
_FULL = 100.0


class CannotAdjust(WarehouseError):  # noqa: N818 — names the state, not a mishap
    """An adjustment that may not be recorded; nothing was written."""

    code: ClassVar[str] = "QCDC-A05"


def adjust(
    period: str,
    figure_id: str,
    value: float,
    who: str,
    why: str,
    *,
    root: Path | None = None,
    at: dt.datetime | None = None,
) -> pd.DataFrame:
    """Record an analyst's own value for a figure of the current draft.

    The computed figure stays as it is; the adjusted one is shown beside it with who and why.

    Args:
        period: Key of the period.
        figure_id: ``<period>/<indicator>@<scope>`` of ``report.figures``.
        value: In the unit of the figure; percent for rates.
        who: Role of the analyst.
        why: The reason, in a sentence.
        root: The project's root; by default the nearest one above the current folder.
        at: Time of the line; now when None (the journal is the one place that reads a clock).

    Returns:
        The adjustments of the period that stand, as ``adjustments`` gives them.

    Raises:
        UnknownPeriod: No such period.
        CannotAdjust: No such figure, no number, no reason; the period is locked or issued.
        WarehouseBusy: Somebody else is writing.
    """
    where = root if root is not None else find_root()
    row = _figure(where, period, figure_id)
    wanted = _checked(value, row)
    computed = row["value"]
    line = _line(figure_id, "adjust", who, why, at) | {
        "value": wanted,
        "computed": None if pd.isna(computed) else float(computed),
    }
    _write(where, str(row["period"]), line)
    return adjustments(open_warehouse(root=where), period, root=where)


def withdraw(
    period: str,
    figure_id: str,
    who: str,
    why: str,
    *,
    root: Path | None = None,
    at: dt.datetime | None = None,
) -> pd.DataFrame:
    """Take back an adjustment; its line stays in the journal, a later one says it stands no more.

    Args:
        period: Key of the period.
        figure_id: Of an adjustment that stands.
        who: Role of who takes it back.
        why: The reason.
        root: As in ``adjust``.
        at: As in ``adjust``.

    Returns:
        The adjustments of the period that still stand.

    Raises:
        UnknownPeriod: No such period.
        CannotAdjust: Nothing stands for this figure; the period is locked or issued.
        WarehouseBusy: Somebody else is writing.
    """
    where = root if root is not None else find_root()
    wh = open_warehouse(root=where)
    key = known_period(wh, period)
    if figure_id not in standing(_entries(where, key)):
        raise _refused(
            "Không có điều chỉnh nào đang có hiệu lực cho con số này.",
            str(figure_id),
            "mã con số của một điều chỉnh trong adjustments(…)",
            "Xem các điều chỉnh đang có hiệu lực, rồi ghi đúng mã con số.",
        )
    _write(where, key, _line(figure_id, "withdraw", who, why, at))
    return adjustments(wh, key, root=where)


def adjustments(wh: Tables, period: str, root: Path | None = None) -> pd.DataFrame:
    """The adjustments of a period that stand, beside the figures as the tables have them now.

    Args:
        wh: The warehouse.
        period: Key of the period.
        root: The project's root; by default the nearest one above the current folder.

    Returns:
        Columns ``COLUMNS`` in the order of the journal; changed says whether the computed figure
        has moved since the adjustment was made. No rows where nothing was adjusted, nor, with
        a warning, where this account may not read the journal.
    """
    key = known_period(wh, period)
    try:
        found = standing(_entries(root if root is not None else find_root(), key))
    except PermissionError:
        warnings.warn(_UNSEEN.format(key), stacklevel=2)
        found = {}
    if not found:
        return pd.DataFrame(columns=COLUMNS)
    values = of_period(wh.table("eval.indicator_values"), period)
    values = values[values["view"] == "as_reported"]
    known = presented(wh, values).set_index("figure_id")
    names = unit_names(wh)
    rows = [
        _told(each, known.loc[name].to_dict() if name in known.index else {}, names)
        for name, each in found.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _told(made: Adjustment, row: Mapping[Any, Any], names: pd.Series) -> dict[str, object]:
    """An adjustment in words beside its figure; a figure that is gone has no words."""
    display, digits = str(row.get("format", "number")), int(row.get("digits", 2))
    found = float(row.get("value", math.nan))
    now = None if math.isnan(found) else found
    difference = None if now is None else made.value - now
    scope = str(row.get("scope_id", made.figure_id.partition("@")[2]))
    return {
        "figure_id": made.figure_id,
        "indicator": row.get("indicator", ""),
        "scope_id": scope,
        "label": row.get("label", made.figure_id),
        "unit": names.get(scope, scope),
        "computed_shown": NO_DATA if now is None else _shown(now, display, digits),
        "adjusted_shown": _shown(made.value, display, digits),
        "difference_shown": show_difference(difference, display, digits),
        "who": made.who,
        "at_vi": dt.datetime.fromisoformat(made.at).astimezone(_HANOI).strftime("%H:%M %d/%m/%Y"),
        "why": made.why,
        "changed": _since(made, now, display, digits),
        "computed": now,
        "adjusted": made.value,
    }


def _shown(value: float, display: str, digits: int) -> str:
    """A value, the exact one in brackets; of a ratio only the percentage is known."""
    is_rate = display in {"rate", "ratio"}
    exact = show_exact_rate(value, digits) if is_rate else ""
    said = show(value, "rate" if is_rate else display, digits)
    return f"{said} ({exact})" if exact else said


def _since(made: Adjustment, now: float | None, display: str, digits: int) -> str:
    """Whether the computed figure has moved since; empty where it has not."""
    same = now is None and made.computed is None
    if same or (None not in (now, made.computed) and math.isclose(now or 0, made.computed or 0)):
        return ""
    before = NO_DATA if made.computed is None else _shown(made.computed, display, digits)
    return f"Số tính đã đổi, lúc điều chỉnh là {before}: đề nghị xem lại"


def _figure(root: Path, period: str, figure_id: str) -> dict[Any, Any]:
    """The figure that is to be adjusted."""
    wh = open_warehouse(root=root)
    key = known_period(wh, period)
    values = of_period(wh.table("eval.indicator_values"), key)
    values = values[values["view"] == "as_reported"]
    names = values["period"] + "/" + values["indicator"] + "@" + values["scope_id"]
    found = values[names == figure_id] if isinstance(figure_id, str) else values.iloc[:0]
    if found.empty:
        example = names.iloc[0] if len(names) else f"{key}/<chỉ số>@<đơn vị>"
        raise _refused(
            "Không có con số này trong kỳ.",
            str(figure_id)[:80],
            f"mã con số của report.figures, ví dụ {example}",
            f'Chép mã con số từ report.figures của kỳ {key} (wh.table("report.figures")).',
        )
    about = wh.table("ref.indicators").set_index("indicator")
    row = found.iloc[0].to_dict()
    return row | {"format": about.loc[row["indicator"], "format"]}


def _checked(value: object, row: Mapping[Any, Any]) -> float:
    """The value as a number that the figure could have."""
    rate = row["format"] in {"rate", "ratio"}
    wanted = "một tỷ lệ từ 0 đến 100" if rate else "một số không âm"
    if row["format"] in {"count", "money"}:
        wanted = "một số nguyên không âm"
    number = float(value) if _is_number(value) else math.nan
    whole = row["format"] not in {"count", "money"} or number.is_integer()
    if not (number >= 0 and whole and (number <= _FULL or not rate) and math.isfinite(number)):
        raise _refused(
            "Giá trị điều chỉnh không dùng được.",
            str(value)[:80],
            f"{wanted}, viết như Python viết số (86.67, không phải “86,67%”)",
            "Ghi lại giá trị theo đơn vị tính của chỉ số; tỷ lệ ghi phần trăm.",
        )
    return number


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _line(
    figure_id: str, action: str, who: object, why: object, at: dt.datetime | None
) -> dict[str, Any]:
    said = {"who": _words(who, "người điều chỉnh"), "why": _words(why, "lý do")}
    when = at if at is not None else dt.datetime.now(_HANOI).replace(microsecond=0)
    return {
        "at": when.isoformat(),
        "who": said["who"],
        "event": EVENT,
        "figure_id": figure_id,
        "action": action,
        "why": said["why"],
    }


def _words(text: object, what: str) -> str:
    said = " ".join(normalise(text).split()) if isinstance(text, str) else ""
    if said and len(said) <= _LONGEST:
        return said
    raise _refused(
        f"Thiếu {what}." if not said else f"Phần {what} quá dài.",
        f"{len(said)} ký tự" if said else "để trống",
        f"{what} bằng chữ, không quá {_LONGEST} ký tự; người điều chỉnh ghi theo chức danh",
        "Ghi đủ who và why rồi chạy lại; không có gì được ghi vào sổ.",
    )


def _write(root: Path, period: str, line: Mapping[str, Any]) -> None:
    with writer_lock(root, _WAIT_SECONDS):
        closed = _closed(_entries(root, period))
        if closed:
            raise _refused(
                f"Kỳ {period} không nhận điều chỉnh.",
                closed,
                "kỳ chưa khóa; báo cáo chưa trình, chưa ban hành",
                "Mở lại kỳ, hoặc mở bản đính chính của báo cáo đã ban hành, rồi điều chỉnh.",
            )
        append(_journal(root, period), line)


def _closed(entries: list[dict[str, Any]]) -> str:
    """Why a period takes no adjustment; empty where it does."""
    if is_locked(entries):
        return "kỳ đã khóa"
    releases = releases_of(entries)
    begun, stands = open_release(releases), in_force(releases)
    if begun is not None:
        return f"bản {begun.release_id} đang trình" if begun.state == SUBMITTED else ""
    return f"bản {stands.release_id} đã ban hành" if stands is not None else ""


def _entries(root: Path, period: str) -> list[dict[str, Any]]:
    return read_journal(_journal(root, period)).entries


def _journal(root: Path, period: str) -> Path:
    return root / "raw" / period / "journal.jsonl"


def _refused(message: str, found: str, expected: str, action: str) -> CannotAdjust:
    return CannotAdjust(message, "the adjustment was not recorded", found, expected, action)
