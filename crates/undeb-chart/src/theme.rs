//! Colours, sizes and spacing. Every pair that carries meaning is tested for contrast.

use std::str::FromStr;

use crate::error::{Cause, ChartError};

/// A colour as red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    const fn of(rgb: u32) -> Self {
        Self((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
    }

    /// The colour as CSS writes it, such as `#12436d`.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// The WCAG contrast ratio of two colours, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        a.max(b) / a.min(b)
    }

    /// The colour at a share of the way to another.
    fn towards(self, other: Self, share: f64) -> Self {
        let mix = |from: u8, to: u8| (f64::from(from) + share * (f64::from(to) - f64::from(from))).round() as u8;
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// Black or white, whichever reads better on this colour.
    pub(crate) fn ink(self) -> Self {
        let (black, white) = (Self(0, 0, 0), Self(255, 255, 255));
        if self.contrast(black) >= self.contrast(white) { black } else { white }
    }
}

/// The surface a chart is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// A white page on a screen.
    #[default]
    Light,
    /// A dark page on a screen.
    Dark,
    /// Paper, where colour may be lost: tones differ in lightness and in shape.
    Print,
}

/// The colours of one theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    /// The surface behind everything.
    pub background: Colour,
    /// Titles and labels.
    pub ink: Colour,
    /// Subtitles, axis figures and notes.
    pub muted: Colour,
    /// Grid lines; they carry no meaning and stay faint.
    pub rule: Colour,
    /// The line that joins two values of one row.
    pub join: Colour,
    /// Marks without emphasis, such as a baseline.
    pub neutral: Colour,
    /// A target that is met.
    pub met: Colour,
    /// A target that is not met.
    pub not_met: Colour,
    /// A target of which it cannot be told whether it is met.
    pub cannot_tell: Colour,
    /// Series in the order in which they are used.
    pub series: [Colour; 4],
    /// A cell without a value.
    pub empty: Colour,
    /// Low to high values.
    pub ramp: [Colour; 7],
}

impl Palette {
    /// The colour at a share of the ramp.
    pub(crate) fn blend(&self, share: f64) -> Colour {
        let at = share.clamp(0.0, 1.0) * (self.ramp.len() - 1) as f64;
        let below = (at.floor() as usize).min(self.ramp.len() - 2);
        self.ramp[below].towards(self.ramp[below + 1], at - below as f64)
    }
}

const fn ramp(steps: [u32; 7]) -> [Colour; 7] {
    let mut colours = [Colour(0, 0, 0); 7];
    let mut i = 0;
    while i < 7 {
        colours[i] = Colour::of(steps[i]);
        i += 1;
    }
    colours
}

static LIGHT: Palette = Palette {
    background: Colour::of(0xFF_FF_FF),
    ink: Colour::of(0x0B_0C_0C),
    muted: Colour::of(0x50_5A_5F),
    rule: Colour::of(0xDF_E2_E4),
    join: Colour::of(0xC3_C9_CD),
    neutral: Colour::of(0x7D_86_8C),
    met: Colour::of(0x12_43_6D),
    not_met: Colour::of(0xC4_50_1B),
    cannot_tell: Colour::of(0x80_16_50),
    series: [Colour::of(0x12_43_6D), Colour::of(0x28_A1_97), Colour::of(0x80_16_50), Colour::of(0xC4_50_1B)],
    empty: Colour::of(0xF1_F2_F3),
    ramp: ramp([0xE3_EE_F8, 0xC3_DA_F0, 0x9B_C3_E8, 0x6B_AC_E6, 0x2B_70_B3, 0x1D_5F_9B, 0x12_43_6D]),
};

static DARK: Palette = Palette {
    background: Colour::of(0x14_17_1C),
    ink: Colour::of(0xF3_F4_F5),
    muted: Colour::of(0xAE_B6_BF),
    rule: Colour::of(0x2E_34_3C),
    join: Colour::of(0x4B_54_5E),
    neutral: Colour::of(0x93_9C_A6),
    met: Colour::of(0x6B_AC_E6),
    not_met: Colour::of(0xF7_9A_63),
    cannot_tell: Colour::of(0xE0_8B_B5),
    series: [Colour::of(0x6B_AC_E6), Colour::of(0x4F_C6_BA), Colour::of(0xE0_8B_B5), Colour::of(0xF7_9A_63)],
    empty: Colour::of(0x22_27_2E),
    ramp: ramp([0x1C_2F_45, 0x21_44_66, 0x28_5B_8B, 0x2F_70_AC, 0x6B_AC_E6, 0x9C_C9_F0, 0xCD_E4_F8]),
};

