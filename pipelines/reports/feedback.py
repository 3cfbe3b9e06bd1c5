"""What a sender is told about one file: the facts of the letter and its numbered points.

Belongs here: findings of a file → the letter that workbook, page and message all show.
Does not belong here: their looks (``feedback_book``, ``feedback_page``, ``feedback_text``), which
files are answered (``orchestration``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.model import Catalogue, Citation, Register, Rule
from pipelines.catalogue.reference import citations
from pipelines.catalogue.rule_words import describe_rule
from pipelines.vietnamese.dates import format_date

# of one cell the gravest decides, so that what must be mended stands first
SEVERITY_WORDS = {
    "error": "Phải sửa",
    "warning": "Cần bổ sung, giải trình",
    "review": "Cần đối chiếu",
}
BLANK = "(để trống)"
SETTLED = frozenset({"accept", "accepted", "corrected"})
_RANK = {name: place for place, name in enumerate(SEVERITY_WORDS)}
_LAST_ROW = 1_048_577
_CODE = r"[A-Z]+\d+"
_TOGETHER = re.compile(rf"{_CODE} (?:= .*|để trống), {_CODE} (?:= |để trống)", re.DOTALL)


@dataclass(frozen=True)
class Point:
    """One thing to mend, complete, or compare.

    Attributes:
        number: Place in the letter, from 1.
        sheet: Sheet, None where the whole file is meant.
        cell: A1 address, None where no single cell is meant.
        code: Code of the element or register column, "" without one.
        label: What is asked there, with the unit's name where the file speaks of many.
        severity: ``error``, ``warning`` or ``review``.
        rule: Id of the rule.
        message: What is wrong, one sentence.
        found: What stands there.
        expected: What should stand there.
        basis: Legal basis and rule.
        action: What to do next.
    """

    number: int
    sheet: str | None
    cell: str | None
    code: str
    label: str
    severity: str
    rule: str
    message: str
    found: str
    expected: str
    basis: str
    action: str

    @property
    def severity_vi(self) -> str:
        """The severity in words."""
        return SEVERITY_WORDS[self.severity]

    @property
    def place(self) -> str:
        """Where it is, for a reader."""
        if self.sheet is None:
            return "Cả tệp"
        return f"Trang “{self.sheet}”" + (f", ô {self.cell}" if self.cell else "")


@dataclass(frozen=True)
class Letter:
    """An answer to one file.

    Attributes:
        submission_id: The receipt; None for a file that was not sent.
        unit_id: Sender, "" where unknown.
        unit: Sender's name.
        form: Number and title of the form, "" where unknown.
        period: Vietnamese name of the period.
        round: Round in words, "" where unknown.
        file_name: Name of the file.
        status: Status of the submission, as in ``intake.submissions``.
        reason: Why a file that could not be read or taken was not.
        received_at: When it was received; None for a file that was not sent.
        channel: How it came, "" where unknown.
        sha256: Hash of the bytes.
        due_date: Last day to report, from the request.
        resend_by: Last day to send the mended file, where the coordinator set one.
        send_to: Office that takes the file.
        is_late: Whether ``due_date`` had passed when the letter was written.
        is_illustrative: Whether the data are made up.
        points: What to mend, gravest first.
        notes: What the reader of the file has to say.
    """

    submission_id: str | None
    unit_id: str
    unit: str
    form: str
    period: str
    round: str
    file_name: str
    status: str
    reason: str
    received_at: dt.datetime | None
    channel: str
    sha256: str
    due_date: dt.date | None
    resend_by: dt.date | None
    send_to: str
    is_late: bool
    is_illustrative: bool
    points: tuple[Point, ...] = ()
    notes: tuple[str, ...] = ()

    def of(self, severity: str) -> tuple[Point, ...]:
        """Points of a severity."""
        return tuple(point for point in self.points if point.severity == severity)


_VERDICTS = {
    "returned": "TRẢ LẠI: có nội dung phải sửa, chưa số nào của tệp được dùng",
    "accepted_with_warnings": "ĐÃ NHẬN, còn nội dung cần bổ sung, giải trình hoặc đối chiếu",
    "accepted": "ĐÃ NHẬN, không thấy lỗi",
    "superseded": "ĐÃ THAY bằng bản gửi sau",
    "duplicate": "TRÙNG với tệp đã nhận trước đó",
    "unreadable": "KHÔNG ĐỌC ĐƯỢC, coi như chưa nộp",
    "refused": "TỪ CHỐI NHẬN, nội dung không được lưu",
}
_VERDICTS_UNSENT = {
    "returned": "CHƯA GỬI ĐƯỢC: có nội dung phải sửa",
    "accepted_with_warnings": "GỬI ĐƯỢC, còn nội dung cần bổ sung, giải trình hoặc đối chiếu",
    "accepted": "SẴN SÀNG GỬI, không thấy lỗi",
}
_ACTIONS = {
    "returned": "Sửa các ô tô màu ngay trong tệp gửi kèm, lưu rồi gửi lại.",
    "accepted_with_warnings": (
        "Bổ sung hoặc ghi lý do ở cột Ghi chú ngay trong tệp gửi kèm, lưu rồi gửi lại."
    ),
    "accepted": "Không phải làm gì thêm.",
    "superseded": "Không phải làm gì thêm.",
    "duplicate": "Không phải làm gì thêm; nếu định gửi bản đã sửa, kiểm tra lại tên tệp rồi gửi.",
    "unreadable": "Mở tệp bằng Excel, lưu dạng .xlsx, không đặt mật khẩu, rồi gửi lại.",
    "refused": (
        "Bỏ nội dung không được gửi qua hệ thống này rồi gửi lại biểu; tài liệu mật, đơn tố cáo "
        "gửi theo đúng chế độ quy định."
    ),
}


_COMPARE = "Đối chiếu với hồ sơ gốc; số sai thì sửa, số đúng thì ghi rõ ở cột Ghi chú, rồi gửi lại."


def verdict(letter: Letter) -> str:
    """What became of the file, or would become of it, in words."""
    if letter.received_at is None and letter.status in _VERDICTS_UNSENT:
        return _VERDICTS_UNSENT[letter.status]
    return _VERDICTS[letter.status]


def what_to_do(letter: Letter) -> str:
    """The sender's next step, one sentence."""
    if letter.points and len(letter.of("review")) == len(letter.points):
        return _COMPARE
    if letter.status in {"returned", "accepted_with_warnings"} and not letter.points:
        return _ACTIONS["accepted"]
    return _ACTIONS[letter.status]


