use super::plan::LARGEST;
use super::reference::LARGEST_NUMBER;
use super::*;
use crate::money::{Currency, MinorUnits};
use proptest::prelude::*;
use serde_json::{Value, json};

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

fn base() -> Value {
    json!({
        "number": "10234", "order_id": "a-77", "currency": "USD",
        "customer": {"name": "Ada Lovelace", "email": "ada@example.org", "phone": "+44 1"},
        "note": "Ring twice",
        "lines": [
            {"name": "Mug", "sku": "MUG-1", "quantity": "2", "unit_price": "14.99000"},
            {"name": "Kite", "sku": "", "quantity": "1.0", "unit_price": "25.00000"},
        ],
        "charges": [
            {"name": "Shipping", "amount": "5.00000"},
            {"name": "Tax", "amount": "4.95000"},
            {"name": "Fee", "amount": "0.00000"},
        ],
        "discounts": [{"name": "Coupon", "amount": "4.93000"}],
        "total": "60.00000",
    })
}

fn with(change: impl FnOnce(&mut Value)) -> Result<OrderPlan, OrderError> {
    let mut order = base();
    change(&mut order);
    let currency = currency("USD");
    ShopOrder::parse(&order)?.plan(currency, OrderStanding::Paid)
}

fn prices(plan: &OrderPlan) -> Vec<(&str, i64)> {
    let pieces = plan.pieces().iter().map(|p| (p.name.as_str(), p.price.0));
    let discounts = plan
        .discounts()
        .iter()
        .map(|d| (d.name.as_str(), d.amount.0));
    pieces.chain(discounts).collect()
}

#[test]
fn options_raise_the_price_of_a_piece_and_one_coupon_is_one_discount() {
    let plan = with(|order| {
        order["lines"][0]["option_price"] = json!("0.50000");
        order["lines"][1]["option_price"] = json!("-1.00000");
        order["discounts"] = json!([
            {"name": "Coupon", "amount": "1.00000"},
            {"name": "Loyalty", "amount": "0.93000"},
            {"name": "Coupon", "amount": "3.00000"},
        ]);
    })
    .unwrap();
    assert_eq!(
        prices(&plan),
        [
            ("Mug", 1549),
            ("Mug", 1549),
            ("Kite", 2400),
            ("Shipping", 500),
            ("Tax", 495),
            ("Coupon", -400),
            ("Loyalty", -93)
        ]
    );
    let wrong = with(|order| order["lines"][1]["option_price"] = json!("x"));
    assert_eq!(wrong.unwrap_err().path, "lines[1].option_price");
}

#[test]
fn each_piece_is_a_line_item_and_charges_follow_and_nothing_names_an_item_of_clovers() {
    let plan = with(|_| ()).unwrap();
    assert_eq!(
        prices(&plan),
        [
            ("Mug", 1499),
            ("Mug", 1499),
            ("Kite", 2500),
            ("Shipping", 500),
            ("Tax", 495),
            ("Coupon", -493)
        ]
    );
    assert_eq!(plan.total(), MinorUnits(6000));
    assert_eq!(plan.title(), "PAID ONLINE 10234");
    assert_eq!(
        plan.note(),
        "Web order: 10234 (a-77); Customer: Ada Lovelace; Phone: +44 1; \
         E-mail: ada@example.org; Remark: Ring twice"
    );
    let notes: Vec<_> = plan.pieces().iter().map(|p| p.note.as_str()).collect();
    assert_eq!(notes, ["SKU MUG-1", "SKU MUG-1", "", "", ""]);
    assert!(!plan.to_json().contains("\"item\""));
    assert!(!plan.to_json().contains("\"id\""));
}

#[test]
fn a_line_is_named_with_the_chosen_options() {
    let line = |name: &str, sku: &str, options: Value| {
        let plan = with(|order| {
            order["lines"] = json!([{
                "name": name, "sku": sku, "quantity": "1", "unit_price": "3", "options": options,
            }]);
        })
        .unwrap();
        (plan.pieces()[0].name.clone(), plan.pieces()[0].note.clone())
    };
    let named = |name: &str, value: &str| json!({"name": name, "value": value});
    let two = json!([named("Size", "Large"), named("Grind", "Filter")]);
    assert_eq!(
        line("House Blend", "HB-L", two.clone()),
        (
            "House Blend (Size: Large, Grind: Filter)".into(),
            "SKU HB-L".into()
        )
    );
    assert_eq!(
        line(
            "Gift",
            "",
            json!([
                {"name": null, "value": "For Ann"}, {"name": "Wrapped"},
                named("🎁", "\n"), named("Text", "é 🍕")
            ])
        ),
        ("Gift (For Ann, Wrapped, Text: é)".into(), String::new())
    );
    // 127 characters fit, the 128th moves the options into the note.
    let longest = "x".repeat(127 - " (Size: Large, Grind: Filter)".len());
    assert_eq!(line(&longest, "S", two.clone()).0.chars().count(), 127);
    assert_eq!(
        line(&format!("{longest}x"), "S", two),
        (
            format!("{longest}x"),
            "SKU S; Size: Large; Grind: Filter".into()
        )
    );
    // The note is cut by whole parts.
    let many: Vec<Value> = (0..20)
        .map(|n| named(&format!("Option {n:02}"), &"v".repeat(10)))
        .collect();
    let (name, note) = line("Kit", "KIT", json!(many));
    assert_eq!(name, "Kit");
    let last = note.split("; ").last().unwrap();
    assert_eq!(
        (last, note.split("; ").count()),
        ("Option 09: vvvvvvvvvv", 11)
    );
    assert!(note.starts_with("SKU KIT; Option 00: ") && note.chars().count() <= 255);
    let wrong = with(|order| order["lines"][0]["options"] = json!([{"size": "L"}]));
    assert_eq!(wrong.unwrap_err().path, "lines[0].options[0].size");
}

