"""Rules in Vietnamese words, for the check sheet and the dictionary."""

from __future__ import annotations

from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Rule, Term

COMPARISON_WORDS: dict[str, str] = {
    "==": "bằng",
    "sum_equals": "bằng",
    "!=": "khác",
    ">": "lớn hơn",
    ">=": "không nhỏ hơn",
    "<": "nhỏ hơn",
    "<=": "không lớn hơn",
}
_DATE_WORDS = {
    **COMPARISON_WORDS,
    ">": "sau",
    ">=": "không trước",
    "<": "trước",
    "<=": "không sau",
}

_GENERAL: dict[str, str] = {
    "identified": "Tệp cho biết biểu, đơn vị và kỳ báo cáo",
    "laid_out": "Trang, dòng, cột của biểu đúng như biểu mẫu",
    "header_agrees": "Đơn vị, kỳ, biểu ghi ở đầu biểu khớp với thông tin của tệp",
    "mapped": "Bảng lạ chỉ được đọc theo cách đọc đã khai báo",
    "requested": "Lần gửi có văn bản yêu cầu báo cáo",
    "unit_in_force": "Đơn vị gửi biểu còn hoạt động ở ngày cuối kỳ",
    "header_clear": "Phần đầu biểu ghi rõ đơn vị, kỳ, vòng, ngày",
    "form_in_force": "Biểu đang được dùng trong kỳ",
    "sheet_once": "Mỗi biểu chỉ có một trang",
    "visible": "Tệp không có dòng, cột, trang bị ẩn",
    "unambiguous": "Nội dung chỉ hiểu theo một cách",
    "total_agrees": "Dòng tổng bằng tổng các dòng",
    "about_subject": "Chỉ tiêu chỉ ghi cho đơn vị thuộc diện",
    "not_after_receipt": "Ngày ghi trong biểu không sau ngày nhận biểu",
    "cites_in_force": "Văn bản viện dẫn còn hiệu lực trong kỳ",
    "no_jump": "Giá trị không tăng, giảm nhiều lần so với kỳ trước",
    "near_own_median": "Giá trị gần mức thường thấy của chính đơn vị",
    "differs_from_last": "Biểu không chép lại toàn bộ số của kỳ trước",
    "near_peers": "Giá trị gần mức thường thấy của các đơn vị cùng cấp",
    "units_differ": "Các đơn vị không ghi cùng một số",
    "digits_vary": "Các số không tròn chục, tròn năm hàng loạt",
    "guard_holds": "Nội dung ô đúng như khi ghi đính chính",
    "no_error_value": "Ô không chứa lỗi công thức",
    "typed": "Giá trị đúng kiểu của chỉ tiêu",
    "whole": "Số đếm là số nguyên",
    "within_bounds": "Giá trị nằm trong khoảng cho phép",
    "in_list": "Giá trị có trong danh mục",
    "on_form": "Không có nội dung ngoài các ô của biểu",
    "about_sender": "Dòng của sổ ghi đúng đơn vị gửi biểu",
    "agrees_with_authority": "Số của đơn vị khớp với cơ quan cung cấp số liệu chính thức",
}


def describe_rule(catalogue: Catalogue, rule: Rule) -> str:
    """What a rule demands, in one Vietnamese sentence without a full stop."""
    demand = _demand(catalogue, rule)
    if rule.when is None:
        return demand
    among = " hoặc ".join(f'"{option}"' for option in rule.when.among)
    return f"{demand} (với dòng có {term_label(catalogue, rule, rule.when.column)} là {among})"


