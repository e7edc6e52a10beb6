//! Packets: what goes in comes out, or within its bound; whatever else comes in is an error.

use elbow::codec::{
    Codec, Coding, ENVELOPE_LEN, Encoded, Fidelity, HEADER_LEN, Header, NoModel, PacketError, Predictor,
    Sample, Settings,
};
use elbow_tests::models::generator;
use elbow_tests::signals::{KINDS, Waves, crc16, signal};
use rand_core::Rng;

/// A codec of a random shape, with its buffers.
struct Bench<P> {
    codec: Codec<P>,
    scratch: Vec<i32>,
    packet: Vec<u8>,
}

impl<P: Predictor> Bench<P> {
    fn new(predictor: P, rows: usize, channels: usize) -> Self {
        let codec = Codec::new(predictor, rows, channels).unwrap();
        // buffers that hold something: nothing may depend on it
        Bench { codec, scratch: vec![-7; codec_scratch(rows, channels)], packet: vec![0xA5; 8 * 4096] }
    }

    fn encode<S: Sample>(&mut self, samples: &[S], sequence: u16, fidelity: Fidelity) -> Encoded {
        let settings = Settings { sequence, fidelity };
        self.codec.encode(samples, settings, &mut self.scratch, &mut self.packet).unwrap()
    }

    fn decode<S: Sample>(&mut self, packet: &[u8], samples: usize) -> Result<(Header, Vec<S>), PacketError> {
        let mut decoded = vec![S::default(); samples];
        let header = self.codec.decode(packet, &mut self.scratch, &mut decoded)?;
        Ok((header, decoded))
    }
}

fn codec_scratch(rows: usize, channels: usize) -> usize {
    9 * (rows * channels + channels + 2) + rows * channels + 2 * channels
}

/// Shapes of windows: short and long, one channel and many.
const SHAPES: [(usize, usize); 6] = [(1, 1), (4, 20), (16, 3), (64, 1), (64, 2), (3, 5)];
const BOUNDS: [u16; 8] = [0, 0, 0, 1, 2, 9, 100, 65_535];

/// Encodes and decodes `total` windows of all kinds; counts how they were coded.
fn round_trips<S: Sample>(total: usize, seed: u64) -> [usize; 4] {
    let mut rng = generator(seed);
    let mut coded = [0; 4];
    let mut done = 0;
    while done < total {
        let (rows, channels) = SHAPES[rng.next_u32() as usize % SHAPES.len()];
        let windows = 1 + rng.next_u32() as usize % 9;
        let (bound, kind) = (BOUNDS[rng.next_u32() as usize % BOUNDS.len()], rng.next_u32() % KINDS);
        let samples: Vec<S> = signal(kind, windows * rows, channels, &mut rng);
        let model = rng.next_u32().is_multiple_of(2);
        let (header, decoded, encoded) = if model {
            trip(Waves { frame: rows * channels }, (rows, channels), &samples, done as u16, bound)
        } else {
            trip(NoModel { id: 9 }, (rows, channels), &samples, done as u16, bound)
        };
        for (sample, decoded) in samples.iter().zip(&decoded) {
            let error = sample.to_i32().abs_diff(decoded.to_i32());
            assert!(error <= u32::from(bound), "{sample:?} became {decoded:?}, bound {bound}, kind {kind}");
        }
        // the whole packet: the samples as they are and the envelope of 15 bytes
        assert!(encoded.len <= samples.len() * S::BYTES + ENVELOPE_LEN);
        assert!(encoded.bits as usize <= 8 * (encoded.len - ENVELOPE_LEN));
        let expected = Header {
            coding: encoded.coding,
            fidelity: Fidelity::Within(bound),
            sample_bytes: S::BYTES,
            numeric_profile: 1,
            model: if model { 0x5741_5645 } else { 9 },
            sequence: done as u16,
            windows: windows as u8,
        };
        assert_eq!(header, expected);
        coded[encoded.coding as usize] += windows;
        done += windows;
    }
    coded
}

fn trip<S: Sample, P: Predictor>(
    predictor: P,
    (rows, channels): (usize, usize),
    samples: &[S],
    sequence: u16,
    bound: u16,
) -> (Header, Vec<S>, Encoded) {
    let mut bench = Bench::new(predictor, rows, channels);
    let encoded = bench.encode(samples, sequence, Fidelity::Within(bound));
    let packet = bench.packet[..encoded.len].to_vec();
    let (header, decoded) = bench.decode(&packet, samples.len()).unwrap();
    (header, decoded, encoded)
}

