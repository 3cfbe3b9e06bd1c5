"""A small warehouse with known figures, written through the warehouse's own door.

Values are drawn by rule, not by chance: 13 of 15 enterprises held their conference, one enterprise
never reported, one commune left cells blank, 11 of 15 communes are recognised, 20 dossiers a month
came and all but the last are resolved. A year earlier everybody reported, 12 of 15 enterprises had
held it and 10 communes were recognised; of the half-year before nothing is known.
"""

import datetime as dt
from pathlib import Path
from shutil import copytree

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import catalogue_hash, load_catalogue
from pipelines.orchestration.steps import (
    evaluate,
    evaluate_values,
    expected_pairs,
    ingest_tables,
    reference_tables,
)
from pipelines.places.units import within
from pipelines.warehouse.manifest import Manifest, TableEntry, commit
from pipelines.warehouse.store import write_table

PROJECT = Path(__file__).parents[2]
PERIOD, EARLIER = "2021-H1", "2020-H1"
SCOPE = "huyen-mh-1"
SILENT = "dn-mh-15"  # never sends its own form; the federation speaks for it
LATE, RETURNED, BLANK = "xa-mh-03", "cq-mh-07", "xa-mh-05"
REMAINING = {"xa-mh-12": 17.0, "xa-mh-13": 13.0, "xa-mh-14": 12.0, "xa-mh-15": 10.0}
NO_CONFERENCE = {"dn-mh-14", "dn-mh-15"}
AS_OF = dt.datetime(2021, 6, 10, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))
YEAR_BEFORE = {
    ("dn-mh-13", "dn.conference_held"): 0.0,
    ("xa-mh-11", "ntm.recognised"): 0.0,
    ("xa-mh-11", "ntm.criteria_met"): 18.0,
    (SCOPE, "nv.posts_streamlined"): 43.0,
    (SCOPE, "bcd.inspections_planned"): 7.0,
}
TARGETS = """target_id,scope_id,indicator,value,valid_from,valid_to,source,is_illustrative
a,huyen-mh-1,tthc.resolution_rate,98,2021-01-01,2021-12-31,Kế hoạch minh họa số 01,true
b,huyen-mh-1,ntm.recognised_rate,80,2021-01-01,2025-06-30,Nghị quyết minh họa số 02,true
c,huyen-mh-1,cq.conference_rate,100,2021-01-01,2021-12-31,Kế hoạch minh họa số 01,true
d,huyen-mh-1,dn.conference_rate,90,2021-01-01,2021-12-31,Kế hoạch minh họa số 01,true
e,huyen-mh-1,nv.posts_streamlined,35,2021-01-01,2021-06-30,Kế hoạch minh họa số 01,true
"""
CATALOGUE = load_catalogue()
SCALARS = {
    "nv.posts_streamlined": 40.0,
    "nv.units_before_merger": 3.0,
    "nv.units_after_merger": 1.0,
    "bcd.inspections_planned": 7.0,
}
PLANNED = ["xa-mh-01", "xa-mh-04", "xa-mh-09", "cq-mh-02", "cq-mh-11", "xa-mh-02", "dn-mh-03"]
LARGER = ("due", "total", "summoned", "received", "carried", "workers")


def build(root: Path, *, conferences_missing: bool = False, dossiers: int = 20) -> Path:
    """Write the warehouse below ``root``, which becomes a project root."""
    (root / "workspace.yaml").touch()
    copytree(PROJECT / "raw" / "reference", root / "raw" / "reference", dirs_exist_ok=True)
    _facts(root / "raw" / "reference")
    tables = reference_tables(root, CATALOGUE)
    earlier = _earlier(tables)
    tables |= _period(tables, PERIOD, dossiers, conferences_missing)
    tables["core.findings"] = _findings()
    tables |= evaluate(CATALOGUE, PERIOD, tables, AS_OF, {EARLIER: earlier})
    entries = {
        name: {_stored(name): _written(root, name, _stored(name), frame)}
        for name, frame in tables.items()
    }
    values = "eval.indicator_values"
    entries[values] |= {EARLIER: _written(root, values, EARLIER, earlier)}
    commit(root, Manifest(code="test", catalogue_hash=catalogue_hash(CATALOGUE), tables=entries))
    return root


def _stored(name: str) -> str:
    return "all" if name.startswith("ref.") else PERIOD


