//! The names of lines at their ends.

use plotters::element::PathElement;

use crate::area::{Area, spread};
use crate::backend::At;
use crate::elements::Dashes;
use crate::frame::Layout;
use crate::svg::Type;
use crate::text::{shorten, wrap};
use crate::theme::{Colour, size};

const LEADING: f64 = 16.0;

/// The name of a line, its last figure, and where the line ends, in pixels.
pub(super) struct End {
    pub(super) at: At,
    pub(super) name: String,
    /// What no shortening may take; empty where the name is all.
    pub(super) figure: String,
    pub(super) colour: Colour,
    pub(super) strong: bool,
    pub(super) dashed: bool,
    /// Whether other lines go on where this one ends.
    pub(super) early: bool,
}

impl End {
    fn style(&self, layout: &Layout<'_>) -> Type {
        let set = Type::new(size::LABEL, layout.palette.ink).with_halo();
        if self.strong && !self.dashed { set.semi_bold() } else { set }
    }

    /// Name and figure in one line.
    pub(super) fn words(&self) -> String {
        format!("{} {}", self.name, self.figure).trim_end().to_owned()
    }

    /// Name and figure in as many lines as are allowed; a name that is too long gives way to the figure.
    fn lines(&self, set: &Type, room: f64, most: usize) -> Vec<String> {
        let lines = wrap(&self.words(), set.size, set.weight, room);
        if lines.len() <= most {
            return lines;
        }
        let mut lines = wrap(&self.name, set.size, set.weight, room);
        let rest = lines.split_off(lines.len().min(most - 1)).join(" ");
        let figure = if self.figure.is_empty() { String::new() } else { format!(" {}", self.figure) };
        lines.push(format!("{}{figure}", shorten(&rest, set.size, set.weight, room - set.width(&figure))));
        lines
    }
}

/// The plot, and the strip at its right that is kept for names.
pub(super) struct Place {
    pub(super) start: f64,
    pub(super) edge: f64,
    pub(super) gutter: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    /// So many of the lines, the first, are those of breaks, which a name with a rim may cross where it must.
    pub(super) cuts: usize,
}

/// Names the lines where they end if the plot has room for all of these names, and beside the plot if not. Counts the
/// lines that stay without a name.
pub(super) fn draw(layout: &mut Layout<'_>, ends: Vec<End>, place: &Place, lines: &[Vec<At>]) -> usize {
    // A line that ends early has its name there if it can: a lead to the edge would look like more of the line.
    const EARLY: f64 = 60.0;
    const ASIDE: f64 = 40.0;
    let mut names: Vec<Area> = Vec::new();
    let dots: Vec<At> = ends.iter().map(|end| end.at).collect();
    let (early, mut ends): (Vec<End>, Vec<End>) = ends.into_iter().partition(|end| end.early && end.at.0 < place.edge - EARLY);
    let mut without = 0;
    for end in in_columns(layout, early, place, lines, &mut names) {
        let passes = [end.at, (place.edge, end.at.1)];
        match at_own_end(layout, &end, place, (lines, &names, &dots)) {
            Some(spot) => {
                names.push(spot.area);
                write(layout, &[end], vec![spot]);
            }
            // Better no name than a lead through others.
            None if names.iter().any(|name| name.crossed_by(&passes)) => without += 1,
            None => ends.push(end),
        }
    }
    // A line that runs near the edge has its name beside the plot; among many lines none would be found beside its own.
    let (within, mut beside): (Vec<End>, Vec<End>) =
        if ends.len() <= 8 { ends.into_iter().partition(|end| end.at.0 < place.edge - ASIDE) } else { (Vec::new(), ends) };
    // A name that finds no place of its own may stand across the line of a break.
    let spots = inside(layout, &within, place, lines, names.clone());
    match spots.or_else(|| inside(layout, &within, place, &lines[place.cuts..], names)) {
        Some(spots) => write(layout, &within, spots),
        None => beside.extend(within),
    }
    without + in_gutter(layout, beside, place)
}