fn full() -> Value {
    json!({
        "delivery": {
            "name": "Bob Roe", "company": "Acme", "street": "1 Main St", "street_2": "Apt 2",
            "zip": "94110", "city": "San Francisco", "zone": "California",
            "country": "United States",
        },
        "shipping_method": "Flat rate",
        "coupons": ["SPRING", "GIFT-1"],
        "shopper": {"currency": "EUR", "rate": "0.92050"},
        "payment_method": "payment_paypal",
    })
}

fn with_all(change: impl FnOnce(&mut Value)) -> OrderPlan {
    with(|order| {
        for (name, value) in full().as_object().unwrap() {
            order[name] = value.clone();
        }
        change(order);
    })
    .unwrap()
}

#[test]
fn the_note_says_what_staff_need_first() {
    assert_eq!(
        with_all(|_| ()).note(),
        "Web order: 10234 (a-77); Customer: Ada Lovelace; Phone: +44 1; E-mail: ada@example.org; \
         Deliver to: Bob Roe, Acme, 1 Main St, Apt 2, 94110 San Francisco, California, \
         United States; Shipping: Flat rate; Coupon: SPRING, GIFT-1; \
         Shopper's total: 55.23 EUR; Payment: paypal; Remark: Ring twice"
    );
}

#[test]
fn what_has_no_room_in_the_note_is_left_out_whole_and_what_staff_need_first_stays() {
    let plan = with_all(|order| {
        order["delivery"]["street_2"] = json!("é".repeat(1810));
        order["shipping_method"] = json!("s".repeat(60));
    });
    let labels: Vec<&str> = plan
        .note()
        .split("; ")
        .map(|part| part.split_once(": ").unwrap().0)
        .collect();
    // The shipping method has no room, the shorter parts after it do.
    assert_eq!(
        labels,
        [
            "Web order",
            "Customer",
            "Phone",
            "E-mail",
            "Deliver to",
            "Coupon",
            "Shopper's total"
        ]
    );
    assert!(plan.note().chars().count() <= 2047);
}

#[test]
fn an_own_currency_an_empty_address_and_an_equal_number_say_nothing_twice() {
    let plan = with_all(|order| {
        order["order_id"] = json!("10234");
        order["shopper"] = json!({"currency": "usd", "rate": "1.00000"});
        order["delivery"] = json!({"name": "Bob Roe"});
        order["coupons"] = json!([" "]);
        order["payment_method"] = json!("");
    });
    assert_eq!(
        plan.note(),
        "Web order: 10234; Customer: Ada Lovelace; Phone: +44 1; E-mail: ada@example.org; \
         Shipping: Flat rate; Remark: Ring twice"
    );
}

#[test]
fn the_shoppers_total_is_rounded_to_their_currency_and_an_odd_rate_leaves_its_name() {
    let shown = |currency: &str, rate: &str| {
        let plan = with_all(|order| {
            order["shopper"] = json!({"currency": currency, "rate": rate});
        });
        let part = |part: &&str| part.starts_with("Shopper's total: ");
        let found = plan.note().split("; ").find(part).map(str::to_owned);
        found.map(|part| part["Shopper's total: ".len()..].to_owned())
    };
    assert_eq!(shown("JPY", "150.12345"), Some("9007 JPY".into()));
    assert_eq!(shown("KWD", "0.30641"), Some("18.385 KWD".into()));
    assert_eq!(shown("EUR", "0.00000"), Some("EUR".into()));
    assert_eq!(shown("EUR", "x"), Some("EUR".into()));
    assert_eq!(shown("points", "2"), None);
}

#[test]
fn a_frozen_plan_stores_equal_pieces_once() {
    let plan = with(|order| {
        order["lines"] =
            json!([{"name": "Nail", "sku": "", "quantity": "2400", "unit_price": "0.01"}]);
        order["total"] = json!("29.02");
    })
    .unwrap();
    assert_eq!(plan.pieces().len(), 2402);
    let text = plan.to_json();
    assert!(text.len() < 600, "{text}");
    assert_eq!(OrderPlan::from_json(text.as_bytes()).unwrap(), plan);
}

