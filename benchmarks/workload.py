"""Made-up amounts of work: one shipped workbook under many senders' names.

Belongs here: files and facts to be read. Does not belong here: timing (``sides``).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PERIOD = "2021-H1"
_MODEL, _MODEL_NAME = "cq-mh-01", "Cơ quan minh họa 01"
_SENT = ROOT / "raw" / PERIOD / _MODEL / f"cq-2021_{PERIOD}.xlsx"


def build_root(root: Path, workbooks: int) -> None:
    """Write a project with so many agencies, each with its workbook and receipt.

    Args:
        root: An empty folder.
        workbooks: How many.
    """
    reference = copy_facts(root)
    lines = (ROOT / "raw" / "reference" / "units.csv").read_text(encoding="utf-8").splitlines()
    model = next(line for line in lines if line.startswith(f"{_MODEL},"))
    kept = [line for line in lines if not line.startswith("cq-mh-")]
    senders = [f"cq-mh-{number:05d}" for number in range(1, workbooks + 1)]
    kept += [model.replace(_MODEL, s).replace(_MODEL_NAME, _name(s)) for s in senders]
    (reference / "units.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    receipts = [_receipt(root, sender) for sender in senders]
    journal = root / "raw" / PERIOD / "journal.jsonl"
    journal.write_text("\n".join(receipts) + "\n", encoding="utf-8")


def copy_facts(root: Path) -> Path:
    """Begin a project with the shipped facts; the folder that they lie in."""
    (root / "workspace.yaml").write_text("", encoding="utf-8")
    reference = root / "raw" / "reference"
    reference.mkdir(parents=True)
    for path in (ROOT / "raw" / "reference").glob("*.csv"):
        (reference / path.name).write_bytes(path.read_bytes())
    return reference


def files_of(root: Path) -> list[Path]:
    """The workbooks, in order."""
    return sorted((root / "raw" / PERIOD).glob("*/*.xlsx"))


def _name(sender: str) -> str:
    return f"Cơ quan minh họa {sender.rpartition('-')[2]}"


def _receipt(root: Path, sender: str) -> str:
    data = _under_name(_parts(), sender)
    path = root / "raw" / PERIOD / sender / _SENT.name
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    entry = {
        "at": "2021-06-01T08:00:00+07:00",
        "who": "văn thư",
        "event": "received",
        "submission_id": f"{PERIOD}/{sender}/01",
        "sha256": hashlib.sha256(data).hexdigest(),
        "path": path.relative_to(root).as_posix(),
        "channel": "e-mail",
    }
    return json.dumps(entry, ensure_ascii=False)


def _parts() -> list[tuple[zipfile.ZipInfo, bytes]]:
    with zipfile.ZipFile(_SENT) as archive:
        return [(info, archive.read(info)) for info in archive.infolist()]


def _under_name(parts: list[tuple[zipfile.ZipInfo, bytes]], sender: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for info, data in parts:
            renamed = data.replace(_MODEL.encode(), sender.encode())
            for written in (str.encode, as_numbers):  # with lxml openpyxl writes letters
                renamed = renamed.replace(written(_MODEL_NAME), written(_name(sender)))
            archive.writestr(info, renamed)
    return out.getvalue()


def as_numbers(text: str) -> bytes:
    """A text with its letters as numbers, as openpyxl writes them where lxml is."""
    return text.encode("ascii", "xmlcharrefreplace")
