//! What was recorded [R], seen live by n independent sources [L n], documented [D] or inferred from
//! clients that work [C]: one test a row of the table in `docs/simulator.md`.

use clover_simulator::Config;
use serde_json::{Value, json};

use crate::support::{APP, Answer, SECRET, Sim, text};

async fn order(sim: &Sim, body: Value) -> String {
    text(&sim.make("orders", body).await["id"])
}

fn allow(sim: &Sim, more: &[&str]) {
    let four = ["INVENTORY_R", "INVENTORY_W", "ORDERS_R", "ORDERS_W"];
    let all: Vec<&str> = four.iter().chain(more).copied().collect();
    sim.sim("POST", "merchant", json!({"permissions": all}));
}

async fn status(sim: &Sim, path: &str) -> u16 {
    sim.get(path).await.status
}

/// An order with one line that was paid at the till: its id.
fn sold(sim: &Sim, price: i64) -> String {
    let item = sim.item(json!({"name": "A", "price": price}));
    text(&sim.sim("POST", "sale", json!({"itemId": item}))["orderId"])
}

#[tokio::test]
async fn an_expand_without_its_permission_refuses_the_whole_call() {
    let sim = Sim::start().await;
    let id = sold(&sim, 500);
    for (path, missing) in [
        (format!("orders/{id}?expand=payments"), "PAYMENTS_R"),
        (
            "orders?expand=lineItems,payments.tender".to_owned(),
            "PAYMENTS_R",
        ),
        ("orders?expand=refunds".to_owned(), "PAYMENTS_R"),
        (format!("orders/{id}?expand=customers"), "CUSTOMERS_R"),
        (format!("orders/{id}?expand=employee"), "EMPLOYEES_R"),
        (format!("orders/{id}?expand=orderType"), "MERCHANT_R"),
    ] {
        let answer = sim.get(&path).await;
        assert_eq!(answer.status, 403, "{path}");
        let message = json!({"message": "Invalid permissions for expandable fields."});
        assert_eq!(answer.json(), message, "{path}");
        let without = path.split('?').next().unwrap_or_default();
        assert_eq!(status(&sim, without).await, 200, "{without}");
        allow(&sim, &[missing, "MERCHANT_R"]);
        assert_eq!(status(&sim, &path).await, 200, "{path}");
        allow(&sim, &[]);
    }
    // Tax rates belong to the inventory.
    let rates = "orders?expand=lineItems.taxRates";
    assert_eq!(status(&sim, rates).await, 200);
    sim.sim("POST", "merchant", json!({"permissions": ["ORDERS_R"]}));
    assert_eq!(status(&sim, rates).await, 403);
}

#[tokio::test]
async fn the_four_permissions_of_the_manual_expand_all_that_a_sync_reads() {
    let sim = Sim::start().await;
    let path = "items?expand=itemStock,categories,tags,options";
    assert_eq!(status(&sim, path).await, 200);
    assert_eq!(status(&sim, "items?expand=nonsense").await, 200);
    assert_eq!(status(&sim, "orders?expand=lineItems,discounts").await, 200);
}

#[tokio::test]
async fn a_list_of_orders_hides_those_without_a_state_unless_a_state_is_asked_for() {
    let sim = Sim::switched(json!({"order_history": false})).await;
    let hidden = order(&sim, json!({"externalReferenceId": "R1"})).await;
    let open = order(&sim, json!({"state": "open"})).await;
    let all = sim.get("orders").await;
    assert_eq!(all.column("id"), std::slice::from_ref(&open));
    let href = text(&all.json()["href"]);
    assert!(
        href.ends_with("/orders?filter=stateIS%20NOT%20NULL&limit=100"),
        "{href}"
    );
    let by_reference = sim.get("orders?filter=externalReferenceId=R1").await;
    assert!(by_reference.elements().is_empty());
    let asked = sim.get("orders?filter=state=open").await;
    assert_eq!(asked.column("id"), [open]);
    assert!(!text(&asked.json()["href"]).contains("NULL"));
    assert_eq!(status(&sim, &format!("orders/{hidden}")).await, 200);
}

