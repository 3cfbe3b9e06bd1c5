"""What came between two states, named: units, entries of the catalogue, corrections, reports.

Belongs here: two states → one line per thing that is not the same. Does not belong here: which leg
a line belongs to (``hybrids``), what it did to figures (``what_changed``).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from pipelines.catalogue.base import Entry
from pipelines.catalogue.contracts import table_contract
from pipelines.intake.decisions import action_of
from pipelines.orchestration.hybrids import (
    BOUNDARY,
    CATALOGUE,
    CORRECTIONS,
    UNIT_FACTS,
    Known,
    Line,
    lines_between,
)
from pipelines.orchestration.states import State
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.text import mask_personal

_KINDS = {
    "indicators": "chỉ số",
    "elements": "chỉ tiêu",
    "registers": "sổ",
    "forms": "biểu",
    "rules": "quy tắc kiểm tra",
    "duties": "nghĩa vụ",
    "regimes": "chế độ pháp lý",
    "documents": "văn bản",
}
_FACTS = {
    "unit_names.csv": "tên gọi khác của đơn vị",
    "unit_successions.csv": "sắp xếp, chia tách, hợp nhất",
    "unit_groups.csv": "nhóm đơn vị",
    "requests.csv": "công văn yêu cầu báo cáo",
    "targets.csv": "chỉ tiêu phấn đấu",
    "published.csv": "số đã công bố",
    "papi.csv": "số liệu PAPI",
}
_ACTIONS = {
    "correct": "đính chính ô",
    "accept": "chấp nhận phát hiện",
    "return": "trả lại tệp",
    "confirm": "xác nhận tệp",
    "means": "nghĩa của dấu",
    "withdraw": "rút quyết định",
}
COLUMNS = ["leg", "about"]


def causes(
    before: State, after: State, known: tuple[Known, Known], names: Mapping[str, str]
) -> pd.DataFrame:
    """What is not the same in two states.

    Args:
        before: The first state.
        after: The second.
        known: What each has received.
        names: Names of units by id.

    Returns:
        leg, about (one line in Vietnamese), in the order of legs. Things that move no figure, such
        as words of the report, are not named.
    """
    rows = [
        *((BOUNDARY, text) for text in _boundary(before, after)),
        *((CATALOGUE, text) for text in _catalogue(before, after)),
    ]
    lines = [
        line
        for key in sorted({*before.journals, *after.journals})
        for line in lines_between(before.journals.get(key, ()), after.journals.get(key, ()), known)
        if line.leg is not None
    ]
    rows += [
        (str(line.leg), text)
        for line in sorted(lines, key=lambda each: _ORDER.index(str(each.leg)))
        if (text := _line(line, known, names))
    ]
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS), dtype="str")


_ORDER = (CORRECTIONS, "resubmissions", "new_reports")


def _boundary(before: State, after: State) -> Iterator[str]:
    old, new = (_units(state) for state in (before, after))
    labels = table_contract(after.catalogue, "ref.units").labels_vi
    for unit in sorted({*old, *new}):
        if unit not in old:
            yield f"thêm {new[unit]['name']} ({unit})"
        elif unit not in new:
            yield f"bỏ {old[unit]['name']} ({unit})"
        elif old[unit] != new[unit]:
            was, now = old[unit], new[unit]
            told = ", ".join(
                f"{labels.get(name, name)} “{was.get(name, '')}” → “{now.get(name, '')}”"
                for name in _differing(was, now)
            )
            yield f"sửa {new[unit]['name']} ({unit}): {told}"
    for name in UNIT_FACTS:
        if name in _FACTS and before.facts.get(name) != after.facts.get(name):
            yield _FACTS[name]
    yield from _entries(
        "nhóm đơn vị tính", before.catalogue.populations, after.catalogue.populations
    )


def _catalogue(before: State, after: State) -> Iterator[str]:
    for kind, word in _KINDS.items():
        yield from _entries(word, getattr(before.catalogue, kind), getattr(after.catalogue, kind))
    for name, word in _FACTS.items():
        if name not in UNIT_FACTS and before.facts.get(name) != after.facts.get(name):
            yield word


def _entries(word: str, old: Mapping[str, Entry], new: Mapping[str, Entry]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        if old.get(name) == new.get(name):
            continue
        verb = "thêm" if name not in old else "bỏ" if name not in new else "sửa"
        entry = new.get(name) or old.get(name)
        label = getattr(entry, "label_vi", None) or getattr(entry, "title_vi", None)
        yield f"{verb} {word} {name}" + (f" ({label})" if label else "")


def _units(state: State) -> dict[str, dict[str, str]]:
    frame = pd.read_csv(io.BytesIO(state.facts["units.csv"]), dtype="str", keep_default_na=False)
    rows = [{str(k): str(v) for k, v in row.items()} for row in frame.to_dict("records")]
    return {row["unit_id"]: row for row in rows}


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]


def _line(line: Line, known: tuple[Known, Known], names: Mapping[str, str]) -> str:
    """A journal line in words; what is gone says so."""
    entry = line.entry
    told = _receipt(entry, known[0 if line.is_gone else 1], names)
    if line.leg == CORRECTIONS:
        told = _decided(entry, names)
    return f"{told} (không còn trong sổ)" if told and line.is_gone else told


def _receipt(entry: Mapping[str, Any], known: Known, names: Mapping[str, str]) -> str:
    name = str(entry.get("submission_id", "//"))
    sender = name.split("/")[1]
    form = known.forms.get(name)
    what = f"biểu {form}" if form else "tài liệu" if entry.get("evidence") else "tệp chưa đọc được"
    day = format_date(dt.datetime.fromisoformat(str(entry["at"])).date())
    return f"{names.get(sender, sender)}: {what}, nhận {day} ({name})"


def _decided(entry: Mapping[str, Any], names: Mapping[str, str]) -> str:
    action = action_of(entry)
    if action is None:  # what is said of a document or of a file's place moves no figure
        return ""
    sender = str(entry.get("provider") or str(entry.get("submission_id", "//")).split("/")[1])
    place = "!".join(str(entry[key]) for key in ("sheet", "cell") if entry.get(key))
    about = [
        f"{names.get(sender, sender)}: {_ACTIONS[action]}",
        place,
        str(entry.get("rule") or ""),
    ]
    why = mask_personal(str(entry.get("why") or ""))
    return " ".join(text for text in about if text) + (f" ({why})" if why else "")