#[test]
fn windows_come_back_within_their_bound() {
    let (narrow, wide) = (round_trips::<i16>(20_000, 1), round_trips::<i32>(20_000, 2));
    println!("windows coded raw, Rice, differences, model: i16 {narrow:?}, i32 {wide:?}");
    assert!(narrow.iter().chain(&wide).all(|&windows| windows > 0), "each coding was used");
}

#[test]
#[ignore = "a minute: a million windows"]
fn a_million_windows_come_back_within_their_bound() {
    let (narrow, wide) = (round_trips::<i16>(500_000, 3), round_trips::<i32>(500_000, 4));
    println!("windows coded raw, Rice, differences, model: i16 {narrow:?}, i32 {wide:?}");
}

/// Random bytes, and packets with some bytes changed whose check was made right again, so that they reach the decoder.
fn mutations(total: usize, seed: u64) -> (usize, usize) {
    let mut rng = generator(seed);
    let (mut errors, mut results) = (0, 0);
    let mut bench = Bench::new(Waves { frame: 48 }, 16, 3);
    let mut decoded = vec![0_i16; 48 * 9];
    while errors + results < total {
        let windows = 1 + rng.next_u32() as usize % 3;
        let samples: Vec<i16> = signal(rng.next_u32(), 16 * windows, 3, &mut rng);
        let fidelity = if rng.next_u32().is_multiple_of(8) { Fidelity::Latents } else { Fidelity::Within(0) };
        let len = bench.encode(&samples, 1, fidelity).len;
        let original = bench.packet[..len].to_vec();
        for _ in 0..50 {
            let mut packet = original.clone();
            match rng.next_u32() % 4 {
                0 => packet.truncate(rng.next_u32() as usize % (len + 1)),
                1 => rng.fill_bytes(&mut packet[HEADER_LEN..]),
                2 => rng.fill_bytes(&mut packet),
                _ => {}
            }
            for _ in 0..rng.next_u32() % 4 {
                if let Some(at) = (rng.next_u32() as usize).checked_rem(packet.len()) {
                    packet[at] = rng.next_u32() as u8;
                }
            }
            if !rng.next_u32().is_multiple_of(8) && packet.len() >= ENVELOPE_LEN {
                if !rng.next_u32().is_multiple_of(4) {
                    packet[..9].copy_from_slice(&original[..9]);
                    packet[0] ^= (rng.next_u32() % 16) as u8;
                }
                let end = packet.len() - 2;
                let check = crc16(&packet[..end]);
                packet[end..].copy_from_slice(&check.to_le_bytes());
            }
            match bench.codec.decode(&packet, &mut bench.scratch, &mut decoded) {
                Ok(_) => results += 1,
                Err(_) => errors += 1,
            }
        }
    }
    (errors, results)
}

#[test]
fn whatever_comes_in_is_an_error_or_a_result() {
    let (errors, results) = mutations(100_000, 5);
    println!("{errors} errors, {results} results");
    assert!(errors > 10_000 && results > 1_000, "{errors} errors, {results} results");
}

#[test]
#[ignore = "a minute: ten million packets"]
fn ten_million_packets_are_an_error_or_a_result() {
    println!("errors, results: {:?}", mutations(10_000_000, 6));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let mut rng = generator(7);
    let mut flips = 0;
    for kind in 0..4 * KINDS {
        let mut bench = Bench::new(Waves { frame: 48 }, 16, 3);
        let samples: Vec<i16> = signal(kind, 32, 3, &mut rng);
        let len = bench.encode(&samples, 1, Fidelity::Within((kind % 3) as u16)).len;
        let mut packet = bench.packet[..len].to_vec();
        for bit in 0..8 * len {
            packet[bit / 8] ^= 1 << (bit % 8);
            let result = bench.decode::<i16>(&packet, samples.len());
            assert!(
                matches!(result, Err(PacketError::Damaged | PacketError::UnsupportedVersion { .. })),
                "kind {kind}, bit {bit}: {result:?}"
            );
            packet[bit / 8] ^= 1 << (bit % 8);
            flips += 1;
        }
    }
    println!("{flips} flips");
}

