//! What surrounds every chart: stamp, title and subtitle above, notes and source below.

use crate::fonts::Weight;
use crate::locale::{Locale, fill};
use crate::picture::Picture;
use crate::svg::{Anchor, Svg, Type};
use crate::text::{wrap_evenly, wrap_sentence};
use crate::theme::{MARGIN, Palette, Theme, size};

/// The least distance of two rows of [`size::DENSE`] words.
pub(crate) const DENSEST: f64 = 12.5;

/// The size of words in rows so far apart.
pub(crate) fn fitting(step: f64, size: f64) -> f64 {
    if step < 16.0 { size::DENSE } else { size }
}

/// What the values of a chart are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// Shares, in per cent.
    #[default]
    Percent,
    /// Differences of shares, in percentage points; the subtitle says so, and figures stand without a sign of their unit.
    Points,
}

/// The words around a chart.
///
/// The title is a statement about the numbers and must be computed from them; this crate never writes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The headline.
    pub title: String,
    /// Measure, geography and period.
    pub subtitle: String,
    /// Notes below the chart, one paragraph each; every shorthand in the chart is explained here.
    pub notes: Vec<String>,
    /// Where the figures are from, without the word "Source".
    pub source: String,
    /// A short warning, such as "Not released"; it is drawn even when the titles stand in the page.
    pub stamp: Option<String>,
    /// Whether title, subtitle, notes and source are drawn, or left to the page around the picture.
    pub titles_inside: bool,
    /// The width in pixels, held between 320 and 1,600.
    pub width: f64,
    /// The height in pixels that a page has for the picture; many rows stand closer where that lets them fit.
    pub page: Option<f64>,
    /// What the values are in.
    pub unit: Unit,
    /// The language of every word in the drawing that is not in the data.
    pub locale: &'static Locale,
}

impl Default for Frame {
    fn default() -> Self {
        Self {
            title: String::new(),
            subtitle: String::new(),
            notes: Vec::new(),
            source: String::new(),
            stamp: None,
            titles_inside: true,
            width: 720.0,
            page: None,
            unit: Unit::Percent,
            locale: Locale::english(),
        }
    }
}

/// The distance of notes and source from the chart, and of their lines from each other.
const FEET: f64 = 14.0;
const FOOT: f64 = 17.0;

impl Frame {
    /// The source with the word for it; nothing where none is given.
    fn source_line(&self) -> String {
        if self.source.is_empty() { String::new() } else { fill(&self.locale.drawing.source, &[("source", &self.source)]) }
    }

    /// The paragraphs below the chart; none where the page has them.
    fn feet(&self) -> Vec<String> {
        let all = self.notes.iter().cloned().chain([self.source_line()]);
        all.filter(|foot| self.titles_inside && !foot.trim().is_empty()).collect()
    }

    /// The width that is used.
    pub(crate) fn pixels(&self) -> f64 {
        if self.width.is_finite() { self.width.clamp(320.0, 1600.0) } else { 720.0 }
    }
}

/// A picture being drawn: `top` is the first free pixel below the titles.
pub(crate) struct Layout<'a> {
    pub(crate) svg: Svg,
    pub(crate) palette: &'static Palette,
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    /// What stands after a value: the sign of per cent, or nothing.
    pub(crate) sign: &'static str,
    /// The words and number formats of the drawing.
    pub(crate) locale: &'static Locale,
    frame: &'a Frame,
}

impl<'a> Layout<'a> {
    /// Draws what stands above the chart.
    pub(crate) fn begin(id: &str, frame: &'a Frame, theme: Theme) -> Self {
        let palette = theme.palette();
        let width = frame.pixels().round();
        let mut layout = Self {
            svg: Svg::new(identifier(id), palette),
            palette,
            left: MARGIN,
            right: width - MARGIN,
            top: MARGIN,
            sign: if frame.unit == Unit::Percent { "%" } else { "" },
            locale: frame.locale,
            frame,
        };
        if let Some(stamp) = &frame.stamp {
            let set = Type::new(size::SMALL, palette.muted).semi_bold();
            layout.heading(stamp, set, 16.0);
            layout.top += 6.0;
        }
        if frame.titles_inside {
            layout.heading(&frame.title, Type::new(size::TITLE, palette.ink).semi_bold(), 24.0);
            layout.top += 4.0;
            layout.heading(&frame.subtitle, Type::new(size::SUBTITLE, palette.muted), 20.0);
            layout.top += 14.0;
        }
        layout
    }

