//! `elbow compress` and `elbow decompress`, and fits for them.

use crate::bench::{Bench, QUICK};

/// The numbers of a CSV file's first three columns.
fn numbers(csv: &[u8]) -> Vec<f64> {
    let text = String::from_utf8(csv.to_vec()).unwrap();
    let row = |line: &str| line.split(',').take(3).map(|cell| cell.parse().unwrap()).collect::<Vec<f64>>();
    text.lines().skip(1).flat_map(row).collect()
}

#[test]
fn what_is_packed_is_unpacked() {
    let bench = Bench::with_model();
    let line =
        "compress engine.elbow engine.csv engine.packets --bound 2 --resolution 0.01 --windows-per-packet 60";
    let packed = bench.json(line);
    assert_eq!((&packed["rows"], &packed["packets"]), (&240.into(), &4.into()));
    assert!(packed["ratio"].as_f64().is_some_and(|ratio| ratio > 1.0), "{packed}");
    assert_eq!(packed["bytes_out"], bench.read("engine.packets").len());
    let unpacked = bench.json("decompress engine.elbow engine.packets back.csv");
    assert_eq!(unpacked["rows"], 240);
    let (before, after) = (numbers(&bench.read("engine.csv")), numbers(&bench.read("back.csv")));
    assert_eq!(before.len(), after.len());
    // two steps and the half that rounding to a step may take
    assert!(before.iter().zip(&after).all(|(x, y)| (x - y).abs() < 0.02501));
    // what came back is of whole steps, and then nothing is lost; the same bytes whenever it is packed
    bench.good("compress engine.elbow back.csv back.packets --resolution 0.01");
    bench.good("decompress engine.elbow back.packets again.csv");
    assert_eq!(bench.read("back.csv"), bench.read("again.csv"));
    let bytes = bench.read("engine.packets");
    bench.good(&format!("{line} --threads 1"));
    assert_eq!(bytes, bench.read("engine.packets"));
    assert!(
        bench
            .good("compress engine.elbow engine.csv small.packets --latents-only --resolution 0.01")
            .contains("100.0 %")
    );
}

#[test]
fn a_damaged_file_is_told_and_its_rest_kept() {
    let bench = Bench::with_model();
    bench.good(
        "compress engine.elbow engine.csv engine.packets --bound 0 --resolution 0.01 --windows-per-packet 60",
    );
    let mut bytes = bench.read("engine.packets");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    bench.write("damaged.packets", bytes);
    bench.refuses("decompress engine.elbow damaged.packets back.csv", &["rows", "are lost", "--keep-going"]);
    assert!(!bench.path("back.csv").exists());
    let kept = bench.run("decompress engine.elbow damaged.packets back.csv --keep-going");
    assert_eq!(kept.code, Some(1), "{kept:?}");
    assert_eq!(numbers(&bench.read("back.csv")).len(), 3 * 180);
}

#[test]
fn what_cannot_be_packed_is_refused() {
    let bench = Bench::with_model();
    let refuses = |line: &str, said: &[&str]| bench.refuses(&format!("compress engine.elbow {line}"), said);
    refuses("engine.csv engine.csv", &["engine.csv", "another name"]);
    refuses("engine.csv engine.elbow", &["engine.elbow", "another name"]);
    refuses("none.csv out.packets", &["none.csv"]);
    refuses("engine.csv out.packets --resolution 0", &["--resolution", "a positive number"]);
    refuses("engine.csv out.packets --resolution 1,1", &["--resolution", "each of the 3 is needed"]);
    refuses(
        "engine.csv out.packets --resolution 1",
        &["row 1", "no multiple of the resolution 1", "--bound 0"],
    );
    bench.refuses("decompress engine.elbow engine.csv out.csv", &["no file of packets"]);
}

#[test]
fn a_fit_to_whole_steps_tells_its_bits() {
    let bench = Bench::with_engine();
    let fit = bench.json(&format!("fit engine.csv --out engine.elbow {QUICK} --resolution 0.01"));
    let (nats, bits) =
        (fit["valid_nats_per_row"].as_f64().unwrap(), fit["valid_bits_per_row"].as_f64().unwrap());
    let units = 3.0 * f64::from(0.01_f32).ln();
    assert!((bits - (nats - units) / std::f64::consts::LN_2).abs() < 1e-9, "{fit}");
    bench.refuses(
        "fit engine.csv --out x.elbow --resolution 1,2",
        &["--resolution", "each of the 3 is needed"],
    );
    bench.refuses("fit engine.csv --out x.elbow --resolution=-1", &["--resolution", "a positive number"]);
}

