//! From items to products: warnings, and what may be sold.

use std::collections::HashMap;

use clover_core::ids::{AttributeId, GroupId};
use clover_core::item_filter::{ImportRule, ItemFilter, NameFilter};
use clover_core::mapping::{Mapper, Names};
use clover_core::money::Currency;
use clover_core::pricing::{MarkupValue, PriceEnding, Prices, Pricing};
use clover_core::problem::{Problem, ProblemCode};
use clover_core::product::{Caution, Product};
use clover_core::quantity::Reserve;
use clover_core::settings::{MappingMode, ModifierMode};
use clover_core::tax::TaxRule;
use clover_core::wire::{Item, ItemCount, Listing};

fn filter(rule: ImportRule) -> ItemFilter {
    let all = NameFilter::all();
    ItemFilter::new(&all, &all, rule, rule, rule)
}

fn mapper() -> Mapper {
    Mapper {
        currency: Currency::from_code("USD").unwrap(),
        prices: Prices {
            general: Pricing::Direct,
            by_category: HashMap::new(),
            ending: PriceEnding::None,
        },
        mode: MappingMode::Tag,
        filter: filter(ImportRule::Unpublished),
        modifiers: ModifierMode::Off,
        import_published: true,
        track_stock: true,
        reserve: Reserve::default(),
        tax: TaxRule::default(),
    }
}

