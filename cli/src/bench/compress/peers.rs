//! Codecs of other libraries. None of them is charged for a header of ours.

use super::classical::{as_bytes, quantized};
use super::sets::Set;

/// zstd's level.
const LEVEL: i32 = 19;
/// Bytes of its dictionary, which is not counted.
const DICTIONARY: usize = 16_384;

/// Codecs of this module, and the bits that they take for a set.
pub(super) fn all(set: &Set, bound: u16) -> [(&'static str, u64); 4] {
    let sides = |packets: &mut dyn Iterator<Item = &[i32]>| {
        let (mut plain, mut differences) = (Vec::new(), Vec::new());
        for samples in packets {
            let [numbers, steps] = as_bytes(&quantized(samples, bound), set);
            plain.push(numbers);
            differences.push(steps);
        }
        [plain, differences]
    };
    let length = set.windows_per_packet() * set.frame();
    let tests = sides(&mut set.packets());
    let trains = sides(&mut set.train.chunks(length));
    let best = |bytes: &dyn Fn(&Vec<Vec<u8>>, &Vec<Vec<u8>>) -> usize| {
        8 * tests.iter().zip(&trains).map(|(test, train)| bytes(test, train)).min().unwrap_or(0) as u64
    };
    [
        ("LZ4", best(&|test, _| test.iter().map(|bytes| lz4_flex::block::compress(bytes).len()).sum())),
        ("zstd -19", best(&|test, _| test.iter().map(|bytes| zstd_len(bytes, &[])).sum())),
        (
            "zstd -19 with a dictionary",
            best(&|test, train| {
                let dictionary = zstd::dict::from_samples(train, DICTIONARY).unwrap_or_default();
                test.iter().map(|bytes| zstd_len(bytes, &dictionary)).sum()
            }),
        ),
        ("pcodec, each channel whole", pcodec(set, bound)),
    ]
}

fn zstd_len(bytes: &[u8], dictionary: &[u8]) -> usize {
    let compressor = zstd::bulk::Compressor::with_dictionary(LEVEL, dictionary);
    let compressed = compressor.and_then(|mut compressor| compressor.compress(bytes));
    // the packet as it is, where zstd fails
    compressed.map_or(bytes.len(), |compressed| compressed.len())
}

/// All the numbers of a channel at once, which is what it is made for: no packet of its can be lost.
fn pcodec(set: &Set, bound: u16) -> u64 {
    let numbers = quantized(&set.test, bound);
    let config = pco::ChunkConfig::default().with_compression_level(12);
    let bytes = (0..set.channels).map(|channel| {
        let numbers: Vec<i32> = numbers.iter().copied().skip(channel).step_by(set.channels).collect();
        pco::standalone::simple_compress(&numbers, &config).map_or(4 * numbers.len(), |bytes| bytes.len())
    });
    8 * bytes.sum::<usize>() as u64
}
