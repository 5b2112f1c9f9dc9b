//! Inside a crate, no file depends on one that depends on it. A module and its submodules are one
//! part: between them, arrows in both directions are fine.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::{self, Source};

/// A module as the names on its path; empty for the root of the crate.
type Module = Vec<String>;

const ROOTS: [&str; 2] = ["lib", "main"];

fn module_of(path: &str) -> Module {
    let (_, inside) = path.rsplit_once("src/").expect("below a src folder");
    let names = inside.trim_end_matches(".rs").split('/');
    let mut module: Module = names.map(str::to_owned).collect();
    module.pop_if(|name| name == "mod");
    if module.len() == 1 && ROOTS.contains(&module[0].as_str()) {
        module.clear();
    }
    module
}

/// Every path that the text names after `crate::` or `super::`, as a module and what is in it.
fn paths(text: &str, module: &[String]) -> Vec<Module> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    let code = lines.collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for (start, outer) in [("crate::", &[][..]), ("super::", module)] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            let is_inner = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':'));
            if !is_inner {
                let mut rest = &code[at..];
                tree(&mut rest, outer.to_vec(), &mut found);
            }
        }
    }
    found
}

/// Reads `name::tree` or `{tree, tree}`.
fn tree(rest: &mut &str, mut path: Module, found: &mut Vec<Module>) {
    *rest = rest.trim_start();
    if let Some(inside) = rest.strip_prefix('{') {
        *rest = inside;
        while !rest.starts_with('}') && !rest.is_empty() {
            tree(rest, path.clone(), found);
            // The comma, or `as name` before it.
            let end = rest.find([',', '}']).unwrap_or(rest.len());
            *rest = rest[end..].trim_start_matches(',').trim_start();
        }
        *rest = rest.strip_prefix('}').unwrap_or(rest);
        return;
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
    *rest = after;
    match name {
        "crate" => path.clear(),
        "super" => drop(path.pop()),
        "self" | "" => {}
        name => path.push(name.to_owned()),
    }
    match after.strip_prefix("::") {
        Some(after) if !name.is_empty() => {
            *rest = after;
            tree(rest, path, found);
        }
        _ => found.push(path),
    }
}

/// The files of a crate that are part of a circle, with what each of them uses there.
fn circles(sources: &[Source]) -> Vec<String> {
    let texts: BTreeMap<Module, &str> = sources
        .iter()
        .map(|source| (module_of(&source.path), source.text.as_str()))
        .filter(|(module, _)| !module.is_empty())
        .collect();
    let file = |path: &Module| {
        let mut module = path.clone();
        while !module.is_empty() && !texts.contains_key(&module) {
            module.pop();
        }
        module
    };
    let mut uses: BTreeMap<&Module, BTreeSet<Module>> = BTreeMap::new();
    for (module, text) in &texts {
        let mut used: BTreeSet<Module> = paths(text, module).iter().map(file).collect();
        used.retain(|other| !other.is_empty());
        used.retain(|other| !other.starts_with(module) && !module.starts_with(other));
        uses.insert(module, used);
    }
    // What uses no file that is left, or is used by none, is in no circle.
    loop {
        let left: BTreeSet<Module> = uses.keys().map(|module| (*module).clone()).collect();
        let used: BTreeSet<Module> = uses.values().flatten().cloned().collect();
        uses.retain(|module, others| {
            others.retain(|other| left.contains(other));
            !others.is_empty() && used.contains(*module)
        });
        if uses.len() == left.len() {
            break;
        }
    }
    let name = |module: &Module| module.join("::");
    uses.iter()
        .map(|(module, others)| {
            let others: Vec<String> = others.iter().map(name).collect();
            format!("{} uses {}", name(module), others.join(", "))
        })
        .collect()
}

#[test]
fn no_files_of_a_crate_depend_on_each_other() {
    let mut crates: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    let sources = ["src", "crates"].map(|place| files::below(place, &["rs"]));
    for source in sources.into_iter().flatten() {
        let folder = source.path.split_once("src/");
        if let Some((name, _)) = folder.filter(|(name, _)| !name.contains("/tests/")) {
            crates.entry(name.to_owned()).or_default().push(source);
        }
    }
    assert_eq!(crates.len(), 6, "the extension and the crates");
    let found: Vec<String> = crates
        .values()
        .flat_map(|sources| circles(sources))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn planted(path: &str, text: &str) -> Source {
    Source {
        path: format!("crates/planted/src/{path}"),
        text: text.into(),
    }
}

#[test]
fn a_planted_circle_is_found() {
    let found = circles(&[
        planted("lib.rs", "pub use a::A; mod a;"),
        planted("a.rs", "use crate::{b::{C as D, E}, f};\nuse crate::A;"),
        planted("b/mod.rs", "mod c;\nfn x() { crate::g::x() }"),
        planted("b/c.rs", "use super::super::g::Y;"),
        planted("f.rs", ""),
        planted("g.rs", "pub(crate) use super::a::Z;\n// crate::f"),
    ]);
    assert_eq!(found, ["a uses b", "b uses g", "g uses a"]);
}

#[test]
fn a_module_may_use_its_submodules_and_they_it() {
    let found = circles(&[
        planted("a.rs", "mod b;\npub use b::B;\nuse crate::c::C;"),
        planted("a/b.rs", "use super::A;\nuse crate::c::C;"),
        planted("c.rs", "#[cfg(test)]\nmod tests { use crate::a::A; }"),
    ]);
    assert_eq!(found, [""; 0]);
}
