//! Streams over a scripted list: every id once, no endless loop, no false end.

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use clover_client::{Error, PageStream, Pages, PairedPageStream, Prefetch, RawPage};
use serde_json::{Value, json};
use support::{Script, Seen, Step, access, api};
use tokio::runtime::Handle;

fn id(n: usize) -> String {
    format!("A{n:012}")
}

/// Responds like a list of `count` elements that sorts and filters by id.
fn list(count: usize) -> impl Fn(&Seen, usize) -> Step + Send + Sync {
    move |seen, _| Step::ok(page_of(seen, (0..count).map(id)))
}

fn page_of(seen: &Seen, ids: impl Iterator<Item = String>) -> String {
    let behind = seen
        .query
        .iter()
        .filter(|(key, _)| key == "filter")
        .find_map(|(_, filter)| filter.strip_prefix("id>"))
        .unwrap_or_default();
    let limit: usize = seen.param("limit").unwrap().parse().unwrap();
    let elements: Vec<Value> = ids
        .filter(|id| id.as_str() > behind)
        .take(limit)
        .map(|id| json!({"name": "x", "id": id, "expanded": seen.param("expand")}))
        .collect();
    json!({"elements": elements, "href": "http://never.followed"}).to_string()
}

fn ids(page: &RawPage) -> Vec<String> {
    let body: Value = serde_json::from_slice(&page.body).unwrap();
    let elements = body["elements"].as_array().unwrap();
    let id = |element: &Value| element["id"].as_str().unwrap().to_owned();
    elements.iter().map(id).collect()
}

async fn drain(stream: &mut impl Pages<Page = RawPage>) -> Result<Vec<String>, Error> {
    let mut all = Vec::new();
    while let Some(page) = stream.next().await {
        all.extend(ids(&page?));
    }
    Ok(all)
}

