"""What can go wrong, by kind. Every message says what, where, and what to do about it."""


class UndebError(Exception):
    """Anything that this package refuses; the other errors are kinds of it."""


class PlanError(UndebError):
    """A plan is wrong, or asks for something that does not exist."""


class SchemaError(UndebError):
    """A name is not known: a column, measure, region, sector, source, codebook or kind of chart."""


class DesignError(UndebError):
    """Weights, strata, sampling units or replicates do not make a sampling design."""


class DataError(UndebError):
    """The figures or records themselves are wrong."""


class DefinitionError(UndebError):
    """Numbers of different definitions, or from both sides of a series break, were about to be combined."""


class DisclosureError(UndebError):
    """Something was about to leave that the release rules cannot clear."""
