"""Which font a paragraph of a Word document has by its style.

Belongs here: fonts of styles and of the document. Does not belong here: text (``docx``).
"""

from __future__ import annotations

_DEEPEST = 50


class DocxFonts:
    """Fonts of the styles of a document."""

    def __init__(self) -> None:
        self._fonts: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._usual: str | None = None
        self._style: str | None = None
        self._of_document: str | None = None
        self._in_defaults = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note an element that belongs to a style."""
        if name == "w:docDefaults":
            self._in_defaults = True
        elif name == "w:style" and attributes.get("w:type") == "paragraph":
            self._style = attributes.get("w:styleId", "")
            if attributes.get("w:default") in {"1", "true"}:
                self._usual = self._style
        elif name == "w:basedOn" and self._style is not None:
            self._parents[self._style] = attributes.get("w:val", "")
        elif name == "w:rFonts":
            self._note(attributes.get("w:ascii") or attributes.get("w:hAnsi"))

    def _note(self, font: str | None) -> None:
        if font and self._style is not None:
            self._fonts[self._style] = font
        elif font and self._in_defaults:
            self._of_document = font

    def end(self, name: str) -> None:
        """Close what ``start`` has opened."""
        if name == "w:style":
            self._style = None
        elif name == "w:docDefaults":
            self._in_defaults = False

    def of_paragraph(self, style: str | None) -> str | None:
        """The font of a paragraph's style, or of the style it builds on, or of the document."""
        current = style if style is not None else self._usual
        for _ in range(_DEEPEST):
            if current is None:
                break
            if current in self._fonts:
                return self._fonts[current]
            current = self._parents.get(current)
        return self._of_document
