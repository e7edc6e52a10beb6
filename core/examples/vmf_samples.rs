//! Prints samples of the von Mises–Fisher sampler for `docs/scripts/plot_vmf.py`, as CSV: `d,kappa,t,x,y,z`,
//! where t = 1 − μ·z and x, y, z are the first three coordinates.
//!
//! `cargo run --release -p elbow --example vmf_samples`

use elbow::distribution::VonMisesFisher;
use rand_pcg::Pcg32;

fn main() -> Result<(), elbow::distribution::ParamError> {
    let mut rng = Pcg32::new(1, 2);
    println!("d,kappa,t,x,y,z");
    for kappa in [1.0, 10.0, 100.0] {
        // towards the reader, a little to the upper right
        print::<3>([0.36, 0.48, 0.8], kappa, 1_000, &mut rng)?;
        print::<8>([0.0, 0.6, 0.8, 0.0, 0.0, 0.0, 0.0, 0.0], kappa, 20_000, &mut rng)?;
    }
    Ok(())
}

fn print<const D: usize>(
    mean: [f32; D],
    kappa: f32,
    samples: u32,
    rng: &mut Pcg32,
) -> Result<(), elbow::distribution::ParamError> {
    let posterior = VonMisesFisher::new(mean, kappa)?;
    let mut z = [0.0; D];
    for _ in 0..samples {
        let t = posterior.sample(rng, &mut z);
        println!("{D},{kappa},{t},{},{},{}", z[0], z[1], z[2]);
    }
    Ok(())
}
