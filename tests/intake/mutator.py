"""A grammar of what happens to workbooks: every production knows what it altered.

A mutant is a plain form after one to five productions drawn with a seed. Productions on the
structure (rows and columns inserted, sheets added, hidden, moved) come first, those on cells after
them, so that addresses stand; headers are spelled otherwise last, when nobody looks for them.
"""

import datetime as dt
import io
import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter

from pipelines.catalogue.model import WHOLE_TYPES, Form, RegisterColumn
from tests.cases.building import CATALOGUE, UNITS, plain_form

FORMS = ("cq-2021", "dn-2021", "xa-2021")
DAY = dt.date(2021, 3, 5)
ANY = object()


@dataclass(frozen=True)
class Altered:
    """A cell that a production touched.

    Attributes:
        sheet: Name.
        cell: Address.
        fate: Fate in the accounts that the cell counts for; None when it holds nothing now.
        element: Whose value cell it is, if it is one.
        state: State that the element's entry has now.
        value: Value that it has now; ``ANY`` where the production does not say.
    """

    sheet: str
    cell: str
    fate: str | None
    element: str | None = None
    state: str | None = None
    value: object = ANY


@dataclass
class Mutant:
    """A workbook, what was done to it and what must come of that."""

    seed: int
    form: Form
    book: Any  # openpyxl's cells may be anything, and its types say so
    done: list[str] = field(default_factory=list)
    altered: list[Altered] = field(default_factory=list)

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()

    def touched(self) -> set[tuple[str, str]]:
        """Cells that a production has had already."""
        return {(a.sheet, a.cell) for a in self.altered}


Production = Callable[[Mutant, random.Random], None]


def mutant(seed: int) -> Mutant:
    """The mutant of a seed."""
    chance = random.Random(seed)  # noqa: S311 — drawn, not secret
    form = CATALOGUE.forms[chance.choice(FORMS)]
    plain = plain_form(form.id, UNITS[form.id], "2021-H1", "estimate")
    made = Mutant(seed, form, load_workbook(io.BytesIO(plain)))
    for production in chance.sample(STRUCTURE, chance.randint(0, 2)):
        production(made, chance)
        made.done.append(production.__name__)
    last = [headers_spelled_otherwise] if chance.random() < 0.3 else []
    for production in [*chance.choices(CELLS, k=chance.randint(1, 3)), *last]:
        production(made, chance)
        made.done.append(production.__name__)
    return made


def value_cells(made: Mutant) -> dict[str, tuple[str, Cell]]:
    """Element → sheet and value cell, found by the codes as they stand now."""
    by_code = {CATALOGUE.elements[i.element].code: i.element for i in made.form.elements()}
    found = {}
    for spec in made.form.sheets:
        if spec.layout != "single":
            continue
        head = {c.value: c.column for row in made.book[spec.name].iter_rows() for c in row}
        for row in made.book[spec.name].iter_rows():
            for cell in row:
                if cell.value in by_code and cell.column == head["Mã số"]:
                    value = made.book[spec.name].cell(cell.row, head["Giá trị"])
                    found[by_code[cell.value]] = (spec.name, value)
    return found


# --- structure


def rows_on_top(made: Mutant, chance: random.Random) -> None:
    """Blank rows above everything."""
    sheet = made.book[chance.choice([s.name for s in made.form.sheets])]
    _unmerge(sheet)
    sheet.insert_rows(1, chance.randint(1, 4))


def column_at_left(made: Mutant, chance: random.Random) -> None:
    """A blank column before the table."""
    sheet = made.book[chance.choice([s.name for s in made.form.sheets])]
    _unmerge(sheet)
    sheet.insert_cols(1, chance.randint(1, 2))


def _unmerge(sheet: Any) -> None:
    # openpyxl does not move merged ranges with the rows
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))


