"""Parts inside the containers changed at random: refused in words, or every cell counted alike."""

import io
import random
import zipfile

import pytest
from openpyxl import Workbook

from pipelines.intake.formats.opening import counts_of, names_of, open_book
from pipelines.intake.refusal import UnreadableWorkbook
from tests.intake import containers_made as made

PARTS = ("content.xml", "document.xml", "styles.xml", ".bin", "sheet1.xml", "workbook.xml")
TOKENS = (b"99999999", b"-1", b'"', b"</w:tc>", b"<w:tbl>", b"0", b"\xff\xff\xff\xff", b"<x/>")


def form() -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["Mã số", "Giá trị"], ["A01", 7], ["A02", 52.62], ["A03", "=1+1"], ["A04", True]):
        sheet.append(row)
    sheet.merge_cells("C2:D3")
    sheet.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FORM = form()
FILES = {
    "xlsx": FORM,
    "xlsb": made.xlsb_of(FORM),
    "ods": made.ods_of(FORM),
    "docx": made.docx_of(FORM),
}


def mutant(data: bytes, seed: int) -> bytes:
    """The file with one to three changes in one of its parts."""
    dice = random.Random(seed)  # noqa: S311 — no secret
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = dice.choice([name for name in members if name.endswith(PARTS)])
    part = bytearray(members[name])
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(part))
        match dice.randrange(4):
            case 0:
                part[at] = dice.randrange(256)
            case 1:
                part[at : at + dice.randint(1, 4)] = dice.choice(TOKENS)
            case 2:
                digits = [i for i, byte in enumerate(part) if 48 <= byte < 58]
                if digits:
                    part[dice.choice(digits)] = dice.randrange(48, 58)
            case _:
                del part[at : at + dice.randint(1, 30)]
    return made.zipped(members | {name: bytes(part)})


def outcome(data: bytes) -> str:
    try:
        book = open_book(data)
        names_of(data)
    except UnreadableWorkbook as refusal:
        return "fine" if refusal.message_vi.endswith(".") and refusal.action_vi else str(refusal)
    counted, told = counts_of(data), {sheet.name: sheet.cells for sheet in book.sheets}
    return "fine" if counted == told and sum(told.values()) == len(book.cells) else f"{told}"


def ends(container: str, seeds: range) -> dict[int, str]:
    """Mutants whose end is not fine."""
    found = {seed: outcome(mutant(FILES[container], seed)) for seed in seeds}
    return {seed: end for seed, end in found.items() if end != "fine"}


@pytest.mark.parametrize("container", FILES)
def test_mutants(container):
    assert ends(container, range(25)) == {}


@pytest.mark.long
@pytest.mark.parametrize("container", FILES)
def test_many_mutants(container):
    assert ends(container, range(25, 625)) == {}
