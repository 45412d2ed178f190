use crate::error::ChartError;
use crate::fonts::FAMILY;
use crate::svg::{escape, number};
use crate::text::clean;
use crate::theme::{Palette, size};

/// Where one text stands, in pixels from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct TextBox {
    /// The words as drawn, shortened where the room was short.
    pub text: String,
    /// The left edge.
    pub x: f64,
    /// The upper edge.
    pub y: f64,
    /// The measured width.
    pub width: f64,
    /// From the top of a tall letter to the foot of a letter with a tail.
    pub height: f64,
    /// Whether an outline in the colour of the background parts the text from marks below it.
    pub halo: bool,
}

/// Where one mark stands, in pixels from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkBox {
    /// The shape: `line`, `path`, `area`, `rect` or `dot`.
    pub kind: &'static str,
    /// The left edge.
    pub x: f64,
    /// The upper edge.
    pub y: f64,
    /// The width, with the stroke.
    pub width: f64,
    /// The height, with the stroke.
    pub height: f64,
}

/// A finished chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The identifier under which the chart stands in a page; its inner identifiers begin with it.
    pub id: String,
    /// The width in pixels.
    pub width: f64,
    /// The height in pixels.
    pub height: f64,
    /// The title, whether or not it is drawn.
    pub title: String,
    /// Everything the chart shows, in words; a reader hears this in place of the drawing.
    pub description: String,
    /// The width on paper in millimetres, where the document gives its size in them.
    pub(crate) millimetres: Option<f64>,
    pub(crate) palette: &'static Palette,
    pub(crate) body: String,
    pub(crate) texts: Vec<TextBox>,
    pub(crate) marks: Vec<MarkBox>,
}

impl Picture {
    /// The whole SVG document, the same bytes for the same data.
    pub fn svg(&self) -> String {
        let (id, width, height) = (&self.id, number(self.width), number(self.height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\" role=\"img\" \
             aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-desc\" width=\"{}\" height=\"{}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"{FAMILY}\" font-size=\"{}\" \
             fill=\"{}\" stroke-linecap=\"round\" stroke-linejoin=\"round\" style=\"font-variant-numeric:tabular-nums\">\
             <title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>{}</svg>\n",
            self.length(self.width),
            self.length(self.height),
            size::LABEL,
            self.palette.ink.hex(),
            escape(&clean(&self.title)),
            escape(&clean(&self.description)),
            self.palette.background.hex(),
            self.body
        )
    }

    fn length(&self, pixels: f64) -> String {
        // The pixels are whole; the paper is as wide as was asked for.
        self.millimetres.map_or(number(pixels), |mm| format!("{}mm", number(pixels * mm / self.width)))
    }

    /// The chart as PNG, `scale` device pixels to a pixel of the screen, set in the embedded typeface only.
    pub fn png(&self, scale: f32) -> Result<Vec<u8>, ChartError> {
        crate::raster::png(&self.svg(), scale)
    }

    /// The text twin: everything the chart shows, in words.
    pub fn describe(&self) -> &str {
        &self.description
    }

    /// The box of every text, in drawing order.
    pub fn texts(&self) -> &[TextBox] {
        &self.texts
    }

    /// The box of every mark, in drawing order.
    pub fn marks(&self) -> &[MarkBox] {
        &self.marks
    }
}
