//! Compares mapped products with the shop's rows, and lists what must be written.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use crate::money::ColumnPrice;
use crate::product::{Fingerprint, MODIFIERS, Product, ProductReference, UNAVAILABLE, Variant};
use crate::quantity::{Quantity, Reserve};

/// One mapping as the shop's database holds it now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// As stored with the mapping: the product's, or for a variant of a group the variant's.
    pub fingerprint: Option<String>,
    /// Marked as deleted in Clover.
    pub deleted: bool,
    /// Clover id of the product in which the shop keeps it: its own id, that of its group, or empty
    /// when it stands in a product that is linked to neither. None is taken for the right place.
    pub place: Option<String>,
    /// The variant's.
    pub sku: Option<String>,
    /// The variant's.
    pub upc: Option<String>,
    /// The variant's; none when the column holds nothing readable.
    pub price: Option<ColumnPrice>,
    /// Whether the shop counts this variant.
    pub manage_stock: bool,
    /// The variant's; none when it has no quantity row.
    pub quantity: Option<i64>,
    /// The shop warns at this quantity and below; none when it uses its common number.
    pub threshold: Option<Quantity>,
    /// 0 marks out of stock whatever the quantity.
    pub availability: i64,
    /// Units that the shop has taken for orders and Clover has not.
    pub committed: i64,
    /// Units that its product keeps for the till, where the product has a number of its own.
    pub reserve: Option<i64>,
    /// The product's; none for a variant, and while the shop does not follow Clover's taxes.
    pub tax_profile: Option<i64>,
    /// The profile that the sync gave the product or found right last; none before the first time.
    pub tax_written: Option<i64>,
}

impl Known {
    /// Whether it stands in this product.
    #[must_use]
    pub fn is_in(&self, product: &str) -> bool {
        self.place.as_deref().is_none_or(|place| place == product)
    }
}

crate::text_enum! {
    /// What is to be done with a product or a variant.
    pub enum Action {
        /// The shop does not have it.
        Create = "create",
        /// The shop has it, and something differs.
        Update = "update",
        /// It was deleted in Clover and is back.
        Restore = "restore",
        /// A variant stands in another product: the item joined, left or changed its group.
        Move = "move",
        /// Nothing.
        Keep = "keep",
    }
}

/// A product that needs writing.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// As Clover wants it.
    pub product: Product,
    /// Never [`Action::Keep`].
    pub action: Action,
    /// Names of what differs, in a fixed order.
    pub fields: Vec<&'static str>,
    /// One for each of the product's variants, in their order.
    pub variants: Vec<VariantChange>,
    /// The tax profile to write, or none to leave the shop's.
    pub tax_profile: Option<i64>,
}

/// What is to be done with one variant.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantChange {
    /// Keep when nothing differs.
    pub action: Action,
    /// Names of what differs.
    pub fields: Vec<&'static str>,
    /// What the shop may sell; none when Clover does not count the item.
    pub quantity: Option<i64>,
    /// The value to write, or none to leave the owner's.
    pub availability: Option<i64>,
}

/// Every field name, in the order in which they are reported.
const FIELDS: [&str; 14] = [
    "title",
    "category",
    "tags",
    "tax",
    "sale",
    "options",
    MODIFIERS,
    "variants",
    "sku",
    "upc",
    "price",
    "count",
    "low_stock",
    "availability",
];

