use super::*;
use crate::ids::{AttributeId, GroupId, ItemId, OptionId, TaxRateId};
use crate::json::parse;
use proptest::prelude::*;

fn item(json: &str) -> Item {
    parse(json.as_bytes()).unwrap()
}

#[test]
fn keys_that_clover_leaves_out_have_clovers_defaults() {
    let bare = item(r#"{"id":"64TSD94BZX1CC"}"#);
    assert!(bare.available && bare.default_tax_rates && !bare.hidden && !bare.is_deleted());
    assert_eq!(
        (bare.sku, bare.item_stock.quantity, bare.price_type),
        (None, None, PriceType::Fixed)
    );
}

#[test]
fn empty_lists_come_in_many_shapes() {
    for shape in [
        "null",
        "{}",
        r#"{"elements":[]}"#,
        r#"{"elements": [ ],"href":"http://x"}"#,
        r#"{"href":"http://x"}"#,
        "[]",
    ] {
        assert!(
            item(&format!(r#"{{"id":"A","categories":{shape}}}"#))
                .categories
                .is_empty(),
            "{shape}"
        );
    }
}

#[test]
fn a_count_that_nobody_made_is_not_zero() {
    for shape in [
        "null",
        "{}",
        r#"{"item":{"id":"A"}}"#,
        r#"{"quantity":null}"#,
    ] {
        assert_eq!(
            item(&format!(r#"{{"id":"A","itemStock":{shape}}}"#)).item_stock,
            Stock::default(),
            "{shape}"
        );
    }
    let counted = |json| item(json).item_stock.quantity;
    assert_eq!(
        counted(r#"{"id":"A","itemStock":{"stockCount":0,"quantity":0.0}}"#),
        Some(0.0)
    );
    assert_eq!(
        counted(r#"{"id":"A","itemStock":{"stockCount":-2,"quantity":-1.5}}"#),
        Some(-1.5)
    );
    assert_eq!(counted(r#"{"id":"A","itemStock":4}"#), Some(4.0));
}

#[test]
fn an_odd_threshold_costs_nothing_but_itself() {
    for (json, threshold) in [
        ("5", Some(5.0)),
        ("2.5", Some(2.5)),
        (r#"" 4 ""#, Some(4.0)),
        ("null", None),
        (r#""soon""#, None),
        (r#""inf""#, None),
        ("true", None),
        (r#"{"at":[3]}"#, None),
    ] {
        let stock = format!(r#"{{"quantity":7,"stockAlertThreshold":{json}}}"#);
        let found = item(&format!(r#"{{"id":"A","itemStock":{stock}}}"#)).item_stock;
        let expected = Stock {
            quantity: Some(7.0),
            threshold,
        };
        assert_eq!(found, expected, "{json}");
        let row: ItemStock = parse(stock.as_bytes()).unwrap();
        assert_eq!(Stock::from(row), expected, "{json}");
    }
}

#[test]
fn numbers_may_come_as_text_or_as_whole_doubles() {
    let odd =
        item(r#"{"id":"A","price":599.0,"categories":{"elements":[{"id":"C","sortOrder":"3"}]}}"#);
    assert_eq!(
        (odd.price, odd.categories.0[0].sort_order),
        (Some(599), Some(3))
    );
}

#[test]
fn a_bad_element_is_its_own_error_with_its_path_and_the_others_are_read() {
    let text = br#"{"elements":[{"id":"A","price":1},{"id":"B","price":"dear"},{"price":3},
        {"id":"D","categories":{"elements":[{"id":7}]}}],"href":"x"}"#;
    let listing = Listing::<Item>::parse(text).unwrap();
    assert_eq!(listing.elements.len(), 1);
    let errors: Vec<_> = listing
        .errors
        .iter()
        .map(|e| (e.id.as_deref(), e.error.path.as_str()))
        .collect();
    assert_eq!(
        errors,
        [
            (Some("B"), "elements[1].price"),
            (None, "elements[2]"),
            (Some("D"), "elements[3].categories.elements[0].id")
        ]
    );
}

#[test]
fn a_cut_or_foreign_answer_is_an_error_that_names_the_place() {
    assert_eq!(
        Listing::<Item>::parse(br#"{"message":"401 Unauthorized"}"#)
            .unwrap_err()
            .path,
        "."
    );
    assert!(
        Listing::<Item>::parse(br#"{"elements":[{"id":"A"},{"id"#)
            .unwrap_err()
            .path
            .starts_with("elements[1]")
    );
    assert!(Listing::<Item>::parse(b"\xff").is_err());
    assert!(Listing::<Item>::parse(b"[]").is_err());
}

/// One shape of an item, and what is read of it.
fn shape(more: &str) -> Result<Item, String> {
    let text =
        format!(r#"{{"elements":[{{"id":"A","name":"x","price":1}},{{"id":"B",{more}}},null]}}"#);
    let mut listing = Listing::<Item>::parse(text.as_bytes()).map_err(|e| e.to_string())?;
    assert_eq!(listing.elements[0].id.as_str(), "A");
    match (listing.elements.len(), listing.errors.pop()) {
        (2, None) => Ok(listing.elements.remove(1)),
        (1, Some(error)) => Err(error.error.path),
        other => panic!("{more}: {other:?}"),
    }
}

#[test]
fn what_is_plainly_meant_is_read() {
    assert!(!shape(r#""hidden":"false""#).unwrap().hidden);
    assert!(shape(r#""hidden":"TRUE""#).unwrap().hidden);
    assert!(shape(r#""hidden":1.0"#).unwrap().hidden);
    assert!(shape(r#""available":1"#).unwrap().available);
    assert!(!shape(r#""available":0"#).unwrap().available);
    assert!(
        shape(r#""available":null,"defaultTaxRates":"""#)
            .unwrap()
            .available
    );
    for three in [
        r#"{"quantity":"3"}"#,
        r#""3""#,
        "3",
        "3.0",
        r#"{"quantity":" 3.0 "}"#,
    ] {
        let item = shape(&format!(r#""itemStock":{three}"#)).unwrap();
        assert_eq!(item.item_stock.quantity, Some(3.0), "{three}");
    }
    let sku = |json| shape(json).unwrap().sku;
    assert_eq!(sku(r#""sku":12345"#).as_deref(), Some("12345"));
    assert_eq!(sku(r#""sku":12345.0"#).as_deref(), Some("12345"));
    assert_eq!(
        shape(r#""code":850835000030"#).unwrap().code.as_deref(),
        Some("850835000030")
    );
    for (order, place) in [
        (r#""""#, None),
        (r#""3""#, Some(3)),
        ("3.0", Some(3)),
        ("{}", None),
    ] {
        let item = shape(&format!(
            r#""categories":{{"elements":[null,{{"id":"C","name":"K","sortOrder":{order}}}]}}"#
        ));
        let categories = item.unwrap().categories.0;
        assert_eq!(
            (categories.len(), categories[0].sort_order),
            (1, place),
            "{order}"
        );
    }
    let tags = shape(r#""tags":["a",{"name":"b"},null]"#).unwrap().tags.0;
    let names: Vec<_> = tags.iter().filter_map(|t| t.name.as_deref()).collect();
    assert_eq!(names, ["a", "b"]);
    for group in [r#"{"id":""}"#, "{}", r#""""#, r#"{"id":null}"#, "null"] {
        let item = shape(&format!(r#""itemGroup":{group}"#)).unwrap();
        assert_eq!(item.item_group, None, "{group}");
    }
    assert_eq!(
        shape(r#""name":"Pl\ud83dain""#).unwrap().name.as_deref(),
        Some("Pl\u{fffd}ain")
    );
    for price in [r#""599""#, "599.0", r#"599,"price":599"#] {
        let item = shape(&format!(r#""price":{price}"#)).unwrap();
        assert_eq!(item.price, Some(599), "{price}");
    }
    assert!(!shape(r#""deletedTime":"""#).unwrap().is_deleted());
}

#[test]
fn what_cannot_be_meant_is_refused_by_field() {
    for (json, path) in [
        (r#""price":599.5"#, "elements[1].price"),
        (r#""price":"5.99""#, "elements[1].price"),
        (r#""price":599,"price":1"#, "elements[1]"),
        (
            r#""itemStock":{"quantity":1e400}"#,
            "elements[1].itemStock.quantity",
        ),
        (r#""itemStock":"inf""#, "elements[1].itemStock"),
        (r#""itemStock":"""#, "elements[1].itemStock"),
        (r#""hidden":"perhaps""#, "elements[1].hidden"),
        (r#""available":2"#, "elements[1].available"),
        (r#""sku":{"x":1}"#, "elements[1].sku"),
        (r#""sku":1.5"#, "elements[1].sku"),
        (r#""itemGroup":{"id":"A/B"}"#, "elements[1].itemGroup.id"),
    ] {
        assert_eq!(shape(json).unwrap_err(), path, "{json}");
    }
}

#[test]
fn a_byte_that_is_no_text_costs_one_name() {
    let mut text = br#"{"elements":[{"id":"A","name":"x?y"},{"id":"B","name":"z"}]}"#.to_vec();
    let at = text.iter().position(|&b| b == b'?').unwrap();
    text[at] = 0xff;
    let listing = Listing::<Item>::parse(&text).unwrap();
    assert_eq!(listing.errors, []);
    assert_eq!(listing.elements[0].name.as_deref(), Some("x\u{fffd}y"));
}

#[test]
fn an_error_never_quotes_a_value() {
    let error = parse::<Item>(br#"{"id":"A","hidden":"canary-5d1f"}"#).unwrap_err();
    assert!(!error.to_string().contains("canary"), "{error}");
}

#[test]
fn whatever_form_the_online_part_has_the_item_is_read() {
    let read = |json: &str| {
        let json = format!(r#"{{"id":"A"{json}}}"#);
        let menu = parse::<ItemCount>(json.as_bytes()).unwrap().menu_item;
        (menu.enabled, menu.description, menu.image_filename)
    };
    let text = |text: &str| Some(text.to_owned());
    for nothing in [
        "",
        r#","menuItem":null"#,
        r#","menuItem":{}"#,
        r#","menuItem":[]"#,
        r#","menuItem":"yes""#,
        r#","menuItem":{"id":"X"}"#,
        r#","menuItem":{"enabled":"perhaps","description":{},"imageFilename":[1]}"#,
        r#","menuItem":{"enabled":2,"description":"","imageFilename":""}"#,
    ] {
        assert_eq!(read(nothing), (None, None, None), "{nothing}");
    }
    let whole = r#","menuItem":{"enabled":"1","description":7,"imageFilename":"a.png"}"#;
    assert_eq!(read(whole), (Some(true), text("7"), text("a.png")));
    let long = "x".repeat(DESCRIPTION_LENGTH + 1);
    let long =
        format!(r#","menuItem":{{"enabled":0,"description":"{long}","imageFilename":"{long}"}}"#);
    let (enabled, description, image) = read(&long);
    assert_eq!((enabled, image), (Some(false), None));
    assert_eq!(description.unwrap().len(), DESCRIPTION_LENGTH);
}

#[test]
fn only_an_address_is_a_picture() {
    for (name, expected) in [
        ("soup.png", None),
        ("ftp://clover.com/soup.png", None),
        ("javascript:alert(1)", None),
        (
            " https://cdn.clover.com/soup.png",
            Some("https://cdn.clover.com/soup.png"),
        ),
        ("HTTP://x", Some("HTTP://x")),
    ] {
        let menu = MenuItem {
            image_filename: Some(name.to_owned()),
            ..MenuItem::default()
        };
        assert_eq!(menu.picture(), expected, "{name}");
    }
}

proptest! {
    #[test]
    fn what_is_staged_reads_back_the_same(
        price in proptest::option::of(0_i64..1_000_000_000),
        sku in proptest::option::of(".{0,20}"),
        name in ".{0,30}",
        hidden: bool,
        available: bool,
        count in proptest::option::of(-1e6..1e6_f64),
        threshold in proptest::option::of(0.0..1e3_f64),
        tag in ".{0,10}",
        kind in 0..4_usize,
    ) {
        let other = PriceType::Other(String::from("NEXT"));
        let kinds = [PriceType::Fixed, PriceType::Variable, PriceType::PerUnit, other];
        let attribute = Ref { id: AttributeId::new("T").unwrap() };
        let option = OptionValue {
            id: OptionId::new("O").unwrap(),
            name: None,
            attribute: Some(attribute),
        };
        let rate = TaxRate {
            id: TaxRateId::new("R").unwrap(),
            name: Some(name.clone()),
            rate: 825_000,
            tax_amount: None,
            is_default: available,
            deleted: false,
            deleted_time: None,
        };
        let before = Item {
            id: ItemId::new("64TSD94BZX1CC").unwrap(),
            name: Some(name),
            code: None,
            sku,
            price,
            price_type: kinds[kind].clone(),
            hidden,
            available,
            default_tax_rates: !hidden,
            is_revenue: available,
            age_restricted: hidden,
            required_modifiers: !available,
            modifier_groups: Vec::new(),
            item_group: Some(GroupId::new("G").unwrap()),
            options: Elements(vec![option]),
            categories: Elements::default(),
            tags: Elements(vec![Tag { name: Some(tag), deleted: false }]),
            item_stock: Stock {
                quantity: count,
                threshold: threshold.filter(|_| count.is_some()),
            },
            deleted: false,
            deleted_time: None,
            menu_item: MenuItem {
                description: hidden.then(|| "Two\nlines".to_owned()),
                image_filename: None,
                enabled: available.then_some(hidden),
            },
            unseen: Vec::new(),
            tax_rates: hidden.then(|| vec![rate]),
        };
        let text = serde_json::to_vec(&before).unwrap();
        prop_assert_eq!(parse::<Item>(&text).unwrap(), before);
    }
}
