//! Symmetric positive equations, solved by Cholesky's factorisation.

/// The lower triangle `L` of `A = L L'`, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cholesky {
    n: usize,
    lower: Vec<f64>,
}

/// Sum of products in four strands, which a processor works on side by side.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a4.remainder().iter().zip(b4.remainder()).map(|(a, b)| a * b).sum();
    let mut strands = [0.0; 4];
    for (a, b) in a4.zip(b4) {
        for (strand, (a, b)) in strands.iter_mut().zip(a.iter().zip(b)) {
            *strand += a * b;
        }
    }
    strands.iter().sum::<f64>() + rest
}

impl Cholesky {
    /// Factorises a symmetric matrix of `n` rows, of which the lower triangle is read.
    ///
    /// Where a column is a combination of those before it, to 1e-10 of its own size, its number is returned instead.
    pub(crate) fn of(matrix: &[f64], n: usize) -> Result<Cholesky, usize> {
        let mut lower = matrix.to_vec();
        let mut column = vec![0.0; n];
        for k in 0..n {
            let pivot = lower[k * n + k];
            if pivot.is_nan() || pivot <= 1e-10 * matrix[k * n + k] {
                return Err(k);
            }
            let root = pivot.sqrt();
            lower[k * n + k] = root;
            for i in k + 1..n {
                column[i] = lower[i * n + k] / root;
                lower[i * n + k] = column[i];
            }
            // What is left of the triangle, row by row: stretches that a processor works on two numbers at a time.
            for i in k + 1..n {
                let of_i = column[i];
                let row = &mut lower[i * n + k + 1..=i * n + i];
                row.iter_mut().zip(&column[k + 1..=i]).for_each(|(a, of_j)| *a -= of_i * of_j);
            }
        }
        Ok(Cholesky { n, lower })
    }

    /// Solves `A x = b` in place.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        let (n, l) = (self.n, &self.lower);
        self.half_solve(b);
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|j| l[j * n + i] * b[j]).sum();
            b[i] = (b[i] - known) / l[i * n + i];
        }
    }

    /// Solves `L x = b` in place.
    pub(crate) fn half_solve(&self, b: &mut [f64]) {
        let (n, l) = (self.n, &self.lower);
        for i in 0..n.min(b.len()) {
            let known = dot(&l[i * n..i * n + i], &b[..i]);
            b[i] = (b[i] - known) / l[i * n + i];
        }
    }

    /// Logarithm of the determinant of the leading `k` rows and columns of `A`.
    pub(crate) fn log_determinant(&self, k: usize) -> f64 {
        2.0 * (0..k).map(|i| self.lower[i * self.n + i].ln()).sum::<f64>()
    }
}