#[tokio::test]
async fn text_filters_ignore_case() {
    let sim = Sim::start().await;
    let id = order(&sim, json!({"state": "PAID"})).await;
    for filter in ["state=paid", "state=PAID", "state in ('Paid','x')"] {
        let found = sim.get(&format!("orders?filter={filter}")).await;
        assert_eq!(found.column("id"), std::slice::from_ref(&id), "{filter}");
    }
    let item = sim.item(json!({"name": "Émile's Mug", "price": 5, "sku": "Zug-9"}));
    for filter in ["sku=ZUG-9", "name=émile's*", "sku=zug-*"] {
        let found = sim.get(&format!("items?filter={filter}")).await;
        assert_eq!(found.column("id"), std::slice::from_ref(&item), "{filter}");
    }
    assert!(
        sim.get("items?filter=sku!=zug-9&filter=name=émile*")
            .await
            .elements()
            .is_empty()
    );
}

#[tokio::test]
async fn a_deleted_order_is_404_by_id_and_listed_only_by_deleted_time() {
    let sim = Sim::switched(json!({"order_history": false})).await;
    let id = order(&sim, json!({"state": "open"})).await;
    sim.call("DELETE", &format!("orders/{id}"), Value::Null)
        .await;
    let answer = sim.get(&format!("orders/{id}")).await;
    assert_eq!(
        (answer.status, answer.json()),
        (
            404,
            json!({"message": "Not Found", "details": "Order not found"})
        )
    );
    assert!(sim.get("orders").await.elements().is_empty());
    assert!(sim.get("orders?filter=id>0").await.elements().is_empty());
    let deleted = sim.get("orders?filter=deletedTime>0").await;
    assert_eq!(deleted.column("id"), [id]);
}

#[tokio::test]
async fn the_payments_of_an_order_need_orders_read_alone_and_all_others_more() {
    let sim = Sim::start().await;
    let id = sold(&sim, 500);
    let payments = sim.get(&format!("orders/{id}/payments")).await;
    assert_eq!(payments.elements()[0]["amount"], json!(500));
    let payment = text(&payments.elements()[0]["id"]);
    for path in [
        "payments",
        &format!("payments/{payment}"),
        "refunds",
        "tenders",
    ] {
        assert_eq!(status(&sim, path).await, 401, "{path}");
    }
    let one = sim.get(&format!("orders/{id}/payments/{payment}")).await;
    assert_eq!(
        (one.status, one.text.as_str()),
        (405, "405 GET not allowed.")
    );
    allow(&sim, &["PAYMENTS_R", "MERCHANT_R"]);
    for path in ["payments", "refunds", "tenders"] {
        assert_eq!(status(&sim, path).await, 200, "{path}");
    }
}

#[tokio::test]
async fn a_print_event_needs_a_default_printer_and_can_be_read_again() {
    let sim = Sim::start().await;
    let id = order(&sim, json!({"state": "open"})).await;
    let event = json!({"orderRef": {"id": id}});
    let answer = sim.post("print_event", event.clone()).await;
    assert_eq!(
        (answer.status, answer.json()),
        (
            400,
            json!({"message": "The default printing device is missing"})
        )
    );
    sim.switch(json!({"default_printer": true}));
    let made = sim.make("print_event", event).await;
    assert_eq!(made["orderRef"]["id"], json!(id));
    let again = sim
        .get(&format!("print_event/{}", text(&made["id"])))
        .await
        .json();
    assert_eq!(again, made);
    assert_eq!(status(&sim, "print_event/0000000000000").await, 404);
}

#[tokio::test]
async fn the_owner_makes_an_order_type_without_a_permission_of_the_app() {
    let sim = Sim::start().await;
    let made = sim.sim("POST", "order_types", json!({"label": "Pick Up"}));
    allow(&sim, &["MERCHANT_R"]);
    let listed = sim.get("order_types").await.json();
    assert_eq!(listed["elements"][0]["id"], made["id"]);
    assert_eq!(listed["elements"][0]["label"], "Pick Up");
}

#[tokio::test]
async fn a_print_is_discarded_once_it_is_printed_and_says_that_it_failed() {
    let sim = Sim::start().await;
    sim.switch(json!({"default_printer": true}));
    let id = order(&sim, json!({"state": "open"})).await;
    let made = sim
        .make("print_event", json!({"orderRef": {"id": id}}))
        .await;
    let path = format!("print_event/{}", text(&made["id"]));
    assert_eq!(sim.get(&path).await.json()["state"], "CREATED");
    sim.switch(json!({"printer": "fails"}));
    assert_eq!(sim.get(&path).await.json()["state"], "FAILED");
    sim.switch(json!({"printer": "prints"}));
    assert_eq!(status(&sim, &path).await, 404);
    assert_eq!(sim.running.state()["print_events"], json!([made]));
}

