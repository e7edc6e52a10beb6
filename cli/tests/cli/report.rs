//! `elbow report`: what the page says is what `eval` says, of every kind of model and of any file.

use std::time::Instant;

use serde_json::Value;

use crate::bench::{Bench, QUICK, csv, engine_csv, npy};

/// A page is no longer than this.
const MOST_BYTES: usize = 1 << 20;

/// The page of `report LINE`, which needs nothing else and in which nothing acts.
fn page(bench: &Bench, line: &str) -> String {
    bench.good(&format!("report {line} --out r.html --force"));
    let page = String::from_utf8(bench.read("r.html")).unwrap();
    assert!(page.len() <= MOST_BYTES, "{line}: {} bytes", page.len());
    for asks in ["http:", "https:", "//", "url(", "@import", "javascript:", "onload", "NaN,"] {
        assert!(!without_style(&page).contains(asks), "{line}: `{asks}` in the page");
    }
    let mut sources = page.match_indices("src=").chain(page.match_indices("href="));
    assert!(sources.all(|(at, word)| ["\"#", "\"d"].contains(&&page[at + word.len()..][..2])));
    assert_eq!(page.matches("<script").count(), 1, "the figures alone");
    for svg in page.split("<svg ").skip(1) {
        let svg = svg.split("</svg>").next().unwrap();
        assert!(svg.starts_with("role=\"img\"") && svg.contains("<title>") && svg.contains("<desc>"));
    }
    page
}

fn without_style(page: &str) -> String {
    let (before, rest) = page.split_once("<style>").unwrap();
    before.to_owned() + rest.split_once("</style>").unwrap().1
}

/// The figures in the page, without what differs from run to run.
fn figures(page: &str) -> Value {
    let json = page.split("id=\"figures\">").nth(1).unwrap().split("</script>").next().unwrap();
    timeless(serde_json::from_str(json).unwrap())
}

fn timeless(mut figures: Value) -> Value {
    figures.as_object_mut().unwrap().remove("seconds");
    figures
}

/// Points of the first line of a tone in the picture of this title, in the units of its axes; and what a
/// pixel stands for upwards.
fn curve(page: &str, title: &str, tone: &str) -> (Vec<[f64; 2]>, f64) {
    let svg = page.split("<svg ").find(|svg| svg.contains(&format!("<title>{title}</title>"))).unwrap();
    let numbers = |name: &str| -> Vec<f64> {
        let text = svg.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap();
        text.split(' ').map(|number| number.parse().unwrap()).collect()
    };
    let (area, domain) = (numbers("data-area"), numbers("data-domain"));
    let path = svg.split(&format!("class=\"line {tone}\" d=\"")).nth(1).unwrap().split('"').next().unwrap();
    let point = |text: &str| -> [f64; 2] {
        let (x, y) = text.split_once(' ').unwrap();
        let [x, y]: [f64; 2] = [x, y].map(|number| number.parse().unwrap());
        let (right, up) = ((x - area[0]) / (area[2] - area[0]), (area[3] - y) / (area[3] - area[1]));
        [domain[0] + right * (domain[2] - domain[0]), domain[1] + up * (domain[3] - domain[1])]
    };
    let pixel = (domain[3] - domain[1]) / (area[3] - area[1]);
    (path.split(['M', 'L']).skip(1).map(point).collect(), pixel)
}

fn area(curve: &[[f64; 2]]) -> f64 {
    curve.windows(2).map(|pair| (pair[1][0] - pair[0][0]) * 0.5 * (pair[0][1] + pair[1][1])).sum()
}

