//! The checks of a packet: CRC-16.

use crate::checksum::{after_byte, remainders};

static REMAINDERS: [u32; 16] = remainders(0x8408);

/// CRC-16/X-25 (polynomial `0x8408`, bits reflected, begins with and is
/// inverted by `0xFFFF`), of bytes as they come.
///
/// # Source
/// As [`crate::format::checksum`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Check(u32);

impl Check {
    pub(super) fn new() -> Self {
        Check(0xFFFF)
    }

    #[inline(never)]
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |crc, byte| after_byte(&REMAINDERS, crc, *byte));
    }

    pub(super) fn finish(self) -> u16 {
        !(self.0 as u16)
    }
}

/// The check of some bytes.
pub(super) fn check(bytes: &[u8]) -> u16 {
    let mut check = Check::new();
    check.update(bytes);
    check.finish()
}

#[cfg(test)]
mod tests {
    use super::check;

    /// The check value that catalogues of CRCs give for CRC-16/IBM-SDLC.
    #[test]
    fn known_value() {
        assert_eq!(check(b"123456789"), 0x906E);
        assert_eq!(check(b""), 0);
    }
}