#[tokio::test]
async fn an_atomic_modification_without_an_amount_costs_nothing() {
    let sim = Sim::start().await;
    let group = text(&sim.make("modifier_groups", json!({"name": "Size"})).await["id"]);
    let path = format!("modifier_groups/{group}/modifiers");
    let modifier = sim
        .make(&path, json!({"name": "Large", "price": 150}))
        .await;
    let total = async |modification: Value| {
        let line = json!({"name": "Tea", "price": 300, "modifications": [modification]});
        let cart = json!({"orderCart": {"lineItems": [line]}});
        sim.make("atomic_order/orders", cart).await["total"].clone()
    };
    let id = json!({"id": modifier["id"]});
    assert_eq!(total(json!({"modifier": id})).await, json!(300));
    assert_eq!(
        total(json!({"modifier": id, "amount": 150})).await,
        json!(450)
    );
    assert_eq!(
        total(json!({"modifier": id, "amount": "150"})).await,
        json!(450)
    );
}

#[tokio::test]
async fn customers_have_flat_filters_and_show_contacts_only_when_expanded() {
    let sim = Sim::start().await;
    sim.allow_all();
    let body = json!({"firstName": "Ada", "lastName": "King", "marketingAllowed": "true",
        "emailAddresses": [{"emailAddress": "ada@example.com"}],
        "phoneNumbers": [{"phoneNumber": "5550100"}]});
    let made = sim.make("customers", body.clone()).await;
    assert_eq!(made["firstName"], "Ada");
    assert_eq!(made["marketingAllowed"], json!(true));
    assert!(made["customerSince"].is_i64());
    for name in ["emailAddresses", "phoneNumbers", "addresses"] {
        assert!(made.get(name).is_none(), "{name}");
    }
    let expanded = sim
        .make("customers?expand=emailAddresses,phoneNumbers", body)
        .await;
    assert_eq!(
        expanded["emailAddresses"],
        json!({"elements": [{"emailAddress": "ada@example.com"}]})
    );
    sim.make("customers", json!({"firstName": "Bob"})).await;
    for filter in [
        "fullName=ada king",
        "firstName=Ada",
        "lastName=K*",
        "phoneNumber=5550100",
        "emailAddress=ADA@example.com",
        "marketingAllowed=true",
    ] {
        let found = sim.get(&format!("customers?filter={filter}")).await;
        assert_eq!(found.column("firstName"), ["Ada", "Ada"], "{filter}");
    }
    let since = sim.get("customers?filter=customerSince>0").await;
    assert_eq!(since.elements().len(), 3);
    let nested = "customers?filter=emailAddresses.emailAddress=x";
    assert_eq!(status(&sim, nested).await, 400);
    // An order nests its customers without contacts too.
    let id = order(&sim, json!({"customers": [{"id": made["id"]}]})).await;
    let shown = async |expand: &str| {
        let path = format!("orders/{id}?expand={expand}");
        sim.get(&path).await.json()["customers"]["elements"][0].clone()
    };
    assert!(shown("customers").await.get("phoneNumbers").is_none());
    assert_eq!(
        shown("customers.phoneNumbers").await["phoneNumbers"]["elements"][0]["phoneNumber"],
        "5550100"
    );
}

#[tokio::test]
async fn refunds_can_be_listed_and_voided_payments_filtered() {
    let sim = Sim::start().await;
    allow(&sim, &["PAYMENTS_R"]);
    let (kept, voided) = (sold(&sim, 500), sold(&sim, 700));
    assert!(sim.get("refunds").await.elements().is_empty());
    let refund = sim.sim("POST", "refund", json!({"orderId": kept, "amount": 200}));
    let refunds = sim.get("refunds").await;
    assert_eq!(refunds.column("id"), [text(&refund["id"])]);
    let one = sim.get(&format!("refunds/{}", text(&refund["id"]))).await;
    assert_eq!(one.json()["amount"], json!(200));
    assert_eq!(one.json()["orderRef"]["id"], json!(kept));

    sim.sim("POST", "void", json!({"orderId": voided}));
    let amounts = async |path: &str| sim.get(path).await.column("amount");
    assert_eq!(amounts("payments?filter=voided=true").await, ["700"]);
    assert!(!amounts("payments").await.contains(&"700".to_owned()));
    assert!(
        amounts(&format!("orders/{voided}/payments"))
            .await
            .is_empty()
    );
    assert_eq!(
        amounts(&format!("payments?filter=order.id={kept}")).await,
        ["500"]
    );
    let order = sim
        .get(&format!("orders/{voided}?expand=voids"))
        .await
        .json();
    assert_eq!(order["paymentState"], "OPEN");
    assert_eq!(order["voids"]["elements"][0]["amount"], json!(700));
}

