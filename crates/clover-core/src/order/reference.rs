//! The reference that identifies an order of this shop in Clover.

use std::fmt;

use serde::{Deserialize, Serialize};

const TAG: usize = 5;
const DIGITS: usize = 7;

/// A site tag or number that makes no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReference {
    /// The tag is not exactly five upper-case base-36 characters.
    #[error("a site tag is exactly 5 of the characters 0-9 and A-Z")]
    Tag,
    /// The number is zero or has more than seven digits in base 36.
    #[error("an order's number is from 1 to {}", LARGEST_NUMBER)]
    Number,
    /// The text is not a reference.
    #[error("a reference is 6 to 12 of the characters 0-9 and A-Z")]
    Text,
}

/// 36⁷ − 1.
pub(super) const LARGEST_NUMBER: u64 = 36_u64.pow(7) - 1;

/// What marks an order in Clover as this order of this shop: Clover's `externalReferenceId`, which
/// holds 12 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrderReference(String);

impl OrderReference {
    /// Takes a text that [`order_reference()`] made.
    ///
    /// # Errors
    /// [`InvalidReference::Text`] for any other.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidReference> {
        let text = text.into();
        if (TAG + 1..=TAG + DIGITS).contains(&text.len()) && text.bytes().all(is_base36) {
            Ok(Self(text))
        } else {
            Err(InvalidReference::Text)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for OrderReference {
    type Error = InvalidReference;
    fn try_from(text: String) -> Result<Self, InvalidReference> {
        Self::new(text)
    }
}

impl From<OrderReference> for String {
    fn from(reference: OrderReference) -> Self {
        reference.0
    }
}

impl fmt::Display for OrderReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OrderReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The reference of an order: the site's tag, then the order's number in base 36. Two numbers of a
/// tag never share one.
///
/// # Errors
/// [`InvalidReference`] for another tag than [`site_tag`] makes, and for a number outside 1 … 36⁷
/// − 1.
pub fn order_reference(
    site_tag: &str,
    order_number: u64,
) -> Result<OrderReference, InvalidReference> {
    if site_tag.len() != TAG || !site_tag.bytes().all(is_base36) {
        return Err(InvalidReference::Tag);
    }
    if !(1..=LARGEST_NUMBER).contains(&order_number) {
        return Err(InvalidReference::Number);
    }
    Ok(OrderReference(format!(
        "{site_tag}{}",
        base36(order_number)
    )))
}

/// A tag that tells one site's orders from another's, out of random bytes: about 60 million are
/// possible.
#[must_use]
pub fn site_tag(random: [u8; 8]) -> String {
    let number = u64::from_be_bytes(random) % 36_u64.pow(5);
    format!("{:0>TAG$}", base36(number))
}

fn is_base36(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        // Below 36.
        #[allow(clippy::cast_possible_truncation)]
        let digit = (number % 36) as u8;
        digits.push(char::from(match digit {
            0..10 => b'0' + digit,
            _ => b'A' + digit - 10,
        }));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}
