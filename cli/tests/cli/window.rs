//! Windows that the data suggest.

use crate::bench::Bench;

/// A number from 0 to 999 that looks like chance (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
fn chance(i: u64) -> u64 {
    let mixed = (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ mixed >> 31) % 1000
}

/// Five-minute temperatures of a room that is heated every two hours, with a gap of twenty minutes.
fn room(rows: usize) -> String {
    let row = |i: usize| {
        let at = i + if i > rows / 2 { 4 } else { 0 };
        let (day, hour, minute) = (1 + at / 288, at / 12 % 24, at % 12 * 5);
        let heat = [0.0, 1.0, 2.5, 3.5, 4.0, 4.2, 4.0, 3.2, 2.4, 1.7, 1.1, 0.5, 0.2][at % 24 / 2];
        let noise = chance(i as u64) as f64 / 1000.0;
        format!("2024-03-{day:02} {hour:02}:{minute:02}:00,{:.2}\n", 19.0 + heat + noise)
    };
    "timestamp,value\n".to_owned() + &(0..rows).map(row).collect::<String>()
}

#[test]
fn a_log_of_one_sensor_suggests_its_window() {
    let bench = Bench::new();
    bench.write("sensor.csv", room(600));
    let outcome = bench.run("fit sensor.csv --time timestamp --auto --out m.elbow");
    let note = "the rows repeat themselves after 24 (2h), with an autocorrelation of 0.9";
    assert!(outcome.code == Some(0) && outcome.stderr.contains(note), "{outcome:?}");
    assert!(outcome.stderr.contains("--window auto, or --window 24 --hop 6"), "{outcome:?}");
    // as it is typed next
    let outcome = bench.run("fit sensor.csv --time timestamp --auto --out n.elbow --window auto");
    assert!(outcome.code == Some(0) && outcome.stderr.contains(": --window 24 --hop 6"), "{outcome:?}");
    let inspected = bench.json("inspect n.elbow");
    assert_eq!((inspected["window"].as_u64(), inspected["hop"].as_u64()), (Some(24), Some(6)), "{inspected}");
    bench.good("score n.elbow sensor.csv --keep timestamp");
}

#[test]
fn what_does_not_repeat_has_no_window() {
    let bench = Bench::new();
    let rows = (0..400_u64).fold("timestamp,value\n".to_owned(), |text, i| {
        text + &format!("{},{}\n", 1_700_000_000 + 60 * i, chance(i))
    });
    bench.write("noise.csv", rows);
    let outcome = bench.run("fit noise.csv --time timestamp --auto --out m.elbow");
    assert!(outcome.code == Some(0) && !outcome.stderr.contains("repeat"), "{outcome:?}");
    bench.refuses(
        "fit noise.csv --time timestamp --auto --out n.elbow --window auto",
        &["window", "nothing in these rows repeats itself three times; give a number of rows"],
    );
    bench.refuses("fit noise.csv --auto --out n.elbow --window many", &["give a number of rows, or auto"]);
}
