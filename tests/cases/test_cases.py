"""The case table, through ``qcdc check`` on real files."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.intake import printed_cells
from pipelines.orchestration import check_command
from pipelines.orchestration.steps import Tables, reference_tables
from pipelines.places.naming import Directory
from pipelines.vietnamese import remembering, text
from tests.cases.answering import ask, cases, differences, project_at, write_files
from tests.cases.building import ROOT
from tests.cases.normalisers import NORMALISERS

CASES = cases()
# everything the field's catalogue of dirty data counts
FIELD = [f"T{number:02d}" for number in range(1, 45)]
STAND_INS: dict[str, Callable[..., Any]] = {
    "same": lambda first, *_, **__: first,
    "none": lambda *_, **__: None,
    "false": lambda *_, **__: False,
    "empty": lambda *_, **__: [],
}


@pytest.fixture(scope="module")
def known() -> tuple[Tables, Directory]:
    """What all cases share: the shipped reference tables and the units under their names."""
    tables = reference_tables(ROOT, load_catalogue())
    return tables, Directory.of(tables)


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: tuple[Tables, Directory]
) -> Path:
    project_at(tmp_path)
    tables, directory = known
    monkeypatch.setattr(check_command, "reference_tables", lambda *_: dict(tables))
    monkeypatch.setattr(check_command.Directory, "of", lambda _: directory)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def nothing_remembered() -> Iterator[None]:
    """What functions have said of texts, before and after others stand in for them."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    remembering.forget()
    printed_cells._is_same.cache_clear()
    text.fold.cache_clear()


@pytest.mark.parametrize("case", CASES, ids=[f"{c['case']}-{n}" for n, c in enumerate(CASES)])
def test_case(case: dict[str, Any], project: Path) -> None:
    code, document = ask(write_files(case, project))
    assert differences(case, code, document) == []


def test_every_case_of_the_field_is_there() -> None:
    assert sorted(set(FIELD) - {case["case"] for case in CASES}) == []


@pytest.mark.long
@pytest.mark.usefixtures("nothing_remembered")
@pytest.mark.parametrize("name", sorted(NORMALISERS))
def test_without_a_normaliser_its_case_is_red(
    name: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in, number = NORMALISERS[name]
    module, function = name.split(":")
    original = getattr(importlib.import_module(module), function)
    for loaded in [m for n, m in sys.modules.items() if n.startswith("pipelines.")]:
        for attribute in [key for key, value in vars(loaded).items() if value is original]:
            monkeypatch.setattr(loaded, attribute, STAND_INS[stand_in])
    tried = [case for case in CASES if case["case"] == number]
    assert tried, f"no case {number}"
    for place, case in enumerate(tried):
        folder = project / str(place)
        folder.mkdir()
        project_at(folder)
        monkeypatch.chdir(folder)
        code, document = ask(write_files(case, folder))
        if differences(case, code, document):
            return
    pytest.fail(f"case {number} stays green without {name}")
