//! Which layer a batch norm belongs to.

use super::affine::{Affine, Norm};
use super::counted::{List, Next};
use super::map::Map;
use super::modules::Module;
use super::order::{by_number, trailing};
use super::roles::side;
use super::tensors::{nearest, shown};

/// A dense layer with the batch norms around it.
#[derive(Clone, Debug)]
pub(super) struct Dense {
    pub(super) name: String,
    /// its name and those of the norms that are in it, in the order in which a frame meets them
    pub(super) label: String,
    /// the norms beside it are in it
    pub(super) affine: Affine,
    /// what follows its activation, to go into the layers that read it, with its name
    pub(super) behind: Option<(String, Norm)>,
    pub(super) next: Next,
}

/// Where a norm stands.
enum Place {
    /// between the layer of this index and its activation
    Then(usize),
    /// behind its activation
    Behind(usize),
    /// before the layer
    Before(usize),
}

/// The dense layers in their order, and how many norms are folded.
pub(super) fn fold(modules: Vec<Module>, map: &Map) -> Result<(Vec<Dense>, usize), String> {
    let list = List::of(&modules);
    let (mut layers, mut norms) = (Vec::new(), Vec::new());
    for module in modules {
        match module {
            Module::Linear(name, affine) => {
                let (label, next) = (name.clone(), list.next(&name));
                layers.push(Dense { name, label, affine, behind: None, next });
            }
            Module::Norm(name, norm) => norms.push((name, norm)),
        }
    }
    is_said_of_norms(&norms, map)?;
    norms.sort_by(|(a, _), (b, _)| by_number(a, b));
    let folded = norms.len();
    let mut before = Vec::new();
    for (name, norm) in norms {
        match place(&name, &norm, &layers, &list, map)? {
            Place::Then(at) => {
                layers[at].affine.then(&norm).map_err(of_norm(&name))?;
                layers[at].label = format!("{} + {name}", layers[at].label);
            }
            Place::Behind(at) => {
                let joined = match layers[at].behind.take() {
                    Some((first, by)) => {
                        (format!("{first} + {name}"), by.then(&norm).map_err(of_norm(&name))?)
                    }
                    None => (name, norm),
                };
                layers[at].behind = Some(joined);
            }
            Place::Before(at) => before.push((at, name, norm)),
        }
    }
    // the last one is the nearest to its layer
    for (at, name, norm) in before.iter().rev() {
        layers[*at].after(name, norm)?;
    }
    Ok((layers, folded))
}

impl Dense {
    /// Takes up a norm of what it reads.
    pub(super) fn after(&mut self, name: &str, norm: &Norm) -> Result<(), String> {
        self.affine.after(norm).map_err(of_norm(name))?;
        self.label = format!("{name} + {}", self.label);
        Ok(())
    }
}

fn of_norm(name: &str) -> impl Fn(String) -> String {
    move |problem| format!("`{}`: {problem}", shown(name))
}

/// Norms that the map names are there.
fn is_said_of_norms(norms: &[(String, Norm)], map: &Map) -> Result<(), String> {
    let known = || norms.iter().map(|(name, _)| name.as_str());
    match map.batch_norms().find(|name| !known().any(|known| known == **name)) {
        Some(name) => Err(no(name, "batch norm", known())),
        None => Ok(()),
    }
}

/// What the map names and is not there.
pub(super) fn no<'a>(name: &str, what: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near =
        nearest(name, known).map_or(String::new(), |near| format!("; the nearest is `{}`", shown(near)));
    format!("--map names `{}`, and there is no such {what}{near}", shown(name))
}

fn place(name: &str, norm: &Norm, layers: &[Dense], list: &List, map: &Map) -> Result<Place, String> {
    let found = |of: &str| layers.iter().position(|layer| layer.name == of);
    let is_behind = map.after_activation.iter().any(|behind| behind == name);
    let follows = |at| if is_behind { Place::Behind(at) } else { Place::Then(at) };
    if let Some(at) = map.norms.get(name).and_then(|of| found(of)) {
        return Ok(follows(at));
    }
    if let Some(at) = map.before.get(name).and_then(|of| found(of)) {
        return Ok(Place::Before(at));
    }
    let nearest = |side: Option<(&str, usize)>| side.and_then(|(layer, gap)| Some((found(layer)?, gap)));
    match (nearest(list.nearest(name, -1)), nearest(list.nearest(name, 1))) {
        (Some((at, 0)), _) => Ok(follows(at)),
        (Some((at, _)), _) if is_behind => Ok(Place::Behind(at)),
        (_, Some((at, 0))) => Ok(Place::Before(at)),
        // an activation and a dropout
        (Some((at, 2)), _) => Ok(Place::Behind(at)),
        (Some((at, _)), _) => Err(beside_activation(name, &layers[at].name)),
        (None, Some((at, _))) => Err(before_activation(name, &layers[at].name)),
        (None, None) => by_name(name, norm, layers).map(follows),
    }
}

