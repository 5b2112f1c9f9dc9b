//! Orders with their lines, discounts and payments, and how they look on the wire.

use serde_json::{Map, Value, json};

use super::doc_view::visit_json;
use super::item::Item;
use super::lookups::Lookups;
use super::pricing;
use super::rules::Kind;
use crate::ids::Id;
use crate::query::{Expand, Record, Scalar};

/// An order. Clover never computes its `total`: that is a field like any other.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its id.
    pub id: Id,
    /// What a client may write, and the times.
    pub fields: Map<String, Value>,
    /// Milliseconds.
    pub modified: i64,
    /// The lines, first one first.
    pub lines: Vec<Line>,
    /// Discounts on the whole order.
    pub discounts: Vec<Entry>,
    /// Payments; a second one on a paid order is taken as well.
    pub payments: Vec<Entry>,
    /// Payments given back after the fact.
    pub refunds: Vec<Entry>,
    /// The service charge.
    pub service_charge: Option<Entry>,
    /// Customer ids.
    pub customers: Vec<Id>,
    /// When it was made, to the millisecond: the search by reference lags behind this.
    pub made_ms: i64,
    /// Sold before the simulation began.
    pub is_history: bool,
    /// When it was deleted.
    pub deleted: Option<i64>,
}

/// A discount, a payment or a modification.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id.
    pub id: Id,
    /// Its fields.
    pub fields: Map<String, Value>,
}

impl Entry {
    /// The object on the wire.
    pub fn show(&self) -> Value {
        let mut map = self.fields.clone();
        map.insert("id".to_owned(), json!(self.id));
        Value::Object(map)
    }

    /// A whole number field; 0 where it is absent.
    pub fn int(&self, name: &str) -> i64 {
        self.fields.get(name).and_then(Value::as_i64).unwrap_or(0)
    }

    /// Whether a payment was taken back before the day was closed.
    pub fn is_voided(&self) -> bool {
        self.fields.get("voided").and_then(Value::as_bool) == Some(true)
    }
}

impl Record for Entry {
    fn id(&self) -> Id {
        self.id
    }

    fn is_deleted(&self) -> bool {
        false
    }

    fn pending(&self, _: &Lookups, field: &str, look: &mut dyn FnMut(Scalar<'_>)) {
        match field {
            "id" => look(Scalar::Text(self.id.as_str())),
            "voided" => look(Scalar::Flag(self.is_voided())),
            path => visit_json(&self.fields, path, look),
        }
    }
}

/// One piece of a sold item: Clover has no quantity.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its id.
    pub id: Id,
    /// The item, for a linked line.
    pub item: Option<Id>,
    /// Its fields.
    pub fields: Map<String, Value>,
    /// Explicit tax rates.
    pub tax_rates: Vec<Id>,
    /// Discounts on this line.
    pub discounts: Vec<Entry>,
    /// Modifications, not de-duplicated.
    pub modifications: Vec<Entry>,
    /// Whether Clover has taken its stock.
    pub took_stock: bool,
}

impl Line {
    /// A whole number field; 0 where it is absent.
    pub fn int(&self, name: &str) -> i64 {
        self.fields.get(name).and_then(Value::as_i64).unwrap_or(0)
    }

    /// How much stock the line stands for: one piece, or thousandths of a unit.
    pub fn quantity(&self) -> f64 {
        match self.fields.get("unitQty").and_then(Value::as_i64) {
            Some(thousandths) => thousandths as f64 / 1000.0,
            None => 1.0,
        }
    }

    /// Price with modifications, less the line's discounts.
    pub fn net(&self) -> i64 {
        // `price` is for one unit where there is a `unitQty`.
        let price = match self.fields.get("unitQty").and_then(Value::as_i64) {
            Some(thousandths) => pricing::share(self.int("price"), thousandths, 1000),
            None => self.int("price"),
        };
        let gross = self
            .modifications
            .iter()
            .fold(price, |sum, m| sum.saturating_add(m.int("amount")));
        discounted(gross, &self.discounts)
    }

