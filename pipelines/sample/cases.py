"""The units with which the sample shows what goes wrong in real life. Everything else is clean.

Belongs here: which unit is which case, in which period. Does not belong here: how a case is
carried out (``plan``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

Key = tuple[str, str]


@dataclass(frozen=True)
class Cases:
    """The special cases of a period; by default there is none.

    Attributes:
        never_sends: Never sends its workbook; the labour federation reports about it all the same.
        late: Days after the due date on which the only workbook arrives.
        corrects: Sends an accepted workbook, then a second one that corrects this element.
        returned: Publishes more than was due (rule XA-01), is returned, sends a correct one.
        incomplete: Leaves one compulsory element blank.
        disagrees: Counts one criterion more or fewer than the new-countryside office does.
        noted: Explains its attendance in the column for notes.
        sent_twice: Sends the very same bytes twice, under two names.
        left_blank: Optional elements that a unit leaves blank, by the start of their names.
        master_differs: The cell that the coordinator's master workbook copies wrongly; without
            one no master workbook is sent.
        held_late: Enterprises that hold their conference in the second half of the year only.
        wrong_period: Fills in the period before, is returned, sends the right one.
        old_encoding: Types its text in the encoding TCVN3 (font .VnTime).
        abolished: Has ended before the period and reports all the same.
    """

    never_sends: str | None = None
    late: dict[str, int] = field(default_factory=dict)
    corrects: Key | None = None
    returned: tuple[str, str, str] | None = None
    incomplete: Key | None = None
    disagrees: Key | None = None
    noted: Key | None = None
    sent_twice: str | None = None
    left_blank: dict[str, tuple[str, ...]] = field(default_factory=dict)
    master_differs: Key | None = None
    held_late: frozenset[str] = frozenset()
    wrong_period: str | None = None
    old_encoding: str | None = None
    abolished: str | None = None

    def of_second_round(self) -> Cases:
        """What goes wrong in a final round: what went wrong in the estimate is put right."""
        return Cases(
            disagrees=self.disagrees,
            left_blank=self.left_blank,
            master_differs=self.master_differs,
            held_late=self.held_late,
        )


LEFT_BLANK = {
    "xa-mh-04": ("xa.reception_", "xa.crowd_", "xa.leader_sessions_"),
    "xa-mh-09": ("xa.survey_",),
    "xa-mh-13": ("xa.mediat",),
    "cq-mh-11": ("cq.asset_declarations_",),
    "dn-mh-09": ("dn.opinions_", "dn.worker_members"),
}

CASES = {
    "2020-H1": Cases(
        never_sends="dn-mh-14",
        late={"xa-mh-11": 4, "cq-mh-14": 5},
        left_blank=LEFT_BLANK,
    ),
    "2020-H2": Cases(
        late={"xa-mh-05": 4},
        left_blank=LEFT_BLANK,
        held_late=frozenset({"dn-mh-14"}),
    ),
    "2021-H1": Cases(
        never_sends="dn-mh-15",
        late={"xa-mh-12": 3, "cq-mh-09": 4, "cq-mh-21": 3, "dn-mh-06": 5, "mttq-mh": 4},
        corrects=("xa-mh-04", "xa.receptions"),
        returned=("xa-mh-07", "xa.publish_done", "xa.publish_due"),
        incomplete=("xa-mh-09", "xa.investment_supervisions"),
        disagrees=("xa-mh-06", "ntm.criteria_met"),
        noted=("cq-mh-05", "cq.conference_attended"),
        sent_twice="cq-mh-17",
        # the article prints these totals without their parts or running totals
        left_blank=LEFT_BLANK
        | {
            "bcd-mh": ("bcd.checks_planned", "bcd.supervisions_planned"),
            "nv-mh": ("nv.posts_streamlined_total",),
        },
        master_differs=("xa-mh-02", "xa.receptions"),
    ),
}


SHIPPED = frozenset(CASES)


def cases_of(period: str) -> Cases:
    """The special cases of a period: none where none is written down."""
    return CASES.get(period, Cases())


# in this order communes are not recognised (the first is the last one to be), and units have not
# held their conference; the others follow from the last in official order
NOT_RECOGNISED = ("xa-mh-06", "xa-mh-13", "xa-mh-10", "xa-mh-15")
NOT_HELD = ("dn-mh-05", "dn-mh-11", "cq-mh-19", "cq-mh-08")


def not_recognised(period: str) -> tuple[str, ...]:
    """Communes that are not recognised, the last to be recognised first.

    Until the published period they are as many as the article counts; after it the commune with
    the most criteria is the next.
    """
    return NOT_RECOGNISED if period <= max(CASES) else NOT_RECOGNISED[::-1]


# units that keep registers of their own and send them along; the others send totals only
KEEP_REGISTERS = frozenset(
    {
        *("tt-mh-01", "xa-mh-01", "xa-mh-03", "xa-mh-05"),
        *("xa-mh-08", "xa-mh-10", "xa-mh-12", "xa-mh-14"),
        *("cq-mh-02", "cq-mh-06", "cq-mh-10", "cq-mh-13", "cq-mh-18", "cq-mh-22"),
        *("dn-mh-02", "dn-mh-07", "dn-mh-10", "dn-mh-13"),
    }
)

# figures that the published article does not give and the sample leaves blank, and the start of
# the names of others
_UNKNOWN = frozenset({"bcd.units_reminded"})
_UNKNOWN_START = "xa.petitions_"


def is_unknown(element: str) -> bool:
    """Whether the sample leaves an element blank everywhere."""
    return element in _UNKNOWN or element.startswith(_UNKNOWN_START)


def holding(candidates: list[str], exceptions: tuple[str, ...], count: int) -> set[str]:
    """The ``count`` candidates that stay when exceptions leave first, then the last ones.

    Args:
        candidates: Unit ids in official order.
        exceptions: Units that leave before all others, in this order.
        count: How many stay.
    """
    first = [unit for unit in exceptions if unit in candidates]
    leaving = first + [unit for unit in reversed(candidates) if unit not in first]
    return set(candidates) - set(leaving[: len(candidates) - count])
