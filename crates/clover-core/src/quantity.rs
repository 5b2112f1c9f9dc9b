//! Counts. Clover's are doubles that may be negative or broken; the shop's are whole.

use std::fmt;

use crate::money::Decimal;

/// A billion units: no stock has as many, and all below it are exact as a double and as a
/// database's `decimal`.
const LIMIT: i64 = 1_000_000_000_000;

/// A count in thousandths, the finest step that Clover's own `unitQty` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    thousandths: i64,
}

impl Quantity {
    /// Takes the double that Clover sends. None when it is beyond any stock: a billion units and
    /// more.
    #[must_use]
    pub fn from_clover(quantity: f64) -> Option<Self> {
        let thousandths = (quantity * 1000.0).round();
        // The cast is exact: the bound is far below 2^53.
        #[allow(clippy::cast_possible_truncation)]
        (quantity.is_finite() && thousandths.abs() < LIMIT as f64).then_some(Self {
            thousandths: thousandths as i64,
        })
    }

    /// A count in thousandths, as Clover's `unitQty` has them.
    #[must_use]
    pub fn from_thousandths(thousandths: i64) -> Self {
        Self { thousandths }
    }

    /// Reads a column back: a decimal of at most three places, and zeros after them. None for any
    /// other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let decimal = Decimal::parse(text)?.shortest();
        let missing = 3_u32.checked_sub(u32::try_from(decimal.places).ok()?)?;
        let thousandths = i64::try_from(decimal.digits)
            .ok()?
            .checked_mul(10_i64.pow(missing))?;
        (thousandths.abs() < LIMIT).then_some(Self { thousandths })
    }

    /// The count after so many units were taken; negative ones come back. Clover's counts may fall
    /// below zero, and a broken unit stays one. None beyond any stock.
    #[must_use]
    pub fn less(self, units: i64) -> Option<Self> {
        let thousandths = self.thousandths.checked_sub(units.checked_mul(1000)?)?;
        (thousandths.abs() < LIMIT).then_some(Self { thousandths })
    }

    /// As a JSON number: whole units without a fraction.
    #[must_use]
    pub fn to_json(self) -> serde_json::Number {
        if self.thousandths % 1000 == 0 {
            return serde_json::Number::from(self.thousandths / 1000);
        }
        // Exact to the thousandth: the bound is far below 2^53.
        let double = self.thousandths as f64 / 1000.0;
        // Panic: the value is finite.
        serde_json::Number::from_f64(double).expect("finite")
    }

    /// As a column of five decimal places holds it.
    #[must_use]
    pub fn to_column(self) -> String {
        let sign = if self.thousandths < 0 { "-" } else { "" };
        let digits = self.thousandths.unsigned_abs();
        format!("{sign}{}.{:03}00", digits / 1000, digits % 1000)
    }

    /// Whether there is any of it.
    #[must_use]
    pub fn is_positive(self) -> bool {
        self.thousandths > 0
    }

    /// Whole units that are there for sure: 2.9 is 2, and -0.5 is -1.
    #[must_use]
    pub fn floor(self) -> i64 {
        self.thousandths.div_euclid(1000)
    }

    /// What the shop may sell: whole units less those that the shop has taken and Clover has not,
    /// and less those that are kept for the till; never below zero.
    #[must_use]
    pub fn sellable(self, committed: i64, kept: i64) -> i64 {
        let left = self.floor().saturating_sub(committed);
        left.saturating_sub(kept).max(0)
    }
}

/// The largest number of units that can be kept for the till.
pub const LARGEST_RESERVE: i64 = 1_000_000;

/// Units of each count that are kept for the till.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reserve(i64);

impl Reserve {
    /// So many units of each product.
    #[must_use]
    pub fn new(units: i64) -> Self {
        Self(units)
    }

