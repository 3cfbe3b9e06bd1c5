"""The doctor on names: does everything that journals speak of still have a name in the catalogue?

Belongs here: looking through the journals for codes that lead nowhere, and the check. Does not
belong here: which names have changed (``catalogue.migrations``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.load import load_catalogue, load_migrations
from pipelines.catalogue.migrations import CODES, UnknownCode, names_of
from pipelines.intake.journal import JournalError, read_journal
from pipelines.operations.doctor_model import Check, Facts, Finding

_FEW = 3


def unknown_codes(root: Path) -> tuple[str, ...]:
    """Codes in journal lines that the catalogue does not know, each told once with its journal.

    A catalogue or a journal that cannot be read is another check's business.
    """
    try:
        names, migrations = names_of(load_catalogue()), load_migrations()
    except CatalogueError:
        return ()
    found: dict[str, None] = {}
    for path in sorted((root / "raw").glob("*/journal.jsonl")):
        try:
            entries = read_journal(path).entries
        except JournalError:
            continue
        for entry in entries:
            for kind in CODES:
                if not isinstance(entry.get(kind), str):
                    continue
                try:
                    migrations.known(kind, entry[kind], names[kind])
                except UnknownCode as unknown:
                    found[f"{path.parent.name}: {unknown.problems[0]}"] = None
    return tuple(found)


def codes(facts: Facts) -> Iterator[Finding]:
    """What journals speak of is in the catalogue, or was renamed to something that is."""
    if facts.codes:
        more = "…" if len(facts.codes) > _FEW else ""
        yield Finding(
            "codes",
            "warning",
            f"{len(facts.codes)} mã trong sổ không còn trong danh mục: "
            f"{'; '.join(facts.codes[:_FEW])}{more}",
            "mọi mã trong sổ đều có trong danh mục, hoặc có dòng đổi tên",
            "Thêm dòng đổi tên vào pipelines/catalogue/data/migrations.yaml; chừng nào chưa có, "
            "quyết định của dòng đó không có tác dụng.",
        )


CODE_CHECKS: tuple[Check, ...] = (Check("codes", "Mã trong sổ", codes),)
