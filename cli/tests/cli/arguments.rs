//! Arguments and settings that cannot be: refused by name, before any work, with no file touched.

use crate::bench::{Bench, QUICK};

#[test]
fn settings_out_of_range() {
    let bench = Bench::with_model();
    for (flags, said) in [
        ("--latent gaussian", "--latent gaussian: give gaussian:D"),
        ("--latent gaussian:0", "--latent gaussian:0"),
        ("--latent gaussian:-2", "--latent gaussian:-2"),
        ("--latent normal:2", "--latent normal:2"),
        ("--latent gaussian:99999999999999999999", "--latent gaussian:99999999999999999999"),
        ("--latent gaussian:2,kappa=3", "--latent gaussian:2,kappa=3"),
        ("--latent vmf:1", "D at least 2 for vmf"),
        ("--latent vmf:3,kappa=-1", "--latent vmf:3,kappa=-1"),
        ("--latent vmf:3,kappa=nan", "--latent vmf:3,kappa=nan"),
        ("--latent vmf:3,table", "--latent vmf:3,table"),
        ("--prior flat", "--prior flat: choose normal or gmm:M"),
        ("--prior gmm:0", "--prior gmm:0: choose normal or gmm:M"),
        ("--prior gmm:99999", "--prior gmm:99999: choose"),
        ("--latent vmf:3 --prior gmm:4", "--prior gmm:4: only for --latent gaussian:D"),
        ("--model ae --prior gmm:4", "--prior gmm:4: only for --latent gaussian:D"),
        ("--prior gmm:4 --posterior-norm 0.5", "only for --latent gaussian with --prior normal"),
        ("--auto --prior gmm:4", "--prior gmm:4: --model auto has no network"),
        ("--auto --epochs 5", "--epochs 5: --model auto has no network; leave it out"),
        ("--model gmm:2 --lr 0.1", "--lr 0.1: --model gmm:2 has no network"),
        ("--auto --binarize threshold", "--binarize threshold: --model auto has no network"),
        ("--hidden 8,zwei", "`zwei` is not a width, such as 64"),
        ("--hidden 8,,8", "`` is not a width"),
        ("--hidden 0", "--hidden 0: each width is from 1"),
        ("--hidden -8", "`-8` is not a width"),
        ("--hidden 1,1,1,1,1,1,1", "at most 6 hidden layers"),
        ("--hidden 1000000,1000000", "use fewer or narrower layers"),
        ("--decoder-hidden 0", "--decoder-hidden 0"),
        ("--activation gelu", "--activation gelu: choose tanh"),
        ("--likelihood normal", "--likelihood normal: choose gaussian"),
        ("--likelihood beta-binomial:0", "a largest count N from 1 to 255"),
        ("--likelihood beta-binomial:256", "a largest count N from 1 to 255"),
        ("--likelihood beta-binomial:9", "engine.csv: row 1, column `temp`"),
        ("--likelihood bernoulli", "engine.csv: row 1, column `temp`"),
        ("--binarize dynamic", "--binarize dynamic: only for --likelihood bernoulli"),
        ("--binarize maybe", "none, threshold, dynamic"),
        ("--objective iwae", "--objective iwae: choose elbo, elbo:K"),
        ("--objective iwae:0", "K at least 1"),
        ("--objective iwae:-1", "K at least 1"),
        ("--objective iwae:8.5", "K at least 1"),
        ("--objective iwae:99999999999999999999", "--objective iwae:99999999999999999999"),
        ("--objective dreg", "--objective dreg: choose"),
        ("--objective rws:1", "give K at least 2"),
        ("--objective elbo:beta=-1", "B and L at least 0"),
        ("--objective elbow", "--objective elbow: choose"),
        ("--lr fast", "'fast' for '--lr <R>'"),
        ("--lr 0", "--lr 0: a positive number"),
        ("--lr -0.1", "--lr -0.1: a positive number"),
        ("--lr nan", "--lr NaN"),
        ("--lr inf", "--lr inf"),
        ("--epochs 0", "--epochs 0: at least 1"),
        ("--epochs -5", "'-5' for '--epochs <N>'"),
        ("--batch 0", "--batch 0"),
        ("--batch 99999999999999999999", "--batch <B>"),
        ("--patience 0", "--patience 0"),
        ("--clip 0", "--clip 0"),
        ("--clip nan", "--clip NaN"),
        ("--clip-norm -1", "--clip-norm -1"),
        ("--weight-decay 1", "--weight-decay 1: from 0 to below 1"),
        ("--weight-decay -0.5", "--weight-decay -0.5"),
        ("--valid 0", "--valid 0: between 0 and 1"),
        ("--valid 1", "--valid 1: between 0 and 1"),
        ("--valid nan", "--valid NaN"),
        ("--valid-samples 0", "--valid-samples 0"),
        ("--seed -1", "'-1' for '--seed <S>'"),
        ("--seed 18446744073709551615", "--seed <S>"),
        ("--window 0", "window and hop must be at least 1"),
        ("--hop 0", "window and hop must be at least 1"),
        ("--window 1000", "a window of 1000 needs 1000 consecutive rows"),
        ("--window 9223372036854775808", "--window <ROWS>"),
        ("--threads many", "'many' for '--threads <N>'"),
        ("--threads 1000000000", "--threads <N>"),
        ("--columns temp,torque", "engine.csv: has no column `torque`; choose among `temp`, `rpm`"),
        ("--columns temp,temp", "the column `temp` is named twice"),
        ("--columns temp,label", "the column `label` holds labels"),
        ("--drop torque", "has no column `torque`"),
        ("--drop temp,rpm,volt", "no feature is left"),
        ("--labels class", "has no column `class`"),
        ("--normal fine", "no row has the label `fine` that --normal names; the labels are `0`, `1`"),
        ("--colour red", "unexpected argument '--colour'"),
        ("--epoch 3", "--epochs"),
        ("--lr 1 --lr 2", "'--lr <R>' cannot be used multiple times"),
    ] {
        bench.refuses(&format!("fit engine.csv --out engine.elbow {flags}"), &[said]);
    }
}

