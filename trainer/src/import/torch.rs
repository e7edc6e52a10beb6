//! PyTorch's `state_dict`: dense layers of which names and shapes say what each is for.

use elbow::architecture::{Activation, LikelihoodKind, MAX_LAYERS};

use super::affine::Affine;
use super::arrange::{Arranged, Ends, arrange, ends};
use super::counted::{Next, are_of_one_list};
use super::map::{Map, StandardizeBy};
use super::modules;
use super::net::{Latent, Layer, Net, Standardize};
use super::norms::{Dense, fold, no};
use super::options::{ACTIVATION, Options, TORCH_EPSILON};
use super::roles::{Role, Side, role, side};
use super::said::Said;
use super::tensors::{Tensors, shown};

/// Arrays of more layers than there may be.
const MOST_ARRAYS: usize = 500;
/// Hidden layers on both sides, and a mean and a spread of latent and frame.
const MOST_LAYERS: usize = 2 * MAX_LAYERS + 4;
/// Arrays of the networks that Elbow exports.
const LOC: &str = "standardize.loc";
const SCALE: &str = "standardize.scale";
const LIKELIHOOD_SCALE: &str = "likelihood.scale";

/// The network of these arrays, and what a file that Elbow wrote says of it.
pub(super) fn read(mut tensors: Tensors<'_>, said: Option<Said>, options: &Options) -> Result<Net, String> {
    if tensors.len() > MOST_ARRAYS {
        return Err(format!(
            "has {} arrays, and a network of dense layers at most {MOST_ARRAYS}",
            tensors.len()
        ));
    }
    strip(&mut tensors);
    let own = |name: &str| tensors.iter().any(|(of, _)| of == name);
    let mut map = options.map.clone();
    let is_counter = |name: &str| name.ends_with("num_batches_tracked");
    if let Some(name) = map.ignore.iter().find(|name| !own(name) && !is_counter(name)) {
        return Err(no(name, "array", tensors.iter().map(|(name, _)| name.as_str())));
    }
    if let Some(said) = &said {
        said.tell(&mut map, options.activation, &tensors)?;
    }
    if map.standardize.is_none() && own(LOC) && own(SCALE) {
        map.standardize = Some(StandardizeBy { loc: LOC.into(), scale: SCALE.into() });
    }
    let scale = own(LIKELIHOOD_SCALE).then(|| floats(&tensors, LIKELIHOOD_SCALE)).transpose()?;
    if scale.is_some() {
        map.ignore.push(LIKELIHOOD_SCALE.into());
    }
    let (map, options) = (&map, &Options { map: map.clone(), ..options.clone() });
    let standardize = map.standardize.as_ref().map(|by| standardize(&tensors, by)).transpose()?;
    let epsilon = options.epsilon.unwrap_or(TORCH_EPSILON);
    let (mut layers, folded) = fold(modules::read(&tensors, map, epsilon)?, map)?;
    if layers.len() > MOST_LAYERS {
        return Err(format!("has {} dense layers; the engine takes at most {MOST_LAYERS}", layers.len()));
    }
    are_there(&layers, map)?;
    in_order(&mut layers, map);
    let (roles, sides) = (roles(&layers, map), sides(&layers, map));
    let ends = ends(&layers, &roles)?;
    let way = arrange(&layers, ends, &sides)?;
    let mut net = Assembly { layers, roles, sides, options }.net(&way, ends)?;
    (net.standardize, net.scale, net.folded) = (standardize, scale, folded);
    if let Some(said) = said {
        net.is_probability = said.likelihood == LikelihoodKind::Bernoulli;
        match &mut net.standardize {
            Some(standardize) => standardize.clip = said.clip,
            None if said.clip.is_some() => {
                return Err(format!("limits features, and has no `{LOC}`; write it again"));
            }
            None => {}
        }
    }
    Ok(net)
}

/// Without what every name begins with: `module.` of DataParallel, `_orig_mod.` of torch.compile.
fn strip(tensors: &mut Tensors<'_>) {
    for prefix in ["module.", "_orig_mod.", "module."] {
        if tensors.iter().all(|(name, _)| name.starts_with(prefix)) {
            tensors.iter_mut().for_each(|(name, _)| drop(name.drain(..prefix.len())));
        }
    }
}

fn standardize(tensors: &Tensors<'_>, by: &StandardizeBy) -> Result<Standardize, String> {
    Ok(Standardize { loc: floats(tensors, &by.loc)?, scale: floats(tensors, &by.scale)?, clip: None })
}

