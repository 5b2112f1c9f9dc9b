//! Histories that once went wrong, and those that need a name.

use clover_core::ledger::SendState::{Confirmed, Skipped, Uncertain};

use crate::run::{Planted, Rest, run};
use crate::step::Effect::*;
use crate::step::Event::*;
use crate::step::On::*;
use crate::step::Point::*;
use crate::step::Say::*;
use crate::step::Step::*;
use crate::step::{History, QUIET, Setup, Step};

/// The laws hold in this history; how it ended.
fn holds(setup: Setup, steps: &[Step]) -> Rest {
    let steps = steps.to_vec();
    run(&History { setup, steps }, Planted::Nothing).unwrap_or_else(|broken| panic!("{}", broken.0))
}

const SALE: Step = Order {
    product: 0,
    units: 2,
    other: None,
    old: false,
};
const PAID: Step = Status {
    order: 0,
    to: 1,
    event: Received,
};
const CANCELLED: Step = Status {
    order: 0,
    to: 6,
    event: Received,
};
const WORK: Step = Work {
    worker: 0,
    dies: None,
};
const MOMENT: Step = Pause { ms: 2_000 };
const TILL: Step = Till {
    item: 0,
    thousandths: 1_000,
};

#[test]
fn a_sale_whose_answer_is_lost_and_that_is_cancelled_before_it_is_settled_is_given_back() {
    let lost = Step::once(Writes, ApplyThenDrop);
    let rest = holds(
        QUIET,
        &[SALE, PAID, lost, WORK, MOMENT, CANCELLED, WORK, MOMENT],
    );
    assert_eq!(rest.rows, [(2, Confirmed), (-2, Confirmed)]);
    assert_eq!((rest.counts[0], rest.totals.writes), (Some(12_000), 2));
}

#[test]
fn a_sale_that_never_arrived_and_is_cancelled_before_it_is_settled_is_never_given_back() {
    let lost = Step::once(Writes, Drop);
    let rest = holds(
        QUIET,
        &[SALE, PAID, lost, WORK, MOMENT, CANCELLED, WORK, MOMENT],
    );
    assert_eq!((rest.counts[0], rest.shown[0]), (Some(12_000), 12));
}

#[test]
fn a_worker_that_dies_between_storing_and_sending_sends_nothing_twice() {
    let dies = Work {
        worker: 0,
        dies: Some(Stored),
    };
    let rest = holds(QUIET, &[SALE, PAID, dies, MOMENT]);
    assert_eq!(
        (rest.counts[0], rest.rows),
        (Some(10_000), vec![(2, Confirmed)])
    );
    assert_eq!((rest.totals.writes, rest.totals.unanswered), (2, 1));
}

#[test]
fn a_worker_that_dies_after_sending_sends_nothing_twice() {
    let dies = Work {
        worker: 0,
        dies: Some(Wrote),
    };
    let rest = holds(QUIET, &[SALE, PAID, dies, MOMENT]);
    assert_eq!(
        (rest.counts[0], rest.rows),
        (Some(10_000), vec![(2, Confirmed)])
    );
    assert_eq!((rest.totals.writes, rest.totals.unanswered), (1, 1));
}

#[test]
fn a_worker_killed_while_its_write_is_on_the_wire_sends_nothing_twice() {
    let slow = Step::once(Writes, Slow(3_000));
    let rest = holds(
        QUIET,
        &[SALE, PAID, slow, WORK, MOMENT, Kill { worker: 0 }, WORK],
    );
    assert_eq!((rest.counts[0], rest.totals.writes), (Some(10_000), 1));
}

#[test]
fn what_the_till_sells_inside_the_window_is_told() {
    let late = Step::once(Reads, Delay(600));
    let rest = holds(
        QUIET,
        &[SALE, PAID, late, WORK, Pause { ms: 300 }, TILL, MOMENT],
    );
    assert_eq!(
        (rest.totals.overlapped, rest.totals.till_units_overlapped),
        (1, 1_000)
    );
    assert_eq!(
        (rest.counts[0], rest.rows),
        (Some(10_000), vec![(2, Confirmed)])
    );
}

