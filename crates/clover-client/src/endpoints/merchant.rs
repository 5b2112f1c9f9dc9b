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

impl MerchantFacts {
    fn has_currency(&self) -> bool {
        let stated = self.properties.as_ref().map(|p| &p.default_currency);
        stated.is_some_and(Option::is_some) || self.order_currency.is_some()
    }
}

clover_core::text_enum! {
    /// Where a merchant's currency was found.
    pub enum CurrencySource {
        /// In the merchant's properties.
        Properties = "properties",
        /// In an order, because the app may not read the properties.
        Order = "order",
    }
}

/// Reads the merchant's properties, or the currency of an order, with one request if the currency
/// is still where it was before. Otherwise reads the whole profile.
///
/// # Errors
/// As [`Api::get`].
pub async fn read_again(
    api: Api,
    access: Access,
    before: CurrencySource,
) -> Result<MerchantFacts, Error> {
    let mut facts = MerchantFacts {
        id: access.merchant.clone().into(),
        name: None,
        properties: None,
        order_currency: None,
    };
    match before {
        CurrencySource::Properties => match read_properties(&api, &access).await {
            Ok(properties) => facts.properties = Some(properties),
            Err(Error::Unauthorized { .. }) => {}
            Err(error) => return Err(error),
        },
        CurrencySource::Order => facts.order_currency = read_order_currency(&api, &access).await?,
    }
    if facts.has_currency() {
        Ok(facts)
    } else {
        read(api, access).await
    }
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
        read_properties(&api, &access)
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
    let mut facts = MerchantFacts {
        id: access.merchant.clone().into(),
        name: merchant.and_then(|m| m.name),
        properties,
        order_currency: None,
    };
    if refused || !facts.has_currency() {
        facts.order_currency = read_order_currency(&api, &access).await?;
    }
    Ok(facts)
}

async fn read_properties(api: &Api, access: &Access) -> Result<Properties, Error> {
    api.get_json(access, "properties", &[]).await
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
