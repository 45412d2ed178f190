//! Rates from survey records, with the error that their design makes.

use std::ops::Range;
use std::sync::Arc;

use super::{ErrorMethod, Estimate, Estimates, MissingAnswers, Uncertainty};
use crate::error::{Error, Result, choices};
use crate::schema::{Classification, Definition, Measure, Period};
use crate::source::{COVERED, Drawn, IN, MEMBER, Records, values};
use crate::survey::errors::Errors;
use crate::survey::expression::Expression;
use crate::survey::rows::{Answer, OUT, RowSource, Stretch};
use crate::survey::totals::{MOST_CELLS, Tally, Totals};

/// What else to estimate beside the cells themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecordOptions {
    /// Every margin too: regions rolled up to every level, sectors to the whole, and so on.
    pub margins: bool,
}

/// Position of the variables in the totals.
const DENSITY: u32 = 0;
const COVERAGE: u32 = 1;
const NONMEMBERS: u32 = 2;

/// One axis of the grid: codes of each row, and the number of cells it takes, one for "not known" included.
struct Axis<'a> {
    of_row: &'a [u16],
    stride: u32,
    unknown: u16,
}

/// Records coded for the kernel: answers unpacked, cells computed from the axes, nothing kept.
struct Coder<'a> {
    flags: &'a [u8],
    weight: &'a [f64],
    psu: &'a [u32],
    axes: Vec<Axis<'a>>,
    /// Two bits of flags to the answers of the three variables.
    answers: [u16; 128],
    variables: usize,
}

impl RowSource for Coder<'_> {
    fn len(&self) -> usize {
        self.flags.len()
    }

    fn answers(&self) -> usize {
        self.variables
    }

    fn fill(&self, range: Range<usize>, into: &mut Stretch) {
        let flags = &self.flags[range.clone()];
        into.psu.extend_from_slice(&self.psu[range.clone()]);
        into.weight.extend_from_slice(&self.weight[range.clone()]);
        into.answers.extend(flags.iter().map(|f| self.answers[usize::from(f & !IN)]));
        into.cell.extend(flags.iter().map(|f| if f & IN == 0 { OUT } else { 0 }));
        for axis in &self.axes {
            for (cell, &code) in into.cell.iter_mut().zip(&axis.of_row[range.clone()]) {
                // OUT stays OUT: the largest cell number is never reached by adding to a smaller one.
                *cell = if *cell == OUT { OUT } else { *cell + u32::from(code.min(axis.unknown)) * axis.stride };
            }
        }
    }
}

/// What stands along one dimension of the output: a code, the cells along the axis it sums, and whether it is a margin.
struct Choice {
    code: Arc<str>,
    along: Vec<u32>,
    margin: bool,
}

impl Records {
    /// Rates of valid answers by the given breakdowns, with linearised errors.
    ///
    /// `by` names breakdowns of the records: `period`, `region`, `sector`, `industry`, or another column named in the
    /// roles. The full grid is kept: a cell without a valid answer has no value. Rows outside the domain stay in the
    /// design. Periods that are not broken down are pooled, and counts are averages over those in the domain.
    ///
    /// Formula: `R = sum w y / sum w` over valid answers; its variance is that of METHODS M9. Missing answers are shown
    /// by their share and by the rates if all had said no or yes; those not asked by design are left out of both.
    ///
    /// # Errors
    /// A measure without a question, or one that was not asked in a period of the domain; an unknown breakdown; more cells than the kernel holds.
    pub fn estimate(&self, measures: &[Measure], by: &[&str], options: &RecordOptions) -> Result<Estimates> {
        let definitions = self.definitions(measures)?;
        if let Some(unknown) = by.iter().find(|b| !self.dimensions().any(|d| d == **b)) {
            return Err(
                Error::data(format!("the records have no breakdown `{unknown}`")).help(choices(unknown, self.dimensions()))
            );
        }
        if let Some(twice) = by.iter().enumerate().find_map(|(i, b)| by[..i].contains(b).then_some(b)) {
            return Err(Error::data(format!("the breakdown `{twice}` is asked for twice")));
        }
        let mut axes = Vec::new();
        let mut choices_by: Vec<(&str, Vec<Choice>)> = Vec::new();
        let mut cells = 1_usize;
        for &dimension in by {
            let (of_row, codes): (&[u16], Vec<Arc<str>>) = match self.dimensions.get(dimension) {
                Some(d) => (&d.of_row, d.codes.clone()),
                None => (&self.period_of, self.periods.iter().map(|p| p.to_string().into()).collect()),
            };
            axes.push(Axis { of_row, stride: cells as u32, unknown: codes.len() as u16 });
            let tree = match dimension {
                "region" => Some(&self.regions),
                "sector" => Some(&self.sectors),
                _ => None,
            };
            choices_by.push((dimension, along(&codes, tree.map(|t| &**t), options.margins && dimension != "period")));
            cells = cells.saturating_mul(codes.len() + 1);
        }
        if cells > MOST_CELLS {
            return Err(Error::data(format!("{} make {cells} cells, more than {MOST_CELLS}", by.join(" x ")))
                .help("estimate by fewer breakdowns at a time"));
        }
        let weight = values(&self.drawn.weight)?;
        let needs_nonmembers = measures.contains(&Measure::CoveredNonmembers);
        let variables = if needs_nonmembers {
            3
        } else if self.asked.contains(&Measure::Coverage) {
            2
        } else {
            1
        };
        let coder = Coder { flags: &self.flags, weight, psu: &self.drawn.unit, axes, answers: answers(), variables };
        let strides: Vec<u32> = coder.axes.iter().map(|a| a.stride).collect();
        let totals = Totals::accumulate(&coder, self.drawn.stages.units(), cells);

        let mut plan = Vec::new();
        let mut expressions = Vec::new();
        for pick in grid(&choices_by) {
            let summed = sum_of(&pick, &strides);
            for &measure in measures {
                expressions.push(expression(measure, &summed));
                plan.push((pick.clone(), summed.clone(), measure));
            }
        }
        let errors = self.drawn.basis(&coder, &totals)?.errors(&totals, &expressions, &[]);
        // A filter may leave whole periods out: what is left is what is pooled.
        let pool = if by.contains(&"period") { Vec::new() } else { self.periods_here() };
        let mut out = Vec::with_capacity(plan.len());
        for (i, (pick, summed, measure)) in plan.into_iter().enumerate() {
            let tally = tally(&totals, &summed, variable(measure));
            let uncertainty = uncertainty(&self.drawn, measure, &tally, &errors, i);
            let estimate = self.record(measure, &pick, &tally, errors.value[i], uncertainty, &pool);
            out.push(Estimate { psus: errors.psus[i], ..estimate });
        }
        Ok(Estimates::new(Arc::clone(&self.source), Arc::clone(&self.regions), Arc::clone(&self.sectors), definitions, out))
    }

