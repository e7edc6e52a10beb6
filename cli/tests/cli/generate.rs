//! What a model knows: frames drawn from it, and the way to its latent and back.

use std::fs;

use crate::bench::{Bench, QUICK};

/// Models of each kind of latent, of integers, bits, angles, words and windows, each with the file that it is
/// of.
fn models(bench: &Bench) -> Vec<(&'static str, &'static str)> {
    let rows = |row: &dyn Fn(usize) -> String, header: &str| {
        (0..120).fold(format!("{header}\n"), |text, i| text + &row(i) + "\n")
    };
    let part = |i: usize, a: f64| (a * i as f64).fract();
    let word = |i: usize| ["\"on, hot\"", "off", "\"a \"\"b\"\"\""][i % 7 % 3];
    bench.write("words.csv", rows(&|i| format!("{},{}", part(i, 0.618), word(i)), "level,mode"));
    bench.write("whole.csv", rows(&|i| format!("{},{}", i * i % 17, 40 + i % 5), "a,b"));
    bench.write("bits.csv", rows(&|i| format!("{},{},{}", i % 2, i / 2 % 2, i % 3 / 2), "p,q,r"));
    bench.write("wind.csv", rows(&|i| format!("{},{}", part(i, 0.4142) * 40.0 + 340.0, i % 9), "dir,speed"));
    let of = [
        ("gaussian", "engine.csv", "--latent gaussian:2"),
        ("vmf", "engine.csv", "--latent vmf:3"),
        ("tabled", "engine.csv", "--latent vmf:3,kappa=5,table"),
        ("prior", "engine.csv", "--latent gaussian:2 --prior gmm:2"),
        ("point", "engine.csv", "--model ae --latent gaussian:2"),
        ("small", "engine.csv", "--latent gaussian:2 --weights int8"),
        ("ensemble", "engine.csv", "--latent gaussian:2 --ensemble 2"),
        ("student", "engine.csv", "--latent gaussian:2 --likelihood student-t"),
        ("window", "engine.csv", "--latent gaussian:2 --window 3 --hop 1 --labels none"),
        ("words", "words.csv", "--latent gaussian:2 --categorical mode"),
        ("whole", "whole.csv", "--latent gaussian:2 --likelihood discretized-logistic"),
        ("counts", "whole.csv", "--latent gaussian:2 --likelihood negative-binomial"),
        ("bits", "bits.csv", "--latent gaussian:2 --likelihood bernoulli"),
        ("wind", "wind.csv", "--latent gaussian:2 --likelihood von-mises --period dir=360"),
    ];
    for (name, data, flags) in of {
        let flags = flags.replace(" --labels none", " --drop label");
        bench.good(&format!("fit {data} {flags} --hidden 8 --epochs 3 --out {name}.elbow"));
    }
    of.map(|(name, data, _)| (name, data)).to_vec()
}

#[test]
fn every_model_speaks() {
    let bench = Bench::with_engine();
    for (name, data) in models(&bench) {
        // what comes back by way of a file or a pipe is what comes back at once
        bench.good(&format!("encode {name}.elbow {data} --out z.csv --force"));
        let decoded = bench.good(&format!("decode {name}.elbow z.csv"));
        let outcome = bench.run(&format!("reconstruct {name}.elbow {data}"));
        assert_eq!(outcome.stdout, decoded, "{name}");
        bench.good(&format!("encode {name}.elbow {data} --out z.npy --force"));
        assert_eq!(bench.good(&format!("decode {name}.elbow z.npy")), decoded, "{name}");
        let columns = decoded.lines().next().unwrap();
        assert!(outcome.stderr.contains("RMSE"), "{outcome:?}");
        // a posterior's draw decodes too
        bench.good(&format!("encode {name}.elbow {data} --samples 8 --seed 3 --out k.csv --force"));
        bench.good(&format!("decode {name}.elbow k.csv"));
        let way = bench.good(&format!("interpolate {name}.elbow {data} --between 3,2 --steps 4"));
        let rows_of_frame = if name == "window" { 3 } else { 1 };
        assert_eq!(way.lines().count(), 1 + 4 * rows_of_frame, "{name}");
        assert_eq!(way.lines().last(), decoded.lines().nth(2 * rows_of_frame), "{name}");
        if name == "point" {
            bench.refuses("sample point.elbow", &["is an autoencoder", "--latent gaussian:8"]);
            continue;
        }
        let drawn = bench.good(&format!("sample {name}.elbow --rows 20 --seed 4"));
        assert_eq!((drawn.lines().next(), drawn.lines().count()), (Some(columns), 1 + 20 * rows_of_frame));
        // it takes what it gives
        bench.write("drawn.csv", &drawn);
        let scored = bench.good(&format!("score {name}.elbow drawn.csv"));
        assert!(scored.lines().count() > 18, "{name}: {scored}");
    }
}

