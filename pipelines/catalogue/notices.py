"""Notices as data: texts by kind, whom they are for, by what they go, what comes of a call.

Belongs here: the model, reading ``notices.yaml``, filling a text, the schemas of the table of
notices and of the contact list. Does not belong here: who gets which notice
(``operations.notice_rows``), writing them out (``operations.outbox``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from pipelines.catalogue.base import Entry
from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.load import DATA
from pipelines.vietnamese.text import normalise

Kind = Literal["reminder", "overdue", "returned", "accepted", "locked", "silent", "failed"]
Recipient = Literal["unit", "lead", "specialist"]
KINDS: tuple[Kind, ...] = (
    "failed", "silent", "overdue", "returned", "reminder", "accepted", "locked",
)  # fmt: skip
# blanks of the texts, and the characters that each may take at most
WIDTHS: dict[str, int] = {
    "unit": 80,
    "period": 40,
    "form": 40,
    "due": 10,
    "received": 10,
    "locked": 10,
    "request": 90,
    "errors": 90,
    "through": 100,
    "count": 2,
    "sender": 80,
    "code": 10,
    "problem": 150,
    "action": 200,
}
_BLANK = re.compile(r"\{(\w*)\}")
_TITLE = 160  # a subject that every mail program shows whole
# stands before a text about made-up data
MARK = "[SỐ LIỆU MINH HỌA] "


class NoticeKind(Entry):
    """A kind of notice: whom it is for, its title and its text with blanks in braces."""

    id: Kind
    label_vi: str
    to: Recipient
    title_vi: str
    text_vi: str

    def title(self, values: Mapping[str, str]) -> str:
        """The title with its blanks filled, one line."""
        return _filled(self.title_vi, values)

    def text(self, values: Mapping[str, str]) -> str:
        """The text with its blanks filled, one line; a value longer than its width is clipped."""
        return _filled(self.text_vi, values)


class Outcome(Entry):
    """What came of a call; ``is_answer`` where the unit said something."""

    id: str
    label_vi: str
    is_answer: bool


class Requests(Entry):
    """What is asked of a unit, by the state of its report."""

    missing: str
    returned: str
    late: str
    warned: str

    def of(self, state: str) -> str:
        """What is asked in a state; "" where nothing is."""
        return self.model_dump().get(state, "")


class Notices(Entry):
    """All of ``notices.yaml``."""

    longest: int = Field(gt=0, le=1_000)
    silent_periods: int = Field(ge=2)
    requests: Requests
    kinds: tuple[NoticeKind, ...]
    recipients: dict[Recipient, str]
    channels: dict[str, str]
    outcomes: tuple[Outcome, ...]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        problems = [*self._of_kinds(), *self._of_texts()]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _of_kinds(self) -> list[str]:
        found = [kind.id for kind in self.kinds]
        problems = [f"kind {name}: expected once" for name in KINDS if found.count(name) != 1]
        if set(self.recipients) != {"unit", "lead", "specialist"}:
            problems.append("recipients: expected unit, lead and specialist")
        outcomes = [outcome.id for outcome in self.outcomes]
        problems += [f"outcome {name}: stands twice" for name in _twice(outcomes)]
        return problems

    def _of_texts(self) -> list[str]:
        problems = []
        for kind in self.kinds:
            for name, text, limit in (
                ("title_vi", kind.title_vi, _TITLE),
                ("text_vi", kind.text_vi, self.longest),
            ):
                blanks = _BLANK.findall(text)
                unknown = sorted(set(blanks) - set(WIDTHS))
                if unknown or re.search("[{}]", _BLANK.sub("", text)):
                    problems.append(f"{kind.id}.{name}: no such blank {', '.join(unknown)}")
                    continue
                most = len(MARK + _BLANK.sub("", text)) + sum(WIDTHS[blank] for blank in blanks)
                if most > limit:
                    problems.append(f"{kind.id}.{name}: up to {most} characters, at most {limit}")
        for state, text in self.requests.model_dump().items():
            if len(text) > WIDTHS["request"]:
                problems.append(f"requests.{state}: longer than {WIDTHS['request']} characters")
        return problems

    def kind(self, name: str) -> NoticeKind:
        """A kind by its id."""
        return next(kind for kind in self.kinds if kind.id == name)

    def outcome(self, name: str) -> Outcome | None:
        """An outcome by its id."""
        return next((each for each in self.outcomes if each.id == name), None)


@cache
def load_notices(directory: Path | None = None) -> Notices:
    """Read the texts of notices.

    They are no part of ``Catalogue``: a new wording re-evaluates nothing.

    Args:
        directory: Folder of the catalogue's YAML files; the shipped one when None.

    Raises:
        CatalogueError: The file is missing or malformed, a blank is unknown, a text may become
            too long, or a kind is missing.
    """
    path = (directory or DATA) / "notices.yaml"
    if not path.is_file():
        raise CatalogueError([f"{path.name}: file not found in the catalogue folder"])
    try:
        return Notices.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        places = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise CatalogueError([f"{path.name}: {place}" for place in places]) from error
    except yaml.YAMLError as error:
        raise CatalogueError([f"{path.name}: no YAML ({error})"]) from error


def clipped(text: str, width: int) -> str:
    """One line of at most ``width`` characters; what is left out is marked by "…".

    Nothing invisible stays: a direction override in a name would turn the rest of the text round.
    """
    shown = (char for char in normalise(text) if not unicodedata.category(char).startswith("C"))
    line = normalise("".join(shown))
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Blanks are filled in one pass: braces inside a value mean nothing."""
    return normalise(_BLANK.sub(lambda m: clipped(values[m[1]], WIDTHS[m[1]]), text))


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
