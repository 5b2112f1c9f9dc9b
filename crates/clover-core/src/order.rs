//! What Clover is told of a web order that was paid in the shop: its lines, its discounts and its total, to the minor
//! unit. Clover computes nothing of it.
//!
//! No line names an item of Clover's, so Clover has no reason to take a sold unit out of its count a second time.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::{JsonError, parse};
use crate::money::{Currency, Decimal, MinorUnits};

/// Line items of an order at most: one page of Clover's documents says 2,500, another 3,000.
pub const MAX_LINE_ITEMS: usize = 2_500;
/// Discounts of an order at most. Clover names no limit; the list of them is read in one page, and nobody has more.
pub const MAX_DISCOUNTS: usize = 100;
/// No amount that fits a shop's `decimal(15,5)` column is larger, in any currency.
const LARGEST: i64 = 1_000_000_000_000_000;

/// Clover's limits on texts, taken as characters.
const NAME: usize = 127;
const LINE_NOTE: usize = 255;
const ORDER_NOTE: usize = 2_047;

/// What is wrong with an order or a plan, and where. Quotes none of its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct OrderError {
    /// Where, such as `lines[3].unit_price`; `.` is the whole document.
    pub path: String,
    /// What is wrong there.
    pub reason: String,
}

impl OrderError {
    fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
        }
    }
}

impl From<JsonError> for OrderError {
    fn from(error: JsonError) -> Self {
        Self::new(error.path, error.reason)
    }
}

/// A paid order as the shop's rows hold it. All money is decimal text in the order's currency.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// One line of the shop's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// A charge or a discount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedAmount {
    /// As the customer saw it.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// Decimal text.
    #[serde(deserialize_with = "text")]
    pub amount: String,
}

/// A column's text; some database drivers give whole numbers as numbers, and empty columns as null. A float is refused: it is no money.
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

/// One line item of Clover's: one piece, since Clover knows no quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineItem {
    /// As the till and the receipt show it.
    pub name: String,
    /// Never negative.
    pub price: MinorUnits,
    /// The SKU; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A discount on the whole order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// As the till and the receipt show it.
    pub name: String,
    /// Always negative.
    pub amount: MinorUnits,
}

/// All that Clover will be told of one order. It is made once and kept, so that every try says the same.
///
/// Σ of the pieces and the discounts is the total, always: a plan that breaks this cannot be read back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Frozen")]
pub struct OrderPlan {
    /// For the till's list of orders.
    title: String,
    /// Who bought, and the remark.
    note: String,
    #[serde(serialize_with = "code")]
    currency: Currency,
    total: MinorUnits,
    #[serde(serialize_with = "runs")]
    pieces: Vec<LineItem>,
    discounts: Vec<Discount>,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn code<S: Serializer>(currency: &Currency, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(currency.code())
}

/// Equal pieces in a row are stored once: a plan has its place in a database row.
fn runs<S: Serializer>(pieces: &[LineItem], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Borrowed<'a> {
        #[serde(flatten)]
        piece: &'a LineItem,
        times: usize,
    }
    serializer.collect_seq(pieces.chunk_by(|a, b| a == b).map(|run| Borrowed {
        piece: &run[0],
        times: run.len(),
    }))
}

/// [`OrderPlan`] as it is stored, not yet believed.
#[derive(Deserialize)]
struct Frozen {
    title: String,
    note: String,
    currency: String,
    total: MinorUnits,
    pieces: Vec<Run>,
    discounts: Vec<Discount>,
}

#[derive(Deserialize)]
struct Run {
    #[serde(flatten)]
    piece: LineItem,
    times: usize,
}

impl TryFrom<Frozen> for OrderPlan {
    type Error = &'static str;

