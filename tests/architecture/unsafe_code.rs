//! `unsafe` stands in the extension alone.

use crate::files;

/// The line that switches the lints of the workspace on.
const INHERITS: &str = "[lints]\nworkspace = true";

fn uses_unsafe(text: &str) -> bool {
    text.lines().any(|line| {
        let code = line.split("//").next().unwrap_or_default();
        code.split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == "unsafe")
    })
}

#[test]
fn no_crate_but_the_extension_has_unsafe_code() {
    for source in files::below("crates", &["rs"]) {
        assert!(!uses_unsafe(&source.text), "{}", source.path);
    }
}

#[test]
fn every_other_crate_inherits_the_lints_that_forbid_it() {
    let workspace = files::below("Cargo.toml", &["toml"]).remove(0).text;
    assert!(workspace.contains("[workspace.lints.rust]\n"));
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    assert!(workspace.contains("undocumented_unsafe_blocks = \"deny\""));
    let manifests = files::below("crates", &["toml"]);
    assert!(manifests.len() >= 3);
    for manifest in manifests {
        assert!(manifest.text.contains(INHERITS), "{}", manifest.path);
    }
}

#[test]
fn planted_unsafe_code_is_found() {
    assert!(uses_unsafe("let x = unsafe { *y };"));
    assert!(!uses_unsafe(
        "// unsafe is a word here\nlet unsafe_code = 1;"
    ));
}