fn floats(tensors: &Tensors<'_>, name: &str) -> Result<Vec<f64>, String> {
    let found = tensors.iter().find(|(of, _)| of == name);
    let missing = || no(name, "array", tensors.iter().map(|(name, _)| name.as_str()));
    found.ok_or_else(missing)?.1.floats(name)
}

/// Every layer that the map names.
fn are_there(layers: &[Dense], map: &Map) -> Result<(), String> {
    let known = || layers.iter().map(|layer| layer.name.as_str());
    match map.layers().find(|name| !known().any(|known| known == **name)) {
        Some(name) => Err(no(name, "layer", known())),
        None => Ok(()),
    }
}

/// Those that the map lists as it lists them, the decoder's last.
fn in_order(layers: &mut [Dense], map: &Map) {
    let place = |names: &[String], layer: &Dense| names.iter().position(|name| *name == layer.name);
    layers.sort_by_key(|layer| match (place(&map.encoder, layer), place(&map.decoder, layer)) {
        (Some(at), _) => (0, at),
        (None, None) => (1, 0),
        (None, Some(at)) => (2, at),
    });
}

fn roles(layers: &[Dense], map: &Map) -> Vec<Role> {
    let said = [
        (&map.mean, Role::Mean),
        (&map.log_variance, Role::LogVariance),
        (&map.log_scale, Role::LogScale),
        (&map.output, Role::Plain),
        (&map.output_log_variance, Role::LogVariance),
        (&map.output_log_scale, Role::LogScale),
        (&map.latent, Role::Plain),
    ];
    let has_spread = map.output_log_variance.is_some() || map.output_log_scale.is_some();
    let of = |layer: &Dense| {
        let hidden = map.encoder.iter().chain(&map.decoder);
        let listed = hidden.clone().any(|name| *name == layer.name).then_some(Role::Plain);
        let named = said.iter().find(|(name, _)| name.as_ref() == Some(&layer.name));
        let named = named.map(|(name, role)| match has_spread && *name == &map.output {
            true => Role::Mean,
            false => *role,
        });
        listed.or(named).unwrap_or_else(|| role(&layer.name))
    };
    layers.iter().map(of).collect()
}

fn sides(layers: &[Dense], map: &Map) -> Vec<Option<Side>> {
    let has = |names: &[String], layer: &Dense| names.contains(&layer.name);
    let is = |name: &Option<String>, layer: &Dense| name.as_ref() == Some(&layer.name);
    let of = |layer: &Dense| match layer {
        _ if has(&map.encoder, layer) || is(&map.latent, layer) => Some(Side::Encoder),
        _ if has(&map.decoder, layer) || is(&map.output, layer) => Some(Side::Decoder),
        _ => side(&layer.name),
    };
    layers.iter().map(of).collect()
}

/// Layers, of which the way is known by now.
struct Assembly<'o> {
    layers: Vec<Dense>,
    roles: Vec<Role>,
    sides: Vec<Option<Side>>,
    options: &'o Options,
}