fn beside_activation(norm: &str, layer: &str) -> String {
    let (norm, layer) = (shown(norm), shown(layer));
    format!(
        "the batch norm `{norm}` may stand on either side of the activation of `{layer}`; say norms = {{ \
         \"{norm}\" = \"{layer}\" }} in --map where it is before, after_activation = [\"{norm}\"] where \
         it is behind"
    )
}

fn before_activation(norm: &str, layer: &str) -> String {
    let (norm, layer) = (shown(norm), shown(layer));
    format!(
        "something stands between the batch norm `{norm}` and `{layer}`: the engine has no activation there; \
         where it is a dropout say before = {{ \"{norm}\" = \"{layer}\" }} in --map"
    )
}

/// `bn1` follows `fc1`: the same number, in the same part and on the same side, as many outputs; or the only
/// layer of that width.
fn by_name(name: &str, norm: &Norm, layers: &[Dense]) -> Result<usize, String> {
    let parent = |name: &str| name.rsplit_once('.').map_or(String::new(), |(parent, _)| parent.to_owned());
    let fits = |at: &usize| {
        let layer = &layers[*at];
        let is_near = parent(&layer.name) == parent(name) && side(&layer.name) == side(name);
        is_near && layer.affine.outputs() == norm.width()
    };
    let fitting: Vec<usize> = (0..layers.len()).filter(fits).collect();
    let same: Vec<usize> = fitting
        .iter()
        .copied()
        .filter(|at| trailing(name).is_some() && trailing(&layers[*at].name) == trailing(name))
        .collect();
    match (&same[..], &fitting[..]) {
        ([at], _) | ([], [at]) => Ok(*at),
        _ => Err(format!(
            "the batch norm `{0}` ({1} numbers) may follow {2}; say norms = {{ \"{0}\" = \"…\" }} in --map",
            shown(name),
            norm.width(),
            match &fitting[..] {
                [] => "no layer of that width".to_owned(),
                several => names(several.iter().map(|at| layers[*at].name.as_str())),
            }
        )),
    }
}

/// Some names, for people.
pub(super) fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let mut names = names.into_iter();
    let mut told: Vec<String> = names.by_ref().take(MOST).map(|name| format!("`{}`", shown(name))).collect();
    if names.next().is_some() {
        told.push("…".into());
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn affine(name: &str) -> Module {
        Module::Linear(name.into(), Affine { weights: vec![3.0], bias: vec![0.5], inputs: 1 })
    }

    fn norm(name: &str, scale: f64) -> Module {
        let norm = Norm { scale: vec![scale], mean: vec![0.25], beta: vec![1.0] };
        Module::Norm(name.into(), norm)
    }

    fn by(scale: f64, x: f64) -> f64 {
        scale * (x - 0.25) + 1.0
    }

    fn of(layer: &Dense, x: f64) -> f64 {
        layer.affine.weights[0] * x + layer.affine.bias[0]
    }

    /// Two norms in a row are two, before their layer, behind it, and behind its activation.
    #[test]
    fn norms_in_a_row_are_joined() {
        let map = Map::default();
        let fold = |modules: Vec<Module>| fold(modules, &map).unwrap().0.remove(0);
        let [first, then] = [2.0, 5.0];
        let layer = fold(vec![affine("e.0"), norm("e.1", first), norm("e.2", then)]);
        assert_eq!(of(&layer, 2.0), by(then, by(first, 6.5)));
        assert_eq!(layer.label, "e.0 + e.1 + e.2");
        let layer = fold(vec![norm("e.0", first), norm("e.1", then), affine("e.2")]);
        assert_eq!(of(&layer, 2.0), 3.0 * by(then, by(first, 2.0)) + 0.5);
        assert_eq!(layer.label, "e.0 + e.1 + e.2");
        let layer = fold(vec![affine("e.0"), norm("e.3", first), norm("e.4", then)]);
        let (name, joined) = layer.behind.unwrap();
        let given = joined.scale[0] * (2.0 - joined.mean[0]) + joined.beta[0];
        assert!((given - by(then, by(first, 2.0))).abs() < 1e-12 && name == "e.3 + e.4", "{given} {name}");
    }

    /// What stands in a gap is an activation or a dropout.
    #[test]
    fn a_gap_is_asked_about() {
        for modules in [vec![affine("e.0"), norm("e.2", 2.0)], vec![norm("0", 2.0), affine("2")]] {
            let problem = fold(modules, &Map::default()).unwrap_err();
            assert!(problem.contains("--map"), "{problem}");
        }
        let behind = Map { after_activation: vec!["e.2".into()], ..Map::default() };
        assert!(fold(vec![affine("e.0"), norm("e.2", 2.0)], &behind).unwrap().0[0].behind.is_some());
        let before = Map { before: [("0".into(), "2".into())].into(), ..Map::default() };
        let (layers, _) = fold(vec![norm("0", 2.0), affine("2")], &before).unwrap();
        assert_eq!(of(&layers[0], 2.0), 3.0 * by(2.0, 2.0) + 0.5);
    }
}
