//! Reading ahead: pages arrive while the caller works on the ones before.

use std::future::Future;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::paging::Pages;

/// Pages that wait to be taken. One more is on its way, so three pages are in memory beside the
/// caller's.
pub const DEPTH: usize = 2;

/// Reading ended before the list did.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct ListError {
    /// Why.
    #[source]
    pub error: Error,
    /// The greatest id of all pages given out before: a new sweep that begins here loses and
    /// repeats nothing.
    pub cursor: Option<String>,
}

enum Item<P> {
    Page(P, Option<String>),
    Stopped(ListError),
    End,
}

#[derive(Debug)]
struct Line<P> {
    items: mpsc::Receiver<Item<P>>,
    /// Of the last page taken.
    cursor: Option<String>,
    ended: bool,
}

/// A sweep that runs ahead in a task of its own. Dropping it ends the task.
#[derive(Debug)]
pub struct Prefetch<P> {
    line: Arc<Mutex<Line<P>>>,
    task: JoinHandle<()>,
}

impl<P: Send + 'static> Prefetch<P> {
    /// Starts on this runtime, with at most `depth` pages waiting.
    #[must_use]
    pub fn start(runtime: &Handle, mut pages: impl Pages<Page = P>, depth: usize) -> Self {
        let (sender, items) = mpsc::channel(depth.max(1));
        let begin = pages.cursor().map(str::to_owned);
        let task = runtime.spawn(async move {
            loop {
                let next = pages.next().await;
                let cursor = pages.cursor().map(str::to_owned);
                let item = match next {
                    Some(Ok(page)) => Item::Page(page, cursor),
                    Some(Err(error)) => Item::Stopped(ListError { error, cursor }),
                    None => Item::End,
                };
                let more = matches!(item, Item::Page(..));
                if sender.send(item).await.is_err() || !more {
                    return;
                }
            }
        });
        let line = Line {
            items,
            cursor: begin,
            ended: false,
        };
        Self {
            line: Arc::new(Mutex::new(line)),
            task,
        }
    }

    /// The next page; `None` once the list was read to its end, or after an error was given.
    pub fn recv(&self) -> impl Future<Output = Option<Result<P, ListError>>> + Send + use<P> {
        let line = Arc::clone(&self.line);
        async move {
            let mut line = line.lock().await;
            if line.ended {
                return None;
            }
            let item = line.items.recv().await;
            line.ended = !matches!(item, Some(Item::Page(..)));
            match item {
                Some(Item::Page(page, cursor)) => {
                    line.cursor = cursor;
                    Some(Ok(page))
                }
                Some(Item::Stopped(stopped)) => Some(Err(stopped)),
                Some(Item::End) => None,
                // The task was lost. Taken for the end, everything unread would look deleted.
                None => Some(Err(ListError {
                    error: Error::Interrupted,
                    cursor: line.cursor.take(),
                })),
            }
        }
    }
}

impl<P> Drop for Prefetch<P> {
    fn drop(&mut self) {
        self.task.abort();
    }
}
