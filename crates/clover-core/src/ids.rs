//! Clover's identifiers as types, so that an id of the shop is never passed in their place.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The text is not a Clover identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} must be 1 to 64 letters, digits, - or _, not {given:?}")]
pub struct InvalidId {
    /// What the identifier would have named, such as `item id`.
    pub kind: &'static str,
    /// The refused text, cut to 40 characters.
    pub given: String,
}

/// Clover's ids are 13 base-36 characters and device ids are UUIDs. What matters here is only that
/// an id can stand in a URL and in a filter as it is, so other lengths pass.
fn valid(id: &str) -> bool {
    matches!(id.len(), 1..=64)
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes the text when it has the form of a Clover id.
            ///
            /// # Errors
            /// [`InvalidId`] when it has not.
            pub fn new(id: impl Into<String>) -> Result<Self, InvalidId> {
                let id = id.into();
                if valid(&id) {
                    Ok(Self(id))
                } else {
                    Err(InvalidId { kind: $kind, given: id.chars().take(40).collect() })
                }
            }

            /// The id as Clover writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(id: String) -> Result<Self, InvalidId> {
                Self::new(id)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// An app of the Developer Dashboard, such as this shop's.
    AppId,
    "app id"
);
id!(
    /// A merchant: one till system, one stock.
    MerchantId,
    "merchant id"
);
id!(
    /// An inventory item. Each variant of a group is an item too.
    ItemId,
    "item id"
);
id!(
    /// An item group: the family that variants belong to.
    GroupId,
    "item group id"
);
id!(
    /// A category of the register.
    CategoryId,
    "category id"
);
id!(
    /// An attribute of an item group, such as Size.
    AttributeId,
    "attribute id"
);
id!(
    /// A group of modifiers, such as Extras.
    ModifierGroupId,
    "modifier group id"
);
id!(
    /// A modifier, such as Extra Cheese.
    ModifierId,
    "modifier id"
);
id!(
    /// One value of an attribute, such as Large.
    OptionId,
    "option id"
);
id!(
    /// An order of the register.
    OrderId,
    "order id"
);
id!(
    /// A line item of an order: one piece of something sold.
    LineItemId,
    "line item id"
);
id!(
    /// A way of paying, such as cash or "external payment".
    TenderId,
    "tender id"
);
id!(
    /// A kind of order, such as dine-in or pick-up.
    OrderTypeId,
    "order type id"
);
id!(
    /// The print of an order, as the till's printer was asked for it.
    PrintEventId,
    "print event id"
);
id!(
    /// A tax rate of the merchant.
    TaxRateId,
    "tax rate id"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_not_stand_in_a_url_is_refused_by_name() {
        assert!(ItemId::new("64TSD94BZX1CC").is_ok());
        for wrong in ["", "64TSD94BZX1C/", "a b", "x'y", "../x", &"A".repeat(65)] {
            assert_eq!(ItemId::new(wrong).unwrap_err().kind, "item id");
        }
    }
}
