//! `CloverSync\Vault`.

use std::sync::Arc;

use clover_core::seal::Vault as Core;
use clover_service::token_record::seal;
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::zend::ClassEntry;

use crate::exception;
use crate::zend::class::{Finish, sensitive};

/// Encrypts secrets for the shop's database.
#[php_class]
#[php(name = "CloverSync\\Vault", flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Vault {
    pub(crate) core: Arc<Core>,
}

#[php_impl]
impl Vault {
    /// Derives its key from the secret.
    pub fn __construct(
        secret: BinarySlice<u8>,
        previous: Option<BinarySlice<u8>>,
    ) -> PhpResult<Self> {
        let core = Core::new(&secret, previous.as_deref().copied())
            .map_err(|e| exception::setting("secret", e.to_string()))?;
        Ok(Self {
            core: Arc::new(core),
        })
    }

    /// Seals for a context.
    pub fn seal(&self, plaintext: BinarySlice<u8>, context: BinarySlice<u8>) -> PhpResult<String> {
        let context = text(&context, "context")?;
        seal(&self.core, &plaintext, context).map_err(exception::of)
    }

    /// Decrypts text that was sealed for the same context.
    pub fn open(
        &self,
        sealed: BinarySlice<u8>,
        context: BinarySlice<u8>,
    ) -> PhpResult<ext_php_rs::binary::Binary<u8>> {
        let sealed = text(&sealed, "sealed")?;
        let plain = self
            .core
            .open(sealed, text(&context, "context")?)
            .map_err(|e| exception::vault(&format!("cannot decrypt the sealed text: {e}")))?;
        Ok(plain.to_vec().into())
    }

    /// Whether the text was sealed with the current secret.
    pub fn is_current(&self, sealed: BinarySlice<u8>) -> bool {
        std::str::from_utf8(&sealed).is_ok_and(|sealed| self.core.is_current(sealed))
    }
}

fn text<'a>(bytes: &'a [u8], name: &str) -> PhpResult<&'a str> {
    std::str::from_utf8(bytes)
        .map_err(|_| exception::vault(&format!("the {name} text is not valid UTF-8")))
}

impl Finish for Vault {
    fn finish(ce: &ClassEntry) {
        sensitive(ce, "__construct", 0);
        sensitive(ce, "__construct", 1);
        sensitive(ce, "seal", 0);
    }
}
