//! Which figure of a cell a chart shows: that of the period asked for, or its latest, unless that is too old.

use std::collections::BTreeSet;

use undeb::Period;

use super::asked::{Asked, Cell};
use super::evidence::{Shown, last_known};
use crate::error::{Cause, ChartError};
use crate::locale::{Locale, fill};

/// Years before the newest figure within which others may stand beside it.
pub(super) const RECENT: f64 = 5.0;

impl<'a> Asked<'a> {
    /// The figure of a cell in the period asked for, or its latest with a value.
    ///
    /// # Errors
    /// Several periods were asked for.
    pub(crate) fn latest(&self, cell: &Cell<'_>) -> Result<Option<Shown<'a>>, ChartError> {
        let asked = self.one_period()?;
        let series = self.evidence.series(self.measure, cell.region, cell.sector);
        Ok(match asked {
            Some(period) => series.into_iter().find(|s| s.period() == period),
            None => last_known(&series).or(series.last().copied()).filter(|s| self.is_recent(s)),
        })
    }

    /// Whether a figure may stand beside the newest of the measure; that of a target is judged however old it is.
    pub(super) fn is_recent(&self, shown: &Shown<'a>) -> bool {
        self.evidence.target.is_some() || self.newest.is_none_or(|newest| newest.years_since(shown.period()) <= RECENT)
    }

    /// The figures that lie near enough to the newest of them.
    pub(super) fn recent<'c>(&self, ends: impl Iterator<Item = (&'c Cell<'a>, Shown<'a>)>) -> Vec<(&'c Cell<'a>, Shown<'a>)>
    where
        'a: 'c,
    {
        let mut ends: Vec<_> = ends.collect();
        let newest = ends.iter().map(|(_, s)| s.period()).max();
        ends.retain(|(_, s)| newest.is_some_and(|newest| newest.years_since(s.period()) <= RECENT));
        ends
    }

    /// The figures that are too old to stand beside the newest, in a note.
    pub(super) fn old_note<'c>(&self, cells: impl Iterator<Item = &'c Cell<'a>>) -> Option<String>
    where
        'a: 'c,
    {
        let newest = self.newest.filter(|_| self.options.periods.is_empty())?;
        let old = |cell: &Cell<'a>| {
            let last = last_known(&self.evidence.series(self.measure, cell.region, cell.sector))?;
            (!self.is_recent(&last)).then(|| format!("{} ({})", cell.name, last.period()))
        };
        let names: Vec<String> = cells.filter_map(old).collect();
        let years = format!("{RECENT:.0}");
        let parts = [("years", years.as_str()), ("period", &newest.to_string()), ("names", &names.join(", "))];
        (!names.is_empty()).then(|| fill(&self.locale.around.note_old, &parts))
    }

    /// The one period asked for, by the options or by the plan.
    ///
    /// # Errors
    /// Several periods were asked for.
    pub(crate) fn one_period(&self) -> Result<Option<Period>, ChartError> {
        match self.options.periods.as_slice() {
            [] => Ok(self.evidence.plan.and_then(|p| p.period)),
            [one] => Ok(Some(*one)),
            _ => {
                let what = format!("a chart of kind {} shows one period", self.kind);
                Err(Cause::option(what, "give one period, or none for the latest").into())
            }
        }
    }

    /// Answers of a plan are of the periods that the plan judges.
    pub(crate) fn no_period(&self) -> Result<(), ChartError> {
        match self.options.periods.as_slice() {
            [] => Ok(()),
            _ => Err(Cause::option(
                format!("a chart of kind {} shows what the plan judged, and takes no period", self.kind),
                "set `period` in the plan",
            )
            .into()),
        }
    }
}

/// The periods of figures, oldest first; records without a date have none.
pub(crate) fn periods(of: impl Iterator<Item = Period>, locale: &Locale) -> String {
    let all: BTreeSet<Period> = of.filter(|p| *p != Period::UNDATED).collect();
    match (all.first(), all.last()) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) => fill(&locale.around.from_to, &[("from", &first.to_string()), ("to", &last.to_string())]),
        _ => String::new(),
    }
}