#[test]
fn the_page_says_what_eval_says() {
    let bench = Bench::with_engine();
    bench.write("many.csv", engine_csv(6_000));
    bench.good(&format!("fit engine.csv --out m.elbow --run run {QUICK}"));
    bench.good("calibrate m.elbow later.csv --false-alarm 0.05");
    let page = page(&bench, "m.elbow many.csv --run run --md card.md");
    let told = bench.json("eval m.elbow many.csv");
    assert_eq!(figures(&page), timeless(told.clone()));
    for section in [
        "Model card",
        "Scores",
        "Finding anomalies",
        "Calibration",
        "Course of the score",
        "Oddest and most typical frames",
        "Latent",
        "Does it know the data?",
        "Course of the fit",
    ] {
        assert!(page.contains(&format!("\">{section}</h2>")), "{section}");
    }
    let auroc = told["auroc"].as_f64().unwrap();
    assert!(0.5 < auroc && auroc < 1.0 - 1e-4, "a curve with a bend: {auroc}");
    assert!((area(&curve(&page, "ROC curve", "first").0) - auroc).abs() < 1e-3);
    assert!(page.contains(&format!("AUROC {auroc:.4}, ")));
    // a step before each point: the average precision
    let (precision, _) = curve(&page, "Precision and recall", "first");
    let steps = precision.windows(2).map(|pair| (pair[1][0] - pair[0][0]) * pair[1][1]);
    let average = precision[0][0] * precision[0][1] + steps.sum::<f64>();
    assert!((average - told["auprc"].as_f64().unwrap()).abs() < 5e-3);
    // the loss that is drawn is the run's
    let metrics = String::from_utf8(bench.read("run/metrics.jsonl")).unwrap();
    let valid: Vec<f64> = metrics
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["valid_nats_per_row"].as_f64().unwrap())
        .collect();
    let (drawn, pixel) = curve(&page, "Loss by epoch", "first");
    assert_eq!(drawn.len(), valid.len());
    assert!(drawn.iter().zip(&valid).all(|(point, nats)| (point[1] - nats).abs() < 0.1 * pixel));
    assert!((valid[0] - valid[valid.len() - 1]).abs() > pixel, "a loss that falls");

    let card = String::from_utf8(bench.read("card.md")).unwrap();
    assert!(card.starts_with("# m: a report\n") && card.contains("## Model card"), "{card}");
    assert!(card.contains(&format!("| AUROC | {auroc:.4}, ")) && card.contains("What it is not for."));
    assert!(!card.contains("<svg"));
}

#[test]
fn models_of_every_kind_have_a_page() {
    let bench = Bench::with_engine();
    for (way, has_latent) in [
        ("--epochs 3 --latent vmf:3 --hidden 8".to_owned(), true),
        (format!("{QUICK} --ensemble 2"), false),
        ("--auto".into(), false),
        ("--auto --false-alarm 0.05".into(), false),
        ("--model gaussian".into(), false),
        (format!("{QUICK} --prior gmm:2"), true),
        (format!("{QUICK} --window 4"), true),
    ] {
        bench.good(&format!("fit engine.csv --out m.elbow {way}"));
        let page = page(&bench, "m.elbow later.csv");
        assert_eq!(figures(&page), timeless(bench.json("eval m.elbow later.csv")), "{way}");
        assert_eq!(page.contains(">Latent</h2>"), has_latent, "{way}");
        assert_eq!(page.contains(">Calibration</h2>"), way.contains("--false-alarm"), "{way}");
        // windows with an anomaly in them are left out
        assert_eq!(page.contains("<title>ROC curve</title>"), !way.contains("--window"), "{way}");
    }
    bench.good("quantize m.elbow --weights int8 --calibration engine.csv --out q.elbow");
    page(&bench, "q.elbow later.csv");
}

#[test]
fn names_are_text_wherever_they_stand() {
    let bench = Bench::new();
    let header = "<script>alert(1)</script>,温度,a|b`*\"'&,\u{202e}\u{1b}[2J";
    let header = format!("\"{}\"", header.replace('"', "\"\"").replace(',', "\",\""));
    bench.write("<img src=x>.csv", csv(&header, 60, |i| format!("{i},{},{},{}", i % 7, i % 5, i * i % 11)));
    let fit = bench.command("fit --model gaussian --out m.elbow").arg("<img src=x>.csv").output().unwrap();
    assert!(fit.status.success(), "{fit:?}");
    let told =
        bench.command("report m.elbow --out r.html --md r.md").arg("<img src=x>.csv").output().unwrap();
    assert!(told.status.success(), "{told:?}");
    for file in ["r.html", "r.md"] {
        let text = String::from_utf8(bench.read(file)).unwrap();
        assert!(text.contains("温度") && text.contains("&lt;script"), "{file}");
        assert!(!text.contains("<script>alert") && !text.contains("<img"), "{file}");
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{file}");
    }
}

