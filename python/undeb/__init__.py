"""Union density and bargaining coverage: estimates with honest uncertainty, held against targets.

Records or published tables come in, estimates come out, estimates are held against a plan and become findings, and
what may leave is a report. Every noun on the way is a table that polars, pandas and Arrow can read.

>>> import undeb as ub
>>> rates = ub.data("us-states", ["density", "coverage"])
>>> findings = ub.Plan.read("eu-80").assess()
>>> findings.counts["not_met"]
20
"""

from undeb.catalogue import codebooks, data, plans
from undeb.chart import Chart
from undeb.design import KnownTotals, Pay, Replicates, SecondStage
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
from undeb.microdata import read_microdata, synthetic_records
from undeb.plan import Plan
from undeb.records import Survey
from undeb.report import Report
from undeb.roles import survey
from undeb.target import Target
from undeb.vocabulary import Interval, Kind, Measure

# What a reader writes. What verbs answer with (changes, trends, lists and so on) stands in its own module.
__all__ = [
    "Chart",
    "DataError",
    "DefinitionError",
    "DesignError",
    "DisclosureError",
    "Estimates",
    "Findings",
    "Interval",
    "Kind",
    "KnownTotals",
    "Measure",
    "Pay",
    "Plan",
    "PlanError",
    "Replicates",
    "Report",
    "SchemaError",
    "SecondStage",
    "Survey",
    "Target",
    "UndebError",
    "UndebWarning",
    "codebooks",
    "data",
    "plans",
    "read_microdata",
    "survey",
    "synthetic_records",
]


def __dir__() -> list[str]:
    # Completion shows what a reader writes, not the modules behind it.
    return [*__all__, "__all__", "__doc__", "__version__"]


def __getattr__(name: str) -> str:
    # Looked up when asked for: the metadata of packages are slow to read.
    if name == "__version__":
        from importlib.metadata import version

        return version("undeb")
    raise AttributeError(f"module `undeb` has no attribute `{name}`")
