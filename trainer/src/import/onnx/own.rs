//! Graphs that Elbow wrote itself: they say what the operators do not.

use super::super::tensors::shown;
use crate::onnx_messages as proto;

/// Likelihoods that an import gives.
const LIKELIHOODS: [&str; 3] = ["gaussian", "gaussian-per-output", "bernoulli"];

/// Refuses a network of a model whose score would be another one.
pub(super) fn comes_back(model: &proto::Model) -> Result<(), String> {
    if model.producer_name != proto::PRODUCER {
        return Ok(());
    }
    let said = |key: &str| {
        let entry = model.metadata_props.iter().find(|entry| entry.key == key);
        entry
            .map(|entry| entry.value.as_str())
            .ok_or_else(|| format!("does not say the {key} of its model; export it again"))
    };
    let (latent, likelihood) = (said("latent")?, said("likelihood")?);
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_known = latent.starts_with("point:") || latent.strip_prefix("gaussian:").is_some_and(is_number);
    let unknown = match (is_known, LIKELIHOODS.contains(&likelihood)) {
        (true, true) => return Ok(()),
        (false, _) => format!("the latent {}", shown(latent)),
        _ => format!("the likelihood {}", shown(likelihood)),
    };
    Err(format!(
        "is the network of a model of Elbow's with {unknown}, which has no way back: its .elbow file has it"
    ))
}
