//! Models that must not compile. Above each stand the two that do not meet.

use elbow::{
    Dense, DenseInt8x8, Gaussian, GaussianHead, GaussianPerOutput, LinearInt8x8, Quantize, Standardize, Vae,
};

/// 32 ≠ 64
mod head_of_another_width {
    use super::*;
    type Model<'a> = Vae<(
        Standardize<'a, 80>,
        (Dense<'a, 80, 32>,),
        GaussianHead<Dense<'a, 64, 4>, Dense<'a, 64, 4>>,
        (Dense<'a, 4, 32>,),
        Gaussian<'a, Dense<'a, 32, 80>>,
    )>;
    fn load(bytes: &[u8]) -> bool {
        Model::from_bytes(bytes).is_ok()
    }
}

/// 32 ≠ 64
mod log_scale_of_another_width {
    use super::*;
    type Model<'a> = Vae<(
        Standardize<'a, 80>,
        (Dense<'a, 80, 32>,),
        GaussianHead<Dense<'a, 32, 4>, Dense<'a, 64, 4>>,
        (Dense<'a, 4, 32>,),
        Gaussian<'a, Dense<'a, 32, 80>>,
    )>;
    fn load(bytes: &[u8]) -> bool {
        Model::from_bytes(bytes).is_ok()
    }
}

/// 4 ≠ 5
mod log_scale_of_another_latent {
    use super::*;
    type Model<'a> = Vae<(
        Standardize<'a, 80>,
        (Dense<'a, 80, 32>,),
        GaussianHead<Dense<'a, 32, 4>, Dense<'a, 32, 5>>,
        (Dense<'a, 4, 32>,),
        Gaussian<'a, Dense<'a, 32, 80>>,
    )>;
    fn load(bytes: &[u8]) -> bool {
        Model::from_bytes(bytes).is_ok()
    }
}

/// 4 ≠ 8
mod decoder_of_another_latent {
    use super::*;
    type Model<'a> = Vae<(
        Standardize<'a, 80>,
        (Dense<'a, 80, 32>,),
        GaussianHead<Dense<'a, 32, 4>, Dense<'a, 32, 4>>,
        (Dense<'a, 8, 32>,),
        Gaussian<'a, Dense<'a, 32, 80>>,
    )>;
    fn load(bytes: &[u8]) -> bool {
        Model::from_bytes(bytes).is_ok()
    }
}

/// 32 ≠ 64
mod likelihood_of_another_width {
    use super::*;
    type Model<'a> = Vae<(
        Standardize<'a, 80>,
        (Dense<'a, 80, 32>,),
        GaussianHead<Dense<'a, 32, 4>, Dense<'a, 32, 4>>,
        (Dense<'a, 4, 32>,),
        Gaussian<'a, Dense<'a, 64, 80>>,
    )>;
    fn load(bytes: &[u8]) -> bool {
        Model::from_bytes(bytes).is_ok()
    }
}

/// 32 ≠ 64
mod second_output_of_another_width {
    use super::*;
    type Model<'a> = Vae<(
        Standardize<'a, 80>,
        (Dense<'a, 80, 32>,),
        GaussianHead<Dense<'a, 32, 4>, Dense<'a, 32, 4>>,
        (Dense<'a, 4, 32>,),
        GaussianPerOutput<Dense<'a, 32, 80>, Dense<'a, 64, 80>>,
    )>;
    fn load(bytes: &[u8]) -> bool {
        Model::from_bytes(bytes).is_ok()
    }
}

/// 79 ≠ 80
mod likelihood_of_another_frame {
    use super::*;
    type Model<'a> = Vae<(
        Standardize<'a, 80>,
        (Dense<'a, 80, 32>,),
        GaussianHead<Dense<'a, 32, 4>, Dense<'a, 32, 4>>,
        (Dense<'a, 4, 32>,),
        Gaussian<'a, Dense<'a, 32, 79>>,
    )>;
    fn load(bytes: &[u8]) -> bool {
        Model::from_bytes(bytes).is_ok()
    }
}

/// 79 ≠ 80
mod encoder_of_another_frame {
    use super::*;
    type Model<'a> = Vae<(
        Standardize<'a, 80>,
        (Dense<'a, 79, 32>,),
        GaussianHead<Dense<'a, 32, 4>, Dense<'a, 32, 4>>,
        (Dense<'a, 4, 32>,),
        Gaussian<'a, Dense<'a, 32, 80>>,
    )>;
    fn load(bytes: &[u8]) -> bool {
        Model::from_bytes(bytes).is_ok()
    }
}

/// 32 ≠ 64
mod layer_of_another_width {
    use super::*;
    type Model<'a> = Vae<(
        Standardize<'a, 80>,
        (Dense<'a, 80, 32>, Dense<'a, 64, 16>),
        GaussianHead<Dense<'a, 16, 4>, Dense<'a, 16, 4>>,
        (Dense<'a, 4, 32>,),
        Gaussian<'a, Dense<'a, 32, 80>>,
    )>;
    fn load(bytes: &[u8]) -> bool {
        Model::from_bytes(bytes).is_ok()
    }
}

/// u8 ≠ f32
mod layer_of_codes_after_floats {
    use super::*;
    type Model<'a> = Vae<(
        Standardize<'a, 80>,
        (DenseInt8x8<'a, 80, 32>,),
        GaussianHead<LinearInt8x8<'a, 32, 4>, LinearInt8x8<'a, 32, 4>>,
        (Dense<'a, 4, 32>,),
        Gaussian<'a, Dense<'a, 32, 80>>,
    )>;
    fn load(bytes: &[u8]) -> bool {
        Model::from_bytes(bytes).is_ok()
    }
}

/// u8 ≠ f32
mod layer_of_floats_after_codes {
    use super::*;
    type Model<'a> = Vae<(
        Standardize<'a, 80>,
        (Quantize<80>, DenseInt8x8<'a, 80, 32, u16>),
        GaussianHead<Dense<'a, 32, 4>, Dense<'a, 32, 4>>,
        (Dense<'a, 4, 32>,),
        Gaussian<'a, Dense<'a, 32, 80>>,
    )>;
    fn load(bytes: &[u8]) -> bool {
        Model::from_bytes(bytes).is_ok()
    }
}

/// 79 ≠ 80
mod frame_of_another_length {
    use super::*;
    type Model<'a> = Vae<(
        Standardize<'a, 80>,
        (Dense<'a, 80, 32>,),
        GaussianHead<Dense<'a, 32, 4>, Dense<'a, 32, 4>>,
        (Dense<'a, 4, 32>,),
        Gaussian<'a, Dense<'a, 32, 80>>,
    )>;
    fn score(model: &Model<'_>, frame: &[f32; 79]) -> bool {
        model.log_density(frame, 4).is_ok()
    }
}
