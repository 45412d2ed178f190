//! Elements that plotters lacks, drawn like its own.

use std::convert::Infallible;
use std::fmt::Write;

use plotters::element::{Drawable, PointCollection};
use plotters::style::ShapeStyle;
use plotters_backend::{BackendCoord, DrawingErrorKind};

use crate::backend::{At, decimal, units};
use crate::svg::Svg;
use crate::theme::Colour;

/// A path in dashes. Plotters would draw each dash by itself; SVG has them as a property of one path.
pub(crate) struct Dashes {
    points: Vec<At>,
    style: ShapeStyle,
    pattern: (f64, f64),
}

impl Dashes {
    /// `pattern` is the length of a dash and of the space after it, in pixels.
    pub(crate) fn new(points: impl Into<Vec<At>>, style: ShapeStyle, pattern: (f64, f64)) -> Self {
        Self { points: points.into(), style, pattern }
    }
}

impl<'a> PointCollection<'a, At> for &'a Dashes {
    type Point = &'a At;
    type IntoIter = &'a [At];
    fn point_iter(self) -> &'a [At] {
        &self.points
    }
}

impl Drawable<Svg> for Dashes {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        backend: &mut Svg,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        backend.stroke(&points.collect::<Vec<_>>(), &self.style, Some(self.pattern));
        Ok(())
    }
}

/// Lines or surfaces of one style in one path, which is shorter than a path for each.
pub(crate) struct Strokes {
    points: Vec<At>,
    /// How many of the points each line has.
    counts: Vec<usize>,
    style: ShapeStyle,
    dash: Option<(f64, f64)>,
}

impl Strokes {
    pub(crate) fn new(lines: impl IntoIterator<Item = Vec<At>>, style: ShapeStyle) -> Self {
        let (mut points, mut counts) = (Vec::new(), Vec::new());
        for line in lines {
            counts.push(line.len());
            points.extend(line);
        }
        Self { points, counts, style, dash: None }
    }

    pub(crate) fn dashed(self, pattern: (f64, f64)) -> Self {
        Self { dash: Some(pattern), ..self }
    }
}

impl<'a> PointCollection<'a, At> for &'a Strokes {
    type Point = &'a At;
    type IntoIter = &'a [At];
    fn point_iter(self) -> &'a [At] {
        &self.points
    }
}

impl Drawable<Svg> for Strokes {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        backend: &mut Svg,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let points: Vec<BackendCoord> = points.collect();
        let mut rest = points.as_slice();
        let mut lines = Vec::with_capacity(self.counts.len());
        for count in &self.counts {
            let (line, tail) = rest.split_at(*count);
            lines.push(line);
            rest = tail;
        }
        if self.style.filled {
            backend.surfaces(&lines, &self.style);
        } else {
            backend.strokes(&lines, &self.style, self.dash);
        }
        Ok(())
    }
}

/// The left half of a dot, which plotters could only say as a polygon of many corners.
pub(crate) struct HalfDot {
    pub(crate) middle: At,
    pub(crate) radius: f64,
    pub(crate) colour: Colour,
}

impl<'a> PointCollection<'a, At> for &'a HalfDot {
    type Point = &'a At;
    type IntoIter = std::iter::Once<&'a At>;
    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.middle)
    }
}

impl Drawable<Svg> for HalfDot {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        backend: &mut Svg,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        for (x, y) in points {
            let radius = units(self.radius);
            backend.record("dot", &[(x - radius, y - radius), (x, y + radius)], 0.0);
            let (top, bottom, r) = (decimal(y - radius), decimal(y + radius), decimal(radius));
            let (x, fill) = (decimal(x), self.colour.hex());
            let _ = write!(backend.body(), "<path d=\"M{x} {top}A{r} {r} 0 0 0 {x} {bottom}Z\" fill=\"{fill}\"/>");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Theme;

    #[test]
    fn dashes_are_a_property_and_not_paths() {
        let mut svg = Svg::new("t".to_owned(), Theme::Light.palette());
        svg.draw(&Dashes::new([(0.0, 0.0), (90.0, 30.0)], Colour(0, 0, 0).line(1.0), (2.0, 4.0)));
        assert_eq!(svg.finish().0, "<path d=\"M0 0l90 30\" stroke=\"#000000\" stroke-dasharray=\"2 4\"/>");
    }
}
