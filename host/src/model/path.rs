//! Ways between two latents.

use alloc::vec::Vec;

/// Where latents lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// anywhere: `(1 − t) a + t b`
    Straight,
    /// on a sphere: `(sin((1 − t) θ) a + sin(t θ) b)/sin θ`, θ the angle between a and b (Shoemake 1985,
    /// "Animating rotation with quaternion curves", section 3.3)
    GreatCircle,
}

/// The latent at the part `t` of the way from a to b; both ends are as they are. `None` where a and b are
/// opposite on a sphere: no way between them is the shortest.
pub fn between(path: Path, a: &[f32], b: &[f32], t: f64) -> Option<Vec<f32>> {
    if t <= 0.0 || t >= 1.0 {
        return Some(if t <= 0.0 { a } else { b }.to_vec());
    }
    let [from, to] = match path {
        Path::Straight => [1.0 - t, t],
        Path::GreatCircle => parts(a, b, t)?,
    };
    let mut z: Vec<f64> = a.iter().zip(b).map(|(a, b)| from * f64::from(*a) + to * f64::from(*b)).collect();
    if path == Path::GreatCircle {
        let length = libm::sqrt(z.iter().map(|z| z * z).sum());
        z.iter_mut().for_each(|z| *z /= length);
    }
    Some(z.into_iter().map(|z| z as f32).collect())
}

/// Chord and sum of unit vectors are `2 sin(θ/2)` and `2 cos(θ/2)`: no digit of a small angle is lost.
fn parts(a: &[f32], b: &[f32], t: f64) -> Option<[f64; 2]> {
    let length = |sign: f64| {
        let term = |(a, b): (&f32, &f32)| f64::from(*a) + sign * f64::from(*b);
        libm::sqrt(a.iter().zip(b).map(term).map(|x| x * x).sum())
    };
    let (chord, sum) = (length(-1.0), length(1.0));
    if sum < 1e-6 {
        return None;
    }
    let angle = 2.0 * libm::atan2(chord, sum);
    // of latents that are the same each way is as good
    let sine = libm::sin(angle);
    let part = |t: f64| if sine > 0.0 { libm::sin(t * angle) / sine } else { t };
    Some([part(1.0 - t), part(t)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_great_circle_has_even_steps_of_unit_length() {
        for (a, b) in [([1.0_f32, 0.0, 0.0], [0.0, 0.6, 0.8]), ([0.0, 1.0, 0.0], [0.28, -0.96, 0.0])] {
            let at = |i: i32| between(Path::GreatCircle, &a, &b, f64::from(i) / 8.0).unwrap();
            let step = |i| {
                let dot: f32 = at(i).iter().zip(at(i + 1)).map(|(a, b)| a * b).sum();
                libm::acos(f64::from(dot))
            };
            for i in 0..8 {
                assert!((step(i) - step(0)).abs() < 1e-3, "{a:?} {i}: {}, {}", step(i), step(0));
                let square: f32 = at(i).iter().map(|z| z * z).sum();
                assert!(i == 0 || (square - 1.0).abs() < 1e-6, "{square}");
            }
        }
    }

    #[test]
    fn ends_and_corners() {
        let (a, b) = ([1.0, 2.0], [3.0, -2.0]);
        assert_eq!(between(Path::Straight, &a, &b, 0.25).unwrap(), [1.5, 1.0]);
        assert_eq!(between(Path::Straight, &a, &b, 1.0).unwrap(), b);
        assert!(between(Path::GreatCircle, &[1.0, 0.0], &[-1.0, 0.0], 0.5).is_none());
        assert_eq!(between(Path::GreatCircle, &[0.6, 0.8], &[0.6, 0.8], 0.5).unwrap(), [0.6, 0.8]);
    }
}
