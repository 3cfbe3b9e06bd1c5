"""A form wider than any real one: every unit rule, judged for forty units at once."""

from typing import Any

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Form, FormElement, FormSection, FormSheet, Rule, Term

CATALOGUE = load_catalogue()
# operators and missing-value strategies that the shipped rules do not use
WORDS: dict[str, Any] = {
    "severity": "error",
    "message_vi": "Sai.",
    "message_en": "Wrong.",
    "expected_vi": "đúng",
    "action_vi": 'Sửa lại "ngay".',
}
A, B, C = "xa.publish_due", "xa.publish_done", "xa.schedule_months"
YES, NO_, DATE = "cq.conference_held", "cq.union_coorganised", "cq.conference_on"
MORE_RULES: list[dict[str, Any]] = [
    {"operator": "==", "left": [A], "right": [B]},
    {"operator": "!=", "left": [A], "right": [B], "missing": "skip_if_all"},
    {"operator": "==", "left": [A], "right": [B, C], "missing": "never_skip"},
    {"operator": ">", "left": [Term(of=A, times=0.5)], "right": [B, 1]},
    {"operator": "<", "left": [A], "right": [B], "missing": "skip_if_all"},
    {"operator": "sum_equals", "left": [A], "right": [B, C]},
    {"operator": "exclusive_pair", "left": [YES], "right": [A, B], "missing": "skip_if_all"},
    {"operator": "compulsory_pair", "left": [YES], "right": [DATE], "missing": "never_skip"},
    {"operator": "at_most_one", "left": [YES, NO_, A], "missing": "never_skip"},
    {"operator": "some_pair_differs", "left": [A, B], "right": [B, A], "missing": "skip_if_all"},
    {"operator": "implies_equal", "left": [YES], "right": [A, B], "missing": "skip_if_all"},
    {"operator": "present", "left": [A, DATE], "missing": "never_skip"},
    {"operator": "in_list", "left": ["t.kind"], "listed": ["Tốt", "Khá"]},
    {"operator": "compulsory_pair", "left": ["t.kind"], "right": [A], "listed": ["Tốt"]},
]
CHOICE = CATALOGUE.elements[YES].model_copy(
    update={"id": "t.kind", "code": "T01", "type": "enum", "options": ["Tốt", "Khá", "Yếu"]}
)
WIDE_CATALOGUE = CATALOGUE.model_copy(
    update={
        "elements": {**CATALOGUE.elements, CHOICE.id: CHOICE},
        "rules": {
            **CATALOGUE.rules,
            **{
                f"T-{n:02d}": Rule(id=f"T-{n:02d}", level="unit", **WORDS, **rule)
                for n, rule in enumerate(MORE_RULES)
            },
        },
    }
)
ASKED = [
    item.element
    for form_id in (*("xa-2021", "cq-2021", "dn-2021", "bcd-2021", "ntm-2021", "noivu-2021"),)
    for item in CATALOGUE.forms[form_id].elements()
]
# every element of these forms asked of forty units: forty cases a rule in one file
WIDE_FORM = Form(
    **{
        **dict(CATALOGUE.forms["ntm-2021"]),
        "id": "wide",
        "valid_to": None,
        "sheets": [
            FormSheet(
                name="Biểu rộng",
                title_vi="Mọi chỉ tiêu",
                layout="grid",
                population="qcdc_communes",
                sections=[
                    FormSection(
                        title_vi="A",
                        elements=[
                            FormElement(element=name) for name in [*dict.fromkeys(ASKED), "t.kind"]
                        ],
                    )
                ],
            )
        ],
    }
)
