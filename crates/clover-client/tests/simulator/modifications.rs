//! Chosen modifiers: after any fault each is once on its line, with its amount.

use std::sync::Arc;

use clover_client::orders::Fill;
use clover_core::money::Currency;
use clover_core::order::{OrderPlan, OrderStanding, ShopOrder};
use serde_json::{Value, json};

use crate::orders::{created, faults, fill, filled, mark, orders_of, post, pushed, world};
use crate::world::World;

const RULE: &str = "POST /v3/merchants/*/orders/*/line_items/*/modifications";

struct Menu {
    world: World,
    cheese: String,
    oat: String,
    free: String,
}

/// A Clover with a group of three modifiers.
fn menu() -> Menu {
    let world = world();
    let group = post(&world, "modifier_groups", &json!({"name": "Extras"}));
    let path = format!(
        "modifier_groups/{}/modifiers",
        group["id"].as_str().unwrap()
    );
    let add = |name: &str, price: i64| {
        let made = post(&world, &path, &json!({"name": name, "price": price}));
        made["id"].as_str().unwrap().to_owned()
    };
    let (cheese, oat, free) = (add("Cheese", 150), add("Oat", 60), add("No onions", 0));
    Menu {
        world,
        cheese,
        oat,
        free,
    }
}

impl Menu {
    /// Two burgers alike, one with less, a coffee, a mug without a choice, and what comes on top.
    fn plan(&self) -> Arc<OrderPlan> {
        let option = |value: &str, modifier: &str, amount: &str| {
            let name = "Extras";
            json!({"name": name, "value": value, "modifier": modifier, "amount": amount})
        };
        let cheese = option("Cheese", &self.cheese, "1.5");
        let free = option("No onions", &self.free, "0");
        let size = json!({"name": "Size", "value": "L"});
        let order = json!({
            "number": "10234", "order_id": "77", "currency": "USD",
            "lines": [
                {"name": "Burger", "sku": "B-1", "quantity": "2", "unit_price": "9.00",
                 "option_price": "1.50", "options": [cheese, free, size]},
                {"name": "Burger", "sku": "B-1", "quantity": "1", "unit_price": "9.00",
                 "option_price": "1.50", "options": [cheese, size]},
                {"name": "Coffee", "quantity": "1", "unit_price": "3.00",
                 "option_price": "0.60", "options": [option("Oat", &self.oat, "0.60000")]},
                {"name": "Mug", "quantity": "1", "unit_price": "9.00"},
            ],
            "charges": [{"name": "Tax", "amount": "1.23"}],
            "discounts": [{"name": "Coupon", "amount": "2.00"}],
            "total": "43.33",
        });
        let order = ShopOrder::parse(&order).unwrap();
        let currency = Currency::from_code("USD").unwrap();
        Arc::new(order.plan(currency, OrderStanding::Paid).unwrap())
    }

    /// Name, price and the amounts of the modifications of each line, in alphabetical order, and
    /// the sum of all that the order has.
    fn shown(&self) -> (Vec<(String, i64, Vec<i64>)>, i64) {
        let orders = orders_of(&self.world);
        assert_eq!(orders.len(), 1);
        let order = &orders[0];
        let elements = |of: &Value| of["elements"].as_array().cloned().unwrap_or_default();
        let amounts = |of: &Value| -> Vec<i64> {
            let all = elements(of).into_iter();
            all.map(|one| one["amount"].as_i64().unwrap()).collect()
        };
        let line = |line: Value| {
            let mut modifications = amounts(&line["modifications"]);
            modifications.sort_unstable();
            let name = line["name"].as_str().unwrap().to_owned();
            (name, line["price"].as_i64().unwrap(), modifications)
        };
        let mut lines: Vec<_> = elements(&order["lineItems"])
            .into_iter()
            .map(line)
            .collect();
        lines.sort();
        let of_lines = lines
            .iter()
            .map(|(_, price, more)| price + more.iter().sum::<i64>());
        let sum = of_lines.sum::<i64>() + amounts(&order["discounts"]).iter().sum::<i64>();
        assert_eq!(order["total"].as_i64(), Some(sum));
        (lines, sum)
    }
}

fn lines(of: &[(&str, i64, &[i64])]) -> Vec<(String, i64, Vec<i64>)> {
    let owned = of
        .iter()
        .map(|(name, price, more)| ((*name).to_owned(), *price, more.to_vec()));
    owned.collect()
}

fn planned() -> (Vec<(String, i64, Vec<i64>)>, i64) {
    let lines = lines(&[
        ("Burger (Size: L)", 900, &[0, 150]),
        ("Burger (Size: L)", 900, &[0, 150]),
        ("Burger (Size: L)", 900, &[150]),
        ("Coffee", 300, &[60]),
        ("Mug", 900, &[]),
        ("Tax", 123, &[]),
    ]);
    (lines, 4_333)
}

