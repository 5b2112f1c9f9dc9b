//! The connection and its merchant.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clover_client::AuthorizeRequest;
use clover_client::pictures::Picture;
use clover_core::wire::TaxRate;

use super::{Output, errors, object, row};
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

/// The merchant's tax rates.
#[must_use]
pub fn tax_rates(rates: &[TaxRate]) -> Output<'_> {
    Output::list(rates.iter().map(|rate| {
        row! {
            id: rate.id.as_str(),
            name: rate.name.as_deref(),
            rate: (!rate.is_amount()).then_some(rate.rate),
            is_default: rate.is_default,
        }
    }))
}

/// A picture.
#[must_use]
pub fn picture(picture: &Picture) -> Output<'static> {
    let (extension, content) = match picture {
        Picture::File(extension, content) => (Some(*extension), STANDARD.encode(content)),
        Picture::None | Picture::Later => (None, String::new()),
    };
    row! { extension: extension, content: content, later: *picture == Picture::Later }
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
