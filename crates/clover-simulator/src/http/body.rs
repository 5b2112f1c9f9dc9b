//! The body of an answer on its way out: whole, cut short, or slow.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// How often a slow body sends a piece.
const SLOW_STEP: Duration = Duration::from_millis(100);

/// Sends `bytes`, then frees the place the request held.
///
/// The place is freed *before* the last piece is handed over: a client that has read the whole
/// answer may send its next request at once and must not find its own old one still counted.
pub struct Outgoing<Place> {
    bytes: Bytes,
    /// The connection breaks once this many bytes are out.
    cut: Option<usize>,
    flushed: bool,
    piece: usize,
    pause: Option<Pin<Box<Sleep>>>,
    place: Option<Place>,
    declared: u64,
}

impl<Place> Outgoing<Place> {
    /// A body that holds `place` until it is sent.
    pub fn new(bytes: Bytes, place: Place) -> Self {
        Outgoing {
            piece: bytes.len().max(1),
            declared: bytes.len() as u64,
            cut: None,
            flushed: false,
            pause: None,
            place: (!bytes.is_empty()).then_some(place),
            bytes,
        }
    }

    /// Breaks the connection after `count` bytes, though the full length was announced.
    pub fn cut_after(mut self, count: usize) -> Self {
        self.cut = Some(count);
        self
    }

    /// Sends about `count` bytes a second.
    pub fn slowed_to(mut self, count: u64) -> Self {
        let step_ms = u64::try_from(SLOW_STEP.as_millis()).unwrap_or(u64::MAX);
        let a_step = count.saturating_mul(step_ms) / 1000;
        self.piece = usize::try_from(a_step).unwrap_or(usize::MAX).max(1);
        self.pause = Some(Box::pin(sleep(SLOW_STEP)));
        self
    }
}

impl<Place: Unpin> Body for Outgoing<Place> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = &mut *self;
        if this.cut == Some(0) {
            this.place = None;
            if !std::mem::replace(&mut this.flushed, true) {
                // hyper writes out what it holds when a body is pending, but not when it fails.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            return Poll::Ready(Some(Err(io::Error::other("cut by a fault"))));
        }
        if this.bytes.is_empty() {
            this.place = None;
            return Poll::Ready(None);
        }
        if let Some(pause) = &mut this.pause {
            ready!(pause.as_mut().poll(cx));
            pause.set(sleep(SLOW_STEP));
        }
        let mut size = this.piece.min(this.bytes.len());
        if let Some(left) = &mut this.cut {
            size = size.min(*left);
            *left -= size;
        }
        let piece = this.bytes.split_to(size);
        if this.bytes.is_empty() || this.cut == Some(0) {
            this.place = None;
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.declared == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.declared)
    }
}

/// Why no answer is given.
#[derive(Debug)]
pub struct NoAnswer;

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the answer is lost on purpose")
    }
}

impl std::error::Error for NoAnswer {}
