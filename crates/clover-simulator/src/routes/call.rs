//! One call of the REST API, and what all handlers share.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::http::reply::{Answer, Reply};
use crate::http::request::Request;
use crate::ids::Id;
use crate::model::item_view::ItemStyle;
use crate::model::store::MerchantStore;
use crate::query::{Expand, ListQuery};

/// A permission and the handler that needs it.
pub type Route = (&'static str, fn(&mut Call<'_>) -> Answer);

/// One call of the REST API.
pub struct Call<'a> {
    /// Everything there is.
    pub store: &'a mut MerchantStore,
    /// What was sent.
    pub request: &'a Request,
    /// The path after the merchant.
    pub path: &'a [&'a str],
}

/// A list on the wire.
#[derive(Serialize)]
struct List<T> {
    elements: T,
    href: String,
}

impl Call<'_> {
    /// A part of the path as an id; `None` where it is none, so that nothing has it.
    pub fn id(&self, at: usize) -> Option<Id> {
        self.path.get(at)?.parse().ok()
    }

    /// The body as an object.
    pub fn body(&self) -> Result<Map<String, Value>, Reply> {
        self.request.object()
    }

    /// Reads the list query.
    pub fn query(&self, filters: &str) -> Result<ListQuery, Reply> {
        ListQuery::parse(self.request, filters, &self.store.switches)
    }

    /// Reads `expand`.
    pub fn expand(&self) -> Result<Expand, Reply> {
        Expand::parse(self.request, &self.store.switches)
    }

    /// How items are shown with this `expand`.
    pub fn style<'a>(&'a self, expand: &Expand) -> ItemStyle<'a> {
        let store = &*self.store;
        ItemStyle::new(&store.lookups, &store.merchant, expand, &store.switches)
    }

    /// The `https` URL of the merchant, for the `href` of single objects.
    pub fn base(&self) -> String {
        format!(
            "https://{}/v3/merchants/{}",
            self.host(),
            self.store.merchant.id
        )
    }

    fn host(&self) -> &str {
        self.request.header("host").unwrap_or("localhost")
    }

    /// A page: the elements, and an `href` with the `http` scheme, as recorded.
    pub fn list(&self, elements: impl Serialize, query: &ListQuery, filters: &str) -> Reply {
        let href = format!(
            "http://{}{}?{}",
            self.host(),
            self.request.path,
            query.effective()
        );
        Reply::json(&List { elements, href }).header("X-Clover-Allowed-Filter-Fields", filters)
    }

    /// The ids of a bulk delete: `?itemIds=A,B`.
    pub fn bulk_ids(&self, parameter: &str) -> Result<Vec<Id>, Reply> {
        let list = self
            .request
            .parameter(parameter)
            .filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| Reply::bad(format!("{parameter} is required")))?;
        list.split(',')
            .map(|id| {
                id.trim()
                    .parse()
                    .map_err(|error| Reply::bad(format!("{parameter}: {error}")))
            })
            .collect()
    }
}
