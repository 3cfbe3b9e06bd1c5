import datetime as dt
import re

import pytest

from pipelines.catalogue.changing import changing_problems, on_day, worded
from pipelines.catalogue.load import load_catalogue

LAW = dt.date(2023, 7, 1)
EVE = dt.date(2023, 6, 30)
LATER = dt.date(2030, 1, 1)


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


def with_change(catalogue, element, since, **to):
    """The catalogue in which one element changes on a day, and nothing else."""
    data = catalogue.elements[element].model_dump() | {"changes": [{"since": since, "to": to}]}
    entry = type(catalogue.elements[element]).model_validate(data)
    return catalogue.model_copy(update={"elements": catalogue.elements | {element: entry}})


def test_an_entry_says_what_it_says_on_a_day(catalogue):
    changed = with_change(catalogue, "xa.meetings", LAW, label_vi="Số cuộc họp mới", maximum=9)
    before, after = (on_day(changed, day).elements["xa.meetings"] for day in (EVE, LAW))
    shipped = catalogue.elements["xa.meetings"]
    assert (before.label_vi, before.maximum) == (shipped.label_vi, shipped.maximum)
    assert (after.label_vi, after.maximum, after.code) == ("Số cuộc họp mới", 9, shipped.code)
    assert after.definition_vi == shipped.definition_vi


def test_asked_again_of_another_day_it_is_as_if_never_asked(catalogue):
    changed = with_change(catalogue, "xa.meetings", LAW, label_vi="Số cuộc họp mới")
    there = on_day(changed, LATER)
    assert on_day(there, EVE).elements["xa.meetings"] == changed.elements["xa.meetings"]
    assert on_day(there, LATER).elements == there.elements


def test_versions_of_an_entry(catalogue):
    changed = with_change(catalogue, "xa.meetings", LAW, label_vi="Số cuộc họp mới")
    days = [(day, v.label_vi) for day, v in changed.elements["xa.meetings"].versions()]
    label = catalogue.elements["xa.meetings"].label_vi
    assert days == [(None, label), (LAW, "Số cuộc họp mới")]


def test_a_form_is_in_the_words_of_its_first_day(catalogue):
    changed = with_change(catalogue, "xa.meetings", LAW, label_vi="Số cuộc họp mới")
    shown = [
        worded(changed, changed.forms[form]).elements["xa.meetings"].label_vi
        for form in ("xa-2021", "xa-2023")
    ]
    assert shown == [catalogue.elements["xa.meetings"].label_vi, "Số cuộc họp mới"]


@pytest.mark.parametrize(
    ("since", "to", "names"),
    [
        (dt.date(2020, 1, 1), {"label_vi": "a"}, "2020-01-01, while form xa-2021 asks it"),
        (LAW, {"code": "B1"}, r"changes \['code'\]"),
        (LAW, {"lable_vi": "a"}, r"changes \['lable_vi'\]"),
        (LAW, {"options": ["a"]}, "options go with type enum"),
    ],
)
def test_a_change_that_cannot_be_is_named(catalogue, since, to, names):
    problems = list(changing_problems(with_change(catalogue, "xa.meetings", since, **to)))
    assert len(problems) == 1
    assert re.search(names, problems[0])
