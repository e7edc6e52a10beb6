//! The same settings give the same bytes, wherever the settings come from
//! and however many threads do the work.

use elbow_trainer::settings::Settings;

use crate::bench::{Bench, QUICK};

/// The model that `elbow fit engine.csv` writes with these flags, and its scores.
fn fitted(bench: &Bench, flags: &str) -> (Vec<u8>, String) {
    bench.good(&format!("fit engine.csv --out engine.elbow {flags}"));
    let threads = flags.find("--threads").map_or("", |at| &flags[at..]);
    (bench.read("engine.elbow"), bench.good(&format!("score engine.elbow engine.csv {threads}")))
}

#[test]
fn any_number_of_threads() {
    let bench = Bench::with_engine();
    for prior in ["normal", "gmm:4"] {
        let settings = format!(
            "--hidden 24 --latent gaussian:3 --prior {prior} --objective iwae:4 --epochs 5 --batch 48"
        );
        let [one, two, all] = ["--threads 1", "--threads 2", ""]
            .map(|threads| fitted(&bench, &format!("{settings} {threads}")));
        assert!(one == two && two == all);
    }
}

#[test]
fn the_seed_decides() {
    let bench = Bench::with_engine();
    let with_seed = |seed: u64| fitted(&bench, &format!("{QUICK} --seed {seed}")).0;
    assert_eq!(with_seed(3), with_seed(3));
    assert_eq!(with_seed(0), fitted(&bench, QUICK).0);
    assert_ne!(with_seed(3), with_seed(4));
    let largest = i64::MAX as u64;
    assert_eq!(with_seed(largest), with_seed(largest));
    assert_eq!(bench.json("inspect engine.elbow")["seed"], largest);
}

#[test]
fn flags_and_a_file_of_the_same_settings() {
    let bench = Bench::with_engine();
    let flags = "--latent gaussian:3 --hidden 12,6 --decoder-hidden 5 --activation silu --likelihood \
                 gaussian-per-output \
                 --objective elbo:2 --epochs 4 --batch 20 --lr 0.004 --patience 3 --clip-norm 7.5 \
                 --weight-decay 0.01 \
                 --beta1 0.8 --beta2 0.99 --epsilon 1e-4 --square-start 1 --ema 0.9 --input-noise 0.1 \
                 --input-mask 0.05 \
                 --lr-schedule steps:2=0.002,3=0.001 \
                 --valid 0.25 --valid-samples 5 --seed 9 --clip 4 --window 2 --hop 3 --labels label --normal \
                 0 \
                 --columns volt,temp";
    let expected = fitted(&bench, flags).0;
    bench.write(
        "run.toml",
        r#"
            latent = "gaussian:3"
            hidden = [12, 6]
            decoder-hidden = [5]
            activation = "silu"
            likelihood = "gaussian-per-output"
            objective = "elbo:2"
            epochs = 4
            batch = 20
            lr = 0.004
            patience = 3
            clip-norm = 7.5
            weight-decay = 0.01
            beta1 = 0.8
            beta2 = 0.99
            epsilon = 1e-4
            square-start = 1.0
            ema = 0.9
            input-noise = 0.1
            input-mask = 0.05
            lr-schedule = "steps:2=0.002,3=0.001"
            valid = 0.25
            valid-samples = 5
            seed = 9
            clip = 4.0
            window = 2
            hop = 3
            labels = "label"
            normal = "0"
            columns = ["volt", "temp"]
        "#,
    );
    assert_eq!(fitted(&bench, "--config run.toml").0, expected);
    // a flag goes over the file
    let other = fitted(&bench, "--config run.toml --seed 10").0;
    assert_ne!(other, expected);
    assert_eq!(fitted(&bench, &format!("{flags} --config run.toml")).0, expected);
    // what the library writes down is what it did
    let settings =
        Settings { hidden: vec![8], epochs: 3, latent: "gaussian:2".parse().unwrap(), ..Settings::default() };
    bench.write("library.toml", settings.to_toml());
    assert_eq!(fitted(&bench, "--config library.toml").0, fitted(&bench, QUICK).0);
}
