//! `CloverSync\Vault`.

use std::sync::Arc;

use clover_core::seal::Vault as Core;
use clover_service::vault;
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::zend::ClassEntry;

use crate::exception::of;
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
        let core = vault::derive(&secret, previous.as_deref().copied()).map_err(of)?;
        Ok(Self {
            core: Arc::new(core),
        })
    }

    /// Seals for a context.
    pub fn seal(&self, plaintext: BinarySlice<u8>, context: BinarySlice<u8>) -> PhpResult<String> {
        vault::seal(&self.core, &plaintext, &context).map_err(of)
    }

    /// Decrypts text that was sealed for the same context.
    pub fn open(
        &self,
        sealed: BinarySlice<u8>,
        context: BinarySlice<u8>,
    ) -> PhpResult<ext_php_rs::binary::Binary<u8>> {
        let plain = vault::open(&self.core, &sealed, &context).map_err(of)?;
        Ok(plain.to_vec().into())
    }

    /// Whether the text was sealed with the current secret.
    pub fn is_current(&self, sealed: BinarySlice<u8>) -> bool {
        vault::is_current(&self.core, &sealed)
    }
}

impl Finish for Vault {
    fn finish(ce: &ClassEntry) {
        sensitive(ce, "__construct", 0);
        sensitive(ce, "__construct", 1);
        sensitive(ce, "seal", 0);
    }
}