/// A place right of the end of a line, near it and apart from every other line and end.
fn at_own_end(layout: &Layout<'_>, end: &End, place: &Place, (lines, names, dots): (&[Vec<At>], &[Area], &[At])) -> Option<Spot> {
    const APART: f64 = 5.0;
    let free = |spot: &Spot| {
        let area = Area { top: spot.area.top - APART, bottom: spot.area.bottom + APART, ..spot.area };
        (spot.area.top + spot.area.bottom - 2.0 * end.at.1).abs() < 40.0
            && spot.left > end.at.0
            && area.right <= place.edge
            && area.top >= place.top
            && area.bottom <= place.bottom
            && !lines.iter().any(|line| area.crossed_by(line))
            && !names.iter().any(|name| area.meets(name))
            && !dots.iter().any(|dot| *dot != end.at && area.meets(&Area::around(*dot, 6.0)))
    };
    spots(end, &end.style(layout), place.edge).find(free)
}

/// Names the ends that stand above each other in a column at their right, where it touches nothing; gives the others.
fn in_columns(layout: &mut Layout<'_>, mut ends: Vec<End>, place: &Place, lines: &[Vec<At>], names: &mut Vec<Area>) -> Vec<End> {
    const ASIDE: f64 = 26.0;
    ends.sort_by(|a, b| a.at.0.total_cmp(&b.at.0).then(a.at.1.total_cmp(&b.at.1)));
    let mut others = Vec::new();
    while !ends.is_empty() {
        let x = ends[0].at.0;
        let below = ends.iter().position(|end| end.at.0 > x + 2.0).unwrap_or(ends.len());
        let column: Vec<End> = ends.drain(..below).collect();
        let wanted: Vec<(f64, f64)> = column.iter().map(|end| (end.at.1, LEADING + 2.0)).collect();
        let spot = |(end, middle): (&End, f64)| {
            let (left, half) = (x + ASIDE, (LEADING + 2.0) / 2.0);
            let right = left + end.style(layout).width(&end.words());
            let area = Area { left: left - 2.0, right: right + 2.0, top: middle - half, bottom: middle + half };
            Spot { lines: vec![end.words()], left, area }
        };
        let middles = spread(&wanted, place.top, place.bottom);
        let spots: Vec<Spot> = column.iter().zip(middles.iter().copied()).map(spot).collect();
        let free = |spot: &Spot| {
            spot.area.right <= place.edge
                && !lines[place.cuts..].iter().any(|line| spot.area.crossed_by(line))
                && !names.iter().any(|name| spot.area.meets(name))
        };
        if column.len() < 2 || !spots.iter().all(free) {
            others.extend(column);
            continue;
        }
        for (end, middle) in column.iter().zip(middles) {
            let lead = [(end.at.0 + 6.0, end.at.1), (x + ASIDE - 4.0, middle)];
            layout.svg.draw(&Dashes::new(lead, layout.palette.neutral.line(1.0), (0.5, 3.0)));
        }
        names.extend(spots.iter().map(|s| s.area));
        write(layout, &column, spots);
    }
    others
}

/// Writes names in the places found for them.
fn write(layout: &mut Layout<'_>, ends: &[End], spots: Vec<Spot>) {
    for (end, spot) in ends.iter().zip(spots) {
        let set = end.style(layout);
        for (i, line) in spot.lines.iter().enumerate() {
            let y = spot.area.top + 9.0 + i as f64 * LEADING + 0.36 * set.size;
            layout.svg.text((spot.left, y), line, &set);
        }
    }
}

/// A spot for every name that touches nothing and is nearer to its own line than to any other.
fn inside(layout: &Layout<'_>, ends: &[End], place: &Place, lines: &[Vec<At>], mut taken: Vec<Area>) -> Option<Vec<Spot>> {
    taken.extend(ends.iter().map(|end| Area::around(end.at, 6.0)));
    let mut found = Vec::new();
    for (i, end) in ends.iter().enumerate() {
        let set = end.style(layout);
        let others = || ends.iter().enumerate().filter(move |(k, _)| *k != i).map(|(_, other)| other);
        let free = |spot: &Spot| {
            let (area, middle) = (&spot.area, (spot.area.top + spot.area.bottom) / 2.0);
            area.left >= place.start
                && area.right <= place.edge
                && area.top >= place.top
                && area.bottom <= place.bottom
                && !taken.iter().any(|other| area.meets(other))
                && !lines.iter().any(|line| area.crossed_by(line))
                && others().all(|other| (middle - end.at.1).abs() < (middle - other.at.1).abs())
        };
        let spot = spots(end, &set, place.edge).find(free)?;
        taken.push(spot.area);
        found.push(spot);
    }
    Some(found)
}

