"""The papers in Word's format and as PDF, made once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.reports.papers import docx_paper, pdf
from tests.reports.papers.every_block import document

FAMILIES = ("party", "state")


@pytest.fixture(scope="session")
def word_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One paper of each family."""
    folder = tmp_path_factory.mktemp("word")
    made = {}
    for family in FAMILIES:
        path = folder / f"{family}.docx"
        path.write_bytes(docx_paper.render(document(family)))
        made[family] = path
    return made


@pytest.fixture(scope="session")
def _pdf_files(
    word_files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(pdf.SWITCH, raising=False)  # other tests do without PDF
        told = pdf.to_pdf(list(word_files.values()), tmp_path_factory.mktemp("pdf"))
    return {path.stem: path for path in told}


@pytest.fixture
def pdf_files(tool_path: Callable[[str], Path], request: pytest.FixtureRequest) -> dict[str, Path]:
    """The same as PDF, from one call of LibreOffice; skips without it."""
    tool_path("libreoffice")
    return request.getfixturevalue("_pdf_files")
