use std::collections::HashMap;

use super::*;
use crate::order::OrderStanding;
use crate::quantity::Quantity;
use proptest::prelude::*;

const PUSH: bool = true;

/// They stand in the databases of shops: none may ever change.
#[test]
fn words_are_stored_and_read_as_they_always_were() {
    for (cause, key) in [
        (LedgerCause::Order, "order"),
        (LedgerCause::Release, "release"),
        (LedgerCause::Manual, "hand"),
    ] {
        assert_eq!(cause.key(), key);
        assert_eq!(LedgerCause::from_key(key), Ok(cause));
    }
    for (state, key) in [
        (SendState::Intended, "intended"),
        (SendState::Sent, "sent"),
        (SendState::Confirmed, "confirmed"),
        (SendState::Uncertain, "uncertain"),
        (SendState::Skipped, "skipped"),
        (SendState::Dead, "dead"),
    ] {
        assert_eq!(state.key(), key);
        assert_eq!(SendState::from_key(key), Ok(state));
    }
    for (reason, key) in [
        (LedgerReason::Unlinked, "unlinked"),
        (LedgerReason::PushOff, "push_off"),
        (LedgerReason::NeverTaken, "never_taken"),
        (LedgerReason::Moot, "moot"),
        (LedgerReason::Replaced, "replaced"),
        (LedgerReason::AfterUncertain, "after_uncertain"),
        (LedgerReason::Owner, "owner"),
    ] {
        assert_eq!(reason.key(), key);
    }
    for (resolution, key) in [
        (Resolution::Applied, "applied"),
        (Resolution::NotApplied, "not_applied"),
        (Resolution::Leave, "leave"),
    ] {
        assert_eq!(Resolution::from_key(key), Ok(resolution));
    }
    assert!(Resolution::from_key("Leave").is_err());
    assert!(LedgerCause::from_key("Order").is_err());
    assert!(SendState::from_key("").is_err());
}

#[test]
fn a_lost_sale_lies_after_the_old_count_and_within_the_window_of_the_write() {
    let exposure = |before, window| Exposure {
        before,
        after: 100_000,
        window,
    };
    assert_eq!(exposure(None, 400).stretch(), (98_600, 100_000));
    assert_eq!(exposure(Some(50_000), 400).stretch(), (98_600, 100_000));
    assert_eq!(exposure(Some(99_000), 31_000).stretch(), (99_000, 100_000));
    assert_eq!(
        exposure(Some(100_000), 31_000).stretch(),
        (100_000, 100_000)
    );
}

fn line(item: &str, quantity: i64) -> Line {
    Line {
        item: item.into(),
        quantity,
        rows: Vec::new(),
    }
}

/// Stores a plan as the shop does.
fn store(line: &mut Line, plan: Plan) -> Vec<(i64, SendState)> {
    for change in plan.changes {
        let row = line.rows.iter_mut().find(|r| r.seq == change.seq).unwrap();
        row.state = change.state;
    }
    let made = plan
        .entries
        .iter()
        .map(|e| (e.row.delta, e.row.state))
        .collect();
    line.rows.extend(plan.entries.into_iter().map(|e| e.row));
    made
}

fn ask(line: &mut Line, sale_state: SaleState) -> Vec<(i64, SendState)> {
    let plan = line.plan(sale_state, PUSH);
    store(line, plan)
}

fn end(line: &mut Line, state: SendState) {
    let last = line.rows.last_mut().unwrap();
    last.state = state;
}

/// Reads `5>1,R`.
fn events(text: &str) -> Vec<OrderEvent> {
    let words = text.split(',').filter(|word| !word.is_empty());
    words
        .map(|word| match word.split_once('>') {
            None => OrderEvent::Refunded,
            Some((old, new)) => OrderEvent::Status {
                old: old.parse().unwrap(),
                new: new.parse().unwrap(),
            },
        })
        .collect()
}

