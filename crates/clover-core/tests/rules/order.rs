//! What a web order may hold, to the last one.

use clover_core::money::{Currency, MinorUnits};
use clover_core::order::{
    MAX_DISCOUNTS, OrderError, OrderPlan, OrderReference, OrderStanding, ShopOrder, order_reference,
};
use serde_json::{Value, json};

fn plan(change: impl FnOnce(&mut Value)) -> Result<OrderPlan, OrderError> {
    let mut order = json!({
        "number": "7", "order_id": "a-7", "currency": "USD", "lines": [], "total": "0",
    });
    change(&mut order);
    let usd = Currency::from_code("USD").unwrap();
    ShopOrder::parse(&order)?.plan(usd, OrderStanding::Paid)
}

#[test]
fn as_many_discounts_as_an_order_may_have_are_taken() {
    let of = |count: usize| {
        plan(|order| {
            order["discounts"] = (0..count)
                .map(|n| json!({"name": format!("d{n}"), "amount": "0.01"}))
                .collect();
            order["lines"] = json!([{"quantity": "1", "unit_price": "2.00"}]);
            order["total"] = json!("1.00");
        })
    };
    assert_eq!(of(MAX_DISCOUNTS).unwrap().discounts().len(), MAX_DISCOUNTS);
    assert_eq!(of(MAX_DISCOUNTS + 1).unwrap_err().path, "discounts");
}

#[test]
fn an_order_that_was_paid_with_nothing_is_free() {
    let free = plan(|order| {
        order["lines"] = json!([{"quantity": "1", "unit_price": "5.00"}]);
        order["discounts"] = json!([{"name": "Gift", "amount": "5.00"}]);
    })
    .unwrap();
    assert_eq!(free.total(), MinorUnits(0));
    assert_eq!(free.discounts()[0].amount, MinorUnits(-500));
}

#[test]
fn a_reference_is_its_text_in_json_and_in_print() {
    let reference = order_reference("K3Z9Q", 36).unwrap();
    assert_eq!(format!("{reference} {reference:?}"), "K3Z9Q10 K3Z9Q10");
    assert_eq!(String::from(reference.clone()), "K3Z9Q10");
    let stored = serde_json::to_string(&reference).unwrap();
    assert_eq!(stored, "\"K3Z9Q10\"");
    assert_eq!(
        serde_json::from_str::<OrderReference>(&stored).unwrap(),
        reference
    );
    assert!(serde_json::from_str::<OrderReference>("\"K3Z9Q\"").is_err());
}