def _demand(catalogue: Catalogue, rule: Rule) -> str:
    left = _side(catalogue, rule, rule.left)
    right = _side(catalogue, rule, rule.right)
    listed = " hoặc ".join(f'"{option}"' for option in rule.listed or [])
    if rule.operator in COMPARISON_WORDS:
        spoken = _DATE_WORDS if _is_about_dates(catalogue, rule) else COMPARISON_WORDS
        return f"{left} {spoken[rule.operator]} {right}"
    if rule.operator == "present":
        base = "Ô bắt buộc có số liệu" if rule.level == "cell" else "Cột bắt buộc có nội dung"
        return base + _of(left)
    if rule.operator == "implies_equal":
        return _implication(catalogue, rule, left)
    if rule.operator in {"rows_equal_element", "column_sum_equals_element"}:
        name = catalogue.elements[str(rule.element)]
        of = f" có {left} là {listed}" if rule.left else ""
        counted = f"Số dòng của sổ{of}"
        if rule.operator == "column_sum_equals_element":
            counted = f"Cộng cột {left}"
        return f"{counted} bằng {_quote(name.label_vi, name.code)}"
    return {
        "compulsory_pair": f"{left}{f' là {listed}' if listed else ''} và {right} đi cùng nhau",
        "exclusive_pair": f"{left}{f' là {listed}' if listed else ''} và {right} không cùng có",
        "at_most_one": f"Không quá một trong các mục: {left}",
        "some_pair_differs": f"{left} khác {right} khi lớn hơn 0"
        if len(rule.left) == 1
        else f"Không phải mọi mục đều đạt đúng 100 %: {left} so với {right}",
        "unique": f"Không trùng lặp: {left}",
        "rate_agrees": f"{left} đúng bằng tỷ lệ phần trăm của {right}",
        "no_overlap": f"Mỗi {left} ở mỗi ngày chỉ có một dòng ({right})",
        "first_of_month": f"{left} là ngày 01 của tháng",
        "covers_population": f"Mỗi đơn vị thuộc diện có một dòng còn hiệu lực: {left}",
        "stands_in": f"{left} có trong {_within(catalogue, rule)}",
        "carries_open": f"Việc chưa xong của kỳ trước có trong sổ của kỳ này theo {left}",
        "keeps_date": f"{left} của việc chuyển từ kỳ trước giữ như kỳ trước",
        "fewer_or_none": f"{left} nhỏ hơn {right}, hoặc cùng bằng 0",
        "cumulative_follows": f"{left} bằng lũy kế kỳ trước cộng {right}",
        "continues": f"{left} bằng {right} của kỳ trước",
        "some_row_pending": f"Có dòng {left} là {listed}",
        "in_list": f"{left} là {listed}" if left else _GENERAL["in_list"],
        "pattern": f"{left} có {rule.expected_vi}",
        **{key: text for key, text in _GENERAL.items() if key != "in_list"},
    }[rule.operator]


def _within(catalogue: Catalogue, rule: Rule) -> str:
    """The register and column that must hold what a column names."""
    if rule.within is None:
        return ""
    register, _, name = rule.within.partition(".")
    known = catalogue.registers[register]
    (column,) = (each for each in known.columns if each.id == name)
    return f"{known.label_vi}, cột {_quote(column.label_vi, column.code)}"


def _implication(catalogue: Catalogue, rule: Rule, left: str) -> str:
    found, expected = (_side(catalogue, rule, side) for side in (rule.right[:1], rule.right[1:]))
    is_answer = all(
        rule.register_id is None and catalogue.elements[name].type == "bool"
        for name in term_names(rule.right)
    )
    if is_answer and rule.right[1:] in ([1], [0]):
        return f'Khi có {left} thì {found} là "{"Có" if rule.right[1] == 1 else "Không"}"'
    listed = " hoặc ".join(f'"{option}"' for option in rule.listed or ["có"])
    return f"Khi {left} là {listed} thì {found} bằng {expected}"


def term_label(catalogue: Catalogue, rule: Rule, name: str) -> str:
    """An element or register column by label and code."""
    if rule.register_id is None:
        element = catalogue.elements[name]
        return _quote(element.label_vi, element.code)
    columns = {column.id: column for column in catalogue.registers[rule.register_id].columns}
    return _quote(columns[name].label_vi, columns[name].code)


def _is_about_dates(catalogue: Catalogue, rule: Rule) -> bool:
    name = term_names(rule.left)[0]
    if rule.register_id is None:
        return catalogue.elements[name].type == "date"
    columns = catalogue.registers[rule.register_id].columns
    return any(column.id == name and column.type == "date" for column in columns)


def _of(text: str) -> str:
    return f": {text}" if text else ""


def _quote(label: str, code: str) -> str:
    return f"{label} ({code})"


def _side(catalogue: Catalogue, rule: Rule, side: list[str | float | Term]) -> str:
    joint = " cộng " if rule.operator in COMPARISON_WORDS else ", "
    return joint.join(_term(catalogue, rule, term) for term in side)


def _term(catalogue: Catalogue, rule: Rule, term: str | float | Term) -> str:
    if isinstance(term, Term):
        label = term_label(catalogue, rule, term.of)
        is_answer = rule.register_id is None and catalogue.elements[term.of].type == "bool"
        joint = "khi " if is_answer else "lần " if term.times > 1 else ""
        return f"{_factor(term.times)} {joint}{label}"
    if isinstance(term, str):
        return term_label(catalogue, rule, term)
    return _factor(term)


def _factor(number: float) -> str:
    fractions = {2 / 3: "hai phần ba", 1 / 2: "một nửa", 1 / 3: "một phần ba"}
    for value, words in fractions.items():
        if abs(number - value) < 1e-9:
            return words
    return f"{number:g}".replace(".", ",")
