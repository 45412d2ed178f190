//! Questions put to finished estimates: targets, and what the figures answer.

mod action;
mod assessment;
mod detect;
mod employment;
mod finding;
mod log_odds;
mod path;
mod plan;
mod plan_check;
mod plan_file;
mod projection;
mod series;
mod target;
mod trend;
mod trend_choice;
mod trend_options;
mod trend_words;

pub use action::{Action, ActionState, Day};
pub use detect::{DetectOptions, Detectable};
pub use employment::Employment;
pub use finding::{
    Answer, Baseline, Counts, Finding, Findings, Gap, JudgedBy, Pace, PathAnswer, PathFinding, Reason, TargetFindings,
};
pub use log_odds::Treatment;
pub use path::{Node, PathShape};
pub use plan::{Assumptions, Plan};
pub use projection::{FirstMet, Goal, ProjectedPeriod, Projection, ProjectionOptions};
pub use series::{Series, Stretch};
pub use target::{Level, Milestone, PolicyForce, Reference, Status, Target};
pub use trend::{Oddity, Trend, TrendPoint};
pub use trend_choice::Candidate;
pub use trend_options::{Bridge, TrendModel, TrendOptions};
