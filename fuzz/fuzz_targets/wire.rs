//! Any bytes as an item list: read, staged and read back, mapped, compared. Nothing may panic, and
//! what was written must need nothing more.
#![no_main]

use std::collections::{BTreeMap, HashMap};

use clover_core::diff::compare;
use clover_core::ids::GroupId;
use clover_core::json::parse;
use clover_core::mapping::{Mapper, Names};
use clover_core::money::Currency;
use clover_core::settings::Settings;
use clover_core::wire::{Attribute, Item, ItemCount, ItemGroup, Listing};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The first byte chooses the rules, so that one corpus covers all of them.
    let Some((rules, text)) = data.split_first() else { return };
    let mut parameters = BTreeMap::new();
    for (bit, key, value) in [
        (1, "mapping_mode", "category"),
        (2, "pricing_mode", "markup"),
        (4, "markup_type", "fixed"),
        (8, "import_status", "published"),
        (8, "price_ending", "0.99"),
    ] {
        if rules & bit != 0 {
            parameters.insert(key.to_owned(), value.into());
        }
    }
    parameters.insert("markup_value".to_owned(), "12.5".into());
    if rules & 4 != 0 {
        let markups = serde_json::json!({"Mains": {"type": "fixed", "value": "0.5"}});
        parameters.insert("category_markups".to_owned(), markups);
    }
    let settings = Settings::from_parameters(parameters).expect("these words are known");
    let code = ["USD", "JPY", "KWD", "EUR"][usize::from(rules >> 6)];
    let currency = Currency::from_code(code).expect("these codes are known");
    let mapper = Mapper::new(&settings, currency, rules & 16 == 0);

    let _ = Listing::<ItemCount>::parse(text);
    let _ = Listing::<ItemGroup>::parse(text);
    let _ = Listing::<Attribute>::parse(text);
    let Ok(listing) = Listing::<Item>::parse(text) else { return };
    let mut groups: HashMap<GroupId, Vec<Item>> = HashMap::new();
    for item in listing.elements {
        let staged = serde_json::to_vec(&item).expect("a wire item is JSON");
        let back = parse::<Item>(&staged).expect("what was staged reads back");
        assert_eq!(back, item);
        if let Some(group) = item.item_group.clone() {
            groups.entry(group).or_default().push(item);
        } else if let Ok(product) = mapper.item(&item) {
            assert!(compare(&product, &HashMap::new()).is_some());
            assert_eq!(product.variants.len(), 1);
        }
    }
    for (id, members) in groups {
        let mut names = Names::default();
        names.groups.insert(id.clone(), "Group".into());
        let options = members.iter().flat_map(|m| &m.options.0);
        for attribute in options.filter_map(|o| o.attribute.as_ref()) {
            let name = attribute.id.as_str().chars().take(2).collect();
            names.attributes.insert(attribute.id.clone(), name);
        }
        if let (Some(product), _) = mapper.group(&id, &members, &names, |_| rules & 32 != 0) {
            let options = product.options.len();
            assert!(product.variants.iter().all(|v| v.option_values.len() == options));
            assert!(compare(&product, &HashMap::new()).is_some());
        }
    }
});
