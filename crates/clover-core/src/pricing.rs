//! Computes the shop's price from Clover's price: the markup, then the rounding, then the ending.

use std::collections::HashMap;

use crate::money::{self, ColumnPrice, Currency, Decimal, MinorUnits, TooLarge};
use crate::text;

/// The largest markup anyone may set, in percentage points or currency units. Above it a slip of
/// the keyboard is likelier than intent.
pub(crate) const LARGEST_MARKUP: i128 = 1_000_000;
/// Digits after the point that a markup may have.
pub(crate) const MARKUP_PLACES: usize = 4;

/// How the shop's prices come from Clover's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// For items without a category that has its own.
    pub general: Pricing,
    /// By [`text::key`] of the category's name.
    pub by_category: HashMap<String, Pricing>,
    /// How they end.
    pub ending: PriceEnding,
}

/// What is put on Clover's price.
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

crate::text_enum! {
    /// How prices end, in currencies with two decimals.
    pub enum PriceEnding {
        /// As they are computed.
        None = "none",
        /// Such as 5.99.
        NinetyNine = "0.99",
        /// Such as 5.95.
        NinetyFive = "0.95",
        /// Such as 6.00.
        Whole = "0.00",
        /// Such as 5.50.
        Half = "0.50",
    }
}

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
    /// A price with the markup, rounded to the minor unit of the currency by the one rule of
    /// `money`.
    fn marked_up(self, clover: i128, currency: Currency) -> i128 {
        match self {
            Self::Direct => clover,
            Self::Percentage(markup) => {
                money::divide(clover * (100 * SCALE + markup.scaled), 100 * SCALE)
            }
            Self::Fixed(markup) => {
                clover + money::divide(markup.scaled * 10_i128.pow(currency.exponent()), SCALE)
            }
        }
    }
}

impl PriceEnding {
    /// Minor units after the point.
    const fn minor(self) -> Option<i128> {
        match self {
            Self::None => None,
            Self::NinetyNine => Some(99),
            Self::NinetyFive => Some(95),
            Self::Whole => Some(0),
            Self::Half => Some(50),
        }
    }

    /// The price itself where it ends so, else the next higher one that does.
    fn up(self, price: i128, currency: Currency) -> i128 {
        const UNIT: i128 = 100;
        match self.minor() {
            Some(ending) if currency.exponent() == 2 => price + (ending - price).rem_euclid(UNIT),
            _ => price,
        }
    }
}

