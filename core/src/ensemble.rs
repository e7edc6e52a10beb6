//! Several models of one shape as one density.

mod latents;

use crate::features::{FrameError, Missing};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, ModelFile, Sections};
use crate::math;
use crate::model::Sample;
use crate::score::{Density, Explain, LogMeanExp, Score};
use crate::unit::Nats;
use rand_core::Rng;

/// Most members of an ensemble.
pub const MAX_MEMBERS: u32 = 64;

/// `N` models of one shape, fitted from different seeds, each as likely as
/// the others: `p(x) = (1/N) Σ_m p_m(x)`.
///
/// The mean of densities is a density, and what one member overlooks another may see. The file holds the
/// parameters of the members one after another; `elbow fit --ensemble N` writes it, and the type beside it.
#[derive(Clone, Copy, Debug)]
pub struct Ensemble<M, const N: usize> {
    members: [M; N],
}

impl<M, const N: usize> Ensemble<M, N> {
    /// Puts an ensemble together from models that were loaded one by one.
    pub fn new(members: [M; N]) -> Self {
        Ensemble { members }
    }

    /// Loads an ensemble; its parameters stay where `bytes` are.
    ///
    /// # Errors
    /// A [`LoadError`] of its own for everything that can be wrong with the bytes.
    pub fn from_bytes<'a>(bytes: &'a [u8]) -> Result<Self, LoadError>
    where
        Self: Load<'a> + Fingerprint,
    {
        ModelFile::parse(bytes)?.model()
    }

    /// The members.
    pub fn members(&self) -> &[M; N] {
        &self.members
    }
}

impl<M: Sample, const N: usize> Ensemble<M, N> {
    /// Draws a frame from the model, in raw units: a member, each as likely, by one word of the generator,
    /// then x ~ p_m(x).
    ///
    /// # Errors
    /// As of the member.
    pub fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Result<M::Buffer, FrameError> {
        let member = self.members.get(drawn(rng.next_u32(), N));
        member.ok_or(FrameError::NoMember)?.sample(rng)
    }
}

impl<M: Sample, const N: usize> Sample for Ensemble<M, N> {
    type Buffer = M::Buffer;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Result<M::Buffer, FrameError> {
        self.sample(rng)
    }
}

/// One of so many members by a word of noise: the upper half of a product of 64 bits, whose bias is below
/// `members/2³²`.
pub fn drawn(word: u32, members: usize) -> usize {
    ((u64::from(word) * members as u64) >> 32) as usize
}

impl<M: Density, const N: usize> Ensemble<M, N> {
    /// The log density by `samples` samples of each member: see [`pooled`].
    ///
    /// # Errors
    /// [`FrameError`] for a frame or a K that has no score.
    ///
    /// # Cost
    /// `N` scores of a member, one after another in the memory of one.
    pub fn log_density(&self, frame: &M::Frame, samples: u32) -> Result<Score, FrameError> {
        self.pool(|member| member.log_density_until(frame, samples, |_, _| false))
    }

    fn pool(&self, mut score: impl FnMut(&M) -> Result<Score, FrameError>) -> Result<Score, FrameError> {
        let (first, others) = self.members.split_first().ok_or(FrameError::NoMember)?;
        let mut scores = [score(first)?; N];
        for (place, member) in scores.iter_mut().skip(1).zip(others) {
            *place = score(member)?;
        }
        pooled(&scores)
    }
}

/// The score of an ensemble by those of its members.
///
/// `log p = log (1/N) Σ_m p_m`; with `r_m = p_m/Σ p` the effective sample size is
/// `1/Σ r_m²/n_m`, that of all weights together, and the standard error `√Σ (r_m s_m)²`, by the
/// delta method. `samples` are those of one member.
///
/// # Errors
/// [`FrameError::Overflow`] where a member's is no number,
/// [`FrameError::NoMember`] where there is no member.
pub fn pooled(scores: &[Score]) -> Result<Score, FrameError> {
    let first = scores.first().ok_or(FrameError::NoMember)?;
    let mut mean = LogMeanExp::<1>::new();
    scores.iter().for_each(|score| mean.push([score.log_density.0]));
    let [sum] = mean.log_sum();
    let (mut inverse_size, mut variance) = (0.0, 0.0);
    for score in scores {
        let share = math::exp(score.log_density.0 - sum);
        // of a share that is no more the error may be infinite
        if share > 0.0 {
            inverse_size += share * share / score.effective_sample_size;
            variance += share * share * (score.standard_error * score.standard_error);
        }
    }
    let [Score { log_density, .. }] = mean.scores(first.dims);
    let score = Score {
        log_density,
        effective_sample_size: 1.0 / inverse_size,
        standard_error: math::sqrt(variance),
        samples: first.samples,
        dims: first.dims,
    };
    score.checked()
}

