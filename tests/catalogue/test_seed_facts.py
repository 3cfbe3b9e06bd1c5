"""Facts of the article that are data: its day, the decrees it names, the axes of an inspection."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.changing import on_day
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue, Citation

CATALOGUE = load_catalogue()
REFERENCE = Path(__file__).parents[2] / "raw" / "reference"
PERIOD = "2021-H1"
ENDS = tuple(dt.date(year, month, 30) for year in (2021, 2023, 2025) for month in (6, 12))
THURSDAY = 3


def expired_citations(catalogue: Catalogue, day: dt.date) -> list[tuple[str, str]]:
    """What is in force on a day but cites a document that no longer is."""
    groups = (catalogue.elements, catalogue.forms, catalogue.rules, catalogue.indicators)
    return [
        (entry.id, citation.document)
        for group in groups
        for entry in group.values()
        for citation in entry.legal
        if entry.in_force(day)
        and (last := catalogue.documents[citation.document].valid_to) is not None
        and last < day
    ]


def test_the_article_appeared_on_a_thursday_after_the_cut_off() -> None:
    published = pd.read_csv(REFERENCE / "published.csv", parse_dates=["published_on"])
    requests = pd.read_csv(REFERENCE / "requests.csv", parse_dates=["data_to", "due_date"])
    (day,) = published.loc[published["period"] == PERIOD, "published_on"].unique()
    assert (str(day.date()), day.weekday()) == ("2021-06-10", THURSDAY)
    estimates = requests.query("period == @PERIOD and round == 'estimate'")
    assert (estimates["data_to"] < day).all()
    assert len(estimates)


def test_the_decree_of_2020_takes_over_on_its_first_day() -> None:
    old, new = CATALOGUE.documents["ND-149-2018"], CATALOGUE.documents["ND-145-2020"]
    assert (old.replaced_by, old.supersession_basis) == (new.id, "explicit")
    assert new.valid_from == dt.date(2021, 2, 1)
    assert old.valid_to == new.valid_from - dt.timedelta(days=1)


def test_no_document_outlives_its_successor() -> None:
    for document in CATALOGUE.documents.values():
        if document.replaced_by is not None:
            successor = CATALOGUE.documents[document.replaced_by]
            assert document.valid_to is not None
            assert document.valid_to < successor.valid_from, document.id


@pytest.mark.parametrize("day", ENDS)
def test_nothing_in_force_cites_an_expired_document(day: dt.date) -> None:
    assert expired_citations(on_day(CATALOGUE, day), day) == []


def test_such_a_citation_would_be_found() -> None:
    rule = CATALOGUE.rules["DN-01"]
    stale = rule.model_copy(update={"legal": [Citation(document="ND-149-2018")]})
    changed = CATALOGUE.model_copy(update={"rules": {rule.id: stale}})
    assert expired_citations(changed, dt.date(2021, 1, 31)) == []
    assert expired_citations(changed, dt.date(2021, 2, 1)) == [("DN-01", "ND-149-2018")]


def test_an_inspection_is_judged_on_three_axes() -> None:
    columns = {column.id: column for column in CATALOGUE.registers["inspections"].columns}
    scale = columns["awareness"].options
    judged = [name for name, column in columns.items() if column.options == scale]
    assert judged == ["awareness", "leadership", "results"]


def test_communes_are_judged_by_the_ordinance_until_june_2023() -> None:
    catalogue = load_catalogue()

    def binding(day: dt.date) -> list[str]:
        kinds = [r for r in catalogue.regimes.values() if r.unit_type == "commune"]
        return [document for r in kinds if r.in_force(day) for document in r.documents]

    assert binding(dt.date(2021, 6, 30)) == binding(dt.date(2023, 6, 30)) == ["PL-34-2007"]
    assert "LUAT-10-2022" in binding(dt.date(2023, 7, 1))
    assert "PL-34-2007" not in binding(dt.date(2023, 7, 1))
