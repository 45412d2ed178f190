//! Totals, means and raw pay gaps of records, each with its unit: a table of its own, because none of them is a share.

use std::sync::Arc;

use polars::prelude::Float64Chunked;

use super::basis::{Formula, Summed};
use super::changes::Changes;
use super::coder::{COVERAGE, Coder, DENSITY, EVERYBODY, answers};
use super::comparison::{CompareOptions, Comparison, Context, compare};
use super::figure::Figure;
use super::grid::{Grid, Pick};
use super::payroll::Payroll;
use super::records::error_method;
use super::{RecordOptions, Uncertainty};
use crate::error::{Error, Result, choices};
use crate::schema::{Classification, Group, Measure, Period, Quantity};
use crate::source::{Records, Source, values};
use crate::survey::errors::Errors;
use crate::survey::expression::Expression;
use crate::survey::totals::{Tally, Totals};

/// A table of totals, means and pay gaps.
#[derive(Clone, Debug)]
pub struct Quantities {
    pub(crate) source: Arc<Source>,
    regions: Arc<Classification>,
    sectors: Arc<Classification>,
    pay_unit: Option<Arc<str>>,
    pub(crate) cells: Vec<Figure>,
    remarks: Vec<String>,
}

impl Quantities {
    /// All figures, by quantity and then in the order of the breakdowns.
    pub fn cells(&self) -> &[Figure] {
        &self.cells
    }

    /// Where the figures come from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Tree of region codes.
    pub fn regions(&self) -> &Classification {
        &self.regions
    }

    /// Tree of sector codes.
    pub fn sectors(&self) -> &Classification {
        &self.sectors
    }

    /// What is to be known of the table as a whole: that the domain is empty, or how many records are in no cell because
    /// their code of a breakdown is not known.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// The first figure of a quantity in a period, region and sector.
    pub fn get(&self, quantity: Quantity, period: Period, region: &str, sector: &str) -> Option<&Figure> {
        let is = |f: &&Figure| f.quantity == quantity && f.period == period && *f.region == *region && *f.sector == *sector;
        self.cells.iter().find(is)
    }

    /// The words for the unit of a quantity: "person", "GBP an hour", "ratio".
    pub fn unit(&self, quantity: Quantity) -> &str {
        quantity.unit().words(&self.source.unit, self.pay_unit.as_deref())
    }

    /// Compares figures of this table, as [`Estimates::compare`](crate::Estimates::compare) does.
    ///
    /// # Errors
    /// Those of [`Estimates::compare`](crate::Estimates::compare).
    pub fn compare(&self, what: &Comparison, options: &CompareOptions) -> Result<Changes> {
        let context = Context {
            source: &self.source,
            regions: &self.regions,
            sectors: &self.sectors,
            definitions: Quantity::ALL.iter().map(|q| (q.id(), self.definition(*q))).collect(),
            pay_unit: self.pay_unit.clone(),
        };
        compare(self.cells.iter().map(Figure::side).collect(), what, options, &context)
    }

    /// What a quantity counts, in one line.
    pub(crate) fn definition(&self, quantity: Quantity) -> String {
        let source = &self.source;
        let what = match quantity {
            Quantity::Total(group) => format!("number of {}", group.name()),
            Quantity::MeanPay(group) => format!("mean pay of {}", group.name()),
            Quantity::PayGap(split) => {
                let (first, second) = split.groups();
                format!("mean pay of {} less that of {}, raw", first.name(), second.name())
            }
            Quantity::PayRatio(split) => {
                let (first, second) = split.groups();
                format!("mean pay of {} over that of {}, raw", first.name(), second.name())
            }
        };
        format!(
            "{what}; {}; {}; by {}; told by {}; {}",
            source.universe,
            self.unit(quantity),
            source.place,
            source.respondent,
            source.id
        )
    }
}

