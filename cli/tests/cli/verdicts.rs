//! What `score` tells beside scores: columns carried along, alarms of m of n, drift, and why.

use crate::bench::{Bench, column, csv};

/// Two sensors and a clock; sensor `b` is far off in rows 101 to 104, from 1, and in row 150.
fn stream() -> String {
    csv("time,a,b,id", 200, |i| {
        let noise = |step: usize| (i * step % 101) as f64 / 100.0;
        let far = if (100..104).contains(&i) || i == 149 { 40.0 } else { 0.0 };
        format!("2024-03-01T00:{:02}:{:02}Z,{},{},\"n,{i}\"", i / 60, i % 60, noise(37), noise(61) + far)
    })
}

pub(crate) fn with_alarm() -> Bench {
    let bench = Bench::new();
    let calm = |step: usize| {
        csv("a,b", 400, |i| {
            format!("{},{}", (i * step % 101) as f64 / 100.0, (i * (step + 24) % 101) as f64 / 100.0)
        })
    };
    bench.write("fit.csv", calm(37));
    bench.write("calm.csv", calm(41));
    bench.write("new.csv", stream());
    bench.good("fit fit.csv --auto --out m.elbow");
    bench
}

/// The cells of a column.
pub(crate) fn cells<'a>(csv: &'a str, name: &str) -> Vec<&'a str> {
    let mut lines = csv.lines().map(|line| line.split(','));
    let at = lines.next().and_then(|mut header| header.position(|column| column == name)).unwrap();
    lines.map(|mut cells| cells.nth(at).unwrap()).collect()
}

#[test]
fn alarms_of_m_of_n_drift_and_causes() {
    let bench = with_alarm();
    // what needs a threshold says how to get one, and that works
    bench.refuses(
        "score m.elbow new.csv --alarm 3/5",
        &["m.elbow: has no alarm threshold, which --alarm needs; set it first: elbow calibrate m.elbow \
         NORMAL.csv --false-alarm 0.01"],
    );
    bench.good("calibrate m.elbow calm.csv --false-alarm 0.01");
    let told = bench.good("score m.elbow new.csv --keep time --alarm 3/5 --why 2");
    let header = "row,time,log_density,bits_per_dim,effective_sample_size,standard_error,p_value,anomalous,\
                  alarm,drift,cause_1,surprise_1,cause_2,surprise_2";
    assert_eq!(told.lines().next(), Some(header));
    let is_one = |name| cells(&told, name).iter().map(|cell| *cell == "1").collect::<Vec<_>>();
    let (anomalous, alarm) = (is_one("anomalous"), is_one("alarm"));
    for (row, is_odd) in anomalous.iter().enumerate() {
        assert_eq!(*is_odd, (100..104).contains(&row) || row == 149, "row {row}");
        let last = &anomalous[row.saturating_sub(4)..=row];
        assert_eq!(alarm[row], last.iter().filter(|is_odd| **is_odd).count() >= 3, "row {row}");
    }
    assert_eq!(cells(&told, "cause_1")[101], "b");
    assert!(column(&told, "surprise_1")[101] > 1.0);
    assert_eq!(cells(&told, "time")[149], "2024-03-01T00:02:29Z");

    let json = bench.json("score m.elbow new.csv --keep time --alarm 3/5 --why 1");
    let row = &json["scores"][103];
    assert_eq!((row["kept"][0].as_str(), row["alarm"].as_bool()), (Some("2024-03-01T00:01:43Z"), Some(true)));
    assert_eq!(row["causes"][0]["column"], "b");
    for alarm in ["0/5", "6/5", "3", "3/33", "a/b"] {
        bench.refuses(&format!("score m.elbow new.csv --alarm {alarm}"), &["such as 3/5"]);
    }
    bench.refuses("score m.elbow new.csv --alarm 3/5 --samples 8", &["which are for --samples 64"]);
}

/// A sensor that creeps away is soon below any threshold that stands still, and drift is told of it.
#[test]
fn a_threshold_that_follows_keeps_its_rate() {
    const ROWS: usize = 3000;
    let bench = with_alarm();
    bench.refuses("score m.elbow new.csv --follow", &["has no alarm threshold, which --follow needs"]);
    bench.good("fit fit.csv --model gaussian --out m.elbow");
    bench.good("calibrate m.elbow calm.csv --false-alarm 0.01");
    let creeping = |i: usize| {
        let noise = |step: usize| (i * i * step % 1009) as f64 / 1009.0;
        format!("{},{}", noise(37), noise(61) + 1.5 * i as f64 / ROWS as f64)
    };
    bench.write("creeping.csv", csv("a,b", ROWS, creeping));
    let of = |flags: &str| bench.good(&format!("score m.elbow creeping.csv --alarm 3/5{flags}"));
    let count = |told: &str, name, cell| cells(told, name).iter().filter(|found| **found == cell).count();
    let (still, following) = (of(""), of(" --follow"));
    assert!(count(&still, "anomalous", "1") > ROWS / 4);
    let anomalous = count(&following, "anomalous", "1");
    assert!((ROWS / 200..=ROWS / 100 + 22).contains(&anomalous), "{anomalous}");
    assert!(count(&following, "drift", "low") > ROWS / 4, "what was followed is told as drift");
    // scores are as they were
    assert_eq!(cells(&still, "log_density"), cells(&following, "log_density"));
}

#[test]
fn columns_are_carried_along_as_they_are() {
    let bench = with_alarm();
    let told = bench.good("score m.elbow new.csv --keep id,time");
    assert!(told.lines().nth(8).unwrap().starts_with("8,\"n,7\",2024-03-01T00:00:07Z,"), "{told}");
    bench.refuses("score m.elbow new.csv --keep when", &["has no column `when`", "`time`"]);
    bench.write("new.npy", crate::bench::npy(&[20, 2], [0.5; 40]));
    bench.refuses("score m.elbow new.npy --keep time", &["no column of text to keep, such as `time`"]);

    // with windows, those of the last row: what is known when the frame is complete
    bench.good("fit fit.csv --auto --window 4 --hop 2 --out w.elbow");
    let told = bench.good("score w.elbow new.csv --keep time");
    let (rows, times) = (cells(&told, "row"), cells(&told, "time"));
    assert_eq!((rows[1], times[1]), ("3", "2024-03-01T00:00:05Z"));
    assert_eq!(times.last(), Some(&"2024-03-01T00:03:19Z"));
    // and without --keep all is as it was
    assert_eq!(column(&bench.good("score w.elbow new.csv"), "log_density"), column(&told, "log_density"));
}
