//! Streams: frames of rows as they come in, alarms of verdicts, and slow change told from a sudden fault.
//!
//! ```
//! use elbow::stream::{State, Watch, Window};
//!
//! let mut window = Window::<4, 2, 8>::new(4); // frames of four rows of two sensors, one every four rows
//! let mut watch = Watch::default();
//! for row in 0..12 {
//!     if let Some(frame) = window.push(&[20.0, row as f32]) {
//!         // let verdict = model.judge(frame)?;
//!         // let z = model.calibration().standardize(verdict.score.log_density);
//!         let (is_anomalous, z) = (frame[1] > 100.0, 0.3);
//!         assert_eq!(watch.push(is_anomalous, z), State::Steady);
//!     }
//! }
//! ```

mod follow;
mod still;
mod watch;
mod window;

pub use follow::Follow;
pub use still::Still;
pub use watch::{Debounce, Drift, State, Watch};
pub use window::{BoundedWindow, Window};