impl Records {
    /// Totals, means and raw pay gaps by the given breakdowns, with the errors of the design.
    ///
    /// Totals are weighted numbers of people who gave the answer, without a guess for those whose answer is missing; over
    /// pooled periods they are averages. Means are of people whose pay is known. Formulas: `T = sum w y`,
    /// `M = sum w y a / sum w y`, the gap `M_1 - M_2`, the ratio `M_1 / M_2`, with the variance of METHODS M9 and M17.
    ///
    /// ```
    /// use polars::prelude::*;
    /// use undeb::{PayColumn, Quantity, Records, Roles};
    /// let frame = df!["m" => [1, 1, 0, 0], "pay" => [12.0, 14.0, 10.0, 12.0], "p" => [1, 2, 1, 2]]?;
    /// let pay = PayColumn { amount: "pay".into(), unit: "GBP an hour".into(), ..PayColumn::default() };
    /// let roles = Roles { member: Some("m".into()), psu: Some("p".into()), pay: Some(pay), ..Roles::default() };
    /// let gap = Records::new(&frame, &roles)?.quantities(&["pay_gap_membership".parse()?], &[], &Default::default())?;
    /// assert_eq!(gap.cells()[0].value, Some(2.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A quantity whose question was not asked, or pay that the records do not have; the breakdowns of
    /// [`Records::estimate`]; weights for pay beside replicate or calibrated weights, which belong to other weights.
    pub fn quantities(&self, quantities: &[Quantity], by: &[&str], options: &RecordOptions) -> Result<Quantities> {
        self.must_have(quantities)?;
        let grid = Grid::of(self, by, options)?;
        let here = if by.contains(&"period") { Vec::new() } else { self.periods_here() };
        let counts = self.summed(&grid, &self.drawn.weight, &[])?;
        let paid = if quantities.iter().any(|q| q.needs_pay()) { Some(self.paid(&grid, quantities)?) } else { None };
        let mut cells = Vec::new();
        for &quantity in quantities {
            let (summed, groups) = match &paid {
                Some((summed, groups)) if quantity.needs_pay() => (summed, groups.as_slice()),
                _ => (&counts, &[][..]),
            };
            let pool = |pick: &Pick<'_>| if here.is_empty() { pick.pooled(&self.periods) } else { here.clone() };
            let picks = grid.picks();
            let expression = |pick: &Pick<'_>| Arc::new(expression(quantity, &pick.cells, groups, pool(pick).len().max(1)));
            let expressions: Vec<Arc<Expression>> = picks.iter().map(expression).collect();
            let errors = summed.errors(&expressions, &[]);
            for (i, (pick, expression)) in picks.iter().zip(expressions).enumerate() {
                let formula = Formula { summed: Arc::clone(summed), expression };
                cells.push(self.figure(quantity, pick, groups, formula, &errors, i, &pool(pick)));
            }
        }
        Ok(Quantities {
            source: Arc::clone(&self.source),
            regions: Arc::clone(&self.regions),
            sectors: Arc::clone(&self.sectors),
            pay_unit: self.pay.as_ref().map(|p| Arc::clone(&p.unit)),
            cells,
            remarks: self.remarks(&grid, &counts.totals),
        })
    }

    fn must_have(&self, quantities: &[Quantity]) -> Result<()> {
        let here = self.periods_here();
        for quantity in quantities {
            if let Some(absent) = quantity.question().filter(|m| !self.asked.contains(m)) {
                return Err(Error::definition(format!("the records of {} have no answers for {absent}", self.source.title))
                    .help(choices(absent.id(), self.asked.iter().map(|m| m.id()))));
            }
            let asked = |m: &Measure| quantity.question() == Some(*m);
            if let Some((.., why)) = self.unasked.iter().find(|(m, p, _)| asked(m) && here.contains(p)) {
                return Err(Error::definition(&**why).help("leave that period out with a filter, or ask for another quantity"));
            }
            if quantity.needs_pay() && self.pay.is_none() {
                return Err(Error::definition(format!(
                    "the records of {} have no pay, which {quantity} needs",
                    self.source.title
                ))
                .help("name the column of pay and its unit, in the roles or in the codebook as [pay]"));
            }
        }
        Ok(())
    }

