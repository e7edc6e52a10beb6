//! The checks of a packet: CRC-16.

/// The remainders of the sixteen values of four bits.
static REMAINDERS: [u16; 16] = remainders();

/// CRC-16/X-25 (polynomial `0x8408`, bits reflected, begins with and is inverted by `0xFFFF`), of bytes as they come.
///
/// # Source
/// As [`crate::format::checksum`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Check(u16);

impl Check {
    pub(super) fn new() -> Self {
        Check(0xFFFF)
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        let four_bits = |crc: u16| (crc >> 4) ^ REMAINDERS[usize::from(crc & 15)];
        self.0 = bytes.iter().fold(self.0, |crc, byte| four_bits(four_bits(crc ^ u16::from(*byte))));
    }

    pub(super) fn finish(self) -> u16 {
        !self.0
    }
}

/// The check of some bytes.
pub(super) fn check(bytes: &[u8]) -> u16 {
    let mut check = Check::new();
    check.update(bytes);
    check.finish()
}

const fn remainders() -> [u16; 16] {
    let mut table = [0; 16];
    let mut i = 0;
    while i < 16 {
        let (mut crc, mut bit) = (i as u16, 0);
        while bit < 4 {
            crc = (crc >> 1) ^ ((crc & 1) * 0x8408);
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
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
