//! The merchant's profile.

use clover_core::wire::{Listing, Merchant as WireMerchant, OrderCurrency, Properties};

use crate::error::Error;
use crate::http::{Access, Api};

/// The merchant's profile, as far as it could be read.
pub struct MerchantFacts {
    /// Clover's id.
    pub id: String,
    /// The name on Clover's dashboard.
    pub name: Option<String>,
    /// The properties, if the permission is granted.
    pub properties: Option<Properties>,
    /// The currency of an order.
    pub order_currency: Option<String>,
}

/// Reads the merchant's profile. The owner's manual requires four permissions, and Merchant Read is
/// not one of them. So a refusal is normal here and must not cause a token refresh: it counts as
/// final if the same token can read something else.
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
    let has_currency = properties
        .as_ref()
        .is_some_and(|p| p.default_currency.is_some());
    let order_currency = if refused || !has_currency {
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

/// The currency of any order. An error also means that the token does not work: reading orders is
/// one of the four permissions, and if it is refused, reading items decides.
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
