//! The drawing surface as a document: real text, groups and gradients as SVG, in a fixed byte order.
//!
//! Marks are drawn through its other face, the backend of plotters.

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

/// Collects marks and texts, and remembers the box of each for the layout tests.
#[derive(Debug)]
pub(crate) struct Svg {
    body: String,
    /// The attributes of the texts in the group that is open at the end of the body.
    run: Option<String>,
    pub(crate) texts: Vec<TextBox>,
    pub(crate) marks: Vec<MarkBox>,
    /// Every identifier inside the drawing begins with this one.
    pub(crate) id: String,
    /// Whether the hatch is defined already.
    hatched: bool,
    palette: &'static Palette,
}

impl Svg {
    pub(crate) fn new(id: String, palette: &'static Palette) -> Self {
        Self { body: String::new(), run: None, texts: Vec::new(), marks: Vec::new(), id, hatched: false, palette }
    }

    /// The end of the drawing, where marks are written.
    pub(crate) fn body(&mut self) -> &mut String {
        if self.run.take().is_some() {
            self.body.push_str("</g>");
        }
        &mut self.body
    }

    /// The whole drawing.
    pub(crate) fn finish(mut self) -> (String, Vec<TextBox>, Vec<MarkBox>) {
        self.body();
        (self.body, self.texts, self.marks)
    }

    /// A rectangle that runs through the colours from left to right.
    pub(crate) fn gradient(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), colours: &[Colour]) {
        let id = format!("{}-gradient", self.id);
        self.marks.push(MarkBox { kind: "rect", x, y, width, height });
        let _ = write!(self.body(), "<linearGradient id=\"{id}\">");
        let last = colours.len().saturating_sub(1).max(1) as f64;
        for (i, colour) in colours.iter().enumerate() {
            let _ = write!(self.body, "<stop offset=\"{}\" stop-color=\"{}\"/>", number(i as f64 / last), colour.hex());
        }
        let _ = write!(
            self.body,
            "</linearGradient><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"url(#{id})\"/>",
            number(x),
            number(y),
            number(width),
            number(height)
        );
    }

    /// A rectangle in slanted lines: there is something that may not be shown.
    pub(crate) fn hatch(&mut self, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let id = format!("{}-hatch", self.id);
        if !self.hatched {
            self.hatched = true;
            let Palette { empty, join, .. } = self.palette;
            let _ = write!(
                self.body(),
                "<pattern id=\"{id}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" \
                 patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" fill=\"{}\"/>\
                 <path d=\"M1 0v5\" stroke=\"{}\" stroke-width=\"1.25\" stroke-linecap=\"butt\"/></pattern>",
                empty.hex(),
                join.hex()
            );
        }
        self.marks.push(MarkBox { kind: "rect", x, y, width, height });
        let [x, y, width, height] = [x, y, width, height].map(number);
        let _ = write!(self.body(), "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"url(#{id})\"/>");
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
        self.texts.push(TextBox {
            x: left,
            y: at.1 - 0.76 * set.size,
            width,
            height: set.size,
            text: words.clone(),
            halo: set.halo,
        });
        self.run_of(anchor, set);
        let _ = write!(self.body, "<text x=\"{}\" y=\"{}\" textLength=\"{}\"", tenth(at.0), tenth(at.1), tenth(width));
        // Colours part no group: a light and a dark drawing differ in nothing else.
        if set.colour != self.palette.ink {
            let _ = write!(self.body, " fill=\"{}\"", set.colour.hex());
        }
        // Between few letters the space alone can be adjusted unseen.
        if words.chars().count() > 4 {
            self.body.push_str(" lengthAdjust=\"spacingAndGlyphs\"");
        }
        let _ = write!(self.body, ">{}</text>", escape(&words));
    }

    /// Texts that follow one another in the same style share a group.
    fn run_of(&mut self, anchor: &str, set: &Type) {
        let mut style = anchor.to_owned();
        if set.size != size::LABEL {
            let _ = write!(style, " font-size=\"{}\"", number(set.size));
        }
        if set.weight == Weight::SemiBold {
            style.push_str(" font-weight=\"600\"");
        }
        if set.halo {
            let rim = self.palette.background.hex();
            let _ = write!(style, " paint-order=\"stroke\" stroke=\"{rim}\" stroke-width=\"3.5\"");
        }
        if self.run.as_ref() != Some(&style) {
            let _ = write!(self.body(), "<g{style}>");
            self.run = Some(style);
        }
    }

    /// Opens a group with a name that a pointer or a reader can find.
    pub(crate) fn open(&mut self, name: &str) {
        let _ = write!(self.body(), "<g><title>{}</title>", escape(&text::clean(name)));
    }

    pub(crate) fn close(&mut self) {
        self.body().push_str("</g>");
    }
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

/// A coordinate at a tenth of a pixel, which is enough for a text.
fn tenth(value: f64) -> String {
    number((value * 10.0).round() / 10.0)
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
