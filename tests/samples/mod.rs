//! Answers of Clover for tests: samples of our own, which every test reads, and the recordings of a
//! real Clover, which are not part of the repository.

use std::env;
use std::path::PathBuf;

fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A sample of our own, in the form of a recording.
pub fn sample(name: &str) -> PathBuf {
    workspace().join("tests/samples").join(name)
}

/// A recording, from the folder that `CLOVERSYNC_RECORDINGS` names, else from the one beside the
/// workspace. `None` without such a folder.
///
/// # Panics
/// The folder lacks it.
pub fn recording(name: &str) -> Option<PathBuf> {
    let beside = workspace().join("../shared/recordings");
    let named = env::var_os("CLOVERSYNC_RECORDINGS").filter(|folder| !folder.is_empty());
    let folder = match named {
        Some(folder) => PathBuf::from(folder),
        None if beside.is_dir() => beside,
        None => {
            println!("no recordings: only the sample stands for {name}");
            return None;
        }
    };
    let path = folder.join(name);
    assert!(path.is_file(), "{} is missing", path.display());
    Some(path)
}
