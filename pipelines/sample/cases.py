"""The units with which the sample shows what goes wrong in real life. Everything else is clean.

Belongs here: which unit is which case. Does not belong here: how a case is carried out (``plan``).
"""

from __future__ import annotations

# never sends its workbook; the labour federation reports about it all the same
NEVER_SENDS = "dn-mh-15"

# days after the due date on which the only workbook arrives
LATE = {"xa-mh-12": 3, "cq-mh-09": 4, "cq-mh-21": 3, "dn-mh-06": 5, "mttq-mh": 4}

# sends an accepted workbook, then a second one that corrects this element
CORRECTS = ("xa-mh-04", "xa.receptions")

# publishes more than was due (rule XA-01), is returned, sends a correct one
RETURNED = ("xa-mh-07", "xa.publish_done", "xa.publish_due")

# leaves one compulsory element blank
INCOMPLETE = ("xa-mh-09", "xa.investment_supervisions")

# counts one criterion more or fewer than the new-countryside office does
DISAGREES = ("xa-mh-06", "ntm.criteria_met")

# explains its attendance in the column for notes
NOTED = ("cq-mh-05", "cq.conference_attended")

# sends the very same bytes twice, under two names
SENT_TWICE = "cq-mh-17"

# in this order communes are not recognised, and units have not held their conference;
# the others follow from the last in official order
NOT_RECOGNISED = ("xa-mh-06", "xa-mh-13", "xa-mh-10", "xa-mh-15")
NOT_HELD = ("dn-mh-05", "dn-mh-11", "cq-mh-19", "cq-mh-08")

# figures that the published article does not give and the sample leaves blank
UNKNOWN = frozenset(
    {
        "bcd.units_reminded",
        "xa.petitions_carried",
        "xa.petitions_received",
        "xa.petitions_resolved",
    }
)


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
