//! The drawing surface: marks and real text as SVG, at a hundredth of a pixel, in a fixed byte order.

use std::fmt::Write;

use crate::fonts::Weight;
use crate::picture::{MarkBox, TextBox};
use crate::text;
use crate::theme::{Colour, Palette, size};

#[derive(Debug, Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type {
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) colour: Colour,
    pub(crate) anchor: Anchor,
    pub(crate) halo: bool,
}

impl Type {
    pub(crate) fn new(size: f64, colour: Colour) -> Self {
        Self { size, weight: Weight::Regular, colour, anchor: Anchor::Start, halo: false }
    }

    pub(crate) fn semi_bold(self) -> Self {
        Self { weight: Weight::SemiBold, ..self }
    }

    pub(crate) fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// An outline in the background's colour, for text that crosses a line or a band.
    pub(crate) fn with_halo(self) -> Self {
        Self { halo: true, ..self }
    }

    pub(crate) fn width(&self, words: &str) -> f64 {
        text::width(words, self.size, self.weight)
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stroke {
    pub(crate) colour: Colour,
    pub(crate) width: f64,
    pub(crate) dash: Option<(f64, f64)>,
}

impl Stroke {
    pub(crate) fn new(colour: Colour, width: f64) -> Self {
        Self { colour, width, dash: None }
    }

    pub(crate) fn dashed(self, on: f64, off: f64) -> Self {
        Self { dash: Some((on, off)), ..self }
    }

    fn attributes(&self) -> String {
        let mut out = format!(" stroke=\"{}\"", self.colour.hex());
        if self.width != 1.0 {
            let _ = write!(out, " stroke-width=\"{}\"", number(self.width));
        }
        if let Some((on, off)) = self.dash {
            let _ = write!(out, " stroke-dasharray=\"{} {}\"", number(on), number(off));
        }
        out
    }
}

/// Collects marks and texts, and remembers the box of each for the layout tests.
#[derive(Debug)]
pub(crate) struct Svg {
    pub(crate) body: String,
    pub(crate) texts: Vec<TextBox>,
    pub(crate) marks: Vec<MarkBox>,
    palette: &'static Palette,
}

impl Svg {
    pub(crate) fn new(palette: &'static Palette) -> Self {
        Self { body: String::new(), texts: Vec::new(), marks: Vec::new(), palette }
    }

    fn mark(&mut self, kind: &'static str, points: &[(f64, f64)], grow: f64) {
        let low = |f: fn(&(f64, f64)) -> f64| points.iter().map(f).fold(f64::INFINITY, f64::min);
        let high = |f: fn(&(f64, f64)) -> f64| points.iter().map(f).fold(f64::NEG_INFINITY, f64::max);
        let (x, y) = (low(|p| p.0) - grow, low(|p| p.1) - grow);
        self.marks.push(MarkBox { kind, x, y, width: high(|p| p.0) + grow - x, height: high(|p| p.1) + grow - y });
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &Stroke) {
        self.mark("line", &[from, to], stroke.width / 2.0);
        // Round caps need both coordinates; a path is shorter than a line element.
        let _ = write!(
            self.body,
            "<path d=\"M{} {}L{} {}\"{}/>",
            number(from.0),
            number(from.1),
            number(to.0),
            number(to.1),
            stroke.attributes()
        );
    }

    /// A level line with a small upright cap at both ends.
    pub(crate) fn whiskers(&mut self, (low, high): (f64, f64), y: f64, cap: f64, stroke: &Stroke) {
        self.mark("line", &[(low, y - cap), (high, y + cap)], stroke.width / 2.0);
        let (up, tall) = (number(y - cap), number(2.0 * cap));
        let _ = write!(
            self.body,
            "<path d=\"M{0} {1}H{2}M{0} {up}v{tall}M{2} {up}v{tall}\"{3}/>",
            number(low),
            number(y),
            number(high),
            stroke.attributes()
        );
    }

    pub(crate) fn path(&mut self, points: &[(f64, f64)], stroke: &Stroke) {
        if points.len() < 2 {
            return;
        }
        self.mark("path", points, stroke.width / 2.0);
        let _ =
            write!(self.body, "<path d=\"{}\" fill=\"none\" stroke-linejoin=\"round\"{}/>", steps(points), stroke.attributes());
    }

    pub(crate) fn area(&mut self, points: &[(f64, f64)], fill: Colour, opacity: f64) {
        if points.len() < 3 {
            return;
        }
        self.mark("area", points, 0.0);
        let _ =
            write!(self.body, "<path d=\"{}Z\" fill=\"{}\" fill-opacity=\"{}\"/>", steps(points), fill.hex(), number(opacity));
    }

    pub(crate) fn rect(&mut self, at: (f64, f64), extent: (f64, f64), fill: Colour) {
        self.mark("rect", &[at, (at.0 + extent.0, at.1 + extent.1)], 0.0);
        let _ = write!(
            self.body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>",
            number(at.0),
            number(at.1),
            number(extent.0),
            number(extent.1),
            fill.hex()
        );
    }

    pub(crate) fn outline(&mut self, at: (f64, f64), extent: (f64, f64), stroke: &Stroke) {
        let (right, bottom) = (at.0 + extent.0, at.1 + extent.1);
        self.path(&[at, (right, at.1), (right, bottom), (at.0, bottom), at], stroke);
    }

    /// A dot; `fill` is the inside and `edge` the ring around it.
    pub(crate) fn dot(&mut self, at: (f64, f64), radius: f64, fill: Colour, edge: Option<&Stroke>) {
        let rim = edge.map_or(0.0, |stroke| stroke.width / 2.0);
        self.mark("dot", &[at], radius + rim);
        let _ = write!(
            self.body,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\"{}/>",
            number(at.0),
            number(at.1),
            number(radius),
            fill.hex(),
            edge.map_or_else(String::new, Stroke::attributes)
        );
    }

    /// The left half of a dot.
    pub(crate) fn half_dot(&mut self, at: (f64, f64), radius: f64, fill: Colour) {
        self.mark("dot", &[at], radius);
        let (x, r) = (number(at.0), number(radius));
        let _ = write!(
            self.body,
            "<path d=\"M{x} {}A{r} {r} 0 0 0 {x} {}Z\" fill=\"{}\"/>",
            number(at.1 - radius),
            number(at.1 + radius),
            fill.hex()
        );
    }

    /// A text whose baseline stands at `at`; its length is fixed, so that another font cannot overflow.
    pub(crate) fn text(&mut self, at: (f64, f64), words: &str, set: &Type) {
        let words = text::clean(words);
        if words.is_empty() {
            return;
        }
        let width = set.width(&words);
        let (anchor, left) = match set.anchor {
            Anchor::Start => ("", at.0),
            Anchor::Middle => (" text-anchor=\"middle\"", at.0 - width / 2.0),
            Anchor::End => (" text-anchor=\"end\"", at.0 - width),
        };
        self.texts.push(TextBox { x: left, y: at.1 - 0.76 * set.size, width, height: set.size, text: words.clone() });
        let _ = write!(self.body, "<text x=\"{}\" y=\"{}\"{anchor}", number(at.0), number(at.1));
        if set.size != size::LABEL {
            let _ = write!(self.body, " font-size=\"{}\"", number(set.size));
        }
        if set.weight == Weight::SemiBold {
            self.body.push_str(" font-weight=\"600\"");
        }
        if set.halo {
            let _ = write!(
                self.body,
                " paint-order=\"stroke\" stroke=\"{}\" stroke-width=\"3.5\" stroke-linejoin=\"round\"",
                self.palette.background.hex()
            );
        }
        if set.colour != self.palette.ink {
            let _ = write!(self.body, " fill=\"{}\"", set.colour.hex());
        }
        let _ =
            write!(self.body, " textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\">{}</text>", number(width), escape(&words));
    }

    /// Opens a group with a name that a pointer or a reader can find.
    pub(crate) fn open(&mut self, name: &str) {
        let _ = write!(self.body, "<g><title>{}</title>", escape(&text::clean(name)));
    }

    pub(crate) fn close(&mut self) {
        self.body.push_str("</g>");
    }
}

fn steps(points: &[(f64, f64)]) -> String {
    let mut out = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        let _ = write!(out, "{}{} {}", if i == 0 { 'M' } else { 'L' }, number(*x), number(*y));
    }
    out
}

/// A coordinate at a hundredth of a pixel in as few letters as possible.
pub(crate) fn number(value: f64) -> String {
    let hundredths = (value * 100.0).round();
    if !hundredths.is_finite() || hundredths == 0.0 {
        return "0".to_owned();
    }
    let digits = format!("{:.2}", hundredths / 100.0);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Makes any text safe inside an element or an attribute.
pub(crate) fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_minus_zero() {
        assert_eq!(number(12.0), "12");
        assert_eq!(number(12.345), "12.35");
        assert_eq!(number(-0.001), "0");
        assert_eq!(number(f64::NAN), "0");
        assert_eq!(number(100.0), "100");
    }

    #[test]
    fn markup_in_a_name_is_text() {
        assert_eq!(escape("<b>\"R&D\"</b>"), "&lt;b&gt;&quot;R&amp;D&quot;&lt;/b&gt;");
    }
}
