//! A coded row on its way to its PSU, as small as its PSU and its code allow.

/// A row on its way to its PSU.
pub(super) trait Record: Copy + Default + Send + Sync {
    /// Numbers of PSUs in one bucket, and codes, must be below these.
    const MOST_PSUS: usize;
    const MOST_CODES: u64;

    /// A record from its weight, its PSU within the bucket and its code; what is too large is cut off.
    fn new(weight: f64, psu: u32, code: u32) -> Self;
    fn weight(self) -> f64;
    fn psu(self) -> usize;
    fn code(self) -> u32;
}

/// Twelve bytes, for as many cells as nearly every table has.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
#[repr(C, packed(4))]
pub(super) struct Narrow {
    weight: f64,
    psu: u16,
    code: u16,
}

impl Record for Narrow {
    const MOST_PSUS: usize = 1 << 16;
    const MOST_CODES: u64 = 1 << 16;

    #[inline]
    fn new(weight: f64, psu: u32, code: u32) -> Self {
        Narrow { weight, psu: psu as u16, code: code as u16 }
    }
    #[inline]
    fn weight(self) -> f64 {
        self.weight
    }
    #[inline]
    fn psu(self) -> usize {
        usize::from(self.psu)
    }
    #[inline]
    fn code(self) -> u32 {
        u32::from(self.code)
    }
}

/// Sixteen bytes, for any number of cells.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub(super) struct Broad {
    weight: f64,
    psu: u32,
    code: u32,
}

impl Record for Broad {
    const MOST_PSUS: usize = u32::MAX as usize;
    const MOST_CODES: u64 = u32::MAX as u64;

    #[inline]
    fn new(weight: f64, psu: u32, code: u32) -> Self {
        Broad { weight, psu, code }
    }
    #[inline]
    fn weight(self) -> f64 {
        self.weight
    }
    #[inline]
    fn psu(self) -> usize {
        self.psu as usize
    }
    #[inline]
    fn code(self) -> u32 {
        self.code
    }
}
