"""The data dictionary: everything the catalogue defines, for people to read.

``python -m pipelines.catalogue.dictionary docs/data-dictionary.md`` writes it anew.

Belongs here: the document. Does not belong here: words for coded values (``dictionary_words``).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.catalogue import dictionary_words as words
from pipelines.catalogue.contracts import TableContract, table_contract, table_names
from pipelines.catalogue.dictionary_changes import change_sections
from pipelines.catalogue.dictionary_law import law_sections
from pipelines.catalogue.dictionary_wording import wording_sections
from pipelines.catalogue.integrity import measure_elements, term_names
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue, Element, Form, Indicator, Register, Rule
from pipelines.catalogue.reference import citations
from pipelines.catalogue.rule_words import describe_rule

_INTRODUCTION = """\
# Từ điển dữ liệu · Data dictionary

Tệp này được sinh từ danh mục (`pipelines/catalogue/data/`); không sửa tay. Căn cứ ghi "chưa kiểm \
chứng" là căn cứ chưa được đối chiếu với văn bản gốc.

Generated from the catalogue; do not edit. Write it anew with \
`python -m pipelines.catalogue.dictionary docs/data-dictionary.md`. Vietnamese is the language of \
those who report; every entry has its English label and its identifier in `code`."""


def dictionary_markdown(catalogue: Catalogue) -> str:
    """The whole dictionary as Markdown, in Vietnamese with English labels."""
    parts = [
        _INTRODUCTION,
        *_elements(catalogue),
        *_forms(catalogue),
        *_registers(catalogue),
        *_indicators(catalogue),
        *_rules(catalogue),
        *_populations(catalogue),
        *_documents(catalogue),
        *_tables(catalogue),
        *_wording(catalogue),
        *_law(catalogue),
        *_changes(catalogue),
    ]
    return "\n\n".join(parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the dictionary of the shipped catalogue to the path given."""
    parser = argparse.ArgumentParser(description="Write the data dictionary as Markdown.")
    parser.add_argument("path", type=Path, help="for example docs/data-dictionary.md")
    path = parser.parse_args(arguments).path
    path.write_text(dictionary_markdown(load_catalogue()), encoding="utf-8")


def _elements(catalogue: Catalogue) -> Iterable[str]:
    yield "## 1. Chỉ tiêu thu thập · Elements"
    for element in catalogue.elements.values():
        pillar = catalogue.pillars[element.pillar].label_vi if element.pillar else ""
        kind = words.TYPES[element.type] + _in_brackets(words.bounds_words(element))
        yield _entry(
            f"{element.code} · {element.label_vi}",
            f"*{element.label_en}* · `{element.id}`",
            [
                ("Giải thích", element.definition_vi),
                ("Kiểu", kind),
                ("Lựa chọn", ", ".join(element.options or [])),
                ("Đơn vị tính", element.unit_vi),
                ("Không áp dụng", "được ghi x" if element.allows_not_applicable else ""),
                ("Trụ cột", pillar),
                ("Nói về", catalogue.populations[element.subject].label_vi),
                ("Ai cung cấp", words.authority_words(catalogue, element.authority)),
                ("Tính chất", _nature(element)),
                ("Căn cứ", citations(element.legal, catalogue) or ""),
                ("Độ nhạy", words.SENSITIVITY[element.sensitivity]),
                ("Biểu hỏi", _codes(_asking(catalogue, element.id))),
                ("Quy tắc dùng", _codes(_rules_using(catalogue, element.id))),
                ("Chỉ số dùng", _codes(_indicators_using(catalogue, element.id))),
            ],
        )


def _nature(element: Element) -> str:
    return f"{words.FLOWS[element.flow]}, của {words.REFERS[element.refers_to]}"


def _asking(catalogue: Catalogue, name: str) -> list[str]:
    return [
        form.id
        for form in catalogue.forms.values()
        if name in {item.element for item in form.elements()}
    ]


