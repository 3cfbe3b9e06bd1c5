"""What a reviewer sees of an asset: owners, words, links, numbers, nothing that people wrote."""

import datetime as dt
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract, table_names
from pipelines.catalogue.model import Catalogue
from pipelines.intake.documents import names_office
from pipelines.orchestration import links
from pipelines.orchestration.asset_words import GROUPS, code_version, described, glossary, owners_of
from pipelines.orchestration.freshness import results_due
from pipelines.orchestration.metadata import showable
from pipelines.orchestration.raw_assets import raw_assets
from pipelines.orchestration.run_numbers import numbers_of
from pipelines.orchestration.table_specs import column_schema, table_specs
from pipelines.orchestration.verdicts import has_no_open_errors, is_complete
from tests.orchestration.mini import ROOT

_LONGEST_FIRST_LINE = 80
_ROLES = ("team:Văn thư", "team:Chuyên viên", "team:Người phân tích", "team:Thường trực")


@pytest.fixture(scope="module")
def specs(catalogue: Catalogue) -> list[dg.AssetSpec]:
    return [*raw_assets(catalogue), *table_specs(catalogue, table_names(catalogue))]


def test_every_asset_tells_whose_it_is_and_what_it_is(specs: list[dg.AssetSpec]) -> None:
    for spec in specs:
        first, _, more = (spec.description or "").partition("\n")
        assert 0 < len(first) <= _LONGEST_FIRST_LINE, spec.key
        assert more.strip(), spec.key
        assert spec.owners, spec.key
        assert all(owner.startswith(_ROLES) for owner in spec.owners), spec.owners
        assert spec.kinds, spec.key
        assert spec.group_name in GROUPS.values()
        assert {"chay", "pham-vi"} <= spec.tags.keys()


def test_groups_sort_as_the_work_goes() -> None:
    assert sorted(GROUPS.values()) == list(GROUPS.values())
    for schema in GROUPS:
        assert owners_of(schema)


def test_tables_say_where_their_code_and_explanation_stand(
    specs: list[dg.AssetSpec], catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for spec in specs:
        for key in ("Mã nguồn", "Giải thích"):
            assert (ROOT / spec.metadata[key].value).is_file(), (spec.key, key)
    assert {spec.code_version for spec in specs if spec.deps} == {code_version(catalogue)}
    monkeypatch.setenv(links.SOURCE_URL, "https://git.example/qcdc/blob/main/")
    told = links.table_links("eval.scores")
    assert told["Giải thích"].value == "https://git.example/qcdc/blob/main/docs/cham-diem.md"
    references = told["dagster/code_references"]
    assert isinstance(references, dg.CodeReferencesMetadataValue)
    [reference] = references.code_references
    assert reference.source.endswith("/blob/main/pipelines/evaluation/scores.py")


def test_pages_are_links_only_where_they_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path("/srv/qcdc/warehouse/published/2021-H1/minh-chung/index.html")
    root = Path("/srv/qcdc")
    monkeypatch.delenv(links.PAGES_URL, raising=False)
    shown = links.page_link(root, page)
    assert isinstance(shown, dg.PathMetadataValue)
    assert shown.path == "warehouse/published/2021-H1/minh-chung/index.html"
    monkeypatch.setenv(links.PAGES_URL, "http://127.0.0.1:8080/trang")
    served = links.page_link(root, page)
    assert served.value == "http://127.0.0.1:8080/trang/2021-H1/minh-chung/index.html"


def test_results_are_due_when_the_windows_end(catalogue: Catalogue) -> None:
    policy = results_due(catalogue)
    days = dt.timedelta(days=31)
    assert policy == dg.FreshnessPolicy.cron("0 0 15 6,12 *", days, "Asia/Ho_Chi_Minh")


def test_descriptions_name_a_few_makers_and_count_the_rest() -> None:
    text = described("A", "B.", [f"bảng {n}" for n in range(11)], "người đọc")
    assert text.startswith("A.\n\nB.\n\n*Làm từ:* bảng 0; ")
    assert "bảng 7 và 3 mục khác." in text
    assert text.endswith("*Dùng cho:* người đọc.")


def test_the_glossary_explains_every_group_and_state() -> None:
    text = glossary()
    for word in (*GROUPS.values(), "quarantined", "on_time", "Partition", "period_complete"):
        assert f"| {word} |" in text


def test_columns_show_vietnamese_words_for_codes(catalogue: Catalogue) -> None:
    schema = column_schema(catalogue, table_contract(catalogue, "core.findings"))
    said = {column.name: str(column.description) for column in schema.columns}
    assert "`error`: lỗi, phải sửa" in said["severity"]
    assert "Không có cột nguồn: " in said["is_primary"]
    assert "← `ref.rules.severity`" in said["severity"]


def test_what_people_wrote_stays_out_of_the_history(catalogue: Catalogue) -> None:
    written = {
        "intake.quarantine": {"text", "reason", "proposed", "sheet"},
        "intake.quotes": {"text", "sheet"},
        "intake.submissions": {"path", "reason", "reader_note", "channel"},
        "core.findings": {"found", "expected", "message_vi", "decided_why", "sheet"},
        "core.observations": {"text", "note", "sheet"},
        "core.registers_petitions": {"summary", "petition_code"},
        "eval.checked": {"reason", "evidence", "subject"},
        "eval.targeting": {"text_vi", "on_vi"},
        "report.figures": {"cells"},
    }
    for table, columns in written.items():
        contract = table_contract(catalogue, table)
        assert columns <= {column.name for column in contract.columns}, table
        assert not columns & set(showable(contract)), table
    assert showable(table_contract(catalogue, "eval.indicator_values"))


def test_states_that_do_not_occur_are_zeros() -> None:
    frame = pd.DataFrame(
        {
            "unit_id": ["a", "a", "b"],
            "form": ["x", "y", "x"],
            "part": ["2021-H1"] * 3,
            "state": ["on_time", "late", "missing"],
            "received_at": pd.to_datetime(["2021-06-01", "2021-06-09", "NaT"]),
        }
    )
    numbers = numbers_of("core.reporting", frame)
    assert numbers["Báo cáo phải nộp"] == 3
    assert numbers["Báo cáo đã nhận"] == 2
    assert numbers["Đơn vị đã nộp"] == 1
    assert numbers["Tỷ lệ đã nhận (%)"] == 66.67
    assert numbers["Bị trả lại"] == 0
    verdict = is_complete(frame)
    assert not verdict.passed
    assert verdict.summary == "2/3 báo cáo phải nộp đã nhận"
    assert verdict.wrong.to_dict("records") == [
        {"unit_id": "b", "form": "x", "part": "2021-H1", "state": "chưa nộp"}
    ]
    assert numbers_of("ref.units", frame) == {}


def test_an_error_with_a_decision_is_no_open_one() -> None:
    frame = pd.DataFrame(
        {
            "severity": ["warning", "error"],
            "rule": ["R2", "R1"],
            "unit_id": ["b", "a"],
            "element": ["e2", "e1"],
            "cell": ["C2", "C1"],
            "found": ["Nguyễn Văn Minh Họa", "0900000000"],
            "decision": [None, None],
        }
    )
    verdict = has_no_open_errors(frame)
    assert not verdict.passed
    assert list(verdict.wrong["rule"]) == ["R1", "R2"]
    assert "found" not in verdict.wrong
    assert has_no_open_errors(frame.assign(decision="accept")).passed


def test_roles_are_offices() -> None:
    """The journal would take each of them for whoever decided, but for those who only look."""
    assert names_office("Văn thư")
    assert names_office("Thường trực Ban Chỉ đạo")
