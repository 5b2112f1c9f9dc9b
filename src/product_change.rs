//! `CloverSync\ProductChange`.

use clover_core::diff::{Action, Change};
use clover_core::ids::CategoryId;
use clover_core::product::ProductKind;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::types::Zval;

use crate::zend::array::{list, record, try_list, zval};
use crate::zend::class::{PropertyType as T, Slot, value_class, value_object};
use crate::zend::text_enum::Case;

static CLASS: Slot = Slot::new();

/// Registers the class; in MINIT.
pub fn register() -> Result<()> {
    value_class(
        "CloverSync\\ProductChange",
        &[
            ("cloverId", T::STRING),
            ("kind", T::of::<ProductKind>()),
            ("action", T::of::<Action>()),
            ("fields", T::ARRAY),
            ("title", T::STRING),
            ("alias", T::STRING),
            ("publish", T::BOOL),
            ("withheld", T::BOOL),
            ("categories", T::ARRAY),
            ("createCategory", T::BOOL),
            ("categoryId", T::STRING),
            ("tags", T::ARRAY),
            ("warnings", T::ARRAY),
            ("fingerprint", T::STRING),
            ("minPrice", T::STRING),
            ("maxPrice", T::STRING),
            ("options", T::ARRAY),
            ("variants", T::ARRAY),
        ],
        |ce, methods| CLASS.set(ce, methods),
        &CLASS,
    )
}

/// The PHP object of a change.
pub fn object(change: &Change) -> Result<Zval> {
    let product = &change.product;
    let kind = product.reference.kind();
    let (lowest, highest) = product
        .price_range()
        .map_or_else(Default::default, |(l, h)| (l.to_string(), h.to_string()));
    let options = try_list(product.options.iter().enumerate().map(|(index, name)| {
        record([
            ("name", zval(name.as_str())?),
            ("values", zval(list(product.option_values(index))?)?),
        ])
    }))?;
    let variants = try_list(product.variants.iter().zip(&change.variants).map(
        |(variant, difference)| {
            record([
                ("clover_id", zval(variant.id.as_str())?),
                ("action", zval(Case(difference.action))?),
                ("fields", zval(list(difference.fields.iter().copied())?)?),
                ("fingerprint", zval(variant.fingerprint())?),
                ("sku", variant.sku.as_deref().into_zval(false)?),
                ("upc", variant.upc.as_deref().into_zval(false)?),
                ("price", zval(variant.price.to_string())?),
                ("manage_stock", zval(difference.quantity.is_some())?),
                ("quantity", difference.quantity.into_zval(false)?),
                ("availability", difference.availability.into_zval(false)?),
                (
                    "option_values",
                    zval(list(variant.option_values.iter().map(String::as_str))?)?,
                ),
                ("name", zval(variant.name.as_str())?),
            ])
        },
    ))?;
    let texts = |texts: &[String]| -> Result<_> { zval(list(texts.iter().map(String::as_str))?) };
    value_object(
        &CLASS,
        [
            zval(product.reference.id())?,
            zval(Case(kind))?,
            zval(Case(change.action))?,
            zval(list(change.fields.iter().copied())?)?,
            zval(product.title.as_str())?,
            zval(product.alias())?,
            zval(product.publish)?,
            zval(product.withheld)?,
            texts(&product.categories)?,
            zval(product.create_category)?,
            zval(product.category.as_ref().map_or("", CategoryId::as_str))?,
            texts(&product.tags)?,
            texts(&product.warnings)?,
            zval(product.fingerprint().to_text())?,
            zval(lowest)?,
            zval(highest)?,
            zval(options)?,
            zval(variants)?,
        ],
    )
}
