//! Made-up workers, drawn with strata and PSUs; the numbers say nothing about any country.

use polars::prelude::*;
use undeb::survey::design::LonelyPsu;
use undeb::{Records, Roles};

/// Columns of made-up workers.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) member: Vec<Option<bool>>,
    pub(crate) covered: Vec<Option<bool>>,
    pub(crate) employee: Vec<bool>,
    pub(crate) weight: Vec<f64>,
    pub(crate) stratum: Vec<i64>,
    pub(crate) psu: Vec<i64>,
    pub(crate) year: Vec<i64>,
    pub(crate) region: Vec<&'static str>,
    pub(crate) sector: Vec<&'static str>,
}

/// SplitMix64, so that the same workers are drawn everywhere.
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// Workers in strata of several PSUs; PSU numbers are unique and all of one width. Members are covered.
pub(crate) fn made(rows: usize, strata: u64, psus: u64) -> Made {
    let mut draw = Draw(7);
    let mut m = Made {
        member: Vec::new(),
        covered: Vec::new(),
        employee: Vec::new(),
        weight: Vec::new(),
        stratum: Vec::new(),
        psu: Vec::new(),
        year: Vec::new(),
        region: Vec::new(),
        sector: Vec::new(),
    };
    for _ in 0..rows {
        let (h, p) = (draw.below(strata), draw.below(psus));
        let sector = ["private", "public", "voluntary"][draw.below(20).saturating_sub(10).div_ceil(8) as usize];
        let member = match draw.below(100) {
            0..6 => None,
            d => Some(d < 20 + 3 * (h + 2 * p) % 30),
        };
        let covered = match draw.below(100) {
            _ if member == Some(true) => Some(true),
            0..9 => None,
            d => Some(d < 30 + 5 * p % 20),
        };
        m.member.push(member);
        m.covered.push(covered);
        m.employee.push(draw.below(10) > 0);
        m.weight.push(0.5 + draw.below(1000) as f64 / 250.0);
        m.stratum.push(10 + h as i64);
        m.psu.push(10_000 + (h * psus + p) as i64);
        m.year.push(2022 + draw.below(3) as i64);
        m.region.push(["east", "north", "south", "west"][((h + draw.below(2)) % 4) as usize]);
        m.sector.push(sector);
    }
    m
}

impl Made {
    pub(crate) fn frame(&self) -> DataFrame {
        let rows = self.psu.len();
        DataFrame::new(
            rows,
            vec![
                Column::new("member".into(), &self.member),
                Column::new("covered".into(), &self.covered),
                Column::new("employee".into(), &self.employee),
                Column::new("weight".into(), &self.weight),
                Column::new("stratum".into(), &self.stratum),
                Column::new("psu".into(), &self.psu),
                Column::new("year".into(), &self.year),
                Column::new("region".into(), &self.region),
                Column::new("sector".into(), &self.sector),
            ],
        )
        .unwrap()
    }

    pub(crate) fn records(&self) -> Records {
        Records::new(&self.frame(), &roles()).unwrap()
    }
}

pub(crate) fn roles() -> Roles {
    let named = |name: &str| Some(name.to_owned());
    Roles {
        member: named("member"),
        covered: named("covered"),
        employee: named("employee"),
        weight: named("weight"),
        strata: named("stratum"),
        psu: named("psu"),
        period: named("year"),
        region: named("region"),
        sector: named("sector"),
        lonely_psu: LonelyPsu::Fail,
        members_within_covered: true,
        survey: "Made-up workers".to_owned(),
        ..Roles::default()
    }
}
