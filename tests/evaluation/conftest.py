"""A district of three communes, a town and two enterprises; everything inline and tiny."""

import datetime as dt
from collections.abc import Callable, Mapping

import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue, Indicator
from pipelines.evaluation.indicators import indicator_values

PERIOD = {
    "period": "2021-H1",
    "starts_on": dt.date(2021, 1, 1),
    "ends_on": dt.date(2021, 6, 30),
    "window_from": dt.date(2020, 12, 15),
    "window_to": dt.date(2021, 6, 14),
}
UNITS = [
    ("h", "district", "huyen", None, 900),
    ("tt", "commune", "thi_tran", "h", 1),
    ("xa-1", "commune", "xa", "h", 2),
    ("xa-2", "commune", "xa", "h", 3),
    ("xa-3", "commune", "xa", "h", 4),
    ("dn-1", "enterprise", "doanh_nghiep", "h", 5),
    ("dn-2", "enterprise", "doanh_nghiep", "h", 6),
    ("mc", "office", "one_stop", "h", 7),
]
Answers = Mapping[tuple[str, str], object]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="session")
def period() -> dict[str, object]:
    return dict(PERIOD)


@pytest.fixture(scope="session")
def units(catalogue) -> pd.DataFrame:
    frame = pd.DataFrame(UNITS, columns=["unit_id", "unit_type", "kind", "parent_id", "order"])
    frame = frame.rename(columns={"order": "official_order"}).assign(
        code=None,
        name=frame["unit_id"],
        valid_from="2016-01-01",
        valid_to=None,
        is_illustrative=True,
        source="test",
    )
    return table_contract(catalogue, "ref.units").conform(frame)


@pytest.fixture(scope="session")
def with_indicators(catalogue) -> Callable[..., Catalogue]:
    """The catalogue with only these indicators: ids of shipped ones, or entries."""

    def build(*wanted: str | dict) -> Catalogue:
        entries = [
            catalogue.indicators[item]
            if isinstance(item, str)
            else Indicator.model_validate(
                {
                    "label_vi": "Thử",
                    "label_en": "Test",
                    "definition_vi": "Thử.",
                    "section": "I",
                    "population": "qcdc_communes",
                    "display": {"format": "rate"},
                }
                | item
            )
            for item in wanted
        ]
        return catalogue.model_copy(update={"indicators": {e.id: e for e in entries}})

    return build


@pytest.fixture(scope="session")
def observe(catalogue) -> Callable[[Answers], pd.DataFrame]:
    """Observations from {(unit, element): number, bool, text, None (missing) or "x"}."""

    def build(answers: Answers) -> pd.DataFrame:
        rows = [_observation(unit, element, given) for (unit, element), given in answers.items()]
        contract = table_contract(catalogue, "core.observations")
        return contract.conform(pd.DataFrame(rows)) if rows else contract.empty()

    return build


def _observation(unit: str, element: str, given: object) -> dict[str, object]:
    number = float(given) if isinstance(given, (bool, int, float)) else None
    states = {"x": "not_applicable", None: "missing"}
    state = states.get(given, "zero" if number == 0 else "value")  # type: ignore[call-overload] # any answer may be looked up
    known = state in {"value", "zero"}
    return {
        "unit_id": unit,
        "period": "2021-H1",
        "element": element,
        "value": number,
        "qualifier": "=" if known else None,
        "text": given if known and isinstance(given, str) else None,
        "note": None,
        "decided": None,
        "state": state,
        "source": "form",
        "provider": unit,
        "submission_id": f"2021-H1/{unit}/01" if known else None,
        "sheet": "Biểu" if known else None,
        "cell": "E9" if known else None,
        "is_estimate": True,
        "is_illustrative": True,
    }


@pytest.fixture(scope="session")
def dossiers(catalogue) -> Callable[..., pd.DataFrame]:
    """Dossier rows from (unit, received_on, resolved_on or None)."""

    def build(*events: tuple[str, str, str | None]) -> pd.DataFrame:
        contract = table_contract(catalogue, "core.registers_dossiers")
        rows = [
            {
                "submission_id": "2021-H1/mc/01",
                "row": number,
                "unit_id": unit,
                "period": "2021-H1",
                "dossier_code": f"H{number}",
                "field": "Đất đai",
                "channel": "Trực tuyến mức độ 3" if number % 2 else "Trực tiếp, bưu chính",
                "received_on": received,
                "due_on": received,
                "resolved_on": resolved,
                "status": "Đã giải quyết" if resolved else "Đang giải quyết",
                "is_illustrative": True,
            }
            for number, (unit, received, resolved) in enumerate(events, start=9)
        ]
        return contract.conform(pd.DataFrame(rows)) if rows else contract.empty()

    return build


@pytest.fixture(scope="session")
def submissions(catalogue) -> Callable[..., pd.DataFrame]:
    """Submissions from (provider, form, received_at, status), one per row."""

    def build(*receipts: tuple[str, str | None, str, str]) -> pd.DataFrame:
        contract = table_contract(catalogue, "intake.submissions")
        seen: dict[str, int] = {}
        rows = []
        for provider, form, received_at, status in receipts:
            seen[provider] = seen.get(provider, 0) + 1
            number = f"{seen[provider]:02d}"
            rows.append(
                dict.fromkeys(c.name for c in contract.columns)
                | {
                    "submission_id": f"2021-H1/{provider}/{number}",
                    "sha256": f"sha-{provider}-{number}",
                    "provider": provider,
                    "period": "2021-H1",
                    "round": None if form is None else "estimate",
                    "form": form,
                    "received_at": received_at,
                    "path": f"raw/2021-H1/{provider}/{number}.xlsx",
                    "status": status,
                    "is_illustrative": True,
                }
            )
        return contract.conform(pd.DataFrame(rows)) if rows else contract.empty()

    return build


@pytest.fixture(scope="session")
def evaluate(catalogue, units, observe, period) -> Callable[..., pd.DataFrame]:
    """Values by (scope_id, indicator) for the given answers."""

    def run(
        answers: Answers,
        of: Catalogue,
        *,
        scopes: tuple[str, ...] = ("h",),
        registers: dict[str, pd.DataFrame] | None = None,
        reporting: pd.DataFrame | None = None,
        period: Mapping[str, object] = period,
        units: pd.DataFrame = units,
    ) -> pd.DataFrame:
        owed = table_contract(catalogue, "core.reporting").empty()
        values = indicator_values(
            observations=observe(answers),
            registers=registers or {},
            register_known=dict.fromkeys(registers or {}, True),
            reporting=owed if reporting is None else reporting,
            units=units,
            catalogue=of,
            period=period,
            scopes=list(scopes),
            as_of=dt.datetime(2021, 6, 10, 8, tzinfo=dt.UTC),
        )
        return values.set_index(["scope_id", "indicator"])

    return run