impl<M: Density, const N: usize> Density for Ensemble<M, N> {
    type Frame = M::Frame;

    #[inline(always)]
    fn missing(&self, frame: &M::Frame) -> Missing {
        self.members.first().map_or(Missing::NOTHING, |member| member.missing(frame))
    }

    /// One block: before the last member has its say the density is not known.
    fn log_density_until(
        &self,
        frame: &M::Frame,
        samples: u32,
        mut is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        let score = self.log_density(frame, samples)?;
        is_enough(&score, Nats(0.0));
        Ok(score)
    }
}

impl<M: Explain, const N: usize> Explain for Ensemble<M, N> {
    fn add_without(
        &self,
        frame: &M::Frame,
        samples: u32,
        without: &mut [f32],
        mut is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        let score = self.pool(|member| member.add_without(frame, samples, without, |_, _| false))?;
        take_mean(without, N);
        is_enough(&score, Nats(0.0));
        Ok(score)
    }
}

/// From the logarithms of sums over so many members to those of means.
pub fn take_mean(log_sums: &mut [f32], members: usize) {
    let log_members = math::ln(members as f32);
    log_sums.iter_mut().for_each(|log_sum| *log_sum -= log_members);
}

impl<'a, M: Load<'a> + Copy, const N: usize> Load<'a> for Ensemble<M, N> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        const { assert!(N > 0, "an ensemble has at least one member") }
        let mut members = [M::load(sections)?; N];
        for member in members.iter_mut().skip(1) {
            *member = M::load(sections)?;
        }
        Ok(Ensemble { members })
    }
}

impl<M: Fingerprint, const N: usize> Fingerprint for Ensemble<M, N> {
    const FINGERPRINT: u32 = fingerprint(N as u32, M::FINGERPRINT);
}

/// The hash of the shape of `members` models with this one each: of one it is that model's.
pub const fn fingerprint(members: u32, of_member: u32) -> u32 {
    if members == 1 { of_member } else { of(&[Part::Ensemble as u32, members, of_member]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(log_density: f32, effective_sample_size: f32, standard_error: f32) -> Score {
        Score { log_density: Nats(log_density), effective_sample_size, standard_error, samples: 8, dims: 2 }
    }

    #[test]
    fn equal_members_are_as_many_more_samples() {
        let all = pooled(&[score(-5.0, 6.0, 0.2); 4]).unwrap();
        assert!((all.log_density.0 + 5.0).abs() < 1e-6 && (all.effective_sample_size - 24.0).abs() < 1e-4);
        assert!((all.standard_error - 0.1).abs() < 1e-6 && (all.samples, all.dims) == (8, 2), "{all:?}");
    }

    #[test]
    fn a_member_without_a_share_has_no_say_but_in_the_mean() {
        let all = pooled(&[score(-5.0, 6.0, 0.2), score(-300.0, 1.0, f32::INFINITY)]).unwrap();
        assert!((all.log_density.0 + 5.0 + core::f32::consts::LN_2).abs() < 1e-6, "{all:?}");
        assert!((all.effective_sample_size - 6.0).abs() < 1e-4 && (all.standard_error - 0.2).abs() < 1e-6);
        assert_eq!(pooled(&[score(1.0, 1.0, f32::INFINITY); 2]).unwrap().standard_error, f32::INFINITY);
        assert_eq!(pooled(&[score(f32::NAN, 1.0, 0.0); 2]), Err(FrameError::Overflow));
        assert_eq!(pooled(&[]), Err(FrameError::NoMember));
    }
}
