import pytest
from pydantic import ValidationError

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.signs import SignTable

ELEMENTS = load_catalogue().elements


def test_elements_know_the_signs_of_their_type():
    assert ELEMENTS["xa.publish_due"].signs["-"] == "ask"
    assert ELEMENTS["xa.publish_due"].signs["không có"] == "zero"
    assert "x" not in ELEMENTS["cq.conference_held"].signs  # there it is a yes
    assert ELEMENTS["xa.property_donated"].signs == {}


def test_an_element_may_say_otherwise():
    assert ELEMENTS["ntm.recognised"].signs["x"] == "not_applicable"
    assert ELEMENTS["ntm.recognised"].signs["-"] == "ask"


@pytest.mark.parametrize("sign", ["–", "Không", "...", "không có."])
def test_a_sign_that_nobody_would_find_is_refused(sign):
    with pytest.raises(ValidationError, match="looked up"):
        SignTable(id="a", types=["count"], signs={sign: "zero"})


def test_no_sign_means_zero_but_words_that_say_so():
    zero = {s for e in ELEMENTS.values() for s, meaning in e.signs.items() if meaning == "zero"}
    assert zero == {"không", "không có", "không phát sinh", "không có phát sinh"}
