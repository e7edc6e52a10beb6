//! The grid on which a host computes tables and gradients of the von Mises–Fisher distribution, in f64.

use super::Real;

/// The law of `t = 1 − μ·z` along a line: `t = 2y/(1 + y)`, `y = b e^v`, v evenly spaced.
///
/// On v the image of the uniform distribution under the Möbius map of
/// [`VmfSampler::moebius`](super::VmfSampler::moebius) is `sech^(d−1)(v/2)` whatever κ. The von Mises–Fisher
/// law lies below it, touching at v = 0, and is as smooth.
#[derive(Clone, Copy, Debug)]
pub struct VmfGrid {
    half_power: f64,
    kappa: f64,
    b: f64,
    /// v of the first node
    low: f64,
    step: f64,
    cells: usize,
}

/// One point of a [`VmfGrid`].
#[derive(Clone, Copy, Debug)]
pub struct VmfNode {
    /// `1 − μ·z`
    pub t: f64,
    /// density over v, up to a factor common to the grid: 1 at v = 0
    pub density: f64,
    /// `d log density / dv`
    pub slope: f64,
}

impl VmfGrid {
    /// The grid of `cells` cells where the density over v is at least `e^(−depth)`, 1 being its value at v =
    /// 0; at d = 2, where tails are long, not beyond `|v| = 14.4`, where t and `2 − t` are 10⁻⁶ of 2.
    pub fn new(d: usize, kappa: f64, cells: usize, depth: f64) -> VmfGrid {
        let n = d as f64 - 1.0;
        let b = n / (2.0 * kappa + Real::sqrt(4.0 * kappa * kappa + n * n));
        let mut grid = VmfGrid { half_power: 0.5 * n, kappa, b, low: 0.0, step: 1.0, cells };
        // sech^(d−1)(v/2) = e^(−depth): v = 2 arcosh(h), h = e^(depth/(d−1)); f is there already below
        let h = if depth < 6.5 * n { Real::exp(depth / n) } else { 665.0 };
        let reach = 2.0 * Real::ln(h + Real::sqrt(h * h - 1.0));
        let (low, high) = (grid.end(-reach, depth), grid.end(reach, depth));
        (grid.low, grid.step) = (low, (high - low) / cells as f64);
        grid
    }

    /// Where between 0 and `v` the density is `e^(−depth)`, to a hundredth, on the outer side.
    fn end(&self, v: f64, depth: f64) -> f64 {
        let (mut inside, mut outside) = (0.0, v);
        for _ in 0..10 {
            let middle = 0.5 * (inside + outside);
            let y = self.b * Real::exp(middle);
            if self.log_density(middle, y) > -depth { inside = middle } else { outside = middle }
        }
        outside
    }

    /// Number of cells; nodes are one more.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Distance of two neighbours in v.
    pub fn step(&self) -> f64 {
        self.step
    }

    /// v at `position` steps from the first node, and `y = b e^v`.
    fn line(&self, position: f64) -> (f64, f64) {
        let v = self.low + position * self.step;
        (v, self.b * Real::exp(v))
    }

    /// t at `position` steps from the first node.
    pub fn t(&self, position: f64) -> f64 {
        let (_, y) = self.line(position);
        2.0 * y / (1.0 + y)
    }

    /// The `i`-th point, `i` from 0 to the number of cells.
    ///
    /// `d log f/dv = ½ (d−1)(1−t) − ½ κ t(2−t)`, since `dt/dv = ½ t(2−t)`.
    pub fn node(&self, i: usize) -> VmfNode {
        let (v, y) = self.line(i as f64);
        let (t, rest) = (2.0 * y / (1.0 + y), 2.0 / (1.0 + y));
        let slope = self.half_power * (1.0 - t) - 0.5 * self.kappa * t * rest;
        VmfNode { t, density: Real::exp(self.log_density(v, y)), slope }
    }

    /// `log f(v) − log f(0)`, with `log f = (d−1)/2 · log(t(2−t)) − κ t + const`.
    fn log_density(&self, v: f64, y: f64) -> f64 {
        // t(2−t) = 4y/(1+y)², t − t₀ = growth · 2/(1+y), growth = (y−b)/(1+b)
        let growth = (y - self.b) / (1.0 + self.b);
        self.half_power * (v - 2.0 * Real::ln_1p(growth)) - self.kappa * growth * 2.0 / (1.0 + y)
    }

    /// `∫ g dv` over a cell from g and dg/dv at its ends:
    /// `h/2 (g₀ + g₁) + h²/12 (g₀' − g₁')`, with an error of order h⁵ (Euler–Maclaurin).
    pub fn integral(&self, [g0, slope0]: [f64; 2], [g1, slope1]: [f64; 2]) -> f64 {
        let h = self.step;
        0.5 * h * (g0 + g1) + h * h / 12.0 * (slope0 - slope1)
    }
}
