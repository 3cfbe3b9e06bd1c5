"""The forms of the later laws: what is entered is read back. SỐ LIỆU MINH HỌA."""

import datetime as dt
from pathlib import Path

import pytest

from pipelines.catalogue.changing import worded
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import read_facts
from pipelines.catalogue.templates import Fill, Header, build_workbook
from pipelines.intake.sheets import FileReading, read_file
from pipelines.places.naming import Directory
from pipelines.places.units import members

CATALOGUE = load_catalogue()
UNITS = read_facts(CATALOGUE, Path(__file__).parents[2] / "raw" / "reference", "units")
# form → its period, who sends it
SENT = {
    "xa-2023": ("2023-H2", "xa-mh-02"),
    "cq-2023": ("2023-H2", "cq-mh-01"),
    "dn-2023": ("2024-H1", "dn-mh-01"),
    "motcua-2023": ("2023-H2", "mc-mh"),
    "tonghop-2023": ("2024-H2", "bcd-mh"),
    "xa-2025": ("2025-H2", "xa-mh-16"),
    "cq-2025": ("2025-H2", None),
    "bcd-2025": ("2025-H2", None),
    "ntm-2025": ("2025-H2", None),
    "noivu-2025": ("2026-H1", None),
    "motcua-2021": ("2022-H2", "mc-mh"),
}
ENDS = {"H1": (6, 30), "H2": (12, 31)}


def end_of(period: str) -> dt.date:
    year, half = period.split("-")
    return dt.date(int(year), *ENDS[half])


def answer(element, number: int) -> object:
    if element.type == "bool":
        return "Có"
    if element.type == "date":
        return dt.date(2023, 7, 1)
    if element.type == "text":
        return f"{number:02d}/QĐ-UBND"
    if element.type == "enum":
        return element.options[0]
    low, high = element.minimum or 0, element.maximum
    return low + number % (int(high - low) + 1 if high is not None else 50)


def sender_of(form_id: str) -> tuple[str, str, str]:
    """Period, sender and scope: an illustrative unit of the form's population."""
    period, sender = SENT[form_id]
    scope = "tinh-mh-1" if form_id.endswith("2025") else "huyen-mh-1"
    if sender is None:
        population = CATALOGUE.populations[CATALOGUE.forms[form_id].owed_by]
        sender = str(members(population, UNITS, scope, end_of(period))["unit_id"].iloc[0])
    return period, sender, scope


def sent(form_id: str, channel: str | None = None) -> tuple[Fill, FileReading]:
    period, sender, scope = sender_of(form_id)
    form, day = CATALOGUE.forms[form_id], end_of(period)
    spoken = worded(CATALOGUE, form)
    about_scope = any(sheet.subject == "scope" for sheet in form.sheets)
    subject = scope if about_scope else sender
    values = {}
    inside = members(CATALOGUE.populations["qcdc_grassroots"], UNITS, scope, day).iloc[:40]
    for sheet in form.sheets:
        who = [subject]
        if sheet.population:
            rows = members(CATALOGUE.populations[sheet.population], UNITS, scope, day)
            who = [unit for unit in rows["unit_id"] if unit in set(inside["unit_id"])]
        for unit in who:
            for number, item in enumerate(sheet.elements(), start=1):
                values[unit, item.element] = answer(spoken.elements[item.element], number)
    dossier = {
        "dossier_code": "HS-1",
        "unit": "xa-mh-02",
        "field": "Hộ tịch",
        "channel": channel,
        "received_on": dt.date(2023, 8, 1),
        "due_on": dt.date(2023, 8, 4),
        "status": "Đang giải quyết",
    }
    fill = Fill(values=values, rows={"dossiers": [dossier]} if channel else {})
    name = str(UNITS.set_index("unit_id").loc[sender, "name"])
    data = build_workbook(
        CATALOGUE,
        form,
        Header(sender, name, period, period, "final", None, day, is_illustrative=True),
        units=inside[["unit_id", "name", "unit_type", "kind"]],
        subject_id=subject,
        fill=fill,
        is_archive=True,
    )
    reading = read_file(
        data,
        CATALOGUE,
        provider=sender,
        period=period,
        known_units=frozenset(UNITS["unit_id"]),
        directory=Directory(UNITS),
    )
    return fill, reading


@pytest.mark.parametrize("form_id", sorted(SENT))
def test_what_is_entered_is_read(form_id):
    fill, reading = sent(form_id)
    assert reading.unreadable is None
    assert reading.identity is not None
    assert reading.identity.problem is None
    assert reading.identity.form is not None
    assert reading.identity.form.id == form_id
    assert not {"laid_out", "on_form", "header_agrees", "unambiguous"} & set(
        reading.frame("faults").get("operator", [])
    )
    entries = reading.frame("entries")
    wanted = {(str(unit), element): said for (unit, element), said in fill.values.items()}
    if not wanted:
        assert entries.empty
        return
    found = {
        (row["unit_id"], row["element"]): row
        for row in entries.to_dict("records")
        if row["state"] in {"value", "zero"}
    }
    assert set(found) == set(wanted)
    numbers = {key: said for key, said in wanted.items() if isinstance(said, int | float)}
    assert {key: found[key]["value"] for key in numbers} == numbers
    sums = reading.accounts.groupby("sheet")["cells"].sum().to_dict()
    assert sums == {name: cells for name, cells in reading.independent.items() if cells}


@pytest.mark.parametrize(
    ("form_id", "channel", "taken"),
    [
        ("motcua-2023", "Trực tuyến toàn trình", True),
        ("motcua-2023", "Trực tuyến mức độ 4", False),
        ("motcua-2021", "Trực tuyến mức độ 4", True),
        ("motcua-2021", "Trực tuyến toàn trình", False),
    ],
)
def test_the_channels_of_dossiers_are_those_of_the_form(form_id, channel, taken):
    _, reading = sent(form_id, channel)
    faulty = set(reading.frame("faults").get("operator", []))
    assert ("in_list" not in faulty and "typed" not in faulty) == taken, faulty
    assert (list(reading.rows["dossiers"]["channel"]) == [channel]) == taken
