//! Frames on standard input and output: four bytes of length, the highest first, and that much
//! JSON.
//!
//! PHP may make a call while another one waits for Clover or for the answer to a callback. So each
//! call and each callback has a number, and what is not waited for yet is kept.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, IoSlice, Read, Write};
use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionbio;
use rustix::process::{Pid, getppid};
use serde::Deserialize;
use serde_json::json;

use crate::json::Json;
use crate::value::Value;

/// PHP sends at most the whole list of known products, far below this.
const LONGEST: usize = 1 << 30;

/// How often a helper that waits for PHP looks whether it still lives: a forked child of PHP's may
/// keep the other ends of the pipes open.
const PATIENCE: Duration = Duration::from_secs(2);

/// A frame from PHP.
pub enum Frame {
    /// Make a call.
    Call(Call),
    /// End the call with this number. No call has the number 0: it ends the helper.
    Stop(u64),
    /// The answer to a callback; `None`: it threw.
    Answer(u64, Option<Value>),
}

/// A call. Its arguments may be secrets, so it has no `Debug`.
pub struct Call {
    /// Its number, which the answer carries.
    pub number: u64,
    /// `Class.method`.
    pub method: String,
    /// The object's number.
    pub object: Option<u64>,
    /// In the order of the parameters.
    pub arguments: Vec<Value>,
    /// Objects that PHP does not need any more.
    pub dropped: Vec<u64>,
}

/// Both pipes.
pub struct Pipe {
    input: RefCell<File>,
    output: RefCell<File>,
    parent: Option<Pid>,
    received: RefCell<Vec<u8>>,
    callbacks: Cell<u64>,
    answers: RefCell<HashMap<u64, Option<Value>>>,
    /// Numbers of the calls under way, the innermost last.
    calls: RefCell<Vec<u64>>,
    /// The innermost call was stopped, or a callback of it threw.
    is_stopped: Cell<bool>,
}

impl Pipe {
    /// Takes over standard input and output.
    pub fn open() -> io::Result<Rc<Self>> {
        // Without a buffer, so that a look at the pipe says whether there is more.
        let input = io::stdin().as_fd().try_clone_to_owned()?;
        let output = io::stdout().as_fd().try_clone_to_owned()?;
        // Otherwise a write to a full pipe waits for a reader.
        ioctl_fionbio(&output, true)?;
        Ok(Rc::new(Self {
            input: RefCell::new(input.into()),
            output: RefCell::new(output.into()),
            parent: getppid(),
            received: RefCell::default(),
            callbacks: Cell::new(0),
            answers: RefCell::default(),
            calls: RefCell::default(),
            is_stopped: Cell::new(false),
        }))
    }

