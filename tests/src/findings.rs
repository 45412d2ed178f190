//! Random findings whose answers follow from their figures, for tests of the sentences made of them.

use std::sync::Arc;

use proptest::prelude::*;
use undeb::survey::interval::Interval;
use undeb::{
    Answer, Finding, Gap, JudgedBy, Level, Measure, PathAnswer, PathFinding, PathShape, Period, PolicyForce, Reason, Status,
    Target, TargetFindings,
};

/// The states that findings are of, in this order.
const STATES: [&str; 8] = ["CA", "TX", "NY", "WA", "DC", "HI", "OH", "ME"];

/// A random finding before it is put into the library's words.
#[derive(Clone, Debug)]
pub enum Figure {
    /// There is none.
    Missing,
    /// Without a stated error.
    Point {
        /// The figure.
        value: f64,
    },
    /// With an interval.
    Sampled {
        /// The figure.
        value: f64,
        /// Half the width of the interval.
        half: f64,
    },
    /// Exactly the level.
    AtLine {
        /// Whether it has an interval.
        sampled: bool,
    },
}

/// What a finding is made of.
#[derive(Clone, Debug)]
pub struct Draw {
    /// The figure.
    pub figure: Figure,
    /// Employees, where they are known.
    pub employees: Option<f64>,
    /// Level of the path as a distance from the value, and whether it has an interval.
    pub path: Option<(f64, Option<f64>)>,
}

fn draw() -> impl Strategy<Value = Draw> {
    let figure = prop_oneof![
        1 => Just(Figure::Missing),
        3 => (0.0..=1.0_f64).prop_map(|value| Figure::Point { value }),
        3 => (0.0..=1.0_f64, 0.0001..0.3_f64).prop_map(|(value, half)| Figure::Sampled { value, half }),
        1 => any::<bool>().prop_map(|sampled| Figure::AtLine { sampled }),
    ];
    let path = prop::option::weighted(0.3, (-0.2..0.2_f64, prop::option::of(0.001..0.2_f64)));
    (figure, prop::option::weighted(0.8, 1e3..1e7_f64), path).prop_map(|(figure, employees, path)| Draw {
        figure,
        employees,
        path,
    })
}

fn finding(region: &str, level: f64, draw: &Draw) -> Finding {
    let (value, half, at_line) = match draw.figure {
        Figure::Missing => (None, None, false),
        Figure::Point { value } => (Some(value), None, value == level),
        Figure::Sampled { value, half } => (Some(value), Some(half), value == level),
        Figure::AtLine { sampled } => (Some(level), sampled.then_some(0.02), true),
    };
    let lead = value.map(|v| v - level);
    let around = |x: f64, half: Option<f64>| half.map(|h| Interval { low: x - h, high: x + h });
    let answer = lead.map_or(Answer::CannotTell, |lead| match lead {
        lead if lead - half.unwrap_or(0.0) >= 0.0 => Answer::Met,
        lead if lead + half.unwrap_or(0.0) < 0.0 => Answer::NotMet,
        _ => Answer::CannotTell,
    });
    Finding {
        target: "t".to_owned(),
        measure: Measure::Density,
        region: Arc::from(region),
        sector: Arc::from("all"),
        answer,
        reason: match (value, answer) {
            (None, _) => Some(Reason::NoEvidence),
            (_, Answer::CannotTell) => Some(Reason::WithinSamplingError),
            _ => None,
        },
        judged_by: match (value, half) {
            (None, _) => JudgedBy::Nothing,
            (_, None) => JudgedBy::Point,
            _ => JudgedBy::Interval,
        },
        at_line,
        period: value.map(|_| Period::year(2022)),
        value,
        interval: value.and_then(|v| around(v, half)),
        level: Some(level),
        baseline: None,
        gap: lead.map(|lead| Gap { value: -lead, interval: around(-lead, half), workers: draw.employees.map(|e| -lead * e) }),
        required_pace: None,
        outlook: None,
        observed_pace: None,
        path: draw.path.filter(|_| value.is_some()).map(|(lead, half)| PathFinding {
            level: value.unwrap_or_default() - lead,
            lead,
            interval: around(lead, half),
            answer: match lead {
                lead if lead - half.unwrap_or(0.0) >= 0.0 => PathAnswer::Ahead,
                lead if lead + half.unwrap_or(0.0) < 0.0 => PathAnswer::Behind,
                _ => PathAnswer::CannotTell,
            },
        }),
        among_all: None,
        cautions: Vec::new(),
    }
}

/// A target with one finding for each draw.
pub fn target(draws: &[Draw], level: Level, force: PolicyForce, status: Status) -> TargetFindings {
    let number = match level {
        Level::Fixed(level) => level,
        _ => 0.5,
    };
    let regions = &STATES[..draws.len()];
    let mut findings: Vec<Finding> = regions.iter().zip(draws).map(|(r, d)| finding(r, number, d)).collect();
    if matches!(level, Level::Unset(_)) {
        for f in &mut findings {
            (f.answer, f.reason, f.judged_by, f.level, f.gap, f.at_line) =
                (Answer::Unset, None, JudgedBy::Nothing, None, None, false);
        }
    }
    let target = Target {
        id: "t".to_owned(),
        title: "t".to_owned(),
        measure: Measure::Density,
        regions: regions.iter().map(|r| (*r).to_owned()).collect(),
        sectors: vec!["all".to_owned()],
        level,
        baseline: None,
        deadline: None,
        path: PathShape::Linear,
        milestones: Vec::new(),
        status,
        force,
        proposer: None,
        reference: None,
        source: None,
        note: None,
    };
    TargetFindings { target, findings, whole: None }
}

/// Targets of one level and force.
pub fn some(size: impl Into<prop::collection::SizeRange>, force: PolicyForce) -> impl Strategy<Value = TargetFindings> {
    (prop::collection::vec(draw(), size), 0.01..0.99_f64)
        .prop_map(move |(draws, level)| target(&draws, Level::Fixed(level), force, Status::Adopted))
}

/// Targets of any level, force and status.
pub fn any_target() -> impl Strategy<Value = TargetFindings> {
    let status = prop_oneof![Just(Status::Illustrative), Just(Status::Adopted)];
    let level = prop_oneof![
        2 => (0.01..0.99_f64).prop_map(Level::Fixed),
        1 => Just(Level::Unset("More of it.".to_owned())),
    ];
    let force = prop_oneof![Just(PolicyForce::Target), Just(PolicyForce::Trigger)];
    (prop::collection::vec(draw(), 1..6), level, force, status).prop_map(|(d, l, f, s)| target(&d, l, f, s))
}