/// A place for a name inside the plot.
struct Spot {
    lines: Vec<String>,
    left: f64,
    area: Area,
}

/// The places near the end of a line, best first: in one line before two, level with the end before above or below it,
/// and further off last, where a fan begins at the end.
fn spots(end: &End, set: &Type, edge: f64) -> impl Iterator<Item = Spot> {
    const SHIFTS: [f64; 9] = [0.0, 8.0, -8.0, 14.0, -14.0, 19.0, -19.0, 27.0, -27.0];
    const FAR: [f64; 8] = [-27.0, 27.0, -36.0, 36.0, -48.0, 48.0, -60.0, 60.0];
    let (x, y) = end.at;
    let words = end.words();
    let two = words.rsplit_once(' ').map(|(name, figure)| vec![name.to_owned(), figure.to_owned()]);
    let one = vec![words.clone()];
    let forms: Vec<Vec<String>> = [Some(one), two].into_iter().flatten().collect();
    let spot = move |lines: &Vec<String>, left: f64, middle: f64, width: f64| {
        let half = (lines.len() as f64 * LEADING + 2.0) / 2.0;
        let area = Area { left: left - 2.0, right: left + width + 2.0, top: middle - half, bottom: middle + half };
        Spot { lines: lines.clone(), left, area }
    };
    let set = *set;
    let far = forms.clone().into_iter().flat_map(move |lines| {
        let width = lines.iter().map(|line| set.width(line)).fold(0.0, f64::max);
        FAR.into_iter().flat_map(move |shift| [x - 8.0 - width, x + 11.0].map(|left| spot(&lines, left, y + shift, width)))
    });
    let right = forms.into_iter().flat_map(move |lines| {
        let width = lines.iter().map(|line| set.width(line)).fold(0.0, f64::max);
        let half = (lines.len() as f64 * LEADING + 2.0) / 2.0;
        let left = (x + 11.0).min(edge - 4.0 - width);
        SHIFTS.into_iter().filter_map(move |shift| {
            // Where the name cannot stand wholly to the right it keeps clear of the end, and within its sight.
            let near = left >= x + 11.0 || (shift.abs() >= half + 8.0 && left >= x - width / 2.0);
            near.then(|| spot(&lines, left, y + shift, width))
        })
    });
    right.chain(far)
}

/// Of more lines than this a name stands no further from its line than [`NEAR`]; that of a grey line, to which no colour
/// leads, no further than [`LEVEL`].
const MANY: usize = 12;
/// So many names may take three lines each.
const FEW: usize = 4;
const NEAR: f64 = 44.0;
const LEVEL: f64 = 12.0;

/// Whether every lead could be followed where all of these are named.
fn followed(named: &[(End, Vec<String>)], place: &Place, grey: Colour) -> bool {
    let height = |lines: &[String]| lines.len() as f64 * LEADING + 3.0;
    let mut wanted: Vec<(f64, f64, bool)> =
        named.iter().map(|(end, lines)| (end.at.1, height(lines), end.colour == grey)).collect();
    wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let heights: Vec<(f64, f64)> = wanted.iter().map(|w| (w.0, w.1)).collect();
    let middles = spread(&heights, place.top - 10.0, place.bottom + 8.0);
    middles.iter().zip(&wanted).all(|(middle, (at, _, grey))| (middle - at).abs() <= if *grey { LEVEL } else { NEAR })
}

