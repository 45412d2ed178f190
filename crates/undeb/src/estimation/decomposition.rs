//! Why a rate moved: the change of a whole split into the rates and the weights of its cells.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::{Estimate, Estimates};
use crate::error::{Error, Result, choices};
use crate::schema::{Measure, Period};
use crate::survey::decomposition::{Cell, Form, Slope, Split, Term, split};
use crate::survey::interval::{Interval, critical_value};

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
    /// Standard error, where every cell has one.
    pub se: Option<f64>,
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

/// One cell of both periods with the errors of its rates.
struct Row<'a> {
    codes: Vec<Arc<str>>,
    cell: Cell,
    estimates: [&'a Estimate; 2],
}

impl Estimates {
    /// Splits the change of a rate between two periods by region, sector and other groupings.
    ///
    /// Formula: METHODS M24. The standard error of an effect is that of the delete-nothing linear form
    /// `sum_i (dE/dr_i1)^2 v_i1 + (dE/dr_i2)^2 v_i2 + 2 rho (dE/dr_i1)(dE/dr_i2) sqrt(v_i1 v_i2)` over the rates `r` of
    /// the cells: cells are taken as independent, and their numbers of workers as known.
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
        if from == to {
            return Err(Error::data(format!("the change from {from} to {to} is no change")).help("name two periods"));
        }
        let region = self.regions.find(options.region.as_deref().unwrap_or(self.regions.whole()))?.id.clone();
        let sector = self.sectors.find(options.sector.as_deref().unwrap_or(self.sectors.whole()))?.id.clone();
        let cautions = self.between(measure, &sector, from, to)?;
        let by = self.groupings(measure, [from, to], &region, &sector, &options.by)?;
        let rows = self.rows(measure, [from, to], &region, &sector, &by)?;
        self.must_add_up(measure, [from, to], &region, &sector, &rows)?;
        let cells: Vec<Cell> = rows.iter().map(|r| r.cell).collect();
        let codes: Vec<&[Arc<str>]> = rows.iter().map(|r| r.codes.as_slice()).collect();
        let form = if options.form == SplitForm::Interaction { Form::FromFirst } else { Form::Averaged };
        let of = split(&cells, &levels(&codes, options.form), form)
            .ok_or_else(|| Error::data(format!("there are no workers in {from} or in {to}")))?;
        let errors: Vec<[Option<f64>; 2]> = rows.iter().map(|r| r.estimates.map(Estimate::spread)).collect();
        let without = rows.iter().zip(&errors).flat_map(|(r, e)| (0..2).map(move |t| (r.cell.all[t], e[t])));
        let without = without.filter(|(all, e)| *all > 0.0 && e.is_none()).count();
        let basis =
            if without == 0 { ErrorBasis::Published { correlation: options.correlation } } else { ErrorBasis::None { without } };
        let z = critical_value(options.level, None);
        let amount = |term: &Term| {
            let se = (without == 0).then(|| independent(term, &cells, &errors, options.correlation));
            let interval = se.map(|se| Interval { low: term.value - z * se, high: term.value + z * se });
            Amount { value: term.value, se, interval }
        };
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
            change: amount(&of.change),
            effects: named_effects(&of, options.form, &by).map(|(of, term)| Effect { of, amount: amount(term) }).collect(),
            cells: contributions(&of, &cells, &codes, &names, amount),
            groupings: coarser(&cells, &codes, &by),
            carried: of.carried.iter().map(|&(i, t)| (names[i].clone(), [from, to][t])).collect(),
            by,
            errors: basis,
            level: options.level,
            cautions,
        })
    }

    /// Cautions of the breaks between two periods.
    fn between(&self, measure: Measure, sector: &str, from: Period, to: Period) -> Result<Vec<String>> {
        let mut cautions = Vec::new();
        for series_break in self.breaks(measure, sector) {
            series_break.must_allow(from, to)?;
            if series_break.between(from, to) {
                cautions.push(format!("{}: {}", series_break.at, series_break.note));
            }
        }
        Ok(cautions)
    }

    /// Codes that a grouping splits the whole into.
    fn parts(&self, measure: Measure, periods: [Period; 2], region: &str, sector: &str, by: &str) -> Vec<Arc<str>> {
        let here = self.cells.iter().filter(|e| e.measure == measure && periods.contains(&e.period) && e.denominator.is_some());
        let mut codes: Vec<Arc<str>> = here.filter_map(|e| code(e, by)).collect();
        let rank: &dyn Fn(&str) -> usize = match by {
            "region" => {
                codes.retain(|c| self.regions.each().any(|e| *e.id == **c) && (self.regions.is_below(c, region)));
                &|c| self.regions.rank(c)
            }
            "sector" => {
                codes.retain(|c| self.sectors.get(c).is_some_and(|s| s.parent.as_deref() == Some(sector)));
                &|c| self.sectors.rank(c)
            }
            _ => {
                codes.retain(|c| &**c != "all");
                &|_| 0
            }
        };
        codes.sort_by(|a, b| rank(a).cmp(&rank(b)).then(a.cmp(b)));
        codes.dedup();
        codes
    }

    /// The groupings asked for, or all that split the whole.
    fn groupings(
        &self,
        measure: Measure,
        periods: [Period; 2],
        region: &str,
        sector: &str,
        asked: &[String],
    ) -> Result<Vec<String>> {
        let mut known = vec!["region".to_owned(), "sector".to_owned()];
        for (dimension, _) in self.cells.iter().flat_map(|e| &e.breakdown) {
            if !known.iter().any(|k| **k == **dimension) {
                known.push(dimension.to_string());
            }
        }
        let splits = |by: &str| self.parts(measure, periods, region, sector, by).len() > 1;
        if let Some(unknown) = asked.iter().find(|b| !known.contains(b)) {
            return Err(Error::data(format!("the estimates have no grouping `{unknown}`"))
                .help(choices(unknown, known.iter().map(String::as_str))));
        }
        if let Some(twice) = asked.iter().enumerate().find_map(|(i, b)| asked[..i].contains(b).then_some(b)) {
            return Err(Error::data(format!("the grouping `{twice}` is asked for twice")));
        }
        if let Some(single) = asked.iter().find(|b| !splits(b)) {
            return Err(Error::data(format!(
                "there are no numbers of workers by {single} below {} and {} for {measure} in {} and {}",
                self.regions.name(region),
                self.sectors.name(sector),
                periods[0],
                periods[1]
            ))
            .help("a decomposition needs the counted and all workers of every part in both periods"));
        }
        let by: Vec<String> = if asked.is_empty() { known.into_iter().filter(|b| splits(b)).collect() } else { asked.to_vec() };
        if by.is_empty() {
            return Err(Error::data(format!(
                "{measure} of {}, {} cannot be decomposed between {} and {}: no parts of it have numbers of workers",
                self.regions.name(region),
                self.sectors.name(sector),
                periods[0],
                periods[1]
            )));
        }
        Ok(by)
    }

    fn rows(&self, measure: Measure, periods: [Period; 2], region: &str, sector: &str, by: &[String]) -> Result<Vec<Row<'_>>> {
        let parts: Vec<Vec<Arc<str>>> =
            by.iter().map(|dimension| self.parts(measure, periods, region, sector, dimension)).collect();
        let asked = |dimension: &str| by.iter().position(|b| b == dimension);
        let mut found: BTreeMap<Vec<usize>, [Option<&Estimate>; 2]> = BTreeMap::new();
        for e in self.cells.iter().filter(|e| e.measure == measure) {
            let Some(t) = periods.iter().position(|p| *p == e.period) else { continue };
            let whole = (asked("region").is_some() || &*e.region == region)
                && (asked("sector").is_some() || &*e.sector == sector)
                && e.breakdown.iter().all(|(d, c)| asked(d).is_some() || &**c == "all");
            let place: Option<Vec<usize>> =
                by.iter().zip(&parts).map(|(b, codes)| code(e, b).and_then(|c| codes.iter().position(|k| *k == c))).collect();
            if let (true, Some(place)) = (whole, place) {
                found.entry(place).or_default()[t] = Some(e);
            }
        }
        let (mut rows, mut alone) = (Vec::new(), Vec::new());
        for (place, [first, second]) in found {
            let codes: Vec<Arc<str>> = place.iter().zip(&parts).map(|(&i, codes)| Arc::clone(&codes[i])).collect();
            let counts = |e: Option<&Estimate>| e.and_then(|e| e.numerator.zip(e.denominator));
            match (first, second, counts(first), counts(second)) {
                (Some(a), Some(b), Some(x), Some(y)) => {
                    let cell = Cell { counted: [x.0, y.0], all: [x.1, y.1] };
                    rows.push(Row { codes, cell, estimates: [a, b] });
                }
                (_, _, x, y) => {
                    for (counts, period) in [(x, periods[0]), (y, periods[1])] {
                        if counts.is_none() {
                            alone.push(format!("{} in {period}", self.cell_name(by, &codes)));
                        }
                    }
                }
            }
        }
        if !alone.is_empty() {
            return Err(Error::data(format!(
                "the cells of {} and {} do not match; there are no numbers of workers for {}",
                periods[0],
                periods[1],
                alone.join("; ")
            ))
            .help("choose periods that have all cells, or a coarser grouping; an empty cell has 0 workers, not none"));
        }
        Ok(rows)
    }

    /// Cells are a whole only if their workers are: a part that is missing in both periods would go unseen.
    fn must_add_up(&self, measure: Measure, periods: [Period; 2], region: &str, sector: &str, rows: &[Row<'_>]) -> Result<()> {
        for (t, period) in periods.into_iter().enumerate() {
            let whole =
                self.series(measure, region, sector).find(|e| e.period == period && e.breakdown.iter().all(|b| &*b.1 == "all"));
            let Some(whole) = whole.and_then(|e| e.denominator) else { continue };
            let sum: f64 = rows.iter().map(|r| r.cell.all[t]).sum();
            if (sum - whole).abs() > ROUNDING * whole {
                return Err(Error::data(format!(
                    "the {} cells hold {sum:.0} workers in {period}, but {}, {} has {whole:.0}",
                    rows.len(),
                    self.regions.name(region),
                    self.sectors.name(sector)
                ))
                .help("choose a grouping whose parts make up the whole"));
            }
        }
        Ok(())
    }

    fn cell_name(&self, by: &[String], codes: &[Arc<str>]) -> String {
        let name = |(dimension, code): (&String, &Arc<str>)| match dimension.as_str() {
            "region" => self.regions.name(code).to_owned(),
            "sector" => self.sectors.name(code).to_lowercase(),
            _ => code.to_string(),
        };
        by.iter().zip(codes).map(name).collect::<Vec<_>>().join(", ")
    }
}