#[test]
fn a_file_of_bits_becomes_a_log_and_comes_back() {
    let bench = Bench::with_model();
    let bit = |i: usize, j: usize| usize::from((i * i + 3 * j) % 7 < 3 + j % 2);
    let row = |i: usize| (0..8).map(|j| bit(i, j).to_string()).collect::<Vec<_>>().join(",");
    let rows: Vec<String> = (0..300).map(row).collect();
    bench.write("bits.csv", format!("a,b,c,d,e,f,g,h\n{}\n", rows.join("\n")));
    bench.good(&format!("fit bits.csv --out bits.elbow {QUICK} --likelihood bernoulli"));
    for samples in [1, 4] {
        let packed = bench.json(&format!("compress bits.elbow bits.csv bits.log --bits-back {samples}"));
        assert_eq!((&packed["rows"], &packed["samples"]), (&300.into(), &samples.into()));
        assert_eq!(packed["bytes_out"], bench.read("bits.log").len());
        assert_eq!(bench.json("decompress bits.elbow bits.log back.csv")["rows"], 300);
        assert_eq!(bench.read("back.csv"), bench.read("bits.csv"));
    }
    bench.good("decompress bits.elbow bits.log back.npy");
    let array = bench.read("back.npy");
    let bits: Vec<u8> = (0..300).flat_map(|i| (0..8).map(move |j| bit(i, j) as u8)).collect();
    assert_eq!(array[array.len() - bits.len()..], bits);

    let mut log = bench.read("bits.log");
    log[40] ^= 1;
    bench.write("damaged.log", log);
    bench.refuses("decompress bits.elbow damaged.log x.csv", &["damaged.log"]);
    assert!(!bench.path("x.csv").exists());
    let compress = "compress bits.elbow bits.csv x.log --bits-back";
    bench.refuses(&format!("{compress} 65"), &["--bits-back", "64"]);
    bench.refuses(&format!("{compress} 1 --bound 2"), &["--bits-back", "--bound"]);
    bench.refuses("compress engine.elbow engine.csv x.log --bits-back 1", &["engine.csv", "bits"]);
}

#[test]
fn a_plan_goes_into_the_model_and_is_kept_to() {
    let bench = Bench::with_model();
    bench.good("calibrate engine.elbow later.csv --false-alarm 0.1 --samples 16");
    let alarm = bench.json("inspect engine.elbow")["alarm"].clone();
    let line =
        "calibrate engine.elbow engine.csv --packets --bound 2 --resolution 0.01 --windows-per-packet 60";
    let made = bench.json(line);
    assert_eq!((&made["bound"], &made["windows_per_packet"]), (&2.into(), &60.into()));
    let once = bench.read("engine.elbow");
    bench.good(&format!("{line} --threads 1"));
    assert_eq!(bench.read("engine.elbow"), once);
    // 60 windows of one row and three channels, two latents: 60·(3 + 3 + 2) + 3 + 2·3 numbers
    let alias = String::from_utf8(bench.read("engine.rs")).unwrap();
    for size in ["PACKET_WINDOWS: usize = 60", "PACKET_SCRATCH: usize = 489", "ENGINE_SAMPLES: u32 = 16"] {
        assert!(alias.contains(size), "{size} {alias}");
    }
    let told = bench.json("inspect engine.elbow");
    assert_eq!((&told["alarm"], &told["packets"]["latent_scales"]), (&alarm, &made["latent_scales"]));
    assert!(bench.good("inspect engine.elbow").contains("for a bound of 2 steps"));
    bench.good(&format!("{line} --out other.elbow --name other"));
    assert!(String::from_utf8(bench.read("other.rs")).unwrap().contains("OTHER_SAMPLES: u32 = 16"));

    // resolution and windows are the plan's
    let packed = bench.json("compress engine.elbow engine.csv engine.packets --bound 2");
    assert_eq!((&packed["planned"], &packed["packets"]), (&true.into(), &4.into()));
    assert_eq!((&packed["resolution"][0], &packed["latent_scales"]), (&0.01.into(), &made["latent_scales"]));
    assert_eq!(bench.json("decompress engine.elbow engine.packets back.csv")["rows"], 240);
    let finer = bench.json("compress engine.elbow engine.csv engine.packets --bound 2 --resolution 0.005");
    assert_eq!(finer["planned"], false);
    bench.refuses(
        "compress engine.elbow engine.csv engine.packets",
        &["row 1", "no multiple of the resolution 0.01"],
    );

    let refuses = |line: &str, said: &[&str]| bench.refuses(&format!("calibrate engine.elbow {line}"), said);
    refuses("engine.csv --packets --false-alarm 0.1", &["--packets", "--false-alarm"]);
    refuses("engine.csv --packets --samples 4", &["--packets", "--samples"]);
    refuses("engine.csv --false-alarm 0.1 --bound 2", &["--packets"]);
    refuses("none.csv --packets", &["none.csv"]);
    refuses("engine.csv --packets --resolution 1,1", &["each of the 3 is needed"]);
}

