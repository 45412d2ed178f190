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
        let kind = match points.len() {
            0 | 1 => return,
            2 => "line",
            _ => "path",
        };
        self.record(kind, points, pixels(style.stroke_width() as i32) / 2.0);
        let _ = write!(self.body, "<path d=\"{}\"", steps(points));
        if points.len() > 2 {
            self.body.push_str(" fill=\"none\"");
        }
        self.body.push_str(&pen(style));
        if let Some((on, off)) = dash {
            let _ = write!(self.body, " stroke-dasharray=\"{} {}\"", number(on), number(off));
        }
        self.body.push_str("/>");
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
            self.body,
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
        let _ = write!(self.body, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"{}/>", surface(style, fill));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let points: Vec<BackendCoord> = vert.into_iter().collect();
        if points.len() > 2 {
            self.record("area", &points, 0.0);
            let _ = write!(self.body, "<path d=\"{}Z\"{}/>", steps(&points), surface(style, true));
        }
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

/// The commands of a path; level and upright steps need one coordinate only.
fn steps(points: &[BackendCoord]) -> String {
    let mut out = String::new();
    let mut before: Option<BackendCoord> = None;
    for &(x, y) in points {
        let _ = match before {
            None => write!(out, "M{} {}", decimal(x), decimal(y)),
            Some((_, same)) if same == y => write!(out, "H{}", decimal(x)),
            Some((same, _)) if same == x => write!(out, "V{}", decimal(y)),
            Some(_) => write!(out, "L{} {}", decimal(x), decimal(y)),
        };
        before = Some((x, y));
    }
    out
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
        assert_eq!(svg.body, "<path d=\"M1 2H5.5V9L6 8\" fill=\"none\" stroke=\"#000000\" stroke-width=\"1.5\"/>");
        assert_eq!(svg.marks[0], MarkBox { kind: "path", x: 0.25, y: 1.25, width: 6.5, height: 8.5 });
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
            svg.body,
            "<circle cx=\"3\" cy=\"4\" r=\"2.5\" fill=\"#000000\"/>\
             <rect x=\"0\" y=\"0\" width=\"2\" height=\"1\" fill=\"none\" stroke=\"#000000\"/>\
             <path d=\"M0 0H2V3Z\" fill=\"#000000\" fill-opacity=\"0.5\"/>"
        );
    }
}
