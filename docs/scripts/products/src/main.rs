//! Matrix products of a training step beside those of `gemm` and `faer`, by turns, in billion operations a
//! second.
//!
//!     cd docs/scripts/products && taskset -c 0 cargo run --release [avx2]
//!
//! `avx2` holds Elbow to those vector instructions; the two others take what they take.

use std::time::{Duration, Instant};

use elbow_host::simd;
use elbow_trainer::net::matmul::{dots, product, transposed_product};
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

/// Rows of a shard, inputs and outputs of a layer: those of the five points of `elbow bench step`.
const SHAPES: [(usize, usize, usize); 11] = [
    (20, 784, 200),
    (20, 200, 200),
    (20, 50, 200),
    (20, 200, 784),
    (50, 784, 200),
    (50, 200, 784),
    (125, 50, 200),
    (125, 200, 200),
    (125, 200, 784),
    (256, 64, 64),
    (256, 64, 30),
];
const TIME: Duration = Duration::from_millis(100);
const ROUNDS: usize = 3;

/// A matrix as it lies in memory, row by row, and whether its transpose is meant.
struct Matrix<'a> {
    numbers: &'a [f32],
    columns: usize,
    turned: bool,
}

impl Matrix<'_> {
    fn faer(&self) -> MatRef<'_, f32> {
        let rows = self.numbers.len() / self.columns;
        let matrix = MatRef::from_row_major_slice(self.numbers, rows, self.columns);
        if self.turned { matrix.transpose() } else { matrix }
    }

    /// From column to column, from row to row.
    fn strides(&self) -> (isize, isize) {
        let columns = self.columns as isize;
        if self.turned { (columns, 1) } else { (1, columns) }
    }
}

/// `c = a b` by `gemm`, of m × k and k × n numbers.
fn by_gemm((m, k, n): (usize, usize, usize), a: &Matrix, b: &Matrix, c: &mut [f32]) {
    let ((a_cs, a_rs), (b_cs, b_rs)) = (a.strides(), b.strides());
    let (to, a, b) = (c.as_mut_ptr(), a.numbers.as_ptr(), b.numbers.as_ptr());
    let (none, one) = (gemm::Parallelism::None, 1.0);
    // SAFETY: the three matrices are of m × n, m × k and k × n numbers, and the strides are theirs.
    unsafe {
        gemm::gemm(
            m, n, k, to, 1, n as isize, false, a, a_cs, a_rs, b, b_cs, b_rs, 0.0, one, false, false, false,
            none,
        );
    }
}

fn by_faer(columns: usize, a: &Matrix, b: &Matrix, c: &mut [f32]) {
    let rows = c.len() / columns;
    let to = MatMut::from_row_major_slice_mut(c, rows, columns);
    matmul(to, Accum::Replace, a.faer(), b.faer(), 1.0, Par::Seq);
}

/// Seconds of the fastest of many runs.
fn fastest(mut run: impl FnMut()) -> f64 {
    let (begun, mut best) = (Instant::now(), f64::INFINITY);
    while begun.elapsed() < TIME {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

/// Prints a line: ours, `gemm`'s and `faer`'s speed at one product.
fn compare(name: &str, size: (usize, usize, usize), ours: impl Fn(&mut [f32]), a: &Matrix, b: &Matrix) {
    let (m, k, n) = size;
    let mut c = vec![0.0; m * n];
    let mut best = [f64::INFINITY; 3];
    for _ in 0..ROUNDS {
        let seconds = [
            fastest(|| ours(&mut c)),
            fastest(|| by_gemm(size, a, b, &mut c)),
            fastest(|| by_faer(n, a, b, &mut c)),
        ];
        best = std::array::from_fn(|i| best[i].min(seconds[i]));
    }
    let [elbow, gemm, faer] = best.map(|seconds| 2e-9 * (m * k * n) as f64 / seconds);
    println!("| {name} | {m} × {k} × {n} | {elbow:.0} | {gemm:.0} | {faer:.0} |");
}

fn main() {
    if let Some(name) = std::env::args().nth(1) {
        simd::choose(&name).expect("vector instructions of this machine");
    }
    let numbers = |n: usize| (0..n).map(|i| ((i * 7919 % 1000) as f32 - 500.0) * 1e-3).collect::<Vec<_>>();
    println!("| product | m × k × n | elbow, {} | gemm | faer |", simd::name(simd::arch()));
    println!("|---|---|--:|--:|--:|");
    for (rows, inputs, outputs) in SHAPES {
        let (x, weights, dy) = (numbers(rows * inputs), numbers(inputs * outputs), numbers(rows * outputs));
        let matrix = |numbers, columns, turned| Matrix { numbers, columns, turned };
        let forward = (rows, inputs, outputs);
        if inputs > 2 * rows {
            let (a, b) = (matrix(&x, inputs, false), matrix(&weights, inputs, true));
            compare("forward, x Wᵀ", forward, |y| dots(&x, &weights, inputs, y), &a, &b);
        } else {
            let (a, b) = (matrix(&x, inputs, false), matrix(&weights, outputs, false));
            compare("forward, x W", forward, |y| product(&x, &weights, outputs, false, y), &a, &b);
        }
        let (a, b) = (matrix(&dy, outputs, false), matrix(&weights, inputs, false));
        let size = (rows, outputs, inputs);
        compare("to the inputs", size, |dx| product(&dy, &weights, inputs, false, dx), &a, &b);
        let (a, b) = (matrix(&dy, outputs, true), matrix(&x, inputs, false));
        let ours = |dw: &mut [f32]| transposed_product((&dy, outputs, 0..outputs), &x, inputs, false, dw);
        compare("to the weights", (outputs, rows, inputs), ours, &a, &b);
    }
}