#[test]
fn a_draw_depends_on_its_seed_and_number_alone() {
    let bench = Bench::with_engine();
    bench.good("fit engine.csv --auto --out auto.elbow");
    bench.good(&format!("fit engine.csv {QUICK} --out net.elbow"));
    for model in ["auto", "net"] {
        let of = |flags: &str| bench.good(&format!("sample {model}.elbow {flags}"));
        let many = of("--rows 300 --seed 9 --threads 1");
        assert_eq!(many, of("--rows 300 --seed 9 --threads 3"));
        assert!(many.starts_with(&of("--rows 7 --seed 9")) && many != of("--rows 300"));
    }
    let told = bench.json("sample net.elbow --rows 2 --seed 9");
    assert_eq!((told["rows"].as_u64(), told["values"][0].as_array().map(Vec::len)), (Some(2), Some(3)));
    // Changing it changes what every model draws.
    let line = bench.good("sample net.elbow --rows 1 --seed 9").lines().nth(1).unwrap().to_owned();
    let first = told["values"][0][0].as_f64().unwrap() as f32;
    assert!(line.starts_with(&first.to_string()), "{line} {told}");
}

#[test]
fn arrays_hold_what_text_says() {
    let bench = Bench::with_model();
    let text = bench.good("sample engine.elbow --rows 5 --seed 2");
    bench.good("sample engine.elbow --rows 5 --seed 2 --out drawn.npz");
    bench.good("sample engine.elbow --rows 5 --seed 2 --out drawn.npy");
    bench.write("drawn.csv", text);
    let scores = |name: &str| bench.good(&format!("score engine.elbow {name}"));
    assert_eq!(scores("drawn.npy"), scores("drawn.csv"));
    assert_eq!(scores("drawn.npz"), scores("drawn.csv"));
    bench.good("sample engine.elbow --rows 5 --seed 2 --out drawn.png --width 3");
    assert!(bench.read("drawn.png").starts_with(b"\x89PNG"));
    let array = bench.read("drawn.npy");
    assert_eq!((array.len(), &array[1..6]), (128 + 5 * 3 * 4, &b"NUMPY"[..]));
}

/// The names of a latent's columns tell them from whatever else a file has.
#[test]
fn latents_beside_other_columns() {
    let bench = Bench::with_model();
    let latents = bench.good("encode engine.elbow engine.csv --samples 1");
    let expected = {
        bench.write("z.csv", &latents);
        bench.good("decode engine.elbow z.csv")
    };
    let beside = |line: (usize, &str)| match line.0 {
        0 => format!(",when,label,{}\n", line.1),
        row => format!("{row},2024-01-01T00:00:00Z,word {row},{}\n", line.1),
    };
    let wide: String = latents.lines().enumerate().map(beside).collect();
    bench.write("wide.csv", &wide);
    assert_eq!(bench.good("decode engine.elbow wide.csv"), expected);
    let piped = fs::File::open(bench.path("wide.csv")).unwrap();
    let piped = bench.command("decode engine.elbow -").stdin(piped).output().unwrap();
    assert_eq!(String::from_utf8(piped.stdout).unwrap(), expected);
    for (cell, said) in [("", "the value is missing"), ("much", "`much` is not a number")] {
        bench.write("bad.csv", format!("z_1,z_2\n1,2\n3,{cell}\n"));
        let bad = bench.run("decode engine.elbow bad.csv");
        bad.is_failure(2, &["bad.csv: row 2 (line 3), column `z_2`", said]);
        assert!(!bad.stderr.contains("--"), "decode has no such flag: {bad:?}");
    }
}

