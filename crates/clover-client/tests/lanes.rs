#![allow(clippy::cast_possible_truncation, reason = "a few units")]

//! Lanes of a token that change hands between processes.

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clover_client::lanes::{Answer, Leave, Order};
use clover_client::pace::{Given, LANES};
use clover_client::{Api, Environment, Hosts, Lanes, Pacer, Share};
use support::{Script, Step, access, policy};
use tokio::time::{Instant, sleep, timeout};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn paced(script: &Arc<Script>, pacer: &Pacer) -> Api {
    let hosts = Hosts::of(Environment::Sandbox);
    Api::with_transport(script.clone(), hosts, pacer.clone(), policy())
}

fn fresh() -> Lanes {
    Lanes::new(Pacer::in_lanes(Share::default()))
}

fn held(pacer: &Pacer, lanes: u32) {
    pacer.set_lanes(lanes, Instant::now() + ms(60_000));
}

/// Starts so many requests that are answered after a while.
fn start(api: &Api, count: usize) -> Vec<tokio::task::JoinHandle<()>> {
    (0..count)
        .map(|n| {
            let call = api.get(&access(), &format!("items/{n}"), &[]);
            tokio::spawn(async move {
                call.await.unwrap();
            })
        })
        .collect()
}

fn slow(latency: u64) -> Arc<Script> {
    Script::new(move |_, _| Step::Slow(ms(latency), Box::new(Step::ok("{}"))))
}

