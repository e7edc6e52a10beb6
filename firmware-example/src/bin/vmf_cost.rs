//! Prints the instructions that each von Mises–Fisher sampler takes for a sample, noise included.
//!
//! Counts as `elbow_firmware::ticks` says: `tests/tests/device/vmf_cost.rs` runs it.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::fmt::Write;
use core::hint::black_box;
use elbow::distribution::{VmfSampler, VmfTable, build_vmf_table};
use elbow::noise::LowDiscrepancy;
use elbow_firmware::ticks::{instructions_since, ticks_left};
use elbow_firmware::{Failure, machine};

const SAMPLES: u32 = 1000;

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| {
        writeln!(out, "sampler,d,kappa,instructions")?;
        costs::<4>(out)?;
        costs::<8>(out)?;
        costs::<16>(out)?;
        default_over_kappa(out)
    })
}

/// The default sampler at d = 8 for 25 concentrations from 0.1 to 1000, six a decade.
fn default_over_kappa(out: &mut impl Write) -> Result<(), Failure> {
    let mut kappa = 0.1;
    for _ in 0..25 {
        let default = VmfSampler::new(8, kappa);
        let count = instructions::<8>(|mean, noise, z| default.sample(mean, noise, z));
        writeln!(out, "scan,8,{kappa},{count}").map_err(|_| Failure::Console)?;
        kappa *= 1.467_799_3;
    }
    Ok(())
}

fn costs<const D: usize>(out: &mut impl Write) -> Result<(), Failure> {
    let mut row =
        |name, kappa, count| writeln!(out, "{name},{D},{kappa},{count}").map_err(|_| Failure::Console);
    // 2.79: just below the switch of d = 8, where that rejects most
    for kappa in [0.0, 1.0, 2.79, 10.0, 100.0] {
        let default = VmfSampler::new(D, kappa);
        row("default", kappa, instructions::<D>(|mean, noise, z| default.sample(mean, noise, z)))?;
    }
    let moebius = VmfSampler::moebius(D, 10.0);
    row("moebius", 10.0, instructions::<D>(|mean, noise, z| moebius.sample(mean, noise, z)))?;
    let mut nodes = [[0.0; 2]; 65];
    build_vmf_table(D, 10.0, &mut nodes);
    if let Ok(table) = VmfTable::new(D, &nodes) {
        row("table", 10.0, instructions::<D>(|mean, noise, z| table.sample(mean, noise, z)))?;
    }
    Ok(())
}

/// The mean over many samples about the direction of equal coordinates.
#[inline(never)]
fn instructions<const D: usize>(
    sample: impl Fn(&[f32; D], &mut LowDiscrepancy, &mut [f32; D]) -> f32,
) -> u32 {
    let mean = [elbow::math::inverse_sqrt(D as f32); D];
    let (mut noise, mut z) = (LowDiscrepancy::new(D + 1), [0.0; D]);
    let start = ticks_left();
    for _ in 0..SAMPLES {
        black_box(sample(&mean, &mut noise, &mut z));
        black_box(&mut z);
    }
    (instructions_since(start) / u64::from(SAMPLES)) as u32
}
