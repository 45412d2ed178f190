//! What a chart can be made of.

use undeb::{Estimates, Findings, Report};

/// The evidence behind a chart. Pictures of estimates and findings are working pictures and say so; those of a report
/// may leave.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// Figures of one source.
    Estimates(&'a Estimates),
    /// Figures held against the targets of a plan.
    Findings(&'a Findings),
    /// Findings that have passed the release rules.
    Report(&'a Report),
}

impl<'a> From<&'a Estimates> for Subject<'a> {
    fn from(estimates: &'a Estimates) -> Self {
        Subject::Estimates(estimates)
    }
}

impl<'a> From<&'a Findings> for Subject<'a> {
    fn from(findings: &'a Findings) -> Self {
        Subject::Findings(findings)
    }
}

impl<'a> From<&'a Report> for Subject<'a> {
    fn from(report: &'a Report) -> Self {
        Subject::Report(report)
    }
}