#[tokio::test]
async fn numbers_and_flags_are_accepted_as_text() {
    let sim = Sim::start().await;
    let made = sim
        .make(
            "items",
            json!({"name": "A", "price": "900", "hidden": "true"}),
        )
        .await;
    assert_eq!(
        (&made["price"], &made["hidden"]),
        (&json!(900), &json!(true))
    );
    let path = format!("item_stocks/{}", text(&made["id"]));
    let stock = sim.make(&path, json!({"quantity": "2.5"})).await;
    assert_eq!(stock["quantity"], json!(2.5));
    let id = order(
        &sim,
        json!({"state": "open", "total": "900", "testMode": "false"}),
    )
    .await;
    let line = json!({"name": "A", "price": "900"});
    let line = sim.make(&format!("orders/{id}/line_items"), line).await;
    assert_eq!(line["price"], json!(900));
    for (field, value) in [
        ("price", "nine"),
        ("price", "9.5"),
        ("hidden", "yes"),
        ("price", ""),
    ] {
        let mut body = json!({"name": "A", "price": 1});
        body[field] = json!(value);
        assert_eq!(sim.post("items", body).await.status, 400, "{field}={value}");
    }
}

#[tokio::test]
async fn a_count_has_an_alert_threshold_and_low_stock_can_be_filtered() {
    let sim = Sim::start().await;
    let low = sim.item(json!({"name": "Low", "price": 1, "quantity": 9}));
    let full = sim.item(json!({"name": "Full", "price": 1, "quantity": 9}));
    sim.item(json!({"name": "Never counted", "price": 1}));
    assert!(
        sim.get(&format!("item_stocks/{low}"))
            .await
            .json()
            .get("stockAlertThreshold")
            .is_none()
    );
    for (item, quantity) in [(&low, 3), (&full, 4)] {
        let body = json!({"quantity": quantity, "stockAlertThreshold": 3});
        let made = sim.make(&format!("item_stocks/{item}"), body).await;
        assert_eq!(made["stockAlertThreshold"], json!(3.0));
    }
    let found = sim.get("items?filter=lowStock=true&expand=itemStock").await;
    assert_eq!(found.column("id"), std::slice::from_ref(&low));
    assert_eq!(
        found.elements()[0]["itemStock"]["stockAlertThreshold"],
        json!(3.0)
    );
    // Whether a count alone keeps the threshold is unknown.
    let path = format!("item_stocks/{full}");
    let kept = sim.make(&path, json!({"quantity": 5})).await;
    assert_eq!(kept["stockAlertThreshold"], json!(3.0));
    sim.switch(json!({"stock_post_keeps_threshold": false}));
    let gone = sim.make(&path, json!({"quantity": 5})).await;
    assert!(gone.get("stockAlertThreshold").is_none());
}

/// A limit is lowered to so many, these are in flight together, and then comes one more: its
/// answer.
async fn one_too_many(rules: &Value, count: usize) -> Answer {
    let sim = Sim::with(Config::default()).await;
    sim.switch(json!({"rate_limit": rules}));
    // Held, so that they are in flight together whatever the machine does meanwhile.
    sim.sim(
        "POST",
        "faults",
        json!([{"match": "GET *", "do": "hold", "times": count}]),
    );
    let url = sim.url(&format!("/v3/merchants/{}/tags", sim.merchant));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..count {
        calls.spawn(sim.client.get(&url).bearer_auth(&sim.token).send());
    }
    while sim.sim("GET", "held", Value::Null).as_array().map(Vec::len) != Some(count) {
        tokio::task::yield_now().await;
    }
    let answer = sim.get("tags").await;
    sim.sim("POST", "release", Value::Null);
    for held in calls.join_all().await {
        assert_eq!(held.expect("an answer").status().as_u16(), 200);
    }
    answer
}