impl Prices {
    /// The shop's price of an amount in Clover. Of the item's categories, which are in their order,
    /// the first with a markup of its own decides.
    ///
    /// An amount of 0 stays 0: what is free or priced at the till must not become sellable by a
    /// markup on nothing, or by an ending.
    ///
    /// # Errors
    /// [`TooLarge`] when the result has no place in the price column.
    pub fn price<'a>(
        &self,
        amount: MinorUnits,
        categories: impl IntoIterator<Item = &'a str>,
        currency: Currency,
    ) -> Result<ColumnPrice, TooLarge> {
        if amount.0 == 0 {
            return ColumnPrice::exact(amount, currency);
        }
        let mut categories = categories.into_iter();
        let own = categories.find_map(|name| self.by_category.get(&text::key(name)));
        let pricing = own.copied().unwrap_or(self.general);
        let marked_up = pricing.marked_up(i128::from(amount.0), currency);
        let price = i64::try_from(self.ending.up(marked_up, currency))
            .map_err(|_| TooLarge(format!("{} {}", amount.0, currency.code())))?;
        ColumnPrice::exact(MinorUnits(price), currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with(general: Pricing) -> Prices {
        Prices {
            general,
            by_category: HashMap::new(),
            ending: PriceEnding::None,
        }
    }

    fn column(prices: &Prices, minor: i64, categories: &[&str], code: &str) -> ColumnPrice {
        let currency = Currency::from_code(code).unwrap();
        let categories = categories.iter().copied();
        prices
            .price(MinorUnits(minor), categories, currency)
            .unwrap()
    }

    fn price(pricing: Pricing, minor: i64, code: &str) -> String {
        column(&with(pricing), minor, &[], code).to_string()
    }

    fn ended(ending: PriceEnding, minor: i64, code: &str) -> String {
        let prices = Prices {
            ending,
            ..with(Pricing::Direct)
        };
        column(&prices, minor, &[], code).to_string()
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
    fn the_first_category_with_a_markup_of_its_own_replaces_the_general_one() {
        for general in [Pricing::Direct, percent("10")] {
            let own = [("drinks", percent("20")), ("café", fixed("1.5"))];
            let prices = Prices {
                by_category: own.map(|(name, pricing)| (text::key(name), pricing)).into(),
                ..with(general)
            };
            let price = |categories: &[&str]| column(&prices, 1000, categories, "USD").to_string();
            let without = column(&with(general), 1000, &[], "USD").to_string();
            assert_eq!(price(&[]), without);
            assert_eq!(price(&["Food", ""]), without);
            assert_eq!(price(&["Food", " DRINKS\u{200b}", "Café"]), "12.00000");
            assert_eq!(price(&["CAFE\u{301}", "Drinks"]), "11.50000");
        }
    }

    #[test]
    fn a_category_without_a_markup_is_priced_as_in_clover() {
        let prices = Prices {
            by_category: [("drinks".to_owned(), percent("0"))].into(),
            ..with(percent("10"))
        };
        assert_eq!(
            column(&prices, 1000, &["Drinks"], "USD").to_string(),
            "10.00000"
        );
    }

    #[test]
    fn an_ending_takes_the_price_up_to_the_next_that_ends_so() {
        use PriceEnding::{Half, NinetyFive, NinetyNine, None, Whole};
        for (minor, none, ninety_nine, ninety_five, whole, half) in [
            (1, "0.01", "0.99", "0.95", "1.00", "0.50"),
            (50, "0.50", "0.99", "0.95", "1.00", "0.50"),
            (51, "0.51", "0.99", "0.95", "1.00", "1.50"),
            (95, "0.95", "0.99", "0.95", "1.00", "1.50"),
            (96, "0.96", "0.99", "1.95", "1.00", "1.50"),
            (99, "0.99", "0.99", "1.95", "1.00", "1.50"),
            (100, "1.00", "1.99", "1.95", "1.00", "1.50"),
            (101, "1.01", "1.99", "1.95", "2.00", "1.50"),
            (12_345, "123.45", "123.99", "123.95", "124.00", "123.50"),
        ] {
            let found = [None, NinetyNine, NinetyFive, Whole, Half]
                .map(|ending| ended(ending, minor, "USD"));
            let expected = [none, ninety_nine, ninety_five, whole, half];
            assert_eq!(found, expected.map(|price| format!("{price}000")));
        }
    }

    #[test]
    fn a_currency_without_two_decimals_has_no_endings() {
        for &ending in PriceEnding::ALL {
            assert_eq!(ended(ending, 599, "JPY"), "599.00000");
            assert_eq!(ended(ending, 1234, "KWD"), "1.23400");
            assert_eq!(ended(ending, 12_345, "CLF"), "1.23450");
        }
    }

    #[test]
    fn the_ending_comes_after_the_markup_and_its_rounding() {
        // Both are above 1.99 before the rounding.
        for (markup, minor) in [(percent("49.9999"), 133), (fixed("0.0001"), 199)] {
            let prices = Prices {
                ending: PriceEnding::NinetyNine,
                ..with(markup)
            };
            assert_eq!(column(&prices, minor, &[], "USD").to_string(), "1.99000");
        }
    }

    #[test]
    fn a_price_of_nothing_stays_nothing() {
        for &ending in PriceEnding::ALL {
            for general in [Pricing::Direct, percent("10"), fixed("5")] {
                let prices = Prices {
                    by_category: [("drinks".to_owned(), fixed("5"))].into(),
                    ending,
                    ..with(general)
                };
                assert!(!column(&prices, 0, &["Drinks"], "USD").is_positive());
                assert!(!column(&prices, 0, &[], "USD").is_positive());
            }
        }
    }

    #[test]
    fn a_price_that_its_ending_takes_out_of_the_column_is_refused() {
        let usd = Currency::from_code("USD").unwrap();
        let prices = Prices {
            ending: PriceEnding::Whole,
            ..with(Pricing::Direct)
        };
        for (minor, is_taken) in [(999_999_999_900, true), (999_999_999_901, false)] {
            assert_eq!(prices.price(MinorUnits(minor), [], usd).is_ok(), is_taken);
        }
        let largest = prices.price(MinorUnits(i64::MAX), [], usd);
        assert_eq!(largest, Err(TooLarge(format!("{} USD", i64::MAX))));
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

    fn any_ending() -> impl Strategy<Value = PriceEnding> {
        prop::sample::select(PriceEnding::ALL)
    }

    fn any_markup() -> impl Strategy<Value = Pricing> {
        (any::<bool>(), 0_i64..10_000_000).prop_map(|(is_percentage, m)| {
            let text = format!("{}.{:04}", m / 10_000, m % 10_000);
            if is_percentage {
                percent(&text)
            } else {
                fixed(&text)
            }
        })
    }

    proptest! {
        #[test]
        fn neither_markup_nor_ending_lowers_a_price_or_reorders_two(
            a in 0_i64..100_000_000,
            b in 0_i64..100_000_000,
            markup in any_markup(),
            ending in any_ending(),
        ) {
            let prices = Prices { ending, ..with(markup) };
            let (pa, pb) = (column(&prices, a, &[], "USD"), column(&prices, b, &[], "USD"));
            prop_assert!(pa >= column(&with(Pricing::Direct), a, &[], "USD"));
            if a <= b { prop_assert!(pa <= pb); }
        }

        #[test]
        fn no_lower_price_than_the_one_chosen_ends_so(
            a in 1_i64..100_000_000,
            markup in any_markup(),
            ending in any_ending(),
        ) {
            let usd = Currency::from_code("USD").unwrap();
            let marked_up = markup.marked_up(i128::from(a), usd);
            let price = ending.up(marked_up, usd);
            match ending.minor() {
                None => prop_assert_eq!(price, marked_up),
                Some(minor) => {
                    prop_assert_eq!(price % 100, minor);
                    prop_assert!((0..100).contains(&(price - marked_up)));
                }
            }
            let exact = ColumnPrice::exact(MinorUnits(i64::try_from(price).unwrap()), usd).unwrap();
            let prices = Prices { ending, ..with(markup) };
            prop_assert_eq!(column(&prices, a, &[], "USD"), exact);
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
            prop_assert_eq!(column(&with(percent(&text)), a, &[], "USD"), want);
        }
    }
}
