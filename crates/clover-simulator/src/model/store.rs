//! The whole state of one simulator, and the changes Clover's rules make to it.

use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::item::{Item, ItemChange, Stock};
use super::lookups::{Doc, Lookups};
use super::merchant::Merchant;
use super::order::{Entry, Line, Order, line_of};
use super::rules::Kind;
use super::table::Table;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::http::reply::Reply;
use crate::ids::{Id, Random};
use crate::oauth::Grants;
use crate::query::Expand;
use crate::switches::{EmojiInItemNames, OrderDecrementsStock, StockWebhookMode, Switches};
use crate::webhooks::{Change, Hooks};

/// How long before the start the merchant's old order was paid.
const HISTORY_AGE_MS: i64 = 7 * 24 * 3600 * 1000;

/// Everything that a reset makes anew.
pub struct MerchantStore {
    /// Simulated time.
    pub clock: Clock,
    /// Where ids come from.
    pub random: Random,
    /// What differs from day to day.
    pub switches: Switches,
    /// The id of the default service charge.
    pub service_charge: Id,
    /// Who sells.
    pub merchant: Merchant,
    /// Categories, tags, groups and so on.
    pub lookups: Lookups,
    /// What is sold.
    pub items: Table<Item>,
    /// What was sold.
    pub orders: Table<Order>,
    /// What was sent to a printer.
    pub print_events: Table<Entry>,
    /// Codes and tokens.
    pub grants: Grants,
    /// What goes wrong on purpose.
    pub faults: Faults,
    /// The webhook and its events.
    pub hooks: Hooks,
}

/// What moved a count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A client set it.
    Set,
    /// Something was sold.
    Sale,
}

impl MerchantStore {
    /// A merchant with an empty shop.
    pub fn new(seed: u64, clock: Clock, switches: Switches, grants: Grants) -> Self {
        let mut random = Random::new(seed);
        let (id, employee, service_charge) = (random.id(), random.id(), random.id());
        let created = clock.now_ms() / 1000 * 1000 - 30 * 24 * 3600 * 1000;
        let mut store = MerchantStore {
            clock,
            random,
            switches,
            service_charge,
            merchant: Merchant::new(id, employee, service_charge, created),
            lookups: Lookups::default(),
            items: Table::default(),
            orders: Table::default(),
            print_events: Table::default(),
            grants,
            faults: Faults::default(),
            hooks: Hooks::default(),
        };
        store.add_tenders();
        store.add_history();
        store
    }

    /// The time of a change: whole seconds, as every recorded Clover time.
    pub fn now(&self) -> i64 {
        let now = self.clock.now_ms();
        if self.switches.full_millis {
            now
        } else {
            now / 1000 * 1000
        }
    }

    fn add_tenders(&mut self) {
        for (label, key) in [
            ("Cash", "cash"),
            ("Credit Card", "credit_card"),
            ("Debit Card", "debit_card"),
            ("Check", "check"),
            ("Gift Card", "external_gift_card"),
            ("External Payment", "external_payment"),
            ("PIN Debit", "external_pin_debit"),
        ] {
            self.add_doc(
                Kind::Tenders,
                &[
                    ("label", label.into()),
                    ("labelKey", format!("com.clover.tender.{key}").into()),
                    ("editable", false.into()),
                    ("enabled", true.into()),
                    ("visible", true.into()),
                    ("opensCashDrawer", (key == "cash").into()),
                    ("supportsTipping", (key == "credit_card").into()),
                    ("supportsCashDiscount", false.into()),
                ],
            );
        }
    }

    /// One old paid order: from it an app without `MERCHANT_R` learns the currency.
    fn add_history(&mut self) {
        let at = self.now() - HISTORY_AGE_MS;
        let (order, line) = (self.random.id(), self.random.id());
        let mut old = Order::new(order, &self.merchant.currency, self.merchant.vat, at, at);
        old.is_history = true;
        old.fields.insert("total".to_owned(), json!(1_250));
        let mut fields = self.line_defaults(&old);
        fields.insert("name".to_owned(), json!("Counter sale"));
        fields.insert("price".to_owned(), json!(1_250));
        old.lines.push(Line {
            id: line,
            item: None,
            fields,
            tax_rates: Vec::new(),
            discounts: Vec::new(),
            modifications: Vec::new(),
            took_stock: true,
        });
        self.pay_in_store(&mut old, at);
        self.orders.insert(order, old);
    }

    /// Adds an entry to a lookup list as it is, unchecked.
    pub fn add_doc(&mut self, kind: Kind, fields: &[(&str, Value)]) -> Id {
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        self.add_fields(kind, fields.collect())
    }

