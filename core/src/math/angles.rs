//! Angles, in radians.

const SIN_3: f32 = -0.166_666_6;
const SIN_5: f32 = 0.008_333_069;
const SIN_7: f32 = -0.000_198_097_77;
const SIN_9: f32 = 2.606_096_6e-6;

const COS_2: f32 = -0.5;
const COS_4: f32 = 0.041_666_657;
const COS_6: f32 = -0.001_388_858_5;
const COS_8: f32 = 2.477_018e-5;
const COS_10: f32 = -2.620_901_7e-7;

/// Sine and cosine of `t` in ±π: `sin t = 2 s c` and `cos t = (c − s)(c + s)`, s and c those of `t/2`.
///
/// # Numerics
///
/// Within 2.6·10⁻⁷ of the truth, each; where `|t|` is past π by a rounding, too. Meaningless further out.
///
/// # Cost
///
/// 27 instructions, no division and no branch.
#[inline(always)]
pub fn sin_cos(t: f32) -> [f32; 2] {
    let h = 0.5 * t;
    let z = h * h;
    let s = h + h * z * (SIN_3 + z * (SIN_5 + z * (SIN_7 + z * SIN_9)));
    let c = 1.0 + z * (COS_2 + z * (COS_4 + z * (COS_6 + z * (COS_8 + z * COS_10))));
    [(s + s) * c, (c - s) * (c + s)]
}

/// The angle of the point `(x, y)`, in ±π; 0 at the origin.
///
/// # Cost
///
/// Some 100 instructions, one of them a division: for places that no score passes.
#[inline(never)]
pub fn angle(y: f32, x: f32) -> f32 {
    libm::atan2f(y, x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sine_and_cosine_are_right_all_around() {
        let mut worst: f64 = 0.0;
        for step in -200_000..=200_000_i32 {
            let t = core::f32::consts::PI * (step as f32 / 200_000.0);
            let [sin, cos] = sin_cos(t);
            let of = f64::from(t);
            worst = worst.max(libm::fabs(f64::from(sin) - libm::sin(of)));
            worst = worst.max(libm::fabs(f64::from(cos) - libm::cos(of)));
        }
        assert!(worst < 2.6e-7, "{worst:e}");
    }

    #[test]
    fn the_angle_is_that_of_its_sine_and_cosine() {
        for step in -1000..1000_i32 {
            let t = core::f32::consts::PI * (step as f32 / 1000.0);
            let [sin, cos] = sin_cos(t);
            assert!((angle(3.0 * sin, 3.0 * cos) - t).abs() < 1e-6 || step == -1000, "{t}");
        }
        assert_eq!(angle(0.0, 0.0), 0.0);
    }

    /// A later libm may round otherwise; then it is time for an implementation of our own. The hash is that
    /// of libm 0.2.16.
    #[test]
    fn angles_have_the_bits_of_every_release() {
        let hash = (0..100_000_u32).fold(0_u32, |hash, i| {
            let [y, x] = sin_cos(i as f32 * 6.1e-5 - 3.05);
            let (y, x) = (y * (1 + i % 7) as f32, x * (1 + i % 11) as f32);
            (hash.rotate_left(5) ^ angle(y, x).to_bits()).wrapping_mul(0x9E37_79B9)
        });
        assert_eq!(hash, 0xd084_52e1);
    }
}