#[test]
fn numbers_of_samples() {
    let bench = Bench::with_model();
    for samples in ["0", "-1", "1000001", "99999999999999999999", "many"] {
        for command in
            ["eval engine.elbow engine.csv", "score engine.elbow engine.csv", "inspect engine.elbow"]
        {
            bench.refuses(&format!("{command} --samples {samples}"), &[samples, "--samples <K>"]);
        }
    }
}

#[test]
fn configuration_files() {
    let bench = Bench::with_engine();
    bench.refuses("fit engine.csv --out m.elbow --config run.toml", &["run.toml: cannot read"]);
    bench.refuses("fit engine.csv --out m.elbow --config .", &[".: cannot read"]);
    for (text, said) in [
        (
            "lr = 0.1\nlearning-rate = 0.1\n",
            "run.toml: line 2: unknown field `learning-rate`, expected one of `model`",
        ),
        ("latent = 3\n", "run.toml: line 1: invalid type: integer `3`, expected a string"),
        ("\n\nhidden = [8, -1]\n", "run.toml: line 3: invalid value: integer `-1`, expected u32"),
        ("seed = 99999999999999999999\n", "run.toml: line 1"),
        ("epochs 3\n", "run.toml: line 1"),
        ("lr = 0.1\nlr = 0.2\n", "run.toml: line 2: duplicate key"),
        ("binarize = \"maybe\"\n", "run.toml: line 1: unknown variant `maybe`"),
        ("latent = \"gaussian:0\"\n", "--latent gaussian:0"),
        ("objective = \"iwae:0\"\n", "--objective iwae:0"),
        ("lr = nan\n", "--lr NaN"),
    ] {
        bench.write("run.toml", text);
        bench.refuses("fit engine.csv --out m.elbow --config run.toml", &[said]);
    }
    bench.write("run.toml", b"latent = \"\xff\"");
    bench.refuses("fit engine.csv --out m.elbow --config run.toml", &["run.toml: cannot read"]);
}

#[test]
fn arguments_that_are_missing() {
    let bench = Bench::with_model();
    bench.refuses(&format!("fit --out m.elbow {QUICK}"), &["<DATA>"]);
    bench.refuses("eval engine.elbow", &["<DATA>"]);
    bench.refuses("inspect", &["<MODEL>"]);
    bench.refuses("fly", &["unrecognized subcommand 'fly'"]);
    // somebody who types nothing wants to know what there is to type
    let nothing = bench.run("");
    assert!(nothing.code == Some(2) && nothing.stdout.is_empty() && nothing.stderr.contains("Usage: elbow"));
    for line in ["--help", "help fit", "fit --help", "--version"] {
        assert!(bench.good(line).contains("elbow"), "{line}");
    }
}
