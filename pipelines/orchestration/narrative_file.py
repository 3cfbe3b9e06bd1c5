"""``raw/<period>/narrative.yaml``: where officials edit what they write in a report.

Belongs here: the file as text, reading it back, what is wrong with it. Does not belong here: the
journal, which alone is read for reports (``narrative_command``, ``intake.narrative``).
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from pipelines.catalogue.narrative import Narrative, Outline, Slot
from pipelines.intake.narrative import Typed
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.text import normalise

NAME = "narrative.yaml"
_WIDTH = 10_000  # lines are kept as they were typed


@dataclass(frozen=True)
class Place:
    """A place that officials write in.

    Attributes:
        slot: Of the catalogue.
        heading: The heading that it stands under.
    """

    slot: Slot
    heading: str


def places(narrative: Narrative, outline: Outline, kind: str) -> dict[str, Place]:
    """The places of a kind of period by key, in the order of the report."""
    found: dict[str, Place] = {}
    heading = ""
    for section in outline.sections:
        if section.kinds and kind not in section.kinds:
            continue
        heading = section.heading_vi or heading
        for item in section.items:
            if item in narrative.slots:
                found.setdefault(item, Place(narrative.slots[item], heading))
    return found


def cleaned(text: str) -> str:
    """A text as it is kept: NFC, no invisible letters, no spaces at ends, its lines as typed."""
    lines = [normalise(line) for line in text.splitlines()]
    return "\n".join(lines).strip("\n")


def rendered(period: str, known: Mapping[str, Place], typed: Mapping[str, Typed]) -> str:
    """The file's text: an explanation of each key, and what is typed so far."""
    return "\n".join(_parts(period, known, typed))


def read(path: Path, period: str) -> dict[str, str]:
    """The texts of the file by key, cleaned.

    Raises:
        Stopped: There is no such file, or it is no list of keys with texts.
    """
    if not path.is_file():
        raise Stopped(_absent(period))
    try:
        text = path.read_bytes().decode("utf-8-sig")
        _no_key_twice(text, period)
        said = yaml.safe_load(text)
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise Stopped(_broken(period, " ".join(str(error).split()))) from error
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise Stopped(_broken(period, "không có khóa nào"))
    wrong = [str(key) for key, value in said.items() if not isinstance(value, str | None)]
    if wrong:
        raise Stopped(_broken(period, f"không phải lời văn: {', '.join(wrong)}"))
    return {str(key): cleaned(value or "") for key, value in said.items()}


def unknown_key(period: str, wrong: Sequence[str], known: Mapping[str, Place]) -> Problem:
    """Keys that the report of the period does not have."""
    near = {key: difflib.get_close_matches(key, list(known), n=1) for key in wrong}
    hints = [f"{key} (có phải {found[0]}?)" if found else key for key, found in near.items()]
    return Problem(
        "QCDC-E83",
        f"Báo cáo kỳ {period} không có mục này.",
        ", ".join(hints),
        f"một trong các khóa: {', '.join(known)}",
        f"Sửa tên khóa trong raw/{period}/{NAME} rồi lưu lại; chưa ghi gì.",
    )


class _Lines(str):
    """A text that YAML writes line by line."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes texts as blocks, so that they are edited as they are read."""


def _block(dumper: yaml.SafeDumper, text: _Lines) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")


_Dumper.add_representer(_Lines, _block)


def _parts(period: str, known: Mapping[str, Place], typed: Mapping[str, Typed]) -> Iterator[str]:
    yield f"# Lời văn của báo cáo kỳ {period}: phần do cán bộ viết."
    yield "# Sửa chữ sau dấu |, giữ lùi dòng hai dấu cách; mỗi dòng là một đoạn, dòng bắt đầu bằng"
    yield "# dấu gạch ngang là một ý. Không ghi họ tên người tố cáo, số điện thoại, số định danh."
    yield f'# Xong thì chạy: qcdc narrative {period} --save --who "chức vụ"'
    yield "# Báo cáo chỉ đọc bản đã lưu. Xóa tệp này không mất gì: chạy lại qcdc narrative."
    heading = ""
    for key, place in known.items():
        yield ""
        if place.heading != heading:
            heading = place.heading
            yield f"# === {heading}"
        yield f"# {place.slot.title_vi}. {place.slot.explain_vi}"
        must = "Có thể để trống." if place.slot.optional else "Cần có."
        yield f"# Do {place.slot.by_vi} viết. {must}{_saved(typed.get(key))}"
        yield _entry(key, typed[key].text if key in typed else "")


def _saved(typed: Typed | None) -> str:
    if typed is None:
        return ""
    return f" Lưu lần cuối: {typed.who}, ngày {format_date(day_of(typed))}."


def day_of(typed: Typed) -> dt.date:
    """The day on which a text was saved."""
    return dt.datetime.fromisoformat(typed.at).date()


def _entry(key: str, text: str) -> str:
    if not text:
        return f"{key}: |\n"
    lines = {key: _Lines(f"{text}\n")}
    dumped = yaml.dump(lines, Dumper=_Dumper, allow_unicode=True, width=_WIDTH)
    return dumped.rstrip("\n")


def _no_key_twice(text: str, period: str) -> None:
    """YAML would silently keep the last of two entries with one key."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    keys = [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise Stopped(_broken(period, f"khóa lặp lại: {', '.join(twice)}"))


def _absent(period: str) -> Problem:
    return Problem(
        "QCDC-E81",
        f"Chưa có tệp lời văn của kỳ {period}.",
        f"không có raw/{period}/{NAME}",
        "tệp do qcdc narrative ghi ra, đã sửa",
        f"Chạy qcdc narrative {period}, sửa tệp, rồi lưu.",
    )


def _broken(period: str, found: str) -> Problem:
    return Problem(
        "QCDC-E82",
        "Không đọc được tệp lời văn.",
        f"raw/{period}/{NAME}: {found}",
        "mỗi khóa một lần, sau khóa là dấu | và lời văn lùi vào hai dấu cách, mã UTF-8",
        f"Sửa tệp, hoặc đổi tên nó rồi chạy qcdc narrative {period} để có tệp mới; chưa ghi gì.",
    )
