//! What the merchant sells at the start: the built-in catalog, a file, or generated items.

mod file;
mod sandbox;
mod synthetic;

use serde_json::json;

use crate::config::Catalog;
use crate::model::rules::Kind;
use crate::model::store::MerchantStore;

/// Fills an empty world.
///
/// # Errors
/// A sentence that says what is wrong with the catalog.
pub fn load(store: &mut MerchantStore, catalog: &Catalog, seed: u64) -> Result<(), String> {
    match catalog {
        Catalog::Sandbox => sandbox::load(store)?,
        Catalog::File(path) => file::load(store, path)?,
        Catalog::Synthetic(count) => synthetic::load(store, *count, seed),
    }
    // Every sandbox merchant has it.
    if store
        .lookups
        .named(Kind::TaxRates, "NO_TAX_APPLIED", |_| true)
        .is_none()
    {
        let fields = [
            ("name", json!("NO_TAX_APPLIED")),
            ("rate", json!(0)),
            ("isDefault", json!(false)),
        ];
        store.add_doc(Kind::TaxRates, &fields);
    }
    Ok(())
}
