//! SVG into PNG, set in the embedded typeface only.

use png::{BitDepth, ColorType, Encoder, PixelDimensions, Unit};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::error::{Cause, ChartError};
use crate::fonts::database;

/// Pixels of a screen in a metre.
const PER_METRE: f32 = 96.0 / 0.0254;

/// An opaque drawing as PNG, `scale` device pixels to a pixel of the screen. The file says how many there are to a metre, so
/// that it opens as large as the drawing is.
pub(crate) fn png(svg: &str, scale: f32) -> Result<Vec<u8>, ChartError> {
    if !(scale > 0.0 && scale <= 8.0) {
        return Err(Cause::Scale(scale).into());
    }
    let options = Options { font_family: "Open Sans".to_owned(), fontdb: database(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|e| Cause::Parse(e.to_string()))?;
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    let whole = |length: f32| length.round().max(1.0);
    let too_large = || Cause::Size { width, height };
    let mut pixels = Pixmap::new(whole(width) as u32, whole(height) as u32).ok_or_else(too_large)?;
    // Stretched to whole pixels, by less than half of one, so that no edge is left half covered.
    let stretch = Transform::from_scale(scale * whole(width) / width, scale * whole(height) / height);
    resvg::render(&tree, stretch, &mut pixels.as_mut());
    let opaque: Vec<u8> = pixels.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
    let encode = || -> Result<Vec<u8>, png::EncodingError> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, pixels.width(), pixels.height());
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        let dense = (PER_METRE * scale).round() as u32;
        encoder.set_pixel_dims(Some(PixelDimensions { xppu: dense, yppu: dense, unit: Unit::Meter }));
        encoder.write_header()?.write_image_data(&opaque)?;
        Ok(file)
    };
    Ok(encode().map_err(|e| Cause::Encode(e.to_string()))?)
}
