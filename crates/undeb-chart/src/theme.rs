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
    /// Below zero, zero, and above it.
    pub diverging: [Colour; 7],
}

impl Palette {
    /// The colour of a value between two bounds: along the ramp, or, where zero lies inside them, along the diverging
    /// one, whose middle is zero.
    pub(crate) fn between(&self, value: f64, (low, high): (f64, f64)) -> Colour {
        if low < -1e-9 && high > 1e-9 {
            return blend(&self.diverging, 0.5 + 0.5 * value / high.max(-low));
        }
        blend(&self.ramp, (value - low) / (high - low).max(1e-12))
    }
}

/// The colour at a share of a ramp.
fn blend(ramp: &[Colour; 7], share: f64) -> Colour {
    let at = share.clamp(0.0, 1.0) * (ramp.len() - 1) as f64;
    let below = (at.floor() as usize).min(ramp.len() - 2);
    ramp[below].towards(ramp[below + 1], at - below as f64)
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
    diverging: ramp([0x7A_2E_0E, 0xC4_50_1B, 0xF0_B0_8C, 0xF1_F2_F3, 0x9B_C3_E8, 0x2B_70_B3, 0x12_43_6D]),
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
    cannot_tell: Colour::of(0xC4_58_8F),
    series: [Colour::of(0x6B_AC_E6), Colour::of(0xA6_E8_E0), Colour::of(0xC4_58_8F), Colour::of(0xF7_9A_63)],
    empty: Colour::of(0x22_27_2E),
    ramp: ramp([0x1C_2F_45, 0x21_44_66, 0x28_5B_8B, 0x2F_70_AC, 0x6B_AC_E6, 0x9C_C9_F0, 0xCD_E4_F8]),
    diverging: ramp([0xF9_C0_9F, 0xD9_74_3A, 0x7A_41_22, 0x2E_34_3C, 0x28_5B_8B, 0x6B_AC_E6, 0xCD_E4_F8]),
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
    // On paper without colour the sign of the figure says on which side it lies.
    diverging: ramp([0x6E_6E_6E, 0xA6_A6_A6, 0xDB_DB_DB, 0xFF_FF_FF, 0xC2_C2_C2, 0x6E_6E_6E, 0x24_24_24]),
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
    /// Names and figures of many rows on one page of paper: 7.5 points.
    pub(crate) const DENSE: f64 = 10.0;
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

    /// The colour as somebody sees it who lacks one kind of cone: Machado, Oliveira and Fernandes (2009), full severity,
    /// on linear light.
    fn seen(colour: Colour, lacking: &[[f64; 3]; 3]) -> [f64; 3] {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        let rgb = [linear(colour.0), linear(colour.1), linear(colour.2)];
        lab(lacking.map(|row| row.iter().zip(rgb).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0)))
    }

    /// CIE L*a*b* of linear sRGB under D65.
    fn lab([r, g, b]: [f64; 3]) -> [f64; 3] {
        let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
        let y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
        let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    const EYES: [(&str, [[f64; 3]; 3]); 4] = [
        ("full", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "protanopia",
            [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
        ),
        (
            "deuteranopia",
            [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
        ),
        (
            "tritanopia",
            [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
        ),
    ];

    #[test]
    fn tones_that_stand_side_by_side_are_told_apart_without_one_kind_of_cone() {
        for theme in [Theme::Light, Theme::Dark] {
            let p = theme.palette();
            let verdicts = [p.met, p.not_met, p.cannot_tell];
            for (eye, lacking) in &EYES {
                for set in [&verdicts[..], &p.series[..]] {
                    for (i, a) in set.iter().enumerate() {
                        for b in &set[i + 1..] {
                            let (x, y) = (seen(*a, lacking), seen(*b, lacking));
                            let distance = x.iter().zip(y).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                            assert!(distance >= 10.0, "{theme:?} {eye}: {} and {} are {distance:.1} apart", a.hex(), b.hex());
                        }
                    }
                }
                let light: Vec<f64> = p.ramp.iter().map(|c| seen(*c, lacking)[0]).collect();
                let ordered = light.windows(2).all(|w| w[0] < w[1]) || light.windows(2).all(|w| w[0] > w[1]);
                assert!(ordered, "{theme:?} {eye}: {light:?}");
            }
        }
    }

    #[test]
    fn text_on_every_colour_of_the_ramp_reaches_four_and_a_half_and_the_ramp_is_ordered() {
        for theme in ALL {
            for i in 0..=1000 {
                for ramp in [&theme.palette().ramp, &theme.palette().diverging] {
                    let colour = blend(ramp, f64::from(i) / 1000.0);
                    assert!(colour.contrast(colour.ink()) >= 4.5, "{theme:?} {}", colour.hex());
                }
            }
            let ramp = &theme.palette().ramp;
            let rising = ramp.windows(2).all(|p| p[0].luminance() < p[1].luminance());
            let falling = ramp.windows(2).all(|p| p[0].luminance() > p[1].luminance());
            assert!(rising || falling, "{theme:?}");
        }
    }
}
