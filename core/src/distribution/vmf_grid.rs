//! The grid on which a host computes tables and gradients of the von Mises–Fisher distribution, in f64.

use super::Real;

/// The law of `t = 1 − μ·z` along a line: `t = 2y/(1 + y)`, `y = b e^v`, v evenly spaced.
///
/// On v the image of the uniform distribution under the Möbius map of [`VmfSampler::moebius`](super::VmfSampler::moebius) is
/// `sech^(d−1)(v/2)` whatever κ. The von Mises–Fisher law lies below it, touching at v = 0, and is as smooth: one grid fits every κ.
#[derive(Clone, Copy, Debug)]
pub struct VmfGrid {
    half_power: f64,
    kappa: f64,
    b: f64,
    /// v goes from −reach to reach
    reach: f64,
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
    /// The grid of `cells` cells where the uniform law's image is at least `e^(−depth)` times its largest; at d = 2, where its
    /// tails are long, also `2 − t > 10⁻⁶`.
    pub fn new(d: usize, kappa: f64, cells: usize, depth: f64) -> VmfGrid {
        let n = d as f64 - 1.0;
        let b = n / (2.0 * kappa + Real::sqrt(4.0 * kappa * kappa + n * n));
        // sech^(d−1)(v/2) = e^(−depth): v = 2 arcosh(h), h = e^(depth/(d−1))
        let h = if depth < 6.5 * n { Real::exp(depth / n) } else { 665.0 };
        let reach = 2.0 * Real::ln(h + Real::sqrt(h * h - 1.0));
        VmfGrid { half_power: 0.5 * n, kappa, b, reach, cells }
    }

    /// Number of cells; nodes are one more.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Distance of two neighbours in v.
    pub fn step(&self) -> f64 {
        2.0 * self.reach / self.cells as f64
    }

    /// How many steps from the first node t is.
    pub fn position(&self, t: f64) -> f64 {
        (Real::ln(t / ((2.0 - t) * self.b)) + self.reach) / self.step()
    }

    /// The point `position` steps from the first node.
    ///
    /// `log f = (d−1)/2 · log(t(2−t)) − κ t + const`, hence `d log f/dv = ½ (d−1)(1−t) − ½ κ t(2−t)`.
    pub fn node(&self, position: f64) -> VmfNode {
        let v = position * self.step() - self.reach;
        let y = self.b * Real::exp(v);
        let (t, rest) = (2.0 * y / (1.0 + y), 2.0 / (1.0 + y));
        // from v = 0: t − t₀ = growth · (2−t), t(2−t) = 4y/(1+y)², growth = (y−b)/(1+b)
        let growth = (y - self.b) / (1.0 + self.b);
        let log = self.half_power * (v - 2.0 * Real::ln_1p(growth)) - self.kappa * growth * rest;
        let slope = self.half_power * (1.0 - t) - 0.5 * self.kappa * t * rest;
        VmfNode { t, density: Real::exp(log), slope }
    }

    /// `∫ g dv` over a cell from g and dg/dv at its ends: `h/2 (g₀ + g₁) + h²/12 (g₀' − g₁')`, with an error of order h⁵
    /// (Euler–Maclaurin).
    pub fn integral(&self, [g0, slope0]: [f64; 2], [g1, slope1]: [f64; 2]) -> f64 {
        let h = self.step();
        0.5 * h * (g0 + g1) + h * h / 12.0 * (slope0 - slope1)
    }
}
