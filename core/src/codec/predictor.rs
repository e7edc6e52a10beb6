//! What predicts a window of samples from a few integers.

use super::integer_law::IntegerLaw;

/// A model as the codec sees it: latents in integers, and a window of integers from them.
///
/// Encoder and decoder both call [`decode`](Self::decode) on the same latents and must get the same integers:
/// with equal numeric profiles they do, and a packet's check tells if not. A model without latents may
/// predict the samples one after another instead.
pub trait Predictor {
    /// Names the model, and with it rows and channels; both ends must have the same.
    fn id(&self) -> u32;
    /// Samples in a window, or `None` where any number will do.
    fn frame(&self) -> Option<usize>;
    /// Number of latents.
    fn latents(&self) -> usize;
    /// The law of a latent, in steps.
    fn prior(&self, latent: usize) -> IntegerLaw;
    /// A window to its latents. `None` where there are none: the window is then coded without the model.
    fn encode(&self, window: &[i32], latents: &mut [i32]) -> Option<()>;
    /// Latents to a window. `None` where the model cannot.
    fn decode(&self, latents: &[i32], window: &mut [i32]) -> Option<()>;
    /// Whether each sample is predicted from those before it, by [`in_order`](Self::in_order), and not the
    /// whole window from latents.
    fn is_sequential(&self) -> bool {
        false
    }
    /// Hands over what is expected of each sample of a window in turn, and takes what it is decoded to.
    /// `None` where the model cannot.
    fn in_order(&self, _visit: &mut dyn FnMut(i32) -> i32) -> Option<()> {
        None
    }
}

impl<P: Predictor + ?Sized> Predictor for &P {
    fn id(&self) -> u32 {
        (**self).id()
    }

    fn frame(&self) -> Option<usize> {
        (**self).frame()
    }

    fn latents(&self) -> usize {
        (**self).latents()
    }

    fn prior(&self, latent: usize) -> IntegerLaw {
        (**self).prior(latent)
    }

    fn encode(&self, window: &[i32], latents: &mut [i32]) -> Option<()> {
        (**self).encode(window, latents)
    }

    fn decode(&self, latents: &[i32], window: &mut [i32]) -> Option<()> {
        (**self).decode(latents, window)
    }

    fn is_sequential(&self) -> bool {
        (**self).is_sequential()
    }

    fn in_order(&self, visit: &mut dyn FnMut(i32) -> i32) -> Option<()> {
        (**self).in_order(visit)
    }
}

/// No model: windows are coded by their differences.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoModel {
    /// names the layout of the windows, or the model whose packets are to be read
    pub id: u32,
}

impl Predictor for NoModel {
    fn id(&self) -> u32 {
        self.id
    }

    fn frame(&self) -> Option<usize> {
        None
    }

    fn latents(&self) -> usize {
        0
    }

    fn prior(&self, _latent: usize) -> IntegerLaw {
        IntegerLaw::WIDEST
    }

    fn encode(&self, _window: &[i32], _latents: &mut [i32]) -> Option<()> {
        None
    }

    fn decode(&self, _latents: &[i32], _window: &mut [i32]) -> Option<()> {
        None
    }
}
