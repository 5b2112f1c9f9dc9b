//! The merchant's order types.

use clover_core::ids::OrderTypeId;
use clover_core::{text, wire};

use crate::error::Error;
use crate::http::{Access, Api};
use crate::paging::PAGE_LIMIT;

/// The order type with this name, by the rule of [`text::key`]. Of several, one that the till
/// offers comes first, then the smallest id. The first thousand order types are searched.
///
/// Merchant Read is not one of the manual's four permissions. So a refusal is normal here and must
/// not cause a token refresh: it is final if the same token can read orders.
///
/// # Errors
/// As [`Api::get`], and [`Error::BadAnswer`].
pub async fn find(api: Api, access: Access, name: String) -> Result<Option<OrderTypeId>, Error> {
    let limit = PAGE_LIMIT.to_string();
    let answer = match api.get(&access, "order_types", &[("limit", &limit)]).await {
        Err(error) if error.wants_new_token() => {
            api.get(&access, "orders", &[("limit", "1")]).await?;
            return Err(error.after_refresh());
        }
        answer => answer?,
    };
    // An element that cannot be read is none with this name.
    let types = answer.listing::<wire::OrderType>()?.elements;
    let wanted = text::key(&name);
    let named = types.into_iter().filter(|one| {
        let label = one.label.as_deref().unwrap_or_default();
        !one.is_deleted && !wanted.is_empty() && text::key(label) == wanted
    });
    Ok(named
        .map(|one| (one.is_hidden, one.id))
        .min()
        .map(|(_, id)| id))
}