#[test]
fn an_event_has_the_statuses_of_its_kind() {
    let status = |old, new| OrderEvent::new(OrderEventKind::Status, old, new);
    assert_eq!(
        status(Some(5), Some(1)),
        Ok(OrderEvent::Status { old: 5, new: 1 })
    );
    assert_eq!(status(None, Some(1)), Err(OrderEventError { field: "old" }));
    assert_eq!(status(Some(5), None), Err(OrderEventError { field: "new" }));
    let refund = OrderEvent::new(OrderEventKind::Refunded, None, None);
    assert_eq!(refund, Ok(OrderEvent::Refunded));
}

#[test]
fn a_status_is_paid_released_or_says_nothing() {
    let statuses = StatusSets {
        paid: &[1, 2, 7, 8],
        refunded: &[9],
    };
    let of = |status, text: &str| statuses.sale_state(status, &events(text));
    for paid in [1, 2, 7, 8] {
        assert_eq!(of(Some(paid), ""), SaleState::Paid);
    }
    for released in [3, 5, 6, 9] {
        assert_eq!(of(Some(released), "5>1"), SaleState::Released);
    }
    assert_eq!(of(Some(4), "5>4"), SaleState::Unchanged);
    assert_eq!(of(Some(10), "5>1,1>10"), SaleState::Paid, "on its way");
    assert_eq!(of(Some(10), "5>1,1>6,6>10"), SaleState::Released);
    assert_eq!(of(None, "5>1"), SaleState::Released, "deleted");
    assert_eq!(of(Some(1), "5>1,R"), SaleState::Released, "refunded");
    assert_eq!(of(Some(7), "5>1,R,1>7"), SaleState::Released, "and shipped");
    assert_eq!(of(Some(1), "5>1,R,1>6,6>1"), SaleState::Paid, "paid anew");
    assert!(statuses.was_paid(&events("5>4,4>1")));
    assert!(!statuses.was_paid(&events("1>7,7>8,8>6")));
}

#[test]
fn an_order_that_is_paid_later_is_to_pay_until_a_paid_status_follows_a_waiting_one() {
    let statuses = StatusSets {
        paid: &[1, 2, 7, 8],
        refunded: &[9],
    };
    let cash = |status, text: &str| statuses.standing(status, &events(text), true);
    let card = |status, text: &str| statuses.standing(status, &events(text), false);
    let (paid, to_pay) = (Some(OrderStanding::Paid), Some(OrderStanding::ToPay));
    let (cancelled, refunded) = (
        Some(OrderStanding::Cancelled),
        Some(OrderStanding::Refunded),
    );
    for (status, text, with_cash, with_card) in [
        (Some(1), "", to_pay, paid),
        (Some(1), "0>1", to_pay, paid),
        (Some(1), "5>1", to_pay, paid),
        (Some(7), "5>1,1>7", to_pay, paid),
        (Some(4), "5>4", None, None),
        (Some(1), "5>4,4>1", paid, paid),
        (Some(1), "5>4", paid, paid),
        (Some(7), "5>1,1>4,4>1,1>7", paid, paid),
        (Some(4), "5>4,4>1,1>4", paid, paid),
        (Some(6), "5>1,1>6", cancelled, cancelled),
        (Some(1), "5>4,4>1,1>6,6>1", to_pay, paid),
        (Some(1), "5>4,4>1,1>6", to_pay, paid),
        (Some(9), "5>1,1>9", refunded, refunded),
        (Some(4), "5>1,1>9,9>4", refunded, refunded),
        (Some(1), "5>1,R", refunded, refunded),
        (Some(6), "5>1,R,1>6", refunded, refunded),
        (None, "5>1", cancelled, cancelled),
        (None, "5>1,R", refunded, refunded),
    ] {
        assert_eq!(cash(status, text), with_cash, "{status:?} {text}");
        assert_eq!(card(status, text), with_card, "{status:?} {text}");
    }
}