    fn definitions(&self, measures: &[Measure]) -> Result<Vec<Definition>> {
        let here = if self.unasked.is_empty() { Vec::new() } else { self.periods_here() };
        measures
            .iter()
            .map(|&measure| {
                let needed: &[Measure] = match measure {
                    Measure::Density => &[Measure::Density],
                    Measure::Coverage => &[Measure::Coverage],
                    Measure::CoveredNonmembers | Measure::CoverageMinusDensity => &[Measure::Density, Measure::Coverage],
                    _ => &[measure],
                };
                if let Some(absent) = needed.iter().find(|m| !self.asked.contains(m)) {
                    let cannot = if self.cannot.is_empty() { String::new() } else { format!(". {}", self.cannot) };
                    return Err(Error::definition(format!(
                        "the records of {} have no answers for {absent}{cannot}",
                        self.source.title
                    ))
                    .help(choices(measure.id(), self.asked.iter().map(|m| m.id()))));
                }
                if let Some((.., why)) = self.unasked.iter().find(|(m, p, _)| needed.contains(m) && here.contains(p)) {
                    return Err(Error::definition(&**why).help("leave that period out with a filter, or ask for another measure"));
                }
                let mut definition = self.source.definition(measure)?;
                definition.source.clone_from(&self.source.id);
                Ok(definition)
            })
            .collect()
    }

    fn record(
        &self,
        measure: Measure,
        pick: &[(&str, &Choice)],
        tally: &Tally,
        value: Option<f64>,
        uncertainty: Uncertainty,
        pool: &[Period],
    ) -> Estimate {
        let pooled = pool.len().max(1) as f64;
        let code = |dimension: &str| pick.iter().find(|(d, _)| *d == dimension).map(|(_, c)| Arc::clone(&c.code));
        let period = match code("period") {
            Some(text) => text.parse().unwrap_or(Period::UNDATED),
            None => pool.last().or(self.periods.last()).copied().unwrap_or(Period::UNDATED),
        };
        let note = (pool.len() > 1).then(|| format!("pooled {} to {}", pool[0], pool[pool.len() - 1]).into());
        let share = measure.is_share();
        let base = tally.valid + tally.missing;
        Estimate {
            measure,
            period,
            region: code("region").unwrap_or_else(|| self.regions.whole().into()),
            sector: code("sector").unwrap_or_else(|| self.sectors.whole().into()),
            value,
            numerator: share.then_some(tally.yes / pooled),
            denominator: Some(tally.valid / pooled),
            n: Some(tally.n as f64),
            uncertainty,
            rolled_up: pick.iter().any(|(_, c)| c.margin),
            note,
            missing: (base > 0.0 && share).then(|| MissingAnswers {
                share: tally.missing / base,
                low: tally.yes / base,
                high: (tally.yes + tally.missing) / base,
            }),
            psus: None,
            breakdown: pick
                .iter()
                .filter(|(d, _)| !["period", "region", "sector"].contains(d))
                .map(|(d, c)| (Arc::from(*d), Arc::clone(&c.code)))
                .collect(),
        }
    }
}

