//! Reads whole lists page by page, by keyset: each request asks for ids greater than the last one
//! seen. So rows that are added or deleted meanwhile do not shift pages, and no id occurs twice.

use std::fmt;
use std::future::Future;

use bytes::Bytes;
use clover_core::wire::Listing;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::error::{Call, Error};
use crate::http::{Access, Answer, Api, listing};
use crate::page::{self, Head};

/// The largest page that Clover documents. Its reaction to a higher limit is not documented.
pub const PAGE_LIMIT: usize = 1_000;

/// One page as received.
#[derive(Clone)]
pub struct RawPage {
    /// The list in its envelope: `{"elements": […]}`.
    pub body: Bytes,
    /// The number of elements.
    pub count: usize,
    /// The cursor of the next page: the greatest id so far. `None` only when the list is empty.
    pub cursor: Option<String>,
    /// Whether this is the last page.
    pub last: bool,
    /// When the page was requested. It may lack later changes in Clover.
    pub asked: Instant,
    /// Status, attempts, duration and Clover's request id.
    pub call: Box<Call>,
}

impl fmt::Debug for RawPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawPage")
            .field("count", &self.count)
            .field("cursor", &self.cursor)
            .field("last", &self.last)
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}

impl RawPage {
    /// The elements. An unreadable one is an error of its own.
    ///
    /// # Errors
    /// [`Error::BadAnswer`] when the body is not a list.
    pub fn listing<T: DeserializeOwned>(&self) -> Result<Listing<T>, Error> {
        listing(&self.body, &self.call)
    }
}

/// Two views of one page, such as the items with their categories, and the items with their stock,
/// because Clover allows at most three expansions in a call. Both were read concurrently, so an
/// item that was created or deleted meanwhile may be in only one of them: join them by id, and
/// treat missing data as unknown.
#[derive(Debug, Clone)]
pub struct RawPair {
    /// Determines the cursor and the end.
    pub first: RawPage,
    /// The same range of the list with other expansions.
    pub second: RawPage,
}

/// A list that is read page by page.
pub trait Pages: Send + 'static {
    /// The result of one step.
    type Page: Send + 'static;

    /// The next page, or `None` after the last. After an error, the next call requests the same
    /// page again.
    fn next(&mut self) -> impl Future<Output = Option<Result<Self::Page, Error>>> + Send;

    /// The greatest id of all pages returned so far. A new stream that begins here continues at the
    /// same position.
    fn cursor(&self) -> Option<&str>;
}

/// A stream of the pages of one list.
#[derive(Debug, Clone)]
pub struct PageStream {
    api: Api,
    access: Access,
    path: String,
    expand: Vec<String>,
    filters: Vec<String>,
    limit: usize,
    cursor: Option<String>,
    ended: bool,
}

impl PageStream {
    /// A stream of the list at `path` below the merchant, such as `items`.
    #[must_use]
    pub fn new(api: &Api, access: &Access, path: impl Into<String>) -> Self {
        Self {
            api: api.clone(),
            access: access.clone(),
            path: path.into(),
            expand: Vec::new(),
            filters: Vec::new(),
            limit: PAGE_LIMIT,
            cursor: None,
            ended: false,
        }
    }

    /// Expands these fields; Clover allows at most three.
    #[must_use]
    pub fn expand(mut self, fields: &[&str]) -> Self {
        self.expand = owned(fields);
        self
    }

