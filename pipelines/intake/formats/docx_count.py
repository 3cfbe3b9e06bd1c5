"""The second count of a Word document's cells, over its tree instead of its stream.

Belongs here: counting. Does not belong here: values (``docx``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element  # the type only

from defusedxml.ElementTree import fromstring

_ASIDE = {"moveFrom", "del", "Fallback"}
_SHOWN = {"t"}


@dataclass
class DocxCounts:
    """Cells with content.

    Attributes:
        tables: Of each table, in the order in which they open.
        paragraphs: Paragraphs with text outside of tables.
    """

    tables: list[int] = field(default_factory=list)
    paragraphs: int = 0


def count_docx(document: bytes) -> DocxCounts:
    """Count the cells with text of each table, and the paragraphs around them.

    Args:
        document: The main part, not larger than the limits allow.
    """
    counts = DocxCounts()
    # a stack instead of recursion: a hostile document may be as deep as it likes
    waiting: list[tuple[Element, int | None, list[bool] | None]] = [
        (fromstring(document), None, None)
    ]
    cells: list[tuple[int, list[bool]]] = []
    while waiting:
        element, table, cell = waiting.pop()
        name = element.tag.rpartition("}")[2]
        if name in _ASIDE:
            continue
        if name == "tbl":
            table, cell = len(counts.tables), None
            counts.tables.append(0)
        elif name == "tc" and table is not None:
            cell = []
            cells.append((table, cell))
        elif name == "p" and _says(element):
            if cell is not None:
                cell.append(True)
            elif table is None:
                counts.paragraphs += 1
        waiting += [(child, table, cell) for child in reversed(element)]
    for table, filled in cells:
        counts.tables[table] += bool(filled)
    return counts


def _says(paragraph: Element) -> bool:
    """Whether a paragraph has text of its own, text boxes in it left to their own paragraphs."""
    waiting = list(paragraph)
    while waiting:
        element = waiting.pop()
        name = element.tag.rpartition("}")[2]
        if name in _ASIDE or name == "p":
            continue
        if name in _SHOWN and (element.text or "").strip():
            return True
        if name == "noBreakHyphen":
            return True
        waiting += list(element)
    return False