#[test]
fn a_paid_line_is_asked_for_once_however_often_it_is_told() {
    let mut l = line("A", 2);
    assert_eq!(ask(&mut l, SaleState::Paid), [(2, SendState::Intended)]);
    assert_eq!(ask(&mut l, SaleState::Paid), []);
    assert_eq!(ask(&mut l, SaleState::Unchanged), []);
}

#[test]
fn confirm_cancel_confirm_takes_gives_back_and_takes_again() {
    let mut l = line("A", 2);
    ask(&mut l, SaleState::Paid);
    end(&mut l, SendState::Confirmed);
    assert_eq!(
        ask(&mut l, SaleState::Released),
        [(-2, SendState::Intended)]
    );
    end(&mut l, SendState::Confirmed);
    assert_eq!(ask(&mut l, SaleState::Released), []);
    assert_eq!(ask(&mut l, SaleState::Paid), [(2, SendState::Intended)]);
    assert_eq!(l.rows[1].reverses, Some(1));
}

#[test]
fn an_edit_after_payment_moves_the_difference() {
    let mut l = line("A", 5);
    ask(&mut l, SaleState::Paid);
    end(&mut l, SendState::Confirmed);
    l.quantity = 3;
    assert_eq!(ask(&mut l, SaleState::Paid), [(-2, SendState::Intended)]);
    l.quantity = 4;
    assert_eq!(ask(&mut l, SaleState::Paid), [(1, SendState::Intended)]);
    l.quantity = 0;
    assert_eq!(
        ask(&mut l, SaleState::Paid),
        [(-1, SendState::Skipped), (-3, SendState::Intended)]
    );
}

#[test]
fn a_line_with_another_product_returns_the_old_one() {
    let mut l = line("A", 2);
    ask(&mut l, SaleState::Paid);
    end(&mut l, SendState::Confirmed);
    l.item = "B".into();
    let plan = l.plan(SaleState::Paid, PUSH);
    let made: Vec<_> = plan
        .entries
        .iter()
        .map(|e| (e.row.item.as_str(), e.row.delta))
        .collect();
    assert_eq!(made, [("A", -2), ("B", 2)]);
}

#[test]
fn a_sale_that_was_not_sent_and_its_return_cancel_out() {
    let mut l = line("A", 2);
    ask(&mut l, SaleState::Paid);
    assert_eq!(ask(&mut l, SaleState::Released), [(-2, SendState::Skipped)]);
    assert_eq!(l.rows[0].state, SendState::Skipped);
}

#[test]
fn what_never_reached_clover_is_not_given_back() {
    for state in [SendState::Skipped, SendState::Dead] {
        let mut l = line("A", 2);
        ask(&mut l, SaleState::Paid);
        end(&mut l, state);
        assert_eq!(ask(&mut l, SaleState::Released), [(-2, SendState::Skipped)]);
        assert_eq!(l.rows[0].state, SendState::Skipped);
    }
}

#[test]
fn a_return_waits_for_the_word_on_an_uncertain_sale() {
    for (resolution, sale, back) in [
        (
            Resolution::Applied,
            SendState::Confirmed,
            SendState::Intended,
        ),
        (
            Resolution::NotApplied,
            SendState::Skipped,
            SendState::Skipped,
        ),
        (Resolution::Leave, SendState::Skipped, SendState::Skipped),
    ] {
        let mut l = line("A", 2);
        ask(&mut l, SaleState::Paid);
        end(&mut l, SendState::Uncertain);
        assert_eq!(
            ask(&mut l, SaleState::Released),
            [(-2, SendState::Uncertain)]
        );
        assert_eq!(l.resolve(2, resolution), Err(LedgerError::Follows(2)));
        let plan = l.resolve(1, resolution).unwrap();
        store(&mut l, plan);
        assert_eq!(
            [l.rows[0].state, l.rows[1].state],
            [sale, back],
            "{resolution:?}"
        );
    }
}

