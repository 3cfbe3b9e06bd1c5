"""The ``qcdc`` command: what people type.

Belongs here: commands, options, exit codes. Does not belong here: logic; every command calls one
function of ``orchestration`` and shows what it gives.

Exit codes: 0 done; 1 an invariant or a published figure fails (``run``), error findings
(``check``); 2 cannot run.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.main import get_command

from pipelines.operations import (
    backup_command,
    doctor_command,
    notices_command,
    retention_command,
    sweep_command,
)
from pipelines.orchestration import (
    bundle_command,
    check_command,
    commands,
    decide_command,
    feedback_command,
    narrative_command,
    period_command,
    receive_command,
    release_command,
    remind_command,
    review_command,
)
from pipelines.orchestration.problems import KNOWN, Problem, problem_of
from pipelines.orchestration.screen import print_json, show_problem

if TYPE_CHECKING:
    import dagster as dg

INTERRUPTED = 130

app = typer.Typer(
    help="Đánh giá định kỳ việc thực hiện quy chế dân chủ ở cơ sở.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

AsJson = Annotated[bool, typer.Option("--json", help="in kết quả dạng JSON cho máy đọc")]
PeriodKey = Annotated[str, typer.Argument(metavar="KỲ", help="kỳ báo cáo, ví dụ 2021-H1")]


@app.command()
def run(
    period: Annotated[
        str | None, typer.Argument(metavar="[KỲ]", help="kỳ báo cáo, ví dụ 2021-H1")
    ] = None,
    family: Annotated[
        str, typer.Option(help="thể thức văn bản: party, state hoặc both; mặc định: theo danh mục")
    ] = "default",
    everything: Annotated[
        bool, typer.Option("--all", help="đánh giá lại mọi kỳ đã có tệp, lần lượt theo thời gian")
    ] = False,
    locked: Annotated[bool, typer.Option("--locked", help="với --all: tính cả kỳ đã khóa")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="băm lại mọi tệp đã nhận")] = False,
    as_json: AsJson = False,
) -> None:
    """Đọc biểu mẫu của kỳ, đánh giá, công bố và lập báo cáo, văn bản."""
    chosen = commands.Chosen(period, everything=everything, locked=locked, verify=verify)
    raise typer.Exit(commands.run_chosen(chosen, _build_defs, family=family, as_json=as_json))


def _build_defs(overrides: Mapping[str, object]) -> dg.Definitions:
    # imported here: the other commands need not wait for Dagster
    from pipelines.definitions import build_defs

    return build_defs(overrides)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="TỆP…", help="tệp .xlsx cần kiểm tra")],
    feedback_to: Annotated[
        Path | None, typer.Option("--feedback", help="thư mục ghi phiếu phản hồi")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Kiểm tra biểu mẫu trước khi gửi; không lưu gì."""
    raise typer.Exit(check_command.check(files, feedback=feedback_to, as_json=as_json))