#[tokio::test]
async fn each_limit_can_be_lowered_and_a_429_names_only_the_one_that_was_tripped() {
    let off = json!({"per_second": 1000, "concurrent": 1000,
                     "app_per_second": 1000, "app_concurrent": 1000});
    for (limit, header, value) in [
        ("per_second", "x-ratelimit-tokenlimit", 5),
        ("app_per_second", "x-ratelimit-crosstokenlimit", 5),
        ("concurrent", "x-ratelimit-tokenconcurrentlimit", 3),
        ("app_concurrent", "x-ratelimit-crosstokenconcurrentlimit", 3),
    ] {
        let mut rules = off.clone();
        rules[limit] = json!(value);
        let mut answer = one_too_many(&rules, value).await;
        // On a busy machine they may not arrive within one second.
        for _ in 0..60 {
            if answer.status == 429 {
                break;
            }
            answer = one_too_many(&rules, value).await;
        }
        assert_eq!(answer.status, 429, "{limit}");
        let said: Vec<(&str, &str)> = answer
            .headers
            .iter()
            .filter(|(name, _)| name.as_str().starts_with("x-ratelimit"))
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()))
            .collect();
        assert_eq!(said, [(header, value.to_string().as_str())], "{limit}");
    }
}

#[tokio::test]
async fn a_spent_refresh_token_is_invalid_while_the_winners_token_works() {
    let sim = Sim::start().await;
    let redirect = "http://127.0.0.1:9/c";
    let url = sim.url(&format!(
        "/oauth/v2/authorize?client_id={APP}&redirect_uri={redirect}&state=x"
    ));
    let answer = sim.client.get(url).send().await.expect("a redirect");
    let location = answer.headers()["location"].to_str().unwrap_or_default();
    let code = url::Url::parse(location)
        .expect("a URL")
        .query_pairs()
        .find_map(|(name, value)| (name == "code").then(|| value.into_owned()));
    let post = async |path: &str, body: Value| {
        let request = sim.client.post(sim.url(path)).json(&body);
        let answer = request.send().await.expect("an answer");
        crate::support::answer(answer).await.expect("an answer")
    };
    let pair = json!({"client_id": APP, "client_secret": SECRET, "code": code});
    let pair = post("/oauth/v2/token", pair).await.json();
    let body = json!({"client_id": APP, "refresh_token": pair["refresh_token"]});
    let winner = post("/oauth/v2/refresh", body.clone()).await;
    assert_eq!(winner.status, 200);
    let loser = post("/oauth/v2/refresh", body).await;
    assert_eq!(
        (loser.status, loser.json()),
        (401, json!({"message": "Invalid refresh token"}))
    );
    let items = sim
        .client
        .get(sim.url(&format!("/v3/merchants/{}/items", sim.merchant)))
        .bearer_auth(text(&winner.json()["access_token"]));
    assert_eq!(
        items.send().await.expect("an answer").status().as_u16(),
        200
    );
}

#[tokio::test]
async fn without_merchant_read_the_merchant_is_401_and_its_items_are_200() {
    let sim = Sim::start().await;
    assert_eq!(status(&sim, "").await, 401);
    assert_eq!(status(&sim, "properties").await, 401);
    assert_eq!(status(&sim, "items").await, 200);
    let other = sim.url("/v3/merchants/");
    let answer = sim.client.get(other).bearer_auth(&sim.token).send().await;
    let answer = crate::support::answer(answer.expect("an answer"))
        .await
        .expect("an answer");
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (404, "404 Not Found")
    );
}

#[tokio::test]
async fn a_list_can_be_refused_as_without_its_permission_while_others_are_200() {
    let sim = Sim::start().await;
    let house = sim.get("tax_rates?filter=name%3DHouse%20Tax").await;
    let items = format!("tax_rates/{}/items", text(&house.elements()[0]["id"]));
    for (refused, expected) in [(json!([]), 200), (json!(["tax_rates"]), 401)] {
        sim.switch(json!({"refused_lists": refused}));
        assert_eq!(status(&sim, "tax_rates").await, expected);
        assert_eq!(status(&sim, &items).await, expected);
        assert_eq!(status(&sim, "items").await, 200);
    }
}