#[test]
fn the_parts_never_add_up_to_more_than_the_whole() {
    let whole = Share::of_lanes(LANES);
    assert_eq!(whole, Share::default());
    for one in 0..=LANES {
        let (a, b) = (Share::of_lanes(one), Share::of_lanes(LANES - one));
        assert!(a.per_second + b.per_second <= whole.per_second);
        assert_eq!(a.in_flight + b.in_flight, whole.in_flight);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_lane_nothing_starts_and_the_first_who_waits_makes_it_known() {
    let script = slow(10);
    let lanes = fresh();
    let api = paced(&script, lanes.pacer());
    timeout(ms(5_000), lanes.hunger()).await.unwrap_err();
    assert!(lanes.due().is_none());
    let calls = start(&api, 3);
    timeout(ms(1), lanes.hunger()).await.unwrap();
    let order = lanes.due().unwrap();
    assert_eq!((order.wanted, order.given.lanes, order.away), (3, 0, false));
    lanes.settle(&order, &Answer::default());
    assert!(lanes.due().is_none(), "it has just asked");
    timeout(ms(200), lanes.hunger()).await.unwrap_err();
    timeout(ms(100), lanes.hunger()).await.unwrap();
    assert!(script.seen().is_empty());
    let order = lanes.due().unwrap();
    let answer = Answer {
        lanes: 2,
        keep: 2,
        valid_for: ms(4_000),
        ..Answer::default()
    };
    lanes.settle(&order, &answer);
    sleep(ms(1)).await;
    assert_eq!(script.seen().len(), 2);
    for call in calls {
        call.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_others_did_on_a_lane_counts_for_who_takes_it() {
    let script = slow(0);
    let pacer = Pacer::in_lanes(Share::default());
    held(&pacer, 1);
    pacer.adopt(&[ms(300), ms(700)]);
    let began = Instant::now();
    let calls = start(&paced(&script, &pacer), 3);
    sleep(ms(2_000)).await;
    let at: Vec<_> = script.seen().iter().map(|s| s.at - began).collect();
    assert_eq!(at, [ms(0), ms(300), ms(700)]);
    assert!(calls.iter().all(tokio::task::JoinHandle::is_finished));
}

#[tokio::test(start_paused = true)]
async fn a_lane_takes_along_what_the_rest_has_no_room_for() {
    let script = slow(0);
    let pacer = Pacer::in_lanes(Share::default());
    held(&pacer, 5);
    let calls = start(&paced(&script, &pacer), 11);
    sleep(ms(10)).await;
    assert!(calls.iter().all(tokio::task::JoinHandle::is_finished));
    let none = pacer.give(4);
    assert_eq!((none.lanes, none.recent.len()), (1, 0), "11 fit into 12");
    let some = pacer.give(3);
    assert_eq!((some.lanes, some.recent.len()), (1, 2), "9 fit into 9");
    assert_eq!(some.recent, [ms(1_000), ms(1_000)]);
    let all = pacer.give(0);
    assert_eq!((all.lanes, all.recent.len()), (3, 9));
}

#[tokio::test(start_paused = true)]
async fn lanes_in_use_and_lanes_that_were_pledged_are_not_given() {
    let script = slow(400);
    let pacer = Pacer::in_lanes(Share::default());
    held(&pacer, 4);
    let _calls = start(&paced(&script, &pacer), 2);
    sleep(ms(10)).await;
    pacer.pledge(ms(100));
    assert_eq!(pacer.give(3), Given::default());
    pacer.redeem();
    assert_eq!(pacer.give(3).lanes, 1);
    pacer.pledge(ms(100));
    assert_eq!(pacer.give(0), Given::default());
    sleep(ms(100)).await;
    assert_eq!(pacer.give(0).lanes, 1);
    assert_eq!(pacer.lanes(), 2);
    sleep(ms(400)).await;
    let rest = pacer.give(0);
    assert_eq!((rest.lanes, rest.recent.len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn nothing_starts_once_the_lease_is_over() {
    let script = slow(0);
    let lanes = fresh();
    lanes.pacer().set_lanes(5, Instant::now() + ms(4_000));
    sleep(ms(4_000)).await;
    let _calls = start(&paced(&script, lanes.pacer()), 1);
    sleep(ms(1_000)).await;
    assert!(script.seen().is_empty());
    timeout(ms(1), lanes.hunger()).await.unwrap();
    assert!(lanes.due().is_some());
}

#[tokio::test(start_paused = true)]
async fn when_the_second_is_full_all_lanes_are_wanted() {
    let script = slow(50);
    let lanes = fresh();
    held(lanes.pacer(), 1);
    let api = paced(&script, lanes.pacer());
    let job = tokio::spawn(async move {
        for _ in 0..6 {
            api.get(&access(), "items", &[]).await.unwrap();
        }
    });
    timeout(ms(140), lanes.hunger()).await.unwrap_err();
    timeout(ms(20), lanes.hunger()).await.unwrap();
    assert_eq!(lanes.due().unwrap().wanted, 5);
    job.abort();
}

#[tokio::test(start_paused = true)]
async fn who_leaves_for_long_gives_back_what_is_idle_and_says_so_of_the_rest() {
    let script = slow(300);
    let lanes = fresh();
    held(lanes.pacer(), 5);
    let _calls = start(&paced(&script, lanes.pacer()), 2);
    sleep(ms(10)).await;
    let Some(Leave::Say(order)) = lanes.leave(false) else {
        panic!("nothing to say");
    };
    assert_eq!((order.given.lanes, order.away, order.wanted), (3, true, 0));
    let mut answer = Answer {
        lanes: 2,
        keep: 2,
        valid_for: ms(60_000),
        ..Answer::default()
    };
    lanes.settle(&order, &answer);
    assert!(lanes.leave(false).is_none());
    answer.crowded = true;
    lanes.settle(&order, &answer);
    assert!(matches!(lanes.leave(false), Some(Leave::Drain)));
    lanes.pacer().stop(true);
    timeout(ms(300), lanes.pacer().drained()).await.unwrap();
    let Some(Leave::Say(order)) = lanes.leave(true) else {
        panic!("nothing to say");
    };
    assert_eq!((order.given.lanes, order.given.recent.len()), (2, 2));
    assert!(!order.away);
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_at_once_keeps_its_lanes() {
    let lanes = fresh();
    held(lanes.pacer(), 5);
    assert!(lanes.leave(false).is_some());
    held(lanes.pacer(), 5);
    sleep(ms(50)).await;
    lanes.enter();
    assert!(lanes.leave(false).is_none());
    sleep(ms(250)).await;
    lanes.enter();
    assert!(lanes.leave(false).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_clover_closes_is_told_once_and_heard_from_others() {
    let lanes = fresh();
    held(lanes.pacer(), 1);
    lanes.pacer().close_for(ms(3_000));
    let order = lanes.due().unwrap();
    assert_eq!(order.closed_for, ms(3_000));
    let answer = Answer {
        lanes: 1,
        keep: 1,
        valid_for: ms(4_000),
        closed_for: ms(7_000),
        ..Answer::default()
    };
    lanes.settle(&order, &answer);
    assert_eq!(lanes.pacer().closed_for(), ms(7_000));
    assert!(lanes.due().is_none());
    lanes.enter();
    lanes.leave(false).unwrap();
    lanes.enter();
    lanes.pacer().close_for(ms(9_000));
    let Some(Leave::Say(order)) = lanes.leave(false) else {
        panic!("nothing to say");
    };
    assert_eq!(order.closed_for, ms(9_000));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_another_one_overtook_is_asked_for_again() {
    let lanes = fresh();
    held(lanes.pacer(), 1);
    let say = || {
        held(lanes.pacer(), 1);
        match lanes.leave(false) {
            Some(Leave::Say(order)) => order,
            other => panic!("{other:?}"),
        }
    };
    let (outer, inner) = (say(), say());
    let answer = |count| Answer {
        lanes: count,
        keep: count,
        valid_for: ms(4_000),
        ..Answer::default()
    };
    lanes.settle(&inner, &answer(2));
    lanes.settle(&outer, &answer(5));
    assert_eq!(lanes.pacer().lanes(), 2);
    assert!(lanes.due().is_some());
}

/// Divides lanes without any sense of fairness: whom it likes gets what is free, and must shrink at any time.
#[derive(Default)]
struct Divider {
    holders: [Option<usize>; LANES as usize],
    recent: [Vec<Instant>; LANES as usize],
    dice: u64,
}

impl Divider {
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % sides
    }

    fn take_back(&mut self, who: usize, given: &Given) {
        let now = Instant::now();
        let mut recent: Vec<Instant> = given.recent.iter().map(|time| now + *time).collect();
        let mut left = given.lanes;
        for lane in 0..LANES as usize {
            if left > 0 && self.holders[lane] == Some(who) {
                left -= 1;
                self.holders[lane] = None;
                self.recent[lane] = if left == 0 {
                    std::mem::take(&mut recent)
                } else {
                    recent.split_off(recent.len().saturating_sub(3))
                };
            }
        }
    }

    fn exchange(&mut self, who: usize, order: &Order) -> Answer {
        let now = Instant::now();
        self.take_back(who, &order.given);
        let mut adopted: Vec<Instant> = Vec::new();
        let mut held = self.holders.iter().filter(|h| **h == Some(who)).count() as u32;
        for lane in 0..LANES as usize {
            if held < order.wanted && self.holders[lane].is_none() && self.roll(3) > 0 {
                held += 1;
                self.holders[lane] = Some(who);
                let recent = std::mem::take(&mut self.recent[lane]);
                adopted.extend(recent.into_iter().filter(|until| *until > now));
            }
        }
        let keep = u32::try_from(self.roll(u64::from(held) + 1)).unwrap();
        let recent = adopted.iter().map(|until| *until - now);
        Answer {
            lanes: held,
            keep,
            crowded: true,
            recent: recent.collect(),
            valid_for: ms(4_000),
            closed_for: Duration::ZERO,
            learned: None,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn however_lanes_change_hands_no_second_sees_more_than_sixteen_and_no_moment_more_than_five()
{
    for seed in 0..40 {
        let latency = [1, 20, 100, 250, 700][seed as usize % 5];
        let script = slow(latency);
        let divider = Arc::new(Mutex::new(Divider {
            dice: seed * 7_919 + 1,
            ..Divider::default()
        }));
        let mut jobs = Vec::new();
        for who in 0..4 {
            let (script, divider) = (script.clone(), divider.clone());
            jobs.push(tokio::spawn(async move {
                let lanes = fresh();
                let api = paced(&script, lanes.pacer());
                let mut calls = start(&api, 30);
                loop {
                    let _ = timeout(ms(50), lanes.hunger()).await;
                    if let Some(order) = lanes.due() {
                        let answer = divider.lock().unwrap().exchange(who, &order);
                        lanes.settle(&order, &answer);
                    }
                    calls.retain(|call| !call.is_finished());
                    if calls.is_empty() {
                        break;
                    }
                }
                let given = lanes.pacer().give(0);
                divider.lock().unwrap().take_back(who, &given);
            }));
        }
        for job in jobs {
            timeout(ms(120_000), job).await.unwrap().unwrap();
        }
        let starts: Vec<_> = script.seen().iter().map(|seen| seen.at).collect();
        assert_eq!(starts.len(), 120);
        for start in &starts {
            // Wherever between start and answer a request arrives.
            let from = *start + ms(latency);
            let second = starts
                .iter()
                .filter(|at| **at + ms(latency) >= from && **at < from + ms(1_000));
            assert!(second.count() <= 16, "seed {seed}, {latency} ms");
            let together = starts
                .iter()
                .filter(|at| **at <= *start && *start < **at + ms(latency));
            assert!(together.count() <= 5, "seed {seed}, {latency} ms");
        }
    }
}