    /// The line on the wire; `prefix` is its own path in `expand`.
    pub fn show(&self, order: Id, lookups: &Lookups, expand: &Expand, prefix: &str) -> Value {
        let mut map = self.fields.clone();
        map.insert("id".to_owned(), json!(self.id));
        map.insert("orderRef".to_owned(), json!({"id": order}));
        if let Some(item) = self.item {
            map.insert("item".to_owned(), json!({"id": item}));
        }
        let wants = |name: &str| expand.has(&format!("{prefix}{name}"));
        if wants("discounts") {
            map.insert("discounts".to_owned(), nested(&self.discounts, expand));
        }
        if wants("modifications") {
            map.insert(
                "modifications".to_owned(),
                nested(&self.modifications, expand),
            );
        }
        if wants("taxRates") {
            // As recorded: a rate of a line says to which line it belongs, and less of itself.
            let rates = pricing::rates(&self.tax_rates, lookups);
            let rates = rates.iter().map(|rate| {
                json!({
                    "id": rate.id,
                    "lineItemRef": {"id": self.id},
                    "name": rate.name(),
                    "rate": rate.int("rate").unwrap_or(0),
                    "isDefault": rate.flag("isDefault"),
                })
            });
            let rates: Vec<Value> = rates.collect();
            map.insert("taxRates".to_owned(), json!({"elements": rates}));
        }
        Value::Object(map)
    }
}

/// An amount less discounts: fixed ones are negative amounts, others a percentage of it.
pub fn discounted(gross: i64, discounts: &[Entry]) -> i64 {
    discounts.iter().fold(gross, |rest, discount| {
        let percent = pricing::percent(gross, discount.int("percentage"));
        rest.saturating_add(discount.int("amount"))
            .saturating_sub(percent)
    })
}

fn nested<'a>(entries: impl IntoIterator<Item = &'a Entry>, expand: &Expand) -> Value {
    let elements: Vec<Value> = entries
        .into_iter()
        .take(expand.nested_limit())
        .map(Entry::show)
        .collect();
    json!({ "elements": elements })
}

impl Order {
    /// A new order as `POST /orders {}` makes it: no state, no total, no payment state.
    pub fn new(id: Id, currency: &str, vat: bool, now: i64, made_ms: i64) -> Self {
        let fields = json!({
            "currency": currency,
            "taxRemoved": false,
            "isVat": vat,
            "manualTransaction": false,
            "groupLineItems": true,
            "testMode": false,
            "createdTime": now,
            "clientCreatedTime": now,
        });
        Order {
            id,
            fields: match fields {
                Value::Object(map) => map,
                _ => Map::new(),
            },
            modified: now,
            lines: Vec::new(),
            discounts: Vec::new(),
            payments: Vec::new(),
            refunds: Vec::new(),
            service_charge: None,
            customers: Vec::new(),
            made_ms,
            is_history: false,
            deleted: None,
        }
    }

