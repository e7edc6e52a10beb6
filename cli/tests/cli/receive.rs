//! What a device sends, read as it comes.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::process::Stdio;

use elbow_host::compress::{Framing, receive};
use elbow_host::model::ModelBytes;
use elbow_host::random::{Purpose, stream};
use rand_core::Rng as _;

use crate::bench::Bench;

/// Windows of a packet.
const WINDOWS: usize = 4;

/// A model with a plan, the packets that a device would send of `engine.csv`, and the rows that they hold.
fn sent() -> (Bench, Vec<Vec<u8>>, Vec<String>) {
    let bench = Bench::with_model();
    bench.good(
        "calibrate engine.elbow engine.csv --packets --bound 1 --resolution 0.01 --windows-per-packet 4",
    );
    bench.good("compress engine.elbow engine.csv engine.packets --bound 1");
    bench.good("decompress engine.elbow engine.packets back.csv");
    let file = bench.read("engine.packets");
    let id = elbow::codec::model_id(&bench.read("engine.elbow")).to_le_bytes();
    // packets stand behind their length, number and the check of both
    let (mut packets, mut at) = (Vec::new(), 0);
    while at + 12 < file.len() {
        let length = u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        let packet = file.get(at + 12..at + 12 + length).unwrap_or_default();
        if packet.len() > 15 && packet[2..6] == id && elbow::codec::Header::read(packet).is_ok() {
            packets.push(packet.to_vec());
            at += 12 + length;
        } else {
            at += 1;
        }
    }
    assert_eq!(packets.len(), 240 / WINDOWS);
    // labels are no column of the model: what a device sends has its columns alone
    let back = String::from_utf8(bench.read("back.csv")).unwrap();
    let rows = back.lines().skip(1).map(|line| line.split(',').take(3).collect::<Vec<_>>().join(","));
    let rows = rows.collect();
    (bench, packets, rows)
}

fn by_length(packet: &[u8]) -> Vec<u8> {
    [&(packet.len() as u16).to_le_bytes(), packet].concat()
}

/// By the definition: a code says how far the next zero is.
fn by_cobs(packet: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for run in packet.split(|byte| *byte == 0) {
        let mut chunks = run.chunks(254).peekable();
        if run.is_empty() {
            out.push(1);
        }
        while let Some(chunk) = chunks.next() {
            out.push(chunk.len() as u8 + 1);
            out.extend(chunk);
            if chunk.len() == 254 && chunks.peek().is_none() {
                out.push(1);
            }
        }
    }
    out.push(0);
    out
}

type Framer = fn(&[u8]) -> Vec<u8>;
const FRAMINGS: [(&str, Framer); 2] = [("length", by_length), ("cobs", by_cobs)];

/// The numbers of rows that came back, as they stand among those that were sent.
fn came(bench: &Bench, rows: &[String]) -> Vec<usize> {
    let text = String::from_utf8(bench.read("got.csv")).unwrap();
    assert_eq!(text.lines().next(), Some("temp,rpm,volt"));
    let mut from = 0;
    let place = |line: &str| {
        let at = from + rows[from..].iter().position(|row| row == line).expect("a row that was sent");
        from = at + 1;
        at
    };
    text.lines().skip(1).map(place).collect()
}

#[test]
fn what_was_sent_comes_back() {
    let (bench, packets, rows) = sent();
    for (framing, framed) in FRAMINGS {
        bench.write("line", packets.iter().flat_map(|packet| framed(packet)).collect::<Vec<_>>());
        let json = bench.json(&format!("decompress engine.elbow line got.csv --raw --framing {framing}"));
        assert_eq!(json["rows"], 240, "{framing}: {json}");
        assert_eq!((json["lost_packets"].as_u64(), json["broken_frames"].as_u64()), (Some(0), Some(0)));
        assert_eq!(came(&bench, &rows), (0..240).collect::<Vec<_>>(), "{framing}");
    }
}

#[test]
fn a_damaged_line_is_found_again_and_gaps_are_told() {
    let (bench, packets, rows) = sent();
    for (framing, framed) in FRAMINGS {
        // heard from the middle of a packet on; one is lost, one damaged, one comes twice, noise between
        let mut line = framed(&packets[0])[7..].to_vec();
        for (i, packet) in packets.iter().enumerate().skip(1) {
            let mut bytes = framed(packet);
            match i {
                10 => continue,
                20 => bytes[9] ^= 0x40,
                30 => bytes.extend(framed(packet)),
                40 => line.extend([0x11, 0xFF, 0x00, 0x15, 0x00, 0x17]),
                50 => bytes.truncate(bytes.len() - 3),
                _ => {}
            }
            line.extend(bytes);
        }
        bench.write("line", line);
        let line = format!("decompress engine.elbow line got.csv --raw --framing {framing}");
        let outcome = bench.run(&line);
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        assert!(outcome.stderr.contains("line: after row 36 a packet is lost"), "{outcome:?}");
        assert!(outcome.stderr.contains("packets are lost, ") && outcome.stderr.contains("are no packets"));
        let came = came(&bench, &rows);
        // behind a packet that is cut off, zeros tell nothing until the next one
        let lost: Vec<usize> = (0..60).filter(|packet| !came.contains(&(packet * WINDOWS))).collect();
        let expected: &[usize] = if framing == "cobs" { &[0, 10, 20, 50, 51] } else { &[0, 10, 20, 50] };
        let noise = framing == "cobs" && lost.contains(&40);
        let lost: Vec<usize> = lost.into_iter().filter(|packet| !noise || *packet != 40).collect();
        assert_eq!(lost, expected, "{framing}");
    }
}