fn variable(measure: Measure) -> u32 {
    match measure {
        Measure::Density => DENSITY,
        Measure::CoveredNonmembers => NONMEMBERS,
        _ => COVERAGE,
    }
}

fn expression(measure: Measure, cells: &[u32]) -> Expression {
    match measure {
        Measure::CoverageMinusDensity => Expression::rate(cells, COVERAGE).minus(Expression::rate(cells, DENSITY)),
        _ => Expression::rate(cells, variable(measure)),
    }
}

/// The error of one figure, with the way it was made.
fn uncertainty(drawn: &Drawn, measure: Measure, tally: &Tally, errors: &Errors, at: usize) -> Uncertainty {
    let (Some(p), Some(v)) = (errors.value[at], errors.variance[at]) else { return Uncertainty::Unstated };
    let spread = p * (1.0 - p);
    // No spread in the sample says nothing about the spread outside it: the answers count as a simple sample.
    let effective_n = if measure.is_share() && v > 0.0 && spread > 0.0 { spread / v } else { tally.n as f64 };
    let calibrated = drawn.calibration.is_some();
    let method = match (drawn.design_effect, &drawn.replicates) {
        (Some(design_effect), _) => ErrorMethod::AssumedDesignEffect { design_effect },
        (None, Some(weights)) => {
            let (kind, replicates) = (weights.replicates().kind(), weights.replicates().len());
            ErrorMethod::Replicated { kind, replicates, missing: errors.missing[at], calibrated }
        }
        (None, None) => ErrorMethod::Linearised { tier: drawn.tier, calibrated },
    };
    Uncertainty::Sampling { se: v.max(0.0).sqrt(), df: errors.df[at], effective_n, method }
}

fn tally(totals: &Totals, cells: &[u32], variable: u32) -> Tally {
    let mut sum = Tally::default();
    for &cell in cells {
        sum.add(totals.tally(cell as usize, variable as usize));
    }
    sum
}

/// Answers of the three variables for every pattern of flags: member, covered, covered without being a member.
fn answers() -> [u16; 128] {
    let mut table = [0; 128];
    for (flags, entry) in table.iter_mut().enumerate() {
        let member = (flags >> MEMBER) as u16 & 3;
        let covered = (flags >> COVERED) as u16 & 3;
        let (yes, no) = (Answer::Yes as u16, Answer::No as u16);
        // A no to coverage or a yes to membership settles it; else both answers must be known.
        let nonmember = match (member, covered) {
            (_, c) if c == no => no,
            (m, _) if m == yes => no,
            (m, c) if m == no && c == yes => yes,
            (m, c) if m == Answer::NotAsked as u16 || c == Answer::NotAsked as u16 => Answer::NotAsked as u16,
            _ => Answer::Missing as u16,
        };
        *entry = member | covered << 2 | nonmember << 4;
    }
    table
}

/// What an axis offers: its codes in the order of their tree, and with margins every code above them and the whole.
fn along(codes: &[Arc<str>], tree: Option<&Classification>, margins: bool) -> Vec<Choice> {
    let mut out: Vec<Choice> = codes
        .iter()
        .enumerate()
        .map(|(i, code)| Choice { code: Arc::clone(code), along: vec![i as u32], margin: false })
        .collect();
    if let Some(tree) = tree {
        out.sort_by_key(|c| tree.rank(&c.code));
    }
    if !margins {
        return out;
    }
    // The whole takes in those whose code is not known.
    let whole = Choice {
        code: tree.map_or("all", Classification::whole).into(),
        along: (0..=codes.len() as u32).collect(),
        margin: true,
    };
    let above = tree
        .into_iter()
        .flat_map(|t| t.codes().iter().map(move |c| (t, c)))
        .filter(|(t, c)| c.id != t.whole() && !codes.iter().any(|code| **code == *c.id));
    for (tree, code) in above {
        let parts: Vec<u32> = (0..codes.len()).filter(|&i| tree.is_below(&codes[i], &code.id)).map(|i| i as u32).collect();
        if !parts.is_empty() {
            out.push(Choice { code: code.id.as_str().into(), along: parts, margin: true });
        }
    }
    if !codes.iter().any(|c| **c == *whole.code) {
        out.push(whole);
    }
    out
}

/// Every combination of choices.
fn grid<'a>(by: &'a [(&'a str, Vec<Choice>)]) -> Vec<Vec<(&'a str, &'a Choice)>> {
    by.iter().fold(vec![Vec::new()], |combinations, (dimension, choices)| {
        combinations
            .iter()
            .flat_map(|c| {
                choices.iter().map(move |choice| {
                    let mut longer = c.clone();
                    longer.push((*dimension, choice));
                    longer
                })
            })
            .collect()
    })
}

/// The cells that a combination sums.
fn sum_of(pick: &[(&str, &Choice)], strides: &[u32]) -> Vec<u32> {
    pick.iter().zip(strides).fold(vec![0], |cells, ((_, choice), stride)| {
        cells.iter().flat_map(|c| choice.along.iter().map(move |a| c + a * stride)).collect()
    })
}
