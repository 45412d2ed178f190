//! Random numbers that are the same bits on every machine.

/// Steele, Lea and Flood's generator: one multiplication chain.
pub(crate) struct SplitMix(u64);

impl SplitMix {
    pub(crate) const fn new(seed: u64) -> Self {
        SplitMix(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`, each equally likely: draws from the incomplete last round are thrown away.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        let whole = u64::MAX - u64::MAX % n;
        loop {
            let draw = self.next();
            if draw < whole {
                return draw % n;
            }
        }
    }

    /// Two independent standard normal variables, by Marsaglia's polar method.
    pub(crate) fn normals(&mut self) -> [f64; 2] {
        // The upper 53 bits as a number in [-1, 1).
        let mut symmetric = || (self.next() >> 11) as f64 * 2f64.powi(-52) - 1.0;
        loop {
            let (u, v) = (symmetric(), symmetric());
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let factor = (-2.0 * s.ln() / s).sqrt();
                return [u * factor, v * factor];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SplitMix;

    #[test]
    fn the_generator_is_the_published_one() {
        let mut random = SplitMix::new(1_234_567);
        assert_eq!([random.next(), random.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
        let mut counts = [0; 3];
        (0..3000).for_each(|_| counts[random.below(3) as usize] += 1);
        assert!(counts.iter().all(|c| (900..1100).contains(c)), "{counts:?}");
    }

    #[test]
    fn normals_have_mean_nothing_and_spread_one() {
        let mut random = SplitMix::new(7);
        let draws: Vec<f64> = (0..20_000).flat_map(|_| random.normals()).collect();
        let n = draws.len() as f64;
        let moment = |k: i32| draws.iter().map(|x| x.powi(k)).sum::<f64>() / n;
        assert!(moment(1).abs() < 0.02 && (moment(2) - 1.0).abs() < 0.03 && (moment(4) - 3.0).abs() < 0.2);
    }
}
