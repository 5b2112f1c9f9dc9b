//! A paid order as the shop's rows hold it.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::OrderError;
use crate::json::from_value;

/// A paid order as the shop's rows hold it. All money is decimal text in the order's currency.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShopOrder {
    /// What people call it.
    #[serde(deserialize_with = "text")]
    pub number: String,
    /// The shop's own key of it.
    #[serde(deserialize_with = "text")]
    pub order_id: String,
    /// ISO 4217.
    #[serde(deserialize_with = "text")]
    pub currency: String,
    /// Who bought.
    #[serde(default)]
    pub customer: Customer,
    /// Where it is delivered to. Empty where nothing is shipped.
    #[serde(default)]
    pub delivery: Address,
    /// As the customer saw it.
    #[serde(default, deserialize_with = "text")]
    pub shipping_method: String,
    /// The codes of the coupons and vouchers.
    #[serde(default, deserialize_with = "texts")]
    pub coupons: Vec<String>,
    /// What the customer saw, where that was not the shop's currency.
    #[serde(default)]
    pub shopper: Shopper,
    /// The payment plugin's element, such as `payment_cash`.
    #[serde(default, deserialize_with = "text")]
    pub payment_method: String,
    /// The customer's remark.
    #[serde(default, deserialize_with = "text")]
    pub note: String,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// What came on top: shipping, fees, taxes.
    #[serde(default)]
    pub charges: Vec<NamedAmount>,
    /// What was taken off, as positive amounts.
    #[serde(default)]
    pub discounts: Vec<NamedAmount>,
    /// What the customer paid.
    #[serde(deserialize_with = "text")]
    pub total: String,
}

impl fmt::Debug for ShopOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShopOrder")
            .field("currency", &self.currency)
            .field("lines", &self.lines)
            .field("charges", &self.charges)
            .field("discounts", &self.discounts)
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

/// Who bought. Never printed.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// First and last name.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// E-mail address.
    #[serde(default, deserialize_with = "text")]
    pub email: String,
    /// Telephone number.
    #[serde(default, deserialize_with = "text")]
    pub phone: String,
}

/// A postal address. Never printed.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Who receives it.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// Their company.
    #[serde(default, deserialize_with = "text")]
    pub company: String,
    /// Street and number.
    #[serde(default, deserialize_with = "text")]
    pub street: String,
    /// The second line.
    #[serde(default, deserialize_with = "text")]
    pub street_2: String,
    /// Postal code.
    #[serde(default, deserialize_with = "text")]
    pub zip: String,
    /// City.
    #[serde(default, deserialize_with = "text")]
    pub city: String,
    /// State or province.
    #[serde(default, deserialize_with = "text")]
    pub zone: String,
    /// Country.
    #[serde(default, deserialize_with = "text")]
    pub country: String,
}

/// The currency in which the customer saw the order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shopper {
    /// ISO 4217; empty is the shop's own.
    #[serde(default, deserialize_with = "text")]
    pub currency: String,
    /// Decimal text: units of it for one unit of the shop's currency.
    #[serde(default, deserialize_with = "text")]
    pub rate: String,
}

/// One line of the shop's order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// The product's, with its variant.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// May be empty.
    #[serde(default, deserialize_with = "text")]
    pub sku: String,
    /// Decimal text.
    #[serde(deserialize_with = "text")]
    pub quantity: String,
    /// Decimal text.
    #[serde(deserialize_with = "text")]
    pub unit_price: String,
    /// Decimal text: what the chosen options add to one piece. Empty is nothing.
    #[serde(default, deserialize_with = "text")]
    pub option_price: String,
    /// What the customer chose.
    #[serde(default)]
    pub options: Vec<ChosenOption>,
}

/// A choice of the customer's, such as `Size: Large`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenOption {
    /// The option's.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// May be empty.
    #[serde(default, deserialize_with = "text")]
    pub value: String,
    /// Clover's id of the modifier that it stands for; else empty.
    #[serde(default, deserialize_with = "text")]
    pub modifier: String,
    /// Decimal text: what the modifier adds to one piece, as part of the line's option price.
    #[serde(default, deserialize_with = "text")]
    pub amount: String,
}

/// A charge or a discount.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedAmount {
    /// As the customer saw it.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// Decimal text.
    #[serde(deserialize_with = "text")]
    pub amount: String,
}

/// A column's text. Some database drivers give whole numbers as numbers, and empty columns as null.
/// A float is refused: money is never a float.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Text;
    impl Visitor<'_> for Text {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }
        fn visit_i64<E: de::Error>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<String, E> {
            Ok(number.to_string())
        }
        fn visit_unit<E: de::Error>(self) -> Result<String, E> {
            Ok(String::new())
        }
    }
    deserializer.deserialize_any(Text)
}

/// A list of columns' texts.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    struct Text(#[serde(deserialize_with = "text")] String);
    let texts = Vec::<Text>::deserialize(deserializer)?;
    Ok(texts.into_iter().map(|Text(text)| text).collect())
}

impl ShopOrder {
    /// Reads an order, which is given as JSON.
    ///
    /// # Errors
    /// [`OrderError`] with the path of the first thing that is wrong.
    pub fn parse(json: &Value) -> Result<Self, OrderError> {
        Ok(from_value(json)?)
    }
}
