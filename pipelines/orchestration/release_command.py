"""``qcdc release …``: what people type to submit, issue, correct, check a release.

Belongs here: options, what is shown, exit codes. Does not belong here: the steps (``releasing``),
the comparison of bytes, tables and signed copies (``release_verify``, ``release_rebuild``,
``release_readback``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pandas as pd
import typer

from pipelines.catalogue.load import load_catalogue
from pipelines.intake.releases import Release
from pipelines.orchestration import release_problems as wrong
from pipelines.orchestration import release_verify, releasing, screen
from pipelines.orchestration.clock import now
from pipelines.orchestration.commands import require_period
from pipelines.orchestration.problems import BROKEN, Stopped
from pipelines.orchestration.release_rebuild import Rebuilt, rebuild
from pipelines.orchestration.release_words import release_line, release_row
from pipelines.orchestration.releasing import Act, Signature
from pipelines.vietnamese.dates import PROBLEM_TEXT_VI, parse_date
from pipelines.vietnamese.text import normalise
from pipelines.warehouse.archives import release_folder
from pipelines.warehouse.root import find_root

if TYPE_CHECKING:
    from pipelines.orchestration.release_readback import Readback

_READBACK = ["Số liệu", "Ở đâu", "Bản phát hành", "Bản đã ký", "Mã"]
_NO_ID = "Số không mang mã, trong lời văn hoặc biểu"
_NOT_FILED = "Chưa lưu bản ký (muốn lưu: --who chức-vụ; có số khác thì thêm --why lý-do)."

app = typer.Typer(
    help="Bản phát hành: trình, trả lại, ban hành, đính chính, thu hồi, kiểm tra.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
AsJson = Annotated[bool, typer.Option("--json", help="in kết quả dạng JSON cho máy đọc")]
PeriodKey = Annotated[str, typer.Argument(metavar="KỲ", help="kỳ báo cáo, ví dụ 2021-H1")]
ReleaseId = Annotated[
    str,
    typer.Argument(metavar="BẢN", help="ví dụ 2021-H1/01; chỉ ghi kỳ: bản đang trình, đang dùng"),
]
Who = Annotated[str, typer.Option("--who", help="chức vụ người làm bước này, không ghi họ tên")]
Why = Annotated[str | None, typer.Option("--why", help="lý do")]


@app.command()
def submit(
    period: PeriodKey,
    who: Annotated[str, typer.Option("--who", help="chức vụ người lập báo cáo")],
    checker: Annotated[str, typer.Option(help="chức vụ người soát báo cáo")],
    as_json: AsJson = False,
) -> None:
    """Trình bản đang làm của kỳ: chỉ đúng bản này được ban hành."""
    root, catalogue = find_root(), load_catalogue()
    require_period(catalogue, period)
    release = releasing.submit(root, catalogue, period, _act(who), normalise(checker))
    _show(release, as_json=as_json)


@app.command("return")
def give_back(name: ReleaseId, who: Who, why: Why = None, as_json: AsJson = False) -> None:
    """Trả lại bản đã trình để sửa; phải nêu lý do (--why)."""
    _show(releasing.give_back(find_root(), name, _act(who, why)), as_json=as_json)


@app.command()
def issue(
    name: ReleaseId,
    number: Annotated[str, typer.Option(help="số văn bản, không kèm ký hiệu, ví dụ 15")],
    date: Annotated[str, typer.Option(help="ngày ký, ví dụ 10/06/2021")],
    signer: Annotated[str, typer.Option(help="chức vụ người ký, không ghi họ tên")],
    who: Who,
    why: Why = None,
    keep_inputs: Annotated[
        bool, typer.Option("--keep-inputs", help="chép cả tệp đầu vào vào bản lưu")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ban hành bản đã trình: đóng băng số liệu, danh mục, lời văn, văn bản vào raw/…/releases/."""
    release = releasing.issue(
        find_root(),
        load_catalogue(),
        name,
        _act(who, why),
        Signature(normalise(number), _day(date), normalise(signer)),
        keep_inputs=keep_inputs,
    )
    _show(release, as_json=as_json)