#[test]
fn a_lost_packet_costs_only_itself() {
    let mut rng = generator(8);
    let mut bench = Bench::new(Waves { frame: 64 }, 64, 1);
    let windows: Vec<Vec<i16>> = (0..40).map(|kind| signal(kind, 64, 1, &mut rng)).collect();
    let packets: Vec<Vec<u8>> = (0..)
        .zip(&windows)
        .map(|(sequence, window)| {
            let len = bench.encode(window, sequence, Fidelity::Within(0)).len;
            bench.packet[..len].to_vec()
        })
        .collect();
    // another receiver, every third packet lost, the others in reverse
    let mut receiver = Bench::new(Waves { frame: 64 }, 64, 1);
    for (at, packet) in packets.iter().enumerate().rev().filter(|(at, _)| at % 3 != 1) {
        let (header, decoded) = receiver.decode::<i16>(packet, 64).unwrap();
        assert_eq!((usize::from(header.sequence), &decoded), (at, &windows[at]));
    }
}

#[test]
fn a_model_is_used_where_it_helps() {
    let mut rng = generator(9);
    let mut bench = Bench::new(Waves { frame: 64 }, 64, 1);
    let window: Vec<i16> =
        (0..64).map(|at| Waves::value(at, 9, -12) as i16 + (rng.next_u32() % 3) as i16).collect();
    let with = bench.encode(&window, 0, Fidelity::Within(0));
    let without = Bench::new(NoModel::default(), 64, 1).encode(&window, 0, Fidelity::Within(0));
    assert_eq!((with.coding, without.coding), (Coding::Model, Coding::Differences));
    assert!(2 * with.bits < without.bits, "{with:?} {without:?}");

    let latents = bench.encode(&window, 0, Fidelity::Latents);
    assert!(latents.bits <= 24, "{latents:?}");
    let packet = bench.packet[..latents.len].to_vec();
    let (header, decoded) = bench.decode::<i16>(&packet, 64).unwrap();
    assert_eq!((header.fidelity, header.coding), (Fidelity::Latents, Coding::Model));
    assert!(window.iter().zip(decoded).all(|(x, y)| x.abs_diff(y) < 20));

    // uniform noise over all of the range: no code can gain
    let noise: Vec<i16> = (0..64).map(|_| rng.next_u32() as i16).collect();
    let raw = bench.encode(&noise, 0, Fidelity::Within(0));
    assert_eq!((raw.coding, raw.len, raw.bits), (Coding::Raw, 128 + ENVELOPE_LEN, 1024));
}

#[test]
fn a_change_within_a_packet_is_followed() {
    // calm, then noise: one law for both would cost a bit a sample more
    let mut rng = generator(10);
    let calm = |rng: &mut _| signal::<i16>(6, 64, 1, rng).iter().map(|x| x % 2).collect::<Vec<_>>();
    let mut both: Vec<i16> = (0..4).flat_map(|_| calm(&mut rng)).collect();
    both.extend((0..256).map(|_| (rng.next_u32() % 512) as i16));
    let mut bench = Bench::new(NoModel::default(), 64, 1);
    let parts = bench.encode(&both[..256], 0, Fidelity::Within(0)).bits
        + bench.encode(&both[256..], 0, Fidelity::Within(0)).bits;
    let whole = bench.encode(&both, 0, Fidelity::Within(0)).bits;
    assert!(whole < parts + 32, "{whole} {parts}");
}

