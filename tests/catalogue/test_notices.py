"""``notices.yaml``: a wrong text is found when it is loaded, not when it is sent."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.load import DATA
from pipelines.catalogue.notices import KINDS, MARK, WIDTHS, load_notices

GIVEN = yaml.safe_load((DATA / "notices.yaml").read_text(encoding="utf-8"))


def loaded(folder: Path, **changed: Any):
    (folder / "notices.yaml").write_text(yaml.safe_dump(GIVEN | changed), encoding="utf-8")
    return load_notices(folder)


def with_text(text: str) -> list[dict[str, Any]]:
    return [GIVEN["kinds"][0] | {"text_vi": text}, *GIVEN["kinds"][1:]]


def test_every_kind_has_a_text_that_fits_whatever_is_filled_in():
    said = load_notices()
    assert {kind.id for kind in said.kinds} == set(KINDS)
    full = dict.fromkeys(WIDTHS, "Đ" * 1_000)
    for kind in said.kinds:
        assert len(MARK + kind.text(full)) <= said.longest
        assert "…" in kind.text(full)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kinds": with_text("Kính gửi {nobody}.")}, "no such blank nobody"),
        ({"kinds": with_text("Kính gửi {unit.")}, "no such blank"),
        ({"kinds": with_text("{unit} " + "a" * 600)}, "at most 600"),
        ({"kinds": GIVEN["kinds"][1:]}, "kind reminder: expected once"),
        ({"kinds": [GIVEN["kinds"][1], *GIVEN["kinds"][1:]]}, "expected once"),
        ({"requests": GIVEN["requests"] | {"late": "a" * 91}}, "requests.late"),
        ({"recipients": {"unit": "Đơn vị"}}, "recipients"),
        ({"outcomes": GIVEN["outcomes"] * 2}, "stands twice"),
        ({"silent_periods": 1}, "silent_periods"),
        ({"color": "red"}, "color"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, changed: dict[str, Any], said: str):
    with pytest.raises(CatalogueError, match=r"notices\.yaml") as wrong:
        loaded(tmp_path, **changed)
    assert said in str(wrong.value)


def test_no_file_and_no_yaml_are_told(tmp_path: Path):
    with pytest.raises(CatalogueError, match="file not found"):
        load_notices(tmp_path)
    (tmp_path / "notices.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(CatalogueError, match="no YAML"):
        load_notices(tmp_path)