#[test]
fn what_rounding_leaves_over_is_one_entry_and_more_than_that_is_called_what_it_is() {
    let thirds = |total: &str| {
        let plan = with(|order| {
            order["lines"] = json!([{"name": "Third", "quantity": "3", "unit_price": "3.33333"}]);
            order["charges"] = json!([]);
            order["discounts"] = json!([]);
            order["total"] = json!(total);
        })
        .unwrap();
        let last = prices(&plan).last().map(|(n, a)| ((*n).to_owned(), *a));
        last.unwrap()
    };
    assert_eq!(thirds("10.00"), ("Rounding".into(), 1));
    assert_eq!(thirds("9.99"), ("Third".into(), 333));
    assert_eq!(thirds("9.96"), ("Rounding".into(), -3));
    assert_eq!(thirds("9.95"), ("Other discounts".into(), -4));
    assert_eq!(thirds("10.02"), ("Rounding".into(), 3));
    assert_eq!(thirds("10.03"), ("Other charges".into(), 4));
    assert_eq!(thirds("0"), ("Other discounts".into(), -999));
}

#[test]
fn an_order_of_nothing_is_its_total() {
    let nothing = |total: &str| {
        with(|order| {
            order["lines"] = json!([]);
            order["charges"] = json!([]);
            order["discounts"] = json!([]);
            order["total"] = json!(total);
        })
        .unwrap()
    };
    assert_eq!(prices(&nothing("0.00000")), []);
    assert_eq!(prices(&nothing("7")), [("Other charges", 700)]);
}

#[test]
fn a_quantity_that_is_no_number_of_pieces_is_one_line_of_the_whole_amount() {
    let line = |quantity: &str, unit: &str| {
        let plan = with(|order| {
            order["lines"] = json!([{"name": "Cheese", "quantity": quantity, "unit_price": unit}]);
            order["charges"] = json!([]);
            order["discounts"] = json!([]);
            order["total"] = json!("1000.00");
        })
        .unwrap();
        let (name, amount) = *prices(&plan)
            .iter()
            .find(|(name, _)| name.contains("Cheese"))
            .unwrap();
        (name.to_owned(), amount)
    };
    assert_eq!(line("1.50", "9.99000"), ("1.5 × Cheese".into(), 1499));
    assert_eq!(line("0", "9.99"), ("0 × Cheese".into(), 0));
    assert_eq!(line("-2", "9.99"), ("-2 × Cheese".into(), -1998));
    assert_eq!(line("2", "-9.99"), ("2 × Cheese".into(), -1998));
    assert_eq!(line("1", "-9.99"), ("Cheese".into(), -999));
    assert_eq!(line("2501", "0.40"), ("2501 × Cheese".into(), 100_040));
    assert_eq!(line("2499", "0.40"), ("Cheese".into(), 40));
    assert_eq!(line("2500", "0.40"), ("2500 × Cheese".into(), 100_000));
}

#[test]
fn an_order_keeps_within_2500_line_items_by_joining_what_does_not_fit() {
    let plan = with(|order| {
        order["lines"] = json!([
            {"name": "A", "quantity": "2000", "unit_price": "1"},
            {"name": "B", "quantity": "600", "unit_price": "1"},
            {"name": "C", "quantity": "400", "unit_price": "1"},
        ]);
        order["total"] = json!("3006");
    })
    .unwrap();
    let of = |name: &str| plan.pieces().iter().filter(|p| p.name == name).count();
    assert_eq!((of("A"), of("600 × B"), of("C")), (2000, 1, 400));
    assert!(plan.pieces().len() <= MAX_LINE_ITEMS);

    let line = json!({"name": "A", "quantity": "1", "unit_price": "1"});
    let lines = |count: usize| {
        with(|order| order["lines"] = Value::Array(vec![line.clone(); count])).map(drop)
    };
    assert_eq!(lines(2495), Ok(()));
    assert_eq!(lines(2496).unwrap_err().path, "lines");
}

#[test]
fn texts_are_as_clover_can_store_them() {
    let plan = with(|order| {
        order["number"] = json!("1\n2\t 3🍕");
        order["customer"] = json!({"name": "  Zoë 🎉\u{7} Ω ", "email": null});
        order["note"] = json!("x".repeat(3000));
        order["lines"] = json!([
            {
                "name": "❤\u{fe0f} “Café” <&>\r\n🍕",
                "sku": "S".repeat(300),
                "quantity": "1",
                "unit_price": "1",
            },
            {"name": "👨\u{200d}👩\u{200d}👧", "sku": " ", "quantity": 1, "unit_price": 1},
            {"name": "é".repeat(200), "sku": null, "quantity": "0.5", "unit_price": "2"},
            {"quantity": "1", "unit_price": "1"},
        ]);
    })
    .unwrap();
    assert_eq!(plan.title(), "PAID ONLINE 1 2 3");
    assert!(
        plan.note()
            .starts_with("Web order: 1 2 3 (a-77); Customer: Zoë Ω; Remark: xxx")
    );
    assert_eq!(plan.note().chars().count(), 2047);
    assert!(plan.note().ends_with("xx…"));
    let pieces = plan.pieces();
    assert_eq!(pieces[0].name, "❤ “Café” <&>");
    assert_eq!(pieces[0].note.chars().count(), 255);
    assert_eq!((&*pieces[1].name, &*pieces[1].note), ("Item", ""));
    assert!(pieces[2].name.starts_with("0.5 × éé"));
    assert_eq!(pieces[2].name.chars().count(), 127);
    assert_eq!(pieces[3].name, "Item");
    let pieces = |name: &str| {
        let lines = json!([{"name": name, "quantity": "1", "unit_price": "1"}]);
        with(|order| order["lines"] = lines)
            .unwrap()
            .pieces()
            .to_vec()
    };
    for invisible in [
        "\u{3164}",
        "\u{2800}",
        "\u{115f}",
        "\u{61c} \u{180e}",
        "\u{feff}",
    ] {
        assert_eq!(pieces(invisible)[0].name, "Item", "{invisible:?}");
    }
}

