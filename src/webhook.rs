//! `CloverSync\Webhook`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use clover_core::webhook::MAX_BODY;
use clover_service::webhook::Webhook as Core;
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use ext_php_rs::zend::ClassEntry;

use crate::exception::of;
use crate::input::Php;
use crate::output::zval;
use crate::settings::Settings;
use crate::values::WebhookVerdict;
use crate::zend::class::{Finish, sensitive};

/// Checks webhook requests.
#[php_class]
#[php(
    name = "CloverSync\\Webhook",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties)
)]
pub struct Webhook {
    core: Core,
}

#[php_impl]
impl Webhook {
    /// The longest accepted body, in bytes.
    #[allow(clippy::cast_possible_wrap, reason = "256 KiB")]
    pub const MAX_BODY: i64 = MAX_BODY as i64;

    /// Takes its secret and switch from the settings.
    pub fn __construct(settings: &Settings) -> Self {
        Self {
            core: Core::new(&settings.core),
        }
    }

    /// The verdict on one request.
    pub fn judge(
        &self,
        body: BinarySlice<u8>,
        headers: &ZendHashTable,
        merchantId: Option<String>,
    ) -> PhpResult<WebhookVerdict> {
        let judged = self.core.judge(&body, Php::Array(headers), merchantId);
        Ok(WebhookVerdict(zval(&judged.map_err(of)?.output())?))
    }
}

impl Finish for Webhook {
    // A body holds the verification code, or names what
    // the shop sells.
    fn finish(ce: &ClassEntry) {
        sensitive(ce, "judge", 0);
        sensitive(ce, "judge", 1);
    }
}
