//! A sampler of fixed work: the distribution function of `t = 1 − μ·z` in
//! a table. Derivation: `docs/von-mises-fisher.md`.

use super::hypersphere::{NormalDraw, log_area, open_uniform};
use super::{ParamError, Real, VmfGrid};
use crate::math;
use rand_core::Rng;

/// The distribution function of `t = 1 − μ·z` at a fixed κ, as pairs `[t_i, F_i]`, linear in between.
///
/// Its samples are not quite von Mises–Fisher: with 64 cells their distribution function is off by at
/// most 6·10⁻⁴ whatever κ (10⁻³ for d = 2). Their exact log density is
/// [`log_prob_at`](Self::log_prob_at); weights that use it are free of that error.
///
/// A sample takes `d + 1` words, first the one for t, then d for its direction: fixed work, no
/// rejection, and low-discrepancy noise stays in step.
///
/// # Source
/// Inversion of a tabulated distribution function: Devroye (1986), "Non-uniform random variate
/// generation", section II.2; the grid: [`VmfGrid`].
#[derive(Clone, Copy, Debug)]
pub struct VmfTable<'a> {
    nodes: &'a [[f32; 2]],
    /// `(d−3)/2`
    power: f32,
    /// `log (area(S^(d−2)) / area(S^(d−1)))`
    log_uniform: f32,
}

impl<'a> VmfTable<'a> {
    /// Borrows a table that [`build_vmf_table`] wrote for d dimensions.
    ///
    /// # Errors
    /// [`ParamError::TooFewDimensions`] for `d < 2`, [`ParamError::BadTable`]
    /// unless t rises between 0 and 2 and F from 0 to 1.
    pub fn new(d: usize, nodes: &'a [[f32; 2]]) -> Result<VmfTable<'a>, ParamError> {
        let rises = nodes.windows(2).all(|pair| pair[0][0] < pair[1][0] && pair[0][1] < pair[1][1]);
        match nodes {
            _ if d < 2 => Err(ParamError::TooFewDimensions),
            [[low, 0.0], .., [high, 1.0]] if rises && *low > 0.0 && *high < 2.0 => Ok(VmfTable {
                nodes,
                power: 0.5 * (d as f32 - 3.0),
                log_uniform: log_area::<f32>(d - 1) - log_area::<f32>(d),
            }),
            _ => Err(ParamError::BadTable),
        }
    }

    /// The t below which a fraction `u` of the distribution lies, `0 < u < 1`.
    #[inline]
    pub fn quantile(&self, u: f32) -> f32 {
        let [[t0, f0], [t1, f1]] = self.cell(|[_, f]| f <= u);
        t0 + (u - f0) * (t1 - t0) / (f1 - f0)
    }

    /// `log q(z)` of what the table samples, at `t = 1 − μ·z`; in nats, relative to the uniform distribution.
    ///
    /// The table's density over t is `(F₁ − F₀)/(t₁ − t₀)`, the uniform distribution's
    /// `area(S^(d−2))/area(S^(d−1)) · (t(2−t))^((d−3)/2)`. A t beyond the table counts as its end.
    pub fn log_prob_at(&self, t: f32) -> f32 {
        let [[t0, f0], [t1, f1]] = self.cell(|[low, _]| low <= t);
        let t = if t < t0 { t0 } else { t };
        let t = if t > t1 { t1 } else { t };
        math::ln((f1 - f0) / (t1 - t0)) - self.power * math::ln(t * (2.0 - t)) - self.log_uniform
    }

    /// The cell whose lower node is the last one that is `below`.
    #[inline]
    fn cell(&self, below: impl Fn([f32; 2]) -> bool) -> [[f32; 2]; 2] {
        let last = self.nodes.len() - 2;
        let upper = self.nodes.partition_point(|&node| below(node));
        let low = if upper == 0 { 0 } else { upper - 1 };
        let low = if low > last { last } else { low };
        match self.nodes.get(low..) {
            Some([lower, upper, ..]) => [*lower, *upper],
            // no table has fewer than two
            _ => [[0.0; 2]; 2],
        }
    }

    /// Draws z about the unit vector `mean` and returns `t = 1 − μ·z`.
    ///
    /// # Shape
    /// `mean` and `z` of the same length d.
    ///
    /// # Cost
    /// `d + 1` words of the generator, a binary search, 1 division.
    ///
    /// # Panics
    /// Where z is shorter than the mean direction.
    #[inline(always)]
    pub fn sample<R: Rng + ?Sized>(&self, mean: &[f32], rng: &mut R, z: &mut [f32]) -> f32 {
        let z = &mut z[..mean.len()];
        let t = self.quantile(open_uniform(rng.next_u32()));
        let draw = NormalDraw::new(mean, rng, z);
        draw.place(mean, t, z);
        t
    }
}

/// A table covers the t whose density over v is at least `e^(−DEPTH)` times its
/// largest: all but 10⁻⁵ of the mass (d = 2: 10⁻³).
const DEPTH: f64 = 12.0;
/// Steps of the grid under a table to one of its cells.
const FINE: usize = 16;

/// Writes the distribution function of t at a fixed κ as pairs `[t_i, F_i]`, for [`VmfTable`].
///
/// Nodes are spaced evenly in `∫ |f'|^¼ dv`, f the density over t and v the line of [`VmfGrid`]: ½ instead of
/// ¼ would make the largest error of F smallest, but leave the tails to one cell each.
///
/// # Shape
/// One node more than cells: 9 or more; the figures are stated for 65.
///
/// # Cost
/// 32 evaluations of the density a cell, on a host.
///
/// # Source
/// Spacing by a power of a derivative: de Boor (1973), "Good approximation by splines with variable knots".
pub fn build_vmf_table(d: usize, kappa: f64, nodes: &mut [[f32; 2]]) {
    let cells = nodes.len().saturating_sub(1);
    let grid = VmfGrid::new(d, kappa, FINE * cells, DEPTH);
    let (mut mass, mut weight) = (0.0, 0.0);
    walk(&grid, |_, m, w| (mass, weight) = (m, w));
    let (mut placed, mut node) = (0, [0.0; 2]);
    walk(&grid, |t, m, w| {
        node = [t as f32, (m / mass) as f32];
        if placed < cells && w * cells as f64 >= weight * placed as f64 {
            nodes[placed] = node;
            placed += 1;
        }
    });
    nodes[placed..].fill(node);
}

/// Hands over t, `∫ f dt` and `∫ |f'|^¼ dv` up to each node of the grid.
fn walk(grid: &VmfGrid, mut visit: impl FnMut(f64, f64, f64)) {
    let (mut mass, mut weight) = (0.0, 0.0);
    let mut last = grid.node(0);
    visit(last.t, mass, weight);
    for i in 1..=grid.cells() {
        let node = grid.node(i);
        let [before, here] = [last, node].map(|node| [node.density, node.density * node.slope]);
        mass += grid.integral(before, here);
        // f' = g (slope − (1 − t)) with g the density over v; ¼ more where f is flat
        weight += Real::sqrt(Real::sqrt(node.density * ((node.slope + node.t - 1.0).abs() + 0.25)));
        visit(node.t, mass, weight);
        last = node;
    }
}
