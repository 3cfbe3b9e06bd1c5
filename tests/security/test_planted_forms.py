"""What is read out of a form tells nobody who was written into it; every form, every column."""

import json
import os
import subprocess
import sys

import pytest

from pipelines.intake.privacy import impersonal_names
from pipelines.intake.sheets import read_file
from pipelines.intake.workers import map_safely
from pipelines.vietnamese.text import MASK
from tests.orchestration.mini import ROOT
from tests.security.identities import Plants, hits_in_text
from tests.security.planting import PERIOD, broken_files, catalogue, filled_form

PERIODS = {"2021": PERIOD, "2023": "2023-H2", "2025": "2025-H2"}


def covering() -> list[str]:
    """The fewest forms, newest first, that show every register column and every element."""
    left = {f"register {name}" for name in catalogue().registers}
    left |= {f"element {name}" for name in catalogue().elements}
    chosen = []
    for form in sorted(catalogue().forms.values(), key=lambda form: form.id[-4:], reverse=True):
        shown = {f"register {sheet.register_id}" for sheet in form.sheets if sheet.register_id}
        shown |= {
            f"element {e.element}" for s in form.sheets if not s.register_id for e in s.elements()
        }
        if shown & left:
            chosen.append(form.id)
            left -= shown
    unseen = [n for n in left if n.startswith("register") or _is_text(n.removeprefix("element "))]
    assert unseen == [], "text that no form asks for"
    return chosen


def _is_text(element: str) -> bool:
    return catalogue().elements[element].type == "text"


def said(reading) -> str:
    """Everything a reading hands on."""
    rows = {name: frame.to_csv() for name, frame in reading.rows.items()}
    identity = str(reading.identity)
    listed = json.dumps([reading.listed, rows], ensure_ascii=False, default=str)
    return "\n".join([listed, str(reading.unreadable), str(reading.reader_note), identity])


@pytest.mark.parametrize("form_id", covering())
def test_a_form_full_of_persons_is_read_without_them(form_id: str) -> None:
    plants, form = Plants(), catalogue().forms[form_id]
    period = PERIODS[form_id[-4:]]
    unit = {"bcd": "bcd-mh", "tonghop": "bcd-mh"}.get(form_id.split("-")[0], "xa-mh-01")
    data = filled_form(form, plants, unit, period=period)
    known = frozenset({"xa-mh-01", "bcd-mh"})
    reading = read_file(data, catalogue(), provider=unit, period=period, known_units=known)
    text = said(reading)
    assert reading.unreadable is None
    assert reading.identity is not None
    assert reading.identity.problem is None, "the form must be read, not put aside"
    hits = [(hit.kind, plants.place_of(hit)) for hit in hits_in_text(form_id, text)]
    assert hits == []
    assert text.count(MASK) >= len(plants.places), "what was planted did not arrive"


def test_files_that_are_no_forms_are_told_of_without_persons() -> None:
    plants = Plants()
    for name, data in broken_files(plants).items():
        reading = read_file(
            data, catalogue(), provider="xa-mh-01", period=PERIOD,
            known_units=frozenset({"xa-mh-01"}), file_name=name,
        )  # fmt: skip
        hits = [(hit.kind, plants.place_of(hit)) for hit in hits_in_text(name, said(reading))]
        assert hits == [], name


def test_sheets_and_files_of_persons_get_names_of_their_own() -> None:
    one, other = (Plants().at("a name") for _ in range(2))
    assert impersonal_names([one.short, "Biểu 01-XA"]) == {one.short: f"ba {MASK} {MASK}"}
    folder = "raw/2021-H1/xa-mh-01/"
    names = [f"{folder}{one.file_name}.xlsx", f"{folder}{other.file_name} lan 2.xlsx"]
    called = impersonal_names([*names, f"{folder}xa-2021_2021-H1.xlsx"])
    assert sorted(called) == sorted(set(names))
    assert len(set(called.values())) == len(set(names))
    assert all(path.startswith(folder) and path.endswith(".xlsx") for path in called.values())


def mistaken(text: str) -> None:
    raise ValueError(f"could not convert {text}")


def fail() -> None:
    """A reader meets a text that it cannot read; its processes begin with this one."""
    map_safely(mistaken, [Plants().at("a cell").text])


def test_a_reader_that_fails_says_nothing_of_persons() -> None:
    call = f"from {__name__} import fail; fail()"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", call], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "could not convert" in done.stderr, "the traceback is told"
    assert list(hits_in_text("told", done.stderr)) == []
