"""The whole evidence site as pages: path and bytes, one after the other.

Belongs here: which pages there are for whom, the templates. Does not belong here: writing them
(``orchestration``), what a page shows (its own module).

Equal tables give equal bytes: no clock, no random id, no folder of this machine is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.catalogue.disclosure import Disclosure
from pipelines.reports.html import ILLUSTRATIVE
from pipelines.reports.site import addresses
from pipelines.reports.site.desk import Desk, is_area
from pipelines.reports.site.file_page import file_view, used_cells
from pipelines.reports.site.front_pages import at_a_glance, contents, dictionary
from pipelines.reports.site.indicator_page import indicator_view
from pipelines.reports.site.lens import Lens, lens_for
from pipelines.reports.site.source import Shelf, Source, shelve
from pipelines.reports.site.unit_page import unit_view

_TEMPLATES = Path(__file__).parents[1] / "templates" / "site"


@dataclass(frozen=True)
class Page:
    """A file of the site: its path below the site's folder, and its bytes."""

    path: str
    data: bytes


def site_pages(source: Source, disclosure: Disclosure, audience: str) -> Iterator[Page]:
    """All pages for an audience; of one whose units get copies of their own, what these share.

    Args:
        source: The period.
        disclosure: Who may see what.
        audience: Its id.

    Yields:
        Every page once, the style sheet first.
    """
    desk = _desk(source, disclosure, audience)
    yield from _shared_pages(desk)
    yield from front_pages(desk, disclosure)
    yield from unit_pages(desk)
    yield from file_pages(desk)


def own_copies(
    source: Source, disclosure: Disclosure, audience: str, units: Collection[str] | None = None
) -> Iterator[tuple[str, list[Page]]]:
    """The site as each unit gets it: whole about itself, about others only what all may see.

    Args:
        source: The period.
        disclosure: Who may see what.
        audience: Id of an audience of units.
        units: Only these; all below the areas when None.

    Yields:
        Unit and pages, in official order.
    """
    common = _desk(source, disclosure, audience)
    shared = list(_shared_pages(common))
    for unit in common.shelf.order:
        if unit in units if units is not None else not is_area(common, unit):
            lens = replace(common.lens, own=unit)
            desk = replace(common, lens=lens, pages=page_names(common.shelf, lens))
            mine = [*front_pages(desk, disclosure), *unit_pages(desk), *file_pages(desk)]
            yield unit, [*shared, *mine]


def _desk(source: Source, disclosure: Disclosure, audience: str) -> Desk:
    shelf = shelve(source)
    earlier = [shelve(each) for each in source.earlier]
    lens = lens_for(shelf, source.catalogue, disclosure, audience, earlier)
    return Desk(source, shelf, lens, page_names(shelf, lens))


def _shared_pages(desk: Desk) -> Iterator[Page]:
    """What is the same whoever of the audience reads."""
    yield Page(addresses.STYLE, (_TEMPLATES / "minh-chung.css").read_bytes())
    yield _page(desk, "tu-dien", addresses.DICTIONARY, "Từ điển", dictionary(desk))
    yield from indicator_pages(desk)


def page_names(shelf: Shelf, lens: Lens) -> frozenset[str]:
    """The pages that there are for a lens."""
    names = {addresses.INDEX, addresses.CONTENTS, addresses.DICTIONARY}
    names |= {addresses.indicator_page(name) for name in shelf.figures}
    # a copy of a unit's own holds no page of another
    units = [u for u in shelf.order if u == lens.own or not lens.audience.own]
    names |= {addresses.unit_page(unit) for unit in units}
    files = [key for key, row in shelf.files.items() if lens.whole(str(row["provider"]))]
    return frozenset(names | {addresses.file_page(key) for key in files})


def front_pages(desk: Desk, disclosure: Disclosure) -> Iterator[Page]:
    """Result at a glance, contents."""
    title = f"Minh chứng số liệu {desk.source.label}"
    yield _page(desk, "index", addresses.INDEX, title, at_a_glance(desk, disclosure))
    yield _page(desk, "muc-luc", addresses.CONTENTS, "Mục lục", contents(desk))


def indicator_pages(desk: Desk) -> Iterator[Page]:
    """A page per indicator."""
    for name, entry in desk.catalogue.indicators.items():
        if name in desk.shelf.figures:
            path = addresses.indicator_page(name)
            yield _page(desk, "chi-tieu", path, entry.label_vi, indicator_view(desk, entry))


def unit_pages(desk: Desk) -> Iterator[Page]:
    """A page per unit that the audience may open."""
    for unit in desk.shelf.order:
        path = addresses.unit_page(unit)
        if path in desk.pages:
            yield _page(desk, "don-vi", path, desk.shelf.name(unit), unit_view(desk, unit))


def file_pages(desk: Desk) -> Iterator[Page]:
    """A page per submission that the audience may open."""
    chosen = [key for key in desk.shelf.files if addresses.file_page(key) in desk.pages]
    if not chosen:
        return
    cells, counted = used_cells(desk, frozenset(chosen))
    for key in chosen:
        view = file_view(desk, key, cells, counted)
        yield _page(desk, "tep", addresses.file_page(key), f"Lần nộp {key}", view)


def _page(desk: Desk, template: str, path: str, title: str, view: dict[str, Any]) -> Page:
    text = (
        environment()
        .get_template(f"{template}.html.j2")
        .render(
            title=title,
            source=desk.source,
            lens=desk.lens,
            up="../" if "/" in path else "",
            mark=ILLUSTRATIVE,
            **view,
        )
    )
    return Page(path, text.encode())


@cache
def environment() -> Environment:
    """Templates of the site; every text is escaped, a name that is not given is an error."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
