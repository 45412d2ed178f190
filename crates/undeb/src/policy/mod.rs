//! Questions put to finished estimates: targets, and what the figures answer.

mod action;
mod among_all;
mod assessment;
mod detect;
mod effort;
mod employment;
mod explanation;
mod finding;
mod log_odds;
mod milestones;
mod outlook;
mod path;
mod plan;
mod plan_check;
mod plan_file;
mod plan_outlook;
mod priorities;
mod projection;
mod projection_options;
mod series;
mod smallest_set;
mod target;
mod trend;
mod trend_choice;
mod trend_options;
mod trend_words;

pub use action::{Action, ActionState, Day};
pub use among_all::AmongAll;
pub(crate) use among_all::together;

pub use detect::{DetectOptions, Detectable};
pub use effort::EffortOptions;
pub use employment::Employment;
pub use explanation::{ChangeToExplain, Explanations};
pub use finding::{
    Answer, Baseline, Counts, Finding, Findings, Gap, JudgedBy, Pace, PathAnswer, PathFinding, Reason, TargetFindings,
};
pub use log_odds::Treatment;
pub use milestones::{MilestoneOutlook, Standing};
pub use outlook::{FanPeriod, Outlook, RequiredPace};
pub use path::{Node, PathShape};
pub use plan::{Assumptions, Plan};
pub use plan_outlook::OutlookOptions;
pub use priorities::{Binding, Closing, Priorities, PriorityCell, PriorityOptions};
pub use projection::{FirstMet, ProjectedPeriod, Projection};
pub use projection_options::{Goal, ProjectionOptions};
pub use series::{Series, Stretch};
pub use smallest_set::{Smallest, SmallestSet, smallest_set};
pub use target::{Level, Milestone, PolicyForce, Reference, Status, Target};
pub use trend::{Oddity, Trend, TrendPoint};
pub use trend_choice::Candidate;
pub use trend_options::{Bridge, TrendModel, TrendOptions};
