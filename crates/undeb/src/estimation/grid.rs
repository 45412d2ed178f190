//! The grid of cells that records are summed into, and what each row of a table takes from it.

use std::sync::Arc;

use super::RecordOptions;
use crate::error::{Error, Result, choices};
use crate::schema::{Classification, Period};
use crate::source::{Codes, Records};
use crate::survey::totals::{MOST_CELLS, Tally, Totals};

/// Code of the whole of a breakdown.
const WHOLE: &str = "all";

/// Columns that estimates, quantities and comparisons have as tables besides breakdowns: no breakdown may be called so.
const COLUMNS: [&str; 47] = [
    "measure",
    "value",
    "se",
    "low",
    "high",
    "df",
    "n",
    "psus",
    "effective_n",
    "design_effect",
    "cv",
    "numerator",
    "denominator",
    "missing_share",
    "missing_low",
    "missing_high",
    "flags",
    "error_source",
    "rolled_up",
    "since",
    "note",
    "definition",
    "source",
    "released",
    "quality",
    "unit",
    "quantity",
    "tier",
    "contrast",
    "first",
    "first_se",
    "first_unit",
    "second",
    "second_se",
    "t",
    "p",
    "p_adjusted",
    "detectable",
    "maintained",
    "p_maintained",
    "cautions",
    "against_period",
    "against_region",
    "against_sector",
    "density",
    "coverage",
    "missing",
];

/// One axis of the grid: codes of each row, and the number of cells it takes, one for "not known" included.
pub(crate) struct Axis<'a> {
    pub(crate) of_row: &'a Codes,
    pub(crate) stride: u32,
    pub(crate) unknown: u16,
}

/// What stands along one dimension of the output: a code, the cells along the axis it sums, and whether it is a margin.
pub(crate) struct Choice {
    pub(crate) code: Arc<str>,
    along: Vec<u32>,
    margin: bool,
}

/// The cells of every combination of codes, and the choices that make rows of a table.
pub(crate) struct Grid<'a> {
    by: Vec<(&'a str, Vec<Choice>)>,
    pub(crate) axes: Vec<Axis<'a>>,
    pub(crate) cells: usize,
}

/// One row of a table: its codes and the cells that it sums.
pub(crate) struct Pick<'a> {
    of: Vec<(&'a str, &'a Choice)>,
    pub(crate) cells: Vec<u32>,
}