    /// Adds an entry with checked fields.
    pub fn add_fields(&mut self, kind: Kind, fields: Map<String, Value>) -> Id {
        let (id, modified) = (self.random.id(), self.now());
        let doc = Doc {
            id,
            kind,
            fields,
            modified,
            deleted: false,
        };
        self.lookups.table_mut(kind).insert(id, doc);
        if let Some(prefix) = kind.rules().event {
            self.tell(prefix, id, Change::Create);
        }
        id
    }

    /// Deletes entries of a lookup list with what belongs to them, and breaks their links to items.
    /// Ids that are gone already are passed over.
    pub fn delete_docs(&mut self, kind: Kind, ids: &[Id]) {
        let now = self.now();
        let mut gone = Vec::new();
        for id in ids {
            let doc = self.lookups.table_mut(kind).get_mut(*id);
            if let Some(doc) = doc.filter(|doc| !doc.deleted) {
                doc.deleted = true;
                doc.modified = now;
                gone.push(*id);
            }
        }
        for id in &gone {
            if let Some(prefix) = kind.rules().event {
                self.tell(prefix, *id, Change::Delete);
            }
        }
        if gone.is_empty() {
            return;
        }
        // Links break first: a member that has left its group keeps its last name.
        let linked = |item: &&mut Item| gone.iter().any(|id| item.is_linked(kind, *id));
        let mut changed = Vec::new();
        for item in self.items.iter_mut().filter(linked) {
            match item.links_mut(kind) {
                Some(links) => links.retain(|id| !gone.contains(id)),
                // The members of a deleted group stay as plain items.
                None => item.group = None,
            }
            item.modified = now;
            changed.push(item.id);
        }
        for id in &changed {
            self.tell("I", *id, Change::Update);
        }
        if kind == Kind::Options {
            self.rename_variants(|item| changed.contains(&item.id));
        }
        for (own, field) in kind.children() {
            let children = self.lookups.all(*own);
            let children =
                children.filter(|doc| doc.reference(field).is_some_and(|id| gone.contains(&id)));
            let children: Vec<Id> = children.map(|doc| doc.id).collect();
            self.delete_docs(*own, &children);
        }
    }

    /// An item that is not deleted.
    pub fn item(&self, id: Id) -> Option<&Item> {
        self.items.get(id).filter(|item| item.deleted.is_none())
    }

    /// Makes an item; with a group it is a variant and named by the server.
    pub fn create_item(&mut self, change: ItemChange, group: Option<Id>) -> Result<Id, Reply> {
        let (name, price) = change.required()?;
        if let Some(group) = group
            && self.lookups.live(Kind::ItemGroups, group).is_none()
        {
            return Err(Reply::bad(format!("itemGroup: there is no {group}")));
        }
        let id = self.random.id();
        let mut item = Item::new(id, name, price, self.now());
        change.apply(&mut item);
        item.group = group;
        if let Some(group) = group {
            item.name = self.variant_name(group, &[]);
        }
        self.clean_name(&mut item);
        self.items.insert(id, item);
        self.tell("I", id, Change::Create);
        Ok(id)
    }

    /// Changes the fields that were sent.
    pub fn edit_item(&mut self, id: Id, change: ItemChange) -> Result<(), Reply> {
        let now = self.now();
        let emoji = self.switches.emoji_in_item_names;
        let item = self.items.get_mut(id).filter(|item| item.deleted.is_none());
        let item = item.ok_or_else(Reply::no_item)?;
        change.apply(item);
        if emoji == EmojiInItemNames::QuestionMark {
            item.name = super::order::without_4_byte(&item.name);
        }
        item.modified = now;
        self.tell("I", id, Change::Update);
        Ok(())
    }

    fn clean_name(&self, item: &mut Item) {
        if self.switches.emoji_in_item_names == EmojiInItemNames::QuestionMark {
            item.name = super::order::without_4_byte(&item.name);
        }
    }

    /// Soft delete.
    pub fn delete_item(&mut self, id: Id) -> Result<(), Reply> {
        let now = self.now();
        let item = self.items.get_mut(id).filter(|item| item.deleted.is_none());
        let item = item.ok_or_else(Reply::no_item)?;
        item.deleted = Some(now);
        item.modified = now;
        self.tell("I", id, Change::Delete);
        Ok(())
    }

