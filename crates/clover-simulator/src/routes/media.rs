//! Pictures of items, as a server of Clover's may keep them. What is answered depends on the name.

use crate::http::reply::{Answer, Reply};
use crate::http::request::Request;

/// Where they are.
pub const PATH: &str = "/media/";

/// More than any client should read.
const HUGE: usize = 6 << 20;

/// One transparent pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\
\x89\0\0\0\rIDATx\x9cc\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa3\x35\x81\x84\0\0\0\0IEND\xaeB`\x82";

/// A file of the form that its extension names, with its name at the end, so that each is another.
/// `huge` at the begin of the name makes it large; `moved` sends to another host.
///
/// # Errors
/// 404 for another extension.
pub fn handle(request: &Request) -> Answer {
    let name = request.path.trim_start_matches(PATH);
    if name.starts_with("moved") {
        return Ok(Reply::redirect("https://example.org/picture.png"));
    }
    let (kind, start): (_, &[u8]) = match name.rsplit_once('.').map(|(_, end)| end) {
        Some("png") => ("image/png", PNG),
        Some("jpg") => ("image/jpeg", b"\xff\xd8\xff\xe0"),
        Some("gif") => ("image/gif", b"GIF89a"),
        Some("webp") => ("image/webp", b"RIFF\x10\0\0\0WEBP"),
        // What it says it is, it is not.
        Some("svg") => ("image/png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        _ => return Err(Reply::no_resource()),
    };
    let mut body = [start, name.as_bytes()].concat();
    if name.starts_with("huge") {
        body.resize(HUGE, 0);
    }
    Ok(Reply::file(kind, body))
}