    /// The units of a product. Its own number counts in place of the shop's, a 0 too.
    #[must_use]
    pub fn of(self, own: Option<i64>) -> i64 {
        own.unwrap_or(self.0).max(0)
    }
}

impl fmt::Display for Quantity {
    /// `12`, `-3` or `0.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.thousandths < 0 { "-" } else { "" };
        let (whole, part) = (
            self.thousandths.unsigned_abs() / 1000,
            self.thousandths.unsigned_abs() % 1000,
        );
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{part:03}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(quantity: f64) -> Quantity {
        Quantity::from_clover(quantity).unwrap()
    }

    #[test]
    fn a_broken_unit_is_not_for_sale_and_a_debt_is_none() {
        assert_eq!(q(12.0).sellable(0, 0), 12);
        assert_eq!(q(2.999).sellable(0, 0), 2);
        assert_eq!(q(0.5).sellable(0, 0), 0);
        assert_eq!(q(-3.0).sellable(0, 0), 0);
        assert_eq!(q(-0.5).floor(), -1);
        assert_eq!(q(7.0).sellable(2, 0), 5);
        assert_eq!(q(7.0).sellable(-2, 0), 9);
    }

    #[test]
    fn what_is_kept_for_the_till_is_not_for_sale() {
        assert_eq!(q(7.0).sellable(0, 2), 5);
        assert_eq!(q(7.5).sellable(0, 2), 5);
        assert_eq!(q(7.0).sellable(2, 2), 3);
        assert_eq!(q(7.0).sellable(-1, 2), 6);
        assert_eq!(q(2.0).sellable(0, 3), 0);
        assert_eq!(q(-3.0).sellable(-5, 1), 1);
        assert_eq!(q(7.0).sellable(i64::MIN, i64::MIN), i64::MAX);
        assert_eq!(q(7.0).sellable(i64::MAX, i64::MAX), 0);
    }

    #[test]
    fn a_products_own_reserve_counts_in_place_of_the_shops() {
        let reserve = Reserve::new(3);
        assert_eq!(reserve.of(None), 3);
        assert_eq!(reserve.of(Some(0)), 0);
        assert_eq!(reserve.of(Some(8)), 8);
        assert_eq!(reserve.of(Some(-1)), 0);
    }

    #[test]
    fn a_double_one_bit_below_a_whole_unit_is_that_unit() {
        assert_eq!(q(0.1 + 0.2 + 0.7).floor(), 1);
        assert_eq!(q(2.999_999_999).floor(), 3);
    }

    #[test]
    fn a_count_is_written_and_read_back_without_loss() {
        for text in ["12", "-3", "0", "0.5", "-0.125", "2.05"] {
            assert_eq!(Quantity::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Quantity::parse("12.00000"), Some(q(12.0)));
        for (count, column) in [(5.0, "5.00000"), (-0.25, "-0.25000"), (2.005, "2.00500")] {
            assert_eq!(q(count).to_column(), column);
            assert_eq!(Quantity::parse(column), Some(q(count)));
        }
        for wrong in ["", "1.2345", "x", "1000000000", "1e3"] {
            assert_eq!(Quantity::parse(wrong), None, "{wrong}");
        }
        assert_eq!(q(7.0).to_json().to_string(), "7");
        assert_eq!(q(-2.5).to_json().to_string(), "-2.5");
    }

    #[test]
    fn taking_units_keeps_fractions_and_goes_below_zero() {
        assert_eq!(q(2.5).less(1), Some(q(1.5)));
        assert_eq!(q(0.5).less(2), Some(q(-1.5)));
        assert_eq!(q(-1.0).less(-3), Some(q(2.0)));
        assert_eq!(q(1.0).less(i64::MIN), None);
    }

    #[test]
    fn counts_beyond_any_stock_are_refused() {
        for wrong in [f64::NAN, f64::INFINITY, 1e12, -1e300] {
            assert_eq!(Quantity::from_clover(wrong), None);
        }
    }
}
