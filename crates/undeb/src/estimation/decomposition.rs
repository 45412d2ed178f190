//! Why a rate moved: the change of a whole split into the rates and the weights of its cells.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::Estimates;
use super::comparison::check_correlation;
use super::linear_form::Errors;
use super::parts::Whole;
use crate::error::{Error, Result};
use crate::schema::{Measure, Period};
use crate::survey::decomposition::{Cell, Form, Split, Term, split};
use crate::survey::interval::Interval;

/// Into what a change is split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SplitForm {
    /// The cells' rates and the cells' weights: Kitagawa.
    #[default]
    TwoFactors,
    /// The same, each moving alone from the first period, and what only both together explain.
    Interaction,
    /// The cells' rates, the weights of the first grouping, and those of each further one within it: Das Gupta.
    Nested,
}

/// How to split a change.
#[derive(Clone, Debug, PartialEq)]
pub struct DecomposeOptions {
    /// Groupings, from the outer to the inner: `region`, `sector`. All whose parts are there when empty.
    pub by: Vec<String>,
    /// Into what.
    pub form: SplitForm,
    /// Region whose change is split; the whole when none.
    pub region: Option<String>,
    /// Sector whose change is split; the whole when none.
    pub sector: Option<String>,
    /// Confidence level of the intervals.
    pub level: f64,
    /// Correlation of two estimates of one cell in the two periods, where only published errors are known.
    pub correlation: f64,
}

impl Default for DecomposeOptions {
    fn default() -> Self {
        DecomposeOptions {
            by: Vec::new(),
            form: SplitForm::TwoFactors,
            region: None,
            sector: None,
            level: 0.95,
            correlation: 0.0,
        }
    }
}

/// What an effect is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "effect")]
pub enum EffectOf {
    /// The rates of the cells.
    Rate,
    /// The weights of the cells.
    Composition,
    /// Rates and weights together.
    Interaction,
    /// The weights along one grouping, within those before it.
    Share {
        /// The grouping.
        of: String,
        /// The groupings before it.
        within: Vec<String>,
    },
}

/// A part of the change with its error, in fractions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Amount {
    /// The value.
    pub value: f64,
    /// Standard error, where every cell has one; with published errors weights have none.
    pub se: Option<f64>,
    /// Degrees of freedom; none where they are not known and the normal distribution is used.
    pub df: Option<f64>,
    /// Interval at the level asked for.
    pub interval: Option<Interval>,
}

/// A named effect.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// What it is of.
    #[serde(flatten)]
    pub of: EffectOf,
    /// How much.
    #[serde(flatten)]
    pub amount: Amount,
}

/// What one cell adds to the change. All contributions together are the change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contribution {
    /// Codes of the cell, in the order of the groupings.
    pub codes: Vec<Arc<str>>,
    /// The cell in words.
    pub name: String,
    /// Its share of all workers in either period.
    pub share: [f64; 2],
    /// Its rate in either period; none where it is empty.
    pub rate: [Option<f64>; 2],
    /// Its counted workers in either period.
    pub counted: [f64; 2],
    /// Through its own rate.
    pub rate_effect: Amount,
    /// Through its weight, measured against the whole's rate.
    pub composition: Amount,
    /// Through both at once, where the interaction was asked for.
    pub interaction: Option<Amount>,
    /// Together.
    pub total: Amount,
}

/// The same change under one grouping.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Grouping {
    /// The groupings.
    pub by: Vec<String>,
    /// Effect of the rates of the cells.
    pub rate: f64,
    /// Effect of the weights of the cells.
    pub composition: f64,
}

/// What the errors of a decomposition rest on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "basis")]
pub enum ErrorBasis {
    /// The joint covariance of all cells and both periods, from records.
    Joint,
    /// The error of each cell's rate, cells taken as independent; the workers of each cell are taken as known.
    Published {
        /// Correlation of the two periods.
        correlation: f64,
    },
    /// Some cells have no error, so nothing has.
    None {
        /// How many rates have none.
        without: usize,
    },
}