@app.command()
def withdraw(name: ReleaseId, who: Who, why: Why = None, as_json: AsJson = False) -> None:
    """Rút bản đã trình, hoặc thu hồi bản đã ban hành; phải nêu lý do, bản lưu vẫn còn."""
    _show(releasing.withdraw(find_root(), name, _act(who, why)), as_json=as_json)


@app.command()
def correct(name: ReleaseId, who: Who, why: Why = None, as_json: AsJson = False) -> None:
    """Bắt đầu bản mới đính chính một bản đã ban hành; phải nêu lý do."""
    _show(releasing.correct(find_root(), name, _act(who, why)), as_json=as_json)


@app.command("list")
def list_releases(
    period: Annotated[str | None, typer.Argument(metavar="[KỲ]", help="để trống: mọi kỳ")] = None,
    as_json: AsJson = False,
) -> None:
    """Các bản phát hành: trạng thái, số, ngày, ai lập, ai soát, ai ký."""
    root = find_root()
    folders = sorted(path.parent.name for path in (root / "raw").glob("*/journal.jsonl"))
    periods = folders if period is None else [period]
    found = [each for key in periods for each in releasing.releases(root, key)]
    if as_json:
        screen.print_json({"releases": [asdict(each) for each in found]})
    elif found:
        screen.show_table(screen.console(), pd.DataFrame([release_row(each) for each in found]))
    else:
        screen.console().print("Chưa có bản phát hành nào.")