#[test]
fn a_file_of_counts_becomes_a_log_and_comes_back() {
    let bench = Bench::with_model();
    let row = |i: usize| {
        (0..6).map(|j| ((i * i + 5 * j) % 13 / (1 + j % 2)).to_string()).collect::<Vec<_>>().join(",")
    };
    let rows: Vec<String> = (0..200).map(row).collect();
    bench.write("counts.csv", format!("a,b,c,d,e,f\n{}\n", rows.join("\n")));
    let fit = format!("fit counts.csv --out counts.elbow {QUICK} --likelihood beta-binomial");
    bench.good(&format!("{fit}:12"));
    for samples in [1, 4] {
        bench.good(&format!("compress counts.elbow counts.csv counts.log --bits-back {samples}"));
        assert_eq!(bench.json("decompress counts.elbow counts.log back.csv")["rows"], 200);
        assert_eq!(bench.read("back.csv"), bench.read("counts.csv"));
    }
    bench.refuses(&format!("{fit}:11"), &["counts.csv", "no count from 0 to the N"]);
}

#[test]
fn a_file_of_integers_becomes_a_log_and_comes_back() {
    let bench = Bench::with_model();
    let number = |i: usize, j: usize| (i * i * (j + 3) % 101) as i32 * [1, -1, 40][j] + [2048, 0, -7][j];
    let table = |rows: usize| {
        let row = |i: usize| (0..3).map(|j| number(i, j).to_string()).collect::<Vec<_>>().join(",");
        format!("a,b,c\n{}\n", (0..rows).map(row).collect::<Vec<_>>().join("\n"))
    };
    bench.write("integers.csv", table(200));
    bench.good(&format!("fit integers.csv --out integers.elbow {QUICK} --likelihood discretized-logistic"));
    for samples in [1, 4] {
        let packed =
            bench.json(&format!("compress integers.elbow integers.csv integers.log --bits-back {samples}"));
        // up to 2,148 in 12 bits, down to −100 in 8, and from −7 to 3,993 in 13
        assert_eq!(packed["bytes_as_bits"], 200 * 33 / 8);
        assert_eq!(bench.json("decompress integers.elbow integers.log back.csv")["rows"], 200);
        assert_eq!(bench.read("back.csv"), bench.read("integers.csv"));
    }
    bench.good("decompress integers.elbow integers.log back.npy");
    let array = bench.read("back.npy");
    let numbers: Vec<u8> =
        (0..200).flat_map(|i| (0..3).flat_map(move |j| number(i, j).to_le_bytes())).collect();
    assert_eq!(array[array.len() - numbers.len()..], numbers);

    let compress = "compress integers.elbow other.csv x.log --bits-back 1";
    for (cell, said) in [("2.5", "no integer"), ("16777218", "no integer"), ("nan", "not a finite number")] {
        bench.write("other.csv", format!("{}{cell},1,2\n", table(5)));
        bench.refuses(compress, &["other.csv", "row 6", "column `a`", said]);
    }
    bench.write("other.csv", "a,b,c\n16777216,-16777216,0\n");
    bench.good(compress);
    bench.good("decompress integers.elbow x.log back.csv");
    assert_eq!(bench.read("back.csv"), bench.read("other.csv"));
    assert_eq!(bench.run("compress integers.elbow integers.csv /dev/full --bits-back 1").code, Some(1));
}

/// An array of two columns of doubles, stored column by column.
fn npy(columns: [[f64; 2]; 2]) -> Vec<u8> {
    let header = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 2), }\n";
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.bytes());
    file.extend(columns.as_flattened().iter().flat_map(|number| number.to_le_bytes()));
    file
}

#[test]
fn a_number_that_would_be_rounded_to_an_integer_is_refused() {
    let bench = Bench::with_model();
    let rows = (0..200).map(|i| format!("{},{}\n", i % 2, i / 2 % 2)).collect::<String>();
    bench.write("whole.csv", format!("x0,x1\n{rows}"));
    let cases = [
        ("discretized-logistic", &["16777217", "-16777217", "10000000.4", "0.99999999", "1e-50"][..]),
        ("beta-binomial:200", &["199.999999", "-1e-50"]),
        ("bernoulli", &["0.99999999", "1e-50"]),
    ];
    for (likelihood, cells) in cases {
        let fit = format!("--out whole.elbow {QUICK} --likelihood {likelihood}");
        bench.good(&format!("fit whole.csv {fit}"));
        for cell in cells {
            let said = ["other", "row 2", "column `x1`", "no integer within ±2^24"];
            bench.write("other.csv", format!("x0,x1\n1,0\n0,{cell}\n"));
            bench.write("other.npy", npy([[1.0, 0.0], [0.0, cell.parse().unwrap()]]));
            for other in ["other.csv", "other.npy"] {
                bench.refuses(&format!("compress whole.elbow {other} x.log --bits-back 1"), &said);
                bench.refuses(&format!("score whole.elbow {other}"), &said);
            }
            bench.write("other.csv", format!("x0,x1\n1,0\n0,{cell}\n{rows}"));
            bench.refuses(&format!("fit other.csv {fit}"), &said);
        }
    }
    // where no integers are needed, or not of this column, they are f32
    bench.write("other.csv", "x0,x1,b\n1,0,0\n0,1,16777217\n");
    bench.good("compress whole.elbow other.csv x.log --bits-back 1");
    bench.write("other.csv", "x0,x1\n1,0\n0,0.99999999\n");
    bench.good("compress whole.elbow other.csv x.log --bits-back 1 --binarize threshold");
}