    fn heading(&mut self, words: &str, set: Type, leading: f64) {
        self.lines(wrap_evenly(words, set.size, set.weight, self.right - self.left), set, leading);
    }

    fn lines(&mut self, lines: Vec<String>, set: Type, leading: f64) {
        for line in lines {
            self.top += leading;
            self.svg.text((self.left, self.top - 0.28 * leading), &line, &set);
        }
    }

    /// The height that the page leaves below `top` for so much of the picture as is not notes and source; none where there is
    /// no page to keep to.
    pub(crate) fn room(&self) -> Option<f64> {
        let page = self.frame.page?;
        let notes = self.frame.feet().iter().map(|foot| self.foot(foot).len() as f64).sum::<f64>();
        let feet = if notes > 0.0 { FEET + FOOT * notes } else { 0.0 };
        Some(page - self.top - feet - MARGIN)
    }

    /// The lines of a note.
    fn foot(&self, words: &str) -> Vec<String> {
        wrap_sentence(words, size::SMALL, Weight::Regular, self.right - self.left)
    }

    /// How far apart `count` rows stand: as far as is best, and closer where a page has no room for that.
    pub(crate) fn step(&self, best: f64, count: usize, around: f64) -> f64 {
        match self.room() {
            Some(room) if count > 24 => ((room - around) / count as f64).clamp(DENSEST.min(best), best),
            _ => best,
        }
    }

    /// "No evidence" within a sentence.
    pub(crate) fn nothing(&self) -> String {
        self.locale.drawing.no_evidence.to_lowercase()
    }

    /// That the axis does not start at zero.
    pub(crate) fn axis_starts(&self, tick: &str) -> String {
        fill(&self.locale.drawing.axis_starts, &[("value", &format!("{tick}{}", self.sign))])
    }

    /// A chart without data: a calm line instead of an empty grid.
    pub(crate) fn no_evidence(mut self) -> Picture {
        let (middle, top) = ((self.left + self.right) / 2.0, self.top);
        let set = Type::new(size::SUBTITLE, self.palette.muted).anchored(Anchor::Middle);
        let words = &self.locale.drawing.no_evidence;
        self.svg.text((middle, top + 48.0), words, &set);
        self.finish(top + 80.0, vec![words.clone()])
    }

    /// Draws what stands below the chart, and closes the picture.
    pub(crate) fn finish(mut self, bottom: f64, says: Vec<String>) -> Picture {
        let frame = self.frame;
        let source = frame.source_line();
        self.top = bottom;
        let feet = frame.feet();
        if !feet.is_empty() {
            self.top += FEET;
        }
        for foot in feet {
            self.lines(self.foot(&foot), Type::new(size::SMALL, self.palette.muted), FOOT);
        }
        let parts = [&frame.subtitle].into_iter().chain(&says).chain(&frame.notes);
        let mut description: Vec<String> = parts.chain([&source]).map(|s| sentence(s)).collect();
        if let Some(stamp) = &frame.stamp {
            description.insert(0, sentence(stamp));
        }
        description.retain(|s| !s.is_empty());
        let id = self.svg.id.clone();
        let (body, texts, marks) = self.svg.finish();
        Picture {
            id,
            width: self.right + MARGIN,
            height: (self.top + MARGIN).ceil(),
            title: frame.title.clone(),
            description: description.join(" "),
            millimetres: None,
            palette: self.palette,
            body,
            texts,
            marks,
        }
    }
}

pub(crate) fn sentence(words: &str) -> String {
    let words = words.trim();
    match words.chars().last() {
        None | Some('.' | '!' | '?') => words.to_owned(),
        Some(_) => format!("{words}."),
    }
}

/// Any text as an XML identifier.
fn identifier(id: &str) -> String {
    let safe: String = id.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' }).collect();
    if safe.starts_with(|c: char| c.is_ascii_alphabetic()) { safe } else { format!("chart-{safe}") }
}

/// How a name is set in a gutter of the given width: one or two lines.
pub(crate) fn name_lines(name: &str, set: &Type, room: f64, most: usize) -> Vec<String> {
    crate::text::wrap_to(name, set.size, set.weight, room, most)
}

/// The widest of some texts, in semi-bold, which is the wider weight.
pub(crate) fn widest<'t>(texts: impl Iterator<Item = &'t str>, size: f64) -> f64 {
    texts.map(|t| crate::text::width(&crate::text::clean(t), size, Weight::SemiBold)).fold(0.0, f64::max)
}