#[test]
fn chosen_modifiers_are_modifications_with_their_amount_and_the_order_adds_up() {
    let menu = menu();
    let (plan, mark) = (menu.plan(), mark(1));
    let order = pushed(&menu.world, &plan, &mark);
    assert_eq!(menu.shown(), planned());
    assert_eq!(menu.world.count("/modifications"), 6);
    let writes = menu.world.count("POST /v3");
    assert_eq!(fill(&menu.world, &plan, &order).unwrap(), Fill::Done);
    assert_eq!(menu.world.count("POST /v3"), writes);
}

#[test]
fn a_lost_response_to_a_modification_duplicates_none() {
    for (effect, more) in faults() {
        for skip in 0..6 {
            let menu = menu();
            let (plan, mark) = (menu.plan(), mark(2));
            let order = created(&menu.world, &plan, &mark);
            let mut more = more.clone();
            more["skip"] = json!(skip);
            menu.world.fault(RULE, 1, effect, more.clone());
            let at = format!("{effect} {more}");
            let first = fill(&menu.world, &plan, &order).unwrap();
            assert_eq!(first, Fill::Unknown, "{at}");
            filled(&menu.world, &plan, &order);
            assert_eq!(menu.shown(), planned(), "{at}");
        }
    }
}

#[test]
fn a_lost_response_to_the_lines_duplicates_no_modification() {
    for (effect, more) in faults() {
        let menu = menu();
        let (plan, mark) = (menu.plan(), mark(3));
        let order = created(&menu.world, &plan, &mark);
        let rule = "POST /v3/merchants/*/orders/*/bulk_line_items";
        menu.world.fault(rule, 1, effect, more.clone());
        assert_eq!(fill(&menu.world, &plan, &order).unwrap(), Fill::Unknown);
        filled(&menu.world, &plan, &order);
        assert_eq!(menu.shown(), planned(), "{effect} {more}");
    }
}

#[test]
fn a_modifier_that_clover_refuses_is_in_the_name_and_the_price_of_its_line() {
    let menu = menu();
    let plan = menu.plan();
    let body = json!({"message": "Invalid modifier"});
    let refusal = json!({"code": 400, "body": body, "skip": 4});
    menu.world.fault(RULE, 2, "status", refusal);
    let order = created(&menu.world, &plan, &mark(4));
    filled(&menu.world, &plan, &order);
    let (lines, sum) = menu.shown();
    assert_eq!(sum, 4_333);
    assert_eq!(
        lines,
        self::lines(&[
            ("Burger (Size: L)", 900, &[0, 150]),
            ("Burger (Size: L)", 900, &[0, 150]),
            ("Burger (Size: L) (Extras: Cheese)", 1_050, &[]),
            ("Coffee (Extras: Oat)", 360, &[]),
            ("Mug", 900, &[]),
            ("Tax", 123, &[]),
        ])
    );
    // The next look finds it complete.
    let writes = menu.world.count("POST /v3");
    assert_eq!(fill(&menu.world, &plan, &order).unwrap(), Fill::Done);
    assert_eq!(menu.world.count("POST /v3"), writes);
}

#[test]
fn an_order_whose_modifications_another_program_changed_is_left_as_it_is() {
    let menu = menu();
    let (plan, mark) = (menu.plan(), mark(5));
    let order = pushed(&menu.world, &plan, &mark);
    let path = format!("orders/{order}/line_items");
    let access = menu.world.access();
    let read = menu.world.api.get(&access, &path, &[]);
    let listed: Value = menu.world.run(read).unwrap().json().unwrap();
    let line = listed["elements"][0]["id"].as_str().unwrap().to_owned();
    let more = json!({"modifier": {"id": menu.oat}, "amount": 60});
    post(&menu.world, &format!("{path}/{line}/modifications"), &more);
    let writes = menu.world.count("POST /v3");
    let found = fill(&menu.world, &plan, &order).unwrap();
    assert!(matches!(found, Fill::Differs { .. }), "{found:?}");
    assert_eq!(menu.world.count("POST /v3"), writes);
}

#[test]
fn modifications_that_clover_does_not_show_are_not_written_again() {
    let menu = menu();
    let (plan, mark) = (menu.plan(), mark(6));
    let order = created(&menu.world, &plan, &mark);
    menu.world
        .fault(RULE, 6, "status", json!({"code": 200, "body": {}}));
    let found = fill(&menu.world, &plan, &order).unwrap();
    assert!(matches!(found, Fill::Differs { .. }), "{found:?}");
    assert_eq!(menu.world.count("/modifications"), 6);
}
