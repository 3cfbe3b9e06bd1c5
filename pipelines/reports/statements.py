"""The sentences of a report, in the order of its sections; each declares what it stands on.

Belongs here: wording. Does not belong here: figures (they are given), layout (``html``).
A sentence whose figures are missing says so and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.vietnamese.numbers import NO_DATA, format_count, format_number

Figure = dict[str, Any]
LISTED = 10  # more numbers or names than these are no longer a sentence


@dataclass(frozen=True)
class Facts:
    """What sentences are made from.

    Attributes:
        figures: By indicator, the figures of the scope: numerator, denominator, value, shown,
            exact, label, interval, coverage_shown, expected_units, reporting_units.
        communes: criteria_met and recognised of each commune of the programme.
        outside: Names of towns that the programme does not count.
        year: The year that plans speak of.
    """

    figures: dict[str, Figure]
    communes: pd.DataFrame
    outside: Sequence[str]
    year: int

    @classmethod
    def of(
        cls, values: pd.DataFrame, *, communes: pd.DataFrame, outside: Sequence[str], year: int
    ) -> Facts:
        """Facts from a frame with a row per indicator."""
        figures = {
            str(row["indicator"]): {str(name): value for name, value in row.items()}
            for row in values.to_dict("records")
        }
        return cls(figures, communes, outside, year)

    def known(self, indicator: str) -> bool:
        """Whether the figure is there."""
        return indicator in self.figures and not pd.isna(self.figures[indicator]["value"])

    def count(self, indicator: str, part: str = "value", *, pad: bool = True) -> str:
        """A number as running text writes it: 52.620, 07."""
        return format_count(self.figures[indicator][part], pad=pad)

    def share(self, indicator: str) -> str:
        """For instance "13/15"."""
        top, bottom = (self.count(indicator, p, pad=False) for p in ("numerator", "denominator"))
        return f"{top}/{bottom}"

    def rate(self, indicator: str) -> str:
        """The rate as printed, with the exact one in brackets where rounding hides something."""
        figure = self.figures[indicator]
        return f"{figure['shown']} ({figure['exact']})" if figure["exact"] else figure["shown"]


@dataclass(frozen=True)
class Statement:
    """A sentence and the indicators it needs; ``needs`` are those without which it is not said."""

    section: str
    needs: tuple[str, ...]
    also: tuple[str, ...]
    write: Callable[[Facts], str]


def _dossiers(facts: Facts) -> str:
    name = "tthc.resolution_rate"
    return (
        f"Tổng số hồ sơ thủ tục hành chính đã tiếp nhận trong kỳ là"
        f" {facts.count(name, 'denominator')} hồ sơ, đã giải quyết"
        f" {facts.count(name, 'numerator')} hồ sơ, đạt {facts.rate(name)}."
    )


def _new_countryside(facts: Facts) -> str:
    name = "ntm.recognised_rate"
    text = f"{facts.share(name)} xã đã được công nhận đạt chuẩn nông thôn mới ({facts.rate(name)})"
    remaining = facts.communes[~facts.communes["recognised"].fillna(value=True).astype(bool)]
    if len(remaining):
        met = remaining["criteria_met"].sort_values(ascending=False, na_position="last")
        text += f"; {format_count(len(remaining))} xã còn lại đạt {_criteria(met)}"
    if facts.known("ntm.criteria_total"):
        total = "ntm.criteria_total"
        text += f"; tổng số tiêu chí đạt {facts.share(total)} ({facts.rate(total)})"
    if facts.outside:
        named = ", ".join(facts.outside)
        if len(facts.outside) > LISTED:
            named = f"{format_count(len(facts.outside))} phường, thị trấn"
        text += f"; {named} không thuộc diện xét"
    return text + "."


def _criteria(met: pd.Series) -> str:
    """The numbers one by one; of many only between which they lie."""
    if len(met) <= LISTED:
        return ", ".join(NO_DATA if pd.isna(n) else format_number(n) for n in met) + " tiêu chí"
    known = met.dropna()
    silent = f" ({format_count(len(met) - len(known))} xã {NO_DATA})" * (len(met) > len(known))
    if known.empty:
        return f"{NO_DATA} tiêu chí"
    return f"từ {format_number(known.min())} đến {format_number(known.max())} tiêu chí{silent}"


def _agencies(facts: Facts) -> str:
    name = "cq.conference_rate"
    text = (
        f"{facts.share(name)} cơ quan, đơn vị đã tổ chức Hội nghị CCVC, người lao động,"
        f" đạt {facts.rate(name)}"
    )
    if facts.known("cq.union_rate"):
        text += f"; công đoàn phối hợp tổ chức tại {facts.share('cq.union_rate')} cơ quan, đơn vị"
    return text + "."


def _posts(facts: Facts) -> str:
    return f"Tinh giản biên chế trong kỳ: {facts.count('nv.posts_streamlined')} trường hợp."


def _consolidation(facts: Facts) -> str:
    parts = ("nv.units_before_merger", "nv.units_after_merger")
    if not any(facts.figures[name]["value"] for name in parts):
        return "Không có đơn vị sự nghiệp nào hợp nhất trong kỳ."
    return (
        f"Hợp nhất {facts.count('nv.units_before_merger')} đơn vị thành"
        f" {facts.count('nv.units_after_merger')} đơn vị sự nghiệp."
    )


def _enterprises(facts: Facts) -> str:
    name = "dn.conference_rate"
    return (
        f"{facts.share(name)} doanh nghiệp đã tổ chức hội nghị người lao động,"
        f" đạt {facts.rate(name)}."
    )


def _inspections(facts: Facts) -> str:
    text = (
        f"Kế hoạch năm {facts.year}: kiểm tra, giám sát tại"
        f" {facts.count('bcd.inspections_planned')} cơ quan, đơn vị, địa phương"
    )
    done = [
        f"{verb} {facts.count(name)} đơn vị"
        for verb, name in (("kiểm tra", _CHECKED), ("giám sát", _SUPERVISED))
        if facts.known(name)
    ]
    return f"{text}; đến ngày chốt số liệu đã {', '.join(done)}." if done else text + "."


_NTM_REST = ("ntm.criteria_total", *(f"ntm.remaining_{n}" for n in range(1, 5)))
_CHECKED, _SUPERVISED = "bcd.inspections_done", "bcd.supervisions_done"

# the order of the report that the pilot is compared with
HALF_YEAR: tuple[Statement, ...] = (
    Statement("II.1.e", ("tthc.resolution_rate",), (), _dossiers),
    Statement("II.1.g", ("ntm.recognised_rate",), _NTM_REST, _new_countryside),
    Statement("II.2", ("cq.conference_rate",), ("cq.union_rate",), _agencies),
    Statement("II.2", ("nv.posts_streamlined",), (), _posts),
    Statement("II.2", ("nv.units_before_merger", "nv.units_after_merger"), (), _consolidation),
    Statement("II.3", ("dn.conference_rate",), (), _enterprises),
    Statement("I.3", ("bcd.inspections_planned",), (_CHECKED, _SUPERVISED), _inspections),
)


def statements(
    facts: Facts,
    published: pd.DataFrame,
    notes: pd.DataFrame,
    plan: Sequence[Statement] = HALF_YEAR,
) -> list[dict[str, object]]:
    """Write every sentence.

    Args:
        facts: Figures.
        published: indicator, quote, agrees: one row per compared number.
        notes: indicator, unit, message_vi of findings to be reviewed.
        plan: Which sentences, in order.

    Returns:
        One mapping per sentence: section, indicators, text, quotes (none when nothing was
        published), agrees (None then), notes.
    """
    return [_one(statement, facts, published, notes) for statement in plan]


def in_order(*lists: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """Sentences and passages together, in the order of the report's sections."""
    together = [dict(entry) for entries in lists for entry in entries]
    return sorted(together, key=lambda entry: str(entry["section"]))


