"""What the styles of a web page say of its cells.

Belongs here: fonts, number formats, what is not shown. Does not belong here: tables (``html``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.intake.styles import Style, style_of

_CLASS = re.compile(r"\.([\w-]+)\s*\{([^{}]*)\}")
_FONT = re.compile(r"font-family\s*:\s*[\"']?([^;\"',}]+)", re.IGNORECASE)
_FORMAT = re.compile(r"mso-number-format\s*:\s*(\"[^\"]*\"|'[^']*'|[^;}]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NAMED = {"percent": "0.00%", "general": "", "fixed": "0.00", "standard": "#,##0.00"}
_LIBRE_PARTS = 3


def _sheets(text: str) -> Iterator[str]:
    """Style sheets; one that does not end is the last, so that a page is looked over once."""
    small, at = text.lower(), 0
    while (start := small.find("<style", at)) >= 0:
        at = small.find("</style", start)
        if at < 0 or len(small) != len(text):
            return
        yield text[start:at]


class HtmlStyles:
    """Rules of a page's style sheets, by class."""

    def __init__(self, text: str) -> None:
        self._classes = {
            match[1]: match[2] for sheet in _sheets(text) for match in _CLASS.finditer(sheet)
        }

    def _said(self, attributes: dict[str, str]) -> str:
        """All that is said of an element, its own style first."""
        classes = attributes.get("class", "").split()
        return ";".join([attributes.get("style", ""), *(self._classes.get(c, "") for c in classes)])

    def hides(self, attributes: dict[str, str]) -> bool:
        """Whether an element is not shown."""
        return "hidden" in attributes or bool(_HIDDEN.search(self._said(attributes)))

    def font_of(self, attributes: dict[str, str]) -> str | None:
        """The font of an element, None where it says none."""
        found = _FONT.search(self._said(attributes))
        return found[1].strip() if found else None

    def of_cell(self, attributes: dict[str, str], font: str | None) -> Style:
        """A cell's format and font.

        Args:
            attributes: Of the cell.
            font: Of its content, which comes before the cell's own.
        """
        return style_of(self._format(attributes), font or self.font_of(attributes))

    def _format(self, attributes: dict[str, str]) -> str | None:
        noted = attributes.get("sdnum")  # LibreOffice: language;language of the format;format
        if noted:
            parts = noted.split(";", 2)
            return parts[2] if len(parts) == _LIBRE_PARTS else None
        found = _FORMAT.search(self._said(attributes))
        if found is None:
            return None
        code = found[1].strip().strip("\"'").replace("\\", "")
        return _NAMED.get(code.casefold(), code)
