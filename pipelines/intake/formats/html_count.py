"""The second count of a web page's cells, by its tags alone, without the library's parser.

Belongs here: counting, and which elements hold no content. Does not belong here: values.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

# elements whose text no page shows
SILENT = frozenset({"script", "style", "title", "comment", "noscript", "template", "xml"})
# elements that end a line of text
BLOCKS = frozenset(
    {
        *("p", "div", "br", "hr", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "pre"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "center", "address", "section", "article"),
        *("header", "footer", "form", "body", "caption"),
    }
)
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<![^<>]*>|<\?[^<>]*>"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][\w:-]*)(?:\"[^\"]*\"|'[^']*'|[^'\"<>])*>",
    re.DOTALL,
)


_BEGINS = re.compile(r"<[A-Za-z!/?]")


def shown_part(text: str) -> str:
    """A page up to a comment that does not end, behind which a browser shows nothing."""
    last = text.rfind("<!--", text.rfind("-->") + 1)
    if last < 0:
        return text
    return text[: text.find("<!--", text.rfind("-->") + 1)]


def loose_marks(text: str) -> int:
    """How often a tag begins that does not end; the library's parser takes very long on many."""
    count = at = 0
    for match in _TAG.finditer(text):
        count += len(_BEGINS.findall(text, at, match.start()))
        at = match.end()
    return count + len(_BEGINS.findall(text, at))


@dataclass
class HtmlCounts:
    """Cells with content.

    Attributes:
        tables: Of each table, in the order in which they open.
        outside: Lines of text outside of tables.
    """

    tables: list[int] = field(default_factory=list)
    outside: int = 0


class _Counter:
    def __init__(self) -> None:
        self.counts = HtmlCounts()
        self._open: list[int] = []
        self._cells: list[
            bool | None
        ] = []  # per open table: no cell, a blank one, one with content
        self._has_loose = False
        self._silent = ""
        self._depth = 0

    def text(self, text: str) -> None:
        if self._silent or not html.unescape(text).strip():
            return
        if self._cells and self._cells[-1] is not None:
            self._cells[-1] = True
        else:
            self._has_loose = True

    def tag(self, name: str, *, closes: bool) -> None:
        if self._silent:
            self._depth += (-1 if closes else 1) if name == self._silent else 0
            self._silent = self._silent if self._depth else ""
        elif name in SILENT and not closes:
            self._silent, self._depth = name, 1
        elif name == "table":
            self._close_table() if closes else self._open_table()
        elif name in {"td", "th", "tr"} and self._open:
            self._close_cell()
            self._cells[-1] = None if closes or name == "tr" else False
        elif name in BLOCKS and not (self._cells and self._cells[-1] is not None):
            self.end_line()

    def _open_table(self) -> None:
        if not self._open:
            self.end_line()
        self._open.append(len(self.counts.tables))
        self.counts.tables.append(0)
        self._cells.append(None)

    def _close_table(self) -> None:
        if self._open:
            self._close_cell()
            self._open.pop()
            self._cells.pop()

    def _close_cell(self) -> None:
        if self._cells[-1]:
            self.counts.tables[self._open[-1]] += 1
        self._cells[-1] = None

    def end_line(self) -> None:
        self.counts.outside += self._has_loose
        self._has_loose = False

    def end(self) -> None:
        while self._open:
            self._close_table()
        self.end_line()


def count_cells(text: str) -> HtmlCounts:
    """Count the cells with content of a page's tables, and the lines around them."""
    counter = _Counter()
    at = 0
    for match in _TAG.finditer(text):
        counter.text(text[at : match.start()])
        at = match.end()
        if match["name"]:
            counter.tag(match["name"].casefold(), closes=bool(match["close"]))
    counter.text(text[at:])
    counter.end()
    return counter.counts
