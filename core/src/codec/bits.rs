//! Numbers of a few bits each in a caller's bytes, the low bits first.

use super::rans::StreamError;

/// Writes numbers bit by bit.
#[derive(Debug)]
pub struct BitWriter<'a> {
    bytes: &'a mut [u8],
    at: usize,
}

impl<'a> BitWriter<'a> {
    /// Writes from the first byte on.
    pub fn new(bytes: &'a mut [u8]) -> Self {
        BitWriter { bytes, at: 0 }
    }

    /// The low `bits` bits of a number, up to 32.
    ///
    /// # Errors
    /// [`StreamError::Full`].
    #[inline(never)]
    pub fn write(&mut self, value: u32, bits: u32) -> Result<(), StreamError> {
        let (mut value, mut left) = (value, bits.min(u32::BITS));
        while left > 0 {
            let used = (self.at % 8) as u32;
            let take = left.min(8 - used);
            let byte = self.bytes.get_mut(self.at / 8).ok_or(StreamError::Full)?;
            let part = ((value & ((1 << take) - 1)) << used) as u8;
            // whatever stood in the buffer before
            *byte = if used == 0 { part } else { *byte | part };
            value >>= take;
            left -= take;
            self.at += take as usize;
        }
        Ok(())
    }

    /// Bits written.
    pub fn bits(&self) -> usize {
        self.at
    }

    /// Bytes begun; the bits left over in the last one are 0.
    pub fn finish(self) -> usize {
        self.at.div_ceil(8)
    }
}

/// Reads what [`BitWriter`] wrote.
#[derive(Clone, Debug)]
pub struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> BitReader<'a> {
    /// Reads from the first byte on.
    pub fn new(bytes: &'a [u8]) -> Self {
        BitReader { bytes, at: 0 }
    }

    /// The next `bits` bits, up to 32.
    ///
    /// # Errors
    /// [`StreamError::Exhausted`].
    #[inline(never)]
    pub fn read(&mut self, bits: u32) -> Result<u32, StreamError> {
        let (mut value, mut have) = (0, 0);
        let bits = bits.min(u32::BITS);
        while have < bits {
            let used = (self.at % 8) as u32;
            let take = (bits - have).min(8 - used);
            let byte = *self.bytes.get(self.at / 8).ok_or(StreamError::Exhausted)?;
            value |= (u32::from(byte) >> used & ((1 << take) - 1)) << have;
            have += take;
            self.at += take as usize;
        }
        Ok(value)
    }

    /// Takes bits up to the first 0, which goes too, or so many ones that no 0
    /// follows; returns how many are ones.
    ///
    /// # Errors
    /// [`StreamError::Exhausted`].
    #[inline(never)]
    pub(super) fn ones(&mut self, most: u32) -> Result<u32, StreamError> {
        let mut ones = 0;
        loop {
            let used = (self.at % 8) as u32;
            let byte = *self.bytes.get(self.at / 8).ok_or(StreamError::Exhausted)?;
            // zeros are shifted in, so no run is longer than what is left of the byte
            let run = (byte >> used).trailing_ones().min(most - ones);
            ones += run;
            self.at += run as usize;
            if ones == most {
                return Ok(ones);
            }
            if used + run < 8 {
                self.at += 1;
                return Ok(ones);
            }
        }
    }

    /// Whether all bytes were begun and what is left of the last one is 0.
    pub fn is_empty(&self) -> bool {
        let left = self.bytes.get(self.at / 8..).unwrap_or_default();
        match left {
            [] => true,
            [last] => !self.at.is_multiple_of(8) && last >> (self.at % 8) == 0,
            _ => false,
        }
    }
}
