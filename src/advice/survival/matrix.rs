//! Symmetric systems of a few equations.
//!
//! Enters: a positive definite matrix. Leaves: its inverse and determinant. Must not know: of what.

use libm::log;

/// The most equations.
pub const MOST: usize = 11;

/// A vector; what is beyond its size is 0.
pub type Vector = [f64; MOST];

/// A symmetric matrix; what is beyond its size is 0.
pub type Matrix = [Vector; MOST];

/// a·b
pub fn dot(a: &Vector, b: &Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// M·a
pub fn times(m: &Matrix, a: &Vector) -> Vector {
    m.map(|row| dot(&row, a))
}

/// The inverse of the first `size` rows and columns, with ln of the determinant, by elimination (Gauss and Jordan); `None` where a pivot is not
/// positive, thus where the matrix is not positive definite.
pub fn inverse(m: &Matrix, size: usize) -> Option<(Matrix, f64)> {
    let (mut left, mut ln_det) = (*m, 0.0);
    let mut right = [[0.0; MOST]; MOST];
    for (i, row) in right.iter_mut().enumerate().take(size) {
        row[i] = 1.0;
    }
    for column in 0..size {
        let pivot = left[column][column];
        if !(pivot.is_finite() && pivot > 1e-12) {
            return None;
        }
        ln_det += log(pivot);
        let scaled = (
            left[column].map(|value| value / pivot),
            right[column].map(|value| value / pivot),
        );
        (left[column], right[column]) = scaled;
        for row in (0..size).filter(|row| *row != column) {
            let factor = left[row][column];
            for i in 0..size {
                left[row][i] -= factor * scaled.0[i];
                right[row][i] -= factor * scaled.1[i];
            }
        }
    }
    Some((right, ln_det))
}

#[cfg(test)]
mod tests {
    use super::{MOST, Matrix, inverse, times};

    fn of(rows: [[f64; 3]; 3]) -> Matrix {
        let mut matrix = [[0.0; MOST]; MOST];
        for (i, row) in rows.iter().enumerate() {
            matrix[i][..3].copy_from_slice(row);
        }
        matrix
    }

    #[test]
    fn the_inverse_undoes() {
        let matrix = of([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]]);
        let (inverse, ln_det) = inverse(&matrix, 3).unwrap();
        // 4·(3·2 - 0.2²) - (2 - 0.5·0.2) + 0.5·(0.2 - 0.5·3)
        assert!((ln_det.exp() - 21.29).abs() < 1e-9, "{ln_det}");
        let mut vector = [0.0; MOST];
        vector[..3].copy_from_slice(&[1.0, -2.0, 3.0]);
        for (got, wanted) in times(&inverse, &times(&matrix, &vector)).iter().zip(vector) {
            assert!((got - wanted).abs() < 1e-12, "{got} {wanted}");
        }
    }

    #[test]
    fn others_have_none() {
        assert_eq!(
            inverse(&of([[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), 3),
            None
        );
        assert_eq!(inverse(&of([[f64::NAN; 3]; 3]), 3), None);
    }
}
