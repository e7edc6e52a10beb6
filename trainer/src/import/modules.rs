//! The arrays of PyTorch's `state_dict` put together to layers: what a dense layer and a batch norm are made
//! of is read, all else is refused by name.

use super::affine::{Affine, Norm};
use super::map::Map;
use super::tensors::{Tensor, Tensors, nearest, shown};

/// Names of arrays within a layer, as PyTorch has them.
const LEAVES: [&str; 5] = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];

/// Beginnings of the names of arrays that other layers have, with what those are.
const OTHERS: [(&str, &str); 8] = [
    ("weight_ih", "a recurrent layer"),
    ("weight_hh", "a recurrent layer"),
    ("bias_ih", "a recurrent layer"),
    ("bias_hh", "a recurrent layer"),
    ("in_proj", "attention"),
    ("weight_g", "weight normalisation; torch.nn.utils.remove_weight_norm takes it off before saving"),
    ("weight_v", "weight normalisation; torch.nn.utils.remove_weight_norm takes it off before saving"),
    ("original", "a parametrisation; torch.nn.utils.parametrize.remove_parametrizations takes it off"),
];

/// A layer, by the name that its arrays begin with.
#[derive(Clone, Debug)]
pub(super) enum Module {
    Linear(String, Affine),
    Norm(String, Norm),
}

/// The arrays of one layer: what stands behind its name, and the array.
type Parts<'t, 'a> = Vec<(&'t str, &'t str, &'t Tensor<'a>)>;

/// The layers in the order of their arrays.
pub(super) fn read(tensors: &Tensors<'_>, map: &Map, epsilon: f64) -> Result<Vec<Module>, String> {
    let mut groups: Vec<(&str, Parts<'_, '_>)> = Vec::new();
    for (name, tensor) in tensors {
        if is_apart(name, map) {
            continue;
        }
        let (path, leaf) = name.rsplit_once('.').unwrap_or(("", name));
        match groups.iter_mut().find(|(group, _)| *group == path) {
            Some((_, parts)) => parts.push((leaf, name, tensor)),
            None => groups.push((path, vec![(leaf, name, tensor)])),
        }
    }
    let mut all = groups.iter().flat_map(|(_, parts)| parts);
    if let Some((leaf, name, tensor)) = all.find(|(leaf, _, _)| !LEAVES.contains(leaf)) {
        return Err(unknown(leaf, name, tensor));
    }
    groups.iter().map(|(path, parts)| module(path, parts, epsilon)).collect()
}

/// Whether the map says that an array is no part of a layer.
fn is_apart(name: &str, map: &Map) -> bool {
    let standardize = map.standardize.iter().flat_map(|by| [&by.loc, &by.scale]);
    map.ignore.iter().chain(standardize).any(|apart| apart == name)
}

fn module(path: &str, parts: &Parts<'_, '_>, epsilon: f64) -> Result<Module, String> {
    let part = |leaf: &str| parts.iter().find(|(of, _, _)| *of == leaf);
    let floats = |leaf: &str| part(leaf).map(|(_, name, tensor)| tensor.floats(name)).transpose();
    if let (Some(mean), Some(variance)) = (floats("running_mean")?, floats("running_var")?) {
        let gamma = floats("weight")?.unwrap_or_else(|| vec![1.0; variance.len()]);
        let beta = floats("bias")?.unwrap_or_else(|| vec![0.0; variance.len()]);
        return Ok(Module::Norm(path.into(), Norm::of(&gamma, beta, mean, &variance, epsilon)));
    }
    let Some((_, name, weight)) = part("weight") else {
        let (_, name, _) = parts[0];
        return Err(format!("`{}` has no `weight` beside it", shown(name)));
    };
    match (&weight.shape[..], part("running_mean").or(part("running_var"))) {
        (_, Some(_)) => Err(format!("the batch norm `{}` has not both running statistics", shown(path))),
        ([outputs, inputs], None) if *outputs > 0 && *inputs > 0 => {
            let weights = weight.floats(name)?;
            let bias = floats("bias")?.unwrap_or_else(|| vec![0.0; *outputs]);
            if bias.len() != *outputs {
                let (path, biases) = (shown(path), bias.len());
                return Err(format!("`{path}` has {biases} biases and {outputs} outputs; save it again"));
            }
            Ok(Module::Linear(path.into(), Affine { weights, bias, inputs: *inputs }))
        }
        (shape, None) => Err(no_dense_layer(path, shape)),
    }
}

fn no_dense_layer(path: &str, shape: &[usize]) -> String {
    let what = match shape {
        [1] => "is a PReLU, and the engine has tanh, relu, leaky-relu, elu, silu, sigmoid and softplus",
        [_] => "is a layer norm or a batch norm without running statistics: neither can be folded",
        [] | [_, _] => "holds no number",
        _ => "is a convolution, and the engine has dense layers alone",
    };
    format!("`{}` (a weight of the shape {shape:?}) {what}", shown(path))
}

fn unknown(leaf: &str, name: &str, tensor: &Tensor<'_>) -> String {
    let other = OTHERS.iter().find(|(begin, _)| leaf.starts_with(begin));
    if let Some((_, what)) = other {
        return format!("`{}` is part of {what}", shown(name));
    }
    let near = nearest(leaf, LEAVES).unwrap_or_default();
    format!(
        "`{}` (shape {:?}) is no array of a dense layer or a batch norm, of which the nearest is called \
         `{near}`; say ignore = [\"{0}\"] in --map, or standardize = {{ loc = …, scale = … }} \
         where frames are standardised by it",
        shown(name),
        tensor.shape
    )
}
