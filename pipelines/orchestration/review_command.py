"""What ``qcdc review`` does: write a reviewer's "đã rà soát" into the journal, show all of them.

Belongs here: what is asked and shown. Does not belong here: options (``cli``), the line itself
(``reviews``).
"""

from __future__ import annotations

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.periods import period_frame
from pipelines.orchestration import screen
from pipelines.orchestration.clock import now
from pipelines.orchestration.commands import DONE, require_period
from pipelines.orchestration.reviews import record_review, review_lines, reviews_of
from pipelines.warehouse.root import find_root


def review(period: str, *, who: str | None, note: str | None, as_json: bool) -> int:
    """Write a review, or show the reviews of a period when nothing is said.

    Args:
        period: Key of the period.
        who: Office of the reviewer.
        note: What was looked at.
        as_json: Print JSON.

    Raises:
        Stopped: No such period, nothing to look at, or only half of it is said.
        WarehouseBusy: A run is still writing.
    """
    root, catalogue = find_root(), load_catalogue()
    require_period(catalogue, period)
    if who is not None or note is not None:
        record_review(root, period, at=now(), who=who or "", note=note or "")
    if as_json:
        found = [each.as_dict() for each in reviews_of(root, period)]
        screen.print_json({"period": period, "reviews": found})
        return DONE
    label = period_frame(catalogue.periods).set_index("period")["label_vi"][period]
    out = screen.console()
    out.print(f"{label} ({period})", style="bold")
    for line in review_lines(root, period) or ["Chưa có ai xác nhận đã rà soát."]:
        out.print(f"  {line}", soft_wrap=True)
    if who is not None:
        out.print(f"  Bản tra cứu ghi việc này ở lần chạy tới: qcdc run {period}", soft_wrap=True)
    return DONE