/// Compares a product with the shop. None when nothing is to be done.
///
/// `known` holds the product's own row and its variants' rows by Clover id; a simple product's one
/// row is both.
#[must_use]
pub fn compare<S: std::hash::BuildHasher>(
    product: &Product,
    known: &HashMap<String, Known, S>,
) -> Option<Change> {
    let id = product.reference.id();
    let row = known.get(id).filter(|row| row.is_in(id));
    // A variant that moves takes no number along: that of its new product counts.
    let kept = product.reserve.of(row.and_then(|row| row.reserve));
    let product = &keeping_unseen(product, row, known);
    let aspects = row.map_or_else(Vec::new, |r| {
        product
            .fingerprint()
            .differing(r.fingerprint.as_deref().unwrap_or_default())
    });
    let variants: Vec<VariantChange> = product
        .variants
        .iter()
        .map(|variant| {
            let known = known.get(variant.id.as_str());
            if let Some(elsewhere) = known.filter(|k| !k.is_in(id)) {
                return moved(variant, elsewhere, kept);
            }
            let known = known.filter(|_| row.is_some());
            let sale_changed = match product.reference {
                ProductReference::Item(_) => aspects.contains(&"sale"),
                ProductReference::Group(_) => {
                    known.is_some_and(|k| k.fingerprint.as_deref() != Some(variant.fingerprint()))
                }
            };
            compare_variant(variant, known, sale_changed, kept)
        })
        .collect();
    let tax_profile = tax_profile(product, row);
    let is_kept = aspects.is_empty()
        && tax_profile.is_none()
        && variants.iter().all(|v| v.action == Action::Keep);
    let action = match row {
        None => Action::Create,
        Some(row) if row.deleted => Action::Restore,
        Some(_) if is_kept => Action::Keep,
        Some(_) => Action::Update,
    };
    if action == Action::Keep {
        return None;
    }
    let mut differing: BTreeSet<&str> = aspects
        .into_iter()
        .chain(variants.iter().flat_map(|v| v.fields.iter().copied()))
        .collect();
    if action == Action::Create {
        differing.extend(FIELDS);
        if product.modifiers.is_empty() {
            differing.remove(MODIFIERS);
        }
    } else if variants
        .iter()
        .any(|v| matches!(v.action, Action::Create | Action::Restore | Action::Move))
        && !product.options.is_empty()
    {
        differing.insert("variants");
    }
    if tax_profile.is_some() {
        differing.insert("tax");
    } else {
        differing.remove("tax");
    }
    let fields = FIELDS
        .into_iter()
        .filter(|field| differing.contains(field))
        .collect();
    Some(Change {
        product: product.as_ref().clone(),
        action,
        fields,
        variants,
        tax_profile,
    })
}

/// The profile by Clover's rates, where the product has another one that the owner did not choose:
/// the one that the sync wrote last, or before the first time the one of new products.
fn tax_profile(product: &Product, row: Option<&Known>) -> Option<i64> {
    let tax = product.tax.as_ref()?;
    let wanted = tax.profile?;
    let Some(row) = row else {
        return Some(wanted);
    };
    let shown = row.tax_profile?;
    let written = row.tax_written.unwrap_or(tax.first);
    (shown != wanted && shown == written).then_some(wanted)
}

/// What Clover did not show stays as the shop has it: whether it has changed is not known.
fn keeping_unseen<'a, S: std::hash::BuildHasher>(
    product: &'a Product,
    row: Option<&Known>,
    known: &HashMap<String, Known, S>,
) -> Cow<'a, Product> {
    if product.unseen.is_empty() {
        return Cow::Borrowed(product);
    }
    let stored = row.and_then(|row| Fingerprint::from_text(row.fingerprint.as_deref()?));
    let mut kept = Product {
        stored,
        ..product.clone()
    };
    for variant in kept.variants.iter_mut().filter(|v| v.price_unseen) {
        let known = known.get(variant.id.as_str());
        variant.price = known.and_then(|row| row.price).unwrap_or(variant.price);
    }
    Cow::Owned(kept)
}

/// A count that needs writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountChange {
    /// What the shop may sell; none when Clover does not count the item.
    pub quantity: Option<i64>,
    /// The value to write, or none to leave the owner's.
    pub availability: Option<i64>,
}

/// Compares a count alone with the shop. None when nothing is to be done, and for an item that is
/// known as deleted.
///
/// Whether Clover offers the item at all is left to a whole comparison: one that is not offered
/// stays as it is.
#[must_use]
pub fn compare_count(
    stock: Option<Quantity>,
    sellable: bool,
    known: &Known,
    reserve: Reserve,
) -> Option<CountChange> {
    if known.deleted {
        return None;
    }
    let kept = reserve.of(known.reserve);
    let quantity = stock.map(|stock| stock.sellable(known.committed, kept));
    let availability = sellable
        .then(|| availability(true, known, quantity, false))
        .flatten();
    (count_differs(known, quantity) || availability.is_some()).then_some(CountChange {
        quantity,
        availability,
    })
}

fn count_differs(known: &Known, quantity: Option<i64>) -> bool {
    known.manage_stock != quantity.is_some() || (quantity.is_some() && known.quantity != quantity)
}