def deadline(letter: Letter) -> str:
    """Until when the mended file is awaited, in words; "" where nobody set a day."""
    if letter.resend_by is not None:
        return f"Gửi lại trước hết ngày {format_date(letter.resend_by)}"
    if letter.due_date is None:
        return ""
    day = format_date(letter.due_date)
    if letter.is_late:
        return f"Hạn nộp {day} đã qua, đề nghị gửi lại ngay"
    return f"Gửi lại trước hết ngày {day} (hạn nộp)"


def received(letter: Letter) -> str:
    """When and how the file was received; for one that was not sent, that it was not."""
    if letter.received_at is None:
        return "chưa gửi, chỉ kiểm tra thử"
    by = f", qua {letter.channel}" if letter.channel else ""
    return f"{letter.received_at:%H:%M} ngày {format_date(letter.received_at.date())}{by}"


def points_of(
    findings: pd.DataFrame, catalogue: Catalogue, names: Mapping[str, str], sender: str
) -> tuple[Point, ...]:
    """The numbered points of a letter.

    Args:
        findings: Findings of one file, columns of ``core.findings``; what a coordinator has
            accepted or corrected is left out.
        catalogue: Rules, elements, registers.
        names: Names of units by id.
        sender: Unit id of the sender: its own name is not repeated in each point.

    Returns:
        Gravest first, then in the order of the sheet; of one cell the primary first.
    """
    open_ones = findings[~findings["decision"].isin(list(SETTLED))]
    ordered = _in_order(open_ones)
    rows = ordered.astype("object").where(ordered.notna(), None).to_dict("records")
    columns = _columns(catalogue)
    return tuple(
        _point(number, {str(k): v for k, v in row.items()}, catalogue, columns, names, sender)
        for number, row in enumerate(rows, start=1)
    )


