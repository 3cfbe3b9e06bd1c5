"""The styles of a Word paper: few, named for those who edit it, and an empty file that has them.

Belongs here: styles, language, settings, properties of the file. Does not belong here: what stands
in the paper (``docx_paper``).
"""

from __future__ import annotations

from dataclasses import dataclass

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from pipelines.catalogue.stamping import STAMP
from pipelines.reports.papers.docx_xml import el, twips
from pipelines.reports.papers.letters import MARKED_FONT
from pipelines.reports.papers.look import FIRST_LINE_MM, FONT, Look
from pipelines.reports.papers.model import Document

LANGUAGE = "vi-VN"
# the template's parts that a paper has no use for
_UNUSED = ("stylesWithEffects", "customXml", "numbering", "thumbnail", "webSettings")
_LINE = 264  # 240 is a single line


@dataclass(frozen=True)
class _Style:
    """A paragraph style: sizes and spaces in points."""

    id: str
    name: str
    size: float
    bold: bool = False
    italic: bool = False
    align: str = "both"
    before: float = 0
    after: float = 0
    line: int = 240
    first: float = 0
    keep_next: bool = False
    outline: int | None = None
    following: str | None = None


def new_document(doc: Document, look: Look) -> WordDocument:
    """An empty Word file with the styles of the family and the properties of the paper."""
    word = docx.Document()
    package = word.part.package
    assert package is not None  # noqa: S101 — a file that was opened has one
    for rels in (word.part.rels, package.rels):
        for key in [key for key, rel in rels.items() if rel.reltype.endswith(_UNUSED)]:
            del rels[key]
    _set_styles(word.styles.element, look)
    _set_settings(word.settings.element)
    _set_fonts(word)
    about = word.core_properties
    about.title, about.subject = doc.title, doc.head.summary
    about.author = about.last_modified_by = doc.head.body.replace("\n", " ")
    about.comments, about.keywords, about.language = "", doc.release_id, LANGUAGE
    about.identifier = f"{doc.release_id}/{doc.slug}"
    about.created = about.modified = STAMP
    about.revision = 1
    return word


def _set_fonts(word: WordDocument) -> None:
    """The fonts of the paper; where one is not installed, Word takes another roman one."""
    fonts = word.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table = parse_xml(fonts.blob)
    for font in list(table):
        table.remove(font)
    table.extend(el("font", el("family", val="roman"), name=name) for name in (FONT, MARKED_FONT))
    fonts._blob = serialize_part_xml(table)  # a part that python-docx only carries along


def _specs(look: Look) -> list[_Style]:
    text = look.text
    first = FIRST_LINE_MM
    body = {"after": 6, "line": _LINE, "first": first}
    head = {"keep_next": True, "following": "BodyText", "before": 6, "after": 6, "first": first}
    return [
        _Style("BodyText", "Body Text", text, **body),
        _Style("Item", "QCDC gạch đầu dòng", text, **body),
        _Style("Note", "QCDC ghi chú", text - 2, italic=True, after=6, first=first),
        _Style("Centred", "QCDC giữa dòng", text, align="center", after=6),
        _Style("Heading1", "heading 1", text, bold=True, outline=0, **head),
        _Style("Heading2", "heading 2", text, bold=True, outline=1, **head),
        _Style("Heading3", "heading 3", text, bold=True, italic=True, outline=2, **head),
        _Style("Heading4", "heading 4", text, italic=True, outline=3, **head),
        _Style("HeadLine", "QCDC tiêu đề văn bản", text, align="center"),
        _Style("Kind", "QCDC tên loại", look.kind, bold=True, align="center", before=18),
        _Style("Summary", "QCDC trích yếu", text, bold=True, align="center"),
        _Style("Annex", "QCDC phụ lục", text, bold=True, align="center", outline=0),
        _Style("Caption", "caption", 13, bold=True, align="center", before=8, keep_next=True),
        _Style("Unit", "QCDC đơn vị tính", 12, italic=True, align="right", keep_next=True),
        _Style("Cell", "QCDC ô biểu", look.table, align="left", before=1.5, after=1.5),
        _Style("Remark", "QCDC chú thích biểu", 11, italic=True, before=2),
        _Style("Picture", "QCDC hình", text, align="center", before=6, keep_next=True),
        _Style("Recipients", "QCDC nơi nhận", look.recipients, align="left"),
        _Style("Header", "header", 13, align="left"),
    ]


