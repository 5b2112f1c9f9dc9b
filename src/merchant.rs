//! `CloverSync\Merchant`, and how its facts are read.

use clover_client::{Access, Api, Error};
use clover_core::wire::{Listing, Merchant as WireMerchant, OrderCurrency, Properties};
use ext_php_rs::error::Result;

use crate::engine::array::zval;
use crate::engine::class::{PropertyType as T, Slot, returned_object, value_class, value_object};

static CLASS: Slot = Slot::new();

returned_object!(
    /// The merchant, on its way to PHP.
    Merchant,
    "CloverSync\\Merchant"
);

/// Registers the class; in MINIT.
pub fn register() -> Result<()> {
    value_class(
        "CloverSync\\Merchant",
        &[
            ("id", T::STRING),
            ("name", T::STRING.or_null()),
            ("currency", T::STRING.or_null()),
            ("currencySource", T::STRING.or_null()),
            ("vat", T::BOOL.or_null()),
            ("trackStock", T::BOOL.or_null()),
            ("updateStock", T::BOOL.or_null()),
        ],
        |ce, methods| CLASS.set(ce, methods),
        &CLASS,
    )
}

/// The PHP object.
pub fn object(facts: &MerchantFacts) -> Result<Merchant> {
    let properties = facts.properties.as_ref();
    let from_properties = properties.and_then(|p| p.default_currency.as_deref());
    let (currency, source) = match (from_properties, facts.order_currency.as_deref()) {
        (Some(currency), _) => (Some(currency), Some("properties")),
        (None, Some(currency)) => (Some(currency), Some("order")),
        (None, None) => (None, None),
    };
    value_object(
        &CLASS,
        [
            zval(facts.id.as_str())?,
            zval(facts.name.as_deref())?,
            zval(currency)?,
            zval(source)?,
            zval(properties.and_then(|p| p.vat))?,
            zval(properties.and_then(|p| p.track_stock))?,
            zval(properties.and_then(|p| p.update_stock))?,
        ],
    )
    .map(Merchant)
}

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

/// The manual asks for four permissions, and Merchant Read is not among them: a refusal here is usual, and must not cost a refresh. So the refusal is
/// believed when the same token may read something else.
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

/// Orders are among the four permissions; without even that one, the items must be readable, or the token is bad.
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
