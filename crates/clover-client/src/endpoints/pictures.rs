//! Pictures of items, where Clover gives them by an address on its own hosts.

use std::time::Duration;

use bytes::Bytes;

use crate::hosts::Hosts;
use crate::transport::{Failure, HttpTransport};

/// Bytes that a picture may have.
pub const LARGEST: usize = 4 << 20;
/// From the connection to the last byte.
const TIMEOUT: Duration = Duration::from_secs(20);

/// What an address has led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// A file with the extension of what it contains: jpg, png, gif or webp.
    File(&'static str, Bytes),
    /// The address leads to nothing that a shop takes, now and later.
    None,
    /// It may be there later.
    Later,
}

/// Reads the picture at this address. No token is sent.
pub async fn read(transport: &HttpTransport, hosts: &Hosts, address: &str) -> Picture {
    let Some(url) = hosts.picture(address) else {
        return Picture::None;
    };
    match transport.download(url, LARGEST, TIMEOUT).await {
        Ok((200, content)) => match extension(&content) {
            Some(extension) => Picture::File(extension, content),
            None => Picture::None,
        },
        Ok((429 | 500.., _))
        | Err(Failure::NotSent(_) | Failure::NoAnswer(_) | Failure::Insecure(_)) => Picture::Later,
        Ok(_) | Err(Failure::TooLarge | Failure::Unusable(_)) => Picture::None,
    }
}

/// By the first bytes: what a server says of a file is not what a browser makes of it.
fn extension(content: &[u8]) -> Option<&'static str> {
    match content {
        [0xFF, 0xD8, 0xFF, ..] => Some("jpg"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("webp"),
        _ => None,
    }
}
