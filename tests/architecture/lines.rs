//! No Rust line is longer than 100 columns: rustfmt leaves comments and strings alone.

use crate::files::{self, Source};

const PLACES: &[&str] = &["build.rs", "crates", "fuzz/fuzz_targets", "src", "tests"];

const COLUMNS: usize = 100;

/// The lines that are too long, as `path:line: length`.
fn too_long(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for (index, line) in source.text.lines().enumerate() {
            let length = line.chars().count();
            if length > COLUMNS {
                found.push(format!("{}:{}: {length}", source.path, index + 1));
            }
        }
    }
    found
}

#[test]
fn no_rust_line_is_longer_than_100_columns() {
    let sources: Vec<Source> = PLACES
        .iter()
        .flat_map(|place| files::below(place, &["rs"]))
        .collect();
    assert!(sources.len() > 200, "the files were read");
    let found = too_long(&sources);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_planted_long_line_is_found() {
    // Two bytes each: characters count, not bytes.
    let planted = |length: usize| Source {
        path: "planted.rs".into(),
        text: format!("fn a() {{}}\n// {}\n", "é".repeat(length - 3)),
    };
    assert_eq!(too_long(&[planted(101)]), ["planted.rs:2: 101"]);
    assert!(too_long(&[planted(100)]).is_empty());
}
