//! Signed model files.

use std::sync::LazyLock;

use elbow::SignedFile;
use elbow::signature::TRAILER_LEN;
use elbow_host::file::signing::SecretKey;
use elbow_host::model::ModelBytes;

/// The smallest model there is.
pub const SMALL: &[u8] = include_bytes!("../../../core/examples/thermometer.elbow");
/// The lowest version that is taken.
pub const OLDEST: u32 = 3;

/// The key of these files.
pub static KEY: LazyLock<SecretKey> = LazyLock::new(|| SecretKey::of_seed([42; 32]));
/// Files that bear its signature: two versions of one, another, and one that is too old.
pub static SIGNED: LazyLock<[Vec<u8>; 4]> = LazyLock::new(|| {
    let other = super::MODELS[2];
    [(SMALL, 3), (SMALL, 4), (other, 3), (SMALL, 2)].map(|(file, version)| KEY.sign(file, version))
});
/// A file that bears that of another.
pub static FOREIGN: LazyLock<Vec<u8>> = LazyLock::new(|| SecretKey::of_seed([43; 32]).sign(SMALL, 4));

/// Bytes as a region of flash: what opens is one of the files that were signed, and new enough.
///
/// # Panics
/// Something else opens.
pub fn signed(bytes: &[u8]) {
    let opened = SignedFile::open(bytes, &KEY.public().0, OLDEST);
    if let Ok(file) = opened {
        let end = file.bytes().len() + TRAILER_LEN;
        assert!(SIGNED.iter().any(|signed| bytes.get(..end) == Some(signed)), "a file that nobody signed");
        assert!(file.version() >= OLDEST, "a file that is too old");
    }
    // without a key a trailer is passed over
    drop(ModelBytes::new(bytes).open());
}