def _rules_using(catalogue: Catalogue, name: str) -> list[str]:
    return [
        rule.id
        for rule in catalogue.rules.values()
        if name in {*_terms(rule), rule.element}
        and (rule.register_id is None or rule.element == name)
    ]


def _terms(rule: Rule) -> list[str]:
    return term_names(rule.left) + term_names(rule.right)


def _indicators_using(catalogue: Catalogue, name: str) -> list[str]:
    return [
        indicator.id
        for indicator in catalogue.indicators.values()
        if name in measure_elements(indicator.numerator) + measure_elements(indicator.denominator)
    ]


def _forms(catalogue: Catalogue) -> Iterable[str]:
    yield "## 2. Biểu mẫu · Forms"
    for form in catalogue.forms.values():
        yield _entry(
            f"{form.number_vi} · {form.title_vi}",
            f"*{form.title_en}* · `{form.id}`, phiên bản {form.version}",
            [
                ("Đơn vị nộp", catalogue.populations[form.owed_by].label_vi),
                ("Hiệu lực", _validity(form)),
                ("Căn cứ", citations(form.legal, catalogue) or ""),
                *_sheets(catalogue, form),
            ],
        )


def _sheets(catalogue: Catalogue, form: Form) -> Iterable[tuple[str, str]]:
    for sheet in form.sheets:
        codes = [
            catalogue.elements[item.element].code + ("*" if item.compulsory else "")
            for item in sheet.elements()
        ]
        if sheet.register_id is not None:
            codes = [f"sổ {catalogue.registers[sheet.register_id].label_vi}"]
        yield f'Trang "{sheet.name}"', f"{words.LAYOUTS[sheet.layout]}: {', '.join(codes)}"


def _validity(form: Form) -> str:
    until = f" đến {form.valid_to:%d/%m/%Y}" if form.valid_to else ""
    return f"từ {form.valid_from:%d/%m/%Y}{until}"


def _registers(catalogue: Catalogue) -> Iterable[str]:
    yield "## 3. Sổ · Registers"
    for register in catalogue.registers.values():
        yield _entry(
            register.label_vi,
            f"*{register.label_en}* · `{register.id}` · bảng `{register.table}`",
            [
                ("Giải thích", register.definition_vi),
                ("Ai cung cấp", words.authority_words(catalogue, register.authority)),
                ("Không trùng", _codes(register.unique)),
            ],
        )
        yield _register_columns(register)


def _register_columns(register: Register) -> str:
    head = ("Mã", "Cột", "Label", "Tên trường", "Kiểu", "Bắt buộc", "Độ nhạy")
    rows = [
        (
            column.code,
            column.label_vi,
            column.label_en,
            f"`{column.id}`",
            words.TYPES[column.type] + _in_brackets(", ".join(column.options or [])),
            "có" if column.required else "",
            words.SENSITIVITY[column.sensitivity],
        )
        for column in register.columns
    ]
    return _table(head, rows)


def _indicators(catalogue: Catalogue) -> Iterable[str]:
    yield "## 4. Chỉ số · Indicators"
    for indicator in catalogue.indicators.values():
        yield _entry(
            indicator.label_vi,
            f"*{indicator.label_en}* · `{indicator.id}`",
            [
                ("Giải thích", indicator.definition_vi),
                ("Mục báo cáo", indicator.section),
                ("Mẫu tính", catalogue.populations[indicator.population].label_vi),
                ("Tử số", words.measure_words(catalogue, indicator.numerator)),
                ("Mẫu số", words.measure_words(catalogue, indicator.denominator)),
                ("Hiển thị", _display(indicator)),
                ("Căn cứ", citations(indicator.legal, catalogue) or ""),
            ],
        )


def _display(indicator: Indicator) -> str:
    unit = _in_brackets(indicator.unit_vi)
    digits = indicator.display.digits
    shown = f", {digits} chữ số thập phân" if digits else ""
    return f"{words.FORMATS[indicator.display.format]}{unit}{shown}"


