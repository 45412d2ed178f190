//! The drawing surface as a backend of plotters: its elements are the primitives of every chart.

use std::borrow::Borrow;
use std::convert::Infallible;
use std::fmt::Write;

use plotters::element::{Drawable, PointCollection};
use plotters::style::{RGBAColor, ShapeStyle};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};

use crate::picture::MarkBox;
use crate::svg::{Svg, number};
use crate::theme::Colour;

/// A place in pixels from the upper left corner.
pub(crate) type At = (f64, f64);

/// Backend coordinates count 1/32 of a pixel: they are whole numbers, and one of them cannot be seen.
const UNITS: f64 = 32.0;

/// Pixels in the units of the backend.
pub(crate) fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn pixels(units: i32) -> f64 {
    f64::from(units) / UNITS
}

/// Units in pixels, as SVG writes them.
pub(crate) fn decimal(units: i32) -> String {
    number(pixels(units))
}

impl Colour {
    fn style(self, opacity: f64, filled: bool, width: f64) -> ShapeStyle {
        ShapeStyle { color: RGBAColor(self.0, self.1, self.2, opacity), filled, stroke_width: units(width).unsigned_abs() }
    }

    /// A stroke of this colour, its width in pixels.
    pub(crate) fn line(self, width: f64) -> ShapeStyle {
        self.style(1.0, false, width)
    }

    /// A stroke of this colour through which others can be seen.
    pub(crate) fn faint(self, width: f64, opacity: f64) -> ShapeStyle {
        self.style(opacity, false, width)
    }

    /// A surface of this colour.
    pub(crate) fn fill(self) -> ShapeStyle {
        self.shade(1.0)
    }

    /// A surface of this colour through which others can be seen.
    pub(crate) fn shade(self, opacity: f64) -> ShapeStyle {
        self.style(opacity, true, 0.0)
    }
}

impl Svg {
    /// Draws an element whose points are pixels.
    pub(crate) fn draw<'e, E>(&mut self, element: &'e E)
    where
        &'e E: PointCollection<'e, At>,
        E: Drawable<Self>,
    {
        let units = element.point_iter().into_iter().map(|point| {
            let (x, y) = *point.borrow();
            (units(x), units(y))
        });
        let size = self.get_size();
        // Writing into a string cannot fail.
        let _ = element.draw(units, self, size);
    }

    /// One path through all points, in dashes or not.
    pub(crate) fn stroke<S: BackendStyle>(&mut self, points: &[BackendCoord], style: &S, dash: Option<(f64, f64)>) {
        self.strokes(&[points], style, dash);
    }

    /// Separate lines as one path, in dashes or not.
    pub(crate) fn strokes<S: BackendStyle>(&mut self, lines: &[&[BackendCoord]], style: &S, dash: Option<(f64, f64)>) {
        let mut path = String::new();
        for line in lines.iter().filter(|line| line.len() > 1) {
            let kind = if line.len() == 2 { "line" } else { "path" };
            self.record(kind, line, pixels(style.stroke_width() as i32) / 2.0);
            path.push_str(&steps(line));
        }
        if path.is_empty() {
            return;
        }
        let body = self.body();
        let _ = write!(body, "<path d=\"{path}\"");
        if lines.iter().any(|line| line.len() > 2) {
            body.push_str(" fill=\"none\"");
        }
        body.push_str(&pen(style));
        if let Some((on, off)) = dash {
            let _ = write!(body, " stroke-dasharray=\"{} {}\"", number(on), number(off));
        }
        body.push_str("/>");
    }

    /// Separate surfaces as one path.
    pub(crate) fn surfaces<S: BackendStyle>(&mut self, outlines: &[&[BackendCoord]], style: &S) {
        let mut path = String::new();
        for outline in outlines.iter().filter(|outline| outline.len() > 2) {
            self.record("area", outline, 0.0);
            let _ = write!(path, "{}Z", steps(outline));
        }
        if !path.is_empty() {
            let _ = write!(self.body(), "<path d=\"{path}\"{}/>", surface(style, true));
        }
    }

    /// Draws the elements once, and the same again at every further distance.
    pub(crate) fn repeat(&mut self, name: &str, distances: &[At], draw: impl FnOnce(&mut Self)) {
        let id = format!("{}-{name}", self.id);
        let first = self.marks.len();
        let _ = write!(self.body(), "<g id=\"{id}\">");
        draw(self);
        self.body().push_str("</g>");
        let marks = self.marks[first..].to_vec();
        for (x, y) in distances {
            let _ = write!(self.body(), "<use href=\"#{id}\" x=\"{}\" y=\"{}\"/>", number(*x), number(*y));
            self.marks.extend(marks.iter().map(|m| MarkBox { x: m.x + x, y: m.y + y, ..m.clone() }));
        }
    }

    /// Remembers the box of a mark for the layout tests.
    pub(crate) fn record(&mut self, kind: &'static str, points: &[BackendCoord], grow: f64) {
        let ends = |of: fn(&BackendCoord) -> i32| {
            let (low, high) = (points.iter().map(of).min(), points.iter().map(of).max());
            (pixels(low.unwrap_or(0)) - grow, pixels(high.unwrap_or(0)) + grow)
        };
        let ((x, right), (y, bottom)) = (ends(|p| p.0), ends(|p| p.1));
        self.marks.push(MarkBox { kind, x, y, width: right - x, height: bottom - y });
    }
}

impl DrawingBackend for Svg {
    type ErrorType = Infallible;