def _written(root: Path, name: str, period: str, frame: pd.DataFrame) -> TableEntry:
    contract = table_contract(CATALOGUE, name)
    return write_table(root, contract, period, contract.conform(frame))


def _facts(folder: Path) -> None:
    """Targets of the test, and the same requests a year earlier."""
    (folder / "targets.csv").write_text(TARGETS, encoding="utf-8")
    requests = pd.read_csv(folder / "requests.csv", dtype="str")
    now = requests[requests["period"] == PERIOD]
    then = now.assign(period=EARLIER)
    for column in ("request_id", "due_date", "data_to"):
        then[column] = now[column].str.replace("2021", "2020")
    pd.concat([then, now]).to_csv(folder / "requests.csv", index=False)


def _earlier(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Indicators of the year before."""
    made = tables | _period(tables, EARLIER, 18)
    as_of = AS_OF.replace(year=2020)
    return evaluate_values(CATALOGUE, EARLIER, made, as_of)["eval.indicator_values"]


def _period(
    tables: dict[str, pd.DataFrame],
    period: str,
    dossiers: int,
    conferences_missing: bool = False,
) -> dict[str, pd.DataFrame]:
    names = [name for name in ingest_tables(CATALOGUE) if not name.startswith("ref.")]
    nothing = {name: table_contract(CATALOGUE, name).empty() for name in names}
    return nothing | {
        "intake.submissions": _submissions(tables, period),
        "core.observations": _observations(tables, period, conferences_missing),
        "core.registers_dossiers": _dossiers(period, dossiers),
        "core.registers_inspections": _inspections(period),
    }


def _submissions(tables: dict[str, pd.DataFrame], period: str) -> pd.DataFrame:
    year = period[:4]
    returned = RETURNED if period == PERIOD else ""
    day = dt.date(int(year), 6, 30)
    units = within(tables["ref.units"], SCOPE, day)
    units = units[units["unit_id"] != SCOPE]
    populations = tables["ref.populations"].groupby("population")["unit_id"].agg(set)
    # the first form of a sender is the requested one; the master workbook comes after it
    forms = {
        unit: form.id
        for form in reversed(CATALOGUE.forms.values())
        if form.in_force(day)
        for unit in populations[form.owed_by]
    }
    senders = [unit for unit in units["unit_id"] if unit != SILENT]
    return pd.DataFrame(
        {
            "submission_id": [f"{period}/{unit}/01" for unit in senders],
            "sha256": "0" * 64,
            "provider": senders,
            "period": period,
            "round": "estimate",
            "form": [forms[unit] for unit in senders],
            "received_at": [
                pd.Timestamp(f"{year}-06-{'09' if unit == LATE else '02'}", tz="Asia/Ho_Chi_Minh")
                for unit in senders
            ],
            "data_to": pd.Timestamp(f"{year}-05-31"),
            "path": [f"raw/{period}/{unit}/{forms[unit]}_{period}.xlsx" for unit in senders],
            "size": 1000,
            "status": ["returned" if unit == returned else "accepted" for unit in senders],
            "same_as": None,
            "reason": None,
            "channel": "e-mail",
            "version": "1",
            "reader_note": None,
            "is_illustrative": True,
        }
    )


def _observations(
    tables: dict[str, pd.DataFrame], period: str, conferences_missing: bool
) -> pd.DataFrame:
    other = YEAR_BEFORE if period == EARLIER else {}
    frame = expected_pairs(CATALOGUE, tables, period).assign(period=period)
    pairs = zip(frame["unit_id"], frame["element"], strict=True)
    frame["value"] = [other.get(pair, _value(*pair)) for pair in pairs]
    own = frame["element"].map({n: e.authority == "self" for n, e in CATALOGUE.elements.items()})
    gone = own & frame["unit_id"].isin([SILENT, RETURNED])
    gone |= (frame["unit_id"] == BLANK) & (frame["element"] == "xa.contribution_money")
    gone &= period == PERIOD
    if conferences_missing:
        gone |= frame["element"].isin(["dn.conference_held", "dn.collective_agreement"])
    frame["state"] = (
        frame["value"].map(lambda v: "zero" if v == 0 else "value").mask(gone, "missing")
    )
    frame["value"] = frame["value"].mask(gone)
    nothing = dict.fromkeys(("text", "note", "sheet", "cell", "decided"))
    return frame.assign(
        qualifier="=", source="form", provider=frame["unit_id"].mask(gone),
        submission_id=(period + "/" + frame["unit_id"] + "/01").mask(gone),
        is_estimate=True, is_illustrative=True, **nothing,
    )  # fmt: skip


def _value(unit_id: str, element: str) -> float:
    if element in SCALARS:
        return SCALARS[element]
    if element == "ntm.criteria_met":
        return REMAINING.get(unit_id, 19.0)
    if element == "ntm.recognised":
        return float(unit_id not in REMAINING)
    if element == "dn.conference_held":
        return float(unit_id not in NO_CONFERENCE)
    if CATALOGUE.elements[element].type == "bool":
        return 1.0
    number = 3.0 + sum(map(ord, unit_id)) % 7
    if element == "xa.contribution_money":
        return number * 1_000_000
    return number + (4 if element.endswith(LARGER) else 0)


def _dossiers(period: str, per_month: int) -> pd.DataFrame:
    year = int(period[:4])
    days = [dt.date(year, m, 1 + n % 25) for m in range(1, 6) for n in range(per_month)]
    received = pd.to_datetime(pd.Series(days))
    resolved = (received + pd.Timedelta(days=5)).mask(received.index == len(received) - 1)
    channels = ["Trực tuyến mức độ 3", "Trực tuyến mức độ 4", "Trực tiếp, bưu chính"]
    return pd.DataFrame(
        {
            "submission_id": f"{period}/mc-mh/01",
            "row": range(6, 6 + len(received)),
            "unit_id": "xa-mh-01",
            "period": period,
            "dossier_code": [f"HS-{n:05d}" for n in range(len(received))],
            "field": ["Tư pháp" if n % 2 else "Đất đai" for n in range(len(received))],
            "channel": [channels[n % 3] for n in range(len(received))],
            "received_on": received,
            "due_on": received + pd.Timedelta(days=7),
            "resolved_on": resolved,
            "status": resolved.map(lambda d: "Đang giải quyết" if pd.isna(d) else "Đã giải quyết"),
            "is_illustrative": True,
        }
    )


def _inspections(period: str) -> pd.DataFrame:
    year = int(period[:4])
    days = [(3, 10), (4, 12), None, None, None, (5, 6), None]
    done = [dt.date(year, *day) if day else None for day in days]
    return pd.DataFrame(
        {
            "submission_id": f"{period}/bcd-mh/01",
            "row": range(6, 13),
            "unit_id": PLANNED,
            "period": period,
            "kind": ["Kiểm tra"] * 5 + ["Giám sát"] * 2,
            "planned_month": [3, 4, 8, 9, 10, 5, 11],
            "status": ["Đã thực hiện" if d else "Chưa thực hiện" for d in done],
            "done_on": pd.to_datetime(pd.Series(done)),
            "awareness": None, "leadership": None, "results": None,
            "is_illustrative": True,
        }
    )  # fmt: skip


def _findings() -> pd.DataFrame:
    rows = [
        (RETURNED, "Biểu 02-CQ", "E17", "CQ-01", RETURNED, "cq.conference_attended", "45", "40"),
        (BLANK, "Biểu 01-XA", "E31", "CELL-MISSING", BLANK, "xa.contribution_money", None, "số"),
        ("mc-mh", None, None, "HS-04", None, None, "100", "có hồ sơ đang giải quyết"),
        (
            "ldld-mh",
            "Biểu 06-LĐLĐ",
            "D20",
            "PV-01",
            "dn-mh-14",
            "dn.conference_held",
            "Có",
            "Không",
        ),
    ]
    names = ["sender", "sheet", "cell", "rule", "unit_id", "element", "found", "expected"]
    frame = pd.DataFrame(rows, columns=names)
    frame["submission_id"] = f"{PERIOD}/" + frame.pop("sender") + "/01"
    rules = [CATALOGUE.rules[name] for name in frame["rule"]]
    said = zip(rules, frame["found"], frame["expected"], strict=True)
    return frame.assign(
        period=PERIOD,
        severity=[rule.severity for rule in rules],
        is_primary=True,
        message_vi=[r.message_vi.format(found=f, expected=e) for r, f, e in said],
        message_en=[rule.message_en for rule in rules],
        action_vi=[rule.action_vi for rule in rules],
        decision=None,
        decided_by=None,
        decided_why=None,
        is_illustrative=True,
    )
