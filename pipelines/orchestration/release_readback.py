"""A signed copy comes back: compared with the release, filed beside it when it may be.

Belongs here: which paper it is a copy of, labels of figures, the file under ``signed/`` and its
journal line. Does not belong here: the comparison itself (``reports.signed_copy``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipelines.analysis import open_warehouse
from pipelines.analysis.scope import unit_names
from pipelines.intake.container import UnreadableWorkbook
from pipelines.intake.documents import LARGEST
from pipelines.intake.journal import append
from pipelines.intake.receipts import sha256_of
from pipelines.intake.releases import Release
from pipelines.orchestration import release_problems as wrong
from pipelines.orchestration.problems import Stopped
from pipelines.orchestration.releasing import Act, named
from pipelines.orchestration.steps import journal_path
from pipelines.reports.papers.lines import figure_tag
from pipelines.reports.signed_copy import Comparison, FigureChange, NotSigned, compare
from pipelines.warehouse.archives import PAPERS, SIGNED, release_folder
from pipelines.warehouse.durable import write_whole
from pipelines.warehouse.lock import patient_lock

_PAPER = "trinh-ky*.docx"
_READ_ONLY = 0o444
_DIGITS = 8
_MAGIC = {b"%PDF-": "tệp PDF", b"\xff\xd8\xff": "ảnh JPEG", b"\x89PNG": "ảnh PNG"}
_WANTED = "tệp .docx của đúng bản phát hành, sửa và ký từ trinh-ky.docx trong papers/ của bản lưu"
_SAVE_AS = (
    "Lấy tệp Word mà bản in ra từ đó; tệp PDF, bản quét chỉ lưu làm minh chứng (qcdc receive)."
)


@dataclass(frozen=True)
class Readback:
    """What came of it.

    Attributes:
        release_id: The release.
        paper: The archived paper that it is a copy of.
        comparison: What differs.
        filed: Where the copy was filed, below the root; None where it was not.
    """

    release_id: str
    paper: str
    comparison: Comparison
    filed: str | None

    def as_dict(self) -> dict[str, object]:
        """All fields, for ``--json``."""
        return asdict(self)


def readback(root: Path, release: Release, file: Path, act: Act | None) -> Readback:
    """Compare a signed copy with its release and file it.

    Args:
        root: The project's root.
        release: One that was issued.
        file: The signed copy.
        act: Who hands it in; without it nothing is filed. A copy in which any number differs is
            filed only with a reason.

    Raises:
        Stopped: It is no copy of the release: a scan, a PDF, another paper.
    """
    data = _bytes_of(file)
    folder = release_folder(root, release.release_id)
    papers = sorted((folder / PAPERS).glob(_PAPER))
    if not papers:
        raise Stopped(wrong.damaged(release.release_id, "bản lưu không có trinh-ky.docx"))
    paper, found = _closest(papers, data, _ids(root, release.release_id))
    found = replace(found, figures=_labelled(root, release.release_id, found.figures))
    filed = None
    if act is not None and (act.why or not found.numbers_differ):
        differing = len(found.figures) + sum(each.numbers for each in found.wordings)
        filed = _file(root, release, data, act, differing)
    return Readback(release.release_id, paper.name, found, filed)


def _bytes_of(file: Path) -> bytes:
    data = file.read_bytes()
    if len(data) > LARGEST:
        raise Stopped(wrong.no_copy(f"tệp {len(data)} byte", "tệp .docx dưới 50 MB", _SAVE_AS))
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise Stopped(wrong.no_copy(kind, _WANTED, _SAVE_AS))
    return data


def _closest(papers: list[Path], data: bytes, ids: dict[str, str]) -> tuple[Path, Comparison]:
    """The paper of a release that a copy was made from: the one with the fewest edits.

    Raises:
        Stopped: None of them.
    """
    done: list[tuple[Path, Comparison]] = []
    refused = ""
    for paper in papers:
        try:
            done.append((paper, compare(paper.read_bytes(), data, ids)))
        except NotSigned as error:
            refused = _KINDS[error.kind]
        except UnreadableWorkbook as error:
            raise Stopped(
                wrong.no_copy("không phải tệp Word đọc được", _WANTED, _SAVE_AS)
            ) from error
    if not done:
        raise Stopped(wrong.no_copy(refused, _WANTED, _SAVE_AS))
    return min(done, key=lambda each: len(each[1].wordings) + len(each[1].figures))


_KINDS = {
    "scan": "tệp Word chỉ chứa ảnh quét",
    "foreign": "văn bản khác, phần lớn nội dung không có trong bản phát hành",
}


def _ids(root: Path, release_id: str) -> dict[str, str]:
    """Tag of a content control → figure id."""
    figures = open_warehouse(release_id, root).table("report.figures")
    return {figure_tag(str(name)): str(name) for name in figures["figure_id"]}


def _labelled(root: Path, release_id: str, found: list[FigureChange]) -> list[FigureChange]:
    """Figures with what they are: the indicator and where."""
    if not found:
        return found
    warehouse = open_warehouse(release_id, root)
    figures = warehouse.table("report.figures").set_index("figure_id")
    indicators = warehouse.table("ref.indicators").set_index("indicator")["label_vi"]
    units = unit_names(warehouse)
    out = []
    for each in found:
        if each.figure_id in figures.index:
            row = figures.loc[each.figure_id]
            scope = str(row["scope_id"])
            label = f"{indicators[str(row['indicator'])]} – {units.get(scope, scope)}"
            out.append(replace(each, label=label))
        else:
            out.append(each)
    return out


def _file(root: Path, release: Release, data: bytes, act: Act, differences: int) -> str:
    """Put the copy beside the release, then say so in the journal; the same copy only once."""
    digest = sha256_of(data)
    inside = f"{SIGNED}/{digest[:_DIGITS]}.docx"
    path = release_folder(root, release.release_id) / inside
    with patient_lock(root):
        known = {copy.path for copy in named(root, release.release_id).signed}
        write_whole(path, data, "archived")
        path.chmod(_READ_ONLY)
        if inside not in known:
            line = {
                "at": act.at.isoformat(),
                "who": act.who,
                "event": "release",
                "release_id": release.release_id,
                "action": "sign",
                "path": inside,
                "sha256": digest,
                "differences": differences,
            }
            period = release.release_id.rpartition("/")[0]
            append(journal_path(root, period), line | ({"why": act.why} if act.why else {}))
    return path.relative_to(root).as_posix()