#[tokio::test]
async fn an_untracked_count_has_no_quantity_until_it_is_first_set() {
    let sim = Sim::start().await;
    let item = sim.item(json!({"name": "A", "price": 1}));
    let path = format!("item_stocks/{item}");
    assert_eq!(sim.get(&path).await.json(), json!({"item": {"id": item}}));
    sim.make(&path, json!({"quantity": 0})).await;
    assert_eq!(sim.get(&path).await.json()["quantity"], json!(0.0));
}

#[tokio::test]
async fn unit_quantities_are_thousandths_of_the_unit_that_is_priced() {
    let sim = Sim::start().await;
    let body = json!({"name": "Beans", "price": 1200, "priceType": "PER_UNIT", "unitName": "lb"});
    let item = sim.item(body);
    let cart = json!({"orderCart": {"lineItems": [{"item": {"id": item}, "unitQty": 450}]}});
    let priced = sim.make("atomic_order/checkouts", cart).await;
    assert_eq!(priced["subtotal"], json!(540));
    let sale = json!({"itemId": item, "quantity": 0.45});
    let sale = text(&sim.sim("POST", "sale", sale)["orderId"]);
    let order = sim
        .get(&format!("orders/{sale}?expand=lineItems"))
        .await
        .json();
    let line = &order["lineItems"]["elements"][0];
    assert_eq!(
        (&line["unitQty"], &line["price"], &order["total"]),
        (&json!(450), &json!(1200), &json!(540))
    );
}

#[tokio::test]
async fn a_paid_order_takes_and_gives_up_lines_keeps_its_total_and_cannot_be_deleted() {
    let sim = Sim::start().await;
    let id = sold(&sim, 500);
    let path = format!("orders/{id}");
    let lines = format!("{path}/line_items");
    let line = sim
        .make(&lines, json!({"name": "More", "price": 300}))
        .await;
    assert_eq!(sim.get(&lines).await.elements().len(), 2);
    let removed = format!("{lines}/{}", text(&line["id"]));
    let removed = sim.call("DELETE", &removed, Value::Null).await;
    assert_eq!(removed.status, 200);
    sim.call("DELETE", &lines, Value::Null).await;
    let order = sim.get(&path).await.json();
    assert_eq!(
        (&order["state"], &order["total"]),
        (&json!("locked"), &json!(500))
    );
    let deleted = sim.call("DELETE", &path, Value::Null).await;
    assert_eq!(deleted.status, 400);
}

#[tokio::test]
async fn discounts_are_taken_before_tax() {
    let sim = Sim::start().await;
    let rate = sim
        .make("tax_rates", json!({"name": "Seven", "rate": 700_000}))
        .await;
    let line = json!({"name": "Lunch", "price": 645, "taxRates": [{"id": rate["id"]}]});
    let cart =
        json!({"orderCart": {"lineItems": [line], "discounts": [{"name": "Off", "amount": -100}]}});
    let priced = sim.make("atomic_order/checkouts", cart).await;
    assert_eq!(
        (
            &priced["subtotal"],
            &priced["totalTaxAmount"],
            &priced["total"]
        ),
        (&json!(545), &json!(38), &json!(583))
    );
}

#[tokio::test]
async fn an_atomic_order_takes_lines_of_the_clients_own() {
    let sim = Sim::start().await;
    let line = json!({"name": "Gift wrapping", "price": 350, "note": "red"});
    let cart = json!({"orderCart": {"title": "Web", "lineItems": [line]}});
    let made = sim.make("atomic_order/orders", cart).await;
    assert_eq!(made["total"], json!(350));
    let line = &made["lineItems"]["elements"][0];
    assert_eq!(
        (&line["name"], &line["price"], &line["note"]),
        (&json!("Gift wrapping"), &json!(350), &json!("red"))
    );
    assert!(line.get("item").is_none());
    let bare = json!({"orderCart": {"lineItems": [{"name": "No price"}]}});
    assert_eq!(sim.post("atomic_order/orders", bare).await.status, 400);
}

