"""One clock for all: the wall's, or that of a file; what is on its way gets no receipt."""

import datetime as dt
from pathlib import Path

import pytest

from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import clock
from pipelines.orchestration.inputs import inputs_fingerprint
from pipelines.orchestration.receiving import waiting
from pipelines.orchestration.resources import ClockResource
from tests.orchestration.mini import PERIOD


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2021-06-04T23:30:00+07:00\n", "2021-06-04T23:30:00+07:00"),
        ("2021-06-04T17:30:00+00:00", "2021-06-05T00:30:00+07:00"),
        ("2021-06-04 09:00", "2021-06-04T09:00:00+07:00"),
        ("2021-06-04T09:00:00.75+07:00", "2021-06-04T09:00:00+07:00"),
    ],
)
def test_a_file_tells_the_time_of_hanoi(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "clock"
    monkeypatch.setenv(clock.VARIABLE, str(file))
    file.write_text(text, encoding="utf-8")
    assert clock.now().isoformat() == told
    assert ClockResource().now() == clock.now()
    file.write_text("2022-01-01T00:00:00+07:00", encoding="utf-8")  # read at every look
    assert clock.now().year == 2022


@pytest.mark.parametrize("text", [None, "", "hôm nay"])
def test_a_clock_that_tells_no_time_is_no_clock(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "clock"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    monkeypatch.setenv(clock.VARIABLE, str(file))
    with pytest.raises(clock.ClockBroken):
        clock.now()


def test_the_wall_clock_has_no_fractions_and_hanois_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.VARIABLE, raising=False)
    told = clock.now()
    assert (told.microsecond, told.utcoffset()) == (0, dt.timedelta(hours=7))
    assert abs(told - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


@pytest.mark.parametrize("name", ["~$a.xlsx", ".~lock.a.xlsx#", "a.xlsx.part", "a.xlsx.TMP"])
def test_a_file_on_its_way_is_no_submission_and_no_change(
    name: str, project: Path, catalogue: Catalogue
) -> None:
    sent = next((project / "raw" / PERIOD).glob("*/*.xlsx"))
    before = inputs_fingerprint(project, catalogue, PERIOD)
    (sent.parent / name).write_bytes(b"half")
    assert waiting(project, PERIOD) == []
    assert inputs_fingerprint(project, catalogue, PERIOD) == before
