//! Which file of a crate imports from which, read from its tokens.

use crate::names::{Name, scan};
use crate::rust_files;
use proc_macro2::TokenStream;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// `["codec", "rans"]` is `crate::codec::rans`.
pub(crate) type Module = Vec<String>;

/// The files of a crate.
#[derive(Default)]
pub(crate) struct Crate {
    files: BTreeSet<Module>,
    names: BTreeMap<Module, Vec<Name>>,
}

impl Crate {
    /// Reads all files of a folder `src`.
    pub(crate) fn read(src: &Path) -> Crate {
        let mut result = Crate::default();
        let files = rust_files(src).into_iter().map(|path| (module_of(&path, src), path));
        let files: Vec<_> = files.filter(|(module, _)| !module.iter().any(|word| word == "tests")).collect();
        result.files.extend(files.iter().map(|(module, _)| module.clone()));
        for (module, path) in files {
            let text = fs::read_to_string(&path).expect("a source file is text");
            let tokens: TokenStream =
                text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let mut names = Vec::new();
            scan(tokens, &module, &mut names);
            result.names.insert(module, names);
        }
        result
    }

    /// Every import from another file: who, from whom. A module's own parts below it are left out: it is
    /// there to show them.
    pub(crate) fn imports(&self) -> BTreeSet<(Module, Module)> {
        let mut imports = BTreeSet::new();
        for (file, names) in &self.names {
            for name in names {
                let Some(found) = self.find(&name.from, &name.path, 0) else { continue };
                if !found.starts_with(file) || file.is_empty() {
                    imports.insert((file.clone(), found));
                }
            }
        }
        imports
    }

    /// The file in which a path ends that `from` names; `None` outside of the crate.
    fn find(&self, from: &Module, path: &[String], depth: usize) -> Option<Module> {
        let first = path.first()?;
        let (mut at, mut rest) = match first.as_str() {
            "crate" => (Module::new(), &path[1..]),
            "self" => (from.clone(), &path[1..]),
            "super" => (from.clone(), path),
            _ if self.files.contains(&below(from, first)) => (from.clone(), path),
            // a word that the module has from elsewhere, or another crate
            _ => {
                let name = self.called(from, first).filter(|name| name.path[0] != *first && depth < 9)?;
                return self.find(from, &[&name.path, &path[1..]].concat(), depth + 1);
            }
        };
        while let Some(word) = rest.first() {
            if word == "super" {
                at.pop();
            } else if self.files.contains(&below(&at, word)) {
                at.push(word.clone());
            } else if let Some(name) = self.called(&at, word).filter(|_| depth < 9) {
                let through = [&name.path, &rest[1..]].concat();
                return self.find(&at, &through, depth + 1).or(Some(self.file_of(at)));
            } else {
                break;
            }
            rest = &rest[1..];
        }
        Some(self.file_of(at))
    }

    /// What a module calls so because of a `use`.
    fn called(&self, module: &Module, word: &str) -> Option<&Name> {
        let mut names = self.names.get(&self.file_of(module.clone()))?.iter();
        names.find(|name| name.from == *module && name.called == word)
    }

    /// The file that holds a module.
    fn file_of(&self, mut module: Module) -> Module {
        while !self.files.contains(&module) {
            module.pop();
        }
        module
    }
}

fn below(module: &Module, word: &str) -> Module {
    [module.as_slice(), &[word.to_owned()]].concat()
}

fn module_of(path: &Path, src: &Path) -> Module {
    let path = path.strip_prefix(src).expect("below src").with_extension("");
    let words = path.iter().map(|word| word.to_str().expect("text").to_owned());
    words.filter(|word| !matches!(word.as_str(), "lib" | "mod")).collect()
}
