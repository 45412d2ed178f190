"""Union density and bargaining coverage: estimates with honest uncertainty, held against targets.

Records or published tables come in, estimates come out, estimates are held against a plan and become findings, and
what may leave is a report. Every noun on the way is a table that polars, pandas and Arrow can read.

>>> import undeb as ub
>>> rates = ub.data("us-states", ["density", "coverage"])
>>> findings = ub.Plan.read("eu-80").assess()
>>> findings.counts["not_met"]
20
"""

from undeb.catalogue import Catalogue, codebooks, data, plans
from undeb.changes import Changes
from undeb.chart import Chart
from undeb.decomposition import Decomposition
from undeb.errors import (
    DataError,
    DefinitionError,
    DesignError,
    DisclosureError,
    PlanError,
    SchemaError,
    UndebError,
    UndebWarning,
)
from undeb.estimates import Estimates
from undeb.findings import Findings
from undeb.plan import Plan, Target
from undeb.report import Report
from undeb.survey import KnownTotals, Replicates, SecondStage, Survey, read_microdata, survey, synthetic_records
from undeb.trend import Projection, Trend
from undeb.vocabulary import Interval, Kind, Measure

__all__ = [
    "Catalogue",
    "Changes",
    "Chart",
    "DataError",
    "Decomposition",
    "DefinitionError",
    "DesignError",
    "DisclosureError",
    "Estimates",
    "Findings",
    "Interval",
    "Kind",
    "KnownTotals",
    "Measure",
    "Plan",
    "PlanError",
    "Projection",
    "Replicates",
    "Report",
    "SchemaError",
    "SecondStage",
    "Survey",
    "Target",
    "Trend",
    "UndebError",
    "UndebWarning",
    "codebooks",
    "data",
    "plans",
    "read_microdata",
    "survey",
    "synthetic_records",
]
