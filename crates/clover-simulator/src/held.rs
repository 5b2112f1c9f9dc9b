//! Answers that wait until the control plane releases them, so that a test can arrange a race.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::oneshot;

/// All held answers, in the order in which their requests arrived.
#[derive(Default)]
pub struct Held(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    next: u64,
    list: Vec<Entry>,
}

struct Entry {
    number: u64,
    request: HeldRequest,
    release: oneshot::Sender<()>,
}

/// A request whose answer is held.
#[derive(Clone, Debug, Serialize)]
pub struct HeldRequest {
    method: String,
    path: String,
}

impl Held {
    /// Holds the answer to one more request.
    pub fn add(&self, method: &str, path: &str) -> Hold {
        let (release, released) = oneshot::channel();
        let mut waiting = lock(&self.0);
        let number = waiting.next;
        waiting.next += 1;
        waiting.list.push(Entry {
            number,
            request: HeldRequest {
                method: method.to_owned(),
                path: path.to_owned(),
            },
            release,
        });
        Hold {
            number,
            released,
            all: Arc::clone(&self.0),
        }
    }

    /// The requests whose answers are held.
    pub fn show(&self) -> Vec<HeldRequest> {
        let waiting = lock(&self.0);
        waiting.list.iter().map(|e| e.request.clone()).collect()
    }

    /// Lets all held answers go; how many there were.
    pub fn release(&self) -> usize {
        let list = std::mem::take(&mut lock(&self.0).list);
        // A client that went away does not count.
        list.into_iter()
            .filter_map(|entry| entry.release.send(()).ok())
            .count()
    }
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One held answer; dropped when the client goes away.
pub struct Hold {
    number: u64,
    released: oneshot::Receiver<()>,
    all: Arc<Mutex<Waiting>>,
}

impl Hold {
    /// Waits for the release, or for the end of the simulator.
    pub async fn released(mut self) {
        let _ = (&mut self.released).await;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        lock(&self.all).list.retain(|e| e.number != self.number);
    }
}
