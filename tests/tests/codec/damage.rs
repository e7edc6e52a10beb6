//! What comes in and is no packet is an error, or a result: never a panic.

use elbow::codec::{Codec, Coding, ENVELOPE_LEN, Fidelity, HEADER_LEN, NoModel, PacketError, Settings};
use elbow_tests::hostile::crc16;
use elbow_tests::models::generator;
use elbow_tests::packets::Bench;
use elbow_tests::signals::{KINDS, Waves, signal};
use rand_core::Rng;

/// Random bytes, and packets with some bytes changed whose check was made
/// right again, so that they reach the decoder.
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
            // bare, nothing keeps what is damaged from the decoder
            if let Some([flags, _, _, _, _, _, _, _, windows, _, _, body @ ..]) = packet.get(..) {
                let bare = [&[*flags, *windows], body].concat();
                let _ = bench.codec.decode_bare(&bare, fidelity, &mut bench.scratch, &mut decoded);
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
