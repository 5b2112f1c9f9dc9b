//! Computes the shop's price from Clover's price.

use crate::money::{self, ColumnPrice, Currency, Decimal, MinorUnits, TooLarge};

/// The largest markup anyone may set, in percentage points or currency units. Above it a slip of
/// the keyboard is likelier than intent.
pub(crate) const LARGEST_MARKUP: i128 = 1_000_000;
/// Digits after the point that a markup may have.
pub(crate) const MARKUP_PLACES: usize = 4;

/// How the shop's price comes from Clover's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pricing {
    /// Clover's price as it is.
    Direct,
    /// So many percent on top.
    Percentage(MarkupValue),
    /// So many currency units on top.
    Fixed(MarkupValue),
}

/// A markup as the owner typed it, kept exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkupValue {
    /// In ten-thousandths.
    scaled: i128,
}

/// The text is not a markup.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 0 to 1000000 with at most 4 digits after the point")]
pub struct InvalidMarkup;

const SCALE: i128 = 10_000;

impl MarkupValue {
    /// No markup.
    pub const ZERO: Self = Self { scaled: 0 };

    /// Reads what the owner typed, such as `12.5`.
    ///
    /// # Errors
    /// [`InvalidMarkup`] for text, negative numbers, too many digits and numbers out of range.
    pub fn parse(text: &str) -> Result<Self, InvalidMarkup> {
        let typed = Decimal::parse(text).ok_or(InvalidMarkup)?;
        if typed.places > MARKUP_PLACES || typed.digits < 0 {
            return Err(InvalidMarkup);
        }
        let mut scaled = typed.digits;
        for _ in typed.places..MARKUP_PLACES {
            scaled = scaled.checked_mul(10).ok_or(InvalidMarkup)?;
        }
        if scaled > LARGEST_MARKUP * SCALE {
            return Err(InvalidMarkup);
        }
        Ok(Self { scaled })
    }
}

impl Pricing {
    /// The shop's price of an amount in Clover.
    ///
    /// The marked-up price is rounded to the minor unit of the currency by the one rule of `money`.
    ///
    /// # Errors
    /// [`TooLarge`] when the result has no place in the price column.
    pub fn apply(self, amount: MinorUnits, currency: Currency) -> Result<ColumnPrice, TooLarge> {
        let clover = i128::from(amount.0);
        let priced = match self {
            Self::Direct => clover,
            Self::Percentage(markup) => {
                money::divide(clover * (100 * SCALE + markup.scaled), 100 * SCALE)
            }
            Self::Fixed(markup) => {
                clover + money::divide(markup.scaled * 10_i128.pow(currency.exponent()), SCALE)
            }
        };
        let priced = i64::try_from(priced)
            .map_err(|_| TooLarge(format!("{} {}", amount.0, currency.code())))?;
        ColumnPrice::exact(MinorUnits(priced), currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn price(pricing: Pricing, minor: i64, code: &str) -> String {
        pricing
            .apply(MinorUnits(minor), Currency::from_code(code).unwrap())
            .unwrap()
            .to_string()
    }

    fn percent(text: &str) -> Pricing {
        Pricing::Percentage(MarkupValue::parse(text).unwrap())
    }

    fn fixed(text: &str) -> Pricing {
        Pricing::Fixed(MarkupValue::parse(text).unwrap())
    }

    #[test]
    fn a_percentage_rounds_to_the_minor_unit_and_an_exact_half_goes_up() {
        assert_eq!(price(percent("10"), 599, "USD"), "6.59000");
        assert_eq!(price(percent("50"), 1, "USD"), "0.02000");
        assert_eq!(price(percent("49.9999"), 1, "USD"), "0.01000");
        assert_eq!(price(percent("12.5"), 1000, "JPY"), "1125.00000");
        assert_eq!(price(percent("0.05"), 1000, "KWD"), "1.00100");
        assert_eq!(price(percent("0"), 599, "USD"), "5.99000");
    }

    #[test]
    fn a_fixed_markup_is_in_units_of_the_currency() {
        assert_eq!(price(fixed("1.50"), 599, "USD"), "7.49000");
        assert_eq!(price(fixed("100"), 599, "JPY"), "699.00000");
        assert_eq!(price(fixed("0.5"), 599, "JPY"), "600.00000");
        assert_eq!(price(fixed("0.0005"), 1, "KWD"), "0.00200");
    }

    #[test]
    fn the_largest_markup_is_a_million() {
        assert!(MarkupValue::parse("1000000").is_ok());
        assert!(MarkupValue::parse("1000000.0000").is_ok());
        assert!(MarkupValue::parse("1000000.0001").is_err());
    }

    #[test]
    fn a_markup_that_is_no_plain_number_is_refused() {
        for wrong in [
            "",
            "-1",
            "ten",
            "1.00001",
            "1000000.1",
            "1e2",
            "10%",
            "12,5",
        ] {
            assert!(MarkupValue::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_markup_never_lowers_a_price_and_never_reorders_two(
            a in 0_i64..100_000_000,
            b in 0_i64..100_000_000,
            m in 0_i64..10_000_000,
        ) {
            let text = format!("{}.{:04}", m / 10_000, m % 10_000);
            let usd = Currency::from_code("USD").unwrap();
            for pricing in [percent(&text), fixed(&text)] {
                let pa = pricing.apply(MinorUnits(a), usd).unwrap();
                let pb = pricing.apply(MinorUnits(b), usd).unwrap();
                prop_assert!(pa >= Pricing::Direct.apply(MinorUnits(a), usd).unwrap());
                if a <= b { prop_assert!(pa <= pb); }
            }
        }

        #[test]
        fn a_percentage_is_within_half_a_minor_unit_of_the_exact_value(
            a in 0_i64..100_000_000,
            m in 0_i64..10_000_000,
        ) {
            let text = format!("{}.{:04}", m / 10_000, m % 10_000);
            let exact = i128::from(a) * (1_000_000 + i128::from(m));
            let got = money::divide(exact, 1_000_000) * 1_000_000;
            prop_assert!((got - exact).abs() * 2 <= 1_000_000);
            let usd = Currency::from_code("USD").unwrap();
            let got = MinorUnits(i64::try_from(got / 1_000_000).unwrap());
            let want = ColumnPrice::exact(got, usd).unwrap();
            prop_assert_eq!(percent(&text).apply(MinorUnits(a), usd).unwrap(), want);
        }
    }
}