#[test]
fn noise_alone_gives_no_rows_and_ends() {
    let (bench, packets, rows) = sent();
    let mut rng = stream(5, Purpose::Noise, 0, 0);
    for (framing, framed) in FRAMINGS {
        let noise: Vec<u8> = (0..100_000).map(|_| rng.next_u32() as u8).collect();
        bench.write("noise", &noise);
        let line = format!("decompress engine.elbow noise got.csv --raw --framing {framing}");
        bench.refuses(&line, &["noise: holds no packet of the model"]);
        // bits flipped at random: what comes is what was sent
        for round in 0..20 {
            let mut line: Vec<u8> = packets.iter().flat_map(|packet| framed(packet)).collect();
            for _ in 0..round {
                let at = rng.next_u32() as usize % line.len();
                line[at] ^= 1 << (rng.next_u32() % 8);
            }
            bench.write("line", line);
            let outcome =
                bench.run(&format!("decompress engine.elbow line got.csv --raw --framing {framing}"));
            assert!(matches!(outcome.code, Some(0 | 1)), "{outcome:?}");
            came(&bench, &rows);
        }
    }
}

#[test]
fn rows_go_on_as_their_packet_comes() {
    let (bench, packets, _) = sent();
    let line = "decompress engine.elbow - - --raw --framing cobs";
    let mut child = bench.as_typed(line).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut to, mut lines) =
        (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()).lines());
    let mut sent = |packet: &[u8]| {
        to.write_all(&by_cobs(packet)).unwrap();
        to.flush().unwrap();
    };
    sent(&packets[0]);
    assert_eq!(lines.next().unwrap().unwrap(), "temp,rpm,volt");
    for packet in &packets[1..5] {
        (0..WINDOWS).for_each(|_| drop(lines.next().unwrap().unwrap()));
        sent(packet);
    }
    drop(to);
    assert_eq!(lines.count(), WINDOWS);
    assert!(child.wait().unwrap().success());
}

/// A line that is unplugged behind some bytes.
struct Unplugged(Vec<u8>);

impl Read for Unplugged {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        match self.0.len().min(to.len()) {
            0 => Err(std::io::Error::from_raw_os_error(5)),
            len => {
                to[..len].copy_from_slice(&self.0[..len]);
                self.0.drain(..len);
                Ok(len)
            }
        }
    }
}

#[test]
fn what_came_before_the_line_broke_off_is_kept() {
    let (bench, packets, rows) = sent();
    let bytes = ModelBytes::read(&bench.path("engine.elbow")).unwrap();
    let (model, id) = (bytes.open().unwrap(), elbow::codec::model_id(bytes.as_bytes()));
    let line = Unplugged([by_length(&packets[0]), by_length(&packets[1]), vec![9]].concat());
    let (name, out) = (Path::new("line"), bench.path("got.csv"));
    let from = (name, line, Framing::Length);
    let received = receive((name, &model, id), from, Some(&out), &mut |_, _| ()).unwrap();
    assert_eq!((received.rows, received.broken_off.is_some()), (8, true));
    assert_eq!(came(&bench, &rows), (0..8).collect::<Vec<_>>());
    let nothing = (name, Unplugged(Vec::new()), Framing::Cobs);
    assert!(receive((name, &model, id), nothing, Some(&out), &mut |_, _| ()).is_err());
}

#[test]
fn what_cannot_be_read_is_refused() {
    let (bench, packets, _) = sent();
    bench.write("line", by_length(&packets[0]));
    bench.good("fit engine.csv --out other.elbow --latent gaussian:1 --epochs 1 --seed 9");
    bench.refuses("decompress other.elbow line got.csv --raw", &["other.elbow", "calibrate --packets"]);
    bench.good("calibrate other.elbow engine.csv --packets --bound 1 --resolution 0.01");
    bench.refuses("decompress other.elbow line got.csv --raw --framing cobs", &["line: holds no packet"]);
    bench.refuses("decompress other.elbow line got.csv --raw", &["line: holds no packet", "is of model"]);
    bench.refuses("decompress engine.elbow line got.csv --raw --framing slip", &["length", "cobs"]);
    bench.refuses("decompress engine.elbow line got.csv --framing cobs", &["--raw"]);
    bench.refuses("decompress engine.elbow line - --raw --json", &["standard output"]);
    bench.refuses("decompress engine.elbow line engine.elbow --raw", &["made from"]);
}
