//! Money as whole minor units with its currency, and as the decimal text of a database column.
//! Never a float.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Digits after the point in the shop's price columns, `decimal(15,5)`.
const COLUMN_PLACES: u32 = 5;
/// One more than the largest whole part that `decimal(15,5)` holds.
const COLUMN_LIMIT: i128 = 10_000_000_000;

/// No currency of ISO 4217 has this code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an ISO 4217 currency code")]
pub struct UnknownCurrency(pub String);

/// A currency of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    iso: iso_currency::Currency,
    exponent: u32,
}

impl Currency {
    /// The currency with this three-letter code; case and outer space do not matter.
    ///
    /// # Errors
    /// [`UnknownCurrency`] for any other text, and for codes without minor units such as gold.
    pub fn from_code(code: &str) -> Result<Self, UnknownCurrency> {
        let unknown = || UnknownCurrency(code.chars().take(10).collect());
        let iso = iso_currency::Currency::from_code(&code.trim().to_ascii_uppercase())
            .ok_or_else(unknown)?;
        let exponent = iso.exponent().ok_or_else(unknown)?;
        Ok(Self {
            iso,
            exponent: u32::from(exponent),
        })
    }

    /// The three letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.iso.code()
    }

    /// Digits after the point: 2 for the dollar, 0 for the yen, 3 for the Kuwaiti dinar.
    #[must_use]
    pub fn exponent(self) -> u32 {
        self.exponent
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in the smallest unit of its currency, as Clover sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MinorUnits(pub i64);

/// A price as a shop's column holds it: five places, no float on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnPrice(i128);

/// The amount has no place in a `decimal(15,5)` column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} does not fit the shop's price column")]
pub struct TooLarge(pub String);

impl ColumnPrice {
    /// Above zero.
    #[must_use]
    pub fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The exact column value of an amount. Exponents reach 4 in ISO 4217, so nothing is ever
    /// rounded here.
    ///
    /// # Errors
    /// [`TooLarge`] above 9,999,999,999 units.
    pub fn exact(amount: MinorUnits, currency: Currency) -> Result<Self, TooLarge> {
        let value = i128::from(amount.0)
            * 10_i128.pow(COLUMN_PLACES - currency.exponent.min(COLUMN_PLACES));
        if value.abs() >= COLUMN_LIMIT * 10_i128.pow(COLUMN_PLACES) {
            return Err(TooLarge(format!("{} {}", amount.0, currency.code())));
        }
        Ok(Self(value))
    }

    /// Reads a column back: optional sign, digits, optional point and digits. None for any other
    /// text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Decimal::parse(text).and_then(|d| {
            let places = u32::try_from(d.places).ok()?;
            let scaled = if places <= COLUMN_PLACES {
                d.digits.checked_mul(10_i128.pow(COLUMN_PLACES - places))?
            } else {
                let cut = 10_i128.checked_pow(places - COLUMN_PLACES)?;
                if d.digits % cut != 0 {
                    return None;
                }
                d.digits / cut
            };
            Some(Self(scaled))
        })
    }
}

impl fmt::Display for ColumnPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_u128.pow(COLUMN_PLACES);
        let value = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:05}", value / unit, value % unit)
    }
}

/// A decimal number, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) digits: i128,
    pub(crate) places: usize,
}

impl Decimal {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
        if (whole.is_empty() && fraction.is_empty()) || whole.len() + fraction.len() > 30 {
            return None;
        }
        let mut digits: i128 = 0;
        for b in whole.bytes().chain(fraction.bytes()) {
            if !b.is_ascii_digit() {
                return None;
            }
            digits = digits * 10 + i128::from(b - b'0');
        }
        Some(Self {
            digits: if negative { -digits } else { digits },
            places: fraction.len(),
        })
    }

    /// An amount, with as many decimal places as its currency has.
    pub(crate) fn of_minor(amount: MinorUnits, currency: Currency) -> Self {
        Self {
            digits: i128::from(amount.0),
            places: usize::try_from(currency.exponent).unwrap_or_default(),
        }
    }

    /// The same number without zeros at the end of its fraction.
    pub(crate) fn shortest(mut self) -> Self {
        while self.places > 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.places -= 1;
        }
        self
    }

    /// The exact sum. `None` on overflow.
    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let places = self.places.max(other.places);
        let scale = |number: Self| {
            let missing = u32::try_from(places - number.places).ok()?;
            number.digits.checked_mul(10_i128.checked_pow(missing)?)
        };
        Some(Self {
            digits: scale(self)?.checked_add(scale(other)?)?,
            places,
        })
    }

    /// The exact product. `None` on overflow.
    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let (a, b) = (self.shortest(), other.shortest());
        Some(Self {
            digits: a.digits.checked_mul(b.digits)?,
            places: a.places + b.places,
        })
    }

    /// The amount in minor units of the currency, rounded by [`divide`]. None when it does not fit.
    pub(crate) fn to_minor(self, currency: Currency) -> Option<MinorUnits> {
        let Self { digits, places } = self.shortest();
        let scaled = digits.checked_mul(10_i128.pow(currency.exponent))?;
        let unit = 10_i128.checked_pow(u32::try_from(places).ok()?)?;
        i64::try_from(divide(scaled, unit)).ok().map(MinorUnits)
    }
}

