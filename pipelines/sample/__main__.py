"""``python -m pipelines.sample``: write the shipped periods, one with other totals, the history."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines.catalogue.contracts import ContractError
from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.reference import read_facts
from pipelines.sample.history import MOST_WORKERS, history_to_write, write_history
from pipelines.sample.setting import PERIOD, SampleError, read_setting
from pipelines.sample.targets import SampleTargets, default_targets, history_periods
from pipelines.sample.write import refuse_work_in, write_sample
from pipelines.warehouse.errors import NotAProject
from pipelines.warehouse.root import find_root

Count = Annotated[int | None, typer.Option(help="mặc định: số đã công bố, số minh họa kỳ trước")]
Counts = Annotated[str | None, typer.Option(help="các số cách nhau bằng dấu phẩy")]


_UNWRITABLE = (SampleError, NotAProject, ContractError, CatalogueError)


def main(
    context: typer.Context,
    root: Annotated[Path | None, typer.Option(help="thư mục gốc của dự án")] = None,
    period: Annotated[
        str | None,
        typer.Option(help=f"kỳ báo cáo; mặc định: mọi kỳ có sẵn, hoặc {PERIOD} khi có số khác"),
    ] = None,
    dossiers_received: Count = None,
    dossiers_resolved: Count = None,
    ntm_recognised: Count = None,
    remaining: Counts = None,
    agencies_held: Count = None,
    enterprises_held: Count = None,
    posts: Count = None,
    merger: Counts = None,
    inspections: Count = None,
) -> None:
    """Ghi lại bộ tệp minh họa trong raw/<kỳ>/ (xóa bộ cũ của từng kỳ trước)."""
    if context.invoked_subcommand is not None:
        return
    asked: dict[str, Any] = {
        "dossiers_received": dossiers_received,
        "dossiers_resolved": dossiers_resolved,
        "ntm_recognised": ntm_recognised,
        "agencies_held": agencies_held,
        "enterprises_held": enterprises_held,
        "posts": posts,
        "inspections": inspections,
    }
    try:
        asked["remaining"] = _counts("remaining", remaining)
        asked["merger"] = _counts("merger", merger, length=2)
        changes = {name: value for name, value in asked.items() if value is not None}
        where = root or find_root()
        periods = [period or PERIOD] if period or changes else [*history_periods(), PERIOD]
        targets = {key: _targets(where, key, changes) for key in periods}
        # all are looked at before the first is replaced
        refuse_work_in(where, periods)
        written = {key: write_sample(where, targets[key], period=key) for key in periods}
    except _UNWRITABLE as error:
        raise _told(error) from error
    for key, files in written.items():
        typer.echo(f"Đã ghi {len(files)} tệp vào raw/{key}/ (SỐ LIỆU MINH HỌA)")


def history(
    root: Annotated[Path | None, typer.Option(help="thư mục gốc của dự án")] = None,
    periods: Annotated[
        str | None,
        typer.Option(help="các kỳ cách nhau bằng dấu phẩy; mặc định: mọi kỳ chưa có sẵn"),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="số tiến trình")] = MOST_WORKERS,
) -> None:
    """Ghi lịch sử minh họa: các kỳ có yêu cầu minh họa mà dự án không kèm sẵn tệp."""
    asked = [part.strip() for part in (periods or "").split(",") if part.strip()]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    try:
        where = root or find_root()
        keys = history_to_write(where, asked)
        with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
            task = progress.add_task("Đang ghi các kỳ", total=len(keys))

            def tell(period: str, files: int) -> None:
                progress.console.print(f"{period}: {files} tệp", highlight=False)
                progress.advance(task)

            written = write_history(where, keys, workers=workers, tell=tell)
    except _UNWRITABLE as error:
        raise _told(error) from error
    total = sum(written.values())
    typer.echo(f"Đã ghi {total} tệp của {len(written)} kỳ vào raw/ (SỐ LIỆU MINH HỌA)")


def _told(error: Exception) -> typer.Exit:
    typer.echo(f"Không ghi được bộ tệp minh họa: {error}", err=True)
    return typer.Exit(2)


def _targets(root: Path, period: str, changes: dict[str, Any]) -> SampleTargets:
    """The totals of the period, except where others are asked for."""
    needed = {field.name for field in fields(SampleTargets) if field.default is MISSING}
    if needed <= set(changes):
        return SampleTargets(**changes)
    setting = read_setting(root, period)
    published = read_facts(setting.catalogue, root / "raw" / "reference", "published")
    return replace(default_targets(published, setting), **changes)


def _counts(name: str, text: str | None, *, length: int | None = None) -> tuple[int, ...] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() for part in parts) or len(parts) != (length or len(parts)):
        wanted = f"{length} số" if length else "các số"
        msg = f"--{name} {text!r}: cần {wanted} nguyên cách nhau bằng dấu phẩy"
        raise SampleError(msg)
    return tuple(int(part) for part in parts)


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.callback(invoke_without_command=True)(main)
app.command()(history)

if __name__ == "__main__":
    app()
