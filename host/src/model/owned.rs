//! A model that owns its bytes: what a program keeps, hands to threads and wraps for another language.

use alloc::sync::Arc;
use core::fmt;

use elbow::LoadError;
use self_cell::self_cell;

use super::{HostModel, ModelBytes};

self_cell!(
    struct Loaded {
        owner: ModelBytes,
        #[covariant]
        dependent: HostModel,
    }
);

/// A loaded model. A clone is another handle on the same one.
///
/// **Cost.** [`open`](Self::open) copies the bytes once and checks them; a clone counts one more handle.
#[derive(Clone)]
pub struct Model(Arc<Loaded>);

impl Model {
    /// Verifies the bytes of a model file and puts the model together.
    ///
    /// # Errors
    /// A [`LoadError`] for everything that can be wrong with them.
    pub fn open(bytes: &[u8]) -> Result<Model, LoadError> {
        Loaded::try_new(ModelBytes::new(bytes), ModelBytes::open).map(|loaded| Model(Arc::new(loaded)))
    }

    /// As [`open`](Self::open), for frames some of whose numbers may be missing:
    /// [`ModelBytes::open_with_gaps`].
    ///
    /// # Errors
    /// As there.
    pub fn open_with_gaps(bytes: &[u8]) -> Result<Model, LoadError> {
        let loaded = Loaded::try_new(ModelBytes::new(bytes), ModelBytes::open_with_gaps)?;
        Ok(Model(Arc::new(loaded)))
    }

    /// What the file says of itself, its engine, and what alarms and packets rest on.
    pub fn get(&self) -> &HostModel<'_> {
        self.0.borrow_dependent()
    }

    /// The file.
    pub fn bytes(&self) -> &ModelBytes {
        self.0.borrow_owner()
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static THERMOMETER: &[u8] = include_bytes!("../../../core/examples/thermometer.elbow");

    fn is_shared<T: Send + Sync + Clone + 'static>(_: &T) {}

    #[test]
    fn a_model_outlives_its_bytes_and_scores_on_any_thread() {
        let model = {
            let bytes = THERMOMETER.to_vec();
            Model::open(&bytes).unwrap()
        };
        is_shared(&model);
        let here = model.get().engine.log_density(&[20.5], 16).unwrap();
        let other = model.clone();
        let there = std::thread::spawn(move || other.get().engine.log_density(&[20.5], 16).unwrap());
        assert_eq!(there.join().unwrap(), here);
        assert_eq!(model.bytes().as_bytes(), THERMOMETER);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        assert_eq!(Model::open(&[]).unwrap_err(), LoadError::WrongLength { stated: 36, found: 0 });
        let mut damaged = THERMOMETER.to_vec();
        *damaged.last_mut().unwrap() ^= 1;
        assert_eq!(Model::open(&damaged).unwrap_err(), LoadError::BadChecksum);
    }
}
