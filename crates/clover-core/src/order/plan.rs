//! The plan of an order push: made once, and the same for every attempt.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::shop_order::{ChosenOption, OrderLine, ShopOrder};
use super::standing::OrderStanding;
use super::text::{self, NAME, SEPARATOR, clean, line_texts, with_quantity};
use super::{MAX_DISCOUNTS, MAX_LINE_ITEMS, MAX_LINE_MODIFICATIONS, MAX_MODIFICATIONS, OrderError};
use crate::ids::ModifierId;
use crate::json::parse;
use crate::money::{Currency, Decimal, MinorUnits};

/// No amount that fits a shop's `decimal(15,5)` column is larger, in any currency.
pub(super) const LARGEST: i64 = 1_000_000_000_000_000;

/// One Clover line item. It is one piece: Clover has no quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedLine {
    /// As the till and the receipt show it, with those chosen options that are not sent as
    /// modifications.
    pub name: String,
    /// Without the modifications. Never negative.
    pub price: MinorUnits,
    /// The options that the name has no room for, and the SKU.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The chosen modifiers, in the order in which they are sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifications: Vec<PlannedModification>,
}

/// A chosen modifier of one piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedModification {
    /// Which.
    pub modifier: ModifierId,
    /// The option and the value, as a line's name shows them where Clover refuses the modifier.
    pub name: String,
    /// What it adds. Never negative.
    pub amount: MinorUnits,
}

impl PlannedLine {
    /// A line without modifications.
    fn plain(name: String, price: MinorUnits, note: String) -> Self {
        Self {
            name,
            price,
            note,
            modifications: Vec::new(),
        }
    }

    /// What the piece costs, with its modifications.
    #[must_use]
    pub fn whole_price(&self) -> i128 {
        let amounts = self
            .modifications
            .iter()
            .map(|one| i128::from(one.amount.0));
        i128::from(self.price.0) + amounts.sum::<i128>()
    }

    /// The name with these modifications as text.
    #[must_use]
    pub fn name_with<'a>(
        &self,
        modifications: impl IntoIterator<Item = &'a PlannedModification>,
    ) -> String {
        let names = modifications.into_iter().map(|one| one.name.clone());
        text::with_options(&self.name, names)
    }

    /// The name with all modifications as text.
    pub(super) fn full_name(&self) -> String {
        self.name_with(&self.modifications)
    }
}

/// A discount on the whole order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedDiscount {
    /// As the till and the receipt show it.
    pub name: String,
    /// Always negative.
    pub amount: MinorUnits,
}

/// All that Clover is sent for one order. It is made once and stored, so that every attempt sends
/// the same.
///
/// Σ of the pieces and the discounts is the total, always: a plan that breaks this cannot be read
/// back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredPlan")]
pub struct OrderPlan {
    /// For the till's list of orders.
    title: String,
    /// Who bought, where it goes, and the remark.
    note: String,
    #[serde(serialize_with = "code")]
    currency: Currency,
    total: MinorUnits,
    #[serde(serialize_with = "runs")]
    pieces: Vec<PlannedLine>,
    discounts: Vec<PlannedDiscount>,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn code<S: Serializer>(currency: &Currency, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(currency.code())
}

/// Equal pieces in a row are stored once: a plan has its place in a database row.
fn runs<S: Serializer>(pieces: &[PlannedLine], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Borrowed<'a> {
        #[serde(flatten)]
        piece: &'a PlannedLine,
        times: usize,
    }
    serializer.collect_seq(pieces.chunk_by(|a, b| a == b).map(|run| Borrowed {
        piece: &run[0],
        times: run.len(),
    }))
}

/// [`OrderPlan`] as stored, not yet checked.
#[derive(Deserialize)]
struct StoredPlan {
    title: String,
    note: String,
    currency: String,
    total: MinorUnits,
    pieces: Vec<RepeatedLine>,
    discounts: Vec<PlannedDiscount>,
}

#[derive(Deserialize)]
struct RepeatedLine {
    #[serde(flatten)]
    piece: PlannedLine,
    times: usize,
}

impl TryFrom<StoredPlan> for OrderPlan {
    type Error = &'static str;