    /// Waits for the next frame. `None`: PHP has ended.
    pub fn next(&self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.cut() {
                return (!is_end(&frame)).then_some(frame);
            }
            self.fill(PATIENCE)?;
        }
    }

    /// A frame that is here already.
    pub fn ready(&self) -> Option<Frame> {
        let mut frame = self.cut();
        if frame.is_none() {
            if self.fill(Duration::ZERO).is_none() {
                end();
            }
            frame = self.cut();
        }
        if frame.as_ref().is_some_and(is_end) {
            end();
        }
        frame
    }

    /// Answers a call.
    pub fn answer(&self, number: u64, answer: Result<Json, Json>) {
        let (name, value) = match &answer {
            Ok(result) => ('r', result),
            Err(error) => ('e', error),
        };
        let head = format!(r#"{{"i":{number},"{name}":"#);
        self.send(&[head.as_bytes(), value.as_bytes(), b"}"]);
    }

    /// Calls PHP back. `None`: it threw, and keeps its exception.
    pub fn call_back(
        &self,
        connection: u64,
        name: &str,
        arguments: serde_json::Value,
        nested: &dyn Fn(Call),
    ) -> Option<Value> {
        let number = self.callbacks.get() + 1;
        self.callbacks.set(number);
        let call = self.calls.borrow().last().copied();
        let frame = json!({"k": number, "c": call, "cb": name, "o": connection, "a": arguments});
        self.send(&[Json::of(&frame).as_bytes()]);
        loop {
            if let Some(answer) = self.answers.borrow_mut().remove(&number) {
                if answer.is_none() {
                    self.is_stopped.set(true);
                }
                return answer;
            }
            match self.next() {
                Some(frame) => self.take(frame, nested),
                None => end(),
            }
        }
    }

    /// Deals with a frame that came while a call is under way.
    pub fn take(&self, frame: Frame, nested: &dyn Fn(Call)) {
        match frame {
            Frame::Call(call) => nested(call),
            // One that comes too late is for a call that has its answer.
            Frame::Stop(number) if self.calls.borrow().last() == Some(&number) => {
                self.is_stopped.set(true);
            }
            Frame::Stop(_) => {}
            Frame::Answer(number, answer) => {
                self.answers.borrow_mut().insert(number, answer);
            }
        }
    }

    /// Whether the call under way must end.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped.get()
    }

    /// Runs one call. A call within another leaves the other's state alone.
    pub fn within<T>(&self, number: u64, work: impl FnOnce() -> T) -> T {
        self.calls.borrow_mut().push(number);
        let outer = self.is_stopped.replace(false);
        let result = work();
        self.is_stopped.set(outer);
        self.calls.borrow_mut().pop();
        result
    }

    fn cut(&self) -> Option<Frame> {
        let mut received = self.received.borrow_mut();
        let head = received.first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*head)).unwrap_or(usize::MAX);
        if length > LONGEST {
            end();
        }
        let json = received.get(4..4 + length)?;
        // PHP's end of the pipe is ours, so what cannot be read is another program's.
        let frame = serde_json::from_slice(json).ok().and_then(Fields::frame);
        received.drain(..4 + length);
        Some(frame.unwrap_or_else(|| end()))
    }

    /// Reads what there is. `None`: PHP has ended.
    fn fill(&self, patience: Duration) -> Option<()> {
        let mut input = self.input.borrow_mut();
        if !is_ready(&input, PollFlags::IN, patience) {
            return self.has_parent().then_some(());
        }
        let mut bytes = vec![0; 1 << 16];
        match input.read(&mut bytes) {
            Ok(0) => None,
            Ok(count) => {
                self.received
                    .borrow_mut()
                    .extend_from_slice(&bytes[..count]);
                Some(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Some(()),
            Err(_) => None,
        }
    }

    fn send(&self, parts: &[&[u8]]) {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        // A longer frame would not be one, and PHP takes the end for an outage.
        let Ok(head) = u32::try_from(length) else {
            end()
        };
        let head = head.to_be_bytes();
        let parts = std::iter::once(&head[..]).chain(parts.iter().copied());
        let mut parts: Vec<IoSlice<'_>> = parts.map(IoSlice::new).collect();
        let mut left = &mut parts[..];
        let mut output = self.output.borrow_mut();
        while !left.is_empty() {
            match output.write_vectored(left) {
                Ok(count) => IoSlice::advance_slices(&mut left, count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if !is_ready(&output, PollFlags::OUT, PATIENCE) && !self.has_parent() {
                        end();
                    }
                }
                Err(_) => end(),
            }
        }
    }

    fn has_parent(&self) -> bool {
        getppid() == self.parent
    }
}

/// Waits for a pipe. An interrupted wait counts as one whose time is over.
fn is_ready(pipe: &File, wanted: PollFlags, patience: Duration) -> bool {
    let timeout = Timespec::try_from(patience).ok();
    let mut watched = [PollFd::new(pipe, wanted)];
    poll(&mut watched, timeout.as_ref()).unwrap_or(0) > 0
}

fn is_end(frame: &Frame) -> bool {
    matches!(frame, Frame::Stop(0))
}

/// Nobody listens any more. Requests under way are cut, as when a PHP process is killed.
fn end() -> ! {
    std::process::exit(0)
}

/// The fields of all frames from PHP, by their names there.
#[derive(Deserialize)]
struct Fields {
    i: Option<u64>,
    m: Option<String>,
    o: Option<u64>,
    a: Option<Vec<Value>>,
    #[serde(default)]
    d: Vec<u64>,
    k: Option<u64>,
    #[serde(default)]
    r: Value,
    x: Option<u64>,
}

impl Fields {
    fn frame(self) -> Option<Frame> {
        match (self.i, self.k) {
            (Some(number), _) => Some(Frame::Call(Call {
                number,
                method: self.m?,
                object: self.o,
                arguments: self.a?,
                dropped: self.d,
            })),
            (None, Some(callback)) => {
                let threw = self.x.is_some();
                Some(Frame::Answer(callback, (!threw).then_some(self.r)))
            }
            (None, None) => self.x.map(Frame::Stop),
        }
    }
}
