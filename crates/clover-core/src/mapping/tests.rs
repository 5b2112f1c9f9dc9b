use super::*;
use crate::item_filter::NameFilter;
use crate::pricing::{PriceEnding, Pricing};
use crate::product::{Fingerprint, ModifierKind};
use crate::tax::TaxProfile;
use crate::wire::{ItemModifierGroup, Listing, ModifierGroup};
use proptest::prelude::*;
use std::sync::Arc;

fn filter(rule: ImportRule) -> ItemFilter {
    let all = NameFilter::all();
    ItemFilter::new(&all, &all, rule, rule, rule)
}

fn mapper(mode: MappingMode) -> Mapper {
    Mapper {
        currency: Currency::from_code("USD").unwrap(),
        prices: Prices {
            general: Pricing::Direct,
            by_category: HashMap::new(),
            ending: PriceEnding::None,
        },
        mode,
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

fn simple(mode: MappingMode, json: &str) -> Product {
    mapper(mode).item(&items(json)[0]).unwrap()
}

fn names() -> Names {
    Names {
        groups: [("G", "T-Shirt"), ("H", " ")]
            .map(|(id, name)| (GroupId::new(id).unwrap(), name.into()))
            .into(),
        attributes: [("S", "Size"), ("C", "Color")]
            .map(|(id, name)| (AttributeId::new(id).unwrap(), name.into()))
            .into(),
    }
}

fn member(id: &str, options: &[(&str, &str)], more: &str) -> String {
    let options: Vec<String> = options
        .iter()
        .enumerate()
        .map(|(n, (a, v))| format!(r#"{{"id":"{id}{n}","name":"{v}","attribute":{{"id":"{a}"}}}}"#))
        .collect();
    format!(
        r#"{{"id":"{id}","name":"T-Shirt {id}","price":2500,"itemGroup":{{"id":"G"}},
            "options":{{"elements":[{}]}}{more}}}"#,
        options.join(",")
    )
}

fn group(mode: MappingMode, members: &[String]) -> (Option<Product>, Vec<ItemError>) {
    mapper(mode).group(
        &GroupId::new("G").unwrap(),
        &items(&members.join(",")),
        &names(),
        |_| false,
    )
}

const CATEGORIES: &str = r#""categories":{"elements":[
        {"id":"B","name":"Sides","sortOrder":2},{"id":"A","name":" Mains ","sortOrder":1},
        {"id":"C","name":"Gone","sortOrder":0,"deleted":true},
        {"id":"D","name":"sides","sortOrder":3}]},
    "tags":{"elements":[{"name":"Vegan"},{"name":"vegan "},{"name":""}]}"#;

#[test]
fn the_description_of_a_group_is_that_of_its_first_item_that_has_one() {
    let members = ["C", "A", "B"].map(|id| member(id, &[("S", id)], ""));
    let mut items = items(&members.join(","));
    let of = |items: &[Item]| {
        let id = GroupId::new("G").unwrap();
        let (product, errors) = mapper(MappingMode::Tag).group(&id, items, &names(), |_| false);
        assert_eq!(errors, []);
        let product = product.unwrap();
        (product.description, product.picture)
    };
    assert_eq!(of(&items), (None, None));
    for (item, text, image) in [
        (0, "Of C", "https://clover.com/c.png"),
        (1, "\u{200B} \n", "a.png"),
        (2, "Of B", "b.png"),
    ] {
        items[item].menu_item.description = Some(text.to_owned());
        items[item].menu_item.image_filename = Some(image.to_owned());
    }
    let expected = ("Of B", "https://clover.com/c.png");
    let (text, picture) = of(&items);
    assert_eq!(
        (text.as_deref(), picture.as_deref()),
        (Some(expected.0), Some(expected.1))
    );
    // What the import alone needs does not make a product differ.
    let digest = |item: &Item| mapper(MappingMode::Tag).item(item).unwrap().fingerprint();
    let mut other = items[0].clone();
    other.menu_item = MenuItem::default();
    assert_eq!(digest(&other), digest(&items[0]));
}

