//! Union density and bargaining coverage: estimates with honest uncertainty, held against targets.
//!
//! Evidence about workers becomes [`Estimates`], estimates are held against a [`Plan`] and become [`Findings`], and
//! what may leave of them is a [`Report`]. A visitor can stop at any floor and hold something complete.
//!
//! ```
//! use undeb::{Measure, Plan, PublishedTable, Registry};
//!
//! // Evidence becomes estimates.
//! let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
//! let estimates = table.estimate(&[Measure::Density, Measure::Coverage], Some(1.5))?;
//! let california = estimates.latest(Measure::Coverage, "CA", "private", None).unwrap();
//! assert!(california.interval(0.95).is_some());
//!
//! // Estimates become findings, findings become a report.
//! let plan = Plan::builtin("us-states-2030")?;
//! let report = estimates.assess(&plan)?.release("2026-01-01".parse()?)?;
//! assert_eq!(report.targets().len(), plan.targets.len());
//! # Ok::<(), undeb::Error>(())
//! ```
//!
//! # Not supported
//!
//! Agreement registers and secondary suppression. Each is refused or absent, never silently
//! approximated; the whole list is in `docs/DESIGN.md`.

pub mod dynamics;
mod error;
mod estimation;
mod policy;
pub mod release;
mod schema;
mod source;
pub mod survey;
mod watch;

pub use error::{Error, Place, Result};
pub use estimation::{Amount, Contribution, DecomposeOptions, Decomposition, Effect, EffectOf, ErrorBasis, Grouping, SplitForm};
pub use estimation::{
    Change, ChangeFlag, ChangeRow, ChangeView, Changes, CompareOptions, Comparison, Contrast, Dependence, Difference,
    ErrorMethod, Estimate, Estimates, Formula, MissingAnswers, RecordOptions, Side, Uncertainty,
};
pub use estimation::{Figure, Quantities};
pub use estimation::{Meaning, RecordTotals};
pub use estimation::{RankCertainty, RankOptions, RankedCell, Ranking};
pub use policy::{
    Action, ActionState, Answer, Assumptions, Baseline, Bridge, Candidate, Counts, Day, DetectOptions, Detectable, Employment,
    FanPeriod, Finding, Findings, FirstMet, Gap, Goal, JudgedBy, Level, Milestone, MilestoneOutlook, Node, Oddity, Outlook,
    OutlookOptions, Pace, PathAnswer, PathFinding, PathShape, Plan, PolicyForce, ProjectedPeriod, Projection, ProjectionOptions,
    Reason, Reference, RequiredPace, Series, Standing, Status, Stretch, Target, TargetFindings, Treatment, Trend, TrendModel,
    TrendOptions, TrendPoint,
};
pub use policy::{
    AmongAll, Binding, ChangeToExplain, Closing, EffortOptions, Explanations, Priorities, PriorityCell, PriorityOptions,
    Smallest, SmallestSet, smallest_set,
};
pub use release::Explained;
pub use release::{Grade, Mark, Quality, Released, Report, RuleSet, SourceView};
pub use schema::{
    Classification, Code, Definition, Force, Group, Measure, Period, Quantity, SeriesBreak, Split, Statistic, Unit,
};
pub use source::{
    Cell, Codebook, DesignOptions, KnownTotal, KnownTotals, MadeReplicates, MeasureBasis, MeasureEntry, PayColumn, PeriodType,
    PublishedTable, RateUnit, Records, Registry, ReplicateColumns, Replication, Roles, SecondStage, Source, SumDimension,
    SumRule, Tier, bundled,
};
pub use survey::interval::{Flag, Interval, Method, Outcome};
pub use survey::testing::Adjustment;
pub use watch::{Steps, Watch};