impl<'a> Grid<'a> {
    /// The grid of some breakdowns of records.
    ///
    /// # Errors
    /// An unknown breakdown, one that is asked for twice, more cells than one state holds, or more periods to average
    /// than there are.
    pub(crate) fn of(records: &'a Records, by: &[&'a str], options: &RecordOptions) -> Result<Self> {
        if let Some(unknown) = by.iter().find(|b| !records.dimensions().any(|d| d == **b)) {
            return Err(
                Error::data(format!("the records have no breakdown `{unknown}`")).help(choices(unknown, records.dimensions()))
            );
        }
        if let Some(twice) = by.iter().enumerate().find_map(|(i, b)| by[..i].contains(b).then_some(b)) {
            return Err(Error::data(format!("the breakdown `{twice}` is asked for twice")));
        }
        if let Some(taken) = by.iter().find(|b| COLUMNS.contains(b)) {
            return Err(Error::data(format!("a breakdown cannot be named `{taken}`: that is a column of the results"))
                .help("give the column another name"));
        }
        let coded_whole = |b: &&&str| records.dimensions.get(**b).is_some_and(|d| d.codes.iter().any(|code| &**code == WHOLE));
        if let Some(dimension) = by.iter().find(coded_whole) {
            return Err(Error::data(format!("the column of `{dimension}` has the code `{WHOLE}`, which stands for the whole"))
                .help("give that code another name"));
        }
        if options.pool.is_some() && !by.contains(&"period") {
            return Err(Error::data("periods are to be averaged, but `period` is no breakdown")
                .help("break down by period too; without it all periods are averaged"));
        }
        let mut grid = Grid { by: Vec::new(), axes: Vec::new(), cells: 1 };
        for &dimension in by {
            let (of_row, codes): (&Codes, Vec<Arc<str>>) = match records.dimensions.get(dimension) {
                Some(d) => (&d.of_row, d.codes.clone()),
                None => (&records.period_of, records.periods.iter().map(|p| p.to_string().into()).collect()),
            };
            grid.axes.push(Axis { of_row, stride: grid.cells as u32, unknown: codes.len() as u16 });
            let tree = match dimension {
                "region" => Some(&*records.regions),
                "sector" => Some(&*records.sectors),
                _ => None,
            };
            let choices = match (dimension, options.pool) {
                ("period", Some(pool)) => windows(&codes, pool)?,
                ("period", None) => along(&codes, None, false),
                _ => along(&codes, tree, options.margins),
            };
            grid.by.push((dimension, choices));
            grid.cells = grid.cells.saturating_mul(codes.len() + 1);
        }
        if grid.cells > MOST_CELLS {
            return Err(Error::data(format!("{} make {} cells, more than {MOST_CELLS}", by.join(" x "), grid.cells))
                .help("estimate by fewer breakdowns at a time"));
        }
        Ok(grid)
    }

    /// Remarks on an empty domain, on records that were not asked the first question, and on records that stand in no cell because their code along a breakdown is not known.
    pub(crate) fn remarks(&self, totals: &Totals) -> Vec<String> {
        // Everybody in the domain has some answer to the first question, if only that it was not asked.
        let sum = |within: &dyn Fn(usize) -> bool| {
            let mut sum = Tally::default();
            (0..self.cells).filter(|&cell| within(cell)).for_each(|cell| sum.add(totals.tally(cell, 0)));
            sum
        };
        let records = |t: &Tally| t.n + t.n_missing + t.n_not_asked;
        let weight = |t: &Tally| t.valid + t.missing;
        let all = sum(&|_| true);
        if records(&all) == 0 {
            return vec!["no record is in the domain, so there is no figure".to_owned()];
        }
        let mut remarks = Vec::new();
        if all.n_not_asked > 0 {
            remarks.push(format!(
                "{} of {} records count as not asked: they are in no rate, no share of missing answers and no bounds",
                all.n_not_asked,
                records(&all),
            ));
        }
        for ((dimension, _), axis) in self.by.iter().zip(&self.axes) {
            let (stride, unknown) = (axis.stride as usize, usize::from(axis.unknown));
            let without = sum(&|cell| cell / stride % (unknown + 1) == unknown);
            if records(&without) == 0 {
                continue;
            }
            let share = match weight(&all) {
                all if all > 0.0 => format!(" ({:.1} % of the weight)", 100.0 * weight(&without) / all),
                _ => String::new(),
            };
            remarks.push(format!(
                "{} of {} records have no code of `{dimension}`{share}: they are in no row of one, only in totals over all",
                records(&without),
                records(&all),
            ));
        }
        remarks
    }

    /// Whether the grid is broken down by a dimension.
    pub(crate) fn has(&self, dimension: &str) -> bool {
        self.by.iter().any(|(d, _)| *d == dimension)
    }

    /// Every combination of choices, with the cells that it sums.
    pub(crate) fn picks(&self) -> Vec<Pick<'_>> {
        let mut picks = vec![Pick { of: Vec::new(), cells: vec![0] }];
        for ((dimension, choices), axis) in self.by.iter().zip(&self.axes) {
            let mut longer = Vec::with_capacity(picks.len() * choices.len());
            for pick in &picks {
                for choice in choices {
                    let mut of = pick.of.clone();
                    of.push((*dimension, choice));
                    let along = |c: &u32| choice.along.iter().map(|a| c + a * axis.stride).collect::<Vec<u32>>();
                    longer.push(Pick { of, cells: pick.cells.iter().flat_map(along).collect() });
                }
            }
            picks = longer;
        }
        picks
    }
}

impl Pick<'_> {
    /// The code along a dimension; none where the table is not broken down by it.
    pub(crate) fn code(&self, dimension: &str) -> Option<Arc<str>> {
        self.of.iter().find(|(d, _)| *d == dimension).map(|(_, c)| Arc::clone(&c.code))
    }

    /// The period of the row, its own or the last of those that are pooled, and the first of these.
    pub(crate) fn when(&self, pool: &[Period], all: &[Period]) -> (Period, Option<Period>) {
        let period = match self.code("period") {
            Some(text) => text.parse().unwrap_or(Period::UNDATED),
            None => pool.last().or(all.last()).copied().unwrap_or(Period::UNDATED),
        };
        (period, (pool.len() > 1).then(|| pool[0]))
    }

    /// The periods that the row averages.
    pub(crate) fn pooled(&self, all: &[Period]) -> Vec<Period> {
        let along = self.of.iter().find(|(d, _)| *d == "period").map(|(_, c)| &c.along);
        along.into_iter().flatten().filter_map(|at| all.get(*at as usize).copied()).collect()
    }

    /// Whether any code sums others.
    pub(crate) fn is_margin(&self) -> bool {
        self.of.iter().any(|(_, c)| c.margin)
    }

    /// Codes along dimensions other than period, region and sector.
    pub(crate) fn breakdown(&self) -> Vec<(Arc<str>, Arc<str>)> {
        let further = self.of.iter().filter(|(d, _)| !["period", "region", "sector"].contains(d));
        further.map(|(d, c)| (Arc::from(*d), Arc::clone(&c.code))).collect()
    }
}

/// Every period with those before it, so many in all, under the code of the last.
fn windows(codes: &[Arc<str>], pool: usize) -> Result<Vec<Choice>> {
    if pool == 0 || pool > codes.len() {
        return Err(Error::data(format!("an average of {pool} periods cannot be made of {}", codes.len()))
            .help("give a number between 1 and that of the periods"));
    }
    let window = |last: usize| Choice {
        code: Arc::clone(&codes[last]),
        along: (last + 1 - pool..=last).map(|at| at as u32).collect(),
        margin: false,
    };
    Ok((pool - 1..codes.len()).map(window).collect())
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
