//! The texts of an order in Clover: names and notes, within Clover's limits.
//!
//! They are in English, as the till's other fixed words, whatever the shop's language.

use super::shop_order::{Address, ChosenOption, OrderLine, ShopOrder};
use super::standing::OrderStanding;
use crate::money::{Currency, Decimal, MinorUnits};
use crate::text::{is_blank, is_invisible};

/// Clover's limits on texts, taken as characters.
pub(super) const NAME: usize = 127;
const LINE_NOTE: usize = 255;
pub(super) const ORDER_NOTE: usize = 2_047;

/// Between the parts of a note.
pub(super) const SEPARATOR: &str = "; ";

/// Characters that are left of a remark where it would not fit whole.
const SHORTEST_REMARK: usize = 20;

/// The cleaned name, or another for an empty one.
pub(super) fn name(text: &str, nameless: &str) -> String {
    match clean(text, NAME) {
        name if name.is_empty() => nameless.to_owned(),
        name => name,
    }
}

/// Name and note of a line with these of its options. The till and the receipt show the name, so
/// the chosen options belong there; where they do not fit, the note has them.
pub(super) fn line_texts(
    line: &OrderLine,
    is_shown: impl Fn(&ChosenOption) -> bool,
) -> (String, String) {
    let name = name(&line.name, "Item");
    let options = line.options.iter().filter(|option| is_shown(option));
    let options: Vec<String> = options.filter_map(option).collect();
    let sku = labelled("SKU", " ", &line.sku, LINE_NOTE);
    if options.is_empty() {
        return (name, join_whole(sku, SEPARATOR, LINE_NOTE));
    }
    let whole = format!("{name} ({})", options.join(", "));
    if whole.chars().count() <= NAME {
        return (whole, join_whole(sku, SEPARATOR, LINE_NOTE));
    }
    let note = join_whole(sku.into_iter().chain(options), SEPARATOR, LINE_NOTE);
    (name, note)
}

/// A name with options behind it, cut where it has no room.
pub(super) fn with_options(name: &str, options: impl Iterator<Item = String>) -> String {
    let options: Vec<String> = options.collect();
    if options.is_empty() {
        return name.to_owned();
    }
    clean(&format!("{name} ({})", options.join(", ")), NAME)
}

/// `Size: Large`; none for an option without any text.
pub(super) fn option(option: &ChosenOption) -> Option<String> {
    let (name, value) = (clean(&option.name, NAME), clean(&option.value, NAME));
    match (name.is_empty(), value.is_empty()) {
        (true, true) => None,
        (false, true) => Some(name),
        (true, false) => Some(value),
        (false, false) => Some(format!("{name}: {value}")),
    }
}

/// The name of a line that stands for more or less than one piece.
pub(super) fn with_quantity(quantity: Decimal, name: &str) -> String {
    clean(&format!("{quantity} × {name}"), NAME)
}

/// The order's note: what staff need first stands first. A part that has no room is left out whole,
/// and the customer's remark, the last part, is cut.
pub(super) fn order_note(
    order: &ShopOrder,
    total: MinorUnits,
    currency: Currency,
    standing: OrderStanding,
) -> String {
    let part = |label: &str, value: &str| labelled(label, ": ", value, ORDER_NOTE);
    let customer = &order.customer;
    let facts = [
        standing.head(&money(total, currency)),
        part("Web order", &numbers(order)),
        part("Customer", &customer.name),
        part("Phone", &customer.phone),
        part("E-mail", &customer.email),
        part("Deliver to", &postal(&order.delivery)),
        part("Shipping", &order.shipping_method),
        part("Coupon", &order.coupons.join(", ")),
        part("Shopper's total", &shoppers_total(order, total, currency)),
        part("Payment", payment(&order.payment_method)),
    ];
    let note = join_whole(facts.into_iter().flatten(), SEPARATOR, ORDER_NOTE);
    let taken = note.chars().count() + SEPARATOR.chars().count();
    let remark = part("Remark", &order.note);
    let remark = remark.and_then(|remark| shortened(remark, ORDER_NOTE.saturating_sub(taken)));
    join_whole([note].into_iter().chain(remark), SEPARATOR, ORDER_NOTE)
}

