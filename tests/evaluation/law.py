"""What the tests of duties share: periods, a made-up duty, the law it cites.

Belongs here: constants. Does not belong here: fixtures (``conftest``), tests.
"""

import datetime as dt

MADE_UP = {"regimes": ["r"], "label_vi": "Thử", "population": "qcdc_communes"}
LAW = {"document": "LUAT-10-2022"}


def span(period: str, starts_on: str, ends_on: str) -> dict[str, object]:
    first, last = (dt.date.fromisoformat(text) for text in (starts_on, ends_on))
    return {"period": period, "starts_on": first, "ends_on": last, "label_vi": period}


H1 = span("2021-H1", "2021-01-01", "2021-06-30")
H2 = span("2021-H2", "2021-07-01", "2021-12-31")
YEAR = span("2021", "2021-01-01", "2021-12-31")
MONTH = span("2021-02", "2021-02-01", "2021-02-28")
YEARLY = {
    "id": "d",
    "kind": "at_least",
    "needed": 1,
    "per": "year",
    "elements": ["xa.dialogues"],
    "due": "year_end",
    "unit_vi": "cuộc",
}
