//! Which vector instructions loops run with, chosen once for the whole process.

use std::sync::OnceLock;

use pulp::{Arch, Simd, WithSimd};

static CHOSEN: OnceLock<Arch> = OnceLock::new();

/// What has been [chosen](choose), or else the widest that this machine has.
#[inline(always)]
pub fn arch() -> Arch {
    *CHOSEN.get_or_init(Arch::new)
}

/// Has all loops run with the instructions of this name: `scalar`, `avx2` (with fused multiply-adds) or
/// `avx512`.
///
/// # Errors
/// What is wrong: no such name, none on this machine, or others are in use already.
pub fn choose(name: &str) -> Result<(), String> {
    let arch = named(name)?;
    match CHOSEN.set(arch) {
        Err(_) if self::name(self::arch()) != name => Err("is chosen too late: loops have run before".into()),
        _ => Ok(()),
    }
}

/// As `choose` takes it.
pub fn name(arch: Arch) -> &'static str {
    match arch {
        Arch::Scalar => "scalar",
        #[cfg(target_arch = "x86_64")]
        Arch::V3(_) => "avx2",
        #[cfg(target_arch = "x86_64")]
        Arch::V4(_) => "avx512",
        _ => "other",
    }
}

fn named(name: &str) -> Result<Arch, String> {
    let arch = match name {
        "scalar" => Some(Arch::Scalar),
        #[cfg(target_arch = "x86_64")]
        "avx2" => pulp::x86::V3::try_new().map(Arch::V3),
        #[cfg(target_arch = "x86_64")]
        "avx512" => pulp::x86::V4::try_new().map(Arch::V4),
        #[cfg(not(target_arch = "x86_64"))]
        "avx2" | "avx512" => None,
        _ => return Err("is none of scalar, avx2, avx512".into()),
    };
    arch.ok_or_else(|| "is not to be had on this machine; leave it out, or give scalar".into())
}

/// An operation that is told whether there are but 16 registers.
pub(super) struct ByRegisters<F>(pub(super) F);

impl<R, F: FnOnce(bool) -> R> WithSimd for ByRegisters<F> {
    type Output = R;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> R {
        (self.0)(S::REGISTER_COUNT < 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_what_is_called_so() {
        assert_eq!(named("scalar").map(name), Ok("scalar"));
        for wide in ["avx2", "avx512"] {
            assert_eq!(named(wide).map_or(wide, name), wide);
        }
        assert!(named("sse").is_err_and(|error| error.contains("none of scalar")));
    }
}