    /// Adds a filter, such as `modifiedTime>=1767000000000`.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<String>) -> Self {
        self.filters.push(filter.into());
        self
    }

    /// Limits pages to this number of elements, 1 to [`PAGE_LIMIT`].
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit.clamp(1, PAGE_LIMIT);
        self
    }

    /// Continues after this id.
    #[must_use]
    pub fn after(mut self, cursor: Option<String>) -> Self {
        self.cursor = cursor;
        self
    }

    /// Reads each range twice, the second time with other expansions.
    #[must_use]
    pub fn paired(self, expand: &[&str]) -> PairedPageStream {
        PairedPageStream {
            second: owned(expand),
            stream: self,
        }
    }

    async fn fetch(&self, expand: &[String]) -> Result<(Answer, Head), Error> {
        let behind = self.cursor.as_ref().map(|id| format!("id>{id}"));
        let limit = self.limit.to_string();
        let mut query = vec![("orderBy", "id"), ("limit", limit.as_str())];
        let filters = self.filters.iter().chain(&behind);
        query.extend(filters.map(|filter| ("filter", filter.as_str())));
        self.api
            .read_expanded(&self.access, &self.path, &query, expand, page::head)
            .await
    }

    /// Checks that the response is the next page. If a server ignores the filter or the order, the
    /// stream would read the same rows forever, or skip rows that would then count as deleted.
    fn page(&self, asked: Instant, answer: Answer, head: Head) -> Result<RawPage, Error> {
        let full = head.count >= self.limit;
        let wrong = |reason: &str| {
            Err(Error::BadAnswer {
                call: answer.call.clone(),
                at: "elements".into(),
                reason: reason.to_owned(),
            })
        };
        if head.count > self.limit {
            return wrong("the page has more elements than requested");
        }
        if let (Some(cursor), Some((least, _))) = (&self.cursor, &head.ids)
            && least <= cursor
        {
            return wrong("the page contains ids of earlier pages, so it does not advance");
        }
        if full && !head.ascending {
            return wrong("a full page is not sorted by id");
        }
        let Some((_, greatest)) = head.ids else {
            if full {
                return wrong("a full page has no usable id, so the next page cannot be requested");
            }
            return Ok(RawPage {
                body: answer.body,
                count: head.count,
                cursor: self.cursor.clone(),
                last: true,
                asked,
                call: answer.call,
            });
        };
        Ok(RawPage {
            body: answer.body,
            count: head.count,
            cursor: Some(greatest),
            last: !full,
            asked,
            call: answer.call,
        })
    }

    fn advance(&mut self, page: &RawPage) {
        self.cursor.clone_from(&page.cursor);
        self.ended = page.last;
    }
}

impl Pages for PageStream {
    type Page = RawPage;

    async fn next(&mut self) -> Option<Result<RawPage, Error>> {
        if self.ended {
            return None;
        }
        let step = async {
            let asked = Instant::now();
            let (answer, head) = self.fetch(&self.expand).await?;
            self.page(asked, answer, head)
        };
        Some(step.await.inspect(|page| self.advance(page)))
    }

    fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }
}

/// A stream that reads each range twice, concurrently.
#[derive(Debug, Clone)]
pub struct PairedPageStream {
    stream: PageStream,
    second: Vec<String>,
}

fn owned(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_owned()).collect()
}

impl Pages for PairedPageStream {
    type Page = RawPair;

    async fn next(&mut self) -> Option<Result<RawPair, Error>> {
        let stream = &self.stream;
        if stream.ended {
            return None;
        }
        let step = async {
            let asked = Instant::now();
            let both = tokio::try_join!(stream.fetch(&stream.expand), stream.fetch(&self.second));
            let ((answer, head), (other_answer, other_head)) = both?;
            Ok(RawPair {
                first: stream.page(asked, answer, head)?,
                second: stream.page(asked, other_answer, other_head)?,
            })
        };
        Some(step.await.inspect(|pair| self.stream.advance(&pair.first)))
    }

    fn cursor(&self) -> Option<&str> {
        self.stream.cursor()
    }
}

impl Api {
    /// A complete list, such as `categories`: one request without filter and order if the list fits
    /// a page, because not every list is documented to sort and filter by id; otherwise a stream.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub fn list_all(
        &self,
        access: &Access,
        path: &str,
        expand: &[&str],
    ) -> impl Future<Output = Result<Vec<RawPage>, Error>> + Send + use<> {
        let mut stream = PageStream::new(self, access, path).expand(expand);
        async move {
            let limit = PAGE_LIMIT.to_string();
            let query = [("limit", limit.as_str())];
            let PageStream {
                api, access, path, ..
            } = &stream;
            let read = api.read_expanded(access, path, &query, &stream.expand, page::head);
            let asked = Instant::now();
            let (answer, head) = read.await?;
            if head.count != PAGE_LIMIT {
                return Ok(vec![stream.page(asked, answer, head)?]);
            }
            drop(answer);
            let mut pages = Vec::new();
            while let Some(page) = stream.next().await {
                pages.push(page?);
            }
            Ok(pages)
        }
    }
}
