"""What ``qcdc bundle`` does: the evidence of a period as archives, each for its readers.

Belongs here: which archives there are and what lies in them. Does not belong here: pages
(``reports.site``), who may see what (``catalogue.disclosure``).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pipelines.analysis import open_warehouse
from pipelines.analysis.scope import of_period
from pipelines.catalogue.disclosure import Audience, load_disclosure
from pipelines.intake.journal import read_journal
from pipelines.intake.releases import releases_of
from pipelines.orchestration import screen
from pipelines.orchestration.evidence_site import gather, papers_beside
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.steps import journal_path
from pipelines.reports.site import addresses
from pipelines.reports.site.pages import own_copies, site_pages
from pipelines.reports.site.source import Source
from pipelines.warehouse.manifest import published_folder
from pipelines.warehouse.reader import Warehouse
from pipelines.warehouse.root import find_root

DONE = 0
# ZIP has no time before 1980; no clock enters an archive
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16

Packed = tuple[str, bytes]


@dataclass(frozen=True)
class Asked:
    """What was asked for.

    Attributes:
        period: Key of the period.
        audience: Id of ``data/disclosure.yaml``.
        out: Folder; made when missing.
        unit: Only the copy of this unit, of an audience of units.
        release: Number of an issued release; what is in the warehouse when None.
    """

    period: str
    audience: str
    out: Path
    unit: str | None = None
    release: str | None = None


def bundle(asked: Asked, *, as_json: bool) -> int:
    """Write the archives of a period for an audience.

    Raises:
        Stopped: No such audience or unit, or the period was not evaluated.
        NoRelease: There is no such release.
    """
    root, period = find_root(), asked.period
    chosen = _audience(asked.audience)
    release = None if asked.release is None else f"{period}/{asked.release.rpartition('/')[2]}"
    warehouse = open_warehouse(release, root)
    _require(warehouse, period, chosen, asked.unit)
    published = published_folder(root, period)
    if release is not None:
        published = root / "raw" / period / "releases" / release.rpartition("/")[2] / "papers"
    earlier = [] if chosen.exact else _earlier(root, period, release)
    given = (published, warehouse, period, chosen, asked.out, asked.unit)
    paths = list(write_bundles(*given, earlier=earlier))
    if as_json:
        told = {"period": period, "audience": chosen.id, "files": [str(path) for path in paths]}
        screen.print_json(told)
        return DONE
    console = screen.console()
    console.print(f"{chosen.label_vi}: {chosen.note_vi}", soft_wrap=True)
    where = str(paths[0]) if len(paths) == 1 else f"{paths[0].parent} ({len(paths):02d} tệp)"
    console.print(f"Gói minh chứng: {where}", soft_wrap=True)
    if release is None and not chosen.workings:
        console.print("Lưu ý: từ bản làm việc, chưa phải bản đã ban hành (--release).")
    return DONE


def write_bundles(
    published: Path,
    wh: Warehouse,
    period: str,
    audience: Audience,
    out: Path,
    unit: str | None = None,
    earlier: Sequence[Warehouse] = (),
) -> Iterator[Path]:
    """Write the archives; equal tables and papers give equal bytes.

    The papers go with the whole site only: their figures are exact.

    Args:
        published: Folder of the papers.
        wh: The warehouse.
        period: Key of the period.
        audience: Who reads.
        out: Folder; made when missing.
        unit: Only the copy of this unit.
        earlier: The warehouse as releases before this one have kept it, oldest first; see
            ``reports.site.lens``.

    Yields:
        Each archive: one, or one per unit where units get copies of their own.
    """
    name = f"{addresses.FOLDER}_{period}_{audience.id}"
    out.mkdir(parents=True, exist_ok=True)
    papers = papers_beside(published) if audience.exact else ()
    before = tuple(gather(each, period) for each in earlier)
    source = replace(gather(wh, period, papers), earlier=before)
    if not audience.own:
        yield _write(out / f"{name}.zip", _everything(source, audience, published))
        return
    (out / name).mkdir(exist_ok=True)
    wanted = None if unit is None else [unit]
    for owner, pages in own_copies(source, load_disclosure(), audience.id, wanted):
        packed = [(f"{addresses.FOLDER}/{page.path}", page.data) for page in pages]
        yield _write(out / name / f"{owner}.zip", packed)


def _earlier(root: Path, period: str, release: str | None) -> list[Warehouse]:
    """The warehouse of every release that was issued before the one that is asked for."""
    entries = read_journal(journal_path(root, period)).entries
    issued = [each.release_id for each in releases_of(entries) if each.was_issued]
    before = issued[: issued.index(release)] if release in issued else issued
    return [open_warehouse(each, root) for each in before]


def _everything(source: Source, audience: Audience, published: Path) -> Iterator[Packed]:
    for page in site_pages(source, load_disclosure(), audience.id):
        yield f"{addresses.FOLDER}/{page.path}", page.data
    for _, address in source.papers:
        name = PurePosixPath(address).name
        yield name, (published / name).read_bytes()


def _write(path: Path, packed: Iterable[Packed]) -> Path:
    """Write an archive, whole or not at all."""
    draft = path.with_name(f".{path.name}.tmp")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(packed):
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, _MODE
            archive.writestr(info, data)
    draft.replace(path)
    return path


def _audience(name: str) -> Audience:
    known = load_disclosure().audiences
    if name not in known:
        raise Stopped(
            Problem(
                "QCDC-E46",
                f"Không có đối tượng nhận {name!r}.",
                f"--audience {name}",
                "; ".join(f"{each.id} ({each.label_vi})" for each in known.values()),
                "Chọn lại --audience.",
            )
        )
    return known[name]


def _require(wh: Warehouse, period: str, audience: Audience, unit: str | None) -> None:
    figures = of_period(wh.table("report.figures"), period)
    if figures.empty:
        raise Stopped(
            Problem(
                "QCDC-E47",
                f"Kỳ {period} chưa có số liệu trong kho để đóng gói.",
                period,
                "một kỳ đã đánh giá, ví dụ 2021-H1 (qcdc status liệt kê các kỳ)",
                f"Chạy trước: qcdc run {period}.",
            )
        )
    known = set(of_period(wh.table("core.observations"), period)["unit_id"])
    known |= set(of_period(wh.table("intake.submissions"), period)["provider"])
    if unit is not None and (unit not in known or not audience.own):
        raise Stopped(
            Problem(
                "QCDC-E48",
                f"Không có bản riêng cho đơn vị {unit}.",
                f"--audience {audience.id} --unit {unit}",
                "--audience units và mã một đơn vị có số liệu trong kỳ, ví dụ xa-mh-07",
                "Bỏ --unit, hoặc sửa mã đơn vị.",
            )
        )
