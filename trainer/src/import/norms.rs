//! Which layer a batch norm belongs to.

use super::affine::{Affine, Norm};
use super::map::Map;
use super::modules::Module;
use super::order::trailing;
use super::roles::side;
use super::tensors::shown;

/// A dense layer with the batch norms around it.
#[derive(Clone, Debug)]
pub(super) struct Dense {
    pub(super) name: String,
    /// those before its activation are in it
    pub(super) affine: Affine,
    /// what follows its activation, to go into the layers that read it
    pub(super) behind: Option<Norm>,
    /// whether the next layer follows at once, in an `nn.Sequential` that counts them
    pub(super) is_bare: bool,
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
    let (mut layers, mut norms) = (Vec::new(), Vec::new());
    for module in modules {
        match module {
            Module::Linear(name, affine) => {
                layers.push(Dense { name, affine, behind: None, is_bare: false });
            }
            Module::Norm(name, norm) => norms.push((name, norm)),
        }
    }
    for at in 0..layers.len() {
        let next = step(&layers[at].name, 1);
        layers[at].is_bare = next.is_some_and(|next| layers.iter().any(|layer| layer.name == next));
    }
    for (name, norm) in &norms {
        let of_layer = |problem| format!("`{}`: {problem}", shown(name));
        match place(name, norm, &layers, map)? {
            Place::Then(at) => {
                layers[at].affine.then(norm).map_err(of_layer)?;
                let next = step(name, 1);
                layers[at].is_bare = next.is_some_and(|next| layers.iter().any(|layer| layer.name == next));
            }
            Place::Behind(at) => layers[at].behind = Some(norm.clone()),
            Place::Before(at) => layers[at].affine.after(norm).map_err(of_layer)?,
        }
    }
    Ok((layers, norms.len()))
}

/// The name of what stands so many places behind in an `nn.Sequential`.
fn step(name: &str, by: i64) -> Option<String> {
    let (parent, index) = name.rsplit_once('.').map_or(("", name), |(parent, index)| (parent, index));
    let index = index.parse::<i64>().ok()?.checked_add(by)?;
    Some(if parent.is_empty() { index.to_string() } else { format!("{parent}.{index}") })
}

fn place(name: &str, norm: &Norm, layers: &[Dense], map: &Map) -> Result<Place, String> {
    let found = |of: &str| layers.iter().position(|layer| layer.name == of);
    let is_behind = map.after_activation.iter().any(|behind| behind == name);
    if let Some(at) = map.norms.get(name).and_then(|of| found(of)) {
        return Ok(if is_behind { Place::Behind(at) } else { Place::Then(at) });
    }
    // counted ones: the layer before it, else the one behind
    let back = (1..=3).find_map(|by| Some((by, found(&step(name, -by)?)?)));
    if let Some((by, at)) = back {
        return Ok(if by == 1 && !is_behind { Place::Then(at) } else { Place::Behind(at) });
    }
    if let Some(at) = (1..=2).find_map(|by| found(&step(name, by)?)) {
        return Ok(Place::Before(at));
    }
    by_name(name, norm, layers).map(|at| if is_behind { Place::Behind(at) } else { Place::Then(at) })
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