#[test]
fn a_dead_row_is_tried_again_for_what_is_still_wanted() {
    let mut l = line("A", 5);
    ask(&mut l, SaleState::Paid);
    end(&mut l, SendState::Dead);
    l.quantity = 3;
    assert_eq!(ask(&mut l, SaleState::Paid), [(-2, SendState::Skipped)]);
    assert_eq!(l.rows[0].state, SendState::Dead, "three are still wanted");
    let plan = l.resolve(1, Resolution::NotApplied).unwrap();
    assert_eq!(
        store(&mut l, plan),
        [(-3, SendState::Skipped), (3, SendState::Intended)]
    );
    assert_eq!(ask(&mut l, SaleState::Paid), []);
    end(&mut l, SendState::Confirmed);
    assert_eq!(
        l.resolve(4, Resolution::Leave),
        Err(LedgerError::NotWaiting(4))
    );
    assert_eq!(
        ask(&mut l, SaleState::Released),
        [(-3, SendState::Intended)]
    );
}

#[test]
fn switching_push_stock_on_replays_nothing() {
    let mut l = line("A", 2);
    let plan = l.plan(SaleState::Paid, false);
    assert_eq!(store(&mut l, plan), [(2, SendState::Skipped)]);
    assert_eq!(ask(&mut l, SaleState::Paid), []);
    l.quantity = 3;
    assert_eq!(ask(&mut l, SaleState::Paid), [(1, SendState::Intended)]);
    end(&mut l, SendState::Confirmed);
    assert_eq!(
        ask(&mut l, SaleState::Released),
        [(-1, SendState::Intended), (-2, SendState::Skipped)]
    );
}

#[test]
fn units_given_back_by_hand_stay_given_back_until_the_order_is_released() {
    let mut l = line("A", 3);
    ask(&mut l, SaleState::Paid);
    end(&mut l, SendState::Confirmed);
    assert_eq!(l.restock(4, PUSH), Err(LedgerError::TooMany { left: 3 }));
    let plan = l.restock(1, PUSH).unwrap();
    assert_eq!(store(&mut l, plan), [(-1, SendState::Intended)]);
    assert_eq!(ask(&mut l, SaleState::Paid), []);
    let plan = l.restock(2, PUSH).unwrap();
    store(&mut l, plan);
    assert_eq!(ask(&mut l, SaleState::Paid), []);
    assert_eq!(ask(&mut l, SaleState::Released), [(0, SendState::Skipped)]);
    assert_eq!(ask(&mut l, SaleState::Released), []);
    assert_eq!(ask(&mut l, SaleState::Paid), [(3, SendState::Intended)]);
}

#[test]
fn a_product_that_is_not_linked_asks_nothing_of_clover() {
    let mut l = line("", 2);
    assert_eq!(ask(&mut l, SaleState::Paid), [(2, SendState::Skipped)]);
    assert_eq!(ask(&mut l, SaleState::Released), [(-2, SendState::Skipped)]);
}

fn q(count: f64) -> Quantity {
    Quantity::from_clover(count).unwrap()
}

#[test]
fn a_write_without_an_answer_is_settled_by_time_and_count() {
    let written = CountWrite {
        before: q(9.0),
        modified: Some(1000),
        target: q(8.0),
    };
    let now = |count: Option<f64>, modified| CountReading {
        count: count.map(q),
        modified: Some(modified),
    };
    assert_eq!(
        settle(&written, &now(Some(9.0), 1000)),
        Settlement::SendAgain
    );
    assert_eq!(
        settle(&written, &now(Some(8.0), 2000)),
        Settlement::Confirmed
    );
    assert_eq!(
        settle(&written, &now(Some(8.0), 1000)),
        Settlement::Confirmed,
        "within one second"
    );
    assert_eq!(
        settle(&written, &now(Some(9.0), 2000)),
        Settlement::Uncertain
    );
    assert_eq!(
        settle(&written, &now(Some(7.0), 2000)),
        Settlement::Uncertain
    );
    assert_eq!(
        settle(&written, &now(Some(7.0), 1000)),
        Settlement::Uncertain
    );
    assert_eq!(settle(&written, &now(None, 1000)), Settlement::Uncertain);
}