#[test]
fn an_item_without_a_group_becomes_a_simple_product() {
    let p = simple(
        MappingMode::Tag,
        r#"{"id":"A","name":" Soup of the Day ","price":599,"sku":" ","code":"4006381333931",
            "itemStock":{"quantity":12.0}}"#,
    );
    assert_eq!(
        (p.title.as_str(), p.alias(), p.publish),
        ("Soup of the Day", "soup-of-the-day".to_owned(), true)
    );
    let v = &p.variants[0];
    assert_eq!(
        (
            v.sku.as_deref(),
            v.upc.as_deref(),
            v.price.to_string().as_str()
        ),
        (None, Some("4006381333931"), "5.99000")
    );
    assert_eq!(v.stock.map(|s| s.sellable(0, 0)), Some(12));
    assert!(p.options.is_empty() && p.warnings.is_empty());
}

#[test]
fn members_whose_options_clover_does_not_show_make_no_product() {
    let members: Vec<Item> = ["A", "B"]
        .map(|id| member(id, &[], r#","cloversync_unseen":["options"]"#))
        .iter()
        .map(|text| crate::json::parse(text.as_bytes()).unwrap())
        .collect();
    let names = Names {
        groups: [(GroupId::new("G").unwrap(), "T-Shirt".into())].into(),
        attributes: HashMap::new(),
    };
    let group = GroupId::new("G").unwrap();
    let (product, errors) = mapper(MappingMode::Tag).group(&group, &members, &names, |_| true);
    assert_eq!(product, None);
    assert_eq!(errors.len(), 2);
    assert!(
        errors
            .iter()
            .all(|e| e.item.is_some() && e.path == "options")
    );
}

#[test]
fn in_category_mode_categories_that_are_not_shown_leave_the_tags_unseen_too() {
    for (mode, unseen) in [
        (MappingMode::Tag, vec!["category"]),
        (MappingMode::Category, vec!["category", "tags"]),
    ] {
        let text = r#"{"id":"A","name":"Soup","price":1,"cloversync_unseen":["categories"]}"#;
        let item: Item = crate::json::parse(text.as_bytes()).unwrap();
        assert_eq!(mapper(mode).item(&item).unwrap().unseen, unseen);
    }
}

#[test]
fn in_tag_mode_clover_tags_become_tags_and_the_first_category_is_only_looked_for() {
    let p = simple(
        MappingMode::Tag,
        &format!(r#"{{"id":"A","name":"Soup","price":1,{CATEGORIES}}}"#),
    );
    assert_eq!(
        (p.categories, p.create_category, p.tags),
        (vec!["Mains".to_owned()], false, vec!["Vegan".to_owned()])
    );
}

#[test]
fn in_tag_mode_a_groups_name_is_a_tag_and_the_first_category_to_look_for() {
    let (p, errors) = group(
        MappingMode::Tag,
        &[member("A", &[("S", "L")], &format!(",{CATEGORIES}"))],
    );
    let p = p.unwrap();
    assert_eq!(errors, []);
    assert_eq!(
        (p.categories, p.tags),
        (
            vec!["T-Shirt".to_owned(), "Mains".to_owned()],
            vec!["T-Shirt".to_owned(), "Vegan".to_owned()]
        )
    );
}

#[test]
fn in_category_mode_the_first_category_by_sort_order_is_made_and_the_others_become_tags() {
    let p = simple(
        MappingMode::Category,
        &format!(r#"{{"id":"A","name":"Soup","price":1,{CATEGORIES}}}"#),
    );
    assert_eq!(p.category.as_ref().map(CategoryId::as_str), Some("A"));
    assert_eq!(
        (p.categories, p.create_category, p.tags),
        (
            vec!["Mains".to_owned()],
            true,
            vec!["Sides".to_owned(), "Vegan".to_owned()]
        )
    );
    let bare = simple(
        MappingMode::Category,
        r#"{"id":"A","name":"Soup","price":1}"#,
    );
    assert_eq!((bare.categories.len(), bare.create_category), (0, false));
}

#[test]
fn only_a_variant_is_taken_off_sale_by_being_hidden() {
    for (available, hidden, is_variant, sellable) in [
        (true, false, false, true),
        (true, true, false, true),
        (true, false, true, true),
        (true, true, true, false),
        (false, false, false, false),
        (false, true, true, false),
    ] {
        let found = is_sellable(available, hidden, is_variant);
        assert_eq!(found, sellable, "{available} {hidden} {is_variant}");
    }
}

#[test]
fn items_of_a_special_kind_are_like_all_others_when_the_owner_wants_it() {
    let special = r#""hidden":true,"isRevenue":false,"isAgeRestricted":true"#;
    let single = items(&format!(
        r#"{{"id":"A","name":"Voucher","price":1000,{special}}}"#
    ));
    let members = items(&member("B", &[("S", "S")], &format!(",{special}")));
    let id = GroupId::new("G").unwrap();
    for rule in [ImportRule::Unpublished, ImportRule::Import] {
        let is_like_others = rule == ImportRule::Import;
        let mapper = Mapper {
            filter: filter(rule),
            ..mapper(MappingMode::Tag)
        };
        let (variable, errors) = mapper.group(&id, &members, &names(), |_| false);
        assert_eq!(errors, []);
        let variable = variable.unwrap();
        assert_eq!(variable.variants[0].sellable, is_like_others);
        for product in [mapper.item(&single[0]).unwrap(), variable] {
            assert_eq!(product.publish, is_like_others);
            assert_eq!(product.withheld, !is_like_others);
            assert_eq!(product.cautions.is_empty(), is_like_others);
            assert_eq!(product.warnings.is_empty(), is_like_others);
        }
    }
}

#[test]
fn the_rule_for_special_items_changes_nothing_of_other_items() {
    let plain = items(r#"{"id":"A","name":"Soup","price":599}"#);
    for rule in ImportRule::ALL {
        let mapper = Mapper {
            filter: filter(*rule),
            ..mapper(MappingMode::Tag)
        };
        assert_eq!(
            mapper.item(&plain[0]).unwrap(),
            simple(MappingMode::Tag, r#"{"id":"A","name":"Soup","price":599}"#)
        );
    }
}

#[test]
fn till_priced_hidden_and_free_items_are_imported_unpublished_with_a_warning() {
    for (json, word) in [
        (
            r#"{"id":"A","name":"Tip","price":0,"priceType":"VARIABLE"}"#,
            "price_at_till: item Tip",
        ),
        (
            r#"{"id":"A","name":"Tip","priceType":"VARIABLE"}"#,
            "price_at_till: item Tip",
        ),
        (
            r#"{"id":"A","name":"Cheese","price":199,"priceType":"PER_UNIT","unitName":"oz"}"#,
            "price_per_unit: item Cheese",
        ),
        (
            r#"{"id":"A","name":"Gift","price":0}"#,
            "price_zero: item Gift",
        ),
        (
            r#"{"id":"A","name":"Old","price":100,"hidden":true}"#,
            "hidden_in_clover",
        ),
        (
            r#"{"id":"A","name":"New","price":100,"priceType":"AUCTION"}"#,
            "price_type_unknown: item New, price_type AUCTION",
        ),
    ] {
        let p = simple(MappingMode::Tag, json);
        assert!(!p.publish && p.withheld, "{json}");
        assert!(
            p.warnings.iter().any(|w| w.to_string() == word),
            "{json}: {:?}",
            p.warnings
        );
    }
}

#[test]
fn a_markup_on_nothing_is_nothing() {
    let mut m = mapper(MappingMode::Tag);
    m.prices.general = Pricing::Fixed(crate::pricing::MarkupValue::parse("5").unwrap());
    let p = m
        .item(&items(r#"{"id":"A","name":"Tip","price":0,"priceType":"VARIABLE"}"#)[0])
        .unwrap();
    assert_eq!(p.variants[0].price.to_string(), "0.00000");
}

#[test]
fn an_item_without_a_name_or_price_or_with_an_impossible_one_is_refused_by_field() {
    for (json, field) in [
        (r#"{"id":"A","price":1}"#, "name"),
        (r#"{"id":"A","name":" ","price":1}"#, "name"),
        (r#"{"id":"A","name":"x"}"#, "price"),
        (r#"{"id":"A","name":"x","price":-1}"#, "price"),
        (
            r#"{"id":"A","name":"x","price":9000000000000000000}"#,
            "price",
        ),
        (
            r#"{"id":"A","name":"x","price":1,"itemStock":{"quantity":1e40}}"#,
            "itemStock.quantity",
        ),
    ] {
        assert_eq!(
            mapper(MappingMode::Tag)
                .item(&items(json)[0])
                .unwrap_err()
                .path,
            field,
            "{json}"
        );
    }
}

#[test]
fn a_merchant_that_keeps_no_counts_has_untracked_items_only() {
    let mut m = mapper(MappingMode::Tag);
    m.track_stock = false;
    assert_eq!(
        m.item(&items(r#"{"id":"A","name":"x","price":1,"itemStock":{"quantity":3.0}}"#)[0])
            .unwrap()
            .variants[0]
            .stock,
        None
    );
}

#[test]
fn a_group_becomes_one_variable_product_with_a_variant_a_member() {
    let (p, errors) = group(
        MappingMode::Tag,
        &[
            member("B", &[("S", "L"), ("C", "Red")], ""),
            member("A", &[("C", "Blue"), ("S", "L")], r#","hidden":true"#),
        ],
    );
    let p = p.unwrap();
    assert_eq!(errors, []);
    assert_eq!(
        (p.title.as_str(), p.options.as_slice()),
        (
            "T-Shirt",
            ["Color".to_owned(), "Size".to_owned()].as_slice()
        )
    );
    let values: Vec<_> = p
        .variants
        .iter()
        .map(|v| (v.id.as_str(), v.option_values.join("/"), v.sellable))
        .collect();
    assert_eq!(
        values,
        [
            ("A", "Blue/L".to_owned(), false),
            ("B", "Red/L".to_owned(), true)
        ]
    );
    assert_eq!(p.option_values(1), ["L"]);
    assert!(p.publish);
}

#[test]
fn a_member_that_lacks_an_option_or_repeats_another_is_its_own_error() {
    let (p, errors) = group(
        MappingMode::Tag,
        &[
            member("A", &[("S", "L")], ""),
            member("B", &[("S", "L")], ""),
            member("C", &[], ""),
            member("D", &[("S", "M"), ("S", "XL")], ""),
        ],
    );
    assert_eq!(p.unwrap().variants.len(), 1);
    let refused: Vec<_> = errors
        .iter()
        .map(|e| (e.item.as_ref().unwrap().as_str(), e.problem.to_string()))
        .collect();
    assert_eq!(
        refused,
        [
            ("B", "item_options_taken: item A, options L".to_owned()),
            ("C", "item_option_missing: option Size".to_owned()),
            ("D", "item_option_twice: option Size".to_owned())
        ]
    );
}

fn values(p: &Product) -> Vec<String> {
    p.variants
        .iter()
        .map(|v| v.option_values.join("/"))
        .collect()
}

#[test]
fn options_that_are_the_same_name_in_other_letters_are_choices_of_their_own() {
    let members = [
        member("C", &[("S", "<5")], ""),
        member("A", &[("S", "Red")], ""),
        member("B", &[("S", "red")], ""),
        member("D", &[("S", "‹5")], ""),
        member("E", &[("S", "Red (2)")], ""),
    ];
    let (p, errors) = group(MappingMode::Tag, &members);
    let p = p.unwrap();
    assert_eq!(errors, []);
    assert_eq!(values(&p), ["Red", "red (3)", "<5", "‹5 (2)", "Red (2)"]);
    let mapped = mapper(MappingMode::Tag).group(
        &GroupId::new("G").unwrap(),
        &items(&members.join(",")),
        &names(),
        |id| id.as_str() == "B",
    );
    assert_eq!(values(&mapped.0.unwrap()), values(&p));
}

#[test]
fn attributes_of_the_same_name_are_one_option_unless_an_item_has_values_of_both() {
    let mut names = names();
    for (id, name) in [("T", "SIZE\u{200b}"), ("U", "Size\tUS")] {
        names
            .attributes
            .insert(AttributeId::new(id).unwrap(), name.into());
    }
    let group = |members: &[String]| {
        mapper(MappingMode::Tag).group(
            &GroupId::new("G").unwrap(),
            &items(&members.join(",")),
            &names,
            |_| false,
        )
    };
    let (p, errors) = group(&[
        member("A", &[("S", "L")], ""),
        member("B", &[("T", "M")], ""),
    ]);
    assert_eq!(errors, []);
    let p = p.unwrap();
    assert_eq!(
        (p.options.len(), values(&p)),
        (1, vec!["L".into(), "M".into()])
    );
    let (p, errors) = group(&[
        member("A", &[("S", "L"), ("T", "1")], ""),
        member("B", &[("T", "2"), ("S", "L")], ""),
    ]);
    assert_eq!(errors, []);
    let p = p.unwrap();
    assert_eq!(p.options, ["SIZE", "Size (2)"]);
    assert_eq!(values(&p), ["1/L", "2/L"]);
    let (p, errors) = group(&[
        member("A", &[("U", "7")], ""),
        member("B", &[("U", "8")], ""),
    ]);
    assert_eq!(errors, []);
    assert_eq!(p.unwrap().options, ["Size US"]);
}

#[test]
fn names_without_anything_to_see_are_refused_or_left_out() {
    let error = mapper(MappingMode::Tag)
        .item(&items(r#"{"id":"A","name":"\u0001\u200b\u3164","price":1}"#)[0])
        .unwrap_err();
    assert_eq!(error.path, "name");
    let p = simple(
        MappingMode::Category,
        r#"{"id":"A","name":"Te\u202ea ","price":1,"sku":"\u00a0S-1\t","code":"\u200b",
            "categories":{"elements":[{"id":"C","name":"\u200b"}]},"tags":[{"name":" "}]}"#,
    );
    assert_eq!(p.title, "Tea");
    assert_eq!(
        (p.variants[0].sku.as_deref(), p.variants[0].upc.as_deref()),
        (Some("S-1"), None)
    );
    assert_eq!(
        (p.categories.len(), p.tags.len(), p.warnings.len()),
        (0, 0, 2)
    );
}

#[test]
fn a_new_member_that_repeats_the_options_of_a_linked_one_does_not_push_it_out() {
    let members = [
        member("A", &[("S", "L")], ""),
        member("B", &[("S", "L")], ""),
    ]
    .join(",");
    let (p, errors) = mapper(MappingMode::Tag).group(
        &GroupId::new("G").unwrap(),
        &items(&members),
        &names(),
        |id| id.as_str() == "B",
    );
    assert_eq!(p.unwrap().variants[0].id.as_str(), "B");
    assert_eq!(errors[0].item.as_ref().unwrap().as_str(), "A");
}

#[test]
fn a_group_without_attributes_gets_one_option_with_the_members_own_names() {
    let (p, errors) = group(
        MappingMode::Tag,
        &[member("A", &[], ""), member("B", &[], "")],
    );
    let p = p.unwrap();
    assert_eq!(errors, []);
    assert_eq!(
        (p.options.as_slice(), p.option_values(0)),
        (["Variant".to_owned()].as_slice(), vec!["A", "B"])
    );
}

#[test]
fn a_group_that_clover_does_not_name_or_whose_members_all_fail_makes_no_product() {
    let nameless = mapper(MappingMode::Tag).group(
        &GroupId::new("H").unwrap(),
        &items(&member("A", &[], "")),
        &names(),
        |_| false,
    );
    assert!(nameless.0.is_none() && nameless.1[0].path.contains("item_groups[H]"));
    let (none, errors) = group(
        MappingMode::Tag,
        &[r#"{"id":"A","itemGroup":{"id":"G"},"price":1}"#.to_owned()],
    );
    assert!(none.is_none() && errors.len() == 1);
}

proptest! {
    #[test]
    fn a_groups_product_does_not_depend_on_the_order_in_which_members_arrive(
        seed: u64,
        sizes in 1..6_usize,
    ) {
        let nth = |n: usize| {
            let sku = format!(r#","sku":"{n}""#);
            member(&format!("A{n}"), &[("S", &format!("s{n}"))], &sku)
        };
        let mut members: Vec<String> = (0..sizes).map(nth).collect();
        let straight = group(MappingMode::Category, &members);
        let turn = usize::try_from(seed % sizes as u64).unwrap();
        members.rotate_left(turn);
        let turned = group(MappingMode::Category, &members);
        let fingerprint = |found: &Option<Product>| found.as_ref().unwrap().fingerprint();
        prop_assert_eq!(fingerprint(&straight.0), fingerprint(&turned.0));
        prop_assert_eq!(straight, turned);
    }
}

#[test]
fn an_item_without_the_default_rates_is_a_warning_until_its_own_have_a_tax_profile() {
    let entry = |profile: &[(&str, i64)]| {
        let entries: Vec<TaxProfile> = profile
            .iter()
            .map(|(rate, profile)| TaxProfile {
                rate: (*rate).to_owned(),
                profile: *profile,
            })
            .collect();
        Mapper {
            tax: TaxRule::new(&entries, 1),
            ..mapper(MappingMode::Tag)
        }
    };
    let item = items(
        r#"{"id":"A","name":"Rum","price":1,"defaultTaxRates":false,
            "cloversync_tax_rates":[{"id":"R","name":"Spirits","rate":1000000}]}"#,
    );
    let warns = |mapper: &Mapper| {
        let product = mapper.item(&item[0]).unwrap();
        let warning = ProblemCode::NotDefaultTax;
        let profile = product.tax.and_then(|tax| tax.profile);
        (profile, product.warnings.iter().any(|w| w.code == warning))
    };
    assert_eq!(warns(&entry(&[])), (None, true));
    assert_eq!(warns(&entry(&[("House", 2)])), (None, true));
    assert_eq!(warns(&entry(&[("Spirits", 2)])), (Some(2), false));
}

/// A simple product with these modifier groups, given as Clover lists them.
fn with_modifiers(mode: ModifierMode, groups: &str) -> Product {
    let groups: Vec<ModifierGroup> = serde_json::from_str(groups).unwrap();
    let mut item = items(r#"{"id":"A","name":"Burger","price":900}"#).remove(0);
    item.modifier_groups = groups
        .into_iter()
        .map(|group| ItemModifierGroup {
            id: Some(group.id.clone()),
            min_required: group.min_required,
            deleted: false,
            group: Some(Arc::new(group)),
        })
        .collect();
    item.required_modifiers = item.modifier_groups.iter().any(|one| one.min_required > 0);
    let mapper = Mapper {
        modifiers: mode,
        ..mapper(MappingMode::Tag)
    };
    mapper.item(&item).unwrap()
}

const EXTRAS: &str = r#"{"id":"E","name":" Extras ","minRequired":0,"maxAllowed":5,"sortOrder":2,
    "modifierIds":"M2,M1","modifiers":{"elements":[
        {"id":"M1","name":"Cheese","price":150},
        {"id":"M2","name":"No onions","price":0},
        {"id":"M3","name":"cheese\u200b","price":"175"},
        {"id":"M4","name":"Gone","price":1,"deleted":true},
        {"id":"M5","name":"Sold out","price":1,"available":false},
        {"id":"M6","name":" ","price":1},
        {"id":"M7","name":"Less","price":-1}]}}"#;

const SIDE: &str = r#"{"id":"S","name":"Side","minRequired":1,"maxAllowed":1,"sortOrder":1,
    "modifiers":{"elements":[{"id":"F","name":"Fries","price":0}]}}"#;

#[test]
fn modifier_groups_become_options_with_prices() {
    let product = with_modifiers(ModifierMode::Options, &format!("[{EXTRAS},{SIDE}]"));
    let shown: Vec<_> = product
        .modifiers
        .iter()
        .map(|option| {
            let choices = option.choices.iter();
            let choices =
                choices.map(|c| (c.modifier.as_str(), c.name.as_str(), c.price.to_string()));
            let choices: Vec<_> = choices.collect();
            (option.name.as_str(), option.kind, option.required, choices)
        })
        .collect();
    assert_eq!(
        shown,
        [
            (
                "Side",
                ModifierKind::Radio,
                true,
                vec![("F", "Fries", "0.00000".to_owned())]
            ),
            (
                "Extras",
                ModifierKind::Checkbox,
                false,
                vec![
                    ("M2", "No onions", "0.00000".to_owned()),
                    ("M1", "Cheese", "1.50000".to_owned()),
                    ("M3", "cheese (2)", "1.75000".to_owned()),
                ]
            ),
        ]
    );
    assert_eq!((product.cautions, product.publish), (vec![], true));
}

#[test]
fn one_modifier_that_is_not_required_is_chosen_from_a_list_with_an_empty_entry() {
    let one = SIDE.replace(r#""minRequired":1"#, r#""minRequired":0"#);
    let product = with_modifiers(ModifierMode::Options, &format!("[{one}]"));
    assert_eq!(product.modifiers[0].kind, ModifierKind::Select);
}

#[test]
fn what_the_shop_cannot_ask_for_keeps_the_product_back() {
    for (mode, groups, is_offered) in [
        // More than one.
        (
            ModifierMode::Options,
            SIDE.replace(r#""minRequired":1"#, r#""minRequired":2"#),
            true,
        ),
        // Nothing to choose from, no name.
        (ModifierMode::Options, SIDE.replace("Fries", ""), false),
        (
            ModifierMode::Options,
            SIDE.replace(r#""Side""#, "null"),
            false,
        ),
        // Not at all.
        (ModifierMode::Off, SIDE.to_owned(), false),
    ] {
        let product = with_modifiers(mode, &format!("[{groups}]"));
        assert_eq!(product.cautions, [Caution::RequiredModifiers], "{groups}");
        assert!(!product.publish);
        assert_eq!(!product.modifiers.is_empty(), is_offered, "{groups}");
    }
}

#[test]
fn a_product_without_modifiers_has_the_fingerprint_of_a_version_that_knew_none() {
    let without = with_modifiers(ModifierMode::Off, &format!("[{EXTRAS}]")).fingerprint();
    assert_eq!(without.to_text().len(), 60);
    let print = |groups: &str| with_modifiers(ModifierMode::Options, groups).fingerprint();
    assert_eq!(print("[]").to_text(), without.to_text());
    let with = print(&format!("[{EXTRAS}]"));
    assert_eq!(with.to_text().len(), 72);
    assert_eq!(with.differing(&without.to_text()), ["modifiers"]);
    assert_eq!(without.differing(&with.to_text()), ["modifiers"]);
    assert_eq!(with.differing(&with.to_text()), [""; 0]);
    assert_eq!(Fingerprint::from_text(&with.to_text()), Some(with));
    assert_eq!(Fingerprint::from_text(&without.to_text()), Some(without));
    // Of a product that was adopted nothing is known.
    assert_eq!(without.differing("").len(), 5);
    assert_eq!(with.differing("").len(), 6);
    for change in [
        EXTRAS.replace("150", "151"),
        EXTRAS.replace("Extras", "Toppings"),
        EXTRAS.replace(r#""maxAllowed":5"#, r#""maxAllowed":1"#),
        EXTRAS.replace("M2,M1", "M1,M2"),
        EXTRAS.replace(r#""id":"M1""#, r#""id":"M8""#),
    ] {
        let changed = print(&format!("[{change}]"));
        assert_eq!(
            changed.differing(&with.to_text()),
            ["modifiers"],
            "{change}"
        );
    }
}
