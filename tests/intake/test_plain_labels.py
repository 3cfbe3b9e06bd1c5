"""Labels without codes are matched to what they ask, in full words or in short forms."""

import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.intake.layout import codes_by_label, match_label

CATALOGUE = load_catalogue()


@pytest.fixture(scope="module")
def by_label():
    return codes_by_label(CATALOGUE.forms["bcd-2021"], CATALOGUE)


@pytest.mark.parametrize(
    "written",
    [
        "Số cuộc họp Ban Chỉ đạo huyện",
        "Số cuộc họp BCĐ huyện",
        "SỐ CUỘC HỌP BCĐ HUYỆN (cuộc) *",
    ],
)
def test_a_label_with_short_forms_is_the_same_label(by_label, written):
    assert match_label(written, by_label, CATALOGUE) == "A38"


@pytest.mark.parametrize("written", ["Số cuộc họp BCH huyện", "BCĐ huyện", ""])
def test_other_labels_are_nobodys(by_label, written):
    assert match_label(written, by_label, CATALOGUE) is None


@pytest.mark.parametrize("form", [f for f in CATALOGUE.forms if not f.startswith("tonghop")])
def test_spelling_out_makes_no_two_labels_of_a_form_one(form):
    asked = CATALOGUE.forms[form]
    without = CATALOGUE.model_copy(update={"words": type(CATALOGUE.words)()})
    bare = codes_by_label(asked, without)
    spelt = codes_by_label(asked, CATALOGUE)
    assert set(bare.values()) == set(spelt.values())
    assert {key: bare[key] for key in bare if key in spelt} == {
        key: spelt[key] for key in spelt if key in bare
    }