fn posted(delta: i64, state: SendState) -> LedgerEntry {
    LedgerEntry {
        item: "A".into(),
        delta,
        state,
        settled: matches!(state, SendState::Confirmed | SendState::Skipped).then_some(100),
        reverses: (delta < 0).then_some((SendState::Confirmed, Some(100))),
        counted: true,
    }
}

fn held(taken: i64, rows: &[LedgerEntry], as_of: i64) -> i64 {
    let taken = HashMap::from([("A".to_owned(), taken)]);
    committed(&taken, rows, as_of)
        .get("A")
        .copied()
        .unwrap_or(0)
}

#[test]
fn a_count_leaves_out_what_the_shop_has_sold_and_clover_has_not() {
    assert_eq!(held(2, &[], 200), 2, "a pending order");
    for (state, units) in [
        (SendState::Intended, 2),
        (SendState::Sent, 2),
        (SendState::Uncertain, 2),
        (SendState::Dead, 2),
        (SendState::Confirmed, 0),
        (SendState::Skipped, 0),
    ] {
        assert_eq!(held(2, &[posted(2, state)], 200), units, "{state:?}");
    }
}

#[test]
fn a_count_is_lifted_only_by_a_return_that_certainly_is_not_in_it() {
    for (state, units) in [
        (SendState::Intended, -2),
        (SendState::Sent, 0),
        (SendState::Uncertain, 0),
        (SendState::Dead, 0),
        (SendState::Confirmed, 0),
        (SendState::Skipped, 0),
    ] {
        assert_eq!(
            held(
                0,
                &[posted(2, SendState::Confirmed), posted(-2, state)],
                200
            ),
            units,
            "{state:?}"
        );
    }
}

#[test]
fn a_count_asked_for_before_a_write_was_confirmed_does_not_hold_it() {
    let sale = posted(2, SendState::Confirmed);
    assert_eq!(held(2, std::slice::from_ref(&sale), 101), 0);
    assert_eq!(
        held(2, std::slice::from_ref(&sale), 100),
        2,
        "the same moment"
    );
    assert_eq!(held(2, &[sale], 99), 2);
}

#[test]
fn a_count_asked_for_before_the_owner_set_it_does_not_hold_the_sale_he_left() {
    let left = posted(3, SendState::Skipped);
    assert_eq!(held(3, std::slice::from_ref(&left), 101), 0);
    assert_eq!(held(3, std::slice::from_ref(&left), 99), 3);
    let back = LedgerEntry {
        reverses: Some((SendState::Skipped, Some(100))),
        ..posted(-3, SendState::Skipped)
    };
    assert_eq!(held(0, &[left, back], 99), 0, "taken and given back");
    let timeless = LedgerEntry {
        settled: None,
        ..posted(3, SendState::Skipped)
    };
    assert_eq!(held(3, &[timeless], 99), 0, "it was never to be sent");
}

#[test]
fn a_return_that_was_skipped_because_nothing_was_taken_lowers_nothing() {
    let mut back = posted(-2, SendState::Skipped);
    back.reverses = Some((SendState::Dead, None));
    assert_eq!(held(0, &[posted(2, SendState::Dead), back], 200), 0);
}

#[test]
fn of_an_order_outside_the_books_only_its_open_rows_count() {
    let old = |delta, state| LedgerEntry {
        counted: false,
        ..posted(delta, state)
    };
    assert_eq!(held(0, &[old(2, SendState::Confirmed)], 200), 0);
    assert_eq!(held(0, &[old(2, SendState::Intended)], 200), 2);
    assert_eq!(
        held(
            0,
            &[old(2, SendState::Confirmed), old(-2, SendState::Intended)],
            200
        ),
        -2
    );
    assert_eq!(
        held(
            0,
            &[old(2, SendState::Confirmed), old(-2, SendState::Uncertain)],
            200
        ),
        0
    );
}

