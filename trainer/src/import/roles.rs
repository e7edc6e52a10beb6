//! What a layer is for, by its name.

/// What a name says of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Mean,
    LogVariance,
    LogScale,
    /// a variance or a scale, or the logarithm of one
    Spread,
    Plain,
}

/// On which side of the latent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Encoder,
    Decoder,
}

/// The words of a name in small letters: `fc_logVar1` is `fc`, `log`, `var`.
fn words(segment: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for c in segment.chars() {
        if !c.is_alphabetic() || (c.is_uppercase() && was_small) {
            words.push(String::new());
        }
        if c.is_alphabetic() {
            words.last_mut().expect("one").extend(c.to_lowercase());
        }
        was_small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// By the last part of a path that is no number: `heads.fc_mu.0` is a mean.
pub(super) fn role(path: &str) -> Role {
    let is_number = |segment: &&str| segment.chars().all(|c| c.is_ascii_digit());
    let Some(segment) = path.rsplit('.').find(|segment| !is_number(segment)) else { return Role::Plain };
    let words = words(segment);
    let joined = words.concat();
    let has = |names: &[&str]| names.iter().any(|name| joined.contains(name));
    let is = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    if has(&["logvar", "lnvar", "logsigmasq"]) {
        return Role::LogVariance;
    }
    if has(&["logstd", "lnstd", "logsd", "logsigma", "lnsigma", "logscale", "lnscale"]) {
        // log_sigma2 is a log variance, log_sigma_2 that or the second of two
        return match segment.strip_suffix('2') {
            Some(stem) if stem.ends_with('_') => Role::Spread,
            Some(stem) if stem.ends_with(char::is_alphabetic) => Role::LogVariance,
            _ => Role::LogScale,
        };
    }
    let spreads = ["var", "variance", "sigma", "std", "stddev", "stdev", "sd", "scale", "precision", "prec"];
    if is(&spreads) || has(&["stddev", "stdev", "precision"]) {
        return Role::Spread;
    }
    let is_mean =
        is(&["mu", "mean", "means", "loc"]) || ["fcmu", "zmu", "zmean", "fcmean"].contains(&&*joined);
    if is_mean { Role::Mean } else { Role::Plain }
}

/// By the parts of a path, and words of theirs, that begin like encoder or decoder, or say that it is the
/// last layer.
pub(super) fn side(path: &str) -> Option<Side> {
    let is = |begin: &str| path.split('.').flat_map(words).any(|word| word.starts_with(begin));
    match (is("enc"), is("dec")) {
        (true, false) => Some(Side::Encoder),
        (false, true) => Some(Side::Decoder),
        (false, false) if ["final", "last", "out", "recon"].into_iter().any(is) => Some(Side::Decoder),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_layer_is_for() {
        for (path, expected) in [
            ("fc_mu", Role::Mean),
            ("encoder.mu", Role::Mean),
            ("heads.z_mean.0", Role::Mean),
            ("fcMu", Role::Mean),
            ("fc_logvar", Role::LogVariance),
            ("logVar", Role::LogVariance),
            ("enc.log_var.0", Role::LogVariance),
            ("to_log_sigma2", Role::LogVariance),
            ("fc_logSigma2", Role::LogVariance),
            ("LogSigma2", Role::LogVariance),
            ("log_std2", Role::LogVariance),
            ("log_sigma_2", Role::Spread),
            ("log_sigma_1", Role::LogScale),
            ("log_std", Role::LogScale),
            ("log_sd", Role::LogScale),
            ("LogSigma", Role::LogScale),
            ("stddev", Role::Spread),
            ("std_dev", Role::Spread),
            ("log_precision", Role::Spread),
            ("fc_var", Role::Spread),
            ("z_sigma", Role::Spread),
            ("fc21", Role::Plain),
            ("mum", Role::Plain),
            ("0", Role::Plain),
            ("", Role::Plain),
        ] {
            assert_eq!(role(path), expected, "{path}");
        }
        assert_eq!(side("encoder.net.0"), Some(Side::Encoder));
        assert_eq!(side("fc_dec1"), Some(Side::Decoder));
        assert_eq!(side("final_layer.0"), Some(Side::Decoder));
        assert_eq!(side("encoder.out"), Some(Side::Encoder));
        assert_eq!(side("module.fc1"), None);
    }
}
