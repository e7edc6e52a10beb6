//! The sections of a mixture (`docs/model-format.md`).

use elbow::architecture::LatentKind;
use elbow::kernel::TILE;

use super::{Fitted, Kernel, Normal};
use elbow_host::file::write::{Sections, padded, tiled};
use elbow_host::numbers::HALF_LOG_TAU;

impl Fitted {
    /// How many components there are of each kind.
    pub fn latent(&self) -> LatentKind {
        LatentKind::Component { gaussians: self.gaussians.len() as u32, kernels: self.kernels.len() as u32 }
    }

    pub(crate) fn write(&self, out: &mut Sections) {
        if !self.gaussians.is_empty() {
            let stored: Vec<Stored> = self.gaussians.iter().map(Stored::new).collect();
            out.floats(&stored.iter().flat_map(|stored| stored.mean.clone()).collect::<Vec<_>>());
            out.floats(&stored.iter().flat_map(|stored| stored.triangle.clone()).collect::<Vec<_>>());
            out.floats(&stored.iter().map(|stored| stored.constant).collect::<Vec<_>>());
        }
        if let [first, ..] = self.kernels.as_slice() {
            let dims = first.centre.len();
            let centres: Vec<f32> =
                self.kernels.iter().flat_map(|kernel| &kernel.centre).map(|x| *x as f32).collect();
            let precisions: Vec<f32> = self.kernels.iter().map(Kernel::precision).collect();
            let constants: Vec<f32> = self.kernels.iter().map(Kernel::constant).collect();
            out.floats(&tiled(&centres, dims));
            out.floats(&padded(&precisions));
            out.floats(&padded(&constants));
        }
    }
}

impl Kernel {
    fn precision(&self) -> f32 {
        (1.0 / self.variance) as f32
    }

    /// `log w − dims·(log σ + ½ log 2π)`, of σ as it is stored
    fn constant(&self) -> f32 {
        let log_precision = libm::log(self.precision().into());
        let dims = self.centre.len() as f64;
        (libm::log(self.weight) + dims * (0.5 * log_precision - HALF_LOG_TAU)) as f32
    }
}

/// A component in the numbers of the file.
struct Stored {
    mean: Vec<f32>,
    triangle: Vec<f32>,
    constant: f32,
}

impl Stored {
    fn new(normal: &Normal) -> Stored {
        let dims = normal.mean.len();
        let rounded: Vec<f32> = normal.inverse_cholesky.iter().map(|w| *w as f32).collect();
        let log_scale: f64 = (0..dims).map(|i| libm::log(rounded[i * dims + i].into())).sum();
        let constant = libm::log(normal.weight) + log_scale - dims as f64 * HALF_LOG_TAU;
        // of each tile the inputs up to its last row
        let tile = |(t, tile): (usize, &[f32])| tile[..TILE * ((t + 1) * TILE).min(dims)].to_vec();
        let triangle = tiled(&rounded, dims).chunks_exact(TILE * dims).enumerate().flat_map(tile).collect();
        Stored { mean: normal.mean.iter().map(|x| *x as f32).collect(), triangle, constant: constant as f32 }
    }
}
