//! Clover's JSON as servers send it: keys left out, lists that are `{}`, numbers as text, counts as
//! doubles.
//!
//! The model is lenient. What a shop cannot use is refused in [`crate::mapping`], by item.

mod item;
mod lenient;
mod list;
mod merchant;
mod order;
mod tax;

pub use item::{
    ADDRESS_LENGTH, Attribute, Category, DESCRIPTION_LENGTH, Item, ItemCount, ItemGroup,
    ItemModifierGroup, ItemStock, MenuItem, Modifier, ModifierGroup, OptionValue, PriceType, Ref,
    Stock, Tag,
};
pub use lenient::lenient_integer;
pub use list::{ElementError, Elements, Listing};
pub use merchant::{Merchant, Properties};
pub use order::{
    Discount, LineItem, Modification, OrderCurrency, OrderHead, OrderType, Payment, PrintEvent,
    Tender, TillLine, TillOrder,
};
pub use tax::{TaxRate, TaxedItem};

#[cfg(test)]
mod tests;
