//! Deliveries at the ends of what is read.

use clover_core::webhook::{IncomingRequest, MAX_HANDSHAKE, Verdict, verdict};

const CODE: &str = "11111111-2222-4333-8444-555555555555";

fn without_header(body: &str) -> Verdict {
    let request = IncomingRequest {
        body: body.as_bytes(),
        auth: &[],
    };
    verdict(request, None, None, true)
}

#[test]
fn a_handshake_may_have_as_many_bytes_as_are_read_without_the_header() {
    let handshake = |bytes: usize| {
        let body = format!(r#"{{"verificationCode":"{CODE}"}}"#);
        without_header(&format!("{body:bytes$}"))
    };
    assert_eq!(handshake(MAX_HANDSHAKE).status(), 200);
    assert_eq!(handshake(MAX_HANDSHAKE + 1).status(), 403);
}

#[test]
fn a_verification_code_has_eight_to_sixty_four_characters() {
    let of = |length: usize| {
        let code = "a".repeat(length);
        without_header(&format!(r#"{{"verificationCode":"{code}"}}"#)).status()
    };
    assert_eq!([of(7), of(8), of(64), of(65)], [403, 200, 200, 403]);
}