fn compare_variant(
    variant: &Variant,
    known: Option<&Known>,
    sale_changed: bool,
    kept: i64,
) -> VariantChange {
    let committed = known.map_or(0, |k| k.committed);
    let quantity = variant.stock.map(|stock| stock.sellable(committed, kept));
    let Some(known) = known else {
        return VariantChange {
            action: Action::Create,
            fields: vec!["sku", "upc", "price", "count", "low_stock", "availability"],
            quantity,
            availability: Some(i64::from(variant.sellable)),
        };
    };
    let mut fields = Vec::new();
    if empty_as_none(&known.sku) != variant.sku.as_deref() {
        fields.push("sku");
    }
    if empty_as_none(&known.upc) != variant.upc.as_deref() {
        fields.push("upc");
    }
    let is_priced = known.price.is_some_and(ColumnPrice::is_positive);
    if known.price != Some(variant.price) && !(variant.open_price && is_priced) {
        fields.push("price");
    }
    if count_differs(known, quantity) {
        fields.push("count");
    }
    // Without one in Clover the owner sets the shop's.
    if variant.threshold.is_some() && known.threshold != variant.threshold {
        fields.push("low_stock");
    }
    let availability = availability(variant.sellable, known, quantity, sale_changed);
    if availability.is_some() {
        fields.push("availability");
    }
    let action = match (known.deleted, fields.is_empty()) {
        (true, _) => Action::Restore,
        (false, false) => Action::Update,
        (false, true) => Action::Keep,
    };
    VariantChange {
        action,
        fields,
        quantity,
        availability,
    }
}

/// The row stays the same, so that orders go on naming it, and what the shop has sold of it counts.
fn moved(variant: &Variant, known: &Known, kept: i64) -> VariantChange {
    let was_unavailable = known.fingerprint.as_deref() == Some(UNAVAILABLE);
    VariantChange {
        action: Action::Move,
        ..compare_variant(variant, Some(known), was_unavailable, kept)
    }
}

/// The shop's own order path writes 0 when a counted variant sells out and 1 when units come back;
/// a 0 with stock there is the owner's and stays. So it is written only when the count crosses
/// zero, when Clover starts or stops offering the item, and when a deleted variant returns.
fn availability(
    sellable: bool,
    known: &Known,
    quantity: Option<i64>,
    sale_changed: bool,
) -> Option<i64> {
    if !sellable {
        return (known.availability != 0).then_some(0);
    }
    let has_units = quantity.is_none_or(|units| units > 0);
    let had_units = !known.manage_stock || known.quantity.unwrap_or(0) > 0;
    let wanted = if sale_changed || known.deleted || has_units != had_units {
        i64::from(has_units)
    } else {
        return None;
    };
    (known.availability != wanted).then_some(wanted)
}

