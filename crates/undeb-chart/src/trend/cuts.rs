//! Where a series changed its making: breaks, which no line crosses, and cautions, which it does.

use crate::axis::Scale;
use crate::elements::Dashes;
use crate::frame::Layout;
use crate::locale::Locale;
use crate::svg::Type;
use crate::text::shorten;
use crate::theme::size;
use crate::words::or;

use super::line::period;
use super::{Data, Series};

const LEADING: f64 = 15.0;
/// Above this many storeys of labels the rest stay without words.
const STOREYS: usize = 6;

struct Cut {
    at: f64,
    words: String,
    caution: bool,
    /// The left edge of the label.
    left: f64,
    /// How many labels stand below this one; none when there is no room for it.
    storey: Option<usize>,
}

/// Every change between the first and the last figure, with a label to the right of its line, or to the left at the edge.
pub(super) struct Cuts(Vec<Cut>);

impl Cuts {
    /// A label says what changed where all labels have room for that, and the year alone where not.
    pub(super) fn plan(
        series: &[Series],
        (data, locale): (&Data, &Locale),
        latest: f64,
        x: &Scale,
        right: f64,
        set: &Type,
    ) -> Self {
        let known: Vec<Series> = series.iter().map(|s| within(s, latest)).collect();
        let labelled = |reasons| Self::labelled(&known, (data, reasons, locale), x, right, set);
        let whole = labelled(&data.reasons);
        // A label that gives way to the edge must not lie across the lines before its own.
        let clear = |cut: &Cut| !whole.0.iter().any(|other| other.at < cut.at && other.at > cut.left - 4.0);
        let fits = whole.0.iter().all(|cut| cut.storey.is_some() && !cut.words.ends_with('…') && clear(cut));
        if fits { whole } else { labelled(&Vec::new()) }
    }

    /// A label stands above every label and every line that it would touch.
    fn labelled(
        series: &[Series],
        (data, reasons, locale): (&Data, &Vec<(f64, String)>, &Locale),
        x: &Scale,
        right: f64,
        set: &Type,
    ) -> Self {
        let breaks = series.iter().flat_map(|s| &s.breaks).map(|at| (*at, false));
        let cautions = series.iter().flat_map(|s| &s.cautions).map(|at| (*at, true));
        let mut years: Vec<(f64, bool)> = breaks.chain(cautions).filter(|(at, _)| *at > x.low && *at <= x.high).collect();
        // A year that is both is a break.
        years.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        years.dedup_by_key(|(at, _)| *at);

        let broken = or(&data.break_label, &locale.drawing.break_word);
        let mut cuts: Vec<Cut> = Vec::new();
        for (year, caution) in years.into_iter().rev() {
            let name = if caution { locale.drawing.caution_word.as_str() } else { broken };
            let reason = reasons.iter().find(|(at, _)| *at == year).map_or(String::new(), |(_, why)| format!(": {why}"));
            let words = format!("{name} {}{reason}", period(year));
            let words = shorten(&words, set.size, set.weight, 0.6 * (right - x.start));
            let (at, width) = (x.place(year), set.width(&words));
            let left = if at + 5.0 + width <= right { at + 5.0 } else { at - 5.0 - width };
            let under = cuts.iter().filter(|later| later.at.min(later.left) < left + width + 6.0);
            let storey = under.map(|later| later.storey.map(|s| s + 1)).max_by_key(|s| s.unwrap_or(STOREYS)).unwrap_or(Some(0));
            cuts.push(Cut { at, words, caution, left, storey: storey.filter(|s| *s < STOREYS) });
        }
        Self(cuts)
    }

    /// The height of the labels.
    pub(super) fn room(&self) -> f64 {
        self.0.iter().filter_map(|cut| cut.storey).max().map_or(0.0, |storey| (storey + 1) as f64 * LEADING)
    }

    /// Where the upright lines stand.
    pub(super) fn lines(&self, (top, bottom): (f64, f64)) -> impl Iterator<Item = Vec<(f64, f64)>> {
        self.0.iter().map(move |cut| vec![(cut.at, top), (cut.at, bottom)])
    }

    pub(super) fn draw(&self, layout: &mut Layout<'_>, (top, bottom): (f64, f64)) {
        let muted = layout.palette.muted;
        let set = Type::new(size::SMALL, muted);
        let set = set.with_halo();
        for cut in &self.0 {
            let pattern = if cut.caution { (0.5, 4.0) } else { (4.0, 4.0) };
            let base = top - 14.0 - cut.storey.unwrap_or(0) as f64 * LEADING;
            let high = if cut.storey.is_some() { base - 9.0 } else { top };
            layout.svg.draw(&Dashes::new([(cut.at, high), (cut.at, bottom)], muted.line(1.0), pattern));
        }
        // A label at the edge may lie across lines before its own.
        for (cut, storey) in self.0.iter().filter_map(|cut| Some((cut, cut.storey?))) {
            layout.svg.text((cut.left, top - 14.0 - storey as f64 * LEADING), &cut.words, &set);
        }
    }
}

/// A series with the changes up to its last figure alone.
fn within(series: &Series, latest: f64) -> Series {
    let mut series = Series { points: Vec::new(), ..series.clone() };
    series.breaks.retain(|at| *at <= latest);
    series.cautions.retain(|at| *at <= latest);
    series
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Colour;

    #[test]
    fn close_years_are_stacked_a_year_that_is_both_is_a_break_and_reasons_stand_where_they_fit() {
        let x = Scale { low: 2000.0, high: 2020.0, start: 0.0, end: 600.0 };
        let series =
            [Series { breaks: vec![2006.0, 2007.0, 2000.0], cautions: vec![2007.0, 2015.0, 2031.0], ..Series::default() }];
        let set = Type::new(size::SMALL, Colour(0, 0, 0));
        let cuts = Cuts::plan(&series, (&Data::default(), Locale::english()), 2020.0, &x, 700.0, &set);
        let seen: Vec<_> = cuts.0.iter().rev().map(|c| (c.words.as_str(), c.storey)).collect();
        assert_eq!(seen, [("Break 2006", Some(1)), ("Break 2007", Some(0)), ("Caution 2015", Some(0))]);
        let words = |why: &str| {
            let data = Data { reasons: vec![(2007.0, why.to_owned())], ..Data::default() };
            let cuts = Cuts::plan(&series, (&data, Locale::english()), 2020.0, &x, 700.0, &set);
            cuts.0.iter().map(|cut| cut.words.clone()).find(|words| words.contains("2007")).unwrap_or_default()
        };
        assert_eq!(words("new survey"), "Break 2007: new survey");
        assert_eq!(words(&"new survey ".repeat(20)), "Break 2007");
    }
}
