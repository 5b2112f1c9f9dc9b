use std::time::Duration;

use clover_core::json::parse;
use clover_core::money::Currency;
use clover_core::order::{OrderStanding, ShopOrder};

use super::*;
use crate::error::Call;

/// This number of pieces at 1, and discounts of 10 and 20.
fn plan(pieces: usize) -> OrderPlan {
    let order = json!({
        "number": "7", "order_id": "7", "currency": "USD", "note": "ring twice",
        "customer": {"name": "Ada Lovelace", "email": "ada@example.org", "phone": "12"},
        "lines": [{"name": "Nail", "quantity": pieces, "unit_price": "0.01"}],
        "discounts": [{"name": "A", "amount": "0.10"}, {"name": "B", "amount": "0.20"}],
        "total": format!("{}.{:02}", (pieces - 30) / 100, (pieces - 30) % 100),
    });
    let order = ShopOrder::parse(&order).unwrap();
    order
        .plan(Currency::from_code("USD").unwrap(), OrderStanding::Paid)
        .unwrap()
}

fn seen(head: &Value, lines: (usize, i128), discounts: (usize, i128)) -> Seen {
    let mut order = json!({
        "id": "O", "currency": "USD", "total": 220, "state": "open", "paymentState": "OPEN"
    });
    for (field, value) in head.as_object().unwrap() {
        order[field] = value.clone();
    }
    // All cost 1 but the first.
    let line = |at: usize| {
        let price = if at == 0 {
            lines.1 + 1 - i128::try_from(lines.0).unwrap()
        } else {
            1
        };
        let price = i64::try_from(price).unwrap();
        serde_json::from_value(json!({"id": format!("L{at}"), "price": price})).unwrap()
    };
    Seen {
        order: parse(order.to_string().as_bytes()).unwrap(),
        lines: (0..lines.0).map(line).collect(),
        discounts: Tally {
            count: discounts.0,
            sum: discounts.1,
        },
    }
}

#[test]
fn what_is_there_is_a_beginning_by_count_and_sum() {
    let plan = plan(250);
    let left = |lines, discounts| {
        missing(&plan, &seen(&json!({}), lines, discounts))
            .map(|m| (m.lines.len(), m.discounts.len(), m.head))
            .ok()
    };
    assert_eq!(left((0, 0), (0, 0)), Some((250, 2, false)));
    assert_eq!(left((200, 200), (1, -10)), Some((50, 1, false)));
    assert_eq!(left((250, 250), (2, -30)), Some((0, 0, false)));
    for (lines, discounts) in [
        ((100, 101), (0, 0)),
        ((150, 150), (0, 0)),
        ((1, 1), (0, 0)),
        ((251, 251), (2, -30)),
        ((300, 300), (2, -30)),
        ((250, 250), (1, -20)),
        ((250, 250), (3, -30)),
    ] {
        assert_eq!(left(lines, discounts), None, "{lines:?} {discounts:?}");
    }
}

#[test]
fn the_head_is_written_only_where_it_differs_and_a_paid_order_not_at_all() {
    let plan = plan(250);
    let done = ((250, 250), (2, -30));
    let head = |head: Value, (lines, discounts)| {
        missing(&plan, &seen(&head, lines, discounts)).map(|m| m.head)
    };
    assert!(!head(json!({}), done).unwrap());
    assert!(head(json!({"total": 221}), done).unwrap());
    assert!(head(json!({"total": null}), done).unwrap());
    assert!(head(json!({"state": null}), done).unwrap());
    assert!(!head(json!({"paymentState": "PAID", "state": "locked"}), done).unwrap());
    for (fields, tallies) in [
        (json!({"currency": "EUR"}), done),
        (json!({"paymentState": "PAID", "total": 1}), done),
        (json!({"paymentState": "PARTIALLY_PAID"}), ((0, 0), (0, 0))),
    ] {
        assert!(matches!(head(fields, tallies), Err(Halt::Differs(_))));
    }
}

#[test]
fn clovers_words_are_rid_of_the_customers() {
    let error = Error::Rejected {
        call: Box::new(Call {
            method: "POST",
            path: "/x".into(),
            status: Some(400),
            tries: 1,
            elapsed: Duration::ZERO,
            request_id: None,
        }),
        said: "no note 'ring twice' for Ada Lovelace at ada@example.org in 12 lines".into(),
    };
    let text = discreet(error, &plan(250)).to_string();
    assert!(
        text.contains("no note '[redacted]' for [redacted] at [redacted] in 12 lines"),
        "{text}"
    );
}