/// The number that people use, and the shop's key where that is another.
fn numbers(order: &ShopOrder) -> String {
    let (number, key) = (
        clean(&order.number, NAME),
        clean(&order.order_id, ORDER_NOTE),
    );
    match (number.is_empty(), key.is_empty() || key == number) {
        (true, _) => key,
        (false, true) => number,
        (false, false) => format!("{number} ({key})"),
    }
}

fn postal(address: &Address) -> String {
    let city = format!("{} {}", address.zip, address.city);
    let parts = [
        &address.name,
        &address.company,
        &address.street,
        &address.street_2,
        &city,
        &address.zone,
        &address.country,
    ];
    // A name alone does not make an address.
    if parts[1..].iter().all(|part| clean(part, NAME).is_empty()) {
        return String::new();
    }
    let parts = parts.map(|part| clean(part, ORDER_NOTE));
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

/// What the customer saw as the total, where that was in another currency. J2Commerce keeps the
/// rate only, and its payment methods compute the amount in the same way.
fn shoppers_total(order: &ShopOrder, total: MinorUnits, currency: Currency) -> String {
    let Ok(theirs) = Currency::from_code(&order.shopper.currency) else {
        return String::new();
    };
    if theirs == currency {
        return String::new();
    }
    let amount = Decimal::parse(&order.shopper.rate)
        .filter(|rate| rate.digits > 0)
        .and_then(|rate| Decimal::of_minor(total, currency).times(rate))
        .and_then(|amount| amount.to_minor(theirs));
    match amount {
        Some(amount) => money(amount, theirs),
        None => theirs.code().to_owned(),
    }
}

/// An amount as people read it: `55.20 EUR`.
pub(super) fn money(amount: MinorUnits, currency: Currency) -> String {
    format!(
        "{} {}",
        Decimal::of_minor(amount, currency),
        currency.code()
    )
}

/// `cash` of `payment_cash`: the plugin's own title depends on the language.
fn payment(method: &str) -> &str {
    let method = method.trim();
    let method = method.strip_prefix("plg_j2commerce_").unwrap_or(method);
    method.strip_prefix("payment_").unwrap_or(method)
}

fn labelled(label: &str, between: &str, value: &str, limit: usize) -> Option<String> {
    let value = clean(value, limit);
    (!value.is_empty()).then(|| clean(&format!("{label}{between}{value}"), limit))
}

/// The parts that fit, whole, in their order.
pub(super) fn join_whole(
    parts: impl IntoIterator<Item = String>,
    separator: &str,
    limit: usize,
) -> String {
    let mut joined = String::new();
    let mut length = 0;
    for part in parts {
        let between = if length == 0 { "" } else { separator };
        let more = between.chars().count() + part.chars().count();
        if !part.is_empty() && length + more <= limit {
            joined.push_str(between);
            joined.push_str(&part);
            length += more;
        }
    }
    joined
}

/// The text with at most so many characters, or none where too few of it would be left.
fn shortened(text: String, room: usize) -> Option<String> {
    if text.chars().count() <= room {
        return Some(text);
    }
    (room >= SHORTEST_REMARK).then(|| {
        let mut text = clean(&text, room - 1);
        text.push('…');
        text
    })
}

/// A text as Clover can store it: characters of four bytes, which it stores as `?`, are left out;
/// control characters and repeated space are one space; what is invisible throughout is empty; at
/// most so many characters.
pub(super) fn clean(text: &str, limit: usize) -> String {
    let mut cleaned = String::with_capacity(text.len().min(4 * limit));
    for word in text.split(is_blank) {
        // Without its emoji a variation selector has no meaning.
        let kept: String = word
            .chars()
            .filter(|c| c.len_utf8() < 4 && !('\u{fe00}'..='\u{fe0f}').contains(c))
            .collect();
        if !kept.chars().all(is_invisible) {
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