/// Relative difference between a whole and its parts that rounding of published counts explains.
const ROUNDING: f64 = 1e-3;

fn code(e: &Estimate, dimension: &str) -> Option<Arc<str>> {
    match dimension {
        "region" => Some(Arc::clone(&e.region)),
        "sector" => Some(Arc::clone(&e.sector)),
        _ => e.breakdown.iter().find(|(d, _)| **d == *dimension).map(|(_, c)| Arc::clone(c)),
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

fn named_effects<'a>(of: &'a Split, form: SplitForm, by: &'a [String]) -> impl Iterator<Item = (EffectOf, &'a Term)> {
    let names = match form {
        SplitForm::TwoFactors => vec![EffectOf::Composition, EffectOf::Rate],
        SplitForm::Interaction => vec![EffectOf::Composition, EffectOf::Rate, EffectOf::Interaction],
        SplitForm::Nested => {
            let share = |(i, of): (usize, &String)| EffectOf::Share { of: of.clone(), within: by[..i].to_vec() };
            by.iter().enumerate().map(share).chain([EffectOf::Rate]).collect()
        }
    };
    names.into_iter().zip(&of.effects)
}

fn contributions(
    of: &Split,
    cells: &[Cell],
    codes: &[&[Arc<str>]],
    names: &[String],
    amount: impl Fn(&Term) -> Amount,
) -> Vec<Contribution> {
    let all = [0, 1].map(|t| cells.iter().map(|c| c.all[t]).sum::<f64>());
    let mut out: Vec<Contribution> = of
        .cells
        .iter()
        .zip(cells)
        .enumerate()
        .map(|(i, (parts, cell))| {
            let mut total = parts.rate.clone();
            total.add(&parts.composition);
            parts.interaction.iter().for_each(|t| total.add(t));
            Contribution {
                codes: codes[i].to_vec(),
                name: names[i].clone(),
                share: [0, 1].map(|t| cell.all[t] / all[t]),
                rate: [0, 1].map(|t| (cell.all[t] > 0.0).then(|| cell.counted[t] / cell.all[t])),
                counted: cell.counted,
                rate_effect: amount(&parts.rate),
                composition: amount(&parts.composition),
                interaction: parts.interaction.as_ref().map(&amount),
                total: amount(&total),
            }
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

/// Standard error from the errors of the rates, cells independent and workers known.
fn independent(term: &Term, cells: &[Cell], errors: &[[Option<f64>; 2]], correlation: f64) -> f64 {
    let each = |((slope, cell), e): ((&Slope, &Cell), &[Option<f64>; 2])| {
        let [a, b] = [0, 1].map(|t| slope.counted[t] * cell.all[t] * e[t].unwrap_or_default());
        a * a + b * b + 2.0 * correlation * a * b
    };
    term.slopes.iter().zip(cells).zip(errors).map(each).sum::<f64>().max(0.0).sqrt()
}
