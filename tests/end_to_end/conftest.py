"""A project's root in a temporary folder, with the sample, and a pipeline that remembers files."""

import datetime as dt
import hashlib
import io
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from pipelines.catalogue.load import load_catalogue
from pipelines.intake.sheets import FileReading, read_file
from pipelines.orchestration import steps
from pipelines.orchestration.receiving import receive_new
from pipelines.sample.write import write_sample

ROOT = Path(__file__).parents[2]
PERIOD = "2021-H1"
SHIPPED = ("2020-H1", "2020-H2", PERIOD)
LATER = dt.datetime(2021, 6, 12, 9, tzinfo=dt.timezone(dt.timedelta(hours=7)))


@dataclass
class Pipeline:
    """Runs both steps in a root; a file that was read once is not read again."""

    root: Path
    memory: dict[tuple[str, str], FileReading] = field(default_factory=dict)

    def run(self) -> dict[str, pd.DataFrame]:
        catalogue = load_catalogue()
        tables = steps.ingest(self.root, catalogue, PERIOD, read=self._read)
        as_of = steps.period_as_of(self.root, PERIOD)
        tables |= steps.evaluate(catalogue, PERIOD, tables, as_of)
        steps.check_invariants(catalogue, PERIOD, tables)
        return tables

    def _read(self, catalogue, directory, tasks) -> list[FileReading]:
        for task in tasks:
            if self._key(task) not in self.memory:
                self.memory[self._key(task)] = read_file(
                    task.data,
                    catalogue,
                    provider=task.provider,
                    period=task.period,
                    known_units=directory.known,
                    directory=directory,
                )
        return [self.memory[self._key(task)] for task in tasks]

    def _key(self, task) -> tuple[str, str]:
        return hashlib.sha256(task.data).hexdigest(), task.provider

    def file(self, provider: str) -> Path:
        """The newest form of a sender (the master workbook is no form of its own)."""
        forms = (self.root / "raw" / PERIOD / provider).glob("*-2021_*.xlsx")
        return sorted(path for path in forms if not path.name.startswith("tonghop"))[-1]

    def edit(self, provider: str, sheet: str, **cells: str | float) -> None:
        """Change cells of a provider's newest file in place, and receive it again."""
        path = self.file(provider)
        book = load_workbook(io.BytesIO(path.read_bytes()))
        for cell, value in cells.items():
            book[sheet][cell] = value
        book.save(path)
        self.receive()

    def receive(self) -> None:
        units = steps.reference_tables(self.root, load_catalogue())["ref.units"]
        receive_new(self.root, PERIOD, list(units["unit_id"]), at=LATER, who="kiểm thử")


def copy_root(target: Path) -> Path:
    """Copy what a run needs: reference facts and the shipped periods' files."""
    (target / "workspace.yaml").write_text("", encoding="utf-8")
    for name in ("reference", *SHIPPED):
        shutil.copytree(ROOT / "raw" / name, target / "raw" / name)
    return target


@pytest.fixture(scope="session")
def shipped(tmp_path_factory) -> Pipeline:
    """The shipped sample; tests must not change its root."""
    return Pipeline(copy_root(tmp_path_factory.mktemp("shipped")))


@pytest.fixture(scope="session")
def shipped_tables(shipped) -> dict[str, pd.DataFrame]:
    return shipped.run()


@pytest.fixture(scope="session")
def few_dossiers(tmp_path_factory) -> Pipeline:
    """The sample with 600 dossiers received and resolved, published as such: quick to run."""
    root = tmp_path_factory.mktemp("few")
    (root / "workspace.yaml").write_text("", encoding="utf-8")
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    published = root / "raw" / "reference" / "published.csv"
    text = published.read_text(encoding="utf-8")
    published.write_text(text.replace("52620", "600").replace("52.620", "600"), encoding="utf-8")
    write_sample(root)
    return Pipeline(root)


@pytest.fixture(scope="session")
def before(few_dossiers) -> dict[str, pd.DataFrame]:
    return few_dossiers.run()


@pytest.fixture
def pipeline(few_dossiers, tmp_path) -> Pipeline:
    """A root that a test may change."""
    shutil.copytree(few_dossiers.root, tmp_path / "p")
    return Pipeline(tmp_path / "p", few_dossiers.memory)
