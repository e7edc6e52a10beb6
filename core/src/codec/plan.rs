//! What both ends of a link know of a model's packets before the first: a part of the model's file.

use super::header::{Fidelity, PacketError};
use super::packet::{Codec, MAX_WINDOWS};
use super::vae_predictor::{VaePredictor, are_scales, are_units};
use crate::decision::Calibration;
use crate::format::{LoadError, ModelFile, PACKET_PLAN, Sections};
use crate::model::{Parts, Vae};

/// Stands for no error bound: latents only.
const LATENTS_ONLY: u32 = u32::MAX;

/// Layout, units and steps of a model's packets (`docs/model-format.md`);
/// `elbow calibrate --packets` writes it into the model's file.
///
/// ```
/// # fn packets() -> Result<(), Box<dyn core::error::Error>> {
/// # type Thermometer<'a> = elbow::Vae<(elbow::Standardize<'a, 1>, elbow::PassThrough<1>,
/// #     elbow::GaussianHead<elbow::Dense<'a, 1, 1>, elbow::Dense<'a, 1, 1>>, elbow::PassThrough<1>,
/// #     elbow::Gaussian<'a, elbow::Dense<'a, 1, 1>>)>;
/// # static MODEL: &[u8] = elbow::include_model!("../../examples/thermometer.elbow");
/// use elbow::codec::{PacketPlan, model_id};
///
/// let file = elbow::format::ModelFile::parse(MODEL)?;
/// let (model, plan) = (file.model::<Thermometer>()?, PacketPlan::of(&file)?);
/// let codec = plan.codec(&model, model_id(MODEL))?;
/// # let _ = codec;
/// # Ok(())
/// # }
/// # assert!(packets().is_err(), "the thermometer has no plan");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PacketPlan<'a> {
    /// rows of a window
    pub rows: usize,
    /// its channels
    pub channels: usize,
    /// windows in a packet, 1 to 255
    pub windows: usize,
    /// how close the decoded samples were to be when the steps were chosen; a sender may choose otherwise
    pub fidelity: Fidelity,
    /// the unit of each channel's integers
    pub resolution: &'a [f32],
    /// the scale of the steps of each latent, or of all
    pub latent_scales: &'a [u8],
}

/// The codec of a variational autoencoder.
pub type VaeCodec<'m, P> = Codec<VaePredictor<'m, P>>;

impl<'a> PacketPlan<'a> {
    /// The plan of a model file.
    ///
    /// # Errors
    /// [`LoadError::NoPacketPlan`] where it has none;
    /// [`LoadError::BadPacketPlan`]; what is wrong with the calibration before it.
    pub fn of(file: &ModelFile<'a>) -> Result<Self, LoadError> {
        Self::read(&mut Self::sections(file)?)
    }

    /// The plan's sections, not yet taken. Before version 3 of the format the calibration stands before them.
    ///
    /// # Errors
    /// What is wrong with the calibration before them.
    pub fn sections(file: &ModelFile<'a>) -> Result<Sections<'a>, LoadError> {
        let mut sections = file.packet_plan();
        match Calibration::take(&mut sections) {
            Ok(_) | Err(LoadError::NotCalibrated) => Ok(sections),
            Err(error) => Err(error),
        }
    }

    /// Takes the plan's sections.
    ///
    /// # Errors
    /// [`LoadError::NoPacketPlan`] where there are none; [`LoadError::BadPacketPlan`] where no codec could be
    /// made of them; as [`Sections::floats`].
    pub fn read(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        if sections.is_empty() {
            return Err(LoadError::NoPacketPlan);
        }
        let [PACKET_PLAN, rows, channels, windows, bound, latents] = *sections.integers::<u32>(6)? else {
            return Err(LoadError::BadPacketPlan);
        };
        let [rows, channels, windows, latents] = [rows, channels, windows, latents].map(|n| n as usize);
        let resolution = sections.floats(channels)?;
        let latent_scales = sections.integers::<u8>(latents)?;
        let fidelity = match (u16::try_from(bound), bound) {
            (Ok(bound), _) => Some(Fidelity::Within(bound)),
            (_, LATENTS_ONLY) => Some(Fidelity::Latents),
            _ => None,
        };
        let good = rows > 0 && channels > 0 && (1..=MAX_WINDOWS).contains(&windows);
        match fidelity {
            Some(fidelity) if good && are_units(resolution) && are_scales(latent_scales) => {
                Ok(PacketPlan { rows, channels, windows, fidelity, resolution, latent_scales })
            }
            _ => Err(LoadError::BadPacketPlan),
        }
    }

    /// The sections' numbers: what [`read`](Self::read) takes before the resolutions and the scales.
    pub fn words(&self) -> [u32; 6] {
        let bound = match self.fidelity {
            Fidelity::Within(bound) => u32::from(bound),
            Fidelity::Latents => LATENTS_ONLY,
        };
        let [rows, channels, windows] = [self.rows, self.channels, self.windows].map(|n| n as u32);
        [PACKET_PLAN, rows, channels, windows, bound, self.latent_scales.len() as u32]
    }

    /// The codec of a model, given its id ([`model_id`](super::model_id)).
    ///
    /// # Errors
    /// [`PacketError::WrongShape`] or [`PacketError::BadResolution`] where the plan is of another model.
    pub fn codec<'m, P: Parts>(&self, model: &'m Vae<P>, id: u32) -> Result<VaeCodec<'m, P>, PacketError>
    where
        'a: 'm,
    {
        Codec::new(
            VaePredictor::new(model, id, self.resolution, self.latent_scales)?,
            self.rows,
            self.channels,
        )
    }
}