def headers_spelled_otherwise(made: Mutant, chance: random.Random) -> None:
    """Headers in decomposed letters, with no-break spaces, in capitals or lower case."""
    spec = chance.choice([s for s in made.form.sheets if s.layout == "single"])
    spell = chance.choice(
        [
            lambda text: unicodedata.normalize("NFD", text),
            lambda text: text.replace(" ", "\u00a0"),
            str.upper,
            lambda text: f"  {text}\u200b ",
        ]
    )
    for row in made.book[spec.name].iter_rows():
        for cell in row:
            if cell.value in {"Mã số", "Giá trị", "Ghi chú"}:
                cell.value = spell(cell.value)
                made.altered.append(Altered(spec.name, cell.coordinate, "header"))


def foreign_sheet(made: Mutant, chance: random.Random) -> None:
    """A sheet of the sender's own."""
    sheet = made.book.create_sheet(f"Tính riêng {chance.randint(1, 99)}")
    for row in range(1, chance.randint(2, 6)):
        sheet.cell(row, 1, f"mục {row}")
        sheet.cell(row, 2, row * 10)
        made.altered += [Altered(sheet.title, f"{c}{row}", "ignored") for c in "AB"]


def sheets_in_another_order(made: Mutant, chance: random.Random) -> None:
    """The sheets in another order."""
    made.book.move_sheet(chance.choice(made.form.sheets).name, offset=chance.choice([-3, 3]))


def hidden_sheet(made: Mutant, chance: random.Random) -> None:
    """A register sheet out of sight: read like any other."""
    registers = [s.name for s in made.form.sheets if s.register_id]
    if registers:
        made.book[chance.choice(registers)].sheet_state = chance.choice(["hidden", "veryHidden"])


# --- cells


def _free(made: Mutant, kinds: set[str]) -> list[tuple[str, str, Cell]]:
    touched = made.touched()
    return [
        (element, sheet, cell)
        for element, (sheet, cell) in value_cells(made).items()
        if CATALOGUE.elements[element].type in kinds and (sheet, cell.coordinate) not in touched
    ]


def _write(made: Mutant, where: tuple[str, str, Cell], content: Any, **expected: Any) -> None:
    element, sheet, cell = where
    cell.value = content
    if isinstance(content, str) and not content.startswith("#"):
        cell.data_type = "s"
    made.altered.append(Altered(sheet, cell.coordinate, element=element, **expected))


def count_spelled(made: Mutant, chance: random.Random) -> None:
    """A count in one of the ways people write it."""
    number = chance.choice([0, 1, 7, 40, 1200, 52620])
    dotted = f"{number:,}".replace(",", ".")
    spelled = chance.choice(
        [str(number), f"{number:02d}", f" {number}\u00a0", dotted, f"{number:,}", f"\u200b{dotted}"]
    )
    state = "value" if number else "zero"
    where = chance.choice(_free(made, set(WHOLE_TYPES)))
    _write(made, where, spelled, fate="observation", state=state, value=float(number))


def count_typed(made: Mutant, chance: random.Random) -> None:
    """A plain number."""
    number = chance.randint(0, 5000)
    where = chance.choice(_free(made, set(WHOLE_TYPES)))
    state = "value" if number else "zero"
    _write(made, where, number, fate="observation", state=state, value=float(number))


def count_illegible(made: Mutant, chance: random.Random) -> None:
    """Words, errors, fractions where a count stands."""
    content = chance.choice(["rất nhiều", "#DIV/0!", "#REF!", 2.5, "12/13/14", "mười hai rưỡi"])
    where = chance.choice(_free(made, set(WHOLE_TYPES)))
    if isinstance(content, str) and content.startswith("#"):
        where[2].value, where[2].data_type = content, "e"
        made.altered.append(
            Altered(where[1], where[2].coordinate, "quarantined", where[0], "quarantined", None)
        )
        return
    _write(made, where, content, fate="quarantined", state="quarantined", value=None)


