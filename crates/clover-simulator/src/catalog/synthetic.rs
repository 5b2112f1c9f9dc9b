//! Any number of generated items, the same for the same seed.

use serde_json::json;

use crate::ids::{Id, Random};
use crate::model::item::{Item, MenuItem, Stock};
use crate::model::rules::Kind;
use crate::model::store::MerchantStore;

/// The first item was saved at this time, each one a second after the one before.
const FIRST_SAVED_MS: i64 = 1_700_000_000_000;

const MATERIALS: [&str; 16] = [
    "Oak", "Walnut", "Cotton", "Linen", "Steel", "Ceramic", "Glass", "Leather", "Wool", "Bamboo",
    "Copper", "Slate", "Cork", "Silk", "Granite", "Marble",
];
const THINGS: [&str; 24] = [
    "Mug", "Bowl", "Lamp", "Chair", "Scarf", "Notebook", "Basket", "Candle", "Clock", "Tray",
    "Vase", "Rug", "Cushion", "Bottle", "Apron", "Shelf", "Mirror", "Frame", "Blanket", "Teapot",
    "Plate", "Hook", "Jar", "Stool",
];
const VARIANTS: [&str; 8] = ["XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL"];

/// The lists that items point to.
struct Lists {
    categories: Vec<Id>,
    tags: Vec<Id>,
}

/// Fills the world: 20 % of the items in groups of 2 to 8, 10 % untracked, 1 to 3 categories each.
pub fn load(store: &mut MerchantStore, count: usize, seed: u64) {
    let mut random = Random::new(seed ^ 0x5EED);
    let named = |prefix: &str, n: usize| json!(format!("{prefix} {}", n + 1));
    let lists = Lists {
        categories: (0..100.min(count / 50 + 3))
            .map(|n| {
                store.add_doc(
                    Kind::Categories,
                    &[
                        ("name", named("Department", n)),
                        ("sortOrder", json!(n + 1)),
                    ],
                )
            })
            .collect(),
        tags: (0..50.min(count / 200 + 2))
            .map(|n| {
                store.add_doc(
                    Kind::Tags,
                    &[
                        ("name", named("Label", n)),
                        ("showInReporting", json!(false)),
                    ],
                )
            })
            .collect(),
    };
    let mut made = 0;
    let mut grouped = 0;
    while made < count {
        let rest = count - made;
        let size = if grouped * 5 <= made && rest >= 2 {
            2 + random.below(7.min(rest - 1))
        } else {
            1
        };
        let name = format!(
            "{} {} No. {made:06}",
            MATERIALS[random.below(MATERIALS.len())],
            THINGS[random.below(THINGS.len())]
        );
        if size == 1 {
            add(store, &mut random, &lists, made, name, None);
        } else {
            grouped += size;
            let group = store.add_doc(Kind::ItemGroups, &[("name", json!(name))]);
            let attribute = store.add_doc(
                Kind::Attributes,
                &[("name", json!("Size")), ("itemGroup", json!({"id": group}))],
            );
            for (n, variant) in VARIANTS.iter().enumerate().take(size) {
                let option = store.add_doc(
                    Kind::Options,
                    &[
                        ("name", json!(variant)),
                        ("attribute", json!({"id": attribute})),
                    ],
                );
                let name = format!("{name} {variant}");
                add(
                    store,
                    &mut random,
                    &lists,
                    made + n,
                    name,
                    Some((group, option)),
                );
            }
        }
        made += size;
    }
}

fn add(
    store: &mut MerchantStore,
    random: &mut Random,
    lists: &Lists,
    n: usize,
    name: String,
    variant: Option<(Id, Id)>,
) {
    let id = store.random.id();
    let modified = FIRST_SAVED_MS + i64::try_from(n).unwrap_or(0) * 1000;
    let price = 100 + i64::try_from(random.below(20_000)).unwrap_or(0);
    let mut item = Item::new(id, name, price, modified);
    item.sku = Some(format!("SYN-{n:07}"));
    item.code = Some(format!("20{n:011}"));
    item.cost = Some(price / 2);
    item.kind = Some("RETAIL".to_owned());
    item.color_code = Some(format!("#{:06x}", random.below(0x100_0000)));
    item.alternate_name = Some(format!(
        "Warehouse {} aisle {} bin {}",
        n % 7,
        n % 90,
        random.below(400)
    ));
    item.menu_item = Some(Box::new(MenuItem {
        description: format!(
            "{}. Made in small batches, checked by hand, and packed without plastic. Every piece \
             differs a little in grain and colour; please allow for that when ordering several. \
             Lot {:08}.",
            item.name,
            random.below(100_000_000)
        ),
        name: item.name.clone(),
        image_filename: None,
        enabled: true,
    }));
    let first = random.below(lists.categories.len());
    for step in 0..=random.below(3) {
        let category = lists.categories[(first + step * 7) % lists.categories.len()];
        if !item.categories.contains(&category) {
            item.categories.push(category);
        }
    }
    if random.below(4) == 0 {
        item.tags.push(lists.tags[random.below(lists.tags.len())]);
    }
    if let Some((group, option)) = variant {
        item.group = Some(group);
        item.options = vec![option];
    }
    if n % 10 != 9 {
        let quantity = random.below(200) as f64;
        item.stock = Some(Stock {
            quantity,
            modified,
            threshold: None,
        });
    }
    store.items.insert(id, item);
}
