//! Questions put to finished estimates: targets, and what the figures answer.

mod action;
mod assessment;
mod finding;
mod path;
mod plan;
mod plan_check;
mod plan_file;
mod target;

pub use action::{Action, ActionState, Day};
pub use finding::{
    Answer, Baseline, Counts, Finding, Findings, Gap, JudgedBy, Pace, PathAnswer, PathFinding, Reason, TargetFindings,
};
pub use path::{Node, PathShape};
pub use plan::{Assumptions, Plan};
pub use target::{Level, Milestone, PolicyForce, Reference, Status, Target};
