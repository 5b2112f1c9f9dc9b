//! The connection and its merchant.

use clover_client::AuthorizeRequest;

use super::{Output, errors, object};
use crate::connection::{ConnectionStatus, Merchant};

/// The start of an authorization.
#[must_use]
pub fn authorization(request: &AuthorizeRequest) -> Output<'_> {
    object!(Authorization: request.url.as_str(), request.state.secret())
}

/// The connection as stored.
#[must_use]
pub fn status(status: &ConnectionStatus) -> Output<'_> {
    object!(
        ConnectionStatus:
        status.connected,
        Output::case(status.environment),
        status.merchant_id.as_deref(),
        status.credential.map_or(Output::Null, Output::case),
        status.access_expires_at,
        status.refresh_expires_at,
        errors::maybe(status.reconnect_reason.as_ref()),
        status.refused_at,
        status.next_try_at,
    )
}

/// The merchant.
#[must_use]
pub fn merchant(merchant: &Merchant) -> Output<'_> {
    let currency = merchant.currency.as_ref();
    object!(
        Merchant:
        &merchant.id,
        merchant.name.as_deref(),
        currency.map(|(currency, _)| currency),
        currency.map(|(_, source)| Output::case(*source)),
        merchant.vat,
        merchant.track_stock,
        merchant.update_stock,
    )
}
