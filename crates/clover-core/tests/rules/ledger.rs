//! Which rows a line's decisions make and change, to the number.

use std::collections::HashMap;

use clover_core::ledger::{
    LedgerCause, LedgerEntry, LedgerReason, LedgerRow, Line, NextStep, Plan, Resolution, RowChange,
    SaleState, SendState, committed,
};

fn sale(seq: i64, item: &str, units: i64, state: SendState) -> LedgerRow {
    LedgerRow {
        seq,
        cause: LedgerCause::Order,
        reverses: None,
        item: item.into(),
        delta: units,
        state,
    }
}

fn return_of(sale: &LedgerRow, seq: i64, units: i64, state: SendState) -> LedgerRow {
    LedgerRow {
        seq,
        cause: LedgerCause::Release,
        reverses: Some(sale.seq),
        item: sale.item.clone(),
        delta: -units,
        state,
    }
}

fn line(item: &str, quantity: i64, rows: Vec<LedgerRow>) -> Line {
    Line {
        item: item.into(),
        quantity,
        rows,
    }
}

/// Number, delta, reversed sale, state and reason of a new row.
type Made = (i64, i64, Option<i64>, SendState, Option<LedgerReason>);

fn made(plan: &Plan) -> Vec<Made> {
    let entry = |entry: &clover_core::ledger::NewRow| {
        let row = &entry.row;
        (row.seq, row.delta, row.reverses, row.state, entry.reason)
    };
    plan.entries.iter().map(entry).collect()
}

fn change(seq: i64, state: SendState, reason: LedgerReason) -> RowChange {
    RowChange {
        seq,
        state,
        reason: Some(reason),
    }
}

#[test]
fn a_release_gives_back_the_whole_of_every_sale_the_newest_first() {
    let rows = vec![
        sale(1, "A", 3, SendState::Confirmed),
        sale(2, "A", 4, SendState::Confirmed),
    ];
    let plan = line("A", 7, rows).plan(SaleState::Released, true);
    assert_eq!(
        made(&plan),
        [
            (3, -4, Some(2), SendState::Intended, None),
            (4, -3, Some(1), SendState::Intended, None)
        ]
    );
}

#[test]
fn a_return_reverses_a_sale_of_its_own_item() {
    let rows = vec![
        sale(1, "A", 2, SendState::Confirmed),
        sale(2, "B", 2, SendState::Confirmed),
    ];
    let plan = line("A", 2, rows).plan(SaleState::Released, true);
    let reversed: Vec<_> = plan
        .entries
        .iter()
        .map(|entry| (entry.row.item.as_str(), entry.row.reverses))
        .collect();
    assert_eq!(reversed, [("B", Some(2)), ("A", Some(1))]);
}

#[test]
fn while_push_stock_is_off_nothing_is_given_back() {
    let rows = vec![sale(1, "A", 2, SendState::Confirmed)];
    let plan = line("A", 2, rows).plan(SaleState::Released, false);
    let off = Some(LedgerReason::PushOff);
    assert_eq!(made(&plan), [(2, -2, Some(1), SendState::Skipped, off)]);
    assert_eq!(plan.changes, []);
}

#[test]
fn a_return_whose_sale_ended_otherwise_follows_the_sale() {
    let next = |state, returned, asked| {
        let first = sale(1, "A", 3, SendState::Confirmed);
        let second = sale(2, "A", 3, state);
        let back = return_of(&second, 3, returned, SendState::Intended);
        line("A", 0, vec![first, second, back]).next_step(asked)
    };
    assert_eq!(next(SendState::Confirmed, 3, 3), NextStep::Send);
    assert_eq!(next(SendState::Confirmed, 3, 1), NextStep::Send, "a sale");
    assert_eq!(next(SendState::Intended, 3, 3), NextStep::Wait);
    assert_eq!(next(SendState::Sent, 3, 3), NextStep::Wait);
    assert_eq!(
        next(SendState::Confirmed, 3, 4),
        NextStep::Wait,
        "no such row"
    );
    let uncertain = change(3, SendState::Uncertain, LedgerReason::AfterUncertain);
    assert_eq!(
        next(SendState::Uncertain, 3, 3),
        NextStep::Become(vec![uncertain])
    );
    let skipped = change(3, SendState::Skipped, LedgerReason::NeverTaken);
    assert_eq!(
        next(SendState::Skipped, 3, 3),
        NextStep::Become(vec![skipped])
    );
    // A dead sale of which nothing is wanted any more need not wait for the owner.
    let moot = change(2, SendState::Skipped, LedgerReason::Moot);
    assert_eq!(
        next(SendState::Dead, 3, 3),
        NextStep::Become(vec![skipped, moot])
    );
    assert_eq!(next(SendState::Dead, 2, 3), NextStep::Become(vec![skipped]));
}

#[test]
fn a_dead_sale_is_replaced_by_rows_with_the_next_numbers() {
    let dead = sale(1, "A", 5, SendState::Dead);
    let back = return_of(&dead, 2, 2, SendState::Skipped);
    let plan = line("A", 3, vec![dead, back])
        .resolve(1, Resolution::NotApplied)
        .unwrap();
    let replaced = Some(LedgerReason::Replaced);
    assert_eq!(
        made(&plan),
        [
            (3, -3, Some(1), SendState::Skipped, replaced),
            (4, 3, None, SendState::Intended, None)
        ]
    );
    assert_eq!(
        plan.changes,
        [change(1, SendState::Skipped, LedgerReason::Replaced)]
    );
}

#[test]
fn a_sale_that_was_left_at_the_moment_of_a_reading_is_not_in_it() {
    let left = LedgerEntry {
        item: "A".into(),
        delta: 3,
        state: SendState::Skipped,
        settled: Some(100),
        reverses: None,
        counted: true,
    };
    let taken = HashMap::from([("A".to_owned(), 3)]);
    let held = |as_of| committed(&taken, std::slice::from_ref(&left), as_of);
    assert_eq!(held(100).get("A"), Some(&3));
    assert_eq!(held(101).get("A"), None);
}

#[test]
fn units_given_back_by_hand_do_not_count_against_the_sale_after_a_release() {
    let sold = sale(1, "A", 3, SendState::Confirmed);
    let by_hand = LedgerRow {
        cause: LedgerCause::Manual,
        ..return_of(&sold, 2, 1, SendState::Confirmed)
    };
    let mut order = line("A", 3, vec![sold, by_hand]);
    assert_eq!(order.plan(SaleState::Paid, true), Plan::default());
    let released = order.plan(SaleState::Released, true);
    assert_eq!(
        made(&released),
        [(3, -2, Some(1), SendState::Intended, None)]
    );
    assert_eq!(released.entries[0].row.cause, LedgerCause::Release);
    order
        .rows
        .extend(released.entries.into_iter().map(|e| e.row));
    let again = order.plan(SaleState::Paid, true);
    assert_eq!(made(&again), [(4, 3, None, SendState::Intended, None)]);
}

#[test]
fn an_order_made_smaller_gives_back_the_difference_and_no_more() {
    let rows = vec![
        sale(1, "A", 3, SendState::Confirmed),
        sale(2, "A", 4, SendState::Confirmed),
    ];
    let plan = line("A", 2, rows).plan(SaleState::Paid, true);
    assert_eq!(
        made(&plan),
        [
            (3, -4, Some(2), SendState::Intended, None),
            (4, -1, Some(1), SendState::Intended, None)
        ]
    );
}