#[test]
fn posteriors_are_refined() {
    let bench = Bench::with_model();
    let eval = bench.json("eval engine.elbow engine.csv --refine 20");
    let elbo = |of: &str| eval[of]["elbo"].as_f64().unwrap();
    assert!(elbo("refined") > elbo("bound"), "{eval}");
    assert!(
        eval["bound"]["gap"].as_f64().unwrap() >= 0.0 && eval["round_trip"][2]["column"] == "volt",
        "{eval}"
    );
    let people = bench.good("eval engine.elbow engine.csv --refine 20");
    assert!(people.contains("\nrefined") && people.contains("\nround trip"), "{people}");
    let [plain, refined] =
        ["", " --refine 20"].map(|flags| bench.good(&format!("encode engine.elbow engine.csv{flags}")));
    assert!(plain != refined && plain.lines().next() == refined.lines().next());
    bench.good("compress engine.elbow engine.csv plain --bound 1 --resolution 0.1");
    bench.good("compress engine.elbow engine.csv refined --bound 1 --resolution 0.1 --refine 20");
    assert!(bench.read("plain") != bench.read("refined"));
    // a receiver need not know
    bench.good("decompress engine.elbow refined back.csv");
}

#[test]
fn what_cannot_be() {
    let bench = Bench::with_model();
    bench.good("fit engine.csv --auto --out auto.elbow");
    bench.good("fit engine.csv --latent vmf:3 --hidden 8 --epochs 3 --out vmf.elbow");
    bench.good(&format!("fit engine.csv {QUICK} --ensemble 2 --out two.elbow"));
    assert_ne!(
        bench.good("encode two.elbow engine.csv --refine 3"),
        bench.good("encode two.elbow engine.csv")
    );
    bench.write("drawn.csv", "mine\n");
    bench.write("z.csv", "u,v,w\n0.1,0.2,0.3\n");
    bench.write("short.csv", "u,v\n1,0\n");
    for (line, said) in [
        ("sample engine.elbow --out drawn.csv", &["drawn.csv: is there already", "--force"][..]),
        ("sample engine.elbow --out engine.elbow", &["one of these endings"]),
        ("sample engine.elbow --out drawn.parquet", &["one of these endings"]),
        ("sample engine.elbow --out drawn.png --force", &["--out drawn.png", "3 numbers", "--width"]),
        ("sample engine.elbow --out drawn.png --width 2", &["--width 2", "no part of the 3 numbers"]),
        ("sample engine.elbow --out new.csv --width 3", &["--width 3", "pictures"]),
        ("encode engine.elbow engine.csv --out z.png", &["one of these endings"]),
        ("encode vmf.elbow engine.csv --refine 3", &["--refine", "--prior normal"]),
        ("eval auto.elbow engine.csv --refine 3", &["--refine"]),
        ("compress auto.elbow engine.csv packets --refine 3", &["--refine"]),
        ("compress two.elbow engine.csv packets --refine 3", &["two.elbow: is an ensemble", "--refine"]),
        ("eval two.elbow engine.csv --refine 3", &["two.elbow: is an ensemble", "--refine"]),
        ("sample engine.elbow --rows 0", &["--rows"]),
        ("encode auto.elbow engine.csv", &["is a mixture", "--latent gaussian:8"]),
        ("decode auto.elbow z.csv", &["is a mixture"]),
        ("interpolate auto.elbow engine.csv", &["is a mixture"]),
        ("decode engine.elbow z.csv", &["has 3 columns", "have 2", "z_1 to z_2"]),
        ("decode vmf.elbow z.csv", &["row 1", "0.3742", "sphere"]),
        ("decode vmf.elbow short.csv", &["has 2 columns"]),
        ("encode engine.elbow engine.csv --member 2", &["has 1 networks"]),
        ("interpolate engine.elbow engine.csv --between 1,900", &["900", "has 240 frames"]),
        ("interpolate engine.elbow engine.csv --between 0,1", &["from 1"]),
        ("reconstruct engine.elbow engine.csv --out engine.csv", &["is what it would be made from"]),
    ] {
        bench.refuses(line, said);
    }
    assert_eq!(bench.read("drawn.csv"), b"mine\n");
}