/// Why a rate moved between two periods.
///
/// ```
/// use undeb::{DecomposeOptions, Measure, PublishedTable, Registry};
/// let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
/// let density = table.estimate(&[Measure::Density], Some(1.5))?;
/// let why = density.decompose(Measure::Density, "2019".parse()?, "2020".parse()?, &DecomposeOptions::default())?;
/// let [composition, rate] = why.effects.as_slice() else { panic!() };
/// assert!((composition.amount.value - 0.00174).abs() < 5e-6 && (rate.amount.value - 0.00330).abs() < 5e-6);
/// // Members fell: the rate rose because employees fell by more.
/// assert!(why.counted[1] < why.counted[0] && why.change.value > 0.0);
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decomposition {
    /// What is measured.
    pub measure: Measure,
    /// First period.
    pub from: Period,
    /// Second period.
    pub to: Period,
    /// Region whose change it is.
    pub region: Arc<str>,
    /// Sector whose change it is.
    pub sector: Arc<str>,
    /// The groupings that make the cells.
    pub by: Vec<String>,
    /// Into what it is split.
    pub form: SplitForm,
    /// Rate of the cells together in either period.
    pub whole: [f64; 2],
    /// Counted workers of the cells together in either period.
    pub counted: [f64; 2],
    /// All workers of the cells together in either period.
    pub workers: [f64; 2],
    /// Second minus first.
    pub change: Amount,
    /// Effects that add up to the change, the rate last but for the interaction.
    pub effects: Vec<Effect>,
    /// Cells, those that moved the whole most first.
    pub cells: Vec<Contribution>,
    /// The two effects under this grouping and under each coarser one: the split depends on it.
    pub groupings: Vec<Grouping>,
    /// Cells that are empty in a period, whose rate of the other stands in.
    pub carried: Vec<(String, Period)>,
    /// What the errors rest on.
    pub errors: ErrorBasis,
    /// Confidence level of the intervals.
    pub level: f64,
    /// Breaks of force `caution` between the periods.
    pub cautions: Vec<String>,
}

impl Estimates {
    /// Splits the change of a rate between two periods by region, sector and other groupings.
    ///
    /// Formula: METHODS M24. Errors are those of the linear form of an effect `E`. Of records it runs over all totals,
    /// `sum_t (dE/dt) t`, and its variance is that of METHODS M9, with what cells and periods share. Of published figures
    /// it runs over the rates `r`, `sum_i (dE/dr_i1)^2 v_i1 + (dE/dr_i2)^2 v_i2 + 2 rho (dE/dr_i1)(dE/dr_i2) sqrt(v_i1 v_i2)`:
    /// cells are taken as independent, and their numbers of workers as known. [`Decomposition::errors`] says which.
    ///
    /// # Errors
    /// The measure has no numbers of workers; a grouping that is not there; cells of one period without a partner in the
    /// other (they are listed); cells that do not add up to the whole; an incomparable series break in between.
    pub fn decompose(&self, measure: Measure, from: Period, to: Period, options: &DecomposeOptions) -> Result<Decomposition> {
        self.definition(measure)?;
        if !measure.is_share() {
            return Err(Error::definition(format!("{measure} is a difference of rates and has no cells to split it into"))
                .help("decompose each of the two rates"));
        }
        check_correlation(options.correlation)?;
        if from == to {
            return Err(Error::data(format!("the change from {from} to {to} is no change")).help("name two periods"));
        }
        let region = self.regions.find(options.region.as_deref().unwrap_or(self.regions.whole()))?.id.clone();
        let sector = self.sectors.find(options.sector.as_deref().unwrap_or(self.sectors.whole()))?.id.clone();
        let cautions = self.between(measure, &sector, from, to)?;
        let whole = Whole { measure, periods: [from, to], region: &region, sector: &sector };
        let by = self.groupings(whole, &options.by)?;
        let rows = self.rows(whole, &by)?;
        let cells: Vec<Cell> = rows.iter().map(|r| r.cell).collect();
        let codes: Vec<&[Arc<str>]> = rows.iter().map(|r| r.codes.as_slice()).collect();
        let form = if options.form == SplitForm::Interaction { Form::FromFirst } else { Form::Averaged };
        let of = split(&cells, &levels(&codes, options.form), form)
            .ok_or_else(|| Error::data(format!("there are no workers in {from} or in {to}")))?;
        let errors = Errors::of(&rows, options.correlation);
        let mut amounts = errors.amounts(&terms(&of), options.level);
        if matches!(errors.basis(), ErrorBasis::Published { .. }) {
            // The error of a weight is not known; that of the rates alone would make composition look sure.
            of_weights(&of).for_each(|i| amounts[i] = Amount { se: None, df: None, interval: None, ..amounts[i] });
        }
        let names: Vec<String> = codes.iter().map(|c| self.cell_name(&by, c)).collect();
        Ok(Decomposition {
            measure,
            from,
            to,
            region: region.into(),
            sector: sector.into(),
            form: options.form,
            whole: of.whole,
            counted: [0, 1].map(|t| cells.iter().map(|c| c.counted[t]).sum()),
            workers: [0, 1].map(|t| cells.iter().map(|c| c.all[t]).sum()),
            change: amounts[0],
            effects: effects_of(options.form, &by)
                .into_iter()
                .zip(&amounts[1..])
                .map(|(of, a)| Effect { of, amount: *a })
                .collect(),
            cells: contributions(&of, &cells, &codes, &names, &amounts[1 + of.effects.len()..]),
            groupings: coarser(&cells, &codes, &by),
            carried: of.carried.iter().map(|&(i, t)| (names[i].clone(), [from, to][t])).collect(),
            by,
            errors: errors.basis(),
            level: options.level,
            cautions,
        })
    }
}

