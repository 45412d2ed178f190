//! The sections `[trend]` and `[projection]` of a plan.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::employment::Employment;
use super::plan_check::Text;
use super::trend_options::{Bridge, TrendModel, TrendOptions};
use crate::error::{Error, Result, choices};
use crate::schema::{Classification, Period};

/// How the level behind the figures is taken to move.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TrendSection {
    /// local_level, drift, smooth_trend, local_linear_trend or damped_trend; chosen by one-step predictions when left out.
    #[serde(default)]
    #[schemars(with = "Option<TrendModel>")]
    model: Option<Spanned<String>>,
    /// Share of the slope of a damped trend that is left a year later; 0.9 when left out.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    damping: Option<Spanned<f64>>,
    /// Correlation of the sampling errors of figures one, two, ... periods apart; none when left out.
    #[serde(default)]
    #[schemars(with = "Vec<f64>")]
    correlation: Vec<Spanned<f64>>,
    /// Standard error, as a fraction, of figures without a stated one; they are left out of trends when none is given.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    assumed_se: Option<Spanned<f64>>,
    /// First period that counts for a trend.
    #[serde(default)]
    from: Option<Period>,
    /// Figures that the straight line beside the trend goes through; 10 when left out.
    #[serde(default)]
    #[schemars(with = "Option<u32>")]
    line_figures: Option<Spanned<u32>>,
    /// Series breaks that are bridged; an incomparable break that is not bridged ends a series.
    #[serde(default)]
    bridges: Vec<BridgeEntry>,
    /// Distance from the path, as a fraction, within which a figure is called on the path; nothing is when left out.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    on_path: Option<Spanned<f64>>,
}

/// A bridge across a series break.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BridgeEntry {
    /// Period of the break.
    at: Period,
    /// Standard deviation of the jump on the log-odds scale before anything is seen; nothing is assumed when left out.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    sd: Option<Spanned<f64>>,
}

/// How the trend is carried on to the deadlines.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectionSection {
    /// "flat" or "trend": employees as many as now, or growing as over the last ten figures; flat when left out.
    #[serde(default)]
    #[schemars(with = "Option<EmploymentWord>")]
    employment: Option<Spanned<String>>,
    /// Employees at the deadline by region, where they are supplied.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, f64>")]
    employees: BTreeMap<Spanned<String>, Spanned<f64>>,
    /// Years after the last figure within which a first year of meeting the target is looked for; 30 when left out.
    #[serde(default)]
    #[schemars(with = "Option<u32>")]
    within: Option<Spanned<u32>>,
    /// Simulated paths; 2000 when left out.
    #[serde(default)]
    #[schemars(with = "Option<u32>")]
    paths: Option<Spanned<u32>>,
    /// Seed of the simulation; 1 when left out.
    #[serde(default)]
    seed: Option<u64>,
    /// Probability with which a change that can be told is found; 0.8 when left out.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    power: Option<Spanned<f64>>,
}

/// "flat" or "trend".
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "the schema alone speaks of it")]
enum EmploymentWord {
    Flat,
    Trend,
}

/// What a plan asks of trends and projections.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutlookOptions {
    /// How the trend is drawn.
    pub trend: TrendOptions,
    /// Distance from the path within which a figure is on it.
    pub on_path: Option<f64>,
    /// Employees in the periods to come, where none are supplied.
    pub employment: Employment,
    /// Employees at the deadline by region.
    pub employees: BTreeMap<String, f64>,
    /// Years within which a first year is looked for.
    pub within: u32,
    /// Simulated paths.
    pub paths: usize,
    /// Seed of the simulation.
    pub seed: u64,
    /// Probability with which a change that can be told is found.
    pub power: f64,
}

impl OutlookOptions {
    pub(super) fn employment(&self, region: &str, at: Period) -> Employment {
        self.employees.get(region).map_or(self.employment, |employees| Employment::Supplied { employees: *employees, at })
    }

