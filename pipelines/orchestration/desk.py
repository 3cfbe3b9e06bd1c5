"""The coordinator's desk: what of a period still waits for a decision, and what may be decided.

Belongs here: committed findings + journal → open matters and unasked signs. Does not belong here:
turning an answer into a journal line (``deciding``), showing (``decide_command``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipelines.analysis import open_warehouse
from pipelines.analysis.scope import of_period, unit_names
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import period_frame
from pipelines.intake.decision_log import decision_log
from pipelines.intake.decisions import Decisions, decisions_of, token_of
from pipelines.intake.journal import Entry, read_journal
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.steps import journal_path
from pipelines.reports.decision_book import Matter, Sign
from pipelines.reports.decision_words import matter_id
from pipelines.validation.decided import why_not
from pipelines.validation.raw_findings import KEY

# of other submissions nothing is used, so nothing is to be decided
_LIVE = ("accepted", "accepted_with_warnings", "returned")
_HEADER_OPERATORS = frozenset(
    {"identified", "header_agrees", "header_clear", "requested", "round_requested", "form_in_force"}
)
_LONGEST_SIGN = 12
_ORDER = {"error": 0, "warning": 1, "review": 2}


@dataclass(frozen=True)
class Desk:
    """What lies on the desk.

    Attributes:
        root: The project's root.
        catalogue: What is measured.
        period: Key of the period.
        label: Its Vietnamese name.
        entries: Its journal.
        decisions: Decisions in force by the journal, whether a run has seen them or not.
        submissions: ``intake.submissions`` of the period.
        units: ``ref.units``.
        requests: ``ref.requests`` of the period.
        open: Findings without a decision: columns of ``core.findings`` and id, unit, file, code,
            proposed, sign (normalised, nan where the cell holds none), bar (why it may not be
            accepted), choices; in reading order.
        unseen: Decisions that no run has seen yet.
        is_illustrative: Whether any open finding is.
    """

    root: Path
    catalogue: Catalogue
    period: str
    label: str
    entries: list[Entry]
    decisions: Decisions
    submissions: pd.DataFrame
    units: pd.DataFrame
    requests: pd.DataFrame
    open: pd.DataFrame
    unseen: int

    @property
    def is_illustrative(self) -> bool:
        """Whether anything on the desk is illustrative."""
        return bool(self.submissions["is_illustrative"].any())


def lay_out(root: Path, catalogue: Catalogue, period: str) -> Desk:
    """Look what is open in a period.

    Raises:
        Stopped: The period was never run.
        JournalError: Its journal cannot be read.
    """
    warehouse = open_warehouse(root=root)
    if period not in warehouse.manifest.tables.get("core.findings", {}):
        raise Stopped(_never_run(period))
    entries = read_journal(journal_path(root, period)).entries
    decisions = decisions_of(entries)
    log = decision_log(entries, period)
    seen = set(of_period(warehouse.table("core.decisions"), period)["decision_id"])
    unseen = log[~log["decision_id"].isin(seen)]
    submissions = of_period(warehouse.table("intake.submissions"), period)
    findings = of_period(warehouse.table("core.findings"), period)
    findings = _described(findings, submissions, catalogue)
    held = of_period(warehouse.table("intake.quarantine"), period)
    findings = _with_held(findings, held, catalogue)
    names = unit_names(warehouse)
    sender = findings["submission_id"].str.split("/").str[1]
    findings["unit"] = (
        findings["unit_id"].fillna(sender).map(names).fillna(findings["unit_id"].fillna(sender))
    )
    findings = findings[_is_open(findings, decisions, unseen)]
    findings["choices"] = [_choices(row, catalogue) for row in findings.to_dict("records")]
    labels = period_frame(catalogue.periods).set_index("period")["label_vi"]
    return Desk(
        root=root,
        catalogue=catalogue,
        period=period,
        label=str(labels[period]),
        entries=entries,
        decisions=decisions,
        submissions=submissions,
        units=warehouse.table("ref.units"),
        requests=of_period(warehouse.table("ref.requests"), period),
        open=_ordered(findings),
        unseen=len(unseen),
    )


def _described(
    findings: pd.DataFrame, submissions: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    live = submissions[submissions["status"].isin(_LIVE)].set_index("submission_id")
    own = findings[findings["submission_id"].isin(live.index)].reset_index(drop=True)
    codes = {element.id: element.code for element in catalogue.elements.values()}
    for register in catalogue.registers.values():
        codes |= {column.id: column.code for column in register.columns if column.id not in codes}
    path = own["submission_id"].map(live["path"])
    return own.assign(
        id=pd.Series([matter_id(key) for key in keys_of(own)], index=own.index, dtype="str"),
        file=path.str.rsplit("/", n=1).str[-1],
        code=own["element"].map(codes).astype("str").fillna(""),
        bar=pd.Series(why_not(own, submissions, catalogue), index=own.index, dtype="str"),
    )


def keys_of(findings: pd.DataFrame) -> list[tuple[str | None, ...]]:
    """The keys of findings, None where a part is empty."""
    plain = findings[KEY].astype("object").where(findings[KEY].notna(), None)
    return list(plain.itertuples(index=False, name=None))


def _with_held(findings: pd.DataFrame, held: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """The proposal for a quarantined cell, and the sign that it holds."""
    place = ["submission_id", "sheet", "cell"]
    texts = held[[*place, "text", "proposed"]].drop_duplicates(place)
    joined = findings.merge(texts, on=place, how="left")
    operators = {rule.id: rule.operator for rule in catalogue.rules.values()}
    numeric = {element.id for element in catalogue.elements.values() if element.is_numeric}
    may_be_sign = joined["rule"].map(operators).eq("typed") & joined["element"].isin(numeric)
    signs = [
        token_of(text) if may and isinstance(text, str) and _is_sign(text) else None
        for may, text in zip(may_be_sign, joined["text"], strict=True)
    ]
    return joined.assign(sign=pd.Series(signs, index=joined.index, dtype="str"))


def _is_sign(text: str) -> bool:
    token = token_of(text)
    return 0 < len(token) <= _LONGEST_SIGN and not any(letter.isdigit() for letter in token)


def _is_open(findings: pd.DataFrame, decisions: Decisions, unseen: pd.DataFrame) -> pd.Series:
    """Which findings nobody has decided, the lines that no run has seen yet included."""
    standing = {verdict.key: verdict for verdict in decisions.verdicts}
    waiting = unseen[unseen["is_in_force"].astype("bool")]
    cells = set(
        waiting.loc[waiting["action"] == "correct", ["submission_id", "sheet", "cell"]]
        .itertuples(index=False, name=None)
    )  # fmt: skip
    files = set(waiting.loc[waiting["action"] == "confirm", "submission_id"])
    told = {
        (str(provider), element if isinstance(element, str) else None, token_of(str(sign)))
        for provider, element, sign in waiting.loc[
            waiting["action"] == "means", ["provider", "element", "before"]
        ].itertuples(index=False, name=None)
    }
    result = []
    for key, row in zip(keys_of(findings), findings.to_dict("records"), strict=True):
        verdict = standing.get(key)  # type: ignore[arg-type] # a key of strings and None
        sender = str(row["submission_id"]).split("/")[1]
        signs = {(sender, None, row["sign"]), (sender, row["element"], row["sign"])}
        found = row["found"] if isinstance(row["found"], str) else None
        decided = verdict is not None and verdict.found in {None, found}
        result.append(not (decided or key[:3] in cells or key[0] in files or signs & told))
    return pd.Series(result, index=findings.index, dtype="bool")


def _choices(finding: dict, catalogue: Catalogue) -> tuple[str, ...]:
    rule = catalogue.rules[finding["rule"]]
    choices = [] if isinstance(finding["bar"], str) else ["accept"]
    if isinstance(finding["sign"], str):
        choices = ["zero", "missing", *choices]
    if isinstance(finding["cell"], str) and rule.operator not in {"on_form", *_HEADER_OPERATORS}:
        choices.append("correct")
    if rule.operator in _HEADER_OPERATORS:
        choices.append("confirm")
    return (*choices, "return")


def _ordered(findings: pd.DataFrame) -> pd.DataFrame:
    row = pd.to_numeric(findings["cell"].str.extract(r"(\d+)$", expand=False))
    ranked = findings.assign(rank=findings["severity"].map(_ORDER), place=row)
    order = ["rank", "submission_id", "sheet", "place", "cell", "rule", "unit_id", "element"]
    return ranked.sort_values(order, ignore_index=True).drop(columns=["rank", "place"])


def matters(desk: Desk) -> list[Matter]:
    """The open findings as rows of the book."""

    def text(value: object) -> str | None:
        return value if isinstance(value, str) else None

    return [
        Matter(
            key=key,
            severity=row["severity"],
            unit=str(row["unit"]),
            file=str(row["file"]),
            code=row["code"],
            message=row["message_vi"],
            found=text(row["found"]),
            expected=text(row["expected"]),
            proposed=text(row["proposed"]),
            choices=row["choices"],
        )
        for key, row in zip(keys_of(desk.open), desk.open.to_dict("records"), strict=True)
    ]


def signs(desk: Desk) -> list[Sign]:
    """The signs that nobody has been asked about, by provider."""
    held = desk.open[desk.open["sign"].notna()]
    provider = held["submission_id"].str.split("/").str[1]
    names = desk.units.drop_duplicates("unit_id").set_index("unit_id")["name"]
    found = []
    for (sender, sign), own in held.groupby([provider, held["sign"]], sort=True):
        places = own["sheet"].astype("str") + "!" + own["cell"].astype("str")
        name = str(names.get(sender, sender))
        found.append(Sign(str(sender), name, str(sign), tuple(dict.fromkeys(places))))
    return found


def _never_run(period: str) -> Problem:
    return Problem(
        "QCDC-E50",
        f"Kỳ {period} chưa được đánh giá nên chưa có phát hiện để xử lý.",
        f"kho không có kết quả kiểm tra của kỳ {period}",
        "kỳ đã chạy ít nhất một lần",
        f"Chạy qcdc run {period} trước.",
    )
