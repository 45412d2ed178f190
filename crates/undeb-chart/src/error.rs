use std::fmt;

/// The reason why a picture could not be turned into PNG.
#[derive(Debug)]
pub struct ChartError(Kind);

#[derive(Debug)]
pub(crate) enum Kind {
    Scale(f32),
    Parse(String),
    Size { width: f32, height: f32 },
    Encode(String),
}

impl From<Kind> for ChartError {
    fn from(kind: Kind) -> Self {
        Self(kind)
    }
}

impl fmt::Display for ChartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Scale(scale) => {
                write!(f, "the scale must be above 0 and at most 8, not {scale}")
            }
            Kind::Parse(cause) => write!(f, "the drawing is not valid SVG: {cause}"),
            Kind::Size { width, height } => {
                write!(f, "{width} by {height} pixels are too many for a PNG")
            }
            Kind::Encode(cause) => write!(f, "the PNG could not be encoded: {cause}"),
        }
    }
}

impl std::error::Error for ChartError {}