    /// Reads the two sections; none where the plan has neither.
    ///
    /// # Errors
    /// A number outside of what it may be, a model, employment or region that is not known; each points at its place.
    pub(super) fn of(
        place: &Text<'_>,
        trend: Option<TrendSection>,
        projection: Option<ProjectionSection>,
        regions: &Classification,
    ) -> Result<Option<OutlookOptions>> {
        if trend.is_none() && projection.is_none() {
            return Ok(None);
        }
        let (trend, projection) = (trend.unwrap_or_default(), projection.unwrap_or_default());
        let number = |key: &str, given: &Option<Spanned<f64>>, (low, high): (f64, f64), help: &str| match given {
            Some(v) if !(v.get_ref() > &low && v.get_ref() < &high) => {
                Err(place.wrong(v.span(), format!("`{key} = {}` is not between {low} and {high}", v.get_ref())).help(help))
            }
            other => Ok(other.as_ref().map(|v| *v.get_ref())),
        };
        let whole = |key: &str, given: &Option<Spanned<u32>>, (low, high): (u32, u32)| match given {
            Some(v) if !(low..=high).contains(v.get_ref()) => {
                Err(place.wrong(v.span(), format!("`{key} = {}` is not between {low} and {high}", v.get_ref())))
            }
            other => Ok(other.as_ref().map(|v| *v.get_ref())),
        };
        let standard = TrendOptions::default();
        let model: Option<TrendModel> = match &trend.model {
            Some(given) => Some(given.get_ref().parse().map_err(place.point(given.span()))?),
            None => None,
        };
        let mut correlation = Vec::new();
        for rho in trend.correlation {
            let within = number("correlation", &Some(rho), (-1.0, 1.0), "a correlation of 0.3 means a tenth of shared variance")?;
            correlation.extend(within);
        }
        let mut bridges = Vec::new();
        for bridge in trend.bridges {
            let sd = number("sd", &bridge.sd, (0.0, 10.0), "it is on the log-odds scale: 0.1 is about two points at 30 %")?;
            if bridges.iter().any(|b: &Bridge| b.at == bridge.at) {
                return Err(Error::plan(format!("[trend] bridges the break of {} twice", bridge.at)).help("name it once"));
            }
            bridges.push(Bridge { at: bridge.at, sd });
        }
        let employment = match &projection.employment {
            None => Employment::Flat,
            Some(word) => match word.get_ref().as_str() {
                "flat" => Employment::Flat,
                "trend" => Employment::Trend,
                other => {
                    return Err(place
                        .wrong(word.span(), format!("`{other}` is no way to project employment"))
                        .help(choices(other, ["flat", "trend"])));
                }
            },
        };
        let mut employees = BTreeMap::new();
        for (region, count) in projection.employees {
            let code = regions.find(region.get_ref()).map_err(place.point(region.span()))?.id.clone();
            if !(count.get_ref().is_finite() && *count.get_ref() > 0.0) {
                return Err(place.wrong(count.span(), format!("{} employees are no positive number", count.get_ref())));
            }
            employees.insert(code, *count.get_ref());
        }
        Ok(Some(OutlookOptions {
            trend: TrendOptions {
                model,
                damping: number("damping", &trend.damping, (0.0, 1.0), "0.9 leaves nine tenths of the slope a year later")?
                    .unwrap_or(standard.damping),
                correlation,
                bridges,
                assumed_se: number("assumed_se", &trend.assumed_se, (0.0, 0.5), "write 0.01 for a standard error of one point")?,
                from: trend.from,
                line_figures: whole("line_figures", &trend.line_figures, (3, 1000))?
                    .map_or(standard.line_figures, |n| n as usize),
            },
            on_path: number("on_path", &trend.on_path, (0.0, 1.0), "write 0.005 for half a point")?,
            employment,
            employees,
            within: whole("within", &projection.within, (1, 100))?.unwrap_or(30),
            paths: whole("paths", &projection.paths, (100, 1_000_000))?.map_or(2_000, |n| n as usize),
            seed: projection.seed.unwrap_or(1),
            power: number("power", &projection.power, (0.0, 1.0), "write 0.8 for 80 %")?.unwrap_or(0.8),
        }))
    }
}
