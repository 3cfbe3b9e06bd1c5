"""Releases of the small project: what is typed, what lies there, what the journal says."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from pipelines.catalogue.load import load_catalogue
from pipelines.intake.journal import read_journal
from pipelines.orchestration import releasing
from pipelines.orchestration.release_verify import issued_releases, verify
from pipelines.orchestration.releasing import Act, Signature
from pipelines.orchestration.steps import journal_path
from pipelines.reports.papers import docx_paper
from pipelines.reports.papers.model import Document, Head, Paragraph, Run
from pipelines.warehouse.archives import release_folder
from tests.orchestration.mini import PERIOD

FIRST, SECOND = f"{PERIOD}/01", f"{PERIOD}/02"
PREPARER = ("--who", "Chuyên viên tổng hợp", "--checker", "Phó Trưởng ban")
CLERK = ("--who", "Văn thư")
PAPER = ("--number", "15", "--date", "10/06/2021", "--signer", "Trưởng ban", *CLERK)
WHY = ("--why", "số liệu minh họa")
START = dt.datetime.fromisoformat("2021-06-20T08:00:00+07:00")
TO_SIGN = "trinh-ky.docx"
FIGURES = tuple(f"{PERIOD}/nv.{name}@huyen-mh-1" for name in ("posts_streamlined", "mergers"))


def paper() -> bytes:
    """A paper with two figures."""
    head = Head("party", "HUYỆN ỦY", "BAN CHỈ ĐẠO", "BC/BCĐ", "Huyện minh họa", "BÁO CÁO", "", 2021)
    words = ("Trong kỳ đã tinh giản ", " biên chế, hợp nhất ", " đơn vị theo kế hoạch đã giao.")
    runs = (
        Run(words[0]), Run("40", figure=FIGURES[0]),
        Run(words[1]), Run("03", figure=FIGURES[1]), Run(words[2]),
    )  # fmt: skip
    blocks = (Paragraph(runs), *(Paragraph((Run(f"Nội dung thứ {n}."),)) for n in range(9)))
    return docx_paper.render(Document("trinh-ky", "signing", "Báo cáo", FIRST, head, blocks))


def lines(root: Path) -> list[dict[str, Any]]:
    """What the journal says of releases."""
    return [e for e in read_journal(journal_path(root, PERIOD)).entries if e["event"] == "release"]


def states(root: Path) -> dict[str, str]:
    """State by release."""
    return {each.release_id: each.state for each in releasing.releases(root, PERIOD)}


def differing(root: Path) -> list[str]:
    """What is not as it was issued, of the one release."""
    (release,) = issued_releases(root)
    return [each.path for each in verify(root, release) if not each.is_note]


def issue_first(root: Path) -> None:
    """Issue what was submitted."""
    signature = Signature("15", dt.date(2021, 6, 10), "Trưởng ban")
    releasing.issue(root, load_catalogue(), FIRST, Act(START, CLERK[1], WHY[1]), signature)


def record_of(root: Path, release_id: str) -> dict[str, Any]:
    """``release.json``."""
    return json.loads((release_folder(root, release_id) / "release.json").read_bytes())
