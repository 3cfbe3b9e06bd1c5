"""``qcdc notices``: lays out, writes down only when told to, and never a notice twice."""

import json
from pathlib import Path

import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.inputs import inputs_fingerprint
from pipelines.orchestration.steps import journal_path, period_as_of
from tests.cli.calls import answer, qcdc
from tests.orchestration.mini import PERIOD, digests

WHO = ("--who", "Văn thư Ban Chỉ đạo")


def listed(
    capsys: pytest.CaptureFixture[str], *more: str, period: str = PERIOD
) -> list[dict[str, str]]:
    code, document = answer(capsys, "notices", period, *more)
    assert code == 0
    return document["notices"]


def lines_of(root: Path, event: str) -> list[dict[str, str]]:
    text = journal_path(root, PERIOD).read_text(encoding="utf-8")
    return [e for e in map(json.loads, text.splitlines()) if e["event"] == event]


def outside_the_outbox(root: Path) -> dict[str, str]:
    return {name: d for name, d in digests(root).items() if "/outbox/" not in name}


def test_a_look_writes_the_outbox_and_nothing_else(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = outside_the_outbox(project)
    found = listed(capsys)
    kinds = {each["kind"] for each in found}
    assert {"overdue", "accepted"} <= kinds
    assert outside_the_outbox(project) == before
    outbox = digests(project)
    assert qcdc("notices", PERIOD) == 0
    assert digests(project) == outbox


def test_what_is_written_down_as_sent_is_gone_and_moves_no_figure(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = load_catalogue()
    as_of, inputs = period_as_of(project, PERIOD), inputs_fingerprint(project, catalogue, PERIOD)
    accepted = listed(capsys, "--kind", "accepted")
    others = len(listed(capsys)) - len(accepted)
    for expected in (len(accepted), 0):  # the second time there is nothing to write
        code, document = answer(
            capsys, "notices", PERIOD, "--sent", "--kind", "accepted", "--channel", "zalo", *WHO
        )
        assert (code, len(document["sent"])) == (0, expected)
    assert len(lines_of(project, "notice")) == len(accepted)
    assert {line["channel"] for line in lines_of(project, "notice")} == {"zalo"}
    assert {line["fingerprint"] for line in lines_of(project, "notice")} == {
        each["fingerprint"] for each in accepted
    }
    assert len(listed(capsys)) == others
    code, document = answer(capsys, "notices", PERIOD, "--call", "xa-mh-02", "--outcome",
                            "hẹn nộp", "--note", "hẹn nộp trong tuần", *WHO)  # fmt: skip
    assert code == 0
    (line,) = lines_of(project, "call")
    assert (line["unit_id"], line["outcome"]) == ("xa-mh-02", "hẹn nộp")
    code, document = answer(capsys, "status", PERIOD)
    (status,) = document["periods"]
    assert (status["notices"], status["calls"]) == ({"accepted": len(accepted)}, 1)
    assert period_as_of(project, PERIOD) == as_of
    assert inputs_fingerprint(project, catalogue, PERIOD) == inputs


def test_only_what_was_laid_out_is_written_down(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A notice that came up after the sender looked is not lost."""
    found = listed(capsys)
    path = project / "warehouse" / "outbox" / PERIOD / "danh-sach.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    seen, document["notices"] = document["notices"][0], document["notices"][:1]
    path.write_text(json.dumps(document), encoding="utf-8")
    code, answered = answer(capsys, "notices", PERIOD, "--sent", *WHO)
    assert (code, answered["sent"]) == (0, [seen])
    assert len(listed(capsys)) == len(found) - 1


def test_contacts_change_no_fingerprint_and_are_printed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = inputs_fingerprint(project, load_catalogue(), PERIOD)
    path = project / "raw" / "reference" / "contacts.csv"
    header = path.read_text(encoding="utf-8")
    path.write_text(f"{header}xa-mh-02,unit,,Văn phòng,,x@example.vn,\n", encoding="utf-8")
    try:
        assert inputs_fingerprint(project, load_catalogue(), PERIOD) == inputs
        code, document = answer(capsys, "notices", "--contacts")
        assert (code, document["contacts"][0]["email"]) == (0, "x@example.vn")
        path.write_text(f"{header}xa-mh-99,unit,,Văn phòng,,,\n", encoding="utf-8")
        assert problem(capsys, PERIOD) == "QCDC-E130"
    finally:
        path.write_text(header, encoding="utf-8")
    assert qcdc("notices", "--contacts") == 0
    assert "Danh bạ còn trống" in capsys.readouterr().out


def problem(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code, document = answer(capsys, "notices", *arguments)
    assert code == 2
    return document["problem"]["code"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["2021-H9"], "QCDC-E13"),
        (["2019-H1", "--sent", *WHO], "QCDC-E131"),
        ([PERIOD, "--sent", "--channel", "fax", *WHO], "QCDC-E132"),
        ([PERIOD, "--kind", "loud"], "QCDC-E132"),
        ([PERIOD, "--unit", "xa-mh-99"], "QCDC-E133"),
        ([PERIOD, "--call", "xa-mh-99", "--outcome", "hẹn nộp", *WHO], "QCDC-E133"),
        ([PERIOD, "--call", "xa-mh-02", *WHO], "QCDC-E134"),
        ([PERIOD, "--call", "xa-mh-02", "--outcome", "hẹn nộp", *WHO,
          "--note", "gọi lại 0912 345 678"], "QCDC-E135"),
        ([PERIOD, "--sent"], "QCDC-E136"),
        ([PERIOD, "--sent", "--who", "Nguyễn Văn A"], "QCDC-E136"),
        (["2019-H1", "--call", "xa-mh-02", "--outcome", "hẹn nộp", *WHO], "QCDC-E137"),
        (["--sent", *WHO], "QCDC-E138"),
        ([PERIOD, "--sent", "--call", "xa-mh-02", *WHO], "QCDC-E138"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_with_the_question(
    arguments: list[str], code: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = journal_path(project, PERIOD).read_bytes()
    assert problem(capsys, *arguments) == code
    assert journal_path(project, PERIOD).read_bytes() == before
    assert not journal_path(project, "2019-H1").exists()


def test_a_period_without_a_file_is_reminded_from_its_requests(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kinds = [each["kind"] for each in listed(capsys, period="2020-H2")]
    assert set(kinds) == {"overdue"}
    assert len(kinds) > 50
