import pytest

from pipelines.catalogue.form_versions import spelt_out
from pipelines.catalogue.integrity import CatalogueError


def base():
    return {
        "id": "a-1",
        "version": "1",
        "valid_from": "2016-01-01",
        "sheets": [
            {
                "name": "S",
                "title_vi": "Số liệu",
                "layout": "single",
                "sections": [
                    {"title_vi": "A", "elements": [{"element": "x.a"}, {"element": "x.b"}]},
                    {"title_vi": "B", "elements": [{"element": "x.c", "compulsory": True}]},
                ],
            },
            {"name": "Sổ", "title_vi": "Sổ họp", "layout": "register", "register_id": "meetings"},
        ],
    }


def version(**said):
    return {"id": "a-2", "based_on": "a-1", "valid_from": "2023-07-01", **said}


def of(**said):
    return spelt_out([base(), version(**said)])[1]


def asked(form):
    return [
        (section["title_vi"], [item["element"] for item in section["elements"]])
        for sheet in form["sheets"]
        for section in sheet.get("sections", [])
    ]


def test_a_version_without_a_difference_asks_the_same():
    form = of()
    assert form["sheets"] == base()["sheets"]
    assert (form["id"], form["version"], form["valid_from"]) == ("a-2", "1", "2023-07-01")
    assert "based_on" not in form


def test_the_base_stays_as_it_is():
    told = [base(), version(drop={"elements": ["x.a"]}, rename={"A": "Z"})]
    assert spelt_out(told)[0] == base()
    assert told[0] == base()


def test_dropping():
    assert asked(of(drop={"elements": ["x.a"]})) == [("A", ["x.b"]), ("B", ["x.c"])]
    assert asked(of(drop={"sections": ["A"]})) == [("B", ["x.c"])]
    assert [s["name"] for s in of(drop={"sheets": ["S"]})["sheets"]] == ["Sổ"]


def test_what_is_emptied_disappears():
    assert asked(of(drop={"elements": ["x.c"]})) == [("A", ["x.a", "x.b"])]
    all_ = of(drop={"elements": ["x.a", "x.b", "x.c"]})
    assert [sheet["name"] for sheet in all_["sheets"]] == ["Sổ"]


def test_other_words_elements_and_duties_in_the_same_place():
    form = of(
        rename={"A": "A mới", "Sổ họp": "Sổ họp tổ"},
        replace={"x.a": "y.a"},
        compulsory={"x.c": False, "y.a": True},
    )
    assert asked(form) == [("A mới", ["y.a", "x.b"]), ("B", ["x.c"])]
    assert form["sheets"][1]["title_vi"] == "Sổ họp tổ"
    (a, _), (c,) = (s["elements"] for s in form["sheets"][0]["sections"])
    assert (a["compulsory"], c["compulsory"]) == (True, False)


def test_adding_where_it_is_said_and_at_the_end():
    form = of(
        add=[
            {"sheet": "S", "section": "A", "elements": ["x.d"], "after": "x.a"},
            {"sheet": "S", "section": "A1", "elements": [{"element": "x.e"}], "after": "A"},
            {"sheet": "S", "section": "C", "elements": ["x.f"]},
            {"new_sheet": {"name": "Sổ 2", "layout": "register"}, "after": "S"},
        ]
    )
    assert asked(form) == [
        ("A", ["x.a", "x.d", "x.b"]),
        ("A1", ["x.e"]),
        ("B", ["x.c"]),
        ("C", ["x.f"]),
    ]
    assert [sheet["name"] for sheet in form["sheets"]] == ["S", "Sổ 2", "Sổ"]


def test_a_version_of_a_version():
    third = {"id": "a-3", "based_on": "a-2", "drop": {"elements": ["x.b"]}}
    told = [third, version(drop={"elements": ["x.a"]}, title_vi="Hai"), base()]
    first, second, _ = spelt_out(told)
    assert asked(first) == [("B", ["x.c"])]
    assert (first["id"], first["title_vi"], second["title_vi"]) == ("a-3", "Hai", "Hai")


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"drop": {"elements": ["x.z"]}}, "form a-2, based on a-1: dropped element 'x.z'"),
        ({"drop": {"sections": ["Z"]}}, "dropped section 'Z' is not on it"),
        ({"drop": {"sheets": ["Z"]}}, "dropped sheet 'Z' is not on it"),
        ({"drop": {"columns": ["Z"]}}, "columns"),
        ({"replace": {"x.z": "x.y"}}, "replaced element 'x.z'"),
        ({"rename": {"Z": "Y"}}, "renamed 'Z'"),
        ({"compulsory": {"x.z": True}}, "compulsory element 'x.z'"),
        ({"add": [{"sheet": "Z", "section": "A", "elements": ["x.d"]}]}, "found 'Z'"),
        ({"add": [{"sheet": "Sổ", "section": "A", "elements": ["x.d"]}]}, "found 'Sổ'"),
        ({"add": [{"sheet": "S", "section": "A", "elements": []}]}, "expected elements"),
        (
            {"add": [{"sheet": "S", "section": "A", "elements": ["x.d"], "after": "x.c"}]},
            "after 'x.c', which is not there",
        ),
        ({"based_on": "a-9"}, "based_on a-9, expected another form of a-1, a-2"),
        ({"based_on": "a-2"}, "based_on a-2, expected another form"),
    ],
)
def test_a_difference_that_fits_nothing_is_named(said, names):
    with pytest.raises(CatalogueError, match=names):
        spelt_out([base(), {**version(), **said}])


def test_two_versions_that_stand_on_each_other():
    one, other = {"id": "b", "based_on": "c"}, {"id": "c", "based_on": "b"}
    with pytest.raises(CatalogueError, match="expected another form"):
        spelt_out([one, other])
