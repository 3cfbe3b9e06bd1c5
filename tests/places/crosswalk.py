"""The project's crosswalk of 01/07/2025 beside the one of a packaged public library.

The library is vietnamadminunits 1.0.4 (MIT licence), a development dependency. Only its data files
are read, never its code: ``data/converter_2025.json`` maps old communes to new ones by key, and
``data/dataset.db`` (SQLite) knows the codes and names behind the keys. Its old map is the one of
June 2025, so it says nothing about the mergers of 01/11/2024.
"""

import datetime as dt
import importlib.util
import json
import sqlite3
from pathlib import Path

import pandas as pd

from pipelines.places.bridging import bridge
from pipelines.places.units import in_force

LIBRARY = "vietnamadminunits"
NEW_PROVINCE, OLD_PROVINCES = "66", ("66", "54")
BEFORE, AFTER = dt.date(2025, 6, 30), dt.date(2025, 7, 1)
ROW = ["old", "new"]


def library_folder() -> Path:
    """The data files of the library; it is not imported."""
    spec = importlib.util.find_spec(LIBRARY)
    places = spec.submodule_search_locations if spec else None
    assert places, f"{LIBRARY} is not installed; run make setup"
    return Path(places[0]) / "data"


def library_units() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Old and new communes of the library: key, code, name."""
    with sqlite3.connect(library_folder() / "dataset.db") as data:
        old = pd.read_sql(
            "select provinceKey || '_' || districtKey || '_' || wardKey as key, wardCode as code,"
            " ward as name from admin_units_legacy where provinceCode in (?, ?)",
            data,
            params=OLD_PROVINCES,
        )
        new = pd.read_sql(
            "select wardKey as key, wardCode as code, ward as name from admin_units"
            " where provinceCode = ?",
            data,
            params=(NEW_PROVINCE,),
        )
    return old, new


def library_rows() -> pd.DataFrame:
    """Which old code became which new one, as a whole or in part, says the library."""
    old, new = library_units()
    old_code, new_code = (
        dict(zip(units["key"], units["code"], strict=True)) for units in (old, new)
    )
    text = (library_folder() / "converter_2025.json").read_text(encoding="utf-8")
    mapping = json.loads(text)
    rows = [
        (old_code[was], new_code[key], "whole")
        for key, before in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"]["tinhdaklak"].items()
        for was in before
    ]
    rows += [
        (old_code[was], new_code[part["newWardKey"]], "part")
        for was, parts in mapping["DICT_PROVINCE_WARD_DIVIDED"]["tinhdaklak"].items()
        for part in parts
    ]
    return pd.DataFrame(rows, columns=[*ROW, "share"])


def real_communes(units: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """The real communes of a day."""
    alive = in_force(units, day)
    return alive[(alive["unit_type"] == "commune") & ~alive["is_illustrative"]]


def own_rows(units: pd.DataFrame, successions: pd.DataFrame) -> pd.DataFrame:
    """Which old code became which new one, says ``raw/reference``; unchanged ones included."""
    edges = bridge(units, successions, BEFORE, AFTER)
    edges = edges[edges["unit_id"].isin(real_communes(units, BEFORE)["unit_id"])]
    code = units.set_index("unit_id")["code"]
    return pd.DataFrame(
        {
            "old": edges["unit_id"].map(code),
            "new": edges["today_id"].map(code),
            "share": (edges["share"] == 1).map({True: "whole", False: "part"}),
        }
    ).reset_index(drop=True)


def differences(own: pd.DataFrame, library: pd.DataFrame) -> pd.DataFrame:
    """Rows that stand on one side only, or as a whole here and in part there."""
    both = own.merge(library, on=ROW, how="outer", suffixes=("_own", "_library"))
    # a missing share differs from every other
    return both[both["share_own"] != both["share_library"]].reset_index(drop=True)


def name_differences(own: pd.DataFrame, library: pd.DataFrame) -> pd.DataFrame:
    """Names (by code) that are not written alike, letter by letter."""
    both = own[["code", "name"]].merge(
        library[["code", "name"]], on="code", how="outer", suffixes=("_own", "_library")
    )
    return both[both["name_own"] != both["name_library"]].reset_index(drop=True)