#[test]
fn any_file_has_a_page() {
    let bench = Bench::new();
    bench.write("fit.csv", csv("a,b", 200, |i| format!("{},{}", i % 13, i * i % 17)));
    bench.write("one.csv", "a,b\n3,4\n");
    bench.write("same.csv", csv("a,b", 50, |_| "3,4".into()));
    bench.write("odd.csv", csv("a,b,label", 50, |i| format!("{},4,1", i % 3)));
    bench.write("far.csv", csv("a,b", 50, |i| format!("{},1e30", i % 3)));
    for way in ["--model gaussian", QUICK] {
        bench.good(&format!("fit fit.csv {way} --out m.elbow"));
        for file in ["one.csv", "same.csv", "odd.csv", "far.csv", "fit.csv"] {
            let page = page(&bench, &format!("m.elbow {file}"));
            assert!(!page.contains("<title>ROC curve</title>") && page.contains("Course of the score"));
        }
    }
    let wide = |rows: usize| npy(&[rows, 500], (0..rows * 500).map(|i| ((i * 31 + i / 500 * 7) % 97) as f32));
    bench.write("wide.npy", wide(120));
    bench.good(&format!("fit wide.npy --out m.elbow {QUICK}"));
    page(&bench, "m.elbow wide.npy");
}

/// What rows lack hides neither correlations nor causes, and is counted nowhere.
#[test]
fn rows_with_gaps_have_their_place() {
    let bench = Bench::new();
    let row = |i: usize| {
        let (a, b) = (i % 13, i * 7 % 11);
        let b = if i % 4 == 1 { String::new() } else { b.to_string() };
        format!("{a},{b},{},{}", a * a, ["on@line", "off"][i % 7 % 2])
    };
    bench.write("rows.csv", csv("a,b,c,mode@x", 400, row));
    bench.write("later.csv", csv("a,b,c,mode@x", 400, |i| row(i + 400)));
    bench.good(&format!("fit rows.csv {QUICK} --categorical mode@x --missing model --out m.elbow"));
    bench.good("calibrate m.elbow later.csv --missing one --false-alarm 0.1");
    let told = page(&bench, "m.elbow later.csv");
    assert!(told.contains("6 pairs of columns"), "all have a correlation");
    let causes: Vec<_> = told.split("<td>").filter(|cell| cell.contains("mode@x: ")).collect();
    assert!(!causes.is_empty() && causes.iter().all(|cell| cell.contains("on@line") || cell.contains("off")));
    assert!(!told.contains("b: NaN"), "what is missing is no cause");
    bench.good(&format!("fit later.csv {QUICK} --drop mode@x --missing model --out plain.elbow"));
    assert!(
        !page(&bench, "plain.elbow later.csv").contains("raise an alarm"),
        "without a threshold none can"
    );
}

#[test]
fn times_stand_below_the_course() {
    let bench = Bench::new();
    let row = |i: usize| format!("2024-03-{:02}T00:00:00Z,{},{}", 1 + i / 24, i % 13, i * i % 17);
    bench.write("log.csv", csv("when,a,b", 480, row));
    bench.good("fit log.csv --model gaussian --time when --out m.elbow");
    let told = page(&bench, "m.elbow log.csv");
    assert!(told.contains(">time (UTC)</text>") && told.contains(">2024-03-"));
    bench.write("bare.csv", csv("a,b", 48, |i| format!("{},{}", i % 13, i * i % 17)));
    assert!(page(&bench, "m.elbow bare.csv").contains(">row</text>"));
}

#[test]
fn a_page_goes_over_nothing_and_a_run_is_a_run() {
    let bench = Bench::with_model();
    bench.write("r.html", "mine");
    bench.refuses("report engine.elbow engine.csv --out r.html", &["r.html: is there already", "--force"]);
    bench.refuses("report engine.elbow engine.csv --out engine.csv --force", &["is what it would be made"]);
    bench.refuses("report engine.elbow engine.csv --out n.html --run none", &["none/metrics.jsonl"]);
    bench.refuses("report engine.elbow none.csv --out n.html", &["none.csv"]);
    assert!(!bench.path("n.html").exists());
}

/// Slow: made by hand for the bars of size and time.
#[test]
#[ignore = "a million rows"]
fn a_million_rows_are_a_page() {
    let bench = Bench::new();
    let row = |i: usize| {
        let noise = |step: usize| ((i * i % 1_000_003 * step) % 10_007) as f64 / 10_007.0;
        format!("{:.4},{:.4},{:.4},{}", noise(37), noise(61), noise(83), u8::from(i % 100 == 99))
    };
    bench.write("fit.csv", csv("a,b,c,label", 4_000, row));
    bench.write("million.csv", csv("a,b,c,label", 1_000_000, row));
    bench.good("fit fit.csv --auto --false-alarm 0.01 --out m.elbow");
    let start = Instant::now();
    let page = page(&bench, "m.elbow million.csv");
    println!("{} bytes in {:.1} s", page.len(), start.elapsed().as_secs_f64());
}
