//! The order of dense layers of which only names and shapes are known: the way on which each is gone through
//! once, from a frame to the latent and from there to a frame.

use super::norms::{Dense, names};
use super::roles::{Role, Side, side};

/// Tries of a search: enough for the layers of any model that the engine takes.
const MOST_TRIES: usize = 20_000;
/// More ways than that are too many to choose from.
const MOST_WAYS: usize = 64;

/// Layers by their index, in the order in which they are gone through.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Arranged {
    pub(super) encoder: Vec<usize>,
    pub(super) decoder: Vec<usize>,
    /// whether the encoder's last layer gives means and logarithms of variances side by side
    pub(super) is_joint: bool,
}

/// What is known of the ends: layers that are in no chain, two of them side by side.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ends {
    /// mean and spread of the posterior
    pub(super) heads: Option<[usize; 2]>,
    /// mean and spread of a frame
    pub(super) outputs: Option<[usize; 2]>,
}

/// The heads that the names tell.
pub(super) fn ends(layers: &[Dense], roles: &[Role]) -> Result<Ends, String> {
    let of = |wanted: &[Role]| -> Vec<usize> {
        (0..layers.len()).filter(|at| wanted.contains(&roles[*at])).collect()
    };
    let (means, mut spreads) = (of(&[Role::Mean]), of(&[Role::LogVariance, Role::LogScale]));
    let unclear = of(&[Role::Spread]);
    if let Some(&at) = unclear.first() {
        return Err(format!(
            "`{0}` may give a variance, a standard deviation, or the logarithm of one; say log_variance = \
             \"{0}\" or log_scale = \"{0}\" in --map where it is that",
            layers[at].name
        ));
    }
    let mut pairs = Vec::new();
    for &mean in &means {
        let fits = |spread: &&usize| {
            let [mean, spread] = [mean, **spread].map(|at| &layers[at]);
            let shape = |layer: &Dense| (layer.affine.inputs, layer.affine.outputs());
            shape(mean) == shape(spread) && side(&mean.name) == side(&spread.name)
        };
        let fitting = spreads.iter().position(|spread| fits(&spread));
        let Some(spread) = fitting else { return Err(unpaired(&layers[mean].name, "a log variance")) };
        pairs.push([mean, spreads.remove(spread)]);
    }
    if let Some(&spread) = spreads.first() {
        return Err(unpaired(&layers[spread].name, "a mean"));
    }
    if pairs.is_empty() {
        pairs.extend(twins(layers));
    }
    match pairs[..] {
        [] => Ok(Ends::default()),
        [heads] => Ok(Ends { heads: Some(heads), outputs: None }),
        [one, other] => {
            let decodes = |pair: [usize; 2]| side(&layers[pair[0]].name) == Some(Side::Decoder);
            let is_swapped = decodes(one) || (!decodes(other) && width(layers, one) > width(layers, other));
            let [heads, outputs] = if is_swapped { [other, one] } else { [one, other] };
            Ok(Ends { heads: Some(heads), outputs: Some(outputs) })
        }
        _ => Err(format!(
            "there are {} pairs of means and log variances, and a VAE has one of the latent and at most one \
             of the frame; name the others in ignore of --map",
            pairs.len()
        )),
    }
}

fn width(layers: &[Dense], pair: [usize; 2]) -> usize {
    layers[pair[0]].affine.outputs()
}

fn unpaired(name: &str, what: &str) -> String {
    format!(
        "`{name}` has {what} of its shape nowhere beside it; name both in --map (mean, log_variance), or the \
         only one as latent"
    )
}

/// `fc21` and `fc22` of PyTorch's example: two layers of one shape, numbered n1 and n2, where no layer takes
/// what the other gives.
fn twins(layers: &[Dense]) -> Option<[usize; 2]> {
    let of = |name: &str| {
        Some((name.strip_suffix('1')?.to_owned(), name.len()))
            .filter(|(stem, _)| stem.ends_with(|c: char| c.is_ascii_digit()))
    };
    let twin = |at: usize| {
        let (stem, _) = of(&layers[at].name)?;
        let other = layers.iter().position(|layer| layer.name == format!("{stem}2"))?;
        let shape = |at: usize| (layers[at].affine.inputs, layers[at].affine.outputs());
        (shape(at) == shape(other) && shape(at).0 != shape(at).1).then_some([at, other])
    };
    (0..layers.len()).find_map(twin)
}

