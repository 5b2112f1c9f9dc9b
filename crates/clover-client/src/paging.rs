//! Reading whole lists, page by page, by keyset: each page asks for ids greater than the last one
//! seen, so rows that come or go meanwhile shift nothing, and no id comes twice.

use std::fmt;
use std::future::Future;

use bytes::Bytes;
use tokio::time::Instant;

use crate::error::{Call, Error};
use crate::http::{Access, Answer, Api};
use crate::page::{self, Head};

/// Clover's greatest page. What it does with more is not documented.
pub const PAGE_LIMIT: u32 = 1_000;

/// One page as Clover sent it.
#[derive(Clone)]
pub struct RawPage {
    /// The list in its envelope: `{"elements": […]}`.
    pub body: Bytes,
    /// How many elements it holds.
    pub count: usize,
    /// Where the next page begins: the greatest id so far. `None` only when the list is empty.
    pub cursor: Option<String>,
    /// The list ends here.
    pub last: bool,
    /// When it was asked for: what changed in Clover later may not be in it.
    pub asked: Instant,
    /// Status, tries, time and Clover's request id.
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

/// Two views of one page, such as the items with their categories, and the items with their stock:
/// Clover asks for at most three expansions a call. They were read side by side, so an item made or
/// deleted meanwhile may be in one only: join them by id, and take what is missing as unknown.
#[derive(Debug, Clone)]
pub struct RawPair {
    /// Decides the cursor and the end.
    pub first: RawPage,
    /// The same stretch of the list, expanded otherwise.
    pub second: RawPage,
}

/// Something that is read page by page.
pub trait Pages: Send + 'static {
    /// What one step gives.
    type Page: Send + 'static;

    /// The next page, or `None` after the last. An error moves nothing: the next call asks for the
    /// same page again.
    fn next(&mut self) -> impl Future<Output = Option<Result<Self::Page, Error>>> + Send;

    /// The greatest id of all pages given so far: a new sweep that begins here goes on where this
    /// one is.
    fn cursor(&self) -> Option<&str>;
}

/// A sweep over one list.
#[derive(Debug, Clone)]
pub struct PageStream {
    api: Api,
    access: Access,
    path: String,
    expand: Vec<String>,
    filters: Vec<String>,
    limit: u32,
    cursor: Option<String>,
    ended: bool,
}

impl PageStream {
    /// Over the list at `path` below the merchant, such as `items`.
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

    /// With these fields expanded; Clover asks for at most three.
    #[must_use]
    pub fn expand(mut self, fields: &[&str]) -> Self {
        self.expand = owned(fields);
        self
    }

    /// Only what also passes this filter, such as `modifiedTime>=1767000000000`.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<String>) -> Self {
        self.filters.push(filter.into());
        self
    }

    /// Pages of at most this many elements, 1 to [`PAGE_LIMIT`].
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit.clamp(1, PAGE_LIMIT);
        self
    }

    /// Goes on behind this id.
    #[must_use]
    pub fn after(mut self, cursor: Option<String>) -> Self {
        self.cursor = cursor;
        self
    }

    /// The same stretches twice, the second time with other expansions.
    #[must_use]
    pub fn paired(self, expand: &[&str]) -> PairedPageStream {
        PairedPageStream {
            second: owned(expand),
            sweep: self,
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

    /// A page that can be trusted to be the next one. A server that does not filter or does not
    /// sort would have us read the same rows for ever, or skip some and take them for deleted.
    fn page(&self, asked: Instant, answer: Answer, head: Head) -> Result<RawPage, Error> {
        let full = head.count >= self.limit as usize;
        let wrong = |reason: &str| {
            Err(Error::BadAnswer {
                call: answer.call.clone(),
                at: "elements".into(),
                reason: reason.to_owned(),
            })
        };
        if head.count > self.limit as usize {
            return wrong("the page holds more elements than were asked for");
        }
        if let (Some(cursor), Some((least, _))) = (&self.cursor, &head.ids)
            && least <= cursor
        {
            return wrong(
                "the page holds ids that were asked to be left out, so it does not advance",
            );
        }
        if full && !head.ascending {
            return wrong("a full page is not in the order of its ids");
        }
        let Some((_, greatest)) = head.ids else {
            if full {
                return wrong("a full page has no usable id, so the next one cannot be asked for");
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

/// A sweep that reads each stretch twice, side by side.
#[derive(Debug, Clone)]
pub struct PairedPageStream {
    sweep: PageStream,
    second: Vec<String>,
}

fn owned(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_owned()).collect()
}

impl Pages for PairedPageStream {
    type Page = RawPair;

    async fn next(&mut self) -> Option<Result<RawPair, Error>> {
        let sweep = &self.sweep;
        if sweep.ended {
            return None;
        }
        let step = async {
            let asked = Instant::now();
            let both = tokio::try_join!(sweep.fetch(&sweep.expand), sweep.fetch(&self.second));
            let ((answer, head), (other_answer, other_head)) = both?;
            Ok(RawPair {
                first: sweep.page(asked, answer, head)?,
                second: sweep.page(asked, other_answer, other_head)?,
            })
        };
        Some(step.await.inspect(|pair| self.sweep.advance(&pair.first)))
    }

    fn cursor(&self) -> Option<&str> {
        self.sweep.cursor()
    }
}

impl Api {
    /// A whole look-up list, such as `categories`. One request when it fits a page, which is asked
    /// for plainly, for not every list is known to sort and filter by id; else a sweep.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub fn list_all(
        &self,
        access: &Access,
        path: &str,
        expand: &[&str],
    ) -> impl Future<Output = Result<Vec<RawPage>, Error>> + Send + use<> {
        let mut sweep = PageStream::new(self, access, path).expand(expand);
        async move {
            let limit = PAGE_LIMIT.to_string();
            let query = [("limit", limit.as_str())];
            let PageStream {
                api, access, path, ..
            } = &sweep;
            let read = api.read_expanded(access, path, &query, &sweep.expand, page::head);
            let asked = Instant::now();
            let (answer, head) = read.await?;
            if head.count != PAGE_LIMIT as usize {
                return Ok(vec![sweep.page(asked, answer, head)?]);
            }
            drop(answer);
            let mut pages = Vec::new();
            while let Some(page) = sweep.next().await {
                pages.push(page?);
            }
            Ok(pages)
        }
    }
}