#[tokio::test(start_paused = true)]
async fn a_stream_requests_each_range_once_and_ends_at_the_short_page() {
    let script = Script::new(list(2_500));
    let mut stream =
        PageStream::new(&api(&script), &access(), "items").expand(&["categories", "tags"]);
    let all = drain(&mut stream).await.unwrap();
    assert_eq!(all, (0..2_500).map(id).collect::<Vec<_>>());
    assert_eq!(stream.cursor(), Some(id(2_499).as_str()));
    assert!(stream.next().await.is_none());
    let seen = script.seen();
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[0].param("orderBy"), Some("id"));
    assert_eq!(seen[0].param("expand"), Some("categories,tags"));
    let filters = |seen: &Seen| seen.query.iter().filter(|(k, _)| k == "filter").count();
    assert_eq!((filters(&seen[0]), filters(&seen[1])), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_list_that_ends_with_a_full_page_needs_one_more_request() {
    let script = Script::new(list(200));
    let mut stream = PageStream::new(&api(&script), &access(), "items").limit(100);
    assert_eq!(drain(&mut stream).await.unwrap().len(), 200);
    assert_eq!(script.seen().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_is_one_empty_last_page() {
    let script = Script::new(list(0));
    let mut stream = PageStream::new(&api(&script), &access(), "items");
    let page = stream.next().await.unwrap().unwrap();
    assert_eq!((page.count, page.last, page.cursor), (0, true, None));
    assert!(stream.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_stream_continues_from_a_saved_cursor() {
    let script = Script::new(list(250));
    let mut stream = PageStream::new(&api(&script), &access(), "items").after(Some(id(99)));
    assert_eq!(
        drain(&mut stream).await.unwrap(),
        (100..250).map(id).collect::<Vec<_>>()
    );
}

async fn refused(answer: impl Fn(&Seen, usize) -> Step + Send + Sync + 'static) -> (Error, usize) {
    let script = Script::new(answer);
    let mut stream = PageStream::new(&api(&script), &access(), "items").limit(10);
    let error = drain(&mut stream).await.unwrap_err();
    (error, script.seen().len())
}

#[tokio::test(start_paused = true)]
async fn a_page_that_does_not_advance_is_an_error_and_not_an_endless_loop() {
    let same = |seen: &Seen, _| {
        let mut first = seen.clone();
        first.query.retain(|(key, _)| key != "filter");
        Step::ok(page_of(&first, (0..50).map(id)))
    };
    let (error, requests) = refused(same).await;
    assert!(error.to_string().contains("does not advance"), "{error}");
    assert_eq!(requests, 2);
}

#[tokio::test(start_paused = true)]
async fn full_pages_out_of_order_or_without_ids_are_errors() {
    let reversed = |seen: &Seen, _| Step::ok(page_of(seen, (0..50).rev().map(id)));
    let (error, _) = refused(reversed).await;
    assert!(error.to_string().contains("not sorted by id"), "{error}");

    let nameless = |_: &Seen, _| Step::ok(json!({"elements": vec![json!({}); 10]}).to_string());
    let (error, _) = refused(nameless).await;
    assert!(error.to_string().contains("no usable id"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_unsorted_list_that_fits_one_page_is_accepted() {
    let script = Script::new(|seen: &Seen, _| Step::ok(page_of(seen, (0..50).rev().map(id))));
    let mut stream = PageStream::new(&api(&script), &access(), "items");
    assert_eq!(drain(&mut stream).await.unwrap().len(), 50);
    assert_eq!(stream.cursor(), Some(id(49).as_str()));
}

#[tokio::test(start_paused = true)]
async fn truncated_corrupted_and_error_bodies_of_a_page_are_requested_again() {
    let script = Script::new(|seen: &Seen, n| match n {
        0 => Step::ok(&br#"{"elements":[{"id":"A00"#[..]),
        1 => Step::ok(&b"\x00garbage"[..]),
        2 => Step::ok(r#"{"message":"Internal Error"}"#),
        3 => Step::Cut(200),
        _ => list(20)(seen, n),
    });
    let mut stream = PageStream::new(&api(&script), &access(), "items");
    assert_eq!(drain(&mut stream).await.unwrap().len(), 20);
    assert_eq!(script.seen().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn after_an_error_the_same_page_is_requested_again() {
    let script = Script::new(|seen: &Seen, n| {
        if n == 1 {
            Step::refusal(401)
        } else {
            list(25)(seen, n)
        }
    });
    let mut stream = PageStream::new(&api(&script), &access(), "items").limit(10);
    stream.next().await.unwrap().unwrap();
    assert!(stream.next().await.unwrap().unwrap_err().wants_new_token());
    assert_eq!(stream.cursor(), Some(id(9).as_str()));
    assert_eq!(
        drain(&mut stream).await.unwrap(),
        (10..25).map(id).collect::<Vec<_>>()
    );
}

fn paired(script: &std::sync::Arc<Script>, limit: usize) -> PairedPageStream {
    let stream = PageStream::new(&api(script), &access(), "items").limit(limit);
    stream
        .expand(&["categories", "options", "tags"])
        .paired(&["itemStock"])
}

#[tokio::test(start_paused = true)]
async fn a_paired_stream_reads_both_views_of_a_range_concurrently() {
    let script = Script::new(|seen: &Seen, n| {
        Step::Slow(Duration::from_millis(100), Box::new(list(25)(seen, n)))
    });
    let mut stream = paired(&script, 10);
    let mut stretches = Vec::new();
    while let Some(pair) = stream.next().await {
        let pair = pair.unwrap();
        assert_eq!(ids(&pair.first), ids(&pair.second));
        stretches.push(pair.first.count);
    }
    assert_eq!(stretches, [10, 10, 5]);
    let seen = script.seen();
    assert_eq!(seen.len(), 6);
    for both in seen.chunks(2) {
        assert_eq!(both[0].at, both[1].at);
        assert_eq!(both[0].param("filter"), both[1].param("filter"));
        let expands: BTreeSet<_> = both.iter().map(|s| s.param("expand").unwrap()).collect();
        assert_eq!(
            expands,
            BTreeSet::from(["categories,options,tags", "itemStock"])
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_item_created_between_the_two_requests_of_a_pair_shifts_no_page() {
    // In the first range, the second view has an item that the first view lacks.
    let script = Script::new(|seen: &Seen, _| {
        let stock = seen.param("expand") == Some("itemStock");
        let made = stock.then(|| "A0000000000035".to_owned());
        let mut all: Vec<String> = (0..20).map(id).chain(made).collect();
        all.sort();
        Step::ok(page_of(seen, all.into_iter()))
    });
    let mut stream = paired(&script, 10);
    let mut first = Vec::new();
    while let Some(pair) = stream.next().await {
        first.extend(ids(&pair.unwrap().first));
    }
    assert_eq!(first, (0..20).map(id).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn prefetch_keeps_two_pages_waiting_and_a_third_in_flight() {
    let script = Script::new(list(1_000));
    let stream = PageStream::new(&api(&script), &access(), "items").limit(100);
    let prefetch = Prefetch::start(&Handle::current(), stream, 2);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(script.seen().len(), 3);
    let mut all = Vec::new();
    while let Some(page) = prefetch.recv().await {
        all.extend(ids(&page.unwrap()));
    }
    assert_eq!(all.len(), 1_000);
    assert!(prefetch.recv().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_error_follows_the_pages_before_it_and_has_the_cursor_to_continue_from() {
    let script = Script::new(|seen: &Seen, n| {
        if n == 2 {
            Step::refusal(401)
        } else {
            list(50)(seen, n)
        }
    });
    let stream = PageStream::new(&api(&script), &access(), "items").limit(10);
    let prefetch = Prefetch::start(&Handle::current(), stream.clone(), 5);
    let first = prefetch.recv().await.unwrap().unwrap();
    let second = prefetch.recv().await.unwrap().unwrap();
    let stopped = prefetch.recv().await.unwrap().unwrap_err();
    assert!(stopped.error.wants_new_token());
    assert_eq!(stopped.cursor, second.cursor);
    assert!(prefetch.recv().await.is_none());
    let mut rest = stream.after(stopped.cursor);
    assert_eq!(
        first.count + second.count + drain(&mut rest).await.unwrap().len(),
        50
    );
}

#[tokio::test(start_paused = true)]
async fn dropping_the_prefetch_ends_its_requests() {
    let script = Script::new(|seen: &Seen, n| {
        Step::Slow(Duration::from_secs(1), Box::new(list(10_000)(seen, n)))
    });
    let stream = PageStream::new(&api(&script), &access(), "items").limit(10);
    let prefetch = Prefetch::start(&Handle::current(), stream, 2);
    prefetch.recv().await.unwrap().unwrap();
    drop(prefetch);
    let before = script.seen().len();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(script.seen().len(), before);
}

#[tokio::test]
async fn a_lost_task_does_not_count_as_the_end_of_the_list() {
    struct Broken(PageStream);
    impl Pages for Broken {
        type Page = RawPage;
        async fn next(&mut self) -> Option<Result<RawPage, Error>> {
            assert!(self.0.cursor().is_none(), "a bug");
            self.0.next().await
        }
        fn cursor(&self) -> Option<&str> {
            self.0.cursor()
        }
    }
    let script = Script::new(list(50));
    let stream = PageStream::new(&api(&script), &access(), "items").limit(10);
    let prefetch = Prefetch::start(&Handle::current(), Broken(stream), 2);
    let page = prefetch.recv().await.unwrap().unwrap();
    let stopped = prefetch.recv().await.unwrap().unwrap_err();
    assert_eq!(stopped.cursor, page.cursor);
    assert_eq!(stopped.error, Error::Interrupted);
}

#[tokio::test(start_paused = true)]
async fn a_complete_list_takes_one_plain_request_if_it_fits_a_page() {
    let script = Script::new(list(40));
    let pages = api(&script)
        .list_all(&access(), "attributes", &["options"])
        .await
        .unwrap();
    assert_eq!(pages.iter().map(|page| page.count).sum::<usize>(), 40);
    let seen = script.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].param("orderBy"), None);
    assert_eq!(seen[0].param("expand"), Some("options"));
}

#[tokio::test(start_paused = true)]
async fn a_complete_list_of_several_pages_has_every_id_once() {
    let script = Script::new(list(2_100));
    let pages = api(&script)
        .list_all(&access(), "categories", &[])
        .await
        .unwrap();
    let all: Vec<String> = pages.iter().flat_map(ids).collect();
    assert_eq!(all, (0..2_100).map(id).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_page_with_more_elements_than_requested_is_refused() {
    // A server that ignores the limit, and one that returns a single row too many.
    for count in [11, 25] {
        let script = Script::new(move |_: &Seen, _| page_with(count));
        let mut stream = PageStream::new(&api(&script), &access(), "items").limit(10);
        let error = stream.next().await.unwrap().unwrap_err();
        assert!(
            matches!(&error, Error::BadAnswer { at, .. } if at == "elements"),
            "{error:?}"
        );
        assert!(error.to_string().contains("more elements"), "{error}");
        assert_eq!(script.seen().len(), 1);
    }
    let script = Script::new(|_: &Seen, _| page_with(1_001));
    let read = api(&script).list_all(&access(), "categories", &[]);
    let error = read.await.unwrap_err();
    assert!(error.to_string().contains("more elements"), "{error}");
    assert_eq!(script.seen().len(), 1);
}

fn page_with(count: usize) -> Step {
    let elements: Vec<_> = (0..count).map(|n| json!({"id": id(n)})).collect();
    Step::ok(json!({"elements": elements}).to_string())
}

/// A Clover that refuses whole calls for these fields, as the real one does.
fn refusing(fields: &'static [&'static str]) -> impl Fn(&Seen, usize) -> Step + Send + Sync {
    move |seen, n| {
        let expand = seen.param("expand").unwrap_or_default();
        if expand.split(',').any(|field| fields.contains(&field)) {
            return Step::refusal(403);
        }
        list(25)(seen, n)
    }
}

fn expands(script: &Script) -> Vec<String> {
    let expand = |seen: &Seen| seen.param("expand").unwrap_or("-").to_owned();
    script.seen().iter().map(expand).collect()
}

#[tokio::test(start_paused = true)]
async fn a_withheld_field_is_found_once_and_left_out() {
    let script = Script::new(refusing(&["tags"]));
    let api = api(&script);
    let fields = ["categories", "options", "tags"];
    let mut stream = PageStream::new(&api, &access(), "items")
        .limit(10)
        .expand(&fields);
    assert_eq!(drain(&mut stream).await.unwrap().len(), 25);
    let both = "categories,options";
    assert_eq!(
        expands(&script),
        [
            "categories,options,tags",
            "categories",
            "options",
            "tags",
            both,
            both,
            both
        ]
    );
    assert_eq!(api.withheld().fields(), ["tags"]);
    // Known to all clones, and to no other API.
    let mut stream = PageStream::new(&api.clone(), &access(), "items").expand(&fields);
    drain(&mut stream).await.unwrap();
    assert_eq!(script.seen().len(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_single_field_and_a_pair_are_left_out_the_same_way() {
    let script = Script::new(refusing(&["itemStock", "categories"]));
    let api = api(&script);
    let stream = PageStream::new(&api, &access(), "items").expand(&["categories"]);
    let mut pair = stream.paired(&["itemStock"]);
    let page = pair.next().await.unwrap().unwrap();
    assert_eq!((page.first.count, page.second.count), (25, 25));
    assert_eq!(api.withheld().fields(), ["categories", "itemStock"]);
}

#[tokio::test(start_paused = true)]
async fn a_403_that_passes_withholds_nothing() {
    let script = Script::new(|seen: &Seen, n| {
        if n == 0 {
            Step::refusal(403)
        } else {
            list(5)(seen, n)
        }
    });
    let api = api(&script);
    let mut stream = PageStream::new(&api, &access(), "items").expand(&["categories", "tags"]);
    drain(&mut stream).await.unwrap();
    let both = "categories,tags";
    assert_eq!(expands(&script), [both, "categories", "tags", both]);
    assert!(api.withheld().fields().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_refused_without_fields_too_is_a_refusal() {
    let script = Script::new(|_: &Seen, _| Step::refusal(403));
    let api = api(&script);
    let mut stream = PageStream::new(&api, &access(), "items").expand(&["categories", "tags"]);
    let error = stream.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error:?}");
    assert!(!error.wants_new_token());
    assert_eq!(expands(&script).last().unwrap(), "-");
    assert!(api.withheld().fields().is_empty(), "nothing was learned");
}

#[tokio::test(start_paused = true)]
async fn a_firewalls_403_withholds_nothing() {
    let script = Script::new(|seen: &Seen, n| {
        if n < 2 {
            Step::page(403)
        } else {
            list(5)(seen, n)
        }
    });
    let api = api(&script);
    let mut stream = PageStream::new(&api, &access(), "items").expand(&["tags"]);
    drain(&mut stream).await.unwrap();
    assert_eq!(expands(&script), ["tags"; 3]);
    assert!(api.withheld().fields().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_field_on_trial_is_left_out_after_one_refusal_of_any_kind_and_nothing_else_is_asked() {
    for status in [400, 401, 403] {
        let script = Script::new(move |seen: &Seen, n| {
            if seen.param("expand").is_some_and(|e| e.contains("menuItem")) {
                Step::refusal(status)
            } else {
                list(25)(seen, n)
            }
        });
        let api = api(&script);
        let mut stream = PageStream::new(&api, &access(), "items")
            .limit(10)
            .expand(&["itemStock", "menuItem"]);
        assert_eq!(drain(&mut stream).await.unwrap().len(), 25, "{status}");
        let stock = "itemStock";
        let asked = ["itemStock,menuItem", stock, stock, stock];
        assert_eq!(expands(&script), asked, "{status}");
        assert_eq!(api.withheld().fields(), ["menuItem"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_field_on_trial_is_told_from_another_field_and_from_the_token() {
    let script = Script::new(refusing(&["itemStock"]));
    let api_of_other = api(&script);
    let both = ["itemStock", "menuItem"];
    let mut stream = PageStream::new(&api_of_other, &access(), "items").expand(&both);
    drain(&mut stream).await.unwrap();
    assert_eq!(api_of_other.withheld().fields(), ["itemStock"]);

    let script = Script::new(|_: &Seen, _| Step::refusal(401));
    let api_of_token = api(&script);
    let mut stream = PageStream::new(&api_of_token, &access(), "items").expand(&both);
    let error = stream.next().await.unwrap().unwrap_err();
    assert!(error.wants_new_token(), "{error:?}");
    assert_eq!(expands(&script), ["itemStock,menuItem", "itemStock"]);
    assert!(api_of_token.withheld().fields().is_empty());

    // Once shown, it is a field like all others.
    let script = Script::new(|seen: &Seen, n| {
        if n == 1 {
            Step::refusal(401)
        } else {
            list(25)(seen, n)
        }
    });
    let api_that_knows = api(&script);
    let mut stream = PageStream::new(&api_that_knows, &access(), "items")
        .limit(10)
        .expand(&both);
    stream.next().await.unwrap().unwrap();
    assert!(stream.next().await.unwrap().unwrap_err().wants_new_token());
    assert_eq!(expands(&script), ["itemStock,menuItem"; 2]);
}
