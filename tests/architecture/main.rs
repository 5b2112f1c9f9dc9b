//! Rules of the source tree: allowed dependencies of crates and of their files, places of `unsafe`,
//! forbidden words, and the length of lines.

mod circles;
mod files;
mod lines;
mod unsafe_code;
mod words;

use std::process::Command;

fn dependencies_of(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--package",
            package,
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    tree.lines()
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect()
}

fn refuse(package: &str, forbidden: &[&str]) {
    let found = dependencies_of(package);
    assert!(
        found.iter().any(|name| name == package),
        "the tree of {package} was read"
    );
    let wrong: Vec<_> = found
        .iter()
        .filter(|name| forbidden.contains(&name.as_str()))
        .collect();
    assert!(wrong.is_empty(), "{package} depends on {wrong:?}");
}

/// The crates of this workspace that each of them may use, directly or through another.
const LAYERS: &[(&str, &[&str])] = &[
    ("clover-core", &[]),
    ("clover-client", &["clover-core"]),
    ("clover-simulator", &[]),
    ("clover-service", &["clover-core", "clover-client"]),
    (
        "clover-helper",
        &["clover-core", "clover-client", "clover-service"],
    ),
    (
        "cloversync",
        &["clover-core", "clover-client", "clover-service"],
    ),
];

/// What lies above a crate's layer.
fn above<'a>(package: &str, found: &'a [String], layers: &[(&str, &[&str])]) -> Vec<&'a str> {
    let of = |name: &str| layers.iter().find(|(layer, _)| *layer == name);
    let (_, below) = of(package).expect("every crate has its layer");
    found
        .iter()
        .map(String::as_str)
        .filter(|name| *name != package && of(name).is_some() && !below.contains(name))
        .collect()
}

#[test]
fn each_crate_knows_only_those_below_it() {
    for (package, _) in LAYERS {
        let found = dependencies_of(package);
        assert!(found.iter().any(|name| name == package));
        let wrong = above(package, &found, LAYERS);
        assert!(wrong.is_empty(), "{package} depends on {wrong:?}");
    }
}

#[test]
fn every_crate_of_the_workspace_has_its_layer() {
    for manifest in files::below("crates", &["toml"]) {
        let name = manifest.path.split('/').nth(1).unwrap_or_default();
        let has_layer = LAYERS.iter().any(|(layer, _)| *layer == name);
        assert!(has_layer, "{name} is missing in LAYERS");
    }
}

#[test]
fn a_planted_dependency_is_found() {
    let found = ["clover-core", "clover-client", "serde"].map(str::to_owned);
    assert_eq!(above("clover-core", &found, LAYERS), ["clover-client"]);
    assert!(above("clover-client", &found, LAYERS).is_empty());
}

#[test]
fn the_core_knows_neither_sockets_nor_a_runtime_nor_php() {
    refuse(
        "clover-core",
        &[
            "reqwest",
            "hyper",
            "tokio",
            "ext-php-rs",
            "clover-client",
            "clover-service",
            "clover-simulator",
            "getrandom",
            "log",
        ],
    );
}

#[test]
fn the_client_knows_no_php() {
    refuse(
        "clover-client",
        &[
            "ext-php-rs",
            "clover-service",
            "clover-simulator",
            "cloversync",
        ],
    );
}

#[test]
fn the_service_knows_the_client_and_no_php() {
    refuse(
        "clover-service",
        &["ext-php-rs", "clover-simulator", "cloversync"],
    );
    let service = dependencies_of("clover-service");
    assert!(
        ["clover-client", "clover-core"]
            .iter()
            .all(|name| service.iter().any(|found| found == name))
    );
}

/// What the manifest names. The whole tree holds reqwest, through the client.
#[test]
fn the_extension_sends_no_request_by_itself() {
    let manifest = include_str!("../../Cargo.toml");
    let own = manifest
        .split("\n[dependencies]\n")
        .nth(1)
        .and_then(|rest| rest.split("\n[").next())
        .expect("the manifest lists the extension's dependencies");
    assert!(own.contains("clover-service.workspace"));
    for http in ["reqwest", "hyper", "oauth2", "rustls"] {
        assert!(!own.contains(http), "the extension depends on {http}");
    }
}

#[test]
fn the_simulator_shares_no_code_with_what_it_tests() {
    refuse(
        "clover-simulator",
        &[
            "clover-core",
            "clover-client",
            "clover-service",
            "ext-php-rs",
            "reqwest",
        ],
    );
}

#[test]
fn the_extension_does_not_ship_the_simulator() {
    refuse("cloversync", &["clover-simulator"]);
}

#[test]
fn the_detector_finds_what_is_there() {
    let client = dependencies_of("clover-client");
    assert!(
        client.iter().any(|name| name == "reqwest")
            && client.iter().any(|name| name == "clover-core")
    );
}