#[tokio::test]
async fn modifier_groups_have_bounds_modifiers_items_and_modifications() {
    let sim = Sim::start().await;
    let body = json!({"name": "Milk", "minRequired": 1, "maxAllowed": 2});
    let group = sim.make("modifier_groups", body).await;
    assert_eq!(
        (&group["minRequired"], &group["maxAllowed"]),
        (&json!(1), &json!(2))
    );
    let id = text(&group["id"]);
    let path = format!("modifier_groups/{id}/modifiers");
    let oat = sim.make(&path, json!({"name": "Oat", "price": 60})).await;
    let item = sim.item(json!({"name": "Latte", "price": 400}));
    let link = json!({"modifierGroup": {"id": id}, "item": {"id": item}});
    sim.make("item_modifier_groups", json!({"elements": [link]}))
        .await;
    let groups = sim.get("modifier_groups?expand=modifiers").await.elements();
    let shown = groups.iter().find(|group| group["id"] == json!(id));
    let shown = shown.expect("the group");
    assert_eq!(shown["modifiers"]["elements"][0]["name"], "Oat");
    let item_shown = sim
        .get(&format!("items/{item}?expand=modifierGroups"))
        .await
        .json();
    assert_eq!(item_shown["modifierGroups"]["elements"][0]["id"], json!(id));
    let order = order(&sim, json!({"state": "open"})).await;
    let lines = format!("orders/{order}/line_items");
    let line = sim.make(&lines, json!({"item": {"id": item}})).await;
    let path = format!("{lines}/{}/modifications", text(&line["id"]));
    let body = json!({"modifier": {"id": oat["id"]}, "amount": 60});
    let made = sim.make(&path, body).await;
    assert_eq!(
        (&made["name"], &made["amount"]),
        (&json!("Oat"), &json!(60))
    );
    // Recorded: without an amount it is the modifier's price, other than in an atomic order.
    let made = sim
        .make(&path, json!({"modifier": {"id": oat["id"]}}))
        .await;
    assert_eq!(made["amount"], json!(60));
    let shown = sim.get(&format!("{lines}?expand=modifications")).await;
    let modifications = &shown.elements()[0]["modifications"]["elements"];
    assert_eq!(modifications.as_array().map(Vec::len), Some(2));
    let unknown = json!({"modifier": {"id": "0000000000000"}, "amount": 60});
    assert_eq!(sim.post(&path, unknown).await.status, 400);
}

#[tokio::test]
async fn order_types_need_merchant_read_and_an_order_takes_one() {
    let sim = Sim::start().await;
    assert_eq!(status(&sim, "order_types").await, 401);
    sim.allow_all();
    let made = sim.make("order_types", json!({"label": "Web"})).await;
    let listed = sim.get("order_types").await;
    assert_eq!(listed.column("label"), ["Web"]);
    let body = json!({"state": "open", "orderType": {"id": made["id"]}});
    let order = sim.make("orders", body).await;
    assert_eq!(order["orderType"]["id"], made["id"]);
}

#[tokio::test]
async fn the_online_part_of_an_item_is_absent_forbidden_on_request_or_always_there() {
    let sim = Sim::start().await;
    let menu = json!({"name": "Kite", "description": "Flies.",
                      "imageFilename": "kite.png", "enabled": true});
    let item = sim.item(json!({"name": "Kite", "price": 5, "menuItem": menu}));
    for (word, plain, expanded) in [
        ("absent", (200, false), (200, false)),
        ("forbidden", (200, false), (403, false)),
        ("on_request", (200, false), (200, true)),
        ("always", (200, true), (200, true)),
    ] {
        sim.switch(json!({"menu_item": word}));
        for (query, (status, is_there)) in [("", plain), ("?expand=menuItem", expanded)] {
            let answer = sim.get(&format!("items/{item}{query}")).await;
            assert_eq!(answer.status, status, "{word} {query}");
            let shown = answer.json()["menuItem"].clone();
            let wanted = if is_there { &menu } else { &Value::Null };
            assert_eq!(&shown, wanted, "{word} {query}");
        }
    }
}

#[tokio::test]
async fn a_filter_names_up_to_a_hundred_ids() {
    let sim = Sim::start().await;
    let ids: Vec<String> = (0..100)
        .map(|n| sim.item(json!({"name": format!("N{n}"), "price": 1, "quantity": n})))
        .collect();
    let path = |ids: &[String]| {
        let list: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
        format!(
            "items?limit=100&expand=itemStock&filter=id in ({})",
            list.join(",")
        )
    };
    let found = sim.get(&path(&ids)).await.elements();
    assert_eq!(found.len(), 100);
    assert!(
        found
            .iter()
            .all(|item| item["itemStock"]["quantity"].is_f64())
    );
    let more: Vec<String> = ids.iter().cloned().chain(["X".to_owned()]).collect();
    assert_eq!(status(&sim, &path(&more)).await, 400);
}