impl Assembly<'_> {
    fn net(mut self, way: &Arranged, ends: Ends) -> Result<Net, String> {
        self.fold_forward(way, ends)?;
        let (mut encoder, mut decoder) = (way.encoder.clone(), way.decoder.clone());
        if ends.heads.is_none() && !way.is_joint {
            decoder = encoder.split_off(self.behind_latent(&encoder));
        }
        let latent = match (ends.heads, encoder.last()) {
            (Some(pair), _) => Latent::Gaussian(self.pair(pair)),
            (None, Some(&last)) if way.is_joint => {
                encoder.pop();
                Latent::Gaussian(self.halves(last))
            }
            (None, last) => {
                let last = *last.ok_or("there is no layer before the latent")?;
                encoder.pop();
                Latent::Point(self.latent(last, decoder.first().copied())?)
            }
        };
        let outputs = match ends.outputs {
            Some(pair) => self.pair(pair).to_vec(),
            None => {
                let last = decoder.pop().ok_or("one layer alone has no latent; at least two are needed")?;
                vec![self.layer(last, Activation::Identity)]
            }
        };
        let hidden = |ats: Vec<usize>| ats.into_iter().map(|at| self.layer(at, self.follows(at))).collect();
        let (encoder, decoder) = (hidden(encoder), hidden(decoder));
        Ok(Net {
            standardize: None,
            encoder,
            latent,
            decoder,
            outputs,
            is_probability: false,
            are_raw: false,
            scale: None,
            folded: 0,
        })
    }

    /// How many layers stand before and at the latent: those of the encoder by name, or to the narrowest.
    fn behind_latent(&self, chain: &[usize]) -> usize {
        let last = chain.iter().rposition(|at| self.sides[*at] == Some(Side::Encoder));
        let decoder = chain.iter().position(|at| self.sides[*at] == Some(Side::Decoder));
        let width = |i: &usize| self.layers[chain[*i]].affine.outputs();
        let narrowest = (0..chain.len().saturating_sub(1)).min_by_key(width).map(|i| i + 1);
        last.map(|i| i + 1).or(decoder).or(narrowest).unwrap_or(0)
    }

    /// Norms behind an activation go into what reads it.
    fn fold_forward(&mut self, way: &Arranged, ends: Ends) -> Result<(), String> {
        let chains = [(&way.encoder, ends.heads), (&way.decoder, ends.outputs)];
        for (chain, ends) in chains {
            for (i, &at) in chain.iter().enumerate() {
                let Some(norm) = self.layers[at].behind.take() else { continue };
                let next = chain.get(i + 1).map(|next| vec![*next]);
                let readers = next.or(ends.map(|pair| pair.to_vec())).unwrap_or_default();
                if readers.is_empty() {
                    return Err(nobody_reads(&self.layers[at].name));
                }
                for reader in readers {
                    self.layers[reader].after(&norm.0, &norm.1)?;
                }
            }
        }
        match self.layers.iter().find(|layer| layer.behind.is_some()) {
            Some(last) => Err(nobody_reads(&last.name)),
            None => Ok(()),
        }
    }

    fn layer(&self, at: usize, activation: Activation) -> Layer {
        let Dense { label, affine, .. } = &self.layers[at];
        Layer { name: label.clone(), affine: affine.clone(), activation }
    }

    /// What follows a hidden layer: what the map says; nothing where the list shows it; else `--activation`.
    fn follows(&self, at: usize) -> Activation {
        let layer = &self.layers[at];
        let said = self.options.map.activations.get(&layer.name).map(|spelled| **spelled);
        said.unwrap_or(match layer.next {
            Next::Layer => Activation::Identity,
            Next::Unsaid | Next::Other => self.options.activation.unwrap_or(ACTIVATION),
        })
    }

    /// An activation follows it where the map says so, or where its list goes on behind something.
    fn latent(&self, at: usize, next: Option<usize>) -> Result<Layer, String> {
        let layer = &self.layers[at];
        let goes_on = next.is_some_and(|next| are_of_one_list(&layer.name, &self.layers[next].name));
        let is_said = self.options.map.activations.contains_key(&layer.name);
        let follows = match layer.next {
            _ if is_said => self.follows(at),
            _ if !goes_on || self.sides[at].is_some() => Activation::Identity,
            Next::Unsaid => {
                return Err(format!(
                    "the list of layers does not say what follows the latent's; say activations = {{ \
                     \"{}\" = \"identity\" }} in --map, or the activation's name",
                    shown(&layer.name)
                ));
            }
            Next::Layer | Next::Other => self.follows(at),
        };
        Ok(self.layer(at, follows))
    }

    /// Mean and log scale.
    fn pair(&self, [mean, spread]: [usize; 2]) -> [Layer; 2] {
        let mut log_scale = self.layer(spread, Activation::Identity);
        if self.roles[spread] != Role::LogScale {
            log_scale.affine = log_scale.affine.times(0.5);
        }
        [self.layer(mean, Activation::Identity), log_scale]
    }

    /// Those of a layer that gives means and then logarithms of variances.
    fn halves(&self, at: usize) -> [Layer; 2] {
        let Dense { label: name, affine, .. } = &self.layers[at];
        let half = affine.outputs() / 2;
        let part = |what: &str, affine: Affine| Layer {
            name: format!("{name} ({what})"),
            affine,
            activation: Activation::Identity,
        };
        [
            part("first half", affine.rows(0..half)),
            part("second half", affine.rows(half..2 * half).times(0.5)),
        ]
    }
}

fn nobody_reads(layer: &str) -> String {
    format!("a batch norm follows the activation of `{}`, and no layer behind takes it up", shown(layer))
}