    /// Sets or removes a count, and lets availability follow it where the item says so.
    pub fn set_stock(&mut self, id: Id, quantity: Option<f64>, cause: Cause) -> Result<(), Reply> {
        let now = self.now();
        let bumps = self.switches.stock_bumps_item_modified_time;
        let tracks = self.merchant.track_stock;
        let item = self.items.get_mut(id).filter(|item| item.deleted.is_none());
        let item = item.ok_or_else(Reply::no_item)?;
        item.stock = quantity.map(|quantity| Stock {
            quantity,
            modified: now,
            threshold: item.stock.and_then(|stock| stock.threshold),
        });
        let available = match quantity {
            Some(left) if item.auto_manage && tracks && left <= 0.0 => false,
            Some(left) if item.auto_manage && tracks && left >= 1.0 => true,
            _ => item.available,
        };
        let toggled = std::mem::replace(&mut item.available, available) != available;
        if bumps || toggled {
            item.modified = now;
        }
        let tells = cause == Cause::Set || self.switches.sale_emits_stock_event;
        let stock = json!({"quantity": quantity, "modifiedTime": now});
        match self.switches.stock_webhook_mode {
            StockWebhookMode::LegacyI if tells || toggled => self.tell("I", id, Change::Update),
            StockWebhookMode::LegacyI => {}
            StockWebhookMode::Split => {
                if tells {
                    self.tell_with("IS", id, Change::Update, &[("itemStock", stock)]);
                }
                if toggled {
                    self.tell_with("IA", id, Change::Update, &[("available", available.into())]);
                }
            }
        }
        Ok(())
    }

    /// Takes sold units off a count; an item that was never counted stays so.
    pub fn take_stock(&mut self, id: Id, quantity: f64) {
        if let Some(stock) = self.item(id).and_then(|item| item.stock)
            && self.merchant.track_stock
        {
            // Cannot fail: the item is there.
            let _ = self.set_stock(id, Some(stock.quantity - quantity), Cause::Sale);
        }
    }

    /// Takes the stock of an order's linked lines, where the merchant and the switch want it at
    /// `moment`.
    pub fn take_stock_of(&mut self, order: Id, moment: OrderDecrementsStock) {
        if self.switches.order_decrements_stock != moment || !self.merchant.update_stock {
            return;
        }
        let Some(order) = self.orders.get_mut(order) else {
            return;
        };
        let sold: Vec<(Id, f64)> = order
            .lines
            .iter_mut()
            .filter_map(|line| {
                let took = std::mem::replace(&mut line.took_stock, true);
                Some((line.item.filter(|_| !took)?, line.quantity()))
            })
            .collect();
        for (item, quantity) in sold {
            self.take_stock(item, quantity);
        }
    }

    /// The service charge that an order may be given; the same for the life of the merchant.
    pub fn default_service_charge(&self) -> Value {
        json!({
            "id": self.service_charge,
            "name": "Service Charge",
            "enabled": false,
            "percentage": 10,
            "percentageDecimal": 100_000,
        })
    }

    /// The fields every line has.
    pub fn line_defaults(&self, order: &Order) -> Map<String, Value> {
        let fields = json!({
            "printed": false,
            "createdTime": order.modified.max(order.int("createdTime").unwrap_or(0)),
            "orderClientCreatedTime": order.int("clientCreatedTime"),
            "exchanged": false,
            "refunded": false,
            "isRevenue": true,
            "isOrderFee": false,
        });
        match fields {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    /// A sale at the till: takes stock where there is a count, and makes a paid order.
    pub fn sell(&mut self, item: Id, quantity: f64) -> Result<Id, Reply> {
        let sold = self.item(item).ok_or_else(Reply::no_item)?.clone();
        let now = self.now();
        let id = self.random.id();
        let mut order = Order::new(
            id,
            &self.merchant.currency,
            self.merchant.vat,
            now,
            self.clock.now_ms(),
        );
        // A whole number is so many lines; a fraction is one line of thousandths.
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, positive and small; the thousandths saturate"
        )]
        let pieces = if quantity.fract() == 0.0 && quantity <= 1000.0 {
            (quantity as usize, None)
        } else {
            (1, Some((quantity * 1000.0).round() as i64))
        };
        for _ in 0..pieces.0 {
            let mut fields = self.line_defaults(&order);
            fields.append(&mut line_of(&sold));
            if let Some(thousandths) = pieces.1 {
                fields.insert("unitQty".to_owned(), json!(thousandths));
            }
            order.lines.push(Line {
                id: self.random.id(),
                item: Some(item),
                fields,
                tax_rates: Vec::new(),
                discounts: Vec::new(),
                modifications: Vec::new(),
                took_stock: true,
            });
        }
        let total: i64 = order
            .lines
            .iter()
            .fold(0, |sum, line| sum.saturating_add(line.net()));
        order.fields.insert("total".to_owned(), json!(total));
        self.pay_in_store(&mut order, now);
        self.orders.insert(id, order);
        self.tell("O", id, Change::Create);
        self.take_stock(item, quantity);
        Ok(id)
    }

