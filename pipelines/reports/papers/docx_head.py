"""Head and foot of a Word paper: letterhead, kind and summary, "Nơi nhận", signature.

Belongs here: what stands above and below the text. Does not belong here: the text
(``docx_paper``), who issues and signs (``catalogue.letterheads``).
"""

from __future__ import annotations

from docx.oxml.xmlchemy import BaseOxmlElement

from pipelines.reports.papers import lines
from pipelines.reports.papers.docx_xml import paragraph, plain_table, rule, run_element
from pipelines.reports.papers.fit import text_width
from pipelines.reports.papers.look import (
    MOTTO,
    PARTY_TITLE,
    STATE_TITLE,
    Look,
    inner_width,
)
from pipelines.reports.papers.model import Document, Head, Signature

_SIGNING_SPACE = 4  # lines left for the signature and the seal
_TRUE = 0.93  # of what is estimated, for lines of bold capitals


def head_elements(head: Head, look: Look) -> list[BaseOxmlElement]:
    """Letterhead, kind of paper, what it is about."""
    width = inner_width(look, landscape=False)
    left, right = width * look.left_share, width * (1 - look.left_share)
    number = lines.number_line(head)
    day = lines.dateline(head)
    table = plain_table(
        [left, right],
        [
            [_bodies(head, look, left), _title(head, look, right)],
            [
                [_line(number, look.number)],
                [_line(day, _fitting(day, look.number, right), italic=True)],
            ],
        ],
    )
    made = [table, paragraph(run_element(head.kind), style="Kind")]
    made += [paragraph(run_element(part), style="Summary") for part in lines.summary_lines(head)]
    if head.family == "party":
        made.append(_line("-----", look.text))
    else:
        made.append(rule(width, 45, above=4))
    return [*made, paragraph(style="HeadLine")]


def _bodies(head: Head, look: Look, width: float) -> list[BaseOxmlElement]:
    made = [
        _line(part, _fitting(part, look.superior, width))
        for part in head.superior.split("\n")
        if part
    ]
    body = [part for part in head.body.split("\n") if part]
    made += [_line(part, _fitting(part, look.body, width, bold=True), bold=True) for part in body]
    if look.star:
        return [*made, _line("*", look.body)]
    length = text_width(body[-1], look.body, bold=True) / 2.2 if body else 20.0
    return [*made, rule(width, min(length, width), above=3)]


def _title(head: Head, look: Look, width: float) -> list[BaseOxmlElement]:
    if head.family == "party":
        length = text_width(PARTY_TITLE, look.title, bold=True) * _TRUE
        return [
            _line(PARTY_TITLE, look.title, bold=True),
            rule(width, min(length, width - 1), above=3),
        ]
    size = _fitting(STATE_TITLE, look.title, width, bold=True)
    length = text_width(MOTTO, look.motto, bold=True) * _TRUE
    return [
        _line(STATE_TITLE, size, bold=True),
        _line(MOTTO, look.motto, bold=True),
        rule(width, length, above=4),
    ]


def _fitting(text: str, size: float, width: float, *, bold: bool = False) -> float:
    """The size at which a line stays one line; at most two points smaller, then it wraps."""
    for smaller in (0.0, 0.5, 1.0, 1.5, 2.0):
        if text_width(text, size - smaller, bold=bold) * _TRUE <= width:
            return size - smaller
    return size


def _line(text: str, size: float, *, bold: bool = False, italic: bool = False) -> BaseOxmlElement:
    return paragraph(run_element(text, bold=bold, italic=italic, size=size), style="HeadLine")


def foot_elements(doc: Document, look: Look) -> list[BaseOxmlElement]:
    """The list "Nơi nhận" beside the signature; nothing where there is neither."""
    if doc.signature is None and not doc.recipients:
        return []
    width = inner_width(look, landscape=False)
    left, right = width * 0.48, width * 0.52
    signed = _signature(doc.signature, look) if doc.signature else [paragraph(style="HeadLine")]
    table = plain_table([left, right], [[_recipients(doc, look), signed]])
    return [paragraph(style="HeadLine", keep_next=True), table]


def _recipients(doc: Document, look: Look) -> list[BaseOxmlElement]:
    if not doc.recipients:
        return [paragraph(style="Recipients")]
    is_party = doc.head.family == "party"
    title = run_element(
        "Nơi nhận:",
        bold=not is_party,
        italic=not is_party,
        underline=is_party,
        size=look.recipients_title,
    )
    made = [paragraph(title, style="Recipients")]
    return made + [
        paragraph(run_element(line), style="Recipients") for line in lines.recipient_lines(doc)
    ]


def _signature(signature: Signature, look: Look) -> list[BaseOxmlElement]:
    made = [_line(part, look.text, bold=True) for part in signature.on_behalf.split("\n") if part]
    # the Party's form sets the office in plain type, the state's in bold
    plain = look.star
    roles = [part for part in signature.role.split("\n") if part]
    made += [_line(part, look.text, bold=not plain) for part in roles]
    made += [paragraph(style="HeadLine") for _ in range(_SIGNING_SPACE)]
    return [*made, _line(signature.name, look.text, bold=True)]