@app.command()
def verify(
    name: Annotated[
        str | None, typer.Argument(metavar="[BẢN]", help="ví dụ 2021-H1/01; để trống: mọi bản")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Đọc lại bản đã ban hành, so mọi mã băm; thoát 1 khi có gì khác lúc ban hành."""
    root = find_root()
    chosen = release_verify.issued_releases(root) if name is None else [_issued(root, name)]
    found = {each.release_id: release_verify.verify(root, each) for each in chosen}
    told = [each for differences in found.values() for each in differences]
    if as_json:
        screen.print_json({"releases": list(found), "differences": [asdict(each) for each in told]})
    else:
        _show_verified(found)
    if any(not each.is_note for each in told):
        raise typer.Exit(BROKEN)


def _show_verified(found: dict[str, list[release_verify.Difference]]) -> None:
    out = screen.console()
    if not found:
        out.print("Chưa có bản ban hành nào để kiểm tra.")
    for name, differences in found.items():
        broken = sum(not each.is_note for each in differences)
        verdict = f"{broken} chỗ khác lúc ban hành" if broken else "còn nguyên như lúc ban hành"
        out.print(f"{name}: {verdict}", style="bold red" if broken else "bold")
        for each in differences:
            out.print(f"  {each.path}: {each.text}", soft_wrap=True)


@app.command("rebuild")
def rebuild_release(name: ReleaseId, as_json: AsJson = False) -> None:
    """Tính lại bản đã ban hành từ bản lưu bằng chương trình hôm nay, so từng bảng."""
    root = find_root()
    done = rebuild(root, _issued(root, name).release_id)
    if as_json:
        screen.print_json(asdict(done))
    else:
        _show_rebuilt(done)
    if done.is_broken:
        raise typer.Exit(BROKEN)


def _show_rebuilt(done: Rebuilt) -> None:
    out = screen.console()
    if not done.differences:
        out.print(f"{done.release_id}: tính lại {done.tables} bảng, giống hệt.", style="bold")
    else:
        told = f"{len(done.differences)}/{done.tables} bảng tính lại khác lúc ban hành"
        out.print(f"{done.release_id}: {told}", style="bold red" if done.is_broken else "bold")
    for each in done.differences:
        out.print(f"  {each.table}: {each.rows} dòng khác; {each.first}", soft_wrap=True)
    if not done.same_code:
        out.print(
            f"  Chương trình đã đổi từ lúc ban hành (phiên bản {done.code['version']}, mã nguồn "
            f"{done.code['sha256'][:12]}); khác nhau chỉ được nêu, không phải lỗi.",
            soft_wrap=True,
        )


@app.command("readback")
def read_signed(
    name: ReleaseId,
    file: Annotated[Path, typer.Argument(metavar="TỆP.docx", help="bản Word đã ký, đã sửa")],
    who: Annotated[
        str | None, typer.Option("--who", help="chức vụ người nhận; không nêu: chỉ đối chiếu")
    ] = None,
    why: Why = None,
    as_json: AsJson = False,
) -> None:
    """Đối chiếu bản đã ký với bản phát hành: liệt kê từng số khác; khớp thì lưu vào signed/."""
    # imported here: the other commands need not wait for the library that reads Word files
    from pipelines.orchestration.release_readback import readback

    root = find_root()
    release = _issued(root, name)
    done = readback(root, release, file, _act(who, why) if who is not None else None)
    if as_json:
        screen.print_json(done.as_dict())
    else:
        _show_readback(done)
    if done.comparison.numbers_differ:
        raise typer.Exit(BROKEN)


def _show_readback(done: Readback) -> None:
    out, found = screen.console(), done.comparison
    numbers = [each for each in found.wordings if each.numbers]
    differing = len(found.figures) + len(numbers)
    verdict = f"{differing} số khác bản phát hành" if differing else "mọi số khớp bản phát hành"
    out.print(
        f"{done.release_id}: {verdict} (đối chiếu {found.compared} số của {done.paper})",
        style="bold red" if differing else "bold",
    )
    rows = [
        (each.label or each.figure_id, each.where, each.printed, each.signed, each.figure_id)
        for each in found.figures
    ]
    rows += [(_NO_ID, each.where, each.printed, each.signed, "") for each in numbers]
    if rows:
        table = pd.DataFrame(rows, columns=_READBACK)
        table["Bản đã ký"] = table["Bản đã ký"].replace("", "không còn")
        screen.show_table(out, table)
    for each in found.wordings:
        if not each.numbers:
            told = f"“{each.printed}” → “{each.signed}”"
            out.print(f"  Sửa lời văn ({each.where}): {told}", soft_wrap=True)
    filed = f"Đã lưu bản ký: {done.filed}" if done.filed else _NOT_FILED
    out.print(f"  {filed}", soft_wrap=True)


@app.command()
def diff(
    period: PeriodKey,
    before: Annotated[str, typer.Argument(metavar="TRƯỚC", help="số của bản, ví dụ 01")],
    after: Annotated[str, typer.Argument(metavar="SAU", help="số của bản, hoặc draft")] = "draft",
    unit: Annotated[str | None, typer.Option(help="mã đơn vị; mặc định: toàn địa bàn")] = None,
    everything: Annotated[bool, typer.Option("--all", help="mọi đơn vị")] = False,
    as_json: AsJson = False,
) -> None:
    """Số nào đổi giữa hai bản của kỳ, do đâu: địa giới, danh mục, đính chính, nộp lại, nộp mới."""
    # imported here: the other commands need not wait for what computes figures anew
    from pipelines.orchestration import release_diff_command

    asked = release_diff_command.Asked(period, before, after, unit, everything)
    release_diff_command.diff(asked, as_json=as_json)


def _issued(root: Path, name: str) -> Release:
    """A release that was issued.

    Raises:
        Stopped: It was not.
    """
    release = releasing.named(root, name)
    if not release.was_issued:
        raise Stopped(wrong.not_issued(release))
    return release


def _show(release: Release, *, as_json: bool) -> None:
    if as_json:
        screen.print_json(asdict(release))
        return
    out = screen.console()
    out.print(release_line(release), style="bold", soft_wrap=True)
    if release.state == "issued":
        folder = release_folder(Path(), release.release_id).as_posix()
        out.print(f"  Bản lưu: {folder}", soft_wrap=True)


def _act(who: str, why: str | None = None) -> Act:
    return Act(now(), normalise(who), normalise(why) if why is not None else None)


def _day(text: str) -> dt.date:
    parsed = parse_date(text)
    if parsed.value is None:
        expected = PROBLEM_TEXT_VI[parsed.problem or "not_a_date"]
        raise Stopped(wrong.bad_value("--date", text, expected))
    return parsed.value
