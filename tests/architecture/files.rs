//! Files of the repository, read as text.

use std::fs;
use std::path::Path;

/// One file, by its path from the root of the repository.
pub struct Source {
    pub path: String,
    pub text: String,
}

/// Every file of these extensions below a folder, or the one file.
pub fn below(place: &str, extensions: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut places = vec![root.join(place)];
    while let Some(path) = places.pop() {
        if path.ends_with("node_modules") {
            continue;
        }
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a folder can be listed");
            places.extend(entries.map(|entry| entry.expect("an entry can be read").path()));
        } else if path == root.join(place) || has_extension(&path, extensions) {
            let text = fs::read_to_string(&path).expect("a source is text");
            let path = path.strip_prefix(root).expect("below the root");
            found.push(Source {
                path: path.to_string_lossy().into_owned(),
                text,
            });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "{place} has no such files");
    found
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| extensions.contains(&extension))
}
