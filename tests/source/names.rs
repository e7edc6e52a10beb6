//! The paths that a file names, read from its tokens.

use crate::imports::Module;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path that a module names, as it is written.
#[derive(Debug, PartialEq)]
pub(crate) struct Name {
    /// the module that names it
    pub(crate) from: Module,
    /// its words
    pub(crate) path: Vec<String>,
    /// what a `use` calls it: the last word, unless `as` says otherwise; empty outside of a `use`
    pub(crate) called: String,
}

/// Finds the paths in some tokens; what is for tests alone is left out.
pub(crate) fn scan(tokens: TokenStream, module: &Module, names: &mut Vec<Name>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let (mut i, mut for_tests) = (0, false);
    while i < tokens.len() {
        match &tokens[i] {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                i += 1 + usize::from(is(tokens.get(i + 1), "!"));
                let attribute = tokens.get(i).map(|token| token.to_string().replace(' ', ""));
                for_tests |= attribute.is_some_and(|text| text == "[cfg(test)]");
            }
            TokenTree::Ident(word) if for_tests && word != "pub" => {
                let ends = |token: &TokenTree| is(Some(token), ";") || is_block(token);
                i += tokens[i..].iter().position(ends).unwrap_or(tokens.len());
                for_tests = false;
            }
            TokenTree::Ident(word) if word == "use" => {
                let end = i + tokens[i..].iter().position(|token| is(Some(token), ";")).unwrap_or(0);
                tree(&tokens[i + 1..end], &[], &mut |path, called| {
                    names.push(Name { from: module.clone(), path, called });
                });
                i = end;
            }
            TokenTree::Ident(word) if word == "mod" && tokens.get(i + 2).is_some_and(is_block) => {
                let inner = [module.as_slice(), &[tokens[i + 1].to_string()]].concat();
                let TokenTree::Group(group) = &tokens[i + 2] else { unreachable!("a block is a group") };
                scan(group.stream(), &inner, names);
                i += 2;
            }
            TokenTree::Ident(_) if are_colons(&tokens, i + 1) => {
                let path = path_at(&tokens, &mut i);
                names.push(Name { from: module.clone(), path, called: String::new() });
            }
            TokenTree::Group(group) => scan(group.stream(), module, names),
            _ => {}
        }
        i += 1;
    }
}

/// The words of a path from token `i` on, which then is its last word.
fn path_at(tokens: &[TokenTree], i: &mut usize) -> Vec<String> {
    let mut path = vec![tokens[*i].to_string()];
    while are_colons(tokens, *i + 1) {
        let Some(TokenTree::Ident(word)) = tokens.get(*i + 3) else { break };
        path.push(word.to_string());
        *i += 3;
    }
    path
}

/// Takes `a::{b, c as d, e::*}` apart.
fn tree(tokens: &[TokenTree], before: &[String], found: &mut dyn FnMut(Vec<String>, String)) {
    for tokens in tokens.split(|token| is(Some(token), ",")) {
        let mut path = before.to_vec();
        let mut called = None;
        for token in tokens {
            match token {
                TokenTree::Ident(word) if word == "as" => called = Some(String::new()),
                TokenTree::Ident(word) if called.is_some() => called = Some(word.to_string()),
                TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    tree(&inner, &path, found);
                    path.clear();
                }
                _ => {}
            }
        }
        if path.len() > before.len() || tokens.iter().any(|token| is(Some(token), "self")) {
            let last = path.last().cloned().unwrap_or_default();
            found(path, called.unwrap_or(last));
        }
    }
}

/// Whether `::` stands there.
fn are_colons(tokens: &[TokenTree], i: usize) -> bool {
    is(tokens.get(i), ":") && is(tokens.get(i + 1), ":")
}

fn is(token: Option<&TokenTree>, text: &str) -> bool {
    token.is_some_and(|token| !matches!(token, TokenTree::Group(_)) && token.to_string() == text)
}

fn is_block(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

#[test]
fn names_are_found() {
    let source = "
        //! use doc::comment;
        #![no_std]
        pub(crate) use a::{b, c::{self, d as e}, f::*};
        #[cfg(test)]
        mod tests { use not::this; }
        #[inline]
        fn f(x: g::H) -> &'static str { crate::i::<u8>::j(); macro_of!($crate::k); \"l::m\" }
        mod n { use super::o; }
    ";
    let mut names = Vec::new();
    scan(source.parse().unwrap(), &vec!["here".to_owned()], &mut names);
    let found: Vec<String> = names
        .iter()
        .map(|name| format!("{}: {} = {}", name.from.join("::"), name.path.join("::"), name.called))
        .collect();
    let expected = [
        "here: a::b = b",
        "here: a::c = c",
        "here: a::c::d = e",
        "here: a::f = f",
        "here: g::H = ",
        "here: crate::i = ",
        "here: crate::k = ",
        "here::n: super::o = o",
    ];
    assert_eq!(found, expected);
}