#[test]
fn each_mistake_has_its_error() {
    let bench = Bench::new(Waves { frame: 32 }, 32, 1);
    let mut scratch = vec![0; bench.codec.scratch_len(1)];
    let lossless = Settings { sequence: 0, fidelity: Fidelity::Within(0) };
    let samples: Vec<i16> = (0..32).map(|at| Waves::value(at, 9, 5) as i16).collect();
    let mut packet = [0; 79];
    assert_eq!(bench.codec.max_packet_len::<i16>(1), packet.len());
    let encoded = bench.codec.encode(&samples, lossless, &mut scratch, &mut packet).unwrap();
    assert_eq!(encoded.coding, Coding::Model);
    let packet = &mut packet[..encoded.len].to_vec();

    let error = |codec: Result<Codec<NoModel>, _>| codec.unwrap_err();
    for (rows, channels) in [(0, 1), (1, 0), (usize::MAX, 2), (4097, 1)] {
        assert_eq!(error(Codec::new(NoModel::default(), rows, channels)), PacketError::WrongShape);
    }
    let codec = bench.codec;
    let encode = |samples: &[i16], scratch: &mut [i32], packet: &mut [u8]| {
        codec.encode(samples, lossless, scratch, packet).unwrap_err()
    };
    let mut room = [0; 79];
    for length in [0, 31, 33] {
        assert_eq!(encode(&vec![0; length], &mut scratch, &mut room), PacketError::WrongLength);
    }
    assert_eq!(encode(&vec![0; 32 * 256], &mut scratch, &mut room), PacketError::WrongLength);
    assert_eq!(encode(&samples, &mut scratch[1..], &mut room), PacketError::BufferTooSmall { needed: 69 });
    assert_eq!(encode(&samples, &mut scratch, &mut room[1..]), PacketError::BufferTooSmall { needed: 79 });
    let no_model = Codec::new(NoModel { id: 0x5741_5645 }, 32, 1).unwrap();
    let latents = Settings { sequence: 0, fidelity: Fidelity::Latents };
    assert_eq!(no_model.encode(&samples, latents, &mut scratch, &mut room), Err(PacketError::NeedsModel));

    let decode = |packet: &[u8]| codec.decode(packet, &mut [0; 69], &mut [0_i16; 32]).unwrap_err();
    assert_eq!(decode(&packet[..14]), PacketError::TooShort);
    assert_eq!(decode(&packet[..16]), PacketError::Damaged);
    assert_eq!(codec.decode(packet, &mut [0; 69], &mut [0_i32; 32]), Err(PacketError::WrongSample));
    let small = PacketError::BufferTooSmall { needed: 32 };
    assert_eq!(codec.decode(packet, &mut [0; 69], &mut [0_i16; 31]), Err(small));
    assert_eq!(no_model.decode(packet, &mut [0; 69], &mut [0_i16; 32]), Err(PacketError::NeedsModel));
    let other = Codec::new(NoModel { id: 5 }, 32, 1).unwrap();
    let wrong = PacketError::WrongModel { expected: 5, found: 0x5741_5645 };
    assert_eq!(other.decode(packet, &mut [0; 69], &mut [0_i16; 32]), Err(wrong));

    // a byte changed, and the packet's check made right again
    let mut changed = |at: usize, byte: u8| {
        let old = std::mem::replace(&mut packet[at], byte);
        let end = packet.len() - 2;
        let check = crc16(&packet[..end]);
        packet[end..].copy_from_slice(&check.to_le_bytes());
        let result = codec.decode(packet, &mut [0; 69], &mut [0_i16; 32]);
        packet[at] = old;
        result.unwrap_err()
    };
    assert_eq!(changed(0, 0x23), PacketError::UnsupportedVersion { found: 2 });
    assert_eq!(changed(1, 9), PacketError::UnsupportedNumericProfile { found: 9 });
    assert_eq!(changed(8, 0), PacketError::Malformed);
    assert_eq!(changed(0, 0x10), PacketError::Malformed, "raw, but too short");
    assert_eq!(changed(0, 0x1A), PacketError::Malformed, "latents without a model");
    let check = encoded.len - 3;
    assert_eq!(changed(check, 0x77), PacketError::Mismatch);
}

/// The example of `docs/packet-format.md`.
fn documented() -> Vec<u8> {
    let mut samples = [500_i16; 64];
    (samples[5], samples[6], samples[20]) = (501, 501, 498);
    let mut bench = Bench::new(NoModel { id: 0xC0FF_EE00 }, 64, 1);
    let len = bench.encode(&samples, 7, Fidelity::Within(0)).len;
    bench.packet[..len].to_vec()
}

#[test]
fn the_dump_in_the_specification_is_what_is_written() {
    let specification = include_str!("../../docs/packet-format.md");
    let packet = documented();
    let line = |(row, bytes): (usize, &[u8])| {
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{:04x}  {}\n", 16 * row, hex.join(" "))
    };
    let dump: String = packet.chunks(16).enumerate().map(line).collect();
    assert!(specification.contains(&dump), "docs/packet-format.md should contain:\n{dump}");
}
