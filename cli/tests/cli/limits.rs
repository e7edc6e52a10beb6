//! What data cannot tell: columns that never change, parts without rows, fits that go astray.

use crate::bench::{Bench, column};

#[test]
fn constant_columns_are_seen_where_they_change() {
    let bench = Bench::new();
    for (fit, test, quiet, odd) in [
        // rows from 1: those that are as at the fit, and those where a constant column has changed
        ("c29_const_fit.csv", "c29_const_test.csv", &[1][..], &[4_usize, 5, 6][..]),
        ("c18_const.csv", "c18_const_test.csv", &[4, 10], &[22]),
    ] {
        bench.case(fit);
        bench.case(test);
        for way in ["--auto", "--epochs 100"] {
            let outcome = bench.run(&format!("fit {fit} {way} --out m.elbow"));
            assert!(outcome.code == Some(0) && outcome.stderr.contains("constant: "), "{outcome:?}");
            assert!(outcome.stderr.contains(" is seen; --drop leaves columns out"), "{outcome:?}");
            let scores = column(&bench.good(&format!("score m.elbow {test}")), "log_density");
            for (quiet, odd) in quiet.iter().flat_map(|quiet| odd.iter().map(move |odd| (quiet, odd))) {
                let (typical, changed) = (scores[quiet - 1], scores[odd - 1]);
                assert!(changed < typical - 10.0, "{fit} {way}: row {odd} {changed}, row {quiet} {typical}");
            }
        }
    }
}

#[test]
fn parts_without_rows_or_columns_are_refused() {
    let bench = Bench::new();
    bench.case("c29_const_fit.csv");
    let fit = "fit c29_const_fit.csv --out m.elbow --model";
    bench.refuses(&format!("{fit} pca:4"), &["--model pca:4: a frame has 3 numbers", "give R at most that"]);
    bench.refuses(&format!("{fit} gmm:201"), &["--model gmm:201: there are 200 normal rows", "at most that"]);
    bench.good(&format!("{fit} pca:3"));
    bench.good(&format!("{fit} gmm:4"));
}

#[test]
fn more_columns_than_rows_still_make_a_model() {
    let bench = Bench::new();
    bench.case("c06_wide.csv");
    for way in ["--auto", "--model gaussian", "--epochs 3"] {
        bench.good(&format!("fit c06_wide.csv {way} --out m.elbow"));
        let scores = column(&bench.good("score m.elbow c06_wide.csv"), "log_density");
        assert!(scores.iter().all(|score| score.is_finite()), "{way}: {scores:?}");
    }
}

#[test]
fn a_fit_that_goes_astray_fails() {
    let bench = Bench::new();
    bench.case("c30_heavy.csv");
    for rate in ["1", "100", "1e10"] {
        bench.fails(
            1,
            &format!("fit c30_heavy.csv --lr {rate} --out m.elbow"),
            &["the fit failed: ", "--lr"],
        );
    }
    // a sound one does not
    bench.good("fit c30_heavy.csv --out m.elbow");
}

#[test]
fn medians_stand_beside_means() {
    let bench = Bench::with_model();
    let eval = bench.json("eval engine.elbow engine.csv");
    let scores = column(&bench.good("score engine.elbow engine.csv"), "log_density");
    let labelled = |odd: bool| {
        let mut nats: Vec<f32> =
            scores.iter().enumerate().filter(|(row, _)| (row % 10 == 9) == odd).map(|(_, s)| -s).collect();
        nats.sort_by(f32::total_cmp);
        let middle = nats.len() / 2;
        f64::from(0.5 * (nats[middle - 1] + nats[middle]))
    };
    for (key, odd) in [("median_nats_per_row", false), ("anomalous_median_nats_per_row", true)] {
        let (told, expected) = (eval[key].as_f64().unwrap(), labelled(odd));
        assert!((told - expected).abs() < 1e-5 * expected.abs(), "{key}: {told} {expected}");
    }
    let told = bench.good("eval engine.elbow engine.csv");
    assert_eq!(told.matches("median").count(), 2, "{told}");
}

#[test]
fn a_fit_that_would_take_too_much_is_refused_before_it_is_read() {
    let bench = Bench::new();
    let rows = |count: usize| (0..count).map(|i| format!("{},{}\n", i % 7, i * i % 11)).collect::<String>();
    // behind the first MiB stands what would be refused when it is read
    bench.write("long.csv", "a,b\n".to_owned() + &rows(400_000) + "x,y\n");
    bench.refuses(
        "fit long.csv --auto --out m.elbow --max-memory 8MiB",
        &[
            "long.csv: a fit of it takes more than 8 MiB of memory, about ",
            "allow more with --max-memory, or take a part with --rows",
        ],
    );
    let part = bench.run("fit long.csv --model gaussian --out m.elbow --max-memory 8MiB --rows 1:2000");
    assert_eq!(part.code, Some(0), "{part:?}");
}

#[test]
fn values_that_32_bits_do_not_tell_apart_are_named() {
    let bench = Bench::new();
    let row = |i: u64| {
        format!("{},{},{}\n", 1_700_000_000_000 + i * 7 % 60, i % 5, 20.0 + (i * i % 97) as f64 / 97.0)
    };
    bench.write("ticks.csv", "ticks,state,temp\n".to_owned() + &(0..300).map(row).collect::<String>());
    let told = bench.run("fit ticks.csv --auto --out m.elbow");
    let note = "`ticks`: of 60 different values 1 are left in 32 bits, in which 1700000000000 and \
                1700000000007 are the same; subtract what all have in common, or leave it out with --drop \
                'ticks'";
    assert!(told.stderr.contains(note), "{told:?}");
    assert!(!told.stderr.contains("`temp`"), "{told:?}");
    let dropped = bench.run("fit ticks.csv --auto --out n.elbow --drop ticks");
    assert!(!dropped.stderr.contains("32 bits"), "{dropped:?}");
}