#[test]
fn what_the_till_sells_inside_the_window_of_a_lost_answer_or_a_killed_worker_is_told() {
    let on_writes = |effect| Step::once(Writes, effect);
    let (slow, lost) = (on_writes(Slow(2_800)), on_writes(ApplyThenDrop));
    let later = [Pause { ms: 36_000 }, WORK];
    for (faults, end) in [(vec![slow, lost], MOMENT), (vec![slow], Kill { worker: 0 })] {
        let mut steps = vec![SALE, PAID];
        steps.extend(faults);
        steps.extend([WORK, Pause { ms: 400 }, TILL, end]);
        steps.extend(later);
        let rest = holds(QUIET, &steps);
        assert_eq!(
            (rest.totals.overlapped_unanswered, rest.rows),
            (1, vec![(2, Confirmed)])
        );
        let planted = Planted::WindowTooShort;
        let broken = run(
            &History {
                setup: QUIET,
                steps,
            },
            planted,
        );
        assert!(broken.is_err_and(|broken| broken.0.contains("are named")));
    }
}

#[test]
fn a_count_that_the_till_moves_back_within_a_second_is_told_when_the_write_is_sent_again() {
    let lost = Step::once(Writes, ApplyThenDrop);
    let cancelled = Status {
        order: 0,
        to: 6,
        event: Received,
    };
    let till = Till {
        item: 0,
        thousandths: 2_000,
    };
    // To the beginning of a second of Clover's clock.
    let long = Pause { ms: 5_800 };
    let short = Pause { ms: 250 };
    let mut steps = vec![
        SALE, PAID, WORK, long, TILL, cancelled, lost, WORK, short, till,
    ];
    steps.extend([Pause { ms: 40_000 }, WORK]);
    let setup = Setup {
        latency: 5,
        ..QUIET
    };
    let rest = holds(setup, &steps);
    assert_eq!((rest.totals.misread, rest.totals.undecidable), (1, 0));
    let broken = run(&History { setup, steps }, Planted::ResentForgotten);
    assert!(broken.is_err_and(|broken| broken.0.contains("are named")));
}

#[test]
fn what_the_till_sells_before_an_unanswered_write_is_settled_leaves_it_to_the_owner() {
    let lost = Step::once(Writes, ApplyThenDrop);
    let rest = holds(
        QUIET,
        &[
            SALE,
            PAID,
            lost,
            WORK,
            MOMENT,
            TILL,
            Pause { ms: 40_000 },
            WORK,
        ],
    );
    assert_eq!(rest.rows, [(2, Uncertain)]);
    let word = Resolve { row: 0, say: Truth };
    let settled = holds(
        QUIET,
        &[
            SALE,
            PAID,
            lost,
            WORK,
            MOMENT,
            TILL,
            Pause { ms: 40_000 },
            WORK,
            MOMENT,
            word,
        ],
    );
    assert_eq!(
        (settled.rows, settled.counts[0]),
        (vec![(2, Confirmed)], Some(9_000))
    );
}

#[test]
fn a_cancellation_told_before_the_confirmation_counts_as_it_is() {
    let late = Status {
        order: 0,
        to: 1,
        event: Late,
    };
    let rest = holds(QUIET, &[SALE, late, WORK, MOMENT, CANCELLED, WORK, MOMENT]);
    assert_eq!((rest.counts[0], rest.shown[0]), (Some(12_000), 12));
    let again = Status {
        order: 0,
        to: 1,
        event: Lost,
    };
    let rest = holds(
        QUIET,
        &[SALE, late, WORK, MOMENT, CANCELLED, WORK, MOMENT, again],
    );
    assert_eq!((rest.counts[0], rest.shown[0]), (Some(10_000), 10));
}

#[test]
fn a_line_that_is_given_another_product_gives_the_old_one_back() {
    let swap = Swap {
        order: 0,
        line: 0,
        product: 1,
    };
    let rest = holds(QUIET, &[SALE, PAID, WORK, MOMENT, swap, Scan, WORK, MOMENT]);
    assert_eq!(rest.rows, [(2, Confirmed), (-2, Confirmed), (2, Confirmed)]);
    assert_eq!(rest.counts, [Some(12_000), Some(1_000), Some(2_500)]);
}

