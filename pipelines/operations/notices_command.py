"""What ``qcdc notices`` does: lay the outbox out, write down what was sent, log a call.

Belongs here: options, the order of asking and showing. Does not belong here: what is due
(``notice_rows``), writing (``noticing``). Nothing is ever sent from here; without ``--sent`` or
``--call`` nothing is written but the outbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.notices import KINDS, load_notices
from pipelines.catalogue.reference import read_facts
from pipelines.operations import notice_problems as wrong
from pipelines.operations.contacts import read_contacts
from pipelines.operations.noticing import record_call, record_sent, refresh
from pipelines.operations.outbox import SHEET, Listed, OutboxList, outbox_folder
from pipelines.orchestration import screen
from pipelines.orchestration.answering import names_of
from pipelines.orchestration.clock import now
from pipelines.orchestration.commands import DONE, require_period
from pipelines.orchestration.problems import Stopped
from pipelines.warehouse.root import find_root

_SHOWN = 20


@dataclass(frozen=True)
class _Asked:
    sent: bool
    channel: str
    who: str | None
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    as_json: bool


def notices(
    period: Annotated[
        str | None, typer.Argument(metavar="[KỲ]", help="kỳ báo cáo, ví dụ 2021-H1")
    ] = None,
    sent: Annotated[
        bool, typer.Option("--sent", help="ghi vào sổ: các thông báo đã lập nay đã gửi")
    ] = False,
    channel: Annotated[
        str, typer.Option(help="gửi bằng gì: giấy, zalo, email hoặc điện thoại")
    ] = "giấy",
    kind: Annotated[
        list[str] | None,
        typer.Option(help="chỉ loại này: overdue, reminder, returned, accepted, locked, …"),
    ] = None,
    unit: Annotated[list[str] | None, typer.Option(help="chỉ đơn vị này (mã)")] = None,
    call: Annotated[str | None, typer.Option("--call", help="ghi một cuộc gọi tới đơn vị")] = None,
    outcome: Annotated[
        str, typer.Option(help="kết quả: hẹn nộp, đã nộp, vướng mắc, từ chối, không nghe máy")
    ] = "",
    note: Annotated[str, typer.Option(help="đã trao đổi gì; không ghi họ tên, số điện thoại")] = "",
    who: Annotated[str | None, typer.Option(help="chức vụ người gửi, người gọi")] = None,
    contacts: Annotated[
        bool, typer.Option("--contacts", help="in danh bạ liên hệ, đơn vị nào còn thiếu")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="in kết quả dạng JSON")] = False,
) -> None:
    """Thông báo cho đơn vị: lập sẵn để dán, in, gửi; không tự gửi. --sent ghi là đã gửi."""
    root, catalogue = find_root(), load_catalogue()
    if contacts:
        raise typer.Exit(_contacts(root, catalogue, as_json=as_json))
    if period is None or (sent and call is not None):
        found = "không nêu kỳ" if period is None else "--sent cùng với --call"
        raise Stopped(wrong.which(found))
    require_period(catalogue, period)
    if call is not None:
        _require_units(root, catalogue, [call])
        made = record_call(root, period, call, at=now(), who=who, outcome=outcome, note=note)
        _say(f"Đã ghi cuộc gọi tới {made.unit_id}: {made.outcome}.", as_json=as_json)
        raise typer.Exit(DONE)
    asked = _Asked(sent, channel, who, tuple(kind or ()), tuple(unit or ()), as_json)
    _require_kinds(asked.kinds)
    _require_units(root, catalogue, asked.units)
    raise typer.Exit(_sent(root, period, asked) if sent else _laid_out(root, period, asked))


def _laid_out(root: Path, period: str, asked: _Asked) -> int:
    listed = refresh(root, period, now())
    chosen = _chosen(listed, asked)
    folder = outbox_folder(root, period)
    if asked.as_json:
        found = [each.model_dump() for each in chosen]
        screen.print_json({"period": period, "folder": str(folder), "notices": found})
        return DONE
    out = screen.console()
    if not chosen:
        out.print(f"Kỳ {period}: không có thông báo nào phải gửi.")
        return DONE
    said = load_notices()
    counts = [sum(each.kind == name for each in chosen) for name in KINDS]
    told = [f"{said.kind(k).label_vi}: {n}" for k, n in zip(KINDS, counts, strict=True) if n]
    out.print(f"Kỳ {period}: {len(chosen)} thông báo chờ gửi ({'; '.join(told)}).", style="bold")
    rows = [_shown(each) for each in chosen[:_SHOWN]]
    screen.show_table(out, pd.DataFrame(rows), "Thông báo chờ gửi (nội bộ)")
    if len(chosen) > _SHOWN:
        out.print(f"… và {len(chosen) - _SHOWN} thông báo nữa, xem {folder / SHEET}")
    out.print(f"In: {folder / SHEET}", soft_wrap=True)
    out.print(f"Dán tin nhắn, gửi thư: {folder}/tin-nhan, {folder}/thu", soft_wrap=True)
    out.print(
        f'Chưa ghi gì vào sổ. Gửi xong: qcdc notices {period} --sent --channel zalo --who "…"',
        soft_wrap=True,
    )
    return DONE


def _sent(root: Path, period: str, asked: _Asked) -> int:
    at = now()
    done = record_sent(
        root,
        period,
        at=at,
        who=asked.who,
        channel=asked.channel,
        kinds=asked.kinds,
        units=asked.units,
    )
    refresh(root, period, at)
    if asked.as_json:
        screen.print_json({"period": period, "sent": [each.model_dump() for each in done]})
        return DONE
    by = load_notices().channels[asked.channel]
    _say(f"Đã ghi vào sổ: {len(done)} thông báo đã gửi bằng {by}.", as_json=False)
    return DONE


def _chosen(listed: OutboxList, asked: _Asked) -> list[Listed]:
    return [
        each
        for each in listed.notices
        if (not asked.kinds or each.kind in asked.kinds)
        and (not asked.units or each.unit_id in asked.units)
    ]


def _shown(each: Listed) -> dict[str, str]:
    return {
        "Loại": load_notices().kind(each.kind).label_vi,
        "Về đơn vị": each.unit,
        "Gửi": each.to if each.to != each.unit else "đơn vị",
        "Liên hệ": each.address if each.is_reachable else "chưa có địa chỉ liên hệ",
    }


def _contacts(root: Path, catalogue: Catalogue, *, as_json: bool) -> int:
    units = read_facts(catalogue, root / "raw" / "reference", "units")
    known = read_contacts(root, units)
    if as_json:
        screen.print_json({"contacts": screen.records(known)})
        return DONE
    out = screen.console()
    if known.empty:
        out.print("Danh bạ còn trống: thêm dòng vào raw/reference/contacts.csv, mỗi dòng một")
        out.print("đơn vị hoặc chức vụ (unit, lead, specialist); không ghi họ tên.")
        return DONE
    said, names = load_notices(), names_of(units)
    shown = pd.DataFrame(
        {
            "Đơn vị": known["unit_id"].map(names),
            "Vai trò": known["role"].map(said.recipients),
            "Mã thành viên": known["member_code"],
            "Bộ phận, chức vụ": known["office"],
            "Điện thoại": known["phone"],
            "Thư điện tử": known["email"],
            "Zalo": known["zalo"],
        }
    )
    screen.show_table(out, shown, "Danh bạ liên hệ (nội bộ)")
    return DONE


def _require_kinds(kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise Stopped(wrong.no_kind(kind))


def _require_units(root: Path, catalogue: Catalogue, units: tuple[str, ...] | list[str]) -> None:
    if not units:
        return
    known = set(read_facts(catalogue, root / "raw" / "reference", "units")["unit_id"])
    for unit in units:
        if unit not in known:
            raise Stopped(wrong.no_unit(unit))


def _say(text: str, *, as_json: bool) -> None:
    if as_json:
        screen.print_json({"done": text})
    else:
        screen.console().print(text, soft_wrap=True)
