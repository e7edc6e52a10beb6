//! Layers that an `nn.Sequential` or an `nn.ModuleList` counts: what stands beside each. Numbers of which
//! there is no array belong to activations and dropouts.

use std::collections::BTreeMap;

use super::modules::Module;

/// Farther away nothing belongs together.
const FARTHEST: i64 = 4;

/// What follows a layer in a counted list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// the next layer, at once: other numbers of the list are missing, so that it counts activations too
    Layer,
    /// the next layer, in a list of layers alone: an `nn.ModuleList`, which says nothing of activations
    Unsaid,
    /// something without arrays, or the end
    Other,
}

/// The counted layers of a file by their names.
pub(super) struct List {
    /// whether each is dense
    are_dense: BTreeMap<String, bool>,
}

impl List {
    pub(super) fn of(modules: &[Module]) -> List {
        let dense = |module: &Module| match module {
            Module::Linear(name, _) => (name.clone(), true),
            Module::Norm(name, _) => (name.clone(), false),
        };
        List { are_dense: modules.iter().map(dense).collect() }
    }

    /// The nearest dense layer of the list before (−1) or behind (1), and how many between have no arrays.
    pub(super) fn nearest(&self, name: &str, by: i64) -> Option<(&str, usize)> {
        let (parent, index) = counted(name)?;
        let (mut at, mut gap) = (index, 0);
        loop {
            at = at.checked_add(by)?;
            match self.are_dense.get_key_value(&joined(parent, at)) {
                Some((layer, true)) => return Some((layer, gap)),
                Some((_, false)) => {}
                None => gap += 1,
            }
            if at < 0 || gap as i64 > FARTHEST {
                return None;
            }
        }
    }

    /// What follows a dense layer, and the norms right behind it.
    pub(super) fn next(&self, name: &str) -> Next {
        match (self.nearest(name, 1), counted(name)) {
            (Some((_, 0)), Some((parent, _))) if self.is_whole(parent) => Next::Unsaid,
            (Some((_, 0)), _) => Next::Layer,
            _ => Next::Other,
        }
    }

    /// Whether every number of the list has arrays.
    fn is_whole(&self, parent: &str) -> bool {
        let all = self.are_dense.keys().filter_map(|name| counted(name));
        let of: Vec<i64> = all.filter(|(of, _)| *of == parent).map(|(_, index)| index).collect();
        (0..of.len() as i64).all(|index| of.contains(&index))
    }
}

/// The list that a layer is in, and its number there.
fn counted(name: &str) -> Option<(&str, i64)> {
    let (parent, index) = name.rsplit_once('.').unwrap_or(("", name));
    Some((parent, index.parse().ok()?))
}

fn joined(parent: &str, index: i64) -> String {
    if parent.is_empty() { index.to_string() } else { format!("{parent}.{index}") }
}

/// Whether two layers are of one counted list.
pub(super) fn are_of_one_list(a: &str, b: &str) -> bool {
    matches!((counted(a), counted(b)), (Some((a, _)), Some((b, _))) if a == b)
}