    /// Gives money back at the till, for a whole order or a part of it; the id of the refund.
    pub fn refund(&mut self, order: Id, amount: Option<i64>) -> Result<Id, Reply> {
        let (now, id) = (self.now(), self.random.id());
        let order = self.orders.get_mut(order).ok_or_else(Reply::no_order)?;
        let payment = order.valid_payments().next();
        let payment = payment.ok_or_else(|| Reply::bad("orderId: the order is not paid"))?;
        let fields = json!({
            "orderRef": {"id": order.id},
            "payment": {"id": payment.id},
            "amount": amount.unwrap_or_else(|| order.paid()),
            "createdTime": now,
            "clientCreatedTime": now,
        });
        order.refunds.push(Entry {
            id,
            fields: fields.as_object().cloned().unwrap_or_default(),
        });
        order.modified = now;
        let order = order.id;
        self.tell("O", order, Change::Update);
        Ok(id)
    }

    /// Takes the payments of an order back, as the till does before the day is closed.
    pub fn void(&mut self, order: Id) -> Result<(), Reply> {
        let now = self.now();
        let order = self.orders.get_mut(order).ok_or_else(Reply::no_order)?;
        if !order.is_paid() {
            return Err(Reply::bad("orderId: the order is not paid"));
        }
        for payment in &mut order.payments {
            payment.fields.insert("voided".to_owned(), json!(true));
        }
        order.fields.insert("state".to_owned(), json!("open"));
        order.modified = now;
        let order = order.id;
        self.tell("O", order, Change::Update);
        Ok(())
    }

    fn pay_in_store(&mut self, order: &mut Order, now: i64) {
        let cash = self
            .lookups
            .all(Kind::Tenders)
            .next()
            .map(|tender| tender.id);
        let fields = json!({
            "order": {"id": order.id},
            "tender": {"id": cash},
            "amount": order.int("total").unwrap_or(0),
            "tipAmount": 0,
            "taxAmount": 0,
            "offline": false,
            "result": "SUCCESS",
            "createdTime": now,
            "clientCreatedTime": now,
            "modifiedTime": now,
        });
        if let Value::Object(fields) = fields {
            let id = self.random.id();
            order.pay(Entry { id, fields });
            self.tell("P", id, Change::Create);
        }
    }

    /// Changes the merchant; its old order was in the same currency.
    pub fn change_merchant(
        &mut self,
        fields: Fields<'_>,
        currency_name: &str,
    ) -> Result<(), Reply> {
        self.merchant.change(fields, currency_name)?;
        let (currency, vat) = (self.merchant.currency.clone(), self.merchant.vat);
        for order in self.orders.iter_mut().filter(|order| order.is_history) {
            order.fields.insert("currency".to_owned(), json!(currency));
            order.fields.insert("isVat".to_owned(), json!(vat));
        }
        self.tell("M", self.merchant.id, Change::Update);
        Ok(())
    }

    /// An order that is there to see.
    pub fn order(&self, id: Id) -> Option<&Order> {
        self.orders
            .get(id)
            .filter(|order| self.is_order_seen(order))
    }

    /// Whether the API shows an order at all.
    pub fn is_order_seen(&self, order: &Order) -> bool {
        order.deleted.is_none() && (!order.is_history || self.switches.order_history)
    }

    /// Everything an order can nest.
    pub fn full_order() -> Expand {
        Expand::of(&[
            "lineItems.discounts",
            "lineItems.modifications",
            "lineItems.taxRates",
            "payments",
            "discounts",
            "serviceCharge",
            "customers",
        ])
    }

    /// Queues a webhook event.
    pub fn tell(&mut self, prefix: &'static str, id: Id, change: Change) {
        self.tell_with(prefix, id, change, &[]);
    }

    /// Queues a webhook event that carries data.
    pub fn tell_with(
        &mut self,
        prefix: &'static str,
        id: Id,
        change: Change,
        data: &[(&str, Value)],
    ) {
        if self.hooks.wants(prefix, &self.merchant, &self.switches) {
            let ts = self.clock.now_ms();
            self.hooks.push(prefix, id.as_str(), change, ts, data);
        }
    }
}
