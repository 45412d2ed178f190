//! Hadamard matrices: square, of +1 and -1, with columns at right angles.

/// The smallest order from `least` on that [`matrix`] can make: most multiples of 4, and all powers of 2.
pub(crate) fn order(least: usize) -> usize {
    (least.max(2)..).find(|&n| construction(n).is_some()).unwrap_or(2)
}

/// How a matrix of one order is made.
enum Construction {
    /// The order is 1.
    One,
    /// Paley's first: order less 1 is a prime of the form 4k + 3.
    First(usize),
    /// Paley's second: half the order less 1 is a prime of the form 4k + 1.
    Second(usize),
    /// Sylvester's: the matrix of half the order, twice over.
    Double,
}

fn construction(n: usize) -> Option<Construction> {
    let prime = |q: usize| q > 2 && (2..).take_while(|d| d * d <= q).all(|d| !q.is_multiple_of(d));
    match n {
        0 => None,
        1 => Some(Construction::One),
        n if n % 4 == 0 && prime(n - 1) => Some(Construction::First(n - 1)),
        n if n % 4 == 0 && (n / 2) % 4 == 2 && prime(n / 2 - 1) => Some(Construction::Second(n / 2 - 1)),
        n if n % 2 == 0 => construction(n / 2).map(|_| Construction::Double),
        _ => None,
    }
}

/// A Hadamard matrix of an order from [`order`], row by row, its first column all +1.
pub(crate) fn matrix(n: usize) -> Vec<Vec<f64>> {
    let mut rows = match construction(n) {
        Some(Construction::First(q)) => {
            let sign = |i: usize, j: usize| match (i, j) {
                (0, _) => 1.0,
                (_, 0) => -1.0,
                _ if i == j => 1.0,
                _ => character(i + q - j, q),
            };
            square(n, sign)
        }
        Some(Construction::Second(q)) => {
            // Each entry of a symmetric conference matrix becomes a block of 2 x 2.
            let sign = |i: usize, j: usize| {
                let odd = (i % 2) * (j % 2) == 1;
                match (i / 2, j / 2) {
                    (a, b) if a == b => {
                        if i % 2 + j % 2 == 0 {
                            1.0
                        } else {
                            -1.0
                        }
                    }
                    (0, _) | (_, 0) => {
                        if odd {
                            -1.0
                        } else {
                            1.0
                        }
                    }
                    (a, b) => character(a + q - b, q) * if odd { -1.0 } else { 1.0 },
                }
            };
            square(n, sign)
        }
        Some(Construction::Double) => {
            let half = matrix(n / 2);
            square(n, |i, j| half[i % (n / 2)][j % (n / 2)] * if i.min(j) >= n / 2 { -1.0 } else { 1.0 })
        }
        _ => vec![vec![1.0]],
    };
    for row in &mut rows {
        let first = row[0];
        row.iter_mut().for_each(|x| *x *= first);
    }
    rows
}

fn square(n: usize, sign: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
    (0..n).map(|i| (0..n).map(|j| sign(i, j)).collect()).collect()
}

/// +1 where `a` is a square modulo the prime `q`, -1 where it is none, for `a` not a multiple of `q`.
fn character(a: usize, q: usize) -> f64 {
    if (1..q).any(|x| x * x % q == a % q) { 1.0 } else { -1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_at_right_angles() {
        let orders: Vec<usize> = (1..=100).filter(|&n| order(n) == n).collect();
        assert_eq!(orders.len(), 23, "{orders:?}");
        for n in orders {
            let rows = matrix(n);
            for a in 0..n {
                assert_eq!(rows[a][0], 1.0);
                for b in 0..n {
                    let product: f64 = rows.iter().map(|row| row[a] * row[b]).sum();
                    assert_eq!(product, if a == b { n as f64 } else { 0.0 }, "order {n}, columns {a} and {b}");
                }
            }
        }
    }
}
