"""What a catalogue entry may say. Data only: one pydantic model per kind of entry.

Belongs here: the fields of an entry, what holds inside ONE entry. Does not belong here: what must
hold between entries (``integrity``), reading YAML (``load``).
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import model_validator

from pipelines.catalogue.base import Citation, Dated, Entry
from pipelines.catalogue.changing import Changing
from pipelines.catalogue.criteria import CriteriaSet
from pipelines.catalogue.foreign import ForeignLayout
from pipelines.catalogue.letterheads import Letterheads
from pipelines.catalogue.measures import (
    CountMeasure,
    Display,
    ElementFilter,
    Measure,
    NthLargestMeasure,
    ReportsMeasure,
    RowCondition,
    RowFilter,
    RowsMeasure,
    SumMeasure,
    UnitsMeasure,
)
from pipelines.catalogue.narrative import Narrative
from pipelines.catalogue.operator_names import Operator
from pipelines.catalogue.over_time import OverTime
from pipelines.catalogue.papi import Papi
from pipelines.catalogue.regimes import Duty, Regime
from pipelines.catalogue.schedule import PeriodKind, PeriodPattern, PeriodPlan, Review
from pipelines.catalogue.signs import Signs, SignTable
from pipelines.catalogue.table_spec import ColumnSpec, TableSpec
from pipelines.catalogue.wording import Words

# one import for the whole vocabulary of the catalogue
__all__ = [
    "NUMERIC_TYPES",
    "WHOLE_TYPES",
    "Catalogue",
    "Citation",
    "ColumnSpec",
    "CountMeasure",
    "Dated",
    "Display",
    "Document",
    "Duty",
    "Element",
    "ElementFilter",
    "ElementType",
    "Entry",
    "Form",
    "FormElement",
    "FormSection",
    "FormSheet",
    "Indicator",
    "Measure",
    "NthLargestMeasure",
    "Operator",
    "PeriodKind",
    "PeriodPattern",
    "PeriodPlan",
    "Pillar",
    "Population",
    "Regime",
    "Register",
    "RegisterColumn",
    "ReportsMeasure",
    "Review",
    "RowCondition",
    "RowFilter",
    "RowsMeasure",
    "Rule",
    "Sensitivity",
    "Severity",
    "SignTable",
    "SumMeasure",
    "TableSpec",
    "Term",
    "UnitType",
    "UnitsMeasure",
]

UnitType = Literal[
    "country",
    "province",
    "district",
    "commune",
    "agency",
    "enterprise",
    "mass_organisation",
    "office",
]
ElementType = Literal["count", "money", "area", "days", "rate", "bool", "date", "text", "enum"]
Sensitivity = Literal["public", "internal", "personal", "free_text"]
Severity = Literal["error", "warning", "review"]
NUMERIC_TYPES: frozenset[str] = frozenset({"count", "money", "area", "days", "rate"})
WHOLE_TYPES = frozenset({"count", "money"})


class Document(Dated):
    """A legal or Party document, with where the facts about it come from."""

    id: str
    number: str
    kind: str
    issuer: str
    title_vi: str
    issued: dt.date | None = None
    scope: list[str]
    replaced_by: str | None = None
    supersession_basis: Literal["explicit", "implicit"] | None = None
    evidence: str
    verified: bool


class Pillar(Dated):
    """A pillar of the slogan ("Dân biết", …), bound to a regime by its dates."""

    id: str
    order: int
    label_vi: str
    label_en: str


class Population(Changing, Dated):
    """An effective-dated denominator: who counts, said as a predicate on dated units."""

    id: str
    label_vi: str
    label_en: str
    unit_types: list[UnitType]
    kinds: list[str] | None = None
    basis: str


class Element(Changing, Dated):
    """One thing that is asked: the smallest reported datum.

    ``authority`` names who supplies the value in force: ``self`` or the kind of an office.
    ``subject`` is a population: the units that the figure is about. ``signs``: what signs in
    place of an answer mean, beside those of its type. ``over_time``, ``over_years``: ``over_time``.
    """

    id: str
    code: str
    label_vi: str
    label_en: str
    definition_vi: str
    unit_vi: str = ""
    type: ElementType
    block: str
    pillar: str | None = None
    subject: str
    authority: str = "self"
    flow: Literal["flow", "stock"] = "flow"
    refers_to: Literal["period", "year"] = "period"
    minimum: float | None = None
    maximum: float | None = None
    options: list[str] | None = None
    allows_not_applicable: bool = False
    counts_persons: bool = False
    over_time: OverTime | None = None
    over_years: OverTime | None = None
    signs: Signs = {}
    sensitivity: Sensitivity
    legal: list[Citation] = []
    source_tag: str = "K"

    @model_validator(mode="after")
    def _options_belong_to_enums(self) -> Element:
        if (self.type == "enum") != (self.options is not None):
            msg = f"element {self.id}: options go with type enum, and only with it"
            raise ValueError(msg)
        return self

    @property
    def is_numeric(self) -> bool:
        """Whether values are numbers."""
        return self.type in NUMERIC_TYPES


class FormElement(Entry):
    """An element as a form asks it; ``cross_check`` marks a value others are authoritative for."""

    element: str
    compulsory: bool = False


class FormSection(Entry):
    """A group of elements under a heading."""

    title_vi: str
    elements: list[FormElement]


class FormSheet(Entry):
    """A sheet of a form.

    ``single``: rows are elements, about one unit. ``grid``: rows are the units of
    ``population``, columns are elements. ``register``: rows are events.
    """

    name: str
    title_vi: str
    layout: Literal["single", "grid", "register"]
    subject: Literal["self", "scope"] = "self"
    population: str | None = None
    register_id: str | None = None
    sections: list[FormSection] = []

    def elements(self) -> list[FormElement]:
        """All elements asked in the sheet, in order."""
        return [item for section in self.sections for item in section.elements]


class Form(Dated):
    """A versioned questionnaire for one kind of sender under one legal regime."""

    id: str
    version: str
    number_vi: str
    title_vi: str
    title_en: str
    owed_by: str
    provider_label_vi: str
    sheets: list[FormSheet]
    legal: list[Citation] = []

    def elements(self) -> list[FormElement]:
        """All elements asked in the form, in order."""
        return [item for sheet in self.sheets for item in sheet.elements()]


class RegisterColumn(Changing):
    """A column of a register: one fact of an event.

    ``names_ended``: it names documents that have ended, such as the one that was replaced.
    """

    id: str
    code: str
    label_vi: str
    label_en: str
    type: Literal["string", "int", "float", "bool", "date", "unit", "enum"]
    required: bool = False
    options: list[str] | None = None
    names_ended: bool = False
    sensitivity: Sensitivity


class Register(Dated):
    """A list of events, one row each; of an ``optional`` one nobody owes a row.

    ``flow``: rows of a ``stock`` tell what is so at the cut-off, and those of the newest part are
    the rows of a longer period.
    """

    id: str
    label_vi: str
    label_en: str
    definition_vi: str
    authority: str
    unit_column: str
    unique: list[str] = []
    optional: bool = False
    flow: Literal["flow", "stock"] = "flow"
    columns: list[RegisterColumn]

    @property
    def may_be_absent(self) -> bool:
        """Whether a register without a row is absent, not empty."""
        return self.optional or self.authority == "self"

    @property
    def table(self) -> str:
        """The warehouse table of the register."""
        return f"core.registers_{self.id}"


class Term(Entry):
    """An element or column, times a factor."""

    of: str
    times: float


class Rule(Changing, Dated):
    """A statement that must hold, as data.

    ``level`` says on what the mask is computed: ``cell`` (every cell of ``applies_to``),
    ``unit`` (the elements of one unit in one submission), ``row`` (a register row),
    ``register`` (a register as a whole), ``provider`` (between submissions), ``submission``
    (who, what and when the file says it is), ``history`` (against the unit's earlier periods),
    ``peers`` (against the units beside it). ``element`` is blamed when the rule fires; without
    it the first element of ``left`` is. ``listed`` are the list of ``in_list`` and the answers
    that count as "yes" on the left of a pair; the smallest ``priority`` wins a cell.
    ``left`` and ``right`` are sums of terms: element or column ids, or numbers; of
    ``some_pair_differs`` they are equally long lists, compared one by one. A register is compared
    with ``element``: its rows (of which only those with a ``listed`` value in the column on the
    left count) or the sum of that column. ``thresholds`` are the numbers from which a statistical
    rule speaks; each operator says which it needs (``integrity``). ``when``: the register rows
    that a rule speaks of, all without it. ``population``: the units that rows must cover.
    ``within``: ``register.column`` of the same file in which what the column on the left names
    must stand.
    """

    id: str
    level: Literal["submission", "cell", "unit", "row", "register", "provider", "history", "peers"]
    operator: Operator
    left: list[str | float | Term] = []
    right: list[str | float | Term] = []
    register_id: str | None = None
    element: str | None = None
    listed: list[str] | None = None
    pattern: str | None = None
    missing: Literal["skip_if_any", "skip_if_all", "never_skip"] = "skip_if_any"
    severity: Severity
    message_vi: str
    message_en: str
    expected_vi: str
    action_vi: str
    legal: list[Citation] = []
    priority: int = 100
    thresholds: dict[str, float] = {}
    when: RowCondition | None = None
    population: str | None = None
    within: str | None = None


class Indicator(Changing, Dated):
    """A figure computed from elements or registers.

    Without ``denominator`` the value is the numerator; with one it is the quotient, × 100 when
    ``display.format`` is ``rate`` or ``ratio``.
    """

    id: str
    label_vi: str
    label_en: str
    definition_vi: str
    unit_vi: str = ""
    pillar: str | None = None
    section: str
    population: str
    numerator: Measure
    denominator: Measure | None = None
    bounded: bool = True
    per_unit: bool = False
    headline: bool = False
    better: Literal["higher", "lower", "none"] = "none"
    display: Display
    legal: list[Citation] = []


class Catalogue(Entry):
    """Everything that is measured, and nothing that is not."""

    documents: dict[str, Document]
    pillars: dict[str, Pillar]
    populations: dict[str, Population]
    elements: dict[str, Element]
    registers: dict[str, Register]
    forms: dict[str, Form]
    rules: dict[str, Rule]
    indicators: dict[str, Indicator]
    periods: PeriodPlan
    tables: dict[str, TableSpec]
    regimes: dict[str, Regime] = {}
    duties: dict[str, Duty] = {}
    layouts: dict[str, ForeignLayout] = {}
    criteria: dict[str, CriteriaSet] = {}
    papi: Papi = Papi()
    words: Words = Words()
    letterheads: Letterheads = Letterheads()
    narrative: Narrative = Narrative()