def blanked(made: Mutant, chance: random.Random) -> None:
    """A value taken away, or white space left behind."""
    content = chance.choice([None, "   ", "\u00a0"])
    where = chance.choice(_free(made, {"count", "bool", "date"}))
    _write(made, where, content, fate=None, state="missing", value=None)


def answer_spelled(made: Mutant, chance: random.Random) -> None:
    """Yes or no in one of the ways people write it."""
    said, value = chance.choice(
        [("có", 1), ("CÓ", 1), ("Co\u0301", 1), ("không", 0), ("Không ", 0)]
    )
    free = _free(made, {"bool"})
    if free:
        state = "value" if value else "zero"
        where = chance.choice(free)
        _write(made, where, said, fate="observation", state=state, value=float(value))


def answer_illegible(made: Mutant, chance: random.Random) -> None:
    """Neither yes nor no."""
    free = _free(made, {"bool"})
    if free:
        where = chance.choice(free)
        _write(made, where, "có lẽ", fate="quarantined", state="quarantined", value=None)


def stray(made: Mutant, chance: random.Random) -> None:
    """A number beside or below the table."""
    spec = chance.choice(made.form.sheets)
    sheet = made.book[spec.name]
    cell = sheet.cell(sheet.max_row + chance.randint(3, 9), sheet.max_column + chance.randint(2, 5))
    cell.value = chance.choice([7, "ghi thêm", 3.25])
    made.altered.append(Altered(spec.name, cell.coordinate, "quarantined"))


def register_row(made: Mutant, chance: random.Random) -> None:
    """A sound row at the end of a register."""
    _register_row(made, chance, is_sound=True)


def register_row_with_a_fault(made: Mutant, chance: random.Random) -> None:
    """A row whose date is none."""
    _register_row(made, chance, is_sound=False)


def _register_row(made: Mutant, chance: random.Random, *, is_sound: bool) -> None:
    specs = [s for s in made.form.sheets if s.register_id]
    spec = chance.choice(specs)
    register = CATALOGUE.registers[str(spec.register_id)]
    sheet = made.book[spec.name]
    codes = {column.code: column for column in register.columns}
    heads = next(r for r in sheet.iter_rows() if len({c.value for c in r} & codes.keys()) > 1)
    used = [r[0].row for r in sheet.iter_rows(min_row=heads[0].row) if any(c.value for c in r)]
    row = max(used) + 1
    faulty = next((c for c in register.columns if c.type == "date"), None)
    for head in heads:
        column = codes.get(head.value)
        if column is None:
            continue
        cell = sheet.cell(row, head.column)
        if not is_sound and column is faulty:
            cell.value = "hôm qua"
            made.altered.append(Altered(spec.name, cell.coordinate, "quarantined"))
            continue
        cell.value = _sound(column, UNITS[made.form.id], row)
        made.altered.append(Altered(spec.name, cell.coordinate, "register"))


def _sound(column: RegisterColumn, unit_id: str, row: int) -> object:
    if column.options:
        return column.options[0]
    fixed = {"date": DAY, "int": 6, "float": 6.5, "bool": "Có", "unit": unit_id}
    return fixed.get(column.type, f"nội dung {row}")


def noted(made: Mutant, chance: random.Random) -> None:
    """A remark in "Ghi chú"."""
    element, (sheet, value) = chance.choice(sorted(value_cells(made).items()))
    cell = made.book[sheet][f"{get_column_letter(value.column + 1)}{value.row}"]
    if cell.value is None and (sheet, cell.coordinate) not in made.touched():
        cell.value = f"trong đó có 02 đơn vượt cấp ({element})"
        made.altered.append(Altered(sheet, cell.coordinate, "observation"))


STRUCTURE: list[Production] = [
    rows_on_top,
    column_at_left,
    foreign_sheet,
    sheets_in_another_order,
    hidden_sheet,
]
CELLS: list[Production] = [
    count_spelled,
    count_typed,
    count_illegible,
    blanked,
    answer_spelled,
    answer_illegible,
    stray,
    register_row,
    register_row_with_a_fault,
    noted,
]
