//! Synthetic records like those of a labour force survey. Made up; nobody answered.

use polars::prelude::*;

/// A small generator of random bits, the same everywhere (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    /// A generator from a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in 0..n.
    fn below(&mut self, n: u64) -> u64 {
        (self.unit() * n as f64) as u64
    }

    /// Standard normal, by Box and Muller.
    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// Names of the twelve areas and three sectors.
const REGIONS: [&str; 12] = [
    "North East",
    "North West",
    "Yorkshire",
    "East Midlands",
    "West Midlands",
    "East",
    "London",
    "South East",
    "South West",
    "Wales",
    "Scotland",
    "N Ireland",
];
const SECTORS: [&str; 3] = ["public", "private", "voluntary"];

/// What the records are to be like beside their number.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shape {
    /// Sorted by PSU; else in random order.
    pub(crate) sorted: bool,
    /// Each PSU lies in one region; else its people live anywhere.
    pub(crate) regional: bool,
    /// Columns of replicate weights, `rw1` and so on: the weight times 0, 1 or 2, as in a bootstrap.
    pub(crate) replicates: usize,
}

/// Rows that are made at a time where a file is written.
const BATCH: usize = 1 << 20;

/// Records batch by batch: 200 strata, PSUs of about 20 rows, 12 regions, 3 sectors, 21 industries, 10 years, log-normal
/// weights, 13 % out of scope, missing answers.
pub(crate) struct Labour {
    random: Random,
    shape: Shape,
    /// PSU of each row.
    order: Vec<u32>,
    lift: Vec<f64>,
    done: usize,
}

impl Labour {
    pub(crate) fn new(rows: usize, seed: u64, shape: Shape) -> Self {
        let mut random = Random::new(seed);
        let psus = (rows / 20).max(400);
        let mut order: Vec<u32> = (0..rows).map(|i| (i * psus / rows) as u32).collect();
        if !shape.sorted {
            for i in (1..rows).rev() {
                order.swap(i, random.below(i as u64 + 1) as usize);
            }
        }
        let lift = (0..psus).map(|_| 0.06 * random.normal()).collect();
        Labour { random, shape, order, lift, done: 0 }
    }

    /// The next batch; none behind the last.
    pub(crate) fn batch(&mut self, rows: usize) -> PolarsResult<Option<DataFrame>> {
        let rows = rows.min(self.order.len() - self.done);
        if rows == 0 {
            return Ok(None);
        }
        let psus = self.lift.len();
        let random = &mut self.random;
        let mut columns: [Vec<i32>; 4] = Default::default();
        let (mut region, mut sector) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        let (mut weight, mut employee) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        let (mut union, mut covered): (Vec<Option<bool>>, Vec<Option<bool>>) =
            (Vec::with_capacity(rows), Vec::with_capacity(rows));
        for &psu in &self.order[self.done..self.done + rows] {
            let s = [0, 1, 1, 1, 1, 2][random.below(6) as usize];
            let base = [0.5, 0.13, 0.25][s] + self.lift[psu as usize];
            let member = random.unit() < base;
            let in_agreement = if member { random.unit() < 0.8 } else { random.unit() < 0.15 + base / 4.0 };
            columns[0].push((psu as usize * 200 / psus) as i32);
            columns[1].push(psu as i32);
            columns[2].push(2015 + random.below(10) as i32);
            columns[3].push(random.below(21) as i32);
            let anywhere = random.below(12) as usize;
            region.push(REGIONS[if self.shape.regional { psu as usize * 12 / psus } else { anywhere }]);
            sector.push(SECTORS[s]);
            weight.push((5.5 + 0.5 * random.normal()).exp());
            employee.push(random.unit() >= 0.13);
            union.push((random.unit() >= 0.04).then_some(member));
            covered.push((random.unit() >= 0.08).then_some(in_agreement));
        }
        let [stratum, psu, year, industry] = columns;
        let replicates: Vec<Column> = (1..=self.shape.replicates)
            .map(|r| {
                let one = |w: &f64| w * [0.0, 1.0, 1.0, 2.0][random.below(4) as usize];
                Column::new(format!("rw{r}").into(), weight.iter().map(one).collect::<Vec<f64>>())
            })
            .collect();
        self.done += rows;
        let frame = df![
            "stratum" => stratum, "psu" => psu, "year" => year, "industry" => industry, "region" => region, "sector" => sector,
            "weight" => weight, "employee" => employee, "union" => union, "covered" => covered,
        ]?;
        frame.hstack(&replicates).map(Some)
    }

    /// Writes all records as Parquet.
    pub(crate) fn write(mut self, file: std::fs::File) -> PolarsResult<()> {
        let Some(first) = self.batch(BATCH)? else { return Ok(()) };
        let mut writer = ParquetWriter::new(file).batched(first.schema())?;
        writer.write_batch(&first)?;
        while let Some(next) = self.batch(BATCH)? {
            writer.write_batch(&next)?;
        }
        writer.finish().map(|_| ())
    }
}

/// All records as one frame.
pub(crate) fn labour(rows: usize, seed: u64, shape: Shape) -> PolarsResult<DataFrame> {
    Labour::new(rows, seed, shape).batch(rows).map(Option::unwrap_or_default)
}