def _set_styles(styles: BaseOxmlElement, look: Look) -> None:
    """Only what a paper uses; the template brings 164 styles of its own."""
    for style in styles.findall(qn("w:style")):
        styles.remove(style)
    defaults = styles.find(qn("w:docDefaults"))
    assert defaults is not None  # noqa: S101 — the template has them
    styles.replace(defaults, _defaults(look))
    styles.append(_base("paragraph", "Normal", "Normal"))
    styles.append(_base("character", "DefaultParagraphFont", "Default Paragraph Font"))
    styles.append(_table_normal())
    styles.extend(_style(spec) for spec in _specs(look))


def _defaults(look: Look) -> BaseOxmlElement:
    size = str(round(look.text * 2))
    fonts = el("rFonts", ascii=FONT, hAnsi=FONT, eastAsia=FONT, cs=FONT)
    looks = el(
        "rPr",
        fonts,
        el("sz", val=size),
        el("szCs", val=size),
        el("lang", val=LANGUAGE, eastAsia=LANGUAGE, bidi="ar-SA"),
    )
    spacing = el("pPr", el("spacing", before="0", after="0", line="240", lineRule="auto"))
    return el("docDefaults", el("rPrDefault", looks), el("pPrDefault", spacing))


def _base(kind: str, style_id: str, name: str) -> BaseOxmlElement:
    return el("style", el("name", val=name), type=kind, default="1", styleId=style_id)


def _table_normal() -> BaseOxmlElement:
    made = _base("table", "TableNormal", "Normal Table")
    sides = ("top", "left", "bottom", "right")
    margins = el("tblCellMar", *(el(side, w="0", type="dxa") for side in sides))
    made.append(el("tblPr", el("tblInd", w="0", type="dxa"), margins))
    return made


def _style(spec: _Style) -> BaseOxmlElement:
    made = el("style", el("name", val=spec.name), el("basedOn", val="Normal"), type="paragraph")
    made.set(qn("w:styleId"), spec.id)
    if spec.following:
        made.append(el("next", val=spec.following))
    if not spec.name.startswith(("heading", "header", "caption", "Body")):
        made.set(qn("w:customStyle"), "1")
    made.append(el("qFormat"))
    made.append(_paragraph_looks(spec))
    looks = el("rPr")
    looks.extend(el(tag) for tag in ("b", "bCs") if spec.bold)
    looks.extend(el(tag) for tag in ("i", "iCs") if spec.italic)
    size = str(round(spec.size * 2))
    looks.extend((el("sz", val=size), el("szCs", val=size)))
    made.append(looks)
    return made


def _paragraph_looks(spec: _Style) -> BaseOxmlElement:
    looks = el("pPr")
    if spec.keep_next:
        looks.extend((el("keepNext"), el("keepLines")))
    spaces = {"before": str(round(spec.before * 20)), "after": str(round(spec.after * 20))}
    looks.append(el("spacing", **spaces, line=str(spec.line), lineRule="auto"))
    if spec.first:
        looks.append(el("ind", firstLine=twips(spec.first)))
    looks.append(el("jc", val=spec.align))
    if spec.outline is not None:
        looks.append(el("outlineLvl", val=str(spec.outline)))
    return looks


def _set_settings(settings: BaseOxmlElement) -> None:
    for name in ("rsids", "savePreviewPicture", "proofState", "doNotAutoCompressPictures"):
        for element in settings.findall(qn(f"w:{name}")):
            settings.remove(element)
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")  # else Word opens the paper as one of an older Word
    for fonts in settings.iter(qn("w:themeFontLang")):
        fonts.set(qn("w:val"), LANGUAGE)
        fonts.set(qn("w:eastAsia"), LANGUAGE)
    for tag, sign in (("decimalSymbol", ","), ("listSeparator", ";")):
        for element in settings.iter(qn(f"w:{tag}")):
            element.set(qn("w:val"), sign)