def _in_order(findings: pd.DataFrame) -> pd.DataFrame:
    row = pd.to_numeric(findings["cell"].str.extract(r"(\d+)$", expand=False))
    letters = findings["cell"].str.extract(r"^([A-Z]+)", expand=False).fillna("")
    ordered = findings.assign(
        rank=findings["severity"].map(_RANK),
        single=findings["cell"].notna(),  # what the file as a whole lacks stands first
        row=row.fillna(_LAST_ROW),
        wide=letters.str.len(),
        letters=letters,
        secondary=~findings["is_primary"].astype("bool"),
    )
    keys = ["rank", "single", "sheet", "row", "wide", "letters", "secondary", "rule"]
    return ordered.sort_values([*keys, "unit_id", "element"], kind="stable")


def _point(
    number: int,
    row: Mapping[str, object],
    catalogue: Catalogue,
    columns: Mapping[str, tuple[str, str]],
    names: Mapping[str, str],
    sender: str,
) -> Point:
    rule = catalogue.rules[str(row["rule"])]
    code, label = _named(row, rule, catalogue, columns)
    about = str(row["unit_id"] or "")
    if about and about != sender:
        label = ": ".join(text for text in (names.get(about, about), label) if text)
    return Point(
        number=number,
        sheet=_text(row["sheet"]),
        cell=_text(row["cell"]),
        code=code,
        label=label,
        severity=str(row["severity"]),
        rule=rule.id,
        message=str(row["message_vi"]),
        found=_own_content(_text(row["found"]), code) or BLANK,
        expected=_text(row["expected"]) or describe_rule(catalogue, rule),
        basis=_basis(row["element"], rule, catalogue),
        action=_action(row),
    )


def _text(value: object) -> str | None:
    return str(value) if value else None


def _own_content(found: str | None, code: str) -> str | None:
    """Of cells found together ("C01 = Có, C02 để trống") what the named one holds.

    The message tells of all of them.
    """
    if not found or not code or not _TOGETHER.match(found):
        return found
    own = re.search(rf"(?:^|, ){re.escape(code)} (?:= (.*?)|để trống)(?=, {_CODE} |$)", found)
    return own[1] if own else found


def _action(row: Mapping[str, object]) -> str:
    """The rule's advice; a file that a coordinator returned says who and why."""
    why = row["decided_why"] if row["decision"] == "return" else None
    return f"{row['action_vi']} Ý kiến của người tổng hợp: {why}" if why else str(row["action_vi"])


def _columns(catalogue: Catalogue) -> dict[str, tuple[str, str]]:
    """Code and label of register columns by ``register.column``, ``sheet!column`` and column."""
    found: dict[str, tuple[str, str]] = {}
    for register, column, said in _every_column(catalogue):
        found[column] = ("", "") if column in found else said
        found[f"{register.id}.{column}"] = said
        for form in catalogue.forms.values():
            own = (sheet.name for sheet in form.sheets if sheet.register_id == register.id)
            found |= {f"{name}!{column}": said for name in own}
    return found


def _every_column(catalogue: Catalogue) -> Iterator[tuple[Register, str, tuple[str, str]]]:
    for register in catalogue.registers.values():
        for column in register.columns:
            yield register, column.id, (column.code, column.label_vi)


def _named(
    row: Mapping[str, object],
    rule: Rule,
    catalogue: Catalogue,
    columns: Mapping[str, tuple[str, str]],
) -> tuple[str, str]:
    """Code and label of what a finding is about; empty where that is unknown."""
    name = row["element"]
    if not name:
        return "", ""
    element = catalogue.elements.get(str(name))
    if element is not None:
        return element.code, element.label_vi
    keys = (f"{rule.register_id}.{name}", f"{row['sheet']}!{name}", str(name))
    return next((columns[key] for key in keys if key in columns), ("", ""))


def _basis(name: object, rule: Rule, catalogue: Catalogue) -> str:
    """The rule's legal basis, else that of the element, and the rule's own number."""
    legal: list[Citation] = list(rule.legal)
    element = catalogue.elements.get(str(name)) if name else None
    if not legal and element is not None:
        legal = list(element.legal)
    cited = citations(legal, catalogue)
    return "; ".join(text for text in (cited, f"quy tắc {rule.id}") if text)