fn empty_as_none(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|t| !t.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{GroupId, ItemId, ModifierGroupId};
    use crate::product::{ModifierKind, ModifierOption};
    use crate::quantity::Quantity;
    use crate::tax::ProductTax;
    use proptest::prelude::*;

    fn variant(id: &str) -> Variant {
        Variant {
            id: ItemId::new(id).unwrap(),
            name: "Soup".into(),
            sku: Some("S-1".into()),
            upc: None,
            price: ColumnPrice::parse("5.99").unwrap(),
            open_price: false,
            price_unseen: false,
            stock: Quantity::from_clover(3.0),
            threshold: None,
            sellable: true,
            option_values: Vec::new(),
        }
    }

    fn product(reference: ProductReference, variants: Vec<Variant>) -> Product {
        let options = if matches!(reference, ProductReference::Group(_)) {
            vec!["Size".into()]
        } else {
            Vec::new()
        };
        Product {
            reference,
            title: "Soup".into(),
            withheld: false,
            publish: true,
            categories: vec!["Specials".into()],
            create_category: false,
            category: None,
            tags: Vec::new(),
            warnings: Vec::new(),
            cautions: Vec::new(),
            options,
            modifiers: Vec::new(),
            variants,
            reserve: Reserve::default(),
            tax: None,
            description: None,
            picture: None,
            unseen: Vec::new(),
            stored: None,
        }
    }

    fn extras() -> ModifierOption {
        ModifierOption {
            group: ModifierGroupId::new("E").unwrap(),
            name: "Extras".into(),
            kind: ModifierKind::Checkbox,
            required: false,
            choices: Vec::new(),
        }
    }

    fn soup() -> Product {
        product(
            ProductReference::Item(ItemId::new("A").unwrap()),
            vec![variant("A")],
        )
    }

    fn shirt() -> Product {
        let mut variants = vec![variant("A"), variant("B")];
        variants[0].option_values = vec!["L".into()];
        variants[1].option_values = vec!["M".into()];
        product(
            ProductReference::Group(GroupId::new("G").unwrap()),
            variants,
        )
    }

    #[test]
    fn a_price_of_the_owner_stays_where_the_till_asks_for_it() {
        let mut open = variant("A");
        open.price = ColumnPrice::parse("0").unwrap();
        open.open_price = true;
        let fields = |price: &str, variant: &Variant| {
            let known = Known {
                sku: variant.sku.clone(),
                price: ColumnPrice::parse(price),
                manage_stock: true,
                quantity: Some(3),
                availability: 1,
                ..Known::default()
            };
            compare_variant(variant, Some(&known), false, 0).fields
        };
        assert_eq!(fields("4.50", &open), [""; 0]);
        assert_eq!(fields("-1", &open), ["price"]);
        open.open_price = false;
        assert_eq!(fields("4.50", &open), ["price"]);
    }

    /// What the shop holds after everything the change says was written.
    fn written(change: &Change, before: &HashMap<String, Known>) -> HashMap<String, Known> {
        let mut after = before.clone();
        let product = &change.product;
        let is_group = matches!(product.reference, ProductReference::Group(_));
        let change_of_tax = change.tax_profile;
        for (variant, change) in product.variants.iter().zip(&change.variants) {
            let old = before.get(variant.id.as_str()).cloned().unwrap_or(Known {
                availability: 1,
                ..Known::default()
            });
            let touched = |field| change.action == Action::Create || change.fields.contains(&field);
            after.insert(
                variant.id.as_str().into(),
                Known {
                    fingerprint: Some(if is_group {
                        variant.fingerprint().to_owned()
                    } else {
                        product.fingerprint().to_text()
                    }),
                    deleted: false,
                    place: Some(product.reference.id().into()),
                    sku: if touched("sku") {
                        variant.sku.clone()
                    } else {
                        old.sku
                    },
                    upc: if touched("upc") {
                        variant.upc.clone()
                    } else {
                        old.upc
                    },
                    price: if touched("price") {
                        Some(variant.price)
                    } else {
                        old.price
                    },
                    manage_stock: if touched("count") {
                        change.quantity.is_some()
                    } else {
                        old.manage_stock
                    },
                    quantity: if touched("count") {
                        change.quantity.or(old.quantity)
                    } else {
                        old.quantity
                    },
                    threshold: if touched("low_stock") {
                        variant.threshold
                    } else {
                        old.threshold
                    },
                    availability: change.availability.unwrap_or(old.availability),
                    committed: old.committed,
                    reserve: old.reserve,
                    tax_profile: change_of_tax.or(old.tax_profile),
                    tax_written: change_of_tax.or(old.tax_written),
                },
            );
        }
        if is_group {
            let fingerprint = Some(product.fingerprint().to_text());
            after.insert(
                product.reference.id().into(),
                Known {
                    fingerprint,
                    reserve: before.get(product.reference.id()).and_then(|k| k.reserve),
                    tax_profile: change_of_tax,
                    tax_written: change_of_tax,
                    ..Known::default()
                },
            );
        }
        after
    }

    fn synced(product: &Product) -> HashMap<String, Known> {
        written(&compare(product, &HashMap::new()).unwrap(), &HashMap::new())
    }

    #[test]
    fn the_tax_profile_follows_clover_until_the_owner_chooses_one() {
        let taxed = |profile| {
            let mut product = soup();
            product.tax = Some(ProductTax {
                rates: vec!["Tax".into()],
                rate: Some(825_000),
                profile,
                first: 1,
            });
            product
        };
        let created = compare(&taxed(Some(3)), &HashMap::new()).unwrap();
        assert_eq!(created.tax_profile, Some(3));
        assert!(created.fields.contains(&"tax"));
        let created = compare(&taxed(None), &HashMap::new()).unwrap();
        assert_eq!(created.tax_profile, None);
        assert!(!created.fields.contains(&"tax"));
        let before = synced(&soup());
        let change = |shown, written, wanted| {
            let mut known = before.clone();
            let row = known.get_mut("A").unwrap();
            row.tax_profile = Some(shown);
            row.tax_written = written;
            let change = compare(&taxed(wanted), &known);
            change.map(|change| (change.action, change.fields, change.tax_profile))
        };
        let written = Some((Action::Update, vec!["tax"], Some(3)));
        assert_eq!(change(3, None, Some(3)), None);
        assert_eq!(change(1, None, Some(3)), written, "as new products have it");
        assert_eq!(change(2, Some(2), Some(3)), written, "as the sync wrote it");
        assert_eq!(change(2, None, Some(3)), None, "the owner's");
        assert_eq!(change(1, Some(2), Some(3)), None, "the owner's");
        assert_eq!(change(2, Some(2), None), None, "no entry");
        assert_eq!(compare(&soup(), &before), None, "not followed");
    }

    #[test]
    fn a_product_that_the_shop_lacks_is_created_with_every_field() {
        let change = compare(&soup(), &HashMap::new()).unwrap();
        let has = |field: &&str| !["tax", MODIFIERS].contains(field);
        let fields: Vec<&str> = FIELDS.into_iter().filter(has).collect();
        assert_eq!((change.action, change.fields), (Action::Create, fields));
        assert_eq!(
            (
                change.variants[0].action,
                change.variants[0].quantity,
                change.variants[0].availability
            ),
            (Action::Create, Some(3), Some(1))
        );
    }

    #[test]
    fn what_clover_does_not_show_stays_as_the_shop_has_it() {
        let known = synced(&Product {
            tags: vec!["Vegan".into()],
            ..soup()
        });
        let unseen = Product {
            categories: Vec::new(),
            create_category: true,
            unseen: vec!["category", "tags"],
            ..soup()
        };
        assert_eq!(compare(&unseen, &known), None);
        // Another change is written, and the stored digests of the unseen parts stay.
        let retitled = Product {
            title: "Broth".into(),
            ..unseen.clone()
        };
        let change = compare(&retitled, &known).unwrap();
        assert_eq!(change.fields, ["title"]);
        let after = written(&change, &known);
        let seen = Product {
            title: "Broth".into(),
            ..soup()
        };
        assert_eq!(compare(&seen, &after).unwrap().fields, ["tags"]);
        // What the shop does not have yet comes without them, and gets them when they are seen.
        let after = synced(&unseen);
        assert_eq!(compare(&unseen, &after), None);
        assert_eq!(compare(&soup(), &after).unwrap().fields, ["category"]);
    }

    #[test]
    fn a_price_by_categories_that_clover_does_not_show_stays_as_the_shop_has_it() {
        for seen in [soup(), shirt()] {
            let mut known = synced(&seen);
            known.get_mut("A").unwrap().price = ColumnPrice::parse("7.99");
            let mut unseen = seen.clone();
            unseen.unseen = vec!["category"];
            for variant in &mut unseen.variants {
                variant.price_unseen = true;
            }
            assert_eq!(compare(&unseen, &known), None);
            // Neither does another change touch it, nor the range of the product's prices.
            unseen.title = "Broth".into();
            let change = compare(&unseen, &known).unwrap();
            assert_eq!(change.fields, ["title"]);
            let kept = ColumnPrice::parse("7.99").unwrap();
            assert_eq!(change.product.variants[0].price, kept);
            assert_eq!(change.product.price_range().unwrap().1, kept);
            // What the shop does not have yet comes with the price that is known.
            let change = compare(&unseen, &HashMap::new()).unwrap();
            assert_eq!(change.product.variants, unseen.variants);
            assert_eq!(compare(&seen, &known).unwrap().fields, ["price"]);
        }
    }

    #[test]
    fn a_product_that_is_in_the_shop_as_clover_says_needs_nothing() {
        assert_eq!(compare(&soup(), &synced(&soup())), None);
        assert_eq!(compare(&shirt(), &synced(&shirt())), None);
    }

    #[test]
    fn each_change_in_clover_is_named() {
        type Edit = fn(&mut Product);
        let edits: [(&str, Edit); 10] = [
            (MODIFIERS, |p| p.modifiers.push(extras())),
            ("title", |p| p.title = "Stew".into()),
            ("category", |p| p.categories.clear()),
            ("tags", |p| p.tags.push("Vegan".into())),
            ("sku", |p| p.variants[0].sku = None),
            ("upc", |p| p.variants[0].upc = Some("40".into())),
            ("price", |p| {
                p.variants[0].price = ColumnPrice::parse("6").unwrap();
            }),
            ("count", |p| {
                p.variants[0].stock = Quantity::from_clover(2.0);
            }),
            ("count", |p| p.variants[0].stock = None),
            ("low_stock", |p| {
                p.variants[0].threshold = Quantity::from_clover(4.0);
            }),
        ];
        for (field, edit) in edits {
            for mut product in [soup(), shirt()] {
                let known = synced(&product);
                edit(&mut product);
                assert_eq!(compare(&product, &known).unwrap().fields, [field]);
            }
        }
    }

    #[test]
    fn what_an_old_form_wrote_back_into_the_shop_is_seen_though_clover_did_not_change() {
        let mut known = synced(&soup());
        known.get_mut("A").unwrap().price = ColumnPrice::parse("1");
        known.get_mut("A").unwrap().quantity = Some(50);
        assert_eq!(compare(&soup(), &known).unwrap().fields, ["price", "count"]);
    }

    #[test]
    fn a_threshold_of_the_owner_stays_where_clover_has_none() {
        let mut known = synced(&soup());
        known.get_mut("A").unwrap().threshold = Quantity::from_clover(7.0);
        assert_eq!(compare(&soup(), &known), None);
        let mut warned = soup();
        warned.variants[0].threshold = Quantity::from_clover(4.0);
        assert_eq!(compare(&warned, &known).unwrap().fields, ["low_stock"]);
        assert_eq!(compare(&warned, &synced(&warned)), None);
    }

    #[test]
    fn a_deleted_product_that_is_back_is_restored() {
        let mut known = synced(&soup());
        known.get_mut("A").unwrap().deleted = true;
        assert_eq!(compare(&soup(), &known).unwrap().action, Action::Restore);
    }

    #[test]
    fn a_variant_that_is_new_or_back_makes_an_update_of_its_group() {
        let mut known = synced(&shirt());
        known.remove("B");
        let change = compare(&shirt(), &known).unwrap();
        assert_eq!(
            (
                change.action,
                change.variants[0].action,
                change.variants[1].action
            ),
            (Action::Update, Action::Keep, Action::Create)
        );
        assert!(change.fields.contains(&"variants"));
        let mut known = synced(&shirt());
        known.get_mut("B").unwrap().deleted = true;
        assert_eq!(
            compare(&shirt(), &known).unwrap().variants[1].action,
            Action::Restore
        );
    }

    #[test]
    fn an_item_that_joins_a_group_moves_into_its_product_with_what_the_shop_has_sold_of_it() {
        let single = product(
            ProductReference::Item(ItemId::new("B").unwrap()),
            vec![variant("B")],
        );
        let mut one = shirt();
        one.variants.truncate(1);
        let mut known = synced(&one);
        known.extend(synced(&single));
        known.get_mut("B").unwrap().committed = 2;
        let change = compare(&shirt(), &known).unwrap();
        assert_eq!(
            (
                change.action,
                change.variants[0].action,
                change.variants[1].action,
                change.variants[1].quantity
            ),
            (Action::Update, Action::Keep, Action::Move, Some(1))
        );
        assert!(change.fields.contains(&"variants"));
        assert_eq!(compare(&shirt(), &written(&change, &known)), None);
    }

    #[test]
    fn an_item_that_leaves_its_group_becomes_a_product_of_its_own() {
        let mut known = synced(&shirt());
        known.get_mut("A").unwrap().deleted = true;
        known.get_mut("A").unwrap().availability = 0;
        let change = compare(&soup(), &known).unwrap();
        assert_eq!(
            (
                change.action,
                change.variants[0].action,
                change.variants[0].availability
            ),
            (Action::Create, Action::Move, Some(1))
        );
        assert_eq!(compare(&soup(), &written(&change, &known)), None);
    }

    #[test]
    fn a_variant_that_stands_in_an_unknown_product_is_moved_and_not_doubled() {
        let mut known = synced(&shirt());
        known.get_mut("A").unwrap().place = Some(String::new());
        let change = compare(&shirt(), &known).unwrap();
        assert_eq!(
            (change.variants[0].action, change.variants[1].action),
            (Action::Move, Action::Keep)
        );
    }

    #[test]
    fn units_that_the_shop_has_sold_and_clover_does_not_know_are_not_put_back_on_sale() {
        let mut known = synced(&soup());
        let row = known.get_mut("A").unwrap();
        (row.quantity, row.committed) = (Some(1), 2);
        assert_eq!(compare(&soup(), &known), None);
        known.get_mut("A").unwrap().committed = 5;
        assert_eq!(
            compare(&soup(), &known).unwrap().variants[0].quantity,
            Some(0)
        );
    }

    #[test]
    fn units_kept_for_the_till_are_taken_off_whether_the_product_is_new_or_there() {
        let kept = Product {
            reserve: Reserve::new(2),
            ..soup()
        };
        let change = compare(&kept, &HashMap::new()).unwrap();
        assert_eq!(change.variants[0].quantity, Some(1));
        let change = compare(&kept, &synced(&soup())).unwrap();
        assert_eq!(
            (change.fields.as_slice(), change.variants[0].quantity),
            (["count"].as_slice(), Some(1))
        );
        assert_eq!(compare(&kept, &synced(&kept)), None);
        let mut sold = synced(&kept);
        sold.get_mut("A").unwrap().committed = 1;
        let change = compare(&kept, &sold).unwrap();
        let soup = &change.variants[0];
        assert_eq!((soup.quantity, soup.availability), (Some(0), Some(0)));
        let mut uncounted = kept;
        uncounted.variants[0].stock = None;
        let change = compare(&uncounted, &synced(&uncounted));
        assert_eq!(change, None, "what is not counted stays so");
    }

    #[test]
    fn a_products_own_reserve_counts_for_each_of_its_variants_and_is_not_taken_along() {
        let mut known = synced(&shirt());
        for row in known.values_mut() {
            row.reserve = Some(1);
        }
        let change = compare(&shirt(), &known).unwrap();
        let left: Vec<_> = change.variants.iter().map(|v| v.quantity).collect();
        assert_eq!(left, [Some(2), Some(2)]);
        assert_eq!(compare(&shirt(), &written(&change, &known)), None);
        let kept = Product {
            reserve: Reserve::new(2),
            ..soup()
        };
        let change = compare(&kept, &known).unwrap();
        assert_eq!(
            (change.variants[0].action, change.variants[0].quantity),
            (Action::Move, Some(1))
        );
        let mut known = synced(&soup());
        known.get_mut("A").unwrap().reserve = Some(0);
        assert_eq!(compare(&kept, &known), None, "its own number may be 0");
    }

    #[test]
    fn an_owners_own_out_of_stock_mark_stays_until_the_count_crosses_zero() {
        let mut known = synced(&soup());
        known.get_mut("A").unwrap().availability = 0;
        assert_eq!(compare(&soup(), &known), None);
        let mut more = soup();
        more.variants[0].stock = Quantity::from_clover(9.0);
        assert_eq!(
            compare(&more, &known).unwrap().variants[0].availability,
            None
        );
        let mut empty = soup();
        empty.variants[0].stock = Quantity::from_clover(0.0);
        let known = synced(&empty);
        let mut sold_out = known.clone();
        sold_out.get_mut("A").unwrap().availability = 0;
        assert_eq!(
            compare(&soup(), &sold_out).unwrap().variants[0].availability,
            Some(1)
        );
        let gone = compare(&empty, &synced(&soup())).unwrap();
        assert_eq!(gone.variants[0].availability, Some(0));
    }

    #[test]
    fn what_clover_does_not_offer_is_out_of_stock_and_comes_back_with_clovers_word() {
        let mut off = soup();
        off.variants[0].sellable = false;
        let change = compare(&off, &synced(&soup())).unwrap();
        assert_eq!(
            (change.fields.as_slice(), change.variants[0].availability),
            (["sale", "availability"].as_slice(), Some(0))
        );
        assert_eq!(
            compare(&soup(), &written(&change, &synced(&soup())))
                .unwrap()
                .variants[0]
                .availability,
            Some(1)
        );
    }

    #[test]
    fn clovers_word_on_one_variant_does_not_touch_the_owners_mark_on_another() {
        let mut known = synced(&shirt());
        known.get_mut("A").unwrap().availability = 0;
        let mut off = shirt();
        off.variants[1].sellable = false;
        let change = compare(&off, &known).unwrap();
        assert_eq!(
            (
                change.variants[0].availability,
                change.variants[1].availability
            ),
            (None, Some(0))
        );
    }

    prop_compose! {
        fn any_variant(id: &'static str)(
            sku in proptest::option::of("[a-c]{1,2}"),
            upc in proptest::option::of("[0-9]{2}"),
            price in 0..4_i64,
            count in proptest::option::of(-2..4_i32),
            threshold in proptest::option::of(1..3_i32),
            sellable: bool,
            value in "[a-z]",
        ) -> Variant {
            Variant {
                sku,
                upc,
                price: ColumnPrice::parse(&price.to_string()).unwrap(),
                stock: count.and_then(|c| Quantity::from_clover(f64::from(c))),
                threshold: threshold.and_then(|t| Quantity::from_clover(f64::from(t))),
                sellable,
                option_values: vec![value],
                ..variant(id)
            }
        }
    }
    prop_compose! {
        fn any_product()(
            a in any_variant("A"),
            b in any_variant("B"),
            title in "[x-z]",
            tags in proptest::collection::vec("[a-b]", 0..2),
            group: bool,
            withheld: bool,
            reserve in 0..3_i64,
        ) -> Product {
            let mut p = if group {
                product(ProductReference::Group(GroupId::new("G").unwrap()), vec![a, b])
            } else {
                let single = Variant { option_values: vec![], ..a };
                product(ProductReference::Item(ItemId::new("A").unwrap()), vec![single])
            };
            (p.title, p.tags, p.withheld) = (title, tags, withheld);
            p.reserve = Reserve::new(reserve);
            p
        }
    }
    fn any_row() -> impl Strategy<Value = Known> {
        (
            any::<bool>(),
            proptest::option::of("[a-c]{0,2}"),
            proptest::option::of(0..4_i64),
            any::<bool>(),
            proptest::option::of(0..4_i64),
            0..2_i64,
            -1..3_i64,
            proptest::option::of(0..3_i64),
        )
            .prop_map(
                |(deleted, sku, price, manage_stock, quantity, availability, committed, own)| {
                    Known {
                        fingerprint: None,
                        deleted,
                        place: None,
                        sku,
                        upc: None,
                        price: price.and_then(|p| ColumnPrice::parse(&p.to_string())),
                        manage_stock,
                        quantity,
                        threshold: None,
                        availability,
                        committed,
                        reserve: own,
                        tax_profile: None,
                        tax_written: None,
                    }
                },
            )
    }

    proptest! {
        #[test]
        fn a_count_alone_is_written_as_a_whole_comparison_would(
            product in any_product(),
            row in any_row(),
        ) {
            let variant = &product.variants[0];
            let kept = product.reserve.of(row.reserve);
            let whole = compare_variant(variant, Some(&row), false, kept);
            let alone = compare_count(variant.stock, variant.sellable, &row, product.reserve);
            if variant.sellable && !row.deleted {
                let counts = whole.fields.contains(&"count") || whole.availability.is_some();
                let (quantity, availability) = (whole.quantity, whole.availability);
                let change = CountChange { quantity, availability };
                prop_assert_eq!(alone, counts.then_some(change));
            } else {
                prop_assert!(alone.is_none_or(|change| change.availability.is_none()));
            }
        }

        #[test]
        fn after_a_change_is_written_nothing_is_left_to_do(
            product in any_product(),
            a in proptest::option::of(any_row()),
            b in proptest::option::of(any_row()),
            own in proptest::option::of(0..3_i64),
        ) {
            let mut known: HashMap<String, Known> = HashMap::new();
            known.extend(a.map(|row| ("A".to_owned(), row)));
            known.extend(b.map(|row| ("B".to_owned(), row)));
            if matches!(product.reference, ProductReference::Group(_)) && !known.is_empty() {
                known.insert("G".to_owned(), Known { reserve: own, ..Known::default() });
            }
            let own = known.get(product.reference.id()).and_then(|row| row.reserve);
            if let Some(change) = compare(&product, &known) {
                prop_assert!(!change.fields.is_empty() || change.action == Action::Restore);
                let after = written(&change, &known);
                prop_assert_eq!(compare(&product, &after), None);
                for (variant, change) in change.product.variants.iter().zip(&change.variants) {
                    let committed = known.get(variant.id.as_str()).map_or(0, |k| k.committed);
                    let kept = product.reserve.of(own);
                    let left = variant.stock.map(|s| (s.floor() - committed - kept).max(0));
                    prop_assert_eq!(change.quantity, left);
                }
            }
        }
    }
}
