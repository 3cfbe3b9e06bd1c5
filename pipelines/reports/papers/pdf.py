"""Word papers as PDF, through LibreOffice where it is installed.

Belongs here: one call of the program for all papers, bytes without clock and chance. Does not
belong here: what a paper looks like (``docx_paper``).
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.catalogue.stamping import STAMP

SWITCH = "QCDC_NO_PDF"
_PROGRAMS = ("soffice", "libreoffice")
_SECONDS = 180
# content controls are there for the copy that comes back; on paper they are words
_SETTINGS = {
    "ExportFormFields": {"type": "boolean", "value": "false"},
    "ExportBookmarks": {"type": "boolean", "value": "true"},
    # tags make a file five times as large; the page is there for those who do not see
    "UseTaggedPDF": {"type": "boolean", "value": "false"},
}
_FILTER = "pdf:writer_pdf_Export:" + json.dumps(_SETTINGS, separators=(",", ":"))
# fixed text of equal length for what LibreOffice takes from the clock or from chance
_STAMPED = (
    (re.compile(rb"(/(?:CreationDate|ModDate)\s*\(D:)([^)]*)(\))"), STAMP.strftime("%Y%m%d%H%M%S")),
    (
        re.compile(rb"(<xmp:(?:CreateDate|ModifyDate|MetadataDate)>)([^<]*)(<)"),
        STAMP.strftime("%Y-%m-%dT%H:%M:%S"),
    ),
    (re.compile(rb"(<)([0-9A-Fa-f]{32})(>)"), "0" * 32),
    (re.compile(rb"(/DocChecksum /)([0-9A-F]{32})()"), "0" * 32),
)
KNOWN_FONTS = frozenset(
    {"LiberationSerif", "NotoSerif", "Tinos", "TimesNewRomanPSMT", "TimesNewRomanPS"}
)
_FONT_NAME = re.compile(rb"/FontName\s*/(?:[A-Z]{6}\+)?([A-Za-z0-9-]+)")
log = logging.getLogger(__name__)


class PdfError(RuntimeError):
    """LibreOffice is there, and did not make what it was asked for."""


def program(environment: Mapping[str, str] | None = None) -> Path | None:
    """LibreOffice; None where it is not installed or ``QCDC_NO_PDF=1`` says to do without.

    Args:
        environment: Of the process; the real one when None.
    """
    environment = os.environ if environment is None else environment
    if environment.get(SWITCH, "") not in {"", "0"}:
        return None
    found = (shutil.which(name, path=environment.get("PATH")) for name in _PROGRAMS)
    return next((Path(path) for path in found if path), None)


def to_pdf(docx_paths: Sequence[Path], out: Path) -> list[Path]:
    """Make a PDF of each paper.

    Args:
        docx_paths: The Word files; their names must differ.
        out: Folder of the PDFs, which keep the names.

    Returns:
        The PDFs in the order of the papers; none where LibreOffice is absent or switched off,
        which is said in the log and stops nothing.

    Raises:
        PdfError: LibreOffice failed, took longer than three minutes or left a paper out.
    """
    paths = [path.resolve() for path in docx_paths]
    office = program()
    if not paths or office is None:
        if paths:
            log.warning(
                "no PDF: LibreOffice is not installed or %s is set; %d papers stay as DOCX",
                SWITCH,
                len(paths),
            )
        return []
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="qcdc-pdf-") as work:
        made = Path(work) / "out"
        _convert(office, paths, made, Path(work) / "profile")
        told = []
        for path in paths:
            name = f"{path.stem}.pdf"
            if not (made / name).is_file():
                msg = f"LibreOffice made no PDF of {path.name}"
                raise PdfError(msg)
            target = out / name
            raw = (made / name).read_bytes()
            _warn_of_fonts(raw, path.name)
            target.write_bytes(stamped(raw))
            told.append(target)
    return told


def _convert(office: Path, paths: list[Path], made: Path, profile: Path) -> None:
    """One call for all papers, under a profile of its own: a running LibreOffice would refuse."""
    command = [
        str(office),
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        _FILTER,
        "--outdir",
        str(made),
        *(str(path) for path in paths),
    ]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        subprocess.run(  # noqa: S603 — the program found above, with paths of our own
            command,
            check=True,
            capture_output=True,
            timeout=_SECONDS,
            env=environment,
        )
    except subprocess.TimeoutExpired as error:
        msg = f"LibreOffice took longer than {_SECONDS} seconds for {len(paths)} papers"
        raise PdfError(msg) from error
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode(errors="replace").strip()[-500:]
        msg = f"LibreOffice stopped with code {error.returncode}: {told}"
        raise PdfError(msg) from error


def _warn_of_fonts(raw: bytes, name: str) -> None:
    """Say so where a letter came from a font nobody chose: it was missing in the right one."""
    others = fonts_of(raw) - KNOWN_FONTS
    if others:
        log.warning(
            "%s: some letters are set in %s; install a font with the measures of Times New Roman"
            " and every Vietnamese letter (Debian: fonts-liberation 2 or newer, fonts-noto-core)",
            name,
            ", ".join(sorted(others)),
        )


def fonts_of(raw: bytes) -> set[str]:
    """Families of the fonts in a PDF, "LiberationSerif" of "BAAAAA+LiberationSerif-Bold"."""
    return {found.decode().split("-")[0] for found in _FONT_NAME.findall(raw)}


def stamped(raw: bytes) -> bytes:
    """A PDF with fixed dates and ids; lengths stay, so that its table of places holds."""
    for pattern, fixed in _STAMPED:
        text = fixed.encode()

        def same_length(found: re.Match[bytes], text: bytes = text) -> bytes:
            was = found[2]
            return found[1] + text[: len(was)] + was[len(text) :] + found[3]

        raw = pattern.sub(same_length, raw)
    return raw