    fn try_from(frozen: Frozen) -> Result<Self, Self::Error> {
        let currency = Currency::from_code(&frozen.currency).map_err(|_| "no such currency")?;
        let mut pieces: Vec<LineItem> = Vec::new();
        for Run { piece, times } in frozen.pieces {
            if times > MAX_LINE_ITEMS - pieces.len() {
                return Err("more pieces than an order may have");
            }
            pieces.extend(std::iter::repeat_n(piece, times));
        }
        let plan = Self {
            title: frozen.title,
            note: frozen.note,
            currency,
            total: frozen.total,
            pieces,
            discounts: frozen.discounts,
        };
        let within = |amount: MinorUnits| (0..=LARGEST).contains(&amount.0);
        let sound = within(plan.total)
            && plan.pieces.iter().all(|piece| within(piece.price))
            && plan
                .discounts
                .iter()
                .all(|off| (-LARGEST..0).contains(&off.amount.0))
            && plan.discounts.len() <= MAX_DISCOUNTS + 1;
        if !sound {
            return Err("an amount is out of range");
        }
        if plan.sum() != i128::from(plan.total.0) {
            return Err("the parts do not add up to the total");
        }
        Ok(plan)
    }
}

impl fmt::Debug for OrderPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "OrderPlan({} {}, {} pieces, {} discounts)",
            self.currency.code(),
            self.total.0,
            self.pieces.len(),
            self.discounts.len()
        )
    }
}

impl OrderPlan {
    /// Reads a stored plan.
    ///
    /// # Errors
    /// [`OrderError`] when it is none, or its parts do not add up.
    pub fn from_json(text: &[u8]) -> Result<Self, OrderError> {
        Ok(parse(text)?)
    }

    /// The plan as text for a row.
    ///
    /// # Panics
    /// Never: the plan is made of texts and numbers.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Panic: cannot fire, there are only texts and numbers in it, and no map with other keys.
        serde_json::to_string(self).expect("texts and numbers")
    }

    /// `PAID ONLINE` and the order's number.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Who bought, the shop's order and the customer's remark, on one line.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Of all amounts.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// What the customer paid, and what an external payment has to say.
    #[must_use]
    pub fn total(&self) -> MinorUnits {
        self.total
    }

    /// The line items in the order in which they are sent.
    #[must_use]
    pub fn pieces(&self) -> &[LineItem] {
        &self.pieces
    }

    /// The discounts in the order in which they are sent.
    #[must_use]
    pub fn discounts(&self) -> &[Discount] {
        &self.discounts
    }

    /// What an error message must not repeat: the note, and each value in it.
    pub fn private(&self) -> impl Iterator<Item = &str> {
        let values = self
            .note
            .split(SEPARATOR)
            .filter_map(|part| Some(part.split_once(": ")?.1));
        std::iter::once(self.note.as_str()).chain(values)
    }

    fn sum(&self) -> i128 {
        let pieces = self.pieces.iter().map(|piece| i128::from(piece.price.0));
        let discounts = self.discounts.iter().map(|off| i128::from(off.amount.0));
        pieces.chain(discounts).sum()
    }
}

const SEPARATOR: &str = "; ";

impl ShopOrder {
    /// Reads an order.
    ///
    /// # Errors
    /// [`OrderError`] with the path of the first thing that is wrong.
    pub fn parse(json: &[u8]) -> Result<Self, OrderError> {
        Ok(parse(json)?)
    }

