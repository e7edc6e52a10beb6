//! Bounds on log p(x) and the gradients that raise them.
//!
//! ```text
//! log w_k = log p(x|z_k) + log p(z_k) − log q(z_k|x),   z_k ~ q(z|x),   v_k = w_k / Σ_l w_l
//! ELBO    = (1/K) Σ_k log p(x|z_k) − KL(q(z|x) ‖ p(z))
//! IWAE    = log (1/K) Σ_k w_k                            (Burda, Grosse and Salakhutdinov 2016, equation 8)
//! ```
//!
//! Every importance-weighted objective gives the decoder the IWAE's gradient `Σ_k v_k ∂log p(x, z_k)`. They
//! differ in what the encoder's parameters φ follow:
//!
//! - `Iwae`: `Σ v_k (∂log w_k/∂z ∂z/∂φ − ∂log q(z_k)/∂φ)`, the slope of the bound; its signal drowns in
//!   noise as K grows.
//! - `Stl`: `Σ v_k ∂log w_k/∂z ∂z/∂φ`, sticking the landing (Roeder, Wu and Duvenaud 2017); unbiased for
//!   K = 1 only.
//! - `Dreg`: `Σ v_k² ∂log w_k/∂z ∂z/∂φ`, doubly reparameterised (Tucker and others 2019, equation 8); its
//!   mean is that of `Iwae`.
//! - `Rws`: `Σ v_k ∂log q(z_k)/∂φ`, the wake phase of reweighted wake–sleep (Bornschein and Bengio 2015):
//!   KL(p(z|x) ‖ q(z|x)) falls.
//!
//! All but `Iwae` have no variance where q(z|x) is the true posterior, or, `Rws`, no mean.

use crate::net::real::Real;

/// What is raised.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Objective {
    /// The evidence lower bound, its divergence in closed form.
    Elbo {
        /// of the divergence in the gradient: β (Higgins and others 2017), and less while a fit warms up; the
        /// bound that is told is the ELBO itself
        weight: f32,
        /// nats of each unit's divergence, mean over the rows of a shard, that the gradient does not charge:
        /// an encoder that may say so much for nothing does not fall silent
        free: f32,
    },
    /// The importance-weighted bound.
    Iwae,
    /// The importance-weighted bound, its encoder's gradient doubly reparameterised.
    Dreg,
    /// The importance-weighted bound, its encoder's gradient without the score.
    Stl,
    /// The importance-weighted bound for the decoder, the inclusive divergence for the encoder.
    Rws,
}

impl Objective {
    /// The evidence lower bound with its full divergence.
    pub const ELBO: Objective = Objective::Elbo { weight: 1.0, free: 0.0 };

    /// What the encoder follows of the sample whose normalised weight is v: the factors of `∂log w/∂z ∂z/∂φ`
    /// and of `−∂log q/∂φ`, both to be multiplied by v.
    pub(crate) fn pull<T: Real>(self, v: T) -> (T, T) {
        match self {
            Objective::Elbo { .. } | Objective::Iwae => (T::ONE, T::ONE),
            Objective::Dreg => (v, T::ZERO),
            Objective::Stl => (T::ONE, T::ZERO),
            Objective::Rws => (T::ZERO, -T::ONE),
        }
    }
}