/// Divides an amount of money. The divisor is positive.
///
/// **The rounding rule:** the quotient is rounded to the nearest whole number; an exact half goes
/// away from zero. No other function rounds money.
pub(crate) fn divide(dividend: i128, divisor: i128) -> i128 {
    let (whole, rest) = (dividend / divisor, dividend % divisor);
    // Compared without doubling, which could overflow.
    let away = i128::from(rest.abs() >= divisor - rest.abs()) * rest.signum();
    whole + away
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let digits = format!(
            "{:0width$}",
            self.digits.unsigned_abs(),
            width = self.places + 1
        );
        let (whole, fraction) = digits.split_at(digits.len() - self.places);
        match fraction {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn column(minor: i64, code: &str) -> String {
        ColumnPrice::exact(MinorUnits(minor), Currency::from_code(code).unwrap())
            .unwrap()
            .to_string()
    }

    #[test]
    fn minor_units_become_column_text_by_the_exponent_of_their_currency() {
        assert_eq!(column(599, "USD"), "5.99000");
        assert_eq!(column(599, "JPY"), "599.00000");
        assert_eq!(column(599, "KWD"), "0.59900");
        assert_eq!(column(0, "USD"), "0.00000");
        assert_eq!(column(-5, "usd "), "-0.05000");
    }

    #[test]
    fn a_decimal_has_at_most_thirty_digits() {
        for (text, is_read) in [
            ("9".repeat(30), true),
            (format!("{}.{}", "1".repeat(15), "2".repeat(15)), true),
            ("9".repeat(31), false),
            (format!("{}.{}", "1".repeat(15), "2".repeat(16)), false),
            ("9".repeat(36), false),
        ] {
            assert_eq!(Decimal::parse(&text).is_some(), is_read, "{text}");
        }
    }

    #[test]
    fn a_price_beyond_the_column_is_refused() {
        let usd = Currency::from_code("USD").unwrap();
        assert!(ColumnPrice::exact(MinorUnits(999_999_999_999), usd).is_ok());
        assert!(ColumnPrice::exact(MinorUnits(1_000_000_000_000), usd).is_err());
        assert!(
            ColumnPrice::exact(MinorUnits(i64::MAX), Currency::from_code("JPY").unwrap()).is_err()
        );
    }

    #[test]
    fn codes_that_are_no_currency_are_refused() {
        for wrong in ["", "US", "XXZ", "dollar", "XAU"] {
            assert!(Currency::from_code(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn column_text_of_any_database_reads_the_same() {
        for same in ["5.99000", "5.99", "+5.990", " 5.99 ", "05.9900000"] {
            assert_eq!(
                ColumnPrice::parse(same),
                ColumnPrice::parse("5.99"),
                "{same}"
            );
        }
        for wrong in ["", ".", "abc", "1e3", "1,5", "--1", "5.9900001"] {
            assert_eq!(ColumnPrice::parse(wrong), None, "{wrong}");
        }
    }

    fn minor(text: &str, code: &str) -> Option<i64> {
        let currency = Currency::from_code(code).unwrap();
        Decimal::parse(text)
            .unwrap()
            .to_minor(currency)
            .map(|minor| minor.0)
    }

    #[test]
    fn an_exact_half_of_a_minor_unit_goes_away_from_zero() {
        for (text, usd, jpy, kwd) in [
            ("5.99000", 599, 6, 5990),
            ("0.00500", 1, 0, 5),
            ("0.00499", 0, 0, 5),
            ("-0.00500", -1, 0, -5),
            ("-0.00499", 0, 0, -5),
            ("2.50000", 250, 3, 2500),
            ("-2.50000", -250, -3, -2500),
            ("1.00050", 100, 1, 1001),
        ] {
            let rounded = ["USD", "JPY", "KWD"].map(|code| minor(text, code));
            assert_eq!(rounded, [Some(usd), Some(jpy), Some(kwd)], "{text}");
        }
        assert_eq!(minor("99999999999999999999", "JPY"), None);
    }

    #[test]
    fn money_is_rounded_in_one_way() {
        for (dividend, divisor, rounded) in [
            (0, 2, 0),
            (4, 10, 0),
            (5, 10, 1),
            (-4, 10, 0),
            (-5, 10, -1),
            (15, 10, 2),
            (-15, 10, -2),
            (7, 3, 2),
            (8, 3, 3),
            (7, 1, 7),
            (i128::MAX, i128::MAX, 1),
            (i128::MAX / 2, i128::MAX, 0),
            (i128::MAX / 2 + 1, i128::MAX, 1),
        ] {
            assert_eq!(divide(dividend, divisor), rounded, "{dividend}/{divisor}");
        }
    }

    #[test]
    fn numbers_are_written_as_short_as_they_are() {
        for (text, shown) in [
            ("2.0", "2"),
            ("-1.50", "-1.5"),
            (".25", "0.25"),
            ("0.00", "0"),
            ("100", "100"),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().shortest().to_string(), shown);
        }
    }

    proptest! {
        #[test]
        fn column_text_reads_back_as_it_was_written(
            minor in -999_999_999_999_i64..=999_999_999_999,
            code in prop::sample::select(vec!["USD", "KWD", "CLF"]),
        ) {
            let currency = Currency::from_code(code).unwrap();
            let price = ColumnPrice::exact(MinorUnits(minor), currency).unwrap();
            prop_assert_eq!(ColumnPrice::parse(&price.to_string()), Some(price));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,40}") {
            let _ = ColumnPrice::parse(&text);
        }
    }
}