#[test]
fn units_refunded_by_hand_come_back_once() {
    let by_hand = Hand {
        order: 0,
        line: 0,
        units: 1,
    };
    let rest = holds(
        QUIET,
        &[SALE, PAID, WORK, MOMENT, by_hand, WORK, MOMENT, Scan, WORK],
    );
    assert_eq!((rest.counts[0], rest.shown[0]), (Some(11_000), 11));
    let cancelled = holds(
        QUIET,
        &[
            SALE, PAID, WORK, MOMENT, by_hand, WORK, MOMENT, CANCELLED, WORK,
        ],
    );
    assert_eq!(
        (cancelled.counts[0], cancelled.shown[0]),
        (Some(12_000), 12)
    );
}

#[test]
fn a_refunded_order_gives_its_units_back_though_its_status_stays() {
    let rest = holds(
        QUIET,
        &[
            SALE,
            PAID,
            WORK,
            MOMENT,
            Refund { order: 0 },
            Scan,
            WORK,
            MOMENT,
        ],
    );
    assert_eq!((rest.counts[0], rest.shown[0]), (Some(12_000), 12));
}

#[test]
fn a_page_read_before_the_owner_set_a_count_shows_no_unit_twice() {
    let lost = Step::once(Writes, Drop);
    let rest = holds(
        QUIET,
        &[
            SALE,
            PAID,
            lost,
            WORK,
            MOMENT,
            TILL,
            Pause { ms: 40_000 },
            WORK,
            MOMENT,
            Read,
            MOMENT,
            Resolve { row: 0, say: Leave },
            Apply,
        ],
    );
    assert_eq!(
        (rest.counts[0], rest.rows),
        (Some(9_000), vec![(2, Skipped)])
    );
}

#[test]
fn a_write_that_takes_all_its_time_to_arrive_is_not_sent_a_second_time() {
    let slow = Step::once(Writes, Slow(29_900));
    for ms in (29_000..34_000).step_by(50) {
        let rest = holds(
            QUIET,
            &[
                SALE,
                PAID,
                slow,
                WORK,
                Pause { ms },
                Rob,
                Work {
                    worker: 1,
                    dies: None,
                },
                MOMENT,
            ],
        );
        assert_eq!(
            (rest.counts[0], rest.totals.writes),
            (Some(10_000), 1),
            "{ms} ms"
        );
    }
}

#[test]
fn a_worker_that_lost_the_lock_writes_no_count_that_another_has_changed() {
    let other = Order {
        product: 0,
        units: 1,
        other: None,
        old: false,
    };
    let second = Status {
        order: 1,
        to: 1,
        event: Received,
    };
    for ms in (20..200).step_by(5) {
        let late = Step::once(Reads, Delay(500));
        let rest = holds(
            QUIET,
            &[
                SALE,
                other,
                PAID,
                second,
                late,
                WORK,
                Pause { ms },
                Rob,
                Work {
                    worker: 1,
                    dies: None,
                },
                MOMENT,
            ],
        );
        assert_eq!(rest.counts[0], Some(9_000), "{ms} ms");
    }
}

#[test]
fn units_kept_for_the_till_are_taken_off_once_before_and_after_a_sale_is_written() {
    let setup = Setup {
        reserve: 3,
        ..QUIET
    };
    let lost = Step::once(Writes, ApplyThenDrop);
    let pull = [Read, MOMENT, Apply];
    let steps = [&[SALE][..], &pull, &[PAID], &pull, &[lost, WORK], &pull].concat();
    let rest = holds(setup, &steps);
    assert_eq!((rest.counts[0], rest.shown[0]), (Some(10_000), 7));
    for (units, shown) in [(0, 10), (9, 1), (11, 0)] {
        let steps = [&steps[..], &[Reserve { units }], &pull].concat();
        assert_eq!(holds(setup, &steps).shown[0], shown, "{units} kept");
    }
}
