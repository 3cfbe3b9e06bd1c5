"""Write a project as the code of one commit leaves it, for later code to open.

Run it with the code of that commit, from a clone whose path may stand in a fixture::

    git clone . /srv/qcdc-1 && cd /srv/qcdc-1 && git checkout COMMIT && ln -s … .venv
    PYTHONPATH=. .venv/bin/python …/tests/upgrades/write_fixture.py /srv/qcdc …/data/COMMIT.tar.xz

Everything in it is illustrative: four workbooks of the sample, one of the year before.
"""

import datetime as dt
import io
import lzma
import os
import shutil
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines import cli
from pipelines.analysis import adjust
from pipelines.orchestration import (
    commands,
    decide_command,
    narrative_command,
    paper_material,
    period_command,
    receiving,
    release_command,
    report_asset,
    review_command,
)
from tests.orchestration.mini import EARLIER, PERIOD, ROOT, add_earlier, build, fake_report

MARK = "SỐ LIỆU MINH HỌA"
OFFICE = ("--who", "Thường trực Ban Chỉ đạo")
START = dt.datetime.fromisoformat("2021-06-12T08:00:00+07:00")
UNIT, SHEET, VALUES, CODES = "xa-mh-01", "Biểu 01-XA", "E", "C"
# code on the form → what the clerk wrote; one value looks wrong and is right, one sign is unclear
WRITTEN: dict[str, Any] = {"B07": 52_620, "B12": "vài", "B13": "nhiều", "B14": "-"}
FIGURE = f"{PERIOD}/nv.posts_streamlined@huyen-mh-1"
MODULES = (
    commands, decide_command, narrative_command, period_command,
    receiving, release_command, review_command,
)  # fmt: skip
PAGES = ("warehouse", "published")


def write(root: Path) -> None:
    """Build, evaluate, decide, lock and issue."""
    root.mkdir(parents=True)
    os.environ |= {"DAGSTER_HOME": str(root / ".dagster"), "QCDC_NO_PDF": "1"}
    build(root)
    add_earlier(root)
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    os.chdir(root)
    _stop_clock()
    with pytest.MonkeyPatch.context() as patch:
        fake_report(patch)
        _qcdc("run", EARLIER)
        for step in ("open", "close", "lock"):
            _qcdc("period", step, EARLIER, *OFFICE)
        _type_doubtful(root)
        _qcdc("run", PERIOD)
    _decide(root)
    _say(root)
    with pytest.MonkeyPatch.context() as patch:  # papers as they are, but for their pictures
        patch.setattr(report_asset, "render_notebook", _rendered_as_fake())
        patch.setattr(paper_material, "pictures_of", lambda *_, **__: ())
        _qcdc("run", PERIOD)
        _qcdc("release", "submit", PERIOD, *OFFICE, "--checker", "Phó Trưởng ban")
        signed = ("--number", "15", "--date", "12/06/2021", "--signer", "Trưởng ban")
        _qcdc("release", "issue", PERIOD, *signed, "--who", "Văn thư", "--why", MARK)


def _rendered_as_fake() -> Any:
    """The page that stands for an executed notebook, which alone has the size of all else."""
    with pytest.MonkeyPatch.context() as patch:
        fake_report(patch)
        return report_asset.render_notebook


def _decide(root: Path) -> None:
    """One value accepted, one corrected, one sign explained: the three kinds of decision."""
    cells = _type_doubtful(root, dry=True)
    told = ("--told-by", "Chủ tịch UBND xã", "--told-on", "12/06/2021")
    why = ("--why", MARK.lower())
    for code, choice in (("B12", ("--accept",)), ("B13", ("--value", "4", *told))):
        _qcdc("decide", PERIOD, "--finding", f"{SHEET}!{cells[code]}", *choice, *OFFICE, *why)
    _qcdc("decide", PERIOD, "--finding", UNIT, "--means", "-=zero", *OFFICE, *why)


def _say(root: Path) -> None:
    """A text of the report, a review, an adjusted figure."""
    _qcdc("narrative", PERIOD)
    path = root / "raw" / PERIOD / "narrative.yaml"
    words = path.read_text(encoding="utf-8")
    typed = words.replace("uu_diem: |\n", f"uu_diem: |\n  Có nề nếp ({MARK}).\n")
    path.write_text(typed, encoding="utf-8")
    _qcdc("narrative", PERIOD, "--save", *OFFICE, "--why", "bản đầu")
    _qcdc("review", PERIOD, *OFFICE, "--note", f"Đã đối chiếu ({MARK})")
    at = START + dt.timedelta(hours=11, minutes=30)
    adjust(PERIOD, FIGURE, 41, "Chuyên viên tổng hợp", MARK.lower(), root=root, at=at)


def _stop_clock() -> None:
    """Each command comes an hour after the last, whenever this is run."""
    hours = _hours()
    for module in MODULES:
        if hasattr(module, "now"):
            module.now = lambda: next(hours)  # type: ignore[attr-defined] # looked up above


def _hours() -> Iterator[dt.datetime]:
    moment = START
    while True:
        moment += dt.timedelta(hours=1)
        yield moment


def _qcdc(*arguments: str) -> None:
    """Call the command; 1 is a run whose published figures differ, as those of a cut sample do."""
    try:
        cli.main(list(arguments))
    except SystemExit as ended:
        if ended.code not in ({0, 1, None} if arguments[0] == "run" else {0, None}):
            raise


def _type_doubtful(root: Path, *, dry: bool = False) -> dict[str, str]:
    """The commune's workbook as it is sent a second time; the cells by code on the form."""
    (path,) = (root / "raw" / PERIOD / UNIT).glob("xa-*.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    cells = {str(c.value): f"{VALUES}{c.row}" for c in sheet[CODES] if c.value in WRITTEN}
    for code, cell in cells.items():
        sheet[cell] = WRITTEN[code]
    if not dry:
        book.save(path)
    return cells


def pack(root: Path, target: Path) -> None:
    """One small archive; what is rendered from the tables is left out, the release has its own."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root)
            if path.is_file() and path.name != ".lock" and inside.parts[:2] != PAGES:
                archive.addfile(_member(path, inside.as_posix()), io.BytesIO(path.read_bytes()))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(lzma.compress(data.getvalue(), preset=9 | lzma.PRESET_EXTREME))


def _member(path: Path, name: str) -> tarfile.TarInfo:
    """A member that says nothing of the machine and its users."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = path.stat().st_size, 0o644
    return member


if __name__ == "__main__":
    write(Path(sys.argv[1]))
    pack(Path(sys.argv[1]), Path(sys.argv[2]))