    /// Totals under the weights of pay, and the groups whose pay is in them.
    fn paid(&self, grid: &Grid<'_>, quantities: &[Quantity]) -> Result<(Arc<Summed>, Vec<Group>)> {
        let Some(pay) = &self.pay else { return Err(Error::definition("there is no pay")) };
        let mut groups: Vec<Group> = Vec::new();
        for group in quantities.iter().filter(|q| q.needs_pay()).flat_map(|q| groups_of(*q)) {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        let weight = match &pay.weight {
            Some(_) if self.drawn.replicates.is_some() || self.drawn.calibration.is_some() => {
                return Err(Error::design(
                    "pay has weights of its own, and the replicate or calibrated weights belong to others",
                )
                .help("leave the weights of pay out, or estimate pay by the design without those"));
            }
            Some(weight) => weight,
            None => &self.drawn.weight,
        };
        Ok((self.summed(grid, weight, &groups)?, groups))
    }

    fn summed(&self, grid: &Grid<'_>, weight: &Float64Chunked, groups: &[Group]) -> Result<Arc<Summed>> {
        let rows = Payroll {
            rows: Coder {
                flags: &self.flags,
                weight: values(weight)?,
                psu: &self.drawn.unit,
                axes: &grid.axes,
                answers: &answers(),
                variables: EVERYBODY as usize + 1,
            },
            pay: self.pay.as_ref().map_or(&[], |p| &p.amount),
            groups: groups.to_vec(),
        };
        let totals = Totals::accumulate(&rows, self.drawn.stages.units(), grid.cells);
        Ok(Arc::new(Summed { basis: self.drawn.basis(&rows, &totals)?, totals: Arc::new(totals) }))
    }

    #[allow(clippy::too_many_arguments)]
    fn figure(
        &self,
        quantity: Quantity,
        pick: &Pick<'_>,
        groups: &[Group],
        formula: Formula,
        errors: &Errors,
        at: usize,
        pool: &[Period],
    ) -> Figure {
        let tally = |variable: u32| {
            let mut sum = Tally::default();
            for &cell in &pick.cells {
                sum.add(formula.summed.totals.tally(cell as usize, variable as usize));
            }
            sum
        };
        let (n, missing_share) = behind(quantity, groups, tally);
        let value = errors.value[at].filter(|_| n > 0);
        let uncertainty = match (value, errors.variance[at]) {
            (Some(_), Some(v)) => Uncertainty::Sampling {
                se: v.max(0.0).sqrt(),
                df: errors.df[at],
                effective_n: if errors.complete[at] && v <= 0.0 { f64::INFINITY } else { n as f64 },
                method: error_method(&self.drawn, errors.missing[at]),
            },
            _ => Uncertainty::Unstated,
        };
        let (period, since) = pick.when(pool, &self.periods);
        Figure {
            quantity,
            period,
            since,
            region: pick.code("region").unwrap_or_else(|| self.regions.whole().into()),
            sector: pick.code("sector").unwrap_or_else(|| self.sectors.whole().into()),
            breakdown: pick.breakdown(),
            value,
            n,
            uncertainty,
            rolled_up: pick.is_margin(),
            missing_share,
            psus: errors.psus[at],
            formula: value.map(|_| formula),
        }
    }
}

/// The groups that a quantity speaks of.
fn groups_of(quantity: Quantity) -> Vec<Group> {
    match quantity {
        Quantity::Total(group) | Quantity::MeanPay(group) => vec![group],
        Quantity::PayGap(split) | Quantity::PayRatio(split) => vec![split.groups().0, split.groups().1],
    }
}

/// The question of a group, as a variable of the totals.
fn question(group: Group) -> u32 {
    match group {
        Group::Employees => EVERYBODY,
        Group::Members | Group::Nonmembers => DENSITY,
        Group::Covered | Group::Uncovered => COVERAGE,
    }
}

fn expression(quantity: Quantity, cells: &[u32], groups: &[Group], periods: usize) -> Expression {
    let pay = |group: Group| {
        let at = groups.iter().position(|g| *g == group).unwrap_or_default();
        Expression::rate(cells, EVERYBODY + 1 + at as u32)
    };
    match quantity {
        Quantity::Total(group) => {
            let total = match group {
                // Those who said no: valid answers less yes.
                Group::Nonmembers | Group::Uncovered => Expression::no(cells, question(group)),
                _ => Expression::total(cells, question(group)),
            };
            total.times(1.0 / periods as f64)
        }
        Quantity::MeanPay(group) => pay(group),
        Quantity::PayGap(split) => pay(split.groups().0).minus(pay(split.groups().1)),
        Quantity::PayRatio(split) => pay(split.groups().0).over(pay(split.groups().1)),
    }
}

/// Records behind a figure, and the weighted share that is not known among those that it would count for.
fn behind(quantity: Quantity, groups: &[Group], tally: impl Fn(u32) -> Tally) -> (u64, Option<f64>) {
    if let Quantity::Total(group) = quantity {
        let asked = tally(question(group));
        let base = asked.valid + asked.missing;
        return (asked.n, (base > 0.0).then(|| asked.missing / base));
    }
    let (mut n, mut known, mut all) = (u64::MAX, 0.0, 0.0);
    let mut sum = 0;
    for group in groups_of(quantity) {
        let at = groups.iter().position(|g| *g == group).unwrap_or_default();
        let paid = tally(EVERYBODY + 1 + at as u32);
        let asked = tally(question(group));
        all += match group {
            Group::Nonmembers | Group::Uncovered => asked.valid - asked.yes,
            _ => asked.yes,
        };
        known += paid.valid;
        sum += paid.n;
        n = n.min(paid.n);
    }
    // A gap needs somebody on both sides.
    (if n == 0 { 0 } else { sum }, (all > 0.0).then(|| (1.0 - known / all).clamp(0.0, 1.0)))
}
