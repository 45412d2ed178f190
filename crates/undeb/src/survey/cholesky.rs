//! Symmetric positive equations, solved by Cholesky's factorisation.

/// The lower triangle `L` of `A = L L'`, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cholesky {
    n: usize,
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factorises a symmetric matrix of `n` rows, of which the lower triangle is read.
    ///
    /// Where a column is a combination of those before it, to 1e-10 of its own size, its number is returned instead.
    pub(crate) fn of(matrix: &[f64], n: usize) -> Result<Cholesky, usize> {
        let mut lower = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                let (of_i, of_j) = (&lower[i * n..i * n + j], &lower[j * n..j * n + j]);
                let rest = matrix[i * n + j] - of_i.iter().zip(of_j).map(|(a, b)| a * b).sum::<f64>();
                lower[i * n + j] = if i > j {
                    rest / lower[j * n + j]
                } else if rest > 1e-10 * matrix[i * n + i] {
                    rest.sqrt()
                } else {
                    return Err(i);
                };
            }
        }
        Ok(Cholesky { n, lower })
    }

    /// Solves `A x = b` in place.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        let (n, l) = (self.n, &self.lower);
        for i in 0..n {
            let known: f64 = (0..i).map(|j| l[i * n + j] * b[j]).sum();
            b[i] = (b[i] - known) / l[i * n + i];
        }
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|j| l[j * n + i] * b[j]).sum();
            b[i] = (b[i] - known) / l[i * n + i];
        }
    }
}
