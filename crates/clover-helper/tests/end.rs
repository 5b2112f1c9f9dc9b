//! The program's end when PHP has ended without a word.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Starts the helper as its child, prints its number and waits.
const PARENT: &str = r#"exec 3<&0; "$0" <&3 3<&- & echo $! >&2; wait"#;

fn frame(json: &str) -> Vec<u8> {
    let length = u32::try_from(json.len()).unwrap();
    [&length.to_be_bytes(), json.as_bytes()].concat()
}

fn is_running(pid: &str) -> bool {
    let status = std::fs::read_to_string(Path::new("/proc").join(pid).join("status"));
    status.is_ok_and(|text| !text.contains("\nState:\tZ"))
}

#[test]
fn a_helper_whose_answer_is_not_read_ends_with_its_parent() {
    let mut parent = Command::new("sh")
        .args(["-c", PARENT, env!("CARGO_BIN_EXE_clover-helper")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // As a forked child of PHP's would, the test keeps both pipes open.
    let mut calls = parent.stdin.take().unwrap();
    let answers = parent.stdout.take().unwrap();
    let mut helper = String::new();
    let mut said = BufReader::new(parent.stderr.take().unwrap());
    said.read_line(&mut helper).unwrap();
    let helper = helper.trim();

    // An answer larger than a pipe.
    let text = "x".repeat(300_000);
    let vault = r#"{"i":1,"m":"Vault.new","a":["a secret of the site, long enough",null]}"#;
    let seal = format!(r#"{{"i":2,"m":"Vault.seal","o":1,"a":["{text}","x"]}}"#);
    calls.write_all(&frame(vault)).unwrap();
    calls.write_all(&frame(&seal)).unwrap();
    assert!(is_running(helper), "{helper}");
    parent.kill().unwrap();
    parent.wait().unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    while is_running(helper) {
        assert!(Instant::now() < end, "the helper goes on");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop((calls, answers));
}