/// Groups of the cells: all codes at once, or one code more at every level.
fn levels(codes: &[&[Arc<str>]], form: SplitForm) -> Vec<Vec<usize>> {
    let dimensions = codes.first().map_or(0, |c| c.len());
    let depths = if form == SplitForm::Nested { 1..=dimensions } else { dimensions..=dimensions };
    depths
        .map(|depth| {
            let mut seen: Vec<&[Arc<str>]> = Vec::new();
            codes
                .iter()
                .map(|c| {
                    seen.iter().position(|s| *s == &c[..depth]).unwrap_or_else(|| {
                        seen.push(&c[..depth]);
                        seen.len() - 1
                    })
                })
                .collect()
        })
        .collect()
}

/// Places of the terms that rest on weights, in the order of [`terms`].
fn of_weights(of: &Split) -> impl Iterator<Item = usize> {
    let (effects, interacting) = (of.effects.len(), of.cells.iter().any(|c| c.interaction.is_some()));
    let rate = effects - 1 - usize::from(interacting);
    let each = if interacting { 4 } else { 3 };
    let cells = of.cells.len();
    let named = (0..effects).filter(move |i| *i != rate).map(|i| 1 + i);
    named.chain((0..cells).flat_map(move |c| (1..each - 1).map(move |k| 1 + effects + c * each + k)))
}

/// All terms in order: the change, the effects, and cell by cell rate, composition, interaction and all together.
fn terms(of: &Split) -> Vec<Term> {
    let mut terms = vec![of.change.clone()];
    terms.extend(of.effects.iter().cloned());
    for parts in &of.cells {
        let each = [Some(&parts.rate), Some(&parts.composition), parts.interaction.as_ref()];
        let mut total = parts.rate.clone();
        each.into_iter().skip(1).flatten().for_each(|t| total.add(t));
        terms.extend(each.into_iter().flatten().cloned().chain([total]));
    }
    terms
}

fn effects_of(form: SplitForm, by: &[String]) -> Vec<EffectOf> {
    match form {
        SplitForm::TwoFactors => vec![EffectOf::Composition, EffectOf::Rate],
        SplitForm::Interaction => vec![EffectOf::Composition, EffectOf::Rate, EffectOf::Interaction],
        SplitForm::Nested => {
            let share = |(i, of): (usize, &String)| EffectOf::Share { of: of.clone(), within: by[..i].to_vec() };
            by.iter().enumerate().map(share).chain([EffectOf::Rate]).collect()
        }
    }
}

/// Contributions from the amounts of each cell in the order of [`terms`].
fn contributions(of: &Split, cells: &[Cell], codes: &[&[Arc<str>]], names: &[String], amounts: &[Amount]) -> Vec<Contribution> {
    let all = [0, 1].map(|t| cells.iter().map(|c| c.all[t]).sum::<f64>());
    let each = if of.effects.len() > 2 && of.cells.iter().any(|c| c.interaction.is_some()) { 4 } else { 3 };
    let mut out: Vec<Contribution> = amounts
        .chunks_exact(each)
        .zip(cells)
        .enumerate()
        .map(|(i, (a, cell))| Contribution {
            codes: codes[i].to_vec(),
            name: names[i].clone(),
            share: [0, 1].map(|t| cell.all[t] / all[t]),
            rate: [0, 1].map(|t| (cell.all[t] > 0.0).then(|| cell.counted[t] / cell.all[t])),
            counted: cell.counted,
            rate_effect: a[0],
            composition: a[1],
            interaction: (each == 4).then(|| a[2]),
            total: a[each - 1],
        })
        .collect();
    out.sort_by(|a, b| b.total.value.abs().total_cmp(&a.total.value.abs()));
    out
}

/// Rate and composition under the grouping itself and under every single one of its dimensions.
fn coarser(cells: &[Cell], codes: &[&[Arc<str>]], by: &[String]) -> Vec<Grouping> {
    let mut choices: Vec<Vec<usize>> = vec![(0..by.len()).collect()];
    if by.len() > 1 {
        choices.extend((0..by.len()).map(|i| vec![i]));
    }
    choices
        .into_iter()
        .filter_map(|dimensions| {
            let mut sums: BTreeMap<Vec<&Arc<str>>, Cell> = BTreeMap::new();
            for (cell, codes) in cells.iter().zip(codes) {
                let key = dimensions.iter().map(|&d| &codes[d]).collect();
                let sum = sums.entry(key).or_insert(Cell { counted: [0.0; 2], all: [0.0; 2] });
                for t in 0..2 {
                    sum.counted[t] += cell.counted[t];
                    sum.all[t] += cell.all[t];
                }
            }
            let merged: Vec<Cell> = sums.into_values().collect();
            let of = split(&merged, &[(0..merged.len()).collect()], Form::Averaged)?;
            let by = dimensions.iter().map(|&d| by[d].clone()).collect();
            Some(Grouping { by, composition: of.effects[0].value, rate: of.effects[1].value })
        })
        .collect()
}