/// As many names as there is room for, each as near its line as its neighbours allow; those in focus are kept first, and of
/// the others those in colour.
fn in_gutter(layout: &mut Layout<'_>, ends: Vec<End>, place: &Place) -> usize {
    let all = ends.len();
    let mut ranked: Vec<(End, Vec<String>)> = Vec::new();
    let (first, mut then): (Vec<_>, Vec<_>) = ends.into_iter().partition(|end| end.strong);
    // A coloured line without a name would be a riddle.
    then.sort_by_key(|end| end.colour == layout.palette.neutral);
    let mut used = 0.0;
    for end in first.into_iter().chain(then) {
        let set = end.style(layout);
        let lines = end.lines(&set, place.gutter + 0.01, if all <= FEW { 3 } else { 2 });
        let height = lines.len() as f64 * LEADING + 3.0;
        if used + height <= place.bottom - place.top {
            ranked.push((end, lines));
            // Of many lines those are named whose leads can be followed.
            match all > MANY && !followed(&ranked, place, layout.palette.neutral) {
                true => drop(ranked.pop()),
                false => used += height,
            }
        }
    }
    ranked.sort_by(|a, b| a.0.at.1.total_cmp(&b.0.at.1));

    let wanted: Vec<(f64, f64)> = ranked.iter().map(|(end, lines)| (end.at.1, lines.len() as f64 * LEADING + 3.0)).collect();
    let middles = spread(&wanted, place.top - 10.0, place.bottom + 8.0);
    let neutral = layout.palette.neutral;
    for ((end, lines), middle) in ranked.iter().zip(middles) {
        let set = end.style(layout);
        if end.at.0 < place.edge - 6.0 || (middle - end.at.1).abs() > 6.0 {
            // To the piece of colour before the name, or to the name itself.
            let to = if end.colour == neutral { 29.0 } else { 11.0 };
            let lead = [(end.at.0 + 7.0, end.at.1), (place.edge + to, middle)];
            layout.svg.draw(&Dashes::new(lead, neutral.line(1.0), (0.5, 4.0)));
        }
        let swatch = [(place.edge + 15.0, middle), (place.edge + 25.0, middle)];
        if end.dashed {
            layout.svg.draw(&Dashes::new(swatch, end.colour.line(2.0), (3.0, 4.0)));
        } else if end.colour != neutral {
            // Grey would tell no line from another.
            layout.svg.draw(&PathElement::new(swatch, end.colour.line(3.0)));
        }
        let first = middle - (lines.len() as f64 - 1.0) * LEADING / 2.0;
        for (i, line) in lines.iter().enumerate() {
            let y = first + i as f64 * LEADING + 0.36 * set.size;
            layout.svg.text((place.edge + 33.0, y), line, &set);
        }
    }
    all - ranked.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(name: &str) -> End {
        let colour = Colour(0, 0, 0);
        End { at: (0.0, 0.0), name: name.into(), figure: "30.1%".into(), colour, strong: false, dashed: false, early: false }
    }

    #[test]
    fn a_long_name_gives_way_to_its_figure() {
        let set = Type::new(size::LABEL, Colour(0, 0, 0));
        let long = end("Professional, scientific and technical activities in the north of the country");
        for room in [90.0, 120.0, 200.0] {
            let lines = long.lines(&set, room, 2);
            assert!(lines.len() == 2 && lines[1].ends_with("… 30.1%"), "{lines:?}");
            assert!(lines.iter().all(|line| set.width(line) <= room), "{lines:?}");
        }
        assert_eq!(end("Wales").lines(&set, 120.0, 2), ["Wales 30.1%"]);
    }

    fn named(ends: &[(f64, f64)]) -> Option<Vec<f64>> {
        use crate::{Frame, Theme};
        let frame = Frame::default();
        let layout = Layout::begin("t", &frame, Theme::Light);
        let end = |at: &At| End { at: *at, ..end("Wales") };
        let ends: Vec<End> = ends.iter().map(end).collect();
        let place = Place { start: 0.0, edge: 500.0, gutter: 90.0, top: 0.0, bottom: 300.0, cuts: 0 };
        inside(&layout, &ends, &place, &[], Vec::new()).map(|spots| spots.iter().map(|s| s.area.top + 9.0).collect())
    }

    #[test]
    fn names_stand_level_with_their_lines_or_all_beside_the_plot() {
        assert_eq!(named(&[(300.0, 100.0), (300.0, 140.0)]), Some(vec![100.0, 140.0]));
        assert_eq!(named(&[(300.0, 100.0), (300.0, 104.0), (300.0, 108.0)]), None);
    }
}
