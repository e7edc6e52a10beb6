//! What was said at the fit is not asked again: labels, normal words, columns left out.

use crate::bench::{Bench, column, csv};

/// Twelve rows in 240 are anomalies, far off; their label stands in a column of this name.
fn labelled(name: &str, normal: &str, odd: &str) -> String {
    labelled_from(0, name, normal, odd)
}

/// The same, of other rows.
fn labelled_from(first: usize, name: &str, normal: &str, odd: &str) -> String {
    csv(&format!("a,b,extra,{name}"), 240, |i| {
        let i = first + i;
        let (u, v) = ((i * 37 % 101) as f64 / 50.0, (i * 53 % 89) as f64 / 40.0);
        let is_odd = i % 20 == 7;
        let (far, word) = if is_odd { (30.0, odd) } else { (0.0, normal) };
        format!("{},{},{i},{word}", u + far, v - far)
    })
}

#[test]
fn labels_are_remembered() {
    let bench = Bench::new();
    bench.write("fit.csv", labelled("anomaly", "0", "1"));
    bench.good("fit fit.csv --labels anomaly --drop extra --auto --out m.elbow");
    // neither labels nor columns are named again: without the first, anomalies would count as normal
    bench.write("later.csv", labelled_from(240, "anomaly", "0", "1"));
    let told = bench.json("calibrate m.elbow later.csv --false-alarm 0.02");
    assert_eq!((told["rows"].as_u64(), told["anomalous_rows"].as_u64()), (Some(228), Some(12)));
    let eval = bench.json("eval m.elbow fit.csv");
    assert_eq!((eval["auroc"].as_f64(), eval["alarms"]["of_anomalous"].as_f64()), (Some(1.0), Some(1.0)));
    let outcome = bench.run("score m.elbow fit.csv");
    assert_eq!(outcome.stderr, "fit.csv: not used: `extra`\n", "{outcome:?}");

    // a file without labels is read all the same
    let rows: Vec<String> = bench.good("score m.elbow later.csv").lines().map(str::to_owned).collect();
    let text = labelled_from(240, "anomaly", "0", "1");
    let cut = |line: &str| line.rsplit_once(',').map_or(String::new(), |(rest, _)| rest.to_owned() + "\n");
    bench.write("bare.csv", text.lines().map(cut).collect::<String>());
    assert_eq!(bench.good("score m.elbow bare.csv").lines().collect::<Vec<_>>(), rows);
    let told = bench.run("calibrate m.elbow bare.csv --false-alarm 0.02 --out n.elbow");
    let said = "bare.csv: has no `anomaly`, which held the labels of the fit: every row counts as normal";
    assert!(told.code == Some(0) && told.stderr.contains(said), "{told:?}");
    // what is named anew must be there
    bench.refuses("score m.elbow bare.csv --labels anomaly", &["has no column `anomaly`"]);
}

#[test]
fn normal_words_are_remembered_and_survive_calibration_and_rounding() {
    let bench = Bench::new();
    bench.write("fit.csv", labelled("state", "healthy", "broken"));
    bench
        .good("fit fit.csv --labels state --normal healthy --drop extra --hidden 8 --epochs 3 --out m.elbow");
    bench.write("later.csv", labelled_from(240, "state", "healthy", "broken"));
    bench.good("calibrate m.elbow later.csv --false-alarm 0.02 --out n.elbow");
    bench.good("quantize n.elbow --weights int8 --out q.elbow");
    for model in ["m.elbow", "n.elbow", "q.elbow"] {
        let eval = bench.json(&format!("eval {model} fit.csv"));
        assert_eq!(eval["anomalous_rows"], 12, "{model}");
    }
    assert_eq!(bench.json("inspect q.elbow")["labels"], "state");
    // another word may be given for once
    assert_eq!(bench.json("eval m.elbow fit.csv --normal broken")["anomalous_rows"], 228);
}

#[test]
fn how_text_is_written_is_remembered() {
    let bench = Bench::new();
    let number = |i: usize| format!("{},{:03}", i * 7 % 13, 125 * (i * 5 % 8));
    let rows: String = (0..60).map(|i| format!("{}:{}\n", number(i), number(i + 9))).collect();
    bench.write("fit.txt", &rows);
    let told = "--delimiter : --decimal , --no-header";
    bench.good(&format!("fit fit.txt {told} --hidden 8 --latent gaussian:2 --epochs 3 --out m.elbow"));
    let inspect = bench.json("inspect m.elbow");
    assert_eq!(inspect["text"], "`:` between cells, `,` before fractions, no header");
    bench.write("later.txt", rows.replace(',', ",1"));
    bench.good("calibrate m.elbow later.txt --false-alarm 0.1 --out n.elbow");
    bench.good("quantize n.elbow --weights int8 --out q.elbow");
    assert_eq!(bench.json("eval q.elbow fit.txt")["rows"], 60);
    bench.good("compress m.elbow fit.txt fit.packets");
    bench.good("decompress m.elbow fit.packets out.txt");
    assert_eq!(text_of(&bench, "out.txt"), text_of(&bench, "fit.txt"));

    // a file in the usual dialect is read as it is, by its header
    let scores = bench.good("score m.elbow fit.txt");
    assert_eq!(scores, bench.good(&format!("score m.elbow fit.txt {told}")));
    bench.write("usual.csv", "x0,x1\n".to_owned() + &rows.replace(',', ".").replace(':', ","));
    assert_eq!(bench.good("score m.elbow usual.csv"), scores);
    bench.good("compress m.elbow usual.csv usual.packets");
}

#[test]
fn files_of_any_delimiter_are_packed_to_their_last_digit() {
    let bench = Bench::new();
    let commas = labelled("anomaly", "0", "1");
    bench.write("fit.csv", commas.clone());
    let fit = "fit fit.csv --labels anomaly --drop extra --hidden 8 --latent gaussian:2 --epochs 3";
    bench.good(&format!("{fit} --out m.elbow"));
    bench.good("compress m.elbow fit.csv fit.packets");
    bench.good("decompress m.elbow fit.packets fit_out.csv");
    assert_eq!(text_of(&bench, "fit_out.csv"), commas);
    let semicolons = commas.replace(',', ";").replace('.', ",");
    for (name, text) in [("d.tsv", commas.replace(',', "\t")), ("d.txt", semicolons), ("d.csv", commas)] {
        bench.write(name, text);
        bench.good(&format!("compress m.elbow {name} {name}.packets"));
        bench.good(&format!("decompress m.elbow {name}.packets {name}_out.csv"));
        assert_eq!(text_of(&bench, &format!("{name}_out.csv")), text_of(&bench, name), "{name}");
    }
    // columns that are not the model's come back within a bound too, as they were
    bench.good("compress m.elbow fit.csv fit.packets --bound 1 --resolution 0.01");
    bench.good("decompress m.elbow fit.packets fit_out.csv");
    let [before, after] = ["fit.csv", "fit_out.csv"].map(|name| column(&text_of(&bench, name), "extra"));
    assert_eq!(before, after);
}

fn text_of(bench: &Bench, name: &str) -> String {
    String::from_utf8(bench.read(name)).unwrap()
}
