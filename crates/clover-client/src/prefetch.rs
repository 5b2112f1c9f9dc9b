//! Prefetching: pages arrive while the caller processes earlier ones.

use std::future::Future;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::paging::Pages;

/// The number of pages that wait for the caller. One more is being read, so three pages are in
/// memory in addition to the caller's.
pub const DEPTH: usize = 2;

/// The stream failed before the end of the list.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct ListError {
    /// The error.
    #[source]
    pub error: Error,
    /// The greatest id of all pages returned before. A new stream that begins here neither skips
    /// nor repeats a page.
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
    /// The cursor of the last page that the caller has taken.
    cursor: Option<String>,
    ended: bool,
}

/// A stream that is read ahead in its own task. Dropping it ends the task.
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

    /// The next page; `None` after the last page or after an error.
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
                // The task was lost. Treated as the end of the list, all unread items would count
                // as deleted.
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