def _rules(catalogue: Catalogue) -> Iterable[str]:
    yield "## 5. Quy tắc kiểm tra · Rules"
    head = (
        "Mã",
        "Yêu cầu",
        "English message",
        "Cấp",
        "Mức độ",
        "Khi thiếu số",
        "Việc cần làm",
        "Căn cứ",
    )
    rows = [
        (
            f"`{rule.id}`",
            describe_rule(catalogue, rule),
            rule.message_en,
            words.LEVELS[rule.level],
            words.SEVERITIES[rule.severity],
            words.SKIPS[rule.missing] if rule.level in {"unit", "row"} else "",
            rule.action_vi,
            citations(rule.legal, catalogue) or "",
        )
        for rule in catalogue.rules.values()
    ]
    yield _table(head, rows)


def _populations(catalogue: Catalogue) -> Iterable[str]:
    yield "## 6. Mẫu tính · Populations"
    head = ("Mã", "Mẫu tính", "Label", "Loại đơn vị", "Phân loại", "Căn cứ")
    yield _table(
        head,
        [
            (
                f"`{population.id}`",
                population.label_vi,
                population.label_en,
                ", ".join(population.unit_types),
                ", ".join(population.kinds or []),
                population.basis,
            )
            for population in catalogue.populations.values()
        ],
    )


def _documents(catalogue: Catalogue) -> Iterable[str]:
    yield "## 7. Văn bản · Documents"
    head = ("Mã", "Văn bản", "Trích yếu", "Hiệu lực từ", "Đến", "Kiểm chứng")
    yield _table(
        head,
        [
            (
                f"`{document.id}`",
                f"{document.kind} {document.number}",
                document.title_vi,
                f"{document.valid_from:%d/%m/%Y}",
                f"{document.valid_to:%d/%m/%Y}" if document.valid_to else "",
                "đã kiểm chứng" if document.verified else "chưa kiểm chứng",
            )
            for document in catalogue.documents.values()
        ],
    )


def _tables(catalogue: Catalogue) -> Iterable[str]:
    yield "## 8. Bảng của kho số liệu · Warehouse tables"
    for name in table_names(catalogue):
        contract = table_contract(catalogue, name)
        title = f"`{name}` · {contract.spec.title_vi}"
        yield _entry(title, contract.spec.description_vi, [("Khóa", _codes(contract.key))])
        yield _columns(contract)


def _wording(catalogue: Catalogue) -> Iterable[str]:
    yield "## 9. Lời văn của báo cáo · Wording"
    for title, head, rows in wording_sections(catalogue.words):
        yield f"### {title}"
        yield _table(head, rows)


def _law(catalogue: Catalogue) -> Iterable[str]:
    yield "## 10. Chế độ pháp lý và nghĩa vụ · Law"
    for title, head, rows in law_sections(catalogue):
        yield f"### {title}"
        yield _table(head, rows)


def _changes(catalogue: Catalogue) -> Iterable[str]:
    yield "## 11. Thay đổi theo thời gian · Changes"
    for title, head, rows in change_sections(catalogue):
        yield f"### {title}"
        yield _table(head, rows)


def _columns(contract: TableContract) -> str:
    rows = [
        (
            f"`{column.name}`",
            column.label_vi,
            column.type,
            "có thể trống" if column.nullable else "",
            column.description,
        )
        for column in contract.columns
    ]
    return _table(("Cột", "Tên", "Kiểu", "Trống", "Ghi chú"), rows)


def _entry(title: str, subtitle: str, facts: Iterable[tuple[str, str]]) -> str:
    lines = [f"- {label}: {text}" for label, text in facts if text]
    return "\n\n".join([f"### {title}", subtitle, *(["\n".join(lines)] if lines else [])])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


if __name__ == "__main__":
    main()
