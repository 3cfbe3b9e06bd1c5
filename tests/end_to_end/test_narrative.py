"""The running text of the shipped half-year gives the article's figures in the article's order."""

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.narrated import values_of
from pipelines.reports import narrative
from pipelines.reports.papers.model import Heading, Paragraph

from .conftest import PERIOD
from .test_seed_rows import Frames

# as printed: dossiers, new countryside, agencies, posts, units, enterprises, inspections
ARTICLE = [
    *("tthc.resolution_rate 52.620", "tthc.resolution_rate 52.620", "tthc.resolution_rate 100%"),
    *("ntm.recognised_rate 11/15", "ntm.remaining_1 17", "ntm.remaining_2 13"),
    *("ntm.remaining_3 12", "ntm.remaining_4 10"),
    *("cq.conference_rate 24/24", "cq.conference_rate 100%"),
    *("nv.posts_streamlined 40", "nv.units_before_merger 03", "nv.units_after_merger 01"),
    *("dn.conference_rate 13/15", "dn.conference_rate 87%", "bcd.inspections_planned 07"),
]


@pytest.fixture(scope="module")
def blocks(shipped_tables: dict[str, pd.DataFrame]):
    catalogue = load_catalogue()
    told = values_of(Frames(shipped_tables), PERIOD, "signing")
    outline = catalogue.narrative.outline_for("half", told.day)
    text = narrative.sections(catalogue, outline, told, {}, "half")
    return narrative.title(outline, told), text


def test_the_article_s_figures_in_the_article_s_order(blocks):
    _, text = blocks
    figures = [
        f"{run.figure.split('/')[1].split('@')[0]} {run.text}"
        for block in text
        if isinstance(block, Paragraph)
        for run in block.runs
        if run.figure
    ]
    left = iter(figures)
    assert [wanted for wanted in ARTICLE if wanted not in left] == []


def test_the_title_is_that_of_the_time(blocks):
    title, text = blocks
    assert title == (
        "Kết quả thực hiện Quy chế dân chủ ở cơ sở 6 tháng đầu năm 2021; phương hướng, nhiệm vụ 6"
        " tháng cuối năm 2021"
    )
    assert "1. Ở xã, thị trấn" in [block.text for block in text if isinstance(block, Heading)]


def test_every_sentence_with_a_figure_declares_it(blocks):
    _, text = blocks
    for block in text:
        if isinstance(block, Paragraph) and block.style == "body":
            shown = {run.figure.split("/")[1].split("@")[0] for run in block.runs if run.figure}
            assert shown <= set(block.indicators), block.about


@pytest.mark.long
def test_without_the_federation_s_file_the_text_says_what_is_missing(pipeline):
    pipeline.file("ldld-mh").unlink()
    tables = pipeline.run()
    catalogue = load_catalogue()
    told = values_of(Frames(tables), PERIOD, "signing")
    outline = catalogue.narrative.outline_for("half", told.day)
    text = narrative.sections(catalogue, outline, told, {}, "half")
    (said,) = [b.text for b in text if isinstance(b, Paragraph) and b.about == "enterprises"]
    assert said == (
        "Doanh nghiệp đã tổ chức hội nghị người lao động: chưa có số liệu (Liên đoàn Lao động huyện"
        " minh họa chưa gửi biểu hợp lệ)."
    )
    assert not any("87%" in b.text for b in text if isinstance(b, Paragraph))
