//! Packets: what goes in comes out, or within its bound.

use elbow::codec::{
    BARE_LEN, Codec, Coding, ENVELOPE_LEN, Encoded, Fidelity, Header, NoModel, Predictor, Sample, Settings,
};
use elbow_tests::models::generator;
use elbow_tests::packets::Bench;
use elbow_tests::signals::{KINDS, Waves, signal};
use rand_core::Rng;

/// Shapes of windows: short and long, one channel and many.
const SHAPES: [(usize, usize); 6] = [(1, 1), (4, 20), (16, 3), (64, 1), (64, 2), (3, 5)];
const BOUNDS: [u16; 8] = [0, 0, 0, 1, 2, 9, 100, 65_535];

/// Encodes and decodes `total` windows of all kinds; counts how they were coded.
fn round_trips<S: Sample + PartialEq>(total: usize, seed: u64) -> [usize; 4] {
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
        if model {
            bare(Waves { frame: rows * channels }, (rows, channels), &samples, &decoded, bound);
        } else {
            bare(NoModel { id: 9 }, (rows, channels), &samples, &decoded, bound);
        }
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

/// Without the envelope the same comes back, and a packet has at most two bytes more than the samples.
fn bare<S: Sample + PartialEq>(
    predictor: impl Predictor,
    (rows, channels): (usize, usize),
    samples: &[S],
    expected: &[S],
    bound: u16,
) {
    let fidelity = Fidelity::Within(bound);
    let Bench { codec, mut scratch, mut packet } = Bench::new(predictor, rows, channels);
    let encoded = codec.encode_bare(samples, fidelity, &mut scratch, &mut packet).unwrap();
    assert!(encoded.len <= samples.len() * S::BYTES + 2 && BARE_LEN == 2);
    let mut decoded = vec![S::default(); samples.len()];
    let windows = codec.decode_bare(&packet[..encoded.len], fidelity, &mut scratch, &mut decoded);
    assert_eq!(windows, Ok(samples.len() / rows / channels));
    assert!(decoded == expected);
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

/// 131,072 residuals whose squares add up to more than 64 bits.
#[test]
fn the_largest_numbers_in_a_large_packet_are_coded() {
    let mut rng = generator(11);
    let samples: Vec<i32> = (0..32 * 4096).map(|_| rng.next_u32() as i32).collect();
    let codec = Codec::new(NoModel::default(), 4096, 1).unwrap();
    let mut scratch = vec![0; codec.scratch_len(32)];
    let mut packet = vec![0; codec.max_packet_len::<i32>(32)];
    let settings = Settings { sequence: 0, fidelity: Fidelity::Within(0) };
    let encoded = codec.encode(&samples, settings, &mut scratch, &mut packet).unwrap();
    let mut decoded = vec![0; samples.len()];
    codec.decode(&packet[..encoded.len], &mut scratch, &mut decoded).unwrap();
    assert!(encoded.coding == Coding::Raw && decoded == samples);
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
    let specification = include_str!("../../../docs/packet-format.md");
    let packet = documented();
    let line = |(row, bytes): (usize, &[u8])| {
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{:04x}  {}\n", 16 * row, hex.join(" "))
    };
    let dump: String = packet.chunks(16).enumerate().map(line).collect();
    assert!(specification.contains(&dump), "docs/packet-format.md should contain:\n{dump}");
}
