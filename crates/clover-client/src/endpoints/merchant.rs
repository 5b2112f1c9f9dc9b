//! What Clover tells of the merchant.

use clover_core::wire::{Listing, Merchant as WireMerchant, OrderCurrency, Properties};

use crate::error::Error;
use crate::http::{Access, Api};

/// What could be read of the merchant.
pub struct MerchantFacts {
    /// Clover's id.
    pub id: String,
    /// As on the dashboard.
    pub name: Option<String>,
    /// The properties, where the permission is granted.
    pub properties: Option<Properties>,
    /// The currency of some order.
    pub order_currency: Option<String>,
}

/// The manual asks for four permissions, and Merchant Read is not among them: a refusal here is
/// usual, and must not cost a refresh. So the refusal is believed when the same token may read
/// something else.
///
/// # Errors
/// As [`Api::get`].
pub async fn read(api: Api, access: Access) -> Result<MerchantFacts, Error> {
    let (merchant, properties) = tokio::join!(
        api.get_json::<WireMerchant>(&access, "", &[]),
        api.get_json::<Properties>(&access, "properties", &[])
    );
    let mut refused = false;
    let mut granted = |error: Error| match error {
        Error::Unauthorized { .. } => {
            refused = true;
            Ok(())
        }
        error => Err(error),
    };
    let merchant = merchant.map(Some).or_else(|e| granted(e).map(|()| None))?;
    let properties = properties
        .map(Some)
        .or_else(|e| granted(e).map(|()| None))?;
    let told = properties
        .as_ref()
        .is_some_and(|p| p.default_currency.is_some());
    let order_currency = if refused || !told {
        read_order_currency(&api, &access).await?
    } else {
        None
    };
    Ok(MerchantFacts {
        id: access.merchant.into(),
        name: merchant.and_then(|m| m.name),
        properties,
        order_currency,
    })
}

/// Orders are among the four permissions; without even that one, the items must be readable, or the
/// token is bad.
async fn read_order_currency(api: &Api, access: &Access) -> Result<Option<String>, Error> {
    match api.get(access, "orders", &[("limit", "1")]).await {
        Ok(answer) => Ok(Listing::<OrderCurrency>::parse(&answer.body)
            .ok()
            .and_then(|orders| orders.elements.into_iter().find_map(|o| o.currency))),
        Err(Error::Unauthorized { .. }) => api
            .get(access, "items", &[("limit", "1")])
            .await
            .map(|_| None),
        Err(error) => Err(error),
    }
}
