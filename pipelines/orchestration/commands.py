"""What each ``qcdc`` command does: ask, show, exit code.

Belongs here: the order of asking and showing. Does not belong here: options (``cli``), logic
(``steps`` and the other modules of this room).
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipelines.analysis import open_warehouse
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import period_keys
from pipelines.orchestration import period_status, screen, tracing
from pipelines.orchestration.blank_forms import BlankForm, FormOffice, write_form
from pipelines.orchestration.earlier import due_periods
from pipelines.orchestration.headline import disagreeing, headline_rows, headline_table
from pipelines.orchestration.history_command import run_all
from pipelines.orchestration.kept_files import forget_hashes
from pipelines.orchestration.problems import BROKEN, CANNOT_RUN, Problem, Stopped
from pipelines.orchestration.receiving import late_files
from pipelines.orchestration.running import BuildDefs, Outcome, run_period
from pipelines.warehouse.manifest import read_manifest
from pipelines.warehouse.root import find_root

DONE = 0
FAMILIES = ("default", "party", "state", "both")
_FEW = 3
_PAPERS = {
    "trinh-ky": "Bản trình ký",
    "tra-cuu": "Bản tra cứu",
    "tom-tat": "Tóm tắt cho cuộc họp",
    "thong-bao": "Dự thảo thông báo kết luận",
}


@dataclass(frozen=True)
class Wanted:
    """Which empty forms are asked for."""

    form: str | None = None
    unit: str | None = None
    period: str | None = None
    everything: bool = False

    @property
    def nothing(self) -> bool:
        """Whether no form is asked for."""
        return self.form is None and self.unit is None and not self.everything


@dataclass(frozen=True)
class Chosen:
    """Which periods are to run: one, or all that have input; whether files are hashed again."""

    period: str | None
    everything: bool = False
    locked: bool = False
    verify: bool = False


def run_chosen(chosen: Chosen, build: BuildDefs, *, family: str, as_json: bool) -> int:
    """Run one period, or all of them.

    Raises:
        Stopped: Neither or both are asked for, or as ``run`` and ``run_all`` say.
    """
    if (chosen.period is not None) == chosen.everything or (
        chosen.locked and not chosen.everything
    ):
        raise Stopped(_one_or_all())
    if chosen.verify:
        forget_hashes(find_root())
    if chosen.period is not None:
        return run(chosen.period, build, family=family, as_json=as_json)
    _require_family(family)
    return run_all(build, family=family, locked=chosen.locked, as_json=as_json)


def run(period: str, build: BuildDefs, *, family: str = "default", as_json: bool) -> int:
    """Run a period's job, then show the headline figures and where the report is.

    Earlier periods that it is compared with run first where their inputs have changed. One that
    cannot run is told and does not stop this one, nor does it count for the exit code.

    Args:
        period: Key of the period.
        build: Makes the definitions; called only when the period is known.
        family: In which families papers are written: ``default``, ``party``, ``state``, ``both``.
        as_json: Print JSON.

    Raises:
        Stopped: No such family, or the run could not go through; nothing or not everything was
            published.
    """
    _require_family(family)
    root, catalogue = find_root(), load_catalogue()
    require_period(catalogue, period)
    due = due_periods(root, catalogue, period, read_manifest(root).inputs)
    earlier = {key: _run_earlier(root, key, period, build) for key in due}
    with screen.steps_shown() as on_step:
        outcome = run_period(root, period, on_step, build, family)
    if outcome.problem is not None:
        raise Stopped(outcome.problem)
    warehouse = open_warehouse(root=root)
    differing = disagreeing(warehouse, period)
    late = [path for path, _ in late_files(root, period)]
    if late:
        screen.tell(_came_late(period, late))
    if as_json:
        rows = screen.records(headline_rows(warehouse, period))
        screen.print_json(
            {
                "period": period,
                "run_id": outcome.run_id,
                "reports": outcome.pages,
                "headline": rows,
                "disagreeing": differing,
                "failed_checks": outcome.failed_checks,
                "late": late,
                "earlier": [_run_as_dict(key, done) for key, done in earlier.items()],
            }
        )
    else:
        _show_run(headline_rows(warehouse, period), period, outcome, differing)
    return BROKEN if differing or outcome.broken_checks else DONE


def _require_family(family: str) -> None:
    if family not in FAMILIES:
        raise Stopped(_no_family(family))


def _one_or_all() -> Problem:
    return Problem(
        "QCDC-E103",
        "Chưa rõ chạy kỳ nào.",
        "không nêu kỳ nào, hoặc vừa nêu kỳ vừa dùng --all, hoặc dùng --locked mà không có --all",
        "một kỳ, hoặc --all để đánh giá lại mọi kỳ đã có tệp",
        "Ví dụ: qcdc run 2021-H1; qcdc run --all; tính cả kỳ đã khóa: qcdc run --all --locked.",
    )


def _run_earlier(root: Path, period: str, compared: str, build: BuildDefs) -> Outcome:
    """Run a period that another one is compared with, telling so."""
    screen.tell(
        f"Kỳ {period} chưa đánh giá hoặc đầu vào đã đổi: chạy trước, vì kỳ {compared} tính từ"
        " hoặc so sánh với kỳ này."
    )
    with screen.steps_shown(f"Kỳ {period}") as on_step:
        outcome = run_period(root, period, on_step, build)
    if outcome.problem is not None:
        screen.show_problem(outcome.problem)
        screen.tell(f"Kỳ {period} dừng lại; tiếp tục kỳ {compared}.")
    return outcome


def _came_late(period: str, late: list[str]) -> str:
    some = ", ".join(late[:_FEW]) + ("…" if len(late) > _FEW else "")
    return (
        f"Kỳ {period} đã khóa: {len(late)} tệp đến sau chưa được tính ({some}). Muốn tính: "
        f"qcdc period reopen {period} --who … --why …, rồi chạy lại."
    )


def _run_as_dict(period: str, outcome: Outcome) -> dict[str, object]:
    return {
        "period": period,
        "run_id": outcome.run_id,
        "reports": outcome.pages,
        "failed_checks": outcome.failed_checks,
        "problem": outcome.problem.as_dict() if outcome.problem is not None else None,
    }


def _show_run(rows: pd.DataFrame, period: str, outcome: Outcome, differing: int) -> None:
    out = screen.console()
    mark = " — SỐ LIỆU MINH HỌA" if rows["is_illustrative"].any() else ""
    screen.show_table(out, headline_table(rows), f"Số liệu chính kỳ {period}{mark}")
    if differing:
        out.print(f"{differing} số đã công bố không khớp số tính từ biểu mẫu.", style="bold red")
    if outcome.broken_checks:
        out.print(f"Phép soát không đạt: {', '.join(outcome.broken_checks)}", style="bold red")
    if len(rows):
        example = rows["figure_id"].iloc[-1]
        out.print(f"Truy nguồn một con số: qcdc trace {example}", soft_wrap=True)
    for line in papers_shown(outcome.pages):
        out.print(line, soft_wrap=True)


def papers_shown(pages: Sequence[str]) -> list[str]:
    """Where the papers of a run are, one line each: what it is, its page, its other formats.

    Args:
        pages: Files, relative to the root.
    """
    endings: dict[str, list[str]] = {}
    for page in pages:
        stem, _, ending = page.rpartition(".")
        endings.setdefault(stem, []).append(ending)
    lines = []
    for stem, kinds in endings.items():
        name = _PAPERS.get(_family_free(stem.rpartition("/")[2]), "Báo cáo")
        first = "html" if "html" in kinds else kinds[0]
        others = ", ".join(kind for kind in kinds if kind != first)
        lines.append(f"{name}: {stem}.{first}" + (f" ({others})" if others else ""))
    if lines and not any("pdf" in kinds for kinds in endings.values()):
        lines.append("PDF: chưa có, máy không có LibreOffice hoặc đã tắt (QCDC_NO_PDF).")
    return lines


def _family_free(name: str) -> str:
    """The name of a paper without the family that the body does not use."""
    for ending in ("-dang", "-nha-nuoc"):
        name = name.removesuffix(ending)
    return name


def template(wanted: Wanted, folder: Path, *, as_json: bool) -> int:
    """Write empty workbooks, or list the forms when none is asked for.

    Returns:
        2 when a file of the same name holds somebody's work and was left alone, else 0.

    Raises:
        Stopped: No such form, unit or period, or nothing to write.
    """
    root, catalogue = find_root(), load_catalogue()
    if wanted.form is not None and wanted.form not in catalogue.forms:
        raise Stopped(_no_form(wanted.form, list(catalogue.forms)))
    if wanted.period is not None:
        require_period(catalogue, wanted.period)
    office = FormOffice(root, catalogue)
    period = wanted.period or office.newest_period()
    if wanted.nothing:
        _list_forms(catalogue, office.owed(period), as_json=as_json)
        return DONE
    blanks = office.for_unit(wanted.unit, period) if wanted.unit else office.owed(period)
    blanks = [blank for blank in blanks if wanted.form in {None, blank.form.id}]
    if not blanks:
        raise Stopped(_nothing_owed(wanted, period))
    written = [write_form(office, blank, folder) for blank in blanks]
    _show_written(written, as_json=as_json)
    return DONE if all(fresh for _, fresh in written) else CANNOT_RUN


def _list_forms(catalogue: Catalogue, owed: list[BlankForm], *, as_json: bool) -> None:
    counts = pd.Series([blank.form.id for blank in owed], dtype="str").value_counts()
    frame = pd.DataFrame(
        [
            {
                "form": form.id,
                "number": form.number_vi,
                "title": form.title_vi,
                "filled_by": form.provider_label_vi,
                "units": int(counts.get(form.id, 0)),
            }
            for form in catalogue.forms.values()
        ]
    )
    if as_json:
        screen.print_json({"forms": screen.records(frame)})
        return
    headings = ["Mã biểu", "Số biểu", "Tên biểu", "Người điền", "Số đơn vị phải nộp"]
    screen.show_table(screen.console(), frame.set_axis(headings, axis=1))


def _show_written(written: list[tuple[Path, bool]], *, as_json: bool) -> None:
    if as_json:
        files = [{"path": str(path), "written": fresh} for path, fresh in written]
        screen.print_json({"files": files})
        return
    out = screen.console()
    for path, fresh in written:
        if fresh:
            out.print(str(path), soft_wrap=True)
        else:
            screen.show_problem(_in_the_way(path))


def status(period: str | None, *, as_json: bool) -> int:
    """Show where periods stand.

    Raises:
        Stopped: No such period.
    """
    root, catalogue = find_root(), load_catalogue()
    if period is not None:
        require_period(catalogue, period)
    found = period_status.status_of(root, catalogue, period)
    if as_json:
        screen.print_json({"periods": [each.as_dict() for each in found]})
    else:
        _show_status(found)
    return DONE


def _show_status(found: list[period_status.PeriodStatus]) -> None:
    out = screen.console()
    if not found:
        out.print("Chưa có kỳ nào: raw/ không có thư mục kỳ, kho chưa có số liệu.")
    for each in found:
        out.print(f"{each.label} ({each.period})", style="bold")
        for label, text in period_status.sentences(each):
            out.print(f"  {label}: {text}")


def trace(figure_id: str, release: str | None, *, as_json: bool) -> int:
    """Show what a figure was made of.

    Raises:
        Stopped: No such figure.
    """
    found = tracing.trace(find_root(), figure_id, release)
    if as_json:
        screen.print_json(found.as_dict())
        return DONE
    out = screen.console()
    out.print(f"{found.label} — {found.scope}: {found.shown_as}", style="bold")
    for label, text in tracing.sentences(found):
        out.print(f"  {label}: {text}")
    for line in tracing.evidence_lines(found):
        out.print(line, soft_wrap=True)
    return DONE


def require_period(catalogue: Catalogue, period: str) -> None:
    """Refuse a period that the catalogue does not have.

    Raises:
        Stopped: Names the nearest ones.
    """
    keys = period_keys(catalogue.periods)
    if period in keys:
        return
    near = difflib.get_close_matches(period, keys, n=3, cutoff=0.5)
    raise Stopped(
        Problem(
            "QCDC-E13",
            f"Không có kỳ {period}.",
            period,
            f"một kỳ của danh mục, từ {keys[0][:4]} đến {keys[-1][-4:]}; "
            f"gần nhất: {', '.join(near) or '2021-H1'}",
            "Viết lại kỳ, ví dụ 2021-H1 (6 tháng), 2021-Q1 (quý), 2021 (năm).",
        )
    )


def _no_form(form: str, known: list[str]) -> Problem:
    return Problem(
        "QCDC-E15",
        f"Không có biểu {form}.",
        form,
        f"một trong: {', '.join(known)}",
        "Chạy qcdc template để xem các biểu.",
    )


def _no_family(family: str) -> Problem:
    return Problem(
        "QCDC-E95",
        f"Không có thể thức {family}.",
        family,
        "party (văn bản của Đảng), state (văn bản của Nhà nước) hoặc both (cả hai)",
        "Viết lại --family, hoặc bỏ để dùng thể thức của cơ quan ban hành.",
    )


def _nothing_owed(wanted: Wanted, period: str) -> Problem:
    asked = ", ".join(
        f"{word} {it}" for word, it in (("biểu", wanted.form), ("đơn vị", wanted.unit)) if it
    )
    return Problem(
        "QCDC-E16",
        "Không có biểu nào phải nộp.",
        f"{asked or 'mọi đơn vị'}, kỳ {period}",
        f"công văn yêu cầu của kỳ {period} trong raw/reference/requests.csv, "
        "hoặc biểu đang có hiệu lực của đơn vị nêu ở --unit",
        "Bổ sung công văn, hoặc sửa biểu, đơn vị, kỳ.",
    )


def _in_the_way(path: Path) -> Problem:
    return Problem(
        "QCDC-E17",
        "Không ghi đè tệp đã có.",
        f"{path} đã có và khác biểu trống",
        "thư mục chưa có tệp cùng tên",
        "Nêu thư mục khác bằng --out, hoặc tự chuyển tệp cũ đi.",
    )
