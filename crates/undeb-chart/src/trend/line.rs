//! The pieces of a line, its bands and its periods, for one chart or for many small ones.

use crate::axis::{Scale, sound, sound_pair};
use crate::backend::At;

use super::{Point, Series};

pub(super) fn year(x: f64) -> bool {
    x.abs() <= 100_000.0
}

pub(super) fn real(pair: &(f64, f64)) -> bool {
    year(pair.0) && sound(Some(pair.1)).is_some()
}

pub(crate) fn ordered(series: &Series) -> Series {
    let mut tidy = series.clone();
    tidy.points.retain(|p| year(p.x));
    for point in &mut tidy.points {
        point.value = sound(point.value);
        point.interval = sound_pair(point.interval);
    }
    tidy.points.sort_by(|a, b| a.x.total_cmp(&b.x));
    tidy
}

/// Pieces that may be joined: no missing period and no break inside.
pub(crate) fn pieces(series: &Series) -> Vec<Vec<Point>> {
    let steps = series.points.windows(2).map(|p| p[1].x - p[0].x).filter(|d| *d > 1e-6);
    let usual = steps.fold(f64::INFINITY, f64::min);
    let mut pieces: Vec<Vec<Point>> = vec![Vec::new()];
    let mut before: Option<Point> = None;
    for point in &series.points {
        let apart =
            before.is_some_and(|b| point.x - b.x > 1.5 * usual || series.breaks.iter().any(|cut| b.x < *cut && *cut <= point.x));
        if apart || point.value.is_none() {
            pieces.push(Vec::new());
        }
        if point.value.is_some()
            && let Some(piece) = pieces.last_mut()
        {
            piece.push(*point);
        }
        before = Some(*point);
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Where a series goes on after periods without a figure, and no break lies between: the last point before and the first
/// after.
pub(crate) fn spans(series: &Series) -> Vec<[Point; 2]> {
    let pieces = pieces(series);
    let ends = pieces.windows(2).filter_map(|pair| Some([*pair[0].last()?, *pair[1].first()?]));
    ends.filter(|[a, b]| !series.breaks.iter().any(|cut| a.x < *cut && *cut <= b.x)).collect()
}

/// How the way over periods without a figure is drawn: a thin line of dots.
pub(crate) const DOTS: (f64, f64) = (0.5, 4.0);

/// The places of a piece in pixels.
pub(crate) fn places(piece: &[Point], x: &Scale, y: &Scale) -> Vec<At> {
    piece.iter().filter_map(|p| Some((x.place(p.x), y.place(p.value?)))).collect()
}

/// The outlines of the band around a piece, which may be known for a part of it only.
pub(crate) fn bands(piece: &[Point], x: &Scale, y: &Scale) -> impl Iterator<Item = Vec<At>> {
    piece.split(|p| p.interval.is_none()).filter(|known| !known.is_empty()).map(|known| {
        let low = known.iter().filter_map(|p| p.interval.map(|i| (x.place(p.x), y.place(i.0))));
        let high = known.iter().filter_map(|p| p.interval.map(|i| (x.place(p.x), y.place(i.1))));
        high.chain(low.rev()).collect()
    })
}

/// A year, or a quarter of it, in words.
pub(crate) fn period(x: f64) -> String {
    let quarter = x.rem_euclid(1.0) * 4.0;
    if quarter == 0.0 {
        format!("{x}")
    } else if quarter.fract() == 0.0 {
        format!("{}-Q{}", x.floor(), quarter + 1.0)
    } else {
        format!("{x:.2}")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_quarter_is_written_as_in_a_plan() {
        assert_eq!([2022.0, 2022.75, 2022.1].map(super::period), ["2022", "2022-Q4", "2022.10"]);
    }
}
