//! Codes of the rows of a column, as narrow as its distinct values allow.

/// Code of an empty cell.
pub(crate) const NULL: u16 = u16::MAX;

/// One stored code.
pub(super) trait Code: Copy + Send + Sync {
    /// The code of an empty cell.
    const NULL: Self;

    /// The code of a key by its position; none where there are too many.
    fn of(position: usize) -> Option<Self>;

    /// The same code as every reader sees it.
    fn wide(self) -> u16;
}

impl Code for u8 {
    const NULL: Self = u8::MAX;

    fn of(position: usize) -> Option<Self> {
        u8::try_from(position).ok().filter(|code| *code != Self::NULL)
    }
    #[inline]
    fn wide(self) -> u16 {
        if self == Self::NULL { NULL } else { u16::from(self) }
    }
}

impl Code for u16 {
    const NULL: Self = NULL;

    fn of(position: usize) -> Option<Self> {
        u16::try_from(position).ok().filter(|code| *code != NULL)
    }
    #[inline]
    fn wide(self) -> u16 {
        self
    }
}

/// Codes of all rows: one byte each for up to 254 values, else two; [`NULL`] for an empty cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Codes {
    /// One byte a row.
    Narrow(Vec<u8>),
    /// Two bytes a row.
    Wide(Vec<u16>),
}

impl Codes {
    pub(crate) fn len(&self) -> usize {
        match self {
            Codes::Narrow(codes) => codes.len(),
            Codes::Wide(codes) => codes.len(),
        }
    }

    /// The code of a row.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> u16 {
        match self {
            Codes::Narrow(codes) => codes[row].wide(),
            Codes::Wide(codes) => codes[row],
        }
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = u16> + Clone + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The first row with an empty cell.
    pub(crate) fn first_null(&self) -> Option<usize> {
        match self {
            Codes::Narrow(codes) => codes.iter().position(|code| *code == u8::MAX),
            Codes::Wide(codes) => codes.iter().position(|code| *code == NULL),
        }
    }

    /// Codes made of others, as narrow as `values` distinct ones allow.
    pub(crate) fn of(codes: impl Iterator<Item = u16>, values: usize) -> Codes {
        match values <= usize::from(u8::MAX) {
            true => Codes::Narrow(codes.map(|code| if code == NULL { u8::MAX } else { code as u8 }).collect()),
            false => Codes::Wide(codes.collect()),
        }
    }

    /// Hands each row of a range its code, in the loop of its width.
    #[inline]
    pub(crate) fn each<T>(&self, range: std::ops::Range<usize>, rows: &mut [T], mut put: impl FnMut(&mut T, u16)) {
        match self {
            Codes::Narrow(codes) => rows.iter_mut().zip(&codes[range]).for_each(|(row, code)| put(row, code.wide())),
            Codes::Wide(codes) => rows.iter_mut().zip(&codes[range]).for_each(|(row, code)| put(row, *code)),
        }
    }
}
