"""Frames of made-up units for pictures: one, sixteen and a hundred and two, with long names.

Names are those that places really have at their longest, under made-up numbers.
"""

import pandas as pd

from pipelines.vietnamese.numbers import NO_DATA, format_number, format_ratio

COUNTS = (1, 16, 102)
_KINDS = ("Phường", "Thị trấn", "Xã")
_NAMES = ("Minh Họa Thượng", "Hòa Minh Họa Trung", "Ea Minh Hoạ", "Krông Minh Họa")
LONG = "Số nội dung nhân dân bàn và quyết định trực tiếp đã thực hiện đúng thời hạn theo quy định"


def names(count: int) -> list[str]:
    return [f"{_KINDS[n % 3]} {_NAMES[n % 4]} {n + 1}" for n in range(count)]


def units(count: int) -> pd.DataFrame:
    """unit_id, unit, value, shown: every class of a map, and some that are not known."""
    values = [(37 * n) % 101 for n in range(count)]
    frame = pd.DataFrame({"unit_id": [f"u{n}" for n in range(count)], "unit": names(count)})
    frame["value"] = pd.Series(values, dtype="float64").mask(pd.Series(values) % 7 == 3)
    shown = [NO_DATA if pd.isna(v) else f"{format_number(v, 2)}%" for v in frame["value"]]
    return frame.assign(shown=shown)


def flow(count: int) -> pd.DataFrame:
    """month, received, resolved: large numbers."""
    months = pd.date_range("2016-01-01", periods=count, freq="MS")
    received = pd.Series([52_620 + 137 * n for n in range(count)])
    return pd.DataFrame({"month": months, "received": received, "resolved": received - 11})


def matrix(count: int) -> pd.DataFrame:
    """group, owed and a count per state."""
    groups = [
        "Xã, phường, thị trấn",
        "Cơ quan hành chính, đơn vị sự nghiệp",
        "Doanh nghiệp có tổ chức công đoàn",
    ]
    rows = [(count, count // 2, count // 4, count // 8), (24, 24, 0, 0), (15, 0, 0, 0)]
    frame = pd.DataFrame(rows, columns=["owed", "on_time", "late", "returned"])
    frame["missing"] = frame["owed"] - frame[["on_time", "late", "returned"]].sum(axis=1)
    return frame.assign(group=groups)


def rates(count: int) -> pd.DataFrame:
    """Rows of ``pillar_profile`` and ``intervals``: long names, whole and partial coverage."""
    values = [(29 * n) % 101 for n in range(count)]
    frame = pd.DataFrame({"value": pd.Series(values, dtype="float64")})
    frame["lower"], frame["upper"] = (frame["value"] - 9).clip(0), (frame["value"] + 9).clip(0, 100)
    frame.loc[frame.index % 5 == 4, ["value", "lower", "upper"]] = float("nan")
    return frame.assign(
        label=[f"{LONG} {n + 1}" for n in range(count)],
        pillar_label=[f"Dân {['biết', 'bàn', 'làm', 'kiểm tra'][n % 4]}" for n in range(count)],
        format="rate",
        shown=[NO_DATA if pd.isna(v) else f"{format_number(v, 2)}%" for v in frame["value"]],
        fraction=[format_ratio(None if pd.isna(v) else v * 1234, 123_400) for v in frame["value"]],
        coverage=0.9,
        coverage_shown=f"{count - 1}/{count}",
    )  # fmt: skip


def communes(count: int) -> pd.DataFrame:
    """unit, criteria_met, recognised."""
    met = pd.Series([19.0 - n % 15 for n in range(count)]).mask(pd.Series(range(count)) % 9 == 5)
    recognised = (met == 19).astype("boolean").mask(met.isna())
    return pd.DataFrame({"unit": names(count), "criteria_met": met, "recognised": recognised})


def held(count: int) -> pd.DataFrame:
    """label, unit, held."""
    answers = pd.Series([[True, False, None][n % 3] for n in range(count)], dtype="boolean")
    return pd.DataFrame({"label": LONG, "unit": names(count), "held": answers})


def planned(count: int) -> pd.DataFrame:
    """kind, done, planned_month."""
    return pd.DataFrame(
        {
            "kind": ["Kiểm tra" if n % 3 else "Giám sát" for n in range(count)],
            "done": [n % 2 == 0 for n in range(count)],
            "planned_month": [n % 12 + 1 for n in range(count)],
        }
    )


def legs(count: int) -> pd.DataFrame:
    """leg, label_vi, amount, start, end; as many units are what the figure counts."""
    said = [
        ("boundary", "Địa giới hành chính", 0.0),
        ("catalogue", "Cách tính theo danh mục chỉ tiêu", -1.25),
        ("corrections", "Đính chính đã được chấp nhận", 0.004),
        ("resubmissions", "Báo cáo gửi lại", 2.5),
        ("new_reports", "Báo cáo mới nhận sau ngày chốt số liệu", 5.0),
    ]
    frame = pd.DataFrame(said, columns=["leg", "label_vi", "amount"])
    end = count * 100 + frame["amount"].cumsum()
    return frame.assign(start=end - frame["amount"], end=end)


def years(count: int) -> tuple[pd.DataFrame, dict[str, str], dict[int, str]]:
    """What ``over_time`` takes: as many figures over five years, with a break."""
    parts = {str(year): f"Năm {year}" for year in range(2016, 2021)}
    rows = [
        {
            "label": f"{LONG} {n + 1}",
            "indicator": f"i{n}",
            "format": "rate" if n % 2 else "count",
            "digits": 0,
            "part": part,
            "part_label": name,
            "value": float("nan") if (n + place) % 5 == 2 else 52_620.0 if n % 2 == 0 else 87.0,
            "shown": NO_DATA if (n + place) % 5 == 2 else "52.620" if n % 2 == 0 else "87%",
            "break_before": place == 3,
            "breaks": (1, 2) if place == 3 else (),
        }
        for n in range(count)
        for place, (part, name) in enumerate(parts.items())
    ]
    return pd.DataFrame(rows), parts, {1: "Đổi luật.", 2: "Đổi địa giới."}
