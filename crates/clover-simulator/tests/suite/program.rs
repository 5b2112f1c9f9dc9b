//! The program: its ready line, its refusals and its end.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_clover-simulator"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

fn refused(arguments: &[&str]) -> String {
    let output = start(arguments).wait_with_output().expect("it ends");
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn it_says_where_it_listens_and_ends_cleanly_on_both_signals() {
    for signal in ["-TERM", "-INT"] {
        let mut child = start(&[
            "--listen",
            "127.0.0.1:0",
            "--catalog",
            "synthetic:3",
            "--seed",
            "9",
        ]);
        let mut out = BufReader::new(child.stdout.take().expect("stdout"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        let url = line
            .trim_end()
            .strip_prefix("clover-simulator ready on ")
            .expect("the ready line");
        let client = crate::support::client();
        let state = client
            .get(format!("{url}/__sim/state"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(state.status(), 200);
        let killed = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(killed.is_ok_and(|status| status.success()));
        assert!(child.wait().expect("it ends").success());
        let mut rest = String::new();
        out.read_to_string(&mut rest).expect("the rest");
        assert_eq!(rest, "");
    }
}

#[test]
fn it_refuses_what_it_cannot_do_in_one_sentence() {
    assert!(refused(&["--listen", "0.0.0.0:0"]).contains("is not a loopback address"));
    assert!(
        refused(&["--listen", "127.0.0.1:0", "--catalog", "missing.json"]).contains("missing.json")
    );
    assert!(refused(&["--catalog", "shop"]).contains("'sandbox', a FILE.json or 'synthetic:N'"));
    assert!(refused(&["--limits", "some"]).contains("'documented' or 'off'"));
}
