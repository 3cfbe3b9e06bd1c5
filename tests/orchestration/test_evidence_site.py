"""The evidence site of the small project: it leads from a figure to its cell, and no further."""

import io
import re
import zipfile
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from pipelines.analysis import open_warehouse
from pipelines.catalogue.disclosure import load_disclosure
from pipelines.catalogue.integrity import measure_elements
from pipelines.orchestration.bundle_command import write_bundles
from pipelines.orchestration.evidence_site import gather, put_pages, write_site
from pipelines.orchestration.running import Outcome
from pipelines.reports.html import ILLUSTRATIVE
from pipelines.reports.site.pages import Page, own_copies, site_pages
from pipelines.reports.site.source import Source
from tests.orchestration.mini import PERIOD

VOID = {"meta", "link", "input", "br", "path", "circle", "rect"}
SAID = "Đơn vị báo cáo 95, cơ quan cung cấp ghi 85"
AN_ADDRESS = re.compile(r"![A-Z]{1,2}\d{1,4}\b|\.xlsx|raw/|\bsha256\b")


class Reading(HTMLParser):
    """A page as a browser meets it: what is open, what points where, what is said."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: Counter[str] = Counter()
        self.text = ""
        self.feed(text)
        self.wrong += [f"<{tag}> stays open" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags[tag] += 1
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [value for name in ("href", "src") if (value := given.get(name))]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> closes {self.open[-1:]}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "script" not in self.open:
            self.text += data


@pytest.fixture(scope="module")
def root(finished: tuple[Path, Outcome]) -> Path:
    return finished[0]


@pytest.fixture(scope="module")
def source(root: Path) -> Source:
    return gather(open_warehouse(root=root), PERIOD)


@pytest.fixture(scope="module")
def superior(source: Source) -> dict[str, Reading]:
    return read(site_pages(source, load_disclosure(), "superior"))


@pytest.fixture(scope="module")
def public(source: Source) -> dict[str, Reading]:
    return read(site_pages(source, load_disclosure(), "public"))


def read(pages) -> dict[str, Reading]:
    return {p.path: Reading(p.data.decode()) for p in pages if p.path.endswith(".html")}


def broken_links(pages: dict[str, Reading]) -> list[str]:
    """Links that lead to no page of the site, or to no place on it."""
    found = []
    for path, page in pages.items():
        for link in page.links:
            name, _, anchor = link.partition("#")
            target = (Path(path).parent / name).as_posix() if name else path
            target = re.sub(r"[^/]+/\.\./", "", target)
            if target == "minh-chung.css":
                continue
            if target not in pages or (anchor and unquote(anchor) not in pages[target].ids):
                found.append(f"{path}: {link}")
    return found


def test_the_job_leaves_the_site_beside_the_report(root: Path, superior) -> None:
    folder = root / "warehouse" / "published" / PERIOD / "minh-chung"
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*.html")}
    assert found == set(superior)
    assert {path.partition("/")[0] for path in found} == {
        "index.html", "muc-luc.html", "tu-dien.html", "chi-tieu", "don-vi", "tep",
    }  # fmt: skip


@pytest.mark.parametrize("audience", ["superior", "public"])
def test_pages_are_whole_and_need_nothing_from_outside(audience: str, request) -> None:
    pages = request.getfixturevalue(audience)
    for path, page in pages.items():
        assert page.wrong == [], path
        assert page.tags["h1"] == 1, path
        assert len(page.ids) == len(set(page.ids)), path
        assert ILLUSTRATIVE in page.text, path
        assert not [link for link in page.links if "//" in link], path
    assert broken_links(pages) == []


def test_every_figure_of_the_report_has_its_place(root: Path, superior) -> None:
    figures = open_warehouse(root=root).table("report.figures")
    assert len(figures) > 50
    for row in figures.itertuples():
        assert row.scope_id in superior[f"chi-tieu/{row.indicator}.html"].ids, row.figure_id


def test_from_the_first_page_to_the_cell(superior) -> None:
    link = next(x for x in superior["index.html"].links if x.startswith("chi-tieu/nv.posts"))
    path, _, anchor = link.partition("#")
    page = superior[path]
    assert anchor in page.ids
    assert "40" in page.text
    cells = [x for x in page.links if x.startswith("../tep/2021-H1_nv-mh_01.html#s")]
    assert cells
    name, _, cell = cells[0].removeprefix("../").partition("#")
    assert cell in superior[name].ids
    assert "Số trường hợp tinh giản biên chế" in superior[name].text


def test_unchanged_pages_stay_and_foreign_ones_go(root: Path, tmp_path: Path) -> None:
    written = root / "warehouse" / "published" / PERIOD / "minh-chung"
    pages = [
        Page(path.relative_to(written).as_posix(), path.read_bytes())
        for path in written.rglob("*")
        if path.is_file()
    ]
    put_pages(tmp_path, pages)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")}
    (tmp_path / "don-vi" / "gone.html").write_text("a unit that is no more", encoding="utf-8")
    assert put_pages(tmp_path, pages) == len(pages)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")} == before
    assert write_site(root, PERIOD) == written
    again = {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()}
    assert again == {page.path for page in pages}


def test_the_public_sees_no_file_no_cell_no_finding_and_nobody_late(source: Source, public) -> None:
    made = source.frames["observations"].iloc[[0]][["submission_id", "sheet", "cell", "unit_id"]]
    told = dict.fromkeys(["found", "expected", "message_vi", "action_vi"], SAID)
    finding = made.assign(element="xa.receptions", rule="PV-01", severity="review", **told)
    frames = {**source.frames, "findings": finding.assign(decision=None, decided_why=None)}
    worse = replace(source, frames=frames)
    committee = read(site_pages(worse, load_disclosure(), "superior"))
    assert SAID in committee["chi-tieu/xa.receptions.html"].text
    assert not [path for path in public if path.startswith("tep/")]
    for path, page in read(site_pages(worse, load_disclosure(), "public")).items():
        assert not AN_ADDRESS.search(page.text), (path, AN_ADDRESS.search(page.text))
        assert SAID not in page.text, path
        if path.startswith("don-vi/") and source.scope_id not in path:
            for word in ("trễ hạn", "chưa nộp", "bị trả lại", "chưa có số liệu", "Hạn nộp"):
                assert word not in page.text, (path, word)


def test_a_decision_stands_with_its_unit_its_figures_and_its_file(source: Source) -> None:
    observed = source.frames["observations"]
    row = observed[observed["element"] == "xa.receptions"].dropna(subset=["cell"]).iloc[0]
    made = {name: row[name] for name in ("submission_id", "sheet", "cell", "provider")}
    told = {"told_by": "Chủ tịch UBND xã", "told_on": pd.Timestamp("2021-06-07")}
    words = dict.fromkeys(("what", "decided_by", "said_at", "decided_why", "effect"), SAID)
    decision = pd.DataFrame([{**made, **told, **words, "unit_id": None, "element": None}])
    frames = {**source.frames, "decisions": decision}
    decided = replace(source, frames=frames)
    pages = read(site_pages(decided, load_disclosure(), "superior"))
    where = {path for path, page in pages.items() if SAID in page.text}
    file = row["submission_id"].replace("/", "_")
    assert {f"tep/{file}.html", "chi-tieu/xa.receptions.html"} <= where
    assert f"don-vi/{row['unit_id']}.html" in where
    assert "Chủ tịch UBND xã cho biết 07/06/2021" in pages[f"tep/{file}.html"].text
    public = read(site_pages(decided, load_disclosure(), "public"))
    assert not [path for path, page in public.items() if SAID in page.text]


def test_who_is_silent_is_listed_among_those_not_shown(source: Source, public) -> None:
    observed = source.frames["observations"]
    asked = observed.groupby("element")["unit_id"].agg(set).to_dict()
    seen = 0
    for name, entry in source.catalogue.indicators.items():
        page = public.get(f"chi-tieu/{name}.html")
        used = measure_elements(entry.numerator) + measure_elements(entry.denominator)
        if page is None or not used:
            continue
        units = {Path(link).stem for link in page.links if link.startswith("../don-vi/")}
        everybody = set().union(*(asked.get(element, set()) for element in used))
        assert units == {source.scope_id} or units >= everybody - {source.scope_id}, name
        seen += len(units) > 1
    assert seen > 5


def test_internal_values_of_a_unit_are_not_public(superior, public) -> None:
    page = "don-vi/xa-mh-01.html"
    received = r"B18\s*Đơn khiếu nại, tố cáo, kiến nghị tiếp nhận trong kỳ\s*"
    assert re.search(received + r"(\d|bằng|chưa)", superior[page].text)
    assert re.search(received + "không công bố", public[page].text)


def test_a_unit_sees_all_of_itself_and_no_page_of_another(source: Source) -> None:
    [(unit, pages)] = list(own_copies(source, load_disclosure(), "units", ["xa-mh-01"]))
    copy = read(pages)
    assert unit == "xa-mh-01"
    assert [path for path in copy if path.startswith("don-vi/")] == ["don-vi/xa-mh-01.html"]
    assert {p.partition("_")[2][:8] for p in copy if p.startswith("tep/")} == {"xa-mh-01"}
    assert "!E" in copy["don-vi/xa-mh-01.html"].text
    assert not [p for p in copy if p.startswith("chi-tieu/") and AN_ADDRESS.search(copy[p].text)]
    assert broken_links(copy) == []


def test_archives_have_equal_bytes(root: Path, tmp_path: Path) -> None:
    wh, audience = open_warehouse(root=root), load_disclosure().audiences["public"]
    data = []
    for name in ("one", "two"):
        [path] = write_bundles(root, wh, PERIOD, audience, tmp_path / name)  # no papers lie there
        data.append(path.read_bytes())
    assert data[0] == data[1]
    with zipfile.ZipFile(io.BytesIO(data[0])) as archive:
        assert archive.testzip() is None
        assert "minh-chung/index.html" in archive.namelist()
        assert all(name.startswith("minh-chung/") for name in archive.namelist()), "no papers"
