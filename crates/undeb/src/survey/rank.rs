//! Rank of a wide set of long columns, without a matrix of them.
//!
//! Rows are gathered into a few random combinations: with more of these than columns, their rank is that of the columns
//! except on a set of measure zero. One pass a column, and a small orthogonalisation. Source: METHODS M10.

/// A column whose part outside those before it is smaller than this share of itself adds nothing; as in R `qr`.
const NOTHING: f64 = 1e-6;

/// A number in [-1, 1) for a row, the same for every column: two rounds of multiplying and folding its bits.
#[inline]
fn coefficient(row: u32) -> f64 {
    let mut z = row.wrapping_add(1).wrapping_mul(0x9E37_79B9);
    z = (z ^ (z >> 15)).wrapping_mul(0x85EB_CA6B);
    z = (z ^ (z >> 13)).wrapping_mul(0xC2B2_AE35);
    f64::from((z ^ (z >> 16)) as i32) / f64::from(1_u32 << 31)
}

/// A column as random combinations of its rows, the same for every column: each row goes to one combination in turn.
pub(crate) fn gathered(column: &[f64], combinations: usize) -> Vec<f64> {
    let mut out = vec![0.0; combinations];
    let mut row = 0_u32;
    for rows in column.chunks(combinations) {
        for (sum, value) in out.iter_mut().zip(rows) {
            *sum += coefficient(row) * value;
            row = row.wrapping_add(1);
        }
    }
    out
}

/// Rank of a few short columns: Gram and Schmidt, twice over.
pub(crate) fn rank(columns: &[Vec<f64>]) -> usize {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for column in columns {
        let size = dot(column, column).sqrt();
        let mut rest = column.clone();
        for _ in 0..2 {
            for b in &basis {
                let along = dot(&rest, b);
                rest.iter_mut().zip(b).for_each(|(r, b)| *r -= along * b);
            }
        }
        let left = dot(&rest, &rest).sqrt();
        if left > NOTHING * size {
            rest.iter_mut().for_each(|r| *r /= left);
            basis.push(rest);
        }
    }
    basis.len()
}

/// Eight sums side by side, so that no addition waits for the one before.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for i in 0..8 {
            sums[i] += a[i] * b[i];
        }
    }
    sums.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_say_the_same_count_once() {
        // Five columns over a thousand rows, of which two are combinations of the others.
        let one = |j: usize| -> Vec<f64> { (0..1000).map(|i| 1000.0 * (1.0 + f64::from(u8::from(i % 7 == j)))).collect() };
        let mut columns: Vec<Vec<f64>> = (0..3).map(one).collect();
        columns.push(columns[0].clone());
        columns.push((0..1000).map(|i| columns[0][i] + 2.0 * columns[2][i]).collect());
        let short: Vec<Vec<f64>> = columns.iter().map(|c| gathered(c, 20)).collect();
        assert_eq!((rank(&columns), rank(&short)), (3, 3));
        assert_eq!(rank(&[vec![0.0; 3]]), 0);
    }
}
