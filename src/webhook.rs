//! `CloverSync\Webhook`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use clover_core::ids::MerchantId;
use clover_core::settings::Secret;
use clover_core::webhook::{AUTH_HEADER, IncomingRequest, MAX_BODY, verdict};
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use ext_php_rs::zend::ClassEntry;

use crate::exception;
use crate::settings::Settings;
use crate::webhook_verdict::{self, WebhookVerdict};
use crate::zend::array::values as array_values;
use crate::zend::class::{Finish, sensitive};

/// The header's name in `$_SERVER`.
const AUTH_VARIABLE: &str = "HTTP_X_CLOVER_AUTH";

/// Checks webhook requests.
#[php_class]
#[php(
    name = "CloverSync\\Webhook",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties)
)]
pub struct Webhook {
    secret: Option<Secret>,
    enabled: bool,
}

#[php_impl]
impl Webhook {
    /// The longest accepted body, in bytes.
    #[allow(clippy::cast_possible_wrap, reason = "256 KiB")]
    pub const MAX_BODY: i64 = MAX_BODY as i64;

    /// Takes its secret and switch from the settings.
    pub fn __construct(settings: &Settings) -> Self {
        Self {
            secret: settings.core.webhook_secret.clone(),
            enabled: settings.core.webhooks,
        }
    }

    /// The verdict on one request.
    pub fn judge(
        &self,
        body: BinarySlice<u8>,
        headers: &ZendHashTable,
        merchantId: Option<String>,
    ) -> PhpResult<WebhookVerdict> {
        let merchant = merchantId
            .map(MerchantId::new)
            .transpose()
            .map_err(|e| exception::item(&e.to_string(), "merchantId"))?;
        let auth = auth(headers);
        let request = IncomingRequest {
            body: &body,
            auth: &auth,
        };
        let found = verdict(
            request,
            self.secret.as_ref(),
            merchant.as_ref(),
            self.enabled,
        );
        Ok(webhook_verdict::object(&found)?)
    }
}

/// Every value of the header; the case of its name does not matter.
fn auth(headers: &ZendHashTable) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut entries = headers.iter();
    // The plain iterator panics at a key that is not UTF-8, and any sender can choose these keys.
    while let Some((name, value)) = entries.next_zval() {
        let ours = name.zend_str().is_some_and(|name| {
            let name = name.as_bytes();
            name.eq_ignore_ascii_case(AUTH_HEADER.as_bytes())
                || name.eq_ignore_ascii_case(AUTH_VARIABLE.as_bytes())
        });
        match value.dereference().array() {
            _ if !ours => {}
            Some(values) => found.extend(array_values(values).map(bytes)),
            None => found.push(bytes(value.dereference())),
        }
    }
    found
}

/// A value that is not text counts as present and matches nothing.
fn bytes(value: &Zval) -> &[u8] {
    value.zend_str().map_or(&[], ZendStr::as_bytes)
}

impl Finish for Webhook {
    // A body holds the verification code, or names what
    // the shop sells.
    fn finish(ce: &ClassEntry) {
        sensitive(ce, "judge", 0);
        sensitive(ce, "judge", 1);
    }
}