    /// The surface has no edge: the frame gives the picture its size when everything is drawn.
    fn get_size(&self) -> (u32, u32) {
        (i32::MAX as u32, i32::MAX as u32)
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Result<(), DrawingErrorKind<Infallible>> {
        self.draw_rect((x, y), (x + 1, y + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        self.stroke(&[from, to], style, None);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        self.stroke(&path.into_iter().collect::<Vec<_>>(), style, None);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        self.record("rect", &[from, to], if fill { 0.0 } else { pixels(style.stroke_width() as i32) / 2.0 });
        let _ = write!(
            self.body(),
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}/>",
            decimal(from.0),
            decimal(from.1),
            decimal(to.0 - from.0),
            decimal(to.1 - from.1),
            surface(style, fill)
        );
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let rim = if fill { 0.0 } else { pixels(style.stroke_width() as i32) / 2.0 };
        self.record("dot", &[center], pixels(radius as i32) + rim);
        let (x, y, r) = (decimal(center.0), decimal(center.1), decimal(radius as i32));
        let _ = write!(self.body(), "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"{}/>", surface(style, fill));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        self.surfaces(&[&vert.into_iter().collect::<Vec<_>>()], style);
        Ok(())
    }
}

fn surface<S: BackendStyle>(style: &S, fill: bool) -> String {
    if fill { paint("fill", style.color()) } else { format!(" fill=\"none\"{}", pen(style)) }
}

fn pen<S: BackendStyle>(style: &S) -> String {
    let mut out = paint("stroke", style.color());
    let width = pixels(style.stroke_width() as i32);
    if width != 1.0 {
        let _ = write!(out, " stroke-width=\"{}\"", number(width));
    }
    out
}

fn paint(what: &str, BackendColor { alpha, rgb: (r, g, b) }: BackendColor) -> String {
    let mut out = format!(" {what}=\"{}\"", Colour(r, g, b).hex());
    if alpha < 1.0 {
        let _ = write!(out, " {what}-opacity=\"{}\"", number(alpha));
    }
    out
}

/// The commands of a path, each step relative to the one before, to a tenth of a pixel; what is left over goes into the
/// next step, so that a long path does not drift.
fn steps(points: &[BackendCoord]) -> String {
    let tenths = |units: i32| (pixels(units) * 10.0).round() as i64;
    let mut out = String::new();
    let mut before: Option<(i64, i64)> = None;
    let mut command = ' ';
    for (x, y) in points.iter().map(|(x, y)| (tenths(*x), tenths(*y))) {
        let (next, numbers): (char, &[i64]) = match before {
            None => ('M', &[x, y]),
            Some((x0, y0)) if y0 == y => ('h', &[x - x0]),
            Some((x0, y0)) if x0 == x => ('v', &[y - y0]),
            Some((x0, y0)) => ('l', &[x - x0, y - y0]),
        };
        let mut follows = next == command;
        if !follows {
            out.push(next);
            command = next;
        }
        for number in numbers {
            push_tenths(&mut out, *number, follows);
            follows = true;
        }
        before = Some((x, y));
    }
    out
}

/// A number of tenths without a zero that says nothing: `-.5`, `3`, `12.1`. Between two numbers a minus parts as well as
/// a space does, and so does a point after a number that has one.
fn push_tenths(out: &mut String, tenths: i64, follows: bool) {
    let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
    let number = match (whole, rest) {
        (_, 0) => whole.to_string(),
        (0, _) => format!(".{rest}"),
        _ => format!("{whole}.{rest}"),
    };
    let broken = out.rfind(|c: char| !c.is_ascii_digit()).is_some_and(|i| out[i..].starts_with('.'));
    if tenths < 0 {
        out.push('-');
    } else if follows && !(broken && number.starts_with('.')) {
        out.push(' ');
    }
    out.push_str(&number);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Theme;
    use plotters::element::{Circle, PathElement, Polygon, Rectangle};

    fn drawn(draw: impl FnOnce(&mut Svg)) -> Svg {
        let mut svg = Svg::new("t".to_owned(), Theme::Light.palette());
        draw(&mut svg);
        svg
    }

    #[test]
    fn a_path_is_one_path_with_short_steps() {
        let black = Colour(0, 0, 0);
        let svg = drawn(|svg| svg.draw(&PathElement::new([(1.0, 2.0), (5.5, 2.0), (5.5, 9.0), (6.0, 8.0)], black.line(1.5))));
        let (body, _, marks) = svg.finish();
        assert_eq!(body, "<path d=\"M1 2h4.5v7l.5-1\" fill=\"none\" stroke=\"#000000\" stroke-width=\"1.5\"/>");
        assert_eq!(marks[0], MarkBox { kind: "path", x: 0.25, y: 1.25, width: 6.5, height: 8.5 });
    }

    #[test]
    fn elements_of_plotters_are_elements_of_svg() {
        let black = Colour(0, 0, 0);
        let svg = drawn(|svg| {
            svg.draw(&Circle::new((3.0, 4.0), units(2.5), black.fill()));
            svg.draw(&Rectangle::new([(0.0, 0.0), (2.0, 1.0)], black.line(1.0)));
            svg.draw(&Polygon::new([(0.0, 0.0), (2.0, 0.0), (2.0, 3.0)], black.shade(0.5)));
        });
        assert_eq!(
            svg.finish().0,
            "<circle cx=\"3\" cy=\"4\" r=\"2.5\" fill=\"#000000\"/>\
             <rect x=\"0\" y=\"0\" width=\"2\" height=\"1\" fill=\"none\" stroke=\"#000000\"/>\
             <path d=\"M0 0h2v3Z\" fill=\"#000000\" fill-opacity=\"0.5\"/>"
        );
    }
}
