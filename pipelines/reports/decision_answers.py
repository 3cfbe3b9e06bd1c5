"""A sổ xử lý read back: what the coordinator has chosen in which row.

Belongs here: the filled-in workbook → answers, with what is unreadable in it. Does not belong
here: whether an answer makes sense (``orchestration.deciding``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines.intake.decisions import token_of
from pipelines.intake.formats.opening import open_book
from pipelines.reports import decision_words as words
from pipelines.vietnamese.text import normalise


class NotADecisionBook(ValueError):  # noqa: N818 — says what the file is
    """The file is no sổ xử lý of this program; says what was looked for."""


@dataclass(frozen=True)
class Answer:
    """What a row of "Sổ xử lý" says.

    Attributes:
        row: Row of the sheet.
        key: Key of the finding; None where the row's check does not fit, for it was changed.
        choice: Key of ``decision_words.CHOICES``; the text itself where it is none.
        value: New value.
        told_by: Office that gave it.
        told_on: Day on which it was given, as written.
        why: Reason.
    """

    row: int
    key: tuple[str | None, ...] | None
    choice: str
    value: str | None
    told_by: str | None
    told_on: str | None
    why: str | None


@dataclass(frozen=True)
class SignAnswer:
    """What a row of "0 hay chưa có" says; fields as in ``Answer``."""

    row: int
    provider: str | None
    token: str
    choice: str
    why: str | None


@dataclass(frozen=True)
class Answers:
    """A book read back.

    Attributes:
        period: Period that it was written for.
        answers: Rows with a choice.
        signs: Signs with a choice.
        blank: Rows without one.
    """

    period: str
    answers: list[Answer]
    signs: list[SignAnswer]
    blank: int


def read_answers(data: bytes) -> Answers:
    """Read a filled-in book; columns are found by their headings, wherever they stand.

    Args:
        data: The file.

    Raises:
        NotADecisionBook: It has no period, no sheet or no column of a sổ xử lý.
        UnreadableWorkbook: It cannot be read at all.
    """
    book = open_book(data)
    period = book.names.get(words.PERIOD_NAME, "").strip()
    if not period:
        raise NotADecisionBook("không có dấu kỳ của sổ xử lý")
    inputs = [words.CHOICE, words.VALUE, words.TOLD_BY, words.TOLD_ON, words.WHY]
    work = _table(book.cells, words.WORK_SHEET, [*words.ROW_KEYS, words.CHECK, *inputs])
    signs = _table(
        book.cells, words.SIGN_SHEET, [*words.SIGN_KEYS, words.CHECK, words.MEANS, words.WHY]
    )
    filled = work[work[inputs].notna().any(axis=1)]
    chosen = signs[signs[[words.MEANS, words.WHY]].notna().any(axis=1)]
    return Answers(
        period=period,
        answers=[_answer(int(str(row)), said) for row, said in filled.iterrows()],
        signs=[_sign(int(str(row)), said) for row, said in chosen.iterrows()],
        blank=len(work) - len(filled) + len(signs) - len(chosen),
    )


def _table(cells: pd.DataFrame, sheet: str, headings: Sequence[str]) -> pd.DataFrame:
    """The rows below the headings of a sheet: texts by heading, index the sheet's row numbers."""
    own = cells[cells["sheet"] == sheet].assign(said=lambda part: _texts(part))
    own = own[own["said"].notna()]
    headers = own[own["said"].isin(list(headings))]
    rows = headers.groupby("row")["said"].nunique()
    if rows.empty or int(rows.max()) < len(headings):
        raise NotADecisionBook(f'trang "{sheet}" thiếu cột: {_missing(headers, headings)}')
    top = int(str(rows.idxmax()))
    head = headers[headers["row"] == top].drop_duplicates("said")
    names = dict(zip(head["column"], head["said"], strict=True))
    body = own[(own["row"] > top) & own["column"].isin(list(names))]
    named = body.assign(name=body["column"].map(names))
    wide = named.set_index(["row", "name"])["said"].unstack()  # noqa: PD010 — nothing to aggregate
    wide = wide.reindex(columns=list(headings)).sort_index()
    # what somebody wrote below the table is no row of it
    return wide[wide[words.CHECK].notna()].astype("str")


def _missing(headers: pd.DataFrame, headings: Sequence[str]) -> str:
    return ", ".join(name for name in headings if name not in set(headers["said"]))


def _texts(cells: pd.DataFrame) -> pd.Series:
    """What a person would see: whole numbers without decimals, dates as they write them."""
    said = [
        _shown(kind, text, number)
        for kind, text, number in zip(cells["kind"], cells["text"], cells["number"], strict=True)
    ]
    return pd.Series(said, index=cells.index, dtype="str")


def _shown(kind: str, text: object, number: object) -> str | None:
    if kind == "date" and isinstance(text, str):
        day = text[:10].split("-")
        return "/".join(reversed(day))
    if isinstance(text, str):
        return normalise(text) or None
    if number is None or pd.isna(number):  # type: ignore[call-overload] # a scalar
        return None
    value = float(str(number))
    return str(int(value)) if value.is_integer() else repr(value).replace(".", ",")


def _answer(row: int, said: pd.Series) -> Answer:
    key = tuple(_text(said[name]) for name in words.ROW_KEYS)
    check = _text(said[words.CHECK])
    return Answer(
        row=row,
        key=key if check == words.matter_id(key) else None,
        choice=_choice(_text(said[words.CHOICE]), words.CHOICES),
        value=_text(said[words.VALUE]),
        told_by=_text(said[words.TOLD_BY]),
        told_on=_text(said[words.TOLD_ON]),
        why=_text(said[words.WHY]),
    )


def _sign(row: int, said: pd.Series) -> SignAnswer:
    provider, token = _text(said["Mã đơn vị"]), token_of(_text(said["Dấu"]) or "")
    intact = _text(said[words.CHECK]) == words.matter_id((provider, token))
    return SignAnswer(
        row=row,
        provider=provider if intact else None,
        token=token,
        choice=_choice(_text(said[words.MEANS]), words.SIGN_CHOICES),
        why=_text(said[words.WHY]),
    )


def _choice(text: str | None, choices: dict[str, str]) -> str:
    folded = (text or "").casefold()
    found = [key for key, shown in choices.items() if shown.casefold() == folded]
    return found[0] if found else (text or "")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
