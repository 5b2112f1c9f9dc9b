//! Reads, maps and compares one page of unchanged items again and again, for a profiler: `unchanged
//! ITEMS.json COUNTS.json ROUNDS`.
//!
//! The files are two views of one page as Clover sends them, the items with
//! `expand=categories,options,tags` and with `expand=itemStock`. What stands here is what the
//! extension does with a page between the wire and PHP. docs/decisions/performance.md says how to
//! run it under callgrind.

use std::collections::HashMap;
use std::error::Error;

use clover_core::diff::{Known, compare};
use clover_core::mapping::Mapper;
use clover_core::money::Currency;
use clover_core::product::Product;
use clover_core::settings::Settings;
use clover_core::wire::{Item, ItemCount, Listing};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, items, counts, rounds] = arguments.as_slice() else {
        return Err("unchanged ITEMS.json COUNTS.json ROUNDS".into());
    };
    let (items, counts) = (std::fs::read(items)?, std::fs::read(counts)?);
    let settings = [("import_status".to_owned(), "published".into())].into();
    let settings = Settings::from_parameters(settings)?;
    let mapper = Mapper::new(&settings, Currency::from_code("USD")?, true);
    let known: HashMap<String, Known> = page(&items, &counts, &mapper)?
        .into_iter()
        .map(|product| (product.reference.id().to_owned(), stored(&product)))
        .collect();
    let mut changed = 0;
    for _ in 0..rounds.parse::<usize>()? {
        let products = page(&items, &counts, &mapper)?;
        changed += products
            .iter()
            .filter_map(|product| compare(product, &known))
            .count();
    }
    println!("{} products, {changed} changes", known.len());
    Ok(())
}

fn page(items: &[u8], counts: &[u8], mapper: &Mapper) -> Result<Vec<Product>, Box<dyn Error>> {
    let listing = Listing::<Item>::parse(items)?;
    let mut counts: HashMap<_, _> = Listing::<ItemCount>::parse(counts)?
        .elements
        .into_iter()
        .map(|count| (count.id, count.item_stock))
        .collect();
    let mut products = Vec::with_capacity(listing.elements.len());
    for mut item in listing.elements {
        item.item_stock = counts.remove(&item.id).unwrap_or_default();
        if item.item_group.is_none() {
            products.push(mapper.item(&item)?);
        }
    }
    Ok(products)
}

/// As the shop holds it once it was written.
fn stored(product: &Product) -> Known {
    let variant = &product.variants[0];
    let quantity = variant.stock.map(|stock| stock.sellable(0, 0));
    Known {
        fingerprint: Some(product.fingerprint().to_text()),
        deleted: false,
        place: Some(product.reference.id().into()),
        sku: variant.sku.clone(),
        upc: variant.upc.clone(),
        price: Some(variant.price),
        manage_stock: quantity.is_some(),
        quantity: Some(quantity.unwrap_or(0)),
        threshold: variant.threshold,
        availability: i64::from(variant.sellable),
        committed: 0,
        reserve: None,
        tax_profile: None,
        tax_written: None,
    }
}