#[derive(Debug, Clone)]
enum Step {
    Ask(SaleState, bool),
    Edit(bool, i64),
    Manual(i64),
    Progress(usize, SendState),
    Owner(i64, Resolution),
}

fn any_step() -> impl Strategy<Value = Step> {
    let sale_state = prop::sample::select(vec![
        SaleState::Paid,
        SaleState::Paid,
        SaleState::Released,
        SaleState::Unchanged,
    ]);
    let state = prop::sample::select(SendState::ALL.to_vec());
    let resolution = prop::sample::select(vec![
        Resolution::Applied,
        Resolution::NotApplied,
        Resolution::Leave,
    ]);
    prop_oneof![
        4 => (sale_state, prop::bool::weighted(0.8)).prop_map(|(s, push)| Step::Ask(s, push)),
        2 => (prop::bool::weighted(0.2), 0..6_i64).prop_map(|(other, q)| Step::Edit(other, q)),
        1 => (1..4_i64).prop_map(Step::Manual),
        4 => (0..8_usize, state).prop_map(|(n, s)| Step::Progress(n, s)),
        2 => (1..9_i64, resolution).prop_map(|(n, w)| Step::Owner(n, w)),
    ]
}

/// What the worker may make of a row.
fn may_become(from: SendState, to: SendState) -> bool {
    matches!(
        (from, to),
        (
            SendState::Intended,
            SendState::Sent | SendState::Skipped | SendState::Dead
        ) | (
            SendState::Sent,
            SendState::Confirmed | SendState::Uncertain | SendState::Intended
        )
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn no_history_gives_back_more_than_was_sold(steps in prop::collection::vec(any_step(), 1..30)) {
        let mut l = line("A", 3);
        for step in steps {
            match step {
                Step::Ask(sale_state, push) => {
                    let plan = l.plan(sale_state, push);
                    store(&mut l, plan);
                    prop_assert_eq!(l.plan(sale_state, push), Plan::default(), "asked twice");
                    match sale_state {
                        SaleState::Paid => {
                            let left = l.quantity - l.returned_manually(&l.item);
                            prop_assert_eq!(l.asked(&l.item), left.max(0));
                        }
                        SaleState::Released => {
                            prop_assert!(["A", "B"].iter().all(|item| l.asked(item) == 0));
                        }
                        SaleState::Unchanged => {}
                    }
                }
                Step::Edit(other, quantity) => {
                    l.item = if other { "B".into() } else { "A".into() };
                    l.quantity = quantity;
                }
                Step::Manual(units) => {
                    if let Ok(plan) = l.restock(units, PUSH) {
                        drop(store(&mut l, plan));
                    }
                }
                Step::Progress(n, to) => {
                    let Some(at) = n.checked_rem(l.rows.len()) else { continue };
                    match l.next_step(l.rows[at].seq) {
                        NextStep::Become(changes) if l.rows[at].state == SendState::Intended => {
                            drop(store(&mut l, Plan { changes, ..Plan::default() }));
                        }
                        NextStep::Send if may_become(l.rows[at].state, to) => l.rows[at].state = to,
                        _ => {}
                    }
                }
                Step::Owner(seq, resolution) => {
                    if let Ok(plan) = l.resolve(seq, resolution) {
                        drop(store(&mut l, plan));
                    }
                }
            }
            for sale in l.rows.iter().filter(|r| r.reverses.is_none()) {
                prop_assert!((0..=sale.delta).contains(&l.left_of(sale)));
            }
            let is_sent = |state| matches!(state, SendState::Sent | SendState::Confirmed);
            for back in l.rows.iter().filter(|r| r.delta < 0 && is_sent(r.state)) {
                let sale = l.rows.iter().find(|r| Some(r.seq) == back.reverses).unwrap();
                prop_assert_eq!(sale.state, SendState::Confirmed, "returns too much: {:?}", l.rows);
            }
            let numbers: Vec<i64> = l.rows.iter().map(|r| r.seq).collect();
            prop_assert!(numbers.windows(2).all(|w| w[0] < w[1]));
        }
    }
}