#[test]
fn what_cannot_be_sent_is_refused_by_its_path_without_being_quoted() {
    type Change = fn(&mut Value);
    let cases: [(&str, Change); 15] = [
        ("currency", |o| o["currency"] = json!("EUR")),
        ("total", |o| o["total"] = json!("-0.01")),
        ("total", |o| o["total"] = json!("secret")),
        ("total", |o| o["total"] = json!(null)),
        ("total", |o| o["total"] = json!("99999999999999999999")),
        ("total", |o| o["total"] = json!(1.5)),
        ("lines[1].unit_price", |o| {
            o["lines"][1]["unit_price"] = json!("1e3 secret");
        }),
        ("lines[1].unit_price", |o| {
            o["lines"][1] = json!({"quantity": "9999999999999999", "unit_price": "9999999999"});
        }),
        ("lines[0].quantity", |o| {
            o["lines"][0]["quantity"] = json!("secret");
        }),
        ("lines[0].quantity", |o| {
            o["lines"][0]["quantity"] = json!(2.0);
        }),
        ("charges[0].amount", |o| {
            o["charges"][0]["amount"] = json!("");
        }),
        ("discounts[0].amount", |o| {
            o["discounts"][0]["amount"] = json!("1,5");
        }),
        ("customer.email", |o| {
            o["customer"]["email"] = json!(["secret"]);
        }),
        ("lines[0]", |o| {
            o["lines"][0] = json!({"quantity": "1"});
        }),
        ("discounts", |o| {
            let named = |n: i32| json!({"name": format!("x{n}"), "amount": "0.01"});
            o["discounts"] = Value::Array((0..101).map(named).collect());
        }),
    ];
    for (path, change) in cases {
        let error = with(change).unwrap_err();
        assert_eq!(error.path, path, "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let misspelt = with(|o| o["discount"] = json!([])).unwrap_err();
    assert!(misspelt.reason.contains("unknown field"), "{misspelt}");
}

#[test]
fn total_errors_are_about_the_total_not_a_distant_part() {
    let far = with(|o| {
        o["lines"] = Value::Array(vec![
            json!({"quantity": "1", "unit_price": "9999999999999.99"});
            20
        ]);
        o["total"] = json!("0");
    });
    assert_eq!(far.unwrap_err().path, "total");
}

#[test]
fn a_stored_plan_that_was_tampered_with_is_no_plan() {
    let sound = with(|_| ()).unwrap().to_json();
    assert!(OrderPlan::from_json(sound.as_bytes()).is_ok());
    for (from, to) in [
        ("6000", "6001"),
        ("\"times\":2", "\"times\":3"),
        ("\"times\":2", "\"times\":9999999999"),
        ("-493", "493"),
        ("\"USD\"", "\"UZZ\""),
        ("{\"title\"", "{\"tit\""),
    ] {
        let changed = sound.replacen(from, to, 1);
        assert_ne!(changed, sound, "{from}");
        assert!(OrderPlan::from_json(changed.as_bytes()).is_err(), "{to}");
    }
}

/// A stored plan of these pieces `(price, times)` and discounts, whatever they add up to.
fn stored(total: i64, pieces: &[(i64, usize)], discounts: &[i64]) -> Result<OrderPlan, OrderError> {
    let mut plan: Value = serde_json::from_str(&with(|_| ()).unwrap().to_json()).unwrap();
    let (piece, discount) = (plan["pieces"][0].clone(), plan["discounts"][0].clone());
    let piece = |&(price, times): &(i64, usize)| {
        let mut piece = piece.clone();
        piece["price"] = json!(price);
        piece["times"] = json!(times);
        piece
    };
    let discount = |amount: &i64| {
        let mut discount = discount.clone();
        discount["amount"] = json!(amount);
        discount
    };
    plan["total"] = json!(total);
    plan["pieces"] = pieces.iter().map(piece).collect();
    plan["discounts"] = discounts.iter().map(discount).collect();
    OrderPlan::from_json(plan.to_string().as_bytes())
}

#[test]
fn a_stored_plan_keeps_within_what_an_order_may_hold() {
    assert!(stored(5, &[(5, 1)], &[]).is_ok());
    // As many pieces as an order may have, in one run or several, and one more.
    let most = i64::try_from(MAX_LINE_ITEMS).unwrap();
    assert!(stored(most, &[(1, MAX_LINE_ITEMS)], &[]).is_ok());
    assert!(stored(most, &[(1, MAX_LINE_ITEMS - 1), (1, 1)], &[]).is_ok());
    assert!(stored(most + 1, &[(1, MAX_LINE_ITEMS + 1)], &[]).is_err());
    assert!(stored(most + 1, &[(1, MAX_LINE_ITEMS), (1, 1)], &[]).is_err());
    // Amounts that add up, of which one is out of range.
    assert!(stored(LARGEST, &[(LARGEST, 1)], &[]).is_ok());
    assert!(stored(LARGEST + 1, &[(LARGEST, 1), (1, 1)], &[]).is_err());
    assert!(stored(-1, &[(5, 1)], &[-6]).is_err());
    assert!(stored(4, &[(5, 1), (-1, 1)], &[]).is_err());
    assert!(stored(1, &[(LARGEST + 1, 1)], &[-LARGEST]).is_err());
    // A discount takes something off.
    assert!(stored(4, &[(5, 1)], &[-1]).is_ok());
    assert!(stored(5, &[(5, 1)], &[0]).is_err());
    assert!(stored(6, &[(5, 1)], &[1]).is_err());
    assert!(stored(0, &[(LARGEST, 1)], &[-LARGEST]).is_ok());
    assert!(stored(0, &[(LARGEST, 1), (1, 1)], &[-LARGEST - 1]).is_err());
    // One discount more than an order's own: what rounding leaves over.
    assert!(stored(0, &[(101, 1)], &[-1; MAX_DISCOUNTS + 1]).is_ok());
    assert!(stored(0, &[(102, 1)], &[-1; MAX_DISCOUNTS + 2]).is_err());
}

#[test]
fn amounts_are_read_from_text_and_whole_numbers_and_nothing_else() {
    let parsed = |total: Value| {
        let mut order = base();
        order["total"] = total;
        ShopOrder::parse(&order)
    };
    for (given, read) in [
        (json!("60.00000"), "60.00000"),
        (json!(60), "60"),
        (json!(-60), "-60"),
        (json!(null), ""),
    ] {
        assert_eq!(parsed(given.clone()).unwrap().total, read, "{given}");
    }
    let error = parsed(json!([60])).unwrap_err().to_string();
    assert!(error.contains("text"), "{error}");
    assert!(parsed(json!(60.5)).is_err());
}

#[test]
fn neither_order_nor_plan_prints_the_customer() {
    let order = ShopOrder::parse(&base()).unwrap();
    let plan = order.plan(currency("USD"), OrderStanding::Paid).unwrap();
    let printed = format!("{order:?} {plan:?}");
    for shown in ["ShopOrder", "Mug", "60.00000", "6000"] {
        assert!(printed.contains(shown), "{printed}");
    }
    for secret in ["Ada", "ada@", "+44", "Ring"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    let private: Vec<_> = plan.private().skip(1).collect();
    assert_eq!(
        private,
        [
            "10234 (a-77)",
            "Ada Lovelace",
            "+44 1",
            "ada@example.org",
            "Ring twice"
        ]
    );
}

#[test]
fn references_are_a_tag_and_a_number_in_base_36() {
    assert_eq!(order_reference("K3Z9Q", 1).unwrap().as_str(), "K3Z9Q1");
    assert_eq!(order_reference("00000", 35).unwrap().as_str(), "00000Z");
    assert_eq!(
        order_reference("K3Z9Q", LARGEST_NUMBER).unwrap().as_str(),
        "K3Z9QZZZZZZZ"
    );
    for tag in ["", "K3Z9", "K3Z9QQ", "k3z9q", "K3-9Q", "K3Z9É"] {
        assert_eq!(order_reference(tag, 1), Err(InvalidReference::Tag), "{tag}");
    }
    for number in [0, LARGEST_NUMBER + 1, u64::MAX] {
        assert_eq!(
            order_reference("K3Z9Q", number),
            Err(InvalidReference::Number)
        );
    }
    for text in ["", "K3Z9Q", "K3Z9QZZZZZZZZ", "K3Z9Q1'", "k3z9q1"] {
        assert_eq!(
            OrderReference::new(text),
            Err(InvalidReference::Text),
            "{text}"
        );
    }
    assert_eq!(site_tag([0; 8]), "00000");
}

/// An amount of at most five places, and the same in hundred-thousandths.
fn money(range: std::ops::Range<i64>) -> impl Strategy<Value = (String, i64)> {
    range.prop_map(|value| {
        let sign = if value < 0 { "-" } else { "" };
        let (whole, rest) = (value.abs() / 100_000, value.abs() % 100_000);
        (format!("{sign}{whole}.{rest:05}"), value)
    })
}

/// The rule once more, by another way: decimals by hand.
fn rounded(value: i64, exponent: u32) -> i64 {
    let step = 10_i64.pow(5 - exponent);
    let up = (value.abs() + step / 2) / step;
    up * value.signum()
}

fn quantities() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (1_u32..40).prop_map(|n| n.to_string()),
        2 => (1_u32..40).prop_map(|n| format!("{n}.000")),
        1 => (-3000_i32..3000).prop_map(|n| n.to_string()),
        1 => (-3000_i32..3000).prop_map(|n| format!("{}", f64::from(n) / 1000.0)),
    ]
}

fn orders() -> impl Strategy<Value = (ShopOrder, Currency, i64)> {
    let line = (
        ".{0,140}",
        ".{0,20}",
        quantities(),
        money(-200_000..50_000_000),
        prop::collection::vec((".{0,20}", ".{0,90}"), 0..4),
    )
        .prop_map(
            |(name, sku, quantity, (unit_price, _), options)| OrderLine {
                name,
                sku,
                quantity,
                unit_price,
                option_price: "0.005".into(),
                options: options
                    .into_iter()
                    .map(|(name, value)| ChosenOption {
                        name,
                        value,
                        modifier: String::new(),
                        amount: String::new(),
                    })
                    .collect(),
            },
        );
    let amount = || {
        (".{0,20}", money(-500_000..5_000_000))
            .prop_map(|(name, (amount, _))| NamedAmount { name, amount })
    };
    (
        prop::sample::select(vec!["USD", "JPY", "KWD"]),
        prop::collection::vec(line, 0..30),
        prop::collection::vec(amount(), 0..5),
        prop::collection::vec(amount(), 0..5),
        prop_oneof![1 => money(0..1), 9 => money(0..9_000_000_000)],
        (".{0,40}", ".{0,40}", ".{0,3000}", ".{0,2500}"),
    )
        .prop_map(|(code, lines, charges, discounts, (total, value), texts)| {
            let order = ShopOrder {
                number: texts.0.clone(),
                order_id: "1".into(),
                currency: code.to_ascii_lowercase(),
                customer: Customer {
                    name: texts.1.clone(),
                    email: String::new(),
                    phone: String::new(),
                },
                delivery: Address {
                    street: texts.3.clone(),
                    ..Address::default()
                },
                shipping_method: texts.1.clone(),
                coupons: vec![texts.0.clone(), texts.3],
                shopper: Shopper {
                    currency: "EUR".into(),
                    rate: "1.1".into(),
                },
                payment_method: "payment_cash".into(),
                note: texts.2,
                lines,
                charges,
                discounts,
                total,
            };
            (order, currency(code), value)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn pieces_and_discounts_add_up_to_the_total((order, currency, total) in orders()) {
        let plan = order.plan(currency, OrderStanding::Paid).unwrap();
        let pieces: i64 = plan.pieces().iter().map(|p| p.price.0).sum();
        let discounts: i64 = plan.discounts().iter().map(|d| d.amount.0).sum();
        prop_assert_eq!(pieces + discounts, plan.total().0);
        prop_assert_eq!(plan.total().0, rounded(total, currency.exponent()));
        prop_assert!(plan.pieces().iter().all(|p| p.price.0 >= 0));
        prop_assert!(plan.discounts().iter().all(|d| d.amount.0 < 0));
        prop_assert!(plan.pieces().len() <= MAX_LINE_ITEMS);
        for piece in plan.pieces() {
            prop_assert!((1..=127).contains(&piece.name.chars().count()));
            prop_assert!(piece.note.chars().count() <= 255);
            prop_assert!(piece.name.chars().all(|c| c.len_utf8() < 4 && !c.is_control()));
        }
        prop_assert!(plan.title().chars().count() <= 127 && plan.note().chars().count() <= 2047);
        prop_assert_eq!(OrderPlan::from_json(plan.to_json().as_bytes()).unwrap(), plan);
    }

    #[test]
    fn an_order_in_whole_minor_units_that_adds_up_needs_no_balancing(
        units in prop::collection::vec((1_i64..50, 0_i64..100_000), 1..20),
    ) {
        let line = |(quantity, price): &(i64, i64)| {
            let price = format!("{}.{:02}000", price / 100, price % 100);
            json!({"name": "A", "quantity": quantity.to_string(), "unit_price": price})
        };
        let lines: Vec<Value> = units.iter().map(line).collect();
        let total: i64 = units.iter().map(|(quantity, price)| quantity * price).sum();
        let plan = with(|order| {
            order["lines"] = Value::Array(lines);
            order["charges"] = json!([]);
            order["discounts"] = json!([]);
            order["total"] = json!(format!("{}.{:02}", total / 100, total % 100));
        }).unwrap();
        let count: i64 = units.iter().map(|(quantity, _)| quantity).sum();
        prop_assert_eq!(i64::try_from(plan.pieces().len()), Ok(count));
        prop_assert!(plan.pieces().iter().all(|piece| piece.name == "A"));
        prop_assert!(plan.discounts().is_empty());
    }

    #[test]
    fn different_numbers_of_a_tag_have_different_references(
        a in 1..=LARGEST_NUMBER,
        b in 1..=LARGEST_NUMBER,
        random: [u8; 8],
    ) {
        let tag = site_tag(random);
        let (one, other) = (order_reference(&tag, a).unwrap(), order_reference(&tag, b).unwrap());
        prop_assert_eq!(a == b, one == other);
        prop_assert!(one.as_str().len() <= 12);
        prop_assert_eq!(u64::from_str_radix(&one.as_str()[5..], 36), Ok(a));
        prop_assert_eq!(OrderReference::new(one.as_str()), Ok(one.clone()));
    }

    #[test]
    fn no_order_makes_the_planner_panic(
        quantity in ".{0,12}",
        price in "[-+.0-9]{0,31}",
        total in "[-.0-9]{0,31}",
    ) {
        let _ = with(|order| {
            order["lines"][0] = json!({"name": "A", "quantity": quantity, "unit_price": price});
            order["total"] = json!(total);
        });
    }
}

#[test]
fn title_and_note_say_what_became_of_the_order_and_keep_what_staff_added() {
    let order = ShopOrder::parse(&base()).unwrap();
    let to_pay = order.plan(currency("USD"), OrderStanding::ToPay).unwrap();
    assert_eq!(to_pay.title(), "WEB ORDER - TO PAY 10234");
    assert!(
        to_pay
            .note()
            .starts_with("To pay: 60.00 USD; Web order: 10234 (a-77); ")
    );
    let now = || Some(to_pay.clone());
    let mut shown = (
        to_pay.title().to_owned(),
        format!("{}; table 5", to_pay.note()),
    );
    let own = shown.1["To pay: 60.00 USD; ".len()..].to_owned();
    let changed = "Changed in the web shop. Now 60.00 USD: 2 x Mug, Kite, Shipping, Tax; ";
    for (standing, is_changed, title, head) in [
        (OrderStanding::Paid, false, "PAID ONLINE 10234", ""),
        (
            OrderStanding::Paid,
            true,
            "CHANGED ONLINE - PAID ONLINE 10234",
            changed,
        ),
        (
            OrderStanding::Cancelled,
            true,
            "CANCELLED ONLINE 10234",
            "Cancelled in the web shop; ",
        ),
        (
            OrderStanding::Refunded,
            false,
            "REFUNDED ONLINE 10234",
            "Refunded in the web shop; ",
        ),
        (
            OrderStanding::ToPay,
            true,
            "CHANGED ONLINE - WEB ORDER - TO PAY 10234",
            &format!("{changed}To pay: 60.00 USD; "),
        ),
        (
            OrderStanding::ToPay,
            false,
            "WEB ORDER - TO PAY 10234",
            "To pay: 60.00 USD; ",
        ),
    ] {
        let mark = OrderMark::new(standing, is_changed, now());
        for _ in 0..2 {
            shown = (mark.title(&shown.0), mark.note(&shown.1));
            assert_eq!(shown, (title.to_owned(), format!("{head}{own}")));
        }
    }
}

#[test]
fn a_title_that_staff_wrote_stays_behind_the_words() {
    let mark = OrderMark::new(OrderStanding::Cancelled, false, None);
    assert_eq!(mark.title("Ann, 5 pm"), "CANCELLED ONLINE Ann, 5 pm");
    assert_eq!(mark.title("PAID ONLINER"), "CANCELLED ONLINE PAID ONLINER");
    assert_eq!(mark.title(""), "CANCELLED ONLINE");
    assert_eq!(
        mark.note("two\nlines"),
        "Cancelled in the web shop; two\nlines"
    );
    let long = mark.note(&"ä".repeat(2_047));
    assert_eq!(long.chars().count(), 2_047);
}

#[test]
fn an_edit_changes_the_fingerprint_and_another_form_of_a_number_does_not() {
    let print = |change: &dyn Fn(&mut Value)| {
        let mut order = base();
        change(&mut order);
        ShopOrder::parse(&order).unwrap().fingerprint()
    };
    let whole = print(&|_| {});
    assert_eq!((whole.len(), &whole[..2]), (34, "1-"));
    let same: [&dyn Fn(&mut Value); 5] = [
        &|order| order["lines"][0]["unit_price"] = json!("14.99"),
        &|order| order["lines"].as_array_mut().unwrap().reverse(),
        &|order| order["charges"][2]["amount"] = json!("0"),
        &|order| order["note"] = json!("Ring once"),
        &|order| order["number"] = json!("10235"),
    ];
    for change in same {
        assert_eq!(print(change), whole);
    }
    let edits: [&dyn Fn(&mut Value); 7] = [
        &|order| order["lines"][0]["unit_price"] = json!("15"),
        &|order| order["lines"][0]["quantity"] = json!("3"),
        &|order| order["lines"][0]["options"] = json!([{"name": "Size", "value": "L"}]),
        &|order| drop(order["lines"].as_array_mut().unwrap().pop()),
        &|order| order["charges"][0]["name"] = json!("Express"),
        &|order| order["total"] = json!("60.01"),
        &|order| order["delivery"] = json!({"street": "1 Main St"}),
    ];
    for (index, change) in edits.into_iter().enumerate() {
        assert_ne!(print(change), whole, "edit {index}");
    }
}

/// An order of one line with these options.
fn chosen(quantity: &str, unit: &str, more: &str, options: &Value) -> OrderPlan {
    with(|order| {
        order["lines"] = json!([{"name": "Burger", "sku": "B", "quantity": quantity,
            "unit_price": unit, "option_price": more, "options": options}]);
        order["charges"] = json!([]);
        order["discounts"] = json!([]);
        order["total"] = json!("0");
    })
    .unwrap()
}

fn extra(value: &str, modifier: &str, amount: &str) -> Value {
    json!({"name": "Extras", "value": value, "modifier": modifier, "amount": amount})
}

#[test]
fn chosen_modifiers_are_modifications_and_the_rest_is_the_price() {
    let options = json!([
        extra("Cheese", "M1", "1.5"),
        {"name": "Size", "value": "L"},
        extra("No onions", "M2", ""),
    ]);
    let plan = chosen("2", "9.00", "1.50", &options);
    let [first, second] = plan.pieces() else {
        panic!("{:?}", plan.pieces())
    };
    assert_eq!(first, second);
    assert_eq!(
        (first.name.as_str(), first.price.0, first.note.as_str()),
        ("Burger (Size: L)", 900, "SKU B")
    );
    let shown: Vec<_> = first
        .modifications
        .iter()
        .map(|one| (one.modifier.as_str(), one.name.as_str(), one.amount.0))
        .collect();
    assert_eq!(
        shown,
        [
            ("M1", "Extras: Cheese", 150),
            ("M2", "Extras: No onions", 0)
        ]
    );
    assert_eq!(first.whole_price(), 1_050);
    assert_eq!(plan.discounts()[0].amount.0, -2_100);
    // It is stored and read back as it is, and one without modifications as before.
    let stored = plan.to_json();
    assert_eq!(OrderPlan::from_json(stored.as_bytes()), Ok(plan));
    assert!(
        !chosen("1", "9.00", "", &json!([]))
            .to_json()
            .contains("modif")
    );
}

#[test]
fn a_piece_costs_the_same_with_modifications_as_without() {
    for (unit, more, amounts) in [
        ("9.005", "1.495", ["1.495", "0"]),
        ("9.00", "0.33333", ["0.16666", "0.16667"]),
        ("0.00", "1.50", ["1.50", "0"]),
    ] {
        let named = |ids: [&str; 2]| {
            json!([
                extra("A", ids[0], amounts[0]),
                extra("B", ids[1], amounts[1])
            ])
        };
        let with = chosen("3", unit, more, &named(["M1", "M2"]));
        let without = chosen("3", unit, more, &named(["", ""]));
        let prices = |plan: &OrderPlan| -> Vec<i128> {
            plan.pieces().iter().map(PlannedLine::whole_price).collect()
        };
        assert_eq!(prices(&with), prices(&without));
        assert!(with.pieces().iter().all(|p| p.modifications.len() == 2));
        assert!(without.pieces().iter().all(|p| p.modifications.is_empty()));
    }
}

#[test]
fn modifiers_that_do_not_fit_are_options_as_any_other() {
    let many: Vec<Value> = (0..=MAX_LINE_MODIFICATIONS)
        .map(|n| extra(&n.to_string(), "M1", "0"))
        .collect();
    for (quantity, more, options) in [
        // They add more than the piece costs, or less than nothing, or cannot be read.
        ("1", "0", json!([extra("A", "M1", "9.01")])),
        ("1", "0", json!([extra("A", "M1", "-1")])),
        ("1", "0", json!([extra("A", "M1", "much")])),
        ("1", "0", json!([extra("A", "no id", "1")])),
        // Not a number of pieces.
        ("1.5", "1", json!([extra("A", "M1", "1")])),
        ("301", "0", json!([extra("A", "M1", "0")])),
        ("1", "0", json!(many)),
    ] {
        let plan = chosen(quantity, "9.00", more, &options);
        let [first, ..] = plan.pieces() else {
            panic!("{quantity}")
        };
        assert!(first.modifications.is_empty(), "{quantity} {options}");
        assert!(first.name.contains("Extras") || first.note.contains("Extras"));
    }
}

#[test]
fn the_note_of_a_changed_order_names_modifiers() {
    let plan = chosen("2", "9.00", "1.50", &json!([extra("Cheese", "M1", "1.50")]));
    let mark = OrderMark::new(OrderStanding::Paid, true, Some(plan));
    assert!(mark.note("").contains("2 x Burger (Extras: Cheese)"));
}

#[test]
fn a_stored_plan_with_a_modification_that_changes_the_sum_is_refused() {
    let plan = chosen("1", "9.00", "1.50", &json!([extra("Cheese", "M1", "1.50")]));
    let stored = plan.to_json();
    let changed = stored.replace("\"amount\":150", "\"amount\":151");
    assert_ne!(stored, changed);
    assert!(OrderPlan::from_json(changed.as_bytes()).is_err());
}
