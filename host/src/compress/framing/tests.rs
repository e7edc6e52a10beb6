use elbow::codec::{Codec, Fidelity, NoModel, PacketError, Settings};
use rand_core::Rng as _;

use super::{Frames, Framing};
use crate::random::{Purpose, stream};

const FRAME: usize = 64;
const MODEL: u32 = 0xC0FF_EE11;

fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut rng = stream(seed, Purpose::Noise, 0, 0);
    (0..len).map(|_| rng.next_u32() as u8).collect()
}

/// Packets of about two kilobytes, which are noise but for their envelopes, each behind its length.
fn framed(model: u32, packets: u16) -> Vec<Vec<u8>> {
    let codec = Codec::new(NoModel { id: model }, FRAME, 1).unwrap();
    let framed = |sequence: u16| {
        let samples = noise(sequence.into(), 2 * 16 * FRAME);
        let samples: Vec<i16> =
            samples.as_chunks().0.iter().map(|bytes| i16::from_le_bytes(*bytes)).collect();
        let mut packet = vec![0; codec.max_packet_len::<i16>(16)];
        let settings = Settings { sequence, fidelity: Fidelity::Within(0) };
        let scratch = &mut vec![0; codec.scratch_len(16)];
        let len = codec.encode(&samples, settings, scratch, &mut packet).unwrap().len;
        [&(len as u16).to_le_bytes(), &packet[..len]].concat()
    };
    (0..packets).map(framed).collect()
}

/// The numbers of the packets of the model in a line, and why something was passed over.
fn found(line: &[u8]) -> (Vec<u16>, Option<PacketError>) {
    let mut frames = Frames::new(line, Framing::Length, MODEL, FRAME);
    let numbers = std::iter::from_fn(|| frames.next().unwrap()).map(|(_, header)| header.sequence);
    (numbers.collect(), frames.damage)
}

#[test]
fn packets_are_found_behind_any_noise() {
    let line = framed(MODEL, 30).concat();
    for cut in [1, 2, 3, 300, 2000] {
        assert_eq!(found(&line[cut..]).0, (1..30).collect::<Vec<_>>(), "cut by {cut}");
    }
    for len in [1, 2, 100, 2000, 20_000, 200_000] {
        let line = [&noise(7, len)[..], &line].concat();
        assert_eq!(found(&line).0, (0..30).collect::<Vec<_>>(), "{len} bytes of noise");
    }
}

#[test]
fn a_damaged_packet_takes_no_other_with_it() {
    for (every, length) in [(30, 40_000), (30, 0xFFFF), (2, 40_000), (2, 4000), (3, 1500), (2, 3), (2, 0)] {
        let mut packets = framed(MODEL, 30);
        packets
            .iter_mut()
            .step_by(every)
            .for_each(|packet| packet[..2].copy_from_slice(&u16::to_le_bytes(length)));
        let sound: Vec<u16> = (0..30).filter(|number| usize::from(*number) % every != 0).collect();
        assert_eq!(found(&packets.concat()).0, sound, "{length} in each of {every}");
    }
    let mut packets = framed(MODEL, 30);
    packets.iter_mut().step_by(2).for_each(|packet| packet[900] ^= 1);
    assert_eq!(found(&packets.concat()).0, (0..30).filter(|n| n % 2 == 1).collect::<Vec<_>>());
}

#[test]
fn packets_of_another_model_are_told_and_take_none_with_them() {
    let (own, others) = (framed(MODEL, 30), framed(9, 30));
    let told = Some(PacketError::WrongModel { expected: MODEL, found: 9 });
    let mixed: Vec<u8> =
        own.iter().zip(&others).flat_map(|(own, other)| [&other[..], own].concat()).collect();
    assert_eq!(found(&mixed), ((0..30).collect(), told));
    for cut in [0, 300] {
        assert_eq!(found(&others.concat()[cut..]), (vec![], told), "cut by {cut}");
    }
}

/// Headers of the model without end, each of which states all that is behind it: they cost as much as their
/// bytes allow, and packets are found again behind them.
#[test]
fn forged_headers_end() {
    let own = framed(MODEL, 30);
    let mut forged = own[0][..11].to_vec();
    forged[..2].fill(0xFF);
    forged[10] = 0xFF;
    let line = [forged.repeat(30_000), own.concat()].concat();
    let (numbers, _) = found(&line);
    assert!(numbers.ends_with(&(2..30).collect::<Vec<_>>()), "{numbers:?}");
}