def _one(
    statement: Statement, facts: Facts, published: pd.DataFrame, notes: pd.DataFrame
) -> dict[str, object]:
    used = (*statement.needs, *statement.also)
    lacking = [name for name in statement.needs if not facts.known(name)]
    compared = published[published["indicator"].isin(used)]
    own = notes[notes["indicator"].isin(used)].drop_duplicates(["rule", "unit", "message_vi"])
    partial = [_partly(facts, name) for name in statement.needs if name not in lacking]
    return {
        "section": statement.section,
        "indicators": used,
        "text": _lacking(facts, lacking) if lacking else statement.write(facts),
        "quotes": list(dict.fromkeys(compared["quote"])),
        "agrees": bool(compared["agrees"].all()) if len(compared) else None,
        "notes": [*filter(None, partial), *map(_to_review, own.to_dict("records"))],
    }


def _lacking(facts: Facts, names: Sequence[str]) -> str:
    labels = [facts.figures.get(name, {}).get("label", name) for name in names]
    return f"{'; '.join(labels)}: {NO_DATA}."


def _partly(facts: Facts, name: str) -> str:
    """What is said when not all units have reported; empty when they have."""
    figure = facts.figures[name]
    if figure["reporting_units"] >= figure["expected_units"]:
        return ""
    text = f"Mới có số liệu của {figure['coverage_shown']} đơn vị"
    possible = figure["interval"]
    return f"{text}; giá trị có thể {possible}." if possible else f"{text}."


def _to_review(row: Mapping[Hashable, Any]) -> str:
    about = "" if pd.isna(row["unit"]) else f"{row['unit']}: "
    return f"Cần rà soát ({row['rule']}): {about}{row['message_vi']}"
