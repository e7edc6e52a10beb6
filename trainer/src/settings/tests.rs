//! Settings from flags, from a file and by default; impossible ones are named.

use super::args::Widths;
use super::*;
use crate::objective::Objective;
use crate::spelled::Word;

#[test]
fn defaults_survive_toml() {
    let settings = Settings::default();
    assert_eq!(toml::from_str::<Settings>(&settings.to_toml()).unwrap(), settings);
    assert_eq!(SettingsArgs::default().resolve(None).unwrap(), settings);
}

#[test]
fn flags_go_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.toml");
    std::fs::write(&path, "latent = \"gaussian:3\"\nhidden = [7]\nlr = 0.01\n").unwrap();
    let args = SettingsArgs { hidden: Some(Widths(vec![9, 5])), ..SettingsArgs::default() };
    let settings = args.resolve(Some(&path)).unwrap();
    assert_eq!(
        (settings.latent.as_str(), settings.hidden.as_slice(), settings.lr),
        ("gaussian:3", &[9, 5][..], 0.01)
    );
    std::fs::write(&path, "laten = 3\n").unwrap();
    assert!(args.resolve(Some(&path)).unwrap_err().to_string().contains("laten"));
}

#[test]
fn objectives_are_read() {
    let read = |text: &str| text.parse::<Spelled<Raised>>();
    let elbo = |weight, free| Objective::Elbo { weight, free };
    for (text, objective, samples) in [
        ("elbo", Objective::ELBO, 1),
        ("elbo:3", Objective::ELBO, 3),
        ("elbo:beta=4", elbo(4.0, 0.0), 1),
        ("elbo:3,beta=0.5", elbo(0.5, 0.0), 3),
        ("elbo:free=0.1", elbo(1.0, 0.1), 1),
        ("elbo:2,beta=3,free=0.1", elbo(3.0, 0.1), 2),
        ("iwae:1", Objective::Iwae, 1),
        ("dreg:50", Objective::Dreg, 50),
        ("stl:8", Objective::Stl, 8),
        ("rws:10", Objective::Rws, 10),
    ] {
        assert_eq!(*read(text).unwrap(), Raised { objective, samples }, "{text}");
    }
    for text in [
        "",
        ":",
        "elbo:",
        "elbo:0",
        "elbo:beta=",
        "elbo:beta=-1",
        "elbo:beta=nan",
        "elbo:2,3",
        "elbo:beta=2,3",
        "elbo:free=-1",
        "elbo:free=0.1,beta=2",
        "elbo:beta=2,",
        "iwae",
        "iwae:0",
        "iwae:",
        "iwae:2,beta=1",
        "dreg",
        "dreg:100001",
        "vae:1",
    ] {
        let error = read(text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("--objective {text}")) && error.contains("dreg:K"), "{error}");
    }
}

/// What is said of a word that stands for nothing.
fn word<T: Word + std::fmt::Debug>(text: &str) -> String {
    text.parse::<Spelled<T>>().unwrap_err().to_string()
}

#[test]
fn a_word_of_a_file_is_refused_where_it_stands() {
    let error = toml::from_str::<Settings>("lr = 0.1\nlikelihood = \"normal\"\n").unwrap_err();
    assert!(error.message().starts_with("--likelihood normal: choose gaussian"), "{error}");
    assert_eq!(error.span(), Some(22..30));
}

#[test]
fn impossible_settings_are_named() {
    let settings = |change: fn(&mut Settings)| {
        let mut settings = Settings::default();
        change(&mut settings);
        let architecture = settings.architecture(4).map(|_| ());
        architecture.and(settings.fit_config().map(|_| ())).unwrap_err().to_string()
    };
    assert!(word::<LatentKind>("gaussian:0").starts_with("--latent gaussian:0"));
    assert!(word::<LatentKind>("gauss").contains("gaussian:D"));
    assert!(settings(|s| s.hidden = vec![4, 0]).starts_with("--hidden 4,0"));
    assert!(settings(|s| s.hidden = vec![4; 9]).contains("at most 6"));
    assert!(word::<Activation>("gelu").contains("choose tanh"));
    assert!(word::<LikelihoodKind>("normal").contains("choose gaussian"));
    assert!(word::<Raised>("rws:1").contains("K at least 2"));
    assert!(settings(|s| (s.epochs, s.warmup) = (5, 5)).contains("shorter than --epochs"));
    assert!(
        settings(|s| (s.objective, s.warmup) = ("iwae:2".parse().unwrap(), 1)).contains("--objective elbo")
    );
    for latent in ["vmf:1", "vmf:4,kappa=-1", "vmf:4,kappa=nan", "vmf:4,kappa=inf", "vmf:4,kappa=10001"] {
        let error = word::<LatentKind>(latent);
        assert!(error.starts_with(&format!("--latent {latent}")) && error.contains("vmf:D"), "{error}");
    }
    let sphere = Settings { latent: "vmf:2,kappa=0".parse().unwrap(), ..Settings::default() };
    assert!(sphere.architecture(4).is_ok());
    for fraction in [1.0, -0.1, f32::NAN] {
        let mut wrong = Settings { ema: fraction, ..Settings::default() };
        assert!(wrong.fit_config().unwrap_err().to_string().starts_with("--ema"));
        (wrong.ema, wrong.beta1) = (0.0, fraction);
        assert!(wrong.fit_config().unwrap_err().to_string().starts_with("--beta1"));
    }
    assert!(settings(|s| s.epsilon = 0.0).starts_with("--epsilon"));
    assert!(settings(|s| s.square_start = -1.0).starts_with("--square-start"));
    assert!(settings(|s| s.input_noise = f32::INFINITY).starts_with("--input-noise"));
    let norm = |s: &mut Settings| (s.latent, s.posterior_norm) = ("vmf:3".parse().unwrap(), 0.5);
    assert!(settings(norm).contains("only for --latent gaussian"));
    assert!(settings(|s| s.posterior_norm = f32::NAN).starts_with("--posterior-norm"));
    let late = |s: &mut Settings| (s.epochs, s.lr_schedule) = (5, Schedule::Cosine { warmup: 5 });
    assert!(settings(late).starts_with("--lr-schedule cosine:5"));
    assert!(settings(|s| s.lr = f32::NAN).starts_with("--lr"));
    assert!(settings(|s| s.valid = 1.0).starts_with("--valid"));
}
