"""Union density and bargaining coverage: estimates with honest uncertainty, held against targets."""

from undeb.errors import (
    DataError,
    DefinitionError,
    DesignError,
    DisclosureError,
    PlanError,
    SchemaError,
    UndebError,
)