    /// What Clover will be told.
    ///
    /// Every amount is rounded to the currency's minor unit by itself, an exact half away from zero. What is then missing
    /// to the rounded total is one entry of its own: `Rounding` as long as it is at most one minor unit for each other
    /// entry, else `Other charges` or `Other discounts`.
    ///
    /// # Errors
    /// [`OrderError`] for unreadable or excessive amounts, another currency, a negative total, and too many lines.
    pub fn plan(&self, currency: Currency) -> Result<OrderPlan, OrderError> {
        if !self.currency.trim().eq_ignore_ascii_case(currency.code()) {
            let reason = format!("the order is not in {}", currency.code());
            return Err(OrderError::new("currency", reason));
        }
        let mut draft = Draft {
            currency,
            pieces: Vec::new(),
            discounts: Vec::new(),
        };
        let total = draft.amount(&self.total, || "total".into())?;
        if total.0 < 0 {
            return Err(OrderError::new("total", "is negative"));
        }
        // One line for each, and one to balance.
        let least = self.lines.len() + self.charges.len() + self.discounts.len() + 1;
        let Some(mut room) = MAX_LINE_ITEMS.checked_sub(least) else {
            let reason = format!("are more than the {MAX_LINE_ITEMS} that an order may have");
            return Err(OrderError::new("lines", reason));
        };
        for (index, line) in self.lines.iter().enumerate() {
            draft.line(line, index, &mut room)?;
        }
        for (index, charge) in self.charges.iter().enumerate() {
            let amount = draft.amount(&charge.amount, || format!("charges[{index}].amount"))?;
            draft.add(&name(&charge.name, "Charge"), amount, String::new());
        }
        // A coupon that was spread over the lines is one discount again, for each costs a request.
        let mut taken_off: Vec<(String, MinorUnits)> = Vec::new();
        for (index, discount) in self.discounts.iter().enumerate() {
            let taken = draft.amount(&discount.amount, || format!("discounts[{index}].amount"))?;
            let name = name(&discount.name, "Discount");
            match taken_off.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => sum.0 = sum.0.saturating_add(taken.0),
                None => taken_off.push((name, taken)),
            }
        }
        for (name, taken) in taken_off {
            draft.add(&name, MinorUnits(-taken.0), String::new());
        }
        if draft.discounts.len() > MAX_DISCOUNTS {
            let reason = format!("more than {MAX_DISCOUNTS} amounts are taken off");
            return Err(OrderError::new("discounts", reason));
        }
        let mut plan = OrderPlan {
            title: clean(&format!("PAID ONLINE {}", self.number), NAME),
            note: self.note(),
            currency,
            total,
            pieces: draft.pieces,
            discounts: draft.discounts,
        };
        plan.balance()?;
        Ok(plan)
    }

    fn note(&self) -> String {
        let facts = [
            ("Customer", &self.customer.name),
            ("E-mail", &self.customer.email),
            ("Phone", &self.customer.phone),
            ("Shop order", &self.order_id),
            ("Remark", &self.note),
        ];
        let facts = facts.map(|(label, value)| (label, clean(value, ORDER_NOTE)));
        let parts: Vec<String> = facts
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(label, value)| format!("{label}: {value}"))
            .collect();
        clean(&parts.join(SEPARATOR), ORDER_NOTE)
    }
}

impl OrderPlan {
    fn balance(&mut self) -> Result<(), OrderError> {
        let missing = i64::try_from(i128::from(self.total.0) - self.sum())
            .ok()
            .filter(|missing| missing.abs() <= LARGEST)
            .ok_or_else(|| OrderError::new("total", "is too far from the sum of the parts"))?;
        let entries = u64::try_from(self.pieces.len() + self.discounts.len()).unwrap_or(u64::MAX);
        let name = match missing {
            _ if missing.unsigned_abs() <= entries => "Rounding",
            1.. => "Other charges",
            _ => "Other discounts",
        }
        .to_owned();
        match missing {
            0 => {}
            1.. => self.pieces.push(LineItem {
                name,
                price: MinorUnits(missing),
                note: String::new(),
            }),
            _ => self.discounts.push(Discount {
                name,
                amount: MinorUnits(missing),
            }),
        }
        Ok(())
    }
}

struct Draft {
    currency: Currency,
    pieces: Vec<LineItem>,
    discounts: Vec<Discount>,
}

impl Draft {
    fn amount(
        &self,
        text: &str,
        path: impl Fn() -> String + Copy,
    ) -> Result<MinorUnits, OrderError> {
        self.minor(decimal(text, path)?, path)
    }

    fn minor(&self, amount: Decimal, path: impl Fn() -> String) -> Result<MinorUnits, OrderError> {
        amount
            .to_minor(self.currency)
            .filter(|minor| (-LARGEST..=LARGEST).contains(&minor.0))
            .ok_or_else(|| OrderError::new(path(), "is too large"))
    }

