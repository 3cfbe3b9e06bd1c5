"""In every half-year the forms in force ask what the figures of that time are made of."""

import datetime as dt

import pandas as pd
import pytest

from pipelines.catalogue.changing import on_day
from pipelines.catalogue.integrity import measure_elements
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.measures import RowFilter, RowsMeasure
from pipelines.evaluation.measures import passes

CATALOGUE = load_catalogue()
ENDS = [dt.date(year, month, 30) for year in range(2016, 2027) for month in (6, 12)][:-1]
STEMS = ["xa", "cq", "dn", "bcd", "ntm", "ldld", "noivu", "mttq", "motcua", "tonghop"]
each_end = pytest.mark.parametrize("day", ENDS)


def forms_of(day):
    return [form for form in CATALOGUE.forms.values() if form.in_force(day)]


@each_end
def test_each_kind_of_sender_has_one_version_of_its_form(day):
    assert sorted(form.id.split("-")[0] for form in forms_of(day)) == sorted(STEMS)


@each_end
def test_every_figure_is_made_of_what_is_asked(day):
    asked = {item.element for form in forms_of(day) for item in form.elements()}
    kept = {sheet.register_id for form in forms_of(day) for sheet in form.sheets}
    without = set()
    for indicator in CATALOGUE.indicators.values():
        for measure in (indicator.numerator, indicator.denominator):
            if not indicator.in_force(day) or measure is None:
                continue
            if isinstance(measure, RowsMeasure) and measure.register_id not in kept:
                without.add(indicator.id)
            if set(measure_elements(measure)) - asked:
                without.add(indicator.id)
    assert without == set()


@each_end
def test_no_figure_stands_under_a_pillar_that_its_time_does_not_have(day):
    then = on_day(CATALOGUE, day)
    entries = [*then.indicators.values(), *then.elements.values()]
    used = {entry.pillar for entry in entries if entry.in_force(day)} - {None}
    known = {pillar.id for pillar in then.pillars.values() if pillar.in_force(day)}
    assert used == known
    assert len(known) == (4 if day < dt.date(2023, 7, 1) else 6)


@pytest.mark.parametrize(
    ("day", "absent"),
    [
        (dt.date(2023, 12, 31), ["34/2007", "04/2015"]),
        (dt.date(2025, 12, 31), ["34/2007", "04/2015", "Ban Chỉ đạo huyện", "hị trấn: không"]),
    ],
)
def test_what_is_asked_is_in_the_words_of_its_law(day, absent):
    then = on_day(CATALOGUE, day)
    asked = {item.element for form in forms_of(day) for item in form.elements()}
    said = [then.elements[name] for name in asked]
    texts = [f"{e.label_vi} {e.definition_vi}" for e in said]
    texts += [then.documents[c.document].number for e in said for c in e.legal]
    texts += [f"{form.title_vi} {form.provider_label_vi}" for form in forms_of(day)]
    assert [text for text in texts if any(word in text for word in absent)] == []


def test_rows_are_counted_from_a_day_on():
    column = pd.to_datetime(pd.Series(["2023-06-30", "2023-07-01", "2024-01-02", None]))
    window = (pd.Timestamp("2023-01-01"), pd.Timestamp("2023-12-31"))
    test = RowFilter(column="received_on", not_before=dt.date(2023, 7, 1))
    assert passes(column, test, window).tolist() == [False, True, True, False]
