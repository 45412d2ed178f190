"""An option of the wrong kind is named with its value and what was expected, by an error of the package's own."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl
import pytest

import undeb as ub


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rates: rates.detect(correlation="x"), "`correlation` is 'x'; a number was expected"),
        (lambda rates: rates.detect(level="high"), "`level` is 'high'; a number was expected"),
        (lambda rates: rates.detect(power=None), "`power` is None; a number was expected"),
        (lambda rates: rates.change(2012, 2022, correlation="x"), "`correlation` is 'x'"),
        (lambda rates: rates.change(2012, 2022).test(margin="1"), "`margin` is '1'"),
        (lambda rates: rates.compare(5), "`dimension` is 5; a text was expected"),
        (lambda rates: rates.compare("region", 5, 6), "`code` is 5; a text was expected"),
        (lambda rates: rates.trend(damping="much"), "`damping` is 'much'"),
        (lambda rates: rates.trend(assumed_se=True), "`assumed_se` is True"),
        (lambda rates: rates.trend(correlation=["x"]), "`correlation` is 'x'"),
        (lambda rates: rates.trend().project(2030, goal="half"), "`goal` is 'half'"),
        (lambda rates: rates.trend().project(2030, change=(2012, "up")), "`change` is 'up'"),
        (lambda rates: rates.trend().project(2030, goal=0.1, seed=-1), "`seed` is -1; a whole number from 0"),
        (lambda rates: rates.trend().project(2030, goal=0.1, seed=2**64), "a whole number from 0 to 18446744073709551615"),
        (lambda rates: rates.decompose(2019, 2020, region=5), "`region` is 5; a text was expected"),
        (lambda rates: rates.decompose(2019, 2020, correlation="x"), "`correlation` is 'x'"),
        (lambda rates: rates.rank(among=2.5), "`among` is 2.5; a whole number"),
        (lambda rates: rates.priorities("half"), "`goal` is 'half'"),
        (lambda rates: rates.chart("trend", width="wide"), "`width` is 'wide'"),
        (lambda rates: rates.chart("trend").to_png("big"), "`scale` is 'big'"),
        (lambda rates: ub.data("us-states", design_effect="1.5"), "`design_effect` is '1.5'"),
        (lambda rates: ub.data(5), "`source` is 5; a text was expected"),
        (lambda rates: ub.survey(ub.synthetic_records(), member="member", design_effect="x"), "`design_effect` is 'x'"),
        (lambda rates: ub.survey(ub.synthetic_records(), member="member").estimate(pool="all"), "`pool` is 'all'"),
    ],
)
def test_options_of_the_wrong_kind(states: ub.Estimates, call: Callable[[ub.Estimates], object], message: str) -> None:
    one = states.filter(pl.col("region") == "WY", pl.col("sector") == "all")
    with pytest.raises(ub.DataError, match=re.escape(message)):
        call(one)
