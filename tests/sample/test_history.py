"""The plans of the periods before the published one."""

import datetime as dt
from pathlib import Path

from pipelines.sample.files import SamplePlan
from pipelines.sample.write import plan_sample

from .reading import blank_cells, broken, files_of, last_values, register, table


def test_earlier_periods_are_clean_but_for_the_merger(earlier: SamplePlan) -> None:
    gaps = {"nv.units_before_merger", "nv.units_after_merger"}
    assert blank_cells(earlier, compulsory=True) == {("nv-mh", element) for element in gaps}
    broken_rules = {
        rule
        for file in earlier.files
        if file.entered
        for severity in ("error", "warning", "review")
        for rule in broken(file, earlier, severity)
    }
    assert broken_rules == set()
    (desk,) = files_of(earlier, "mc-mh")
    rows = register(desk, "dossiers", earlier)
    assert len(rows) == earlier.targets.dossiers_received
    pending = earlier.targets.dossiers_received - earlier.targets.dossiers_resolved
    assert rows["status"].eq("Đang giải quyết").sum() == pending
    affairs = last_values(earlier, "noivu-2021").droplevel(0)
    assert (
        affairs["nv.posts_streamlined_total"]
        == {"2020-H1": 22, "2020-H2": 40}[earlier.setting.period]
    )


def test_late_and_missing_in_earlier_periods(earlier: SamplePlan) -> None:
    setting = earlier.setting
    owed = {unit for request in setting.requests for unit in request.senders}
    late = {f.provider for f in earlier.files if f.received_at.date() > setting.due_date}
    missing = owed - {file.provider for file in earlier.files}
    assert (late, missing) == {
        "2020-H1": ({"xa-mh-11", "cq-mh-14"}, {"dn-mh-14"}),
        "2020-H2": ({"xa-mh-05"}, set()),
    }[setting.period]
    times = [earlier.opened_at, *(f.received_at for f in earlier.files), earlier.closed_at]
    assert times == sorted(times)
    assert all(time.weekday() < 5 for time in times)


def test_earlier_periods_differ_a_little(plan: SamplePlan, earlier: SamplePlan) -> None:
    now, then = table(plan, "xa-2021").sort_index(), table(earlier, "xa-2021").sort_index()
    ratio = then["xa.receptions"] / now["xa.receptions"]
    assert ratio.between(0.75, 1.25).all()
    assert ratio.ne(1).mean() > 0.5
    assert then["xa.villages_total"].equals(now["xa.villages_total"])


def test_a_conference_of_the_year_has_one_date(root: Path) -> None:
    first, second = (
        last_values(plan_sample(root, period=period), "dn-2021")
        for period in ("2020-H1", "2020-H2")
    )
    dates = first.xs("dn.conference_on", level=1)
    assert dates.equals(second.xs("dn.conference_on", level=1)[dates.index])
    assert second["dn-mh-14", "dn.conference_on"] > dt.date(2020, 6, 14)