    /// A whole number field.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.fields.get(name).and_then(Value::as_i64)
    }

    /// The line of that id.
    pub fn line_mut(&mut self, id: Id) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.id == id)
    }

    /// Adds a payment: the order is locked, and paid once the amounts reach its total.
    pub fn pay(&mut self, payment: Entry) {
        self.payments.push(payment);
        self.fields.insert("state".to_owned(), json!("locked"));
    }

    /// The payments that were not voided.
    pub fn valid_payments(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.payments.iter().filter(|payment| !payment.is_voided())
    }

    /// The sum of the payments.
    pub fn paid(&self) -> i64 {
        let amounts = self.valid_payments().map(|payment| payment.int("amount"));
        amounts.fold(0, i64::saturating_add)
    }

    /// Whether it has a payment.
    pub fn is_paid(&self) -> bool {
        self.valid_payments().next().is_some()
    }

    /// `OPEN`, `PARTIALLY_PAID` or `PAID`.
    pub fn payment_state(&self) -> &'static str {
        let paid = self.paid();
        match self.is_paid() {
            false => "OPEN",
            true if paid >= self.int("total").unwrap_or(0) => "PAID",
            true => "PARTIALLY_PAID",
        }
    }

    /// The order as a create answers it: without `paymentState`.
    pub fn show_created(&self, base: &str) -> Map<String, Value> {
        let mut map = self.fields.clone();
        map.insert("id".to_owned(), json!(self.id));
        map.insert(
            "href".to_owned(),
            json!(format!("{base}/orders/{}", self.id)),
        );
        map.insert("modifiedTime".to_owned(), json!(self.modified));
        if let Some(time) = self.deleted {
            map.insert("deletedTimestamp".to_owned(), json!(time));
        }
        map
    }

    /// The order on the wire; relations only when expanded.
    pub fn show(&self, base: &str, lookups: &Lookups, expand: &Expand) -> Value {
        let mut map = self.show_created(base);
        map.insert("paymentState".to_owned(), json!(self.payment_state()));
        if expand.has("lineItems") {
            let lines = self.lines.iter().take(expand.nested_limit());
            let lines: Vec<Value> = lines
                .map(|line| line.show(self.id, lookups, expand, "lineItems."))
                .collect();
            map.insert("lineItems".to_owned(), json!({"elements": lines}));
        }
        if expand.has("payments") {
            map.insert("payments".to_owned(), nested(self.valid_payments(), expand));
        }
        if expand.has("discounts") {
            map.insert("discounts".to_owned(), nested(&self.discounts, expand));
        }
        if expand.has("customers") {
            let customers: Vec<_> = self
                .customers
                .iter()
                .filter_map(|id| lookups.live(Kind::Customers, *id))
                .map(|doc| doc.to_map_of(expand, "customers."))
                .collect();
            map.insert("customers".to_owned(), json!({"elements": customers}));
        }
        if expand.has("serviceCharge")
            && let Some(charge) = &self.service_charge
        {
            map.insert("serviceCharge".to_owned(), charge.show());
        }
        if expand.has("refunds") {
            map.insert("refunds".to_owned(), nested(&self.refunds, expand));
        }
        if expand.has("voids") {
            let voids = self.payments.iter().filter(|payment| payment.is_voided());
            map.insert("voids".to_owned(), nested(voids, expand));
        }
        if expand.has("credits") {
            map.insert("credits".to_owned(), json!({"elements": []}));
        }
        Value::Object(map)
    }
}

/// The fields a line takes from an item.
pub fn line_of(item: &Item) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("name".to_owned(), json!(without_4_byte(&item.name)));
    fields.insert("price".to_owned(), json!(item.price));
    fields.insert("isRevenue".to_owned(), json!(item.is_revenue));
    if let Some(unit) = &item.unit_name {
        fields.insert("unitName".to_owned(), json!(unit));
    }
    fields
}

/// Each character of four bytes becomes `?`: what the sandbox stores for emoji in line names.
pub fn without_4_byte(text: &str) -> String {
    text.chars()
        .map(|c| if c.len_utf8() == 4 { '?' } else { c })
        .collect()
}

impl Record for Order {
    fn id(&self) -> Id {
        self.id
    }

    fn is_deleted(&self) -> bool {
        self.deleted.is_some()
    }

    fn pending(&self, _: &Lookups, field: &str, look: &mut dyn FnMut(Scalar<'_>)) {
        match field {
            "id" => look(Scalar::Text(self.id.as_str())),
            "modifiedTime" => look(Scalar::Int(self.modified)),
            "deletedTime" => {
                if let Some(time) = self.deleted {
                    look(Scalar::Int(time));
                }
            }
            "orderType" => visit_json(&self.fields, "orderType.id", look),
            path => visit_json(&self.fields, path, look),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_four_byte_characters_are_lost() {
        assert_eq!(without_4_byte("Café <&> 🍕 €"), "Café <&> ? €");
    }
}