/// The only way, or that of the given order, on which each layer is gone through once.
pub(super) fn arrange(layers: &[Dense], ends: Ends, sides: &[Option<Side>]) -> Result<Arranged, String> {
    let is_end =
        |at: &usize| [ends.heads, ends.outputs].into_iter().flatten().flatten().any(|end| end == *at);
    let left: Vec<usize> = (0..layers.len()).filter(|at| !is_end(at)).collect();
    let jumps: &[Jump] = match ends.heads {
        Some(_) => &[Jump::Heads],
        None => &[Jump::Nowhere, Jump::Half],
    };
    for jump in jumps {
        let mut search =
            Search { layers, ends, sides, jump: *jump, found: Vec::new(), tries: 0, features: None };
        search.go(None, Arranged::default(), &left, false);
        let shapes = |way: &Arranged| -> Vec<_> {
            let all = way.encoder.iter().chain(&way.decoder);
            all.map(|at| (layers[*at].affine.inputs, layers[*at].affine.outputs())).collect()
        };
        let is_given = |way: &&Arranged| {
            let order: Vec<usize> = way.encoder.iter().chain(&way.decoder).copied().collect();
            order.is_sorted() && (!way.encoder.is_empty() || search.found.len() == 1)
        };
        if let Some(way) = search.found.iter().find(is_given) {
            return Ok(way.clone());
        }
        let [first, others @ ..] = &search.found[..] else { continue };
        if others.iter().all(|other| shapes(other) == shapes(first)) {
            return Ok(first.clone());
        }
        return Err(format!(
            "the layers join in several ways: {}; list those of encoder and decoder in --map",
            list(layers)
        ));
    }
    Err(format!(
        "the layers {} do not join to an encoder that takes a frame and a decoder that gives one; say what \
         each is in --map",
        list(layers)
    ))
}

fn list(layers: &[Dense]) -> String {
    let shown: Vec<String> =
        layers.iter().map(|layer| format!("{} {}", layer.name, layer.affine.shape())).collect();
    names(shown.iter().map(String::as_str))
}

/// What stands between encoder and decoder.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Jump {
    /// nothing that changes the width
    Nowhere,
    /// the heads
    Heads,
    /// the half of what the last layer gives
    Half,
}

struct Search<'l> {
    layers: &'l [Dense],
    ends: Ends,
    sides: &'l [Option<Side>],
    jump: Jump,
    found: Vec<Arranged>,
    tries: usize,
    features: Option<usize>,
}

impl Search<'_> {
    /// Goes on from a vector of that width; `decodes` behind the jump.
    fn go(&mut self, width: Option<usize>, way: Arranged, left: &[usize], decodes: bool) {
        self.tries += 1;
        if self.tries > MOST_TRIES || self.found.len() >= MOST_WAYS {
            return;
        }
        let has_sides = match self.jump {
            Jump::Nowhere => true,
            _ => decodes && (self.ends.outputs.is_some() || !way.decoder.is_empty()),
        };
        if left.is_empty() && has_sides && self.ends_with_a_frame(width) {
            self.found.push(way.clone());
        }
        if !decodes && self.jump != Jump::Nowhere {
            self.leap(width, &way, left);
        }
        for (i, &at) in left.iter().enumerate() {
            let affine = &self.layers[at].affine;
            if width.is_some_and(|width| width != affine.inputs) || !self.may(at, &way, decodes) {
                continue;
            }
            let mut longer = way.clone();
            let on = if decodes { &mut longer.decoder } else { &mut longer.encoder };
            on.push(at);
            if width.is_none() {
                self.features = Some(affine.inputs);
            }
            let rest = [&left[..i], &left[i + 1..]].concat();
            self.go(Some(affine.outputs()), longer, &rest, decodes);
        }
    }

    /// Over the latent.
    fn leap(&mut self, width: Option<usize>, way: &Arranged, left: &[usize]) {
        let behind = match (self.jump, self.ends.heads) {
            (Jump::Heads, Some([mean, _])) => {
                let affine = &self.layers[mean].affine;
                if width.is_none() {
                    self.features = Some(affine.inputs);
                }
                width.is_none_or(|width| width == affine.inputs).then(|| affine.outputs())
            }
            (Jump::Half, _) => width.filter(|width| width.is_multiple_of(2)).map(|width| width / 2),
            _ => None,
        };
        if behind.is_some() {
            let way = Arranged { is_joint: self.jump == Jump::Half, ..way.clone() };
            self.go(behind, way, left, true);
        }
    }

    /// Whether its name lets the layer stand here.
    fn may(&self, at: usize, way: &Arranged, decodes: bool) -> bool {
        let of = |at: &usize| self.sides[*at];
        match self.sides[at] {
            Some(Side::Encoder) if self.jump == Jump::Nowhere => {
                !way.encoder.iter().any(|before| of(before) == Some(Side::Decoder))
            }
            Some(Side::Encoder) => !decodes,
            Some(Side::Decoder) => decodes || self.jump == Jump::Nowhere,
            None => true,
        }
    }

    fn ends_with_a_frame(&self, width: Option<usize>) -> bool {
        let outputs = self.ends.outputs.map(|[mean, _]| &self.layers[mean].affine);
        match outputs {
            Some(affine) => width == Some(affine.inputs) && self.features == Some(affine.outputs()),
            None => width.is_some() && width == self.features,
        }
    }
}