@app.command()
def template(
    form: Annotated[
        str | None, typer.Argument(metavar="[BIỂU]", help="mã biểu, ví dụ xa-2021")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="mã đơn vị sẽ điền biểu")] = None,
    period: Annotated[
        str | None, typer.Option(help="kỳ báo cáo; mặc định: kỳ mới nhất có công văn yêu cầu")
    ] = None,
    out: Annotated[Path, typer.Option(help="thư mục ghi biểu")] = Path("bieu-mau"),
    everything: Annotated[
        bool, typer.Option("--all", help="mọi biểu cho mọi đơn vị phải nộp trong kỳ")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ghi biểu mẫu trống; không nêu biểu, đơn vị hay --all thì liệt kê các biểu."""
    wanted = commands.Wanted(form=form, unit=unit, period=period, everything=everything)
    raise typer.Exit(commands.template(wanted, out, as_json=as_json))


@app.command()
def receive(
    files: Annotated[list[Path], typer.Argument(metavar="TỆP…", help="biểu .xlsx hoặc tài liệu")],
    period: Annotated[
        str | None, typer.Option(help="kỳ; mặc định: ghi trong biểu, hoặc kỳ mới nhất có yêu cầu")
    ] = None,
    sender: Annotated[str | None, typer.Option("--from", help="mã đơn vị gửi")] = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="tệp là tài liệu minh chứng: PDF, JPEG, PNG, DOCX")
    ] = False,
    kind: Annotated[
        str | None, typer.Option(help="Quyết định, Biên bản, Ảnh, Văn bản ký hoặc Khác")
    ] = None,
    number: Annotated[str | None, typer.Option(help="số, ký hiệu văn bản")] = None,
    signed_on: Annotated[str | None, typer.Option(help="ngày ký, ví dụ 10/06/2021")] = None,
    signer: Annotated[str | None, typer.Option(help="chức vụ người ký, không ghi họ tên")] = None,
    unit: Annotated[str | None, typer.Option(help="mã đơn vị mà tài liệu nói về")] = None,
    element: Annotated[str | None, typer.Option(help="mã chỉ tiêu được chứng minh")] = None,
    title: Annotated[str | None, typer.Option(help="trích yếu; của ảnh: chú thích")] = None,
    credit: Annotated[str | None, typer.Option(help="nguồn ảnh: báo, cơ quan")] = None,
    as_json: AsJson = False,
) -> None:
    """Tiếp nhận biểu mẫu, tài liệu minh chứng: chép vào raw/, ghi sổ; nhận lại thì ghi bổ sung."""
    note = {
        "kind": kind,
        "number": number,
        "signed_on": signed_on,
        "signer_role": signer,
        "unit_id": unit,
        "element": element,
        "title_vi": title,
        "credit": credit,
    }
    code = receive_command.receive(
        files, period=period, sender=sender, is_evidence=evidence, note=note, as_json=as_json
    )
    raise typer.Exit(code)


@app.command()
def status(
    period: Annotated[
        str | None, typer.Argument(metavar="[KỲ]", help="kỳ báo cáo; để trống: mọi kỳ")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tình hình tiếp nhận, kiểm tra, công bố của kỳ."""
    raise typer.Exit(commands.status(period, as_json=as_json))


@app.command()
def trace(
    figure_id: Annotated[
        str, typer.Argument(metavar="MÃ", help="ví dụ 2021-H1/dn.conference_rate@huyen-mh-1")
    ],
    release: Annotated[
        str | None, typer.Option(help="bản phát hành; mặc định: bản đang làm của kỳ")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Dẫn một con số về từng ô, từng tệp đã tạo ra nó."""
    raise typer.Exit(commands.trace(figure_id, release, as_json=as_json))


@app.command()
def decide(
    period: PeriodKey,
    export: Annotated[
        Path | None, typer.Option("--export", help="ghi sổ xử lý .xlsx để điền")
    ] = None,
    take_in: Annotated[
        Path | None, typer.Option("--import", help="nhập sổ xử lý đã điền; cả sổ hoặc không gì")
    ] = None,
    finding: Annotated[
        str | None, typer.Option(help="mã việc, Trang!Ô, hoặc mã đơn vị khi hỏi nghĩa của dấu")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="chấp nhận")] = False,
    send_back: Annotated[bool, typer.Option("--return", help="trả lại cả tệp")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="rút quyết định đã ghi")] = False,
    confirm: Annotated[
        str | None,
        typer.Option(help='xác nhận "đơn vị; kỳ; biểu; vòng", phần nào để trống cũng được'),
    ] = None,
    value: Annotated[str | None, typer.Option(help="giá trị mới, do đơn vị cho biết")] = None,
    told_by: Annotated[str | None, typer.Option(help="chức vụ người cho biết")] = None,
    told_on: Annotated[str | None, typer.Option(help="ngày cho biết, ví dụ 10/06/2021")] = None,
    means: Annotated[
        str | None,
        typer.Option(help="zero hoặc missing cho một ô; với mã đơn vị: DẤU=zero, DẤU=missing"),
    ] = None,
    who: Annotated[str | None, typer.Option(help="chức vụ người quyết định")] = None,
    why: Why = None,
    as_json: AsJson = False,
) -> None:
    """Sổ xử lý: phát hiện còn mở; ghi sổ, nhập sổ, hoặc quyết định một việc."""
    wanted = decide_command.Wanted(
        accept=accept,
        send_back=send_back,
        withdraw=withdraw,
        confirm=confirm,
        value=value,
        means=means,
    )
    asked = decide_command.Asked(period, export, take_in, finding, told_by, told_on, who, why)
    raise typer.Exit(decide_command.decide(asked, wanted, as_json=as_json))


@app.command()
def feedback(
    period: PeriodKey,
    unit: Annotated[str | None, typer.Option(help="chỉ phiếu của một đơn vị gửi")] = None,
    out: Annotated[
        Path | None, typer.Option(help="thư mục ghi; mặc định warehouse/feedback/<kỳ>")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="cả phiếu của tệp không có gì phải sửa")
    ] = False,
    resend_by: Annotated[
        str | None, typer.Option(help="hạn gửi lại, ví dụ 12/06/2021; mặc định: hạn nộp")
    ] = None,
    send_to: Annotated[
        str | None, typer.Option(help="nơi nhận bản sửa; mặc định: Ban Chỉ đạo của địa bàn")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ghi phiếu phản hồi cho từng đơn vị gửi và tổng quan tình hình nộp của kỳ."""
    asked = feedback_command.Asked(period, unit, out, everything, resend_by, send_to)
    raise typer.Exit(feedback_command.feedback(asked, as_json=as_json))


@app.command()
def remind(
    period: PeriodKey,
    resend_by: Annotated[
        str | None, typer.Option(help="đề nghị trả lời trước ngày, ví dụ 12/06/2021")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ghi thư nhắc (nội bộ) cho đơn vị chưa nộp, nộp trễ hoặc bị trả lại."""
    raise typer.Exit(remind_command.remind(period, resend_by, as_json=as_json))


app.command()(notices_command.notices)


@app.command()
def bundle(
    period: PeriodKey,
    audience: Annotated[
        str, typer.Option(help="superior (cấp trên), units (đơn vị) hoặc public (công khai)")
    ],
    out: Annotated[Path, typer.Option(help="thư mục ghi gói")] = Path("goi-minh-chung"),
    unit: Annotated[str | None, typer.Option(help="chỉ bản riêng của một đơn vị")] = None,
    release: Annotated[str | None, typer.Option(help="số bản đã ban hành, ví dụ 01")] = None,
    as_json: AsJson = False,
) -> None:
    """Đóng gói trang minh chứng của kỳ (.zip) theo đối tượng nhận."""
    asked = bundle_command.Asked(period, audience, out, unit, release)
    raise typer.Exit(bundle_command.bundle(asked, as_json=as_json))


@app.command()
def narrative(
    period: PeriodKey,
    save: Annotated[bool, typer.Option("--save", help="lưu tệp đã sửa vào sổ")] = False,
    history: Annotated[bool, typer.Option("--history", help="xem các bản đã lưu")] = False,
    who: Annotated[str | None, typer.Option(help="chức vụ người viết")] = None,
    why: Why = None,
    as_json: AsJson = False,
) -> None:
    """Lời văn do cán bộ viết: ghi raw/KỲ/narrative.yaml để sửa; --save thì lưu."""
    code = narrative_command.narrative(
        period, save=save, history=history, who=who, why=why, as_json=as_json
    )
    raise typer.Exit(code)


@app.command()
def review(
    period: PeriodKey,
    who: Annotated[
        str | None, typer.Option(help="chức vụ hoặc bộ phận rà soát, không ghi họ tên")
    ] = None,
    note: Annotated[str | None, typer.Option(help="đã rà soát gì, thấy gì")] = None,
    as_json: AsJson = False,
) -> None:
    """Ghi “đã rà soát” vào sổ của kỳ; không nêu gì thì xem các lần đã ghi."""
    raise typer.Exit(review_command.review(period, who=who, note=note, as_json=as_json))


@app.command()
def backup(
    out: Annotated[Path | None, typer.Option(help="thư mục ghi; mặc định sao-luu/")] = None,
    as_json: AsJson = False,
) -> None:
    """Sao lưu raw/, kho dữ liệu, bản phát hành, lịch sử chạy vào một tệp .tar.gz."""
    raise typer.Exit(backup_command.backup(out, as_json=as_json))


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(metavar="TỆP", help="tệp do qcdc backup ghi")],
    into: Annotated[Path | None, typer.Option(help="thư mục đích; mặc định: dự án này")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="thay dữ liệu đang có; dữ liệu cũ được cất riêng")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Khôi phục từ bản sao lưu, sau khi đã kiểm tra từng byte của nó."""
    raise typer.Exit(backup_command.restore(archive, into, replace=yes, as_json=as_json))


period_steps = typer.Typer(
    help="Mở, đóng, khóa, mở lại kỳ: ai, khi nào, vì sao.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(period_steps, name="period")
Who = Annotated[str, typer.Option("--who", help="chức vụ người quyết định, không ghi họ tên")]
Why = Annotated[str | None, typer.Option("--why", help="lý do")]


@period_steps.command("open")
def open_period(period: PeriodKey, who: Who, why: Why = None, as_json: AsJson = False) -> None:
    """Mở kỳ: bắt đầu tiếp nhận."""
    raise typer.Exit(period_command.change("open", period, who=who, why=why, as_json=as_json))


@period_steps.command("close")
def close_period(period: PeriodKey, who: Who, why: Why = None, as_json: AsJson = False) -> None:
    """Đóng kỳ: hết hạn nộp; tệp nộp lại vẫn được nhận."""
    raise typer.Exit(period_command.change("close", period, who=who, why=why, as_json=as_json))


@period_steps.command("lock")
def lock_period(period: PeriodKey, who: Who, why: Why = None, as_json: AsJson = False) -> None:
    """Khóa kỳ đã đóng: tệp đến sau không làm đổi số liệu."""
    raise typer.Exit(period_command.change("lock", period, who=who, why=why, as_json=as_json))


@period_steps.command("reopen")
def reopen_period(period: PeriodKey, who: Who, why: Why = None, as_json: AsJson = False) -> None:
    """Mở lại kỳ đã đóng hoặc đã khóa; phải nêu lý do (--why)."""
    raise typer.Exit(period_command.change("reopen", period, who=who, why=why, as_json=as_json))


app.add_typer(release_command.app, name="release")
app.command()(doctor_command.doctor)
app.command()(retention_command.retention)
app.command()(sweep_command.sweep)
app.command()(sweep_command.instance)


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit; whatever a user does wrong is told without a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    sys.exit(_exit_code(given or ["--help"]))


def _exit_code(given: list[str]) -> int:
    try:
        done = get_command(app).main(args=given, prog_name="qcdc", standalone_mode=False)
    except KNOWN as error:
        problem = problem_of(error)
    except typer.TyperException as error:
        problem = _usage(error, given)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    else:
        return done if isinstance(done, int) else 0
    if "--json" in given:
        print_json({"problem": problem.as_dict()})
    else:
        show_problem(problem)
    return problem.exit_code


def _usage(error: typer.TyperException, given: list[str]) -> Problem:
    """A command line that says nothing sensible."""
    return Problem(
        "QCDC-E12",
        "Câu lệnh không đúng.",
        f"qcdc {' '.join(given)} ({error.format_message()})",
        "một lệnh có trong qcdc --help, đủ tham số, đúng tên tùy chọn",
        f"Xem cách dùng: {_help_for(given)}",
    )


def _help_for(given: list[str]) -> str:
    known = {str(getattr(command.callback, "__name__", "")) for command in app.registered_commands}
    known |= {str(group.name) for group in app.registered_groups}
    return f"qcdc {given[0]} --help" if given[0] in known else "qcdc --help"


if __name__ == "__main__":
    main()
