//! The embedded typeface: Open Sans in two weights, so that no chart depends on installed fonts.

use std::sync::{Arc, LazyLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use resvg::usvg::fontdb::Database;
use ttf_parser::Face;

/// The first name is embedded; the second serves a page that did not load it.
pub(crate) const FAMILY: &str = "'Open Sans', sans-serif";

static REGULAR: &[u8] = include_bytes!("../fonts/OpenSans-Regular.ttf");
static SEMI_BOLD: &[u8] = include_bytes!("../fonts/OpenSans-SemiBold.ttf");
static REGULAR_WOFF2: &[u8] = include_bytes!("../fonts/OpenSans-Regular.woff2");
static SEMI_BOLD_WOFF2: &[u8] = include_bytes!("../fonts/OpenSans-SemiBold.woff2");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    SemiBold,
}

static FACES: LazyLock<[Option<Face<'static>>; 2]> =
    LazyLock::new(|| [REGULAR, SEMI_BOLD].map(|bytes| Face::parse(bytes, 0).ok()));

/// The advance of one letter as a share of the type size.
pub(crate) fn advance(letter: char, weight: Weight) -> f64 {
    // A letter the subset lacks comes from an unknown font: an em is a safe guess.
    const UNKNOWN: f64 = 1.0;
    let Some(face) = &FACES[weight as usize] else {
        return UNKNOWN;
    };
    face.glyph_index(letter)
        .and_then(|glyph| face.glyph_hor_advance(glyph))
        .map_or(UNKNOWN, |units| f64::from(units) / f64::from(face.units_per_em()))
}

/// Holds the embedded fonts and nothing of the system's, so that a PNG is the same everywhere.
pub(crate) fn database() -> Arc<Database> {
    static DATABASE: LazyLock<Arc<Database>> = LazyLock::new(|| {
        let mut fonts = Database::new();
        fonts.load_font_data(REGULAR.to_vec());
        fonts.load_font_data(SEMI_BOLD.to_vec());
        fonts.set_sans_serif_family("Open Sans");
        Arc::new(fonts)
    });
    Arc::clone(&DATABASE)
}

/// Two `@font-face` rules with the embedded typeface as data URIs, for a page that stands alone.
pub fn font_face_css() -> String {
    [(400, REGULAR_WOFF2), (600, SEMI_BOLD_WOFF2)]
        .map(|(weight, bytes)| {
            format!(
                "@font-face{{font-family:\"Open Sans\";font-style:normal;font-weight:{weight};\
                 font-display:swap;src:url(data:font/woff2;base64,{}) format(\"woff2\")}}\n",
                STANDARD.encode(bytes)
            )
        })
        .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_weights_are_found_under_one_family_name() {
        let weights: Vec<u16> = database()
            .faces()
            .filter(|face| face.families.iter().any(|(name, _)| name == "Open Sans"))
            .map(|face| face.weight.0)
            .collect();
        assert_eq!(weights, [400, 600]);
    }

    #[test]
    fn digits_are_tabular_and_welsh_letters_are_there() {
        for weight in [Weight::Regular, Weight::SemiBold] {
            let zero = advance('0', weight);
            assert!(('0'..='9').all(|digit| advance(digit, weight) == zero));
            for letter in "ŵŷŴŶẁỳ–—−≥≤†’“”…·×€£%".chars() {
                assert!(advance(letter, weight) < 1.0 || letter == '—' || letter == '…', "{letter}");
            }
        }
    }

    #[test]
    fn the_css_holds_two_faces() {
        let css = font_face_css();
        assert_eq!(css.matches("@font-face").count(), 2);
        assert_eq!(css.matches("data:font/woff2;base64,d09GMg").count(), 2);
    }
}