    fn try_from(frozen: StoredPlan) -> Result<Self, Self::Error> {
        let currency = Currency::from_code(&frozen.currency).map_err(|_| "no such currency")?;
        let mut pieces: Vec<PlannedLine> = Vec::new();
        for RepeatedLine { piece, times } in frozen.pieces {
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
            && plan.pieces.iter().all(|piece| {
                within(piece.price) && piece.modifications.iter().all(|one| within(one.amount))
            })
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
    #[must_use]
    pub fn to_json(&self) -> String {
        // Panic: there are only texts and numbers in it, and no map with other keys.
        serde_json::to_string(self).expect("texts and numbers")
    }

    /// Such as `PAID ONLINE` and the order's number.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The shop's order, who bought, where it goes and the customer's remark, on one line.
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
    pub fn pieces(&self) -> &[PlannedLine] {
        &self.pieces
    }

    /// The discounts in the order in which they are sent.
    #[must_use]
    pub fn discounts(&self) -> &[PlannedDiscount] {
        &self.discounts
    }

    /// What an error message must not repeat: the note, and each value in it.
    pub fn private(&self) -> impl Iterator<Item = &str> {
        private_parts(&self.note)
    }

    fn sum(&self) -> i128 {
        let pieces = self.pieces.iter().map(PlannedLine::whole_price);
        let discounts = self.discounts.iter().map(|off| i128::from(off.amount.0));
        pieces.chain(discounts).sum()
    }
}

/// What an error message must not repeat of a note: the note, and each value in it.
pub fn private_parts(note: &str) -> impl Iterator<Item = &str> {
    let parts = note.split(SEPARATOR);
    let values = parts.filter_map(|part| Some(part.split_once(": ")?.1));
    std::iter::once(note).chain(values)
}

impl ShopOrder {
    /// The plan of what Clover is sent, for an order of this standing.
    ///
    /// Every amount is rounded to the currency's minor unit by itself, an exact half away from
    /// zero. What is then missing to the rounded total is one entry of its own: `Rounding` as long
    /// as it is at most one minor unit for each other entry, else `Other charges` or `Other
    /// discounts`.
    ///
    /// # Errors
    /// [`OrderError`] for unreadable or excessive amounts, another currency, a negative total, and
    /// too many lines.
    pub fn plan(
        &self,
        currency: Currency,
        standing: OrderStanding,
    ) -> Result<OrderPlan, OrderError> {
        if !self.currency.trim().eq_ignore_ascii_case(currency.code()) {
            let reason = format!("the order is not in {}", currency.code());
            return Err(OrderError::new("currency", reason));
        }
        let mut draft = Draft {
            currency,
            pieces: Vec::new(),
            discounts: Vec::new(),
            modifications: 0,
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
            draft.add(&text::name(&charge.name, "Charge"), amount, String::new());
        }
        // A coupon that was spread over the lines is one discount again, for each costs a request.
        let mut taken_off: Vec<(String, MinorUnits)> = Vec::new();
        for (index, discount) in self.discounts.iter().enumerate() {
            let taken = draft.amount(&discount.amount, || format!("discounts[{index}].amount"))?;
            let name = text::name(&discount.name, "Discount");
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
            title: clean(&format!("{} {}", standing.words(), self.number), NAME),
            note: text::order_note(self, total, currency, standing),
            currency,
            total,
            pieces: draft.pieces,
            discounts: draft.discounts,
        };
        plan.balance()?;
        Ok(plan)
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
            1.. => {
                let price = MinorUnits(missing);
                self.pieces
                    .push(PlannedLine::plain(name, price, String::new()));
            }
            _ => self.discounts.push(PlannedDiscount {
                name,
                amount: MinorUnits(missing),
            }),
        }
        Ok(())
    }
}

struct Draft {
    currency: Currency,
    pieces: Vec<PlannedLine>,
    discounts: Vec<PlannedDiscount>,
    modifications: usize,
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
        let pieces = usize::try_from(quantity.digits)
            .ok()
            .filter(|pieces| quantity.places == 0 && *pieces > 0);
        if let Some(pieces) = pieces.filter(|pieces| pieces - 1 <= *room)
            && let Some(item) = self.modified(line, piece, pieces)
        {
            *room -= pieces - 1;
            self.modifications += pieces * item.modifications.len();
            self.pieces.extend(std::iter::repeat_n(item, pieces));
            return Ok(());
        }
        let (name, note) = line_texts(line, |_| true);
        match pieces {
            Some(pieces) if piece.0 >= 0 && pieces - 1 <= *room => {
                *room -= pieces - 1;
                let item = PlannedLine::plain(name, piece, note);
                self.pieces.extend(std::iter::repeat_n(item, pieces));
            }
            Some(1) => self.add(&name, piece, note),
            _ => {
                let whole = unit.times(quantity);
                let whole =
                    whole.ok_or_else(|| OrderError::new(at("unit_price")(), "is too large"))?;
                let whole = self.minor(whole, at("unit_price"))?;
                let name = with_quantity(quantity, &name);
                if whole.0 == 0 {
                    self.pieces.push(PlannedLine::plain(name, whole, note));
                } else {
                    self.add(&name, whole, note);
                }
            }
        }
        Ok(())
    }

    /// One piece of a line with its modifications: what they do not add is the price. None where
    /// there are none, where they add more than the piece costs, and where they are too many; then
    /// they are options as any other.
    fn modified(&self, line: &OrderLine, piece: MinorUnits, pieces: usize) -> Option<PlannedLine> {
        let modifications: Vec<_> = line
            .options
            .iter()
            .filter_map(|option| self.modification(option))
            .collect();
        let count = modifications.len();
        let fits = count <= MAX_LINE_MODIFICATIONS
            && pieces.checked_mul(count)? <= MAX_MODIFICATIONS - self.modifications;
        if count == 0 || !fits {
            return None;
        }
        let amounts = modifications.iter().map(|one| i128::from(one.amount.0));
        let price = i128::from(piece.0) - amounts.sum::<i128>();
        let price = i64::try_from(price).ok().filter(|price| *price >= 0)?;
        let (name, note) = line_texts(line, |option| self.modification(option).is_none());
        Some(PlannedLine {
            name,
            price: MinorUnits(price),
            note,
            modifications,
        })
    }

    fn modification(&self, option: &ChosenOption) -> Option<PlannedModification> {
        let modifier = ModifierId::new(option.modifier.trim()).ok()?;
        let amount = match option.amount.trim() {
            "" => MinorUnits(0),
            amount => Decimal::parse(amount)?.to_minor(self.currency)?,
        };
        (0..=LARGEST).contains(&amount.0).then_some(())?;
        Some(PlannedModification {
            modifier,
            name: text::option(option)?,
            amount,
        })
    }

    /// A negative amount becomes a discount, since a line item's price is never negative. Zero adds
    /// nothing.
    fn add(&mut self, name: &str, amount: MinorUnits, note: String) {
        let name = name.to_owned();
        match amount.0 {
            0 => {}
            1.. => self.pieces.push(PlannedLine::plain(name, amount, note)),
            _ => self.discounts.push(PlannedDiscount { name, amount }),
        }
    }
}

fn decimal(text: &str, path: impl Fn() -> String) -> Result<Decimal, OrderError> {
    Decimal::parse(text).ok_or_else(|| OrderError::new(path(), "is not a decimal number"))
}
