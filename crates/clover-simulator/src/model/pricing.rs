//! Tax: which rates an item has, the net price in a VAT shop, and rounding half-up.

use super::item::Item;
use super::lookups::{Doc, Lookups};
use super::rules::Kind;
use crate::ids::Id;

/// 100 % on the wire.
const WHOLE: i128 = 10_000_000;

/// The rates that hold for an item: the merchant's defaults, or its own.
pub fn rates_of<'a>(item: &'a Item, lookups: &'a Lookups) -> Vec<&'a Doc> {
    if item.default_tax_rates {
        lookups
            .all(Kind::TaxRates)
            .filter(|rate| rate.flag("isDefault"))
            .collect()
    } else {
        rates(&item.tax_rates, lookups)
    }
}

/// The rates of these ids.
pub fn rates<'a>(ids: &[Id], lookups: &'a Lookups) -> Vec<&'a Doc> {
    ids.iter()
        .filter_map(|id| lookups.live(Kind::TaxRates, *id))
        .collect()
}

/// The net price of a gross one: what the merchant set, else computed from the rates.
pub fn without_vat(item: &Item, lookups: &Lookups) -> i64 {
    item.price_without_vat.unwrap_or_else(|| {
        let rate: i128 = rates_of(item, lookups)
            .iter()
            .filter_map(|doc| doc.int("rate"))
            .map(i128::from)
            .sum();
        half_up(i128::from(item.price) * WHOLE, WHOLE + rate)
    })
}

/// `amount × rate`, half-up to a whole minor unit.
pub fn tax(amount: i64, rate: i64) -> i64 {
    half_up(i128::from(amount) * i128::from(rate), WHOLE)
}

/// `percent` of an amount, half-up.
pub fn percent(amount: i64, percent: i64) -> i64 {
    half_up(i128::from(amount) * i128::from(percent), 100)
}

/// `part × amount ÷ whole`, half-up; 0 when `whole` is 0.
pub fn share(amount: i64, part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    half_up(i128::from(amount) * i128::from(part), i128::from(whole))
}

fn half_up(numerator: i128, denominator: i128) -> i64 {
    let (numerator, denominator) = if denominator < 0 {
        (-numerator, -denominator)
    } else {
        (numerator, denominator)
    };
    let rounded = (2 * numerator + denominator).div_euclid(2 * denominator.max(1));
    i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_minor_unit_goes_up() {
        assert_eq!(tax(1000, 825_000), 83); // 82.5
        assert_eq!(tax(-1000, 825_000), -82); // -82.5
        assert_eq!(percent(999, 10), 100);
        assert_eq!(share(100, 1, 3), 33);
        assert_eq!(share(100, 1, 0), 0);
    }
}
