//! A coded row on its way to its PSU, as small as its variables allow.

/// A row on its way to its PSU.
pub(super) trait Record: Copy + Default + Send + Sync {
    fn new(weight: f64, psu: u32, code: u32, row: usize) -> Self;
    fn psu(&self) -> u32;
    fn weight(&self) -> f64;
    fn code(&self) -> u32;
    fn row(&self) -> usize;
}

/// Yes-or-no variables only: everything fits in sixteen bytes.
#[derive(Clone, Copy, Default)]
pub(super) struct Slim(f64, u32, u32);

impl Record for Slim {
    fn new(weight: f64, psu: u32, code: u32, _: usize) -> Self {
        Slim(weight, psu, code)
    }
    fn psu(&self) -> u32 {
        self.1
    }
    fn weight(&self) -> f64 {
        self.0
    }
    fn code(&self) -> u32 {
        self.2
    }
    fn row(&self) -> usize {
        0
    }
}

/// With amounts, which are looked up by row.
#[derive(Clone, Copy, Default)]
pub(super) struct Wide(Slim, u32);

impl Record for Wide {
    fn new(weight: f64, psu: u32, code: u32, row: usize) -> Self {
        Wide(Slim(weight, psu, code), row as u32)
    }
    fn psu(&self) -> u32 {
        self.0.1
    }
    fn weight(&self) -> f64 {
        self.0.0
    }
    fn code(&self) -> u32 {
        self.0.2
    }
    fn row(&self) -> usize {
        self.1 as usize
    }
}