static PRINT: Palette = Palette {
    background: Colour::of(0xFF_FF_FF),
    ink: Colour::of(0x00_00_00),
    muted: Colour::of(0x3D_3D_3D),
    rule: Colour::of(0xD0_D0_D0),
    join: Colour::of(0xB5_B5_B5),
    neutral: Colour::of(0x85_85_85),
    met: Colour::of(0x00_00_00),
    not_met: Colour::of(0x5A_5A_5A),
    cannot_tell: Colour::of(0x3D_3D_3D),
    series: [Colour::of(0x00_00_00), Colour::of(0x80_80_80), Colour::of(0x4D_4D_4D), Colour::of(0x6A_6A_6A)],
    empty: Colour::of(0xFF_FF_FF),
    ramp: ramp([0xF0_F0_F0, 0xDB_DB_DB, 0xC2_C2_C2, 0xA6_A6_A6, 0x6E_6E_6E, 0x4A_4A_4A, 0x24_24_24]),
};

impl FromStr for Theme {
    type Err = ChartError;

    fn from_str(name: &str) -> Result<Self, ChartError> {
        match name {
            "light" => Ok(Self::Light),
            "dark" => Ok(Self::Dark),
            "print" => Ok(Self::Print),
            _ => Err(Cause::choice("theme", name, ["light", "dark", "print"].into_iter()).into()),
        }
    }
}

impl Theme {
    /// The colours of this theme.
    pub fn palette(self) -> &'static Palette {
        match self {
            Self::Light => &LIGHT,
            Self::Dark => &DARK,
            Self::Print => &PRINT,
        }
    }
}

/// Type sizes in pixels.
pub(crate) mod size {
    pub(crate) const TITLE: f64 = 18.0;
    pub(crate) const SUBTITLE: f64 = 14.0;
    pub(crate) const LABEL: f64 = 13.0;
    pub(crate) const SMALL: f64 = 12.0;
}

/// The empty border of every picture, in pixels.
pub(crate) const MARGIN: f64 = 20.0;

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Theme; 3] = [Theme::Light, Theme::Dark, Theme::Print];

    #[test]
    fn black_on_white_is_21_to_1() {
        let ratio = Colour(0, 0, 0).contrast(Colour(255, 255, 255));
        assert!((ratio - 21.0).abs() < 1e-9);
    }

    #[test]
    fn text_reaches_four_and_a_half() {
        for theme in ALL {
            let p = theme.palette();
            for colour in [p.ink, p.muted] {
                assert!(colour.contrast(p.background) >= 4.5, "{theme:?} {}", colour.hex());
                assert!(colour.contrast(p.empty) >= 4.5, "{theme:?} {}", colour.hex());
            }
        }
    }

    #[test]
    fn marks_reach_three() {
        for theme in ALL {
            let p = theme.palette();
            for colour in [p.neutral, p.met, p.not_met, p.cannot_tell].iter().chain(&p.series) {
                assert!(colour.contrast(p.background) >= 3.0, "{theme:?} {}", colour.hex());
            }
        }
    }

    #[test]
    fn text_on_every_colour_of_the_ramp_reaches_four_and_a_half_and_the_ramp_is_ordered() {
        for theme in ALL {
            for i in 0..=1000 {
                let colour = theme.palette().blend(f64::from(i) / 1000.0);
                assert!(colour.contrast(colour.ink()) >= 4.5, "{theme:?} {}", colour.hex());
            }
            let ramp = &theme.palette().ramp;
            let rising = ramp.windows(2).all(|p| p[0].luminance() < p[1].luminance());
            let falling = ramp.windows(2).all(|p| p[0].luminance() > p[1].luminance());
            assert!(rising || falling, "{theme:?}");
        }
    }
}
