//! The bytes on the socket, against a server that records what it reads.

use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bytes::Bytes;
use clover_client::transport::BODY_LIMIT;
use clover_client::{Access, AccessToken, Api, Error, Hosts, Policy, RateLimit, RateLimiter};
use clover_core::ids::MerchantId;

struct Server {
    api: Api,
    heard: JoinHandle<Vec<String>>,
}

/// Serves the connections in sequence, each with its own function, and returns the requests.
fn server(answers: Vec<fn(&mut TcpStream)>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let heard = thread::spawn(move || {
        let one = |answer: fn(&mut TcpStream)| {
            let (mut stream, _) = listener.accept().unwrap();
            let heard = request(&mut stream);
            answer(&mut stream);
            heard
        };
        answers.into_iter().map(one).collect()
    });
    let policy = Policy {
        backoff: Duration::from_millis(1),
        ..Policy::default()
    };
    let hosts = Hosts::overridden(&url).unwrap();
    let api = Api::new(hosts, RateLimiter::new(RateLimit::default()), policy).unwrap();
    Server { api, heard }
}

fn request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let n = stream.read(&mut buffer).unwrap();
        text.extend_from_slice(&buffer[..n]);
        let so_far = String::from_utf8_lossy(&text);
        let body = if so_far.starts_with('P') {
            "}"
        } else {
            "\r\n\r\n"
        };
        if n == 0 || so_far.ends_with(body) {
            return so_far.into_owned();
        }
    }
}

fn say(stream: &mut TcpStream, head: &str, body: &str) {
    let length = body.len();
    let text =
        format!("HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(text.as_bytes()).unwrap();
}

fn access() -> Access {
    Access {
        merchant: MerchantId::new("M1M2M3M4M5M6M").unwrap(),
        token: AccessToken::new("token-of-the-test".into()),
    }
}

fn run<F: Future>(future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap().block_on(future)
}

#[test]
fn a_request_names_the_program_and_has_the_token_only_in_its_header() {
    let server = server(vec![|stream| say(stream, "200 OK", "{}"), |stream| {
        say(stream, "200 OK", "{}");
    }]);
    run(server.api.get(&access(), "items", &[("filter", "id>A")])).unwrap();
    let body = Bytes::from_static(b"{\"a\":1}");
    run(server.api.post(&access(), "orders", body)).unwrap();
    let heard = server.heard.join().unwrap();
    assert!(
        heard[0].starts_with("GET /v3/merchants/M1M2M3M4M5M6M/items?filter=id%3EA HTTP/1.1\r\n")
    );
    let read = heard[0].to_lowercase();
    for line in [
        "authorization: bearer token-of-the-test\r\n",
        "accept: application/json\r\n",
        "accept-encoding: gzip\r\n",
        "(+j2commerce)\r\n",
    ] {
        assert!(read.contains(line), "{line}: {read}");
    }
    assert!(read.contains(&format!(
        "user-agent: cloversync/{}",
        env!("CARGO_PKG_VERSION")
    )));
    assert_eq!(read.matches("token-of-the-test").count(), 1);
    assert!(heard[1].contains("content-type: application/json\r\n"));
    assert!(heard[1].ends_with("\r\n\r\n{\"a\":1}"));
}

#[test]
fn a_simulator_on_this_machine_is_never_reached_through_a_proxy() {
    let dead = "http://127.0.0.1:1";
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "a_request_names_the_program_and_has_the_token_only_in_its_header",
        ])
        .env("HTTP_PROXY", dead)
        .env("http_proxy", dead)
        .env("ALL_PROXY", dead)
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

#[test]
fn a_redirect_is_refused_and_the_token_is_not_sent_elsewhere() {
    let server = server(vec![|stream| {
        say(stream, "302 Found\r\nlocation: http://127.0.0.1:1/", "");
    }]);
    let once = Policy {
        tries: 1,
        ..Policy::default()
    };
    let api = server.api.with_policy(once);
    let error = run(api.get(&access(), "items", &[])).unwrap_err();
    assert!(matches!(&error, Error::Intercepted { call, .. } if call.status == Some(302)));
    assert_eq!(server.heard.join().unwrap().len(), 1);
}

#[test]
fn an_endless_body_is_cut_off_and_not_requested_again() {
    let server = server(vec![|stream| {
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        let block = vec![b' '; 1 << 20];
        for _ in 0..=BODY_LIMIT >> 20 {
            // Fails when the client closes the connection.
            let _ = stream.write_all(&block);
        }
    }]);
    let error = run(server.api.get(&access(), "items", &[])).unwrap_err();
    assert!(matches!(&error, Error::BadAnswer { .. }), "{error:?}");
    assert!(error.to_string().contains("more than 32 MiB"));
    assert_eq!(error.call().unwrap().tries, 1);
}

#[test]
fn a_connection_that_closes_before_the_response_leaves_a_write_unanswered() {
    let server = server(vec![|_| {}]);
    let body = Bytes::from_static(b"{}");
    let sent = run(server.api.post(&access(), "items/X", body));
    let error = sent.unwrap_err();
    assert!(
        matches!(&error, Error::Unanswered { cause: Some(_), .. }),
        "{error:?}"
    );
    assert_eq!(server.heard.join().unwrap().len(), 1);
}

#[test]
fn a_tls_failure_is_distinguished_from_a_broken_connection() {
    // A server without TLS, and one whose TLS refuses.
    let alert: &[u8] = &[0x15, 3, 3, 0, 2, 2, 40];
    for (answer, is_tls_fault) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], true),
        (alert, true),
        (b"", false),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let answering = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            stream.write_all(answer).unwrap();
        });
        let policy = Policy {
            tries: 1,
            ..Policy::default()
        };
        let hosts = Hosts::overridden(&url).unwrap();
        let api = Api::new(hosts, RateLimiter::new(RateLimit::default()), policy).unwrap();
        let error = run(api.get(&access(), "items", &[])).unwrap_err();
        assert_eq!(
            matches!(&error, Error::Insecure { call, .. } if call.tries == 1),
            is_tls_fault,
            "{error:?}"
        );
        answering.join().unwrap();
    }
}
