//! Frames as one grey picture, side by side.
//!
//! Own code, as what is asked for is four chunks around a compressed block: the crates for PNG bring readers,
//! animation and palettes along. Format: <https://www.w3.org/TR/png-3/>.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Pixels between two frames.
const GAP: usize = 2;
/// Frames in one row of the picture, where they are no more.
const ONE_ROW: usize = 12;

/// Frames of `width` pixels a row, one behind the other, of numbers from the first to the second of `range`:
/// in a row where they are few, else in a square.
///
/// # Errors
/// Of the system, out of memory.
///
/// # Panics
/// Where frames are not whole rows of pixels, or the values not whole frames.
pub fn grid(values: &[f32], dims: usize, width: usize, range: [f32; 2]) -> io::Result<Vec<u8>> {
    assert!(dims.is_multiple_of(width) && values.len().is_multiple_of(dims), "whole rows of whole frames");
    let (frames, height) = (values.len() / dims, dims / width);
    let across = if frames <= ONE_ROW { frames.max(1) } else { (1..).find(|n| n * n >= frames).unwrap_or(1) };
    let down = frames.div_ceil(across).max(1);
    let size = [across * (width + GAP) - GAP, down * (height + GAP) - GAP];
    let mut pixels = vec![0_u8; size[0] * size[1]];
    let scale = 255.0 / (range[1] - range[0]).max(f32::MIN_POSITIVE);
    for (at, frame) in values.chunks_exact(dims).enumerate() {
        let (left, top) = (at % across * (width + GAP), at / across * (height + GAP));
        for (y, row) in frame.chunks_exact(width).enumerate() {
            let first = (top + y) * size[0] + left;
            let places = &mut pixels[first..first + width];
            places.iter_mut().zip(row).for_each(|(place, x)| *place = ((x - range[0]) * scale).round() as u8);
        }
    }
    encoded(size, &pixels)
}

fn encoded([width, height]: [usize; 2], pixels: &[u8]) -> io::Result<Vec<u8>> {
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::default());
    for row in pixels.chunks_exact(width) {
        // 0: bytes as they are, not differences
        rows.write_all(&[0])?;
        rows.write_all(row)?;
    }
    let mut header = Vec::new();
    [width, height].iter().for_each(|size| header.extend((*size as u32).to_be_bytes()));
    // eight bits of grey, the one compression, the one filter, no interlacing
    header.extend([8, 0, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, bytes) in [(b"IHDR", header), (b"IDAT", rows.finish()?), (b"IEND", Vec::new())] {
        file.extend((bytes.len() as u32).to_be_bytes());
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(name);
        checksum.update(&bytes);
        file.extend(name);
        file.extend(bytes);
        file.extend(checksum.finalize().to_be_bytes());
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    /// Length and CRC of the empty last chunk are those of every PNG file.
    #[test]
    fn a_picture_by_hand() {
        let values = [0.0, 1.0, 0.5, 1.0, 2.0, -1.0, 0.0, 0.25];
        let file = grid(&values, 4, 2, [0.0, 1.0]).unwrap();
        assert_eq!(&file[..8], b"\x89PNG\r\n\x1a\n");
        // two frames of 2 × 2, two pixels apart
        assert_eq!(&file[16..29], [0, 0, 0, 6, 0, 0, 0, 2, 8, 0, 0, 0, 0]);
        assert_eq!(&file[file.len() - 12..], [0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82]);
        let length = u32::from_be_bytes(file[33..37].try_into().unwrap()) as usize;
        let mut rows = Vec::new();
        flate2::read::ZlibDecoder::new(&file[41..41 + length]).read_to_end(&mut rows).unwrap();
        assert_eq!(rows, [0, 0, 255, 0, 0, 255, 0, 0, 128, 255, 0, 0, 0, 64]);
    }

    #[test]
    fn many_frames_make_a_square() {
        let file = grid(&[0.0; 13 * 6], 6, 3, [0.0, 1.0]).unwrap();
        assert_eq!(&file[16..24], [0, 0, 0, 18, 0, 0, 0, 14]);
    }
}
