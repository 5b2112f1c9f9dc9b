//! Counts at the ends of what a stock can be.

use clover_core::quantity::Quantity;

const MOST: i64 = 999_999_999_999;

#[test]
fn a_billion_units_are_beyond_any_stock_and_a_thousandth_less_is_not() {
    let most = Quantity::from_thousandths(MOST);
    let least = Quantity::from_thousandths(-MOST);
    assert_eq!(most.to_string(), "999999999.999");
    assert_eq!(Quantity::from_clover(999_999_999.999), Some(most));
    assert_eq!(Quantity::from_clover(-999_999_999.999), Some(least));
    assert_eq!(Quantity::parse("999999999.999"), Some(most));
    assert_eq!(Quantity::parse("-999999999.999"), Some(least));
    for beyond in [1e9, -1e9] {
        assert_eq!(Quantity::from_clover(beyond), None);
        assert_eq!(Quantity::parse(&beyond.to_string()), None);
    }
    let whole = Quantity::from_thousandths(999_999_999_000);
    assert_eq!(whole.less(-1), None, "a billion");
    assert_eq!(whole.less(1).unwrap().floor(), 999_999_998);
    assert_eq!(whole.less(2_000_000_000), None);
    let one = Quantity::from_thousandths(1_000);
    assert_eq!(one.less(1_000_000_000).unwrap().floor(), -999_999_999);
    assert_eq!(one.less(1_000_000_001), None);
}

#[test]
fn a_count_is_sent_whole_when_it_is_whole() {
    let sent = |thousandths| {
        Quantity::from_thousandths(thousandths)
            .to_json()
            .to_string()
    };
    assert_eq!(sent(0), "0");
    assert_eq!(sent(-1_000), "-1");
    assert_eq!(sent(12_000), "12");
    assert_eq!(sent(500), "0.5");
    assert_eq!(sent(-125), "-0.125");
    assert_eq!(sent(12_500), "12.5");
}
