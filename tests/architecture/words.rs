//! The old private language does not come back.

use crate::files::{self, Source};

/// Files that are checked: a folder or a file, and the extensions within it.
const COVERED: &[(&str, &[&str])] = &[
    ("ARCHITECTURE.md", &[]),
    ("CHANGELOG.md", &[]),
    ("CONTRIBUTING.md", &[]),
    ("Cargo.toml", &[]),
    ("Makefile", &[]),
    ("README.md", &[]),
    ("SECURITY.md", &[]),
    ("benches", &["php"]),
    ("build.rs", &[]),
    ("cli", &["php"]),
    ("cloversync", &[]),
    ("crates/clover-client", &["rs", "toml"]),
    ("crates/clover-core", &["rs", "toml"]),
    ("crates/clover-service", &["rs", "toml"]),
    ("crates/clover-simulator", &["rs", "toml"]),
    ("dev", &["php", "sql"]),
    ("docs", &["md"]),
    ("fuzz/fuzz_targets", &["rs"]),
    ("php-plugin", &["ini", "js", "php", "sql", "xml"]),
    ("scripts", &["php", "sh"]),
    ("src", &["rs"]),
    ("stubs", &["php"]),
    ("tests-php", &["js", "php"]),
    ("tests/architecture/circles.rs", &[]),
    ("tests/architecture/files.rs", &[]),
    ("tests/architecture/lines.rs", &[]),
    ("tests/architecture/main.rs", &[]),
    ("tests/architecture/unsafe_code.rs", &[]),
    ("tests/model", &["rs"]),
];

const WORDS: &str = include_str!("words.txt");
const ALLOWED: &str = include_str!("allowed_words.txt");

struct Finding {
    path: String,
    line: usize,
    word: &'static str,
}

struct Allowed {
    path: &'static str,
    word: &'static str,
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn allowed() -> Vec<Allowed> {
    let entry = |line: &'static str| {
        let mut parts = line.splitn(3, ": ");
        let (path, word, reason) = (parts.next(), parts.next(), parts.next());
        assert!(
            reason.is_some_and(|reason| reason.len() > 5),
            "{line}: path: word: reason"
        );
        Allowed {
            path: path.unwrap_or_default(),
            word: word.unwrap_or_default(),
        }
    };
    lines(ALLOWED).map(entry).collect()
}

/// Whether the word stands in the line by itself.
fn contains(line: &str, word: &str) -> bool {
    let lower;
    let line = if word.chars().any(char::is_uppercase) {
        line
    } else {
        lower = line.to_lowercase();
        &lower
    };
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        // "There is no such field" and "is no longer there" are plain English.
        let is_plain = matches!(word, "is no" | "are no")
            && (before.ends_with("there ") || after.starts_with(" longer"));
        !is_part(before.chars().next_back()) && !is_part(after.chars().next()) && !is_plain
    })
}

/// Words of the list are plain words in other languages.
fn is_english(path: &str) -> bool {
    let language = path.split_once("/language/").map(|(_, rest)| rest);
    language.is_none_or(|rest| rest.starts_with("en-"))
}

fn findings(sources: &[Source]) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in sources {
        for (index, line) in source.text.lines().enumerate() {
            found.extend(
                lines(WORDS)
                    .filter(|word| contains(line, word))
                    .map(|word| Finding {
                        path: source.path.clone(),
                        line: index + 1,
                        word,
                    }),
            );
        }
    }
    found
}

#[test]
fn words_of_the_old_language_do_not_come_back() {
    let sources: Vec<Source> = COVERED
        .iter()
        .flat_map(|(place, extensions)| files::below(place, extensions))
        .filter(|source| is_english(&source.path))
        .collect();
    assert!(sources.len() > 50, "the files were read");
    let allowed = allowed();
    let mut is_used = vec![false; allowed.len()];
    let mut wrong = Vec::new();
    for Finding { path, line, word } in findings(&sources) {
        let matching = allowed
            .iter()
            .position(|entry| entry.word == word && path.starts_with(entry.path));
        match matching {
            Some(at) => is_used[at] = true,
            None => wrong.push(format!("{path}:{line}: {word}")),
        }
    }
    assert!(
        wrong.is_empty(),
        "words.txt says what these words are:\n{}",
        wrong.join("\n")
    );
    let stale: Vec<String> = allowed
        .iter()
        .zip(is_used)
        .filter(|(_, is_used)| !is_used)
        .map(|(entry, _)| format!("{}: {}", entry.path, entry.word))
        .collect();
    assert!(stale.is_empty(), "exceptions without a use: {stale:?}");
}

#[test]
fn a_planted_word_is_found() {
    let planted = |text: &str| {
        let source = Source {
            path: "planted.rs".into(),
            text: text.into(),
        };
        let words: Vec<_> = findings(&[source]).iter().map(|f| f.word).collect();
        words
    };
    assert_eq!(planted("// Nobody can tell."), ["nobody"]);
    assert_eq!(planted("let pacer: Pacer;"), ["Pacer"]);
    assert_eq!(
        planted("// A tap is mended in vain."),
        ["in vain", "mended"]
    );
    assert_eq!(planted("/// The owner's word on it."), ["owner's word"]);
    assert_eq!(planted("\"x is no number\""), ["is no"]);
    assert!(planted("\"there is no such field\"").is_empty());
    assert!(planted("// It is no longer there.").is_empty());
    assert!(planted("let planets = standing_order; // untold, pacer").is_empty());
}