    fn line(&mut self, line: &OrderLine, index: usize, room: &mut usize) -> Result<(), OrderError> {
        let at = |field: &'static str| move || format!("lines[{index}].{field}");
        let quantity = decimal(&line.quantity, at("quantity"))?.shortest();
        let mut unit = decimal(&line.unit_price, at("unit_price"))?;
        if !line.option_price.is_empty() {
            let option = decimal(&line.option_price, at("option_price"))?;
            unit = unit
                .plus(option)
                .ok_or_else(|| OrderError::new(at("option_price")(), "is too large"))?;
        }
        let piece = self.minor(unit, at("unit_price"))?;
        let name = name(&line.name, "Item");
        let note = match clean(&line.sku, LINE_NOTE) {
            sku if sku.is_empty() => sku,
            sku => clean(&format!("SKU {sku}"), LINE_NOTE),
        };
        let pieces = usize::try_from(quantity.digits)
            .ok()
            .filter(|pieces| quantity.places == 0 && *pieces > 0);
        match pieces {
            Some(pieces) if piece.0 >= 0 && pieces - 1 <= *room => {
                *room -= pieces - 1;
                let item = LineItem {
                    name,
                    price: piece,
                    note,
                };
                self.pieces.extend(std::iter::repeat_n(item, pieces));
            }
            Some(1) => self.add(&name, piece, note),
            _ => {
                let whole = unit.times(quantity);
                let whole =
                    whole.ok_or_else(|| OrderError::new(at("unit_price")(), "is too large"))?;
                let whole = self.minor(whole, at("unit_price"))?;
                let name = clean(&format!("{quantity} × {name}"), NAME);
                if whole.0 == 0 {
                    self.pieces.push(LineItem {
                        name,
                        price: whole,
                        note,
                    });
                } else {
                    self.add(&name, whole, note);
                }
            }
        }
        Ok(())
    }

    /// An amount that is taken off is a discount, for a line item's price is never negative; nothing is no entry.
    fn add(&mut self, name: &str, amount: MinorUnits, note: String) {
        let name = name.to_owned();
        match amount.0 {
            0 => {}
            1.. => self.pieces.push(LineItem {
                name,
                price: amount,
                note,
            }),
            _ => self.discounts.push(Discount { name, amount }),
        }
    }
}

fn decimal(text: &str, path: impl Fn() -> String) -> Result<Decimal, OrderError> {
    Decimal::parse(text).ok_or_else(|| OrderError::new(path(), "is no decimal number"))
}

fn name(text: &str, nameless: &str) -> String {
    match clean(text, NAME) {
        name if name.is_empty() => nameless.to_owned(),
        name => name,
    }
}

/// A text as Clover can store it: characters of four bytes, which it stores as `?`, are left out; control characters
/// and repeated space are one space; what is invisible throughout is empty; at most so many characters.
fn clean(text: &str, limit: usize) -> String {
    let mut cleaned = String::with_capacity(text.len().min(4 * limit));
    let spaced = text.split(|c: char| c.is_whitespace() || c.is_control());
    for word in spaced {
        // What told an emoji how to look is left behind by it.
        let kept: String = word
            .chars()
            .filter(|c| c.len_utf8() < 4 && !('\u{fe00}'..='\u{fe0f}').contains(c))
            .collect();
        if kept.chars().any(|c| !invisible(c)) {
            if !cleaned.is_empty() {
                cleaned.push(' ');
            }
            cleaned.push_str(&kept);
        }
    }
    if let Some((end, _)) = cleaned.char_indices().nth(limit) {
        cleaned.truncate(end);
        cleaned.truncate(cleaned.trim_end().len());
    }
    cleaned
}

/// Joiners, marks of direction and the like.
fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

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
    /// The text is no reference.
    #[error("a reference is 6 to 12 of the characters 0-9 and A-Z")]
    Text,
}

/// 36⁷ − 1.
const LARGEST_NUMBER: u64 = 36_u64.pow(7) - 1;

/// What marks an order in Clover as this order of this shop: Clover's `externalReferenceId`, which holds 12 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

impl Reference {
    /// Takes a text that [`reference()`] made.
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

impl TryFrom<String> for Reference {
    type Error = InvalidReference;
    fn try_from(text: String) -> Result<Self, InvalidReference> {
        Self::new(text)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The reference of an order: the site's tag, then the order's number in base 36. Two numbers of a tag never share one.
///
/// # Errors
/// [`InvalidReference`] for another tag than [`site_tag`] makes, and for a number outside 1 … 36⁷ − 1.
pub fn reference(site_tag: &str, order_number: u64) -> Result<Reference, InvalidReference> {
    if site_tag.len() != TAG || !site_tag.bytes().all(is_base36) {
        return Err(InvalidReference::Tag);
    }
    if !(1..=LARGEST_NUMBER).contains(&order_number) {
        return Err(InvalidReference::Number);
    }
    Ok(Reference(format!("{site_tag}{}", base36(order_number))))
}

/// A tag that tells one site's orders from another's, out of random bytes: about 60 million are possible.
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

#[cfg(test)]
mod tests;