fn items(json: &str) -> Vec<Item> {
    let listing = Listing::parse(format!(r#"{{"elements":[{json}]}}"#).as_bytes()).unwrap();
    assert_eq!(listing.errors, []);
    listing.elements
}

fn soup(more: &str) -> Product {
    let json = format!(r#"{{"id":"A","name":"Soup","price":599{more}}}"#);
    mapper().item(&items(&json)[0]).unwrap()
}

#[test]
fn an_item_that_is_not_available_is_not_sold() {
    assert!(soup("").variants[0].sellable);
    assert!(!soup(r#","available":false"#).variants[0].sellable);
    assert!(!soup(r#","available":false,"hidden":true"#).variants[0].sellable);
}

#[test]
fn only_a_category_or_tag_without_a_name_is_reported_as_left_out() {
    let category = |more: &str| soup(&format!(r#","categories":[{{"id":"C"{more}}}]"#)).warnings;
    let tag = |more: &str| soup(&format!(r#","tags":[{{"id":"T"{more}}}]"#)).warnings;
    let none: [ProblemCode; 0] = [];
    let codes = |warnings: Vec<Problem>| -> Vec<_> { warnings.iter().map(|w| w.code).collect() };
    for named in [r#","name":"Mains""#, r#","name":"\u200b","deleted":true"#] {
        assert_eq!(codes(category(named)), none, "{named}");
        assert_eq!(codes(tag(named)), none, "{named}");
    }
    let nameless = r#","name":"\u200b""#;
    assert_eq!(codes(category(nameless)), [ProblemCode::CategoryNameless]);
    assert_eq!(codes(tag(nameless)), [ProblemCode::TagNameless]);
}

#[test]
fn a_warning_names_the_item() {
    assert_eq!(
        soup(r#","defaultTaxRates":false"#).warnings,
        [Problem::new(ProblemCode::NotDefaultTax).with("item", "Soup")]
    );
    let member = |id: &str, more: &str| {
        format!(r#"{{"id":"{id}","name":"Shirt {id}","price":1,"itemGroup":{{"id":"G"}}{more}}}"#)
    };
    let members = [member("A", r#","defaultTaxRates":false"#), member("B", "")];
    let (product, errors) = shirts(&members);
    assert_eq!(errors, [] as [String; 0]);
    assert_eq!(
        product.unwrap().warnings,
        [Problem::new(ProblemCode::NotDefaultTax).with("item", "Shirt A")]
    );
}

#[test]
fn a_member_whose_attributes_have_no_names_has_no_options_to_go_by() {
    let member = r#"{"id":"A","name":"Shirt L","price":1,"itemGroup":{"id":"G"},
        "options":[{"id":"O","name":"L","attribute":{"id":"X"}}]}"#;
    let (product, errors) = shirts(&[member.to_owned()]);
    assert_eq!(product, None);
    assert_eq!(errors, ["item_option_missing: option Variant"]);
}

fn shirts(members: &[String]) -> (Option<Product>, Vec<String>) {
    let group = GroupId::new("G").unwrap();
    let names = Names {
        groups: [(group.clone(), "Shirt".to_owned())].into(),
        attributes: [(AttributeId::new("S").unwrap(), "Size".to_owned())].into(),
    };
    let members = items(&members.join(","));
    let (product, errors) = mapper().group(&group, &members, &names, |_| false);
    (
        product,
        errors.into_iter().map(|e| e.problem.to_string()).collect(),
    )
}

#[test]
fn each_reason_to_look_at_a_product_withholds_it_and_is_named_once() {
    let cautions = |more: &str| {
        let product = soup(more);
        assert_eq!(product.withheld, !product.cautions.is_empty());
        assert_eq!(product.publish, product.cautions.is_empty());
        product.cautions
    };
    assert_eq!(cautions(""), []);
    assert_eq!(cautions(r#","defaultTaxRates":false"#), []);
    assert_eq!(cautions(r#","isRevenue":false"#), [Caution::NonRevenue]);
    assert_eq!(
        cautions(r#","isAgeRestricted":"true""#),
        [Caution::AgeRestricted]
    );
    assert_eq!(
        cautions(r#","priceType":"PER_UNIT","hidden":true"#),
        [Caution::UnitPrice, Caution::Hidden]
    );
    let member = |id: &str| {
        format!(
            r#"{{"id":"{id}","name":"Shirt {id}","price":1,"isRevenue":false,
                "itemGroup":{{"id":"G"}}}}"#
        )
    };
    let (product, _) = shirts(&[member("A"), member("B")]);
    assert_eq!(product.unwrap().cautions, [Caution::NonRevenue]);
}

#[test]
fn only_a_group_of_modifiers_that_asks_for_one_is_required() {
    let count = |groups: &str| {
        let json = format!(r#"{{"id":"A","modifierGroups":{{"elements":[{groups}]}}}}"#);
        serde_json::from_str::<ItemCount>(&json)
            .unwrap()
            .requires_modifiers()
    };
    assert!(!count(""));
    assert!(!count(r#"{"minRequired":0},{},{"minRequired":null}"#));
    assert!(!count(r#"{"minRequired":1,"deleted":true}"#));
    assert!(count(r#"{"minRequired":0},{"minRequired":"2"}"#));
}

#[test]
fn a_price_is_left_to_the_owner_only_where_the_till_asks_for_it() {
    let open = |more: &str| soup(more).variants[0].open_price;
    assert!(!open(""));
    assert!(!open(r#","priceType":"VARIABLE""#));
    let zero = |kind: &str| {
        let json = format!(r#"{{"id":"A","name":"Soup","price":0,"priceType":"{kind}"}}"#);
        mapper().item(&items(&json)[0]).unwrap().variants[0].open_price
    };
    assert!(!zero("FIXED"));
    assert!(zero("VARIABLE"));
    assert!(zero("PER_UNIT"));
}

fn priced_by_category(json: &str) -> Product {
    let own = |name: &str, value: &str| {
        let markup = MarkupValue::parse(value).unwrap();
        (name.to_owned(), Pricing::Percentage(markup))
    };
    let mut mapper = mapper();
    mapper.prices.by_category = [own("mains", "10"), own("sides", "20")].into();
    mapper.item(&items(json)[0]).unwrap()
}

#[test]
fn the_first_category_by_sort_order_that_has_a_markup_decides() {
    for (categories, price) in [
        ("", "10.00000"),
        (r#"{"id":"A","name":"Drinks","sortOrder":1}"#, "10.00000"),
        (
            r#"{"id":"A","name":"Sides","sortOrder":3},{"id":"B","name":"MAINS ","sortOrder":2},
               {"id":"C","name":"Drinks","sortOrder":1}"#,
            "11.00000",
        ),
        (
            r#"{"id":"A","name":"Sides","sortOrder":1},{"id":"B","name":"Mains","sortOrder":2}"#,
            "12.00000",
        ),
        (
            r#"{"id":"A","name":"Sides","sortOrder":1,"deleted":true},{"id":"B","name":"Mains"}"#,
            "11.00000",
        ),
        (
            r#"{"id":"A","name":"Sides"},{"id":"B","name":"Mains","sortOrder":9}"#,
            "11.00000",
        ),
    ] {
        let json = format!(
            r#"{{"id":"I","name":"Soup","price":1000,"categories":{{"elements":[{categories}]}}}}"#
        );
        let product = priced_by_category(&json);
        assert_eq!(product.variants[0].price.to_string(), price, "{categories}");
    }
}

#[test]
fn each_variant_is_priced_by_the_categories_of_its_own_item() {
    let member = |id: &str, category: &str| {
        format!(
            r#"{{"id":"{id}","name":"Shirt {id}","price":1000,"itemGroup":{{"id":"G"}},
                "categories":[{{"id":"C{id}","name":"{category}"}}]}}"#
        )
    };
    let mut mapper = mapper();
    let markup = Pricing::Fixed(MarkupValue::parse("1").unwrap());
    mapper.prices.by_category = [("cotton".to_owned(), markup)].into();
    let group = GroupId::new("G").unwrap();
    let names = Names {
        groups: [(group.clone(), "Shirt".to_owned())].into(),
        attributes: HashMap::new(),
    };
    let members = items(&[member("A", "Cotton"), member("B", "Wool")].join(","));
    let (product, _) = mapper.group(&group, &members, &names, |_| false);
    let prices = product
        .unwrap()
        .variants
        .into_iter()
        .map(|v| v.price.to_string());
    assert_eq!(prices.collect::<Vec<_>>(), ["11.00000", "10.00000"]);
}

#[test]
fn neither_markup_nor_ending_prices_what_clover_does_not() {
    let mut mapper = mapper();
    mapper.prices = Prices {
        general: Pricing::Fixed(MarkupValue::parse("5").unwrap()),
        by_category: [("mains".to_owned(), Pricing::Direct)].into(),
        ending: PriceEnding::NinetyNine,
    };
    for price in [
        r#""price":0"#,
        r#""priceType":"VARIABLE""#,
        r#""price":0,"priceType":"PER_UNIT""#,
    ] {
        for categories in ["", r#"{"id":"C","name":"Mains"}"#] {
            let json = format!(r#"{{"id":"A","name":"Tip",{price},"categories":[{categories}]}}"#);
            let product = mapper.item(&items(&json)[0]).unwrap();
            assert_eq!(product.variants[0].price.to_string(), "0.00000", "{json}");
            assert!(product.withheld);
        }
    }
}

#[test]
fn a_price_is_unseen_only_if_it_depends_on_categories_that_are_not_shown() {
    let soup = |price: i64, unseen: &str| {
        let json = format!(
            r#"{{"id":"A","name":"Soup","price":{price},"cloversync_unseen":["{unseen}"]}}"#
        );
        items(&json).remove(0)
    };
    let mut mapper = mapper();
    let is_unseen = |mapper: &Mapper, item| mapper.item(&item).unwrap().variants[0].price_unseen;
    assert!(!is_unseen(&mapper, soup(599, "categories")));
    mapper.prices.by_category = [("mains".to_owned(), Pricing::Direct)].into();
    assert!(is_unseen(&mapper, soup(599, "categories")));
    assert!(!is_unseen(&mapper, soup(599, "tags")));
    assert!(!is_unseen(&mapper, soup(0, "categories")));
}
