//! The merchant, its properties and what its owner let the app do.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::fields::Fields;
use crate::http::reply::Reply;
use crate::ids::Id;

/// What the manual asks the owner for, and no more.
pub const DEFAULT_PERMISSIONS: [&str; 4] = ["INVENTORY_R", "INVENTORY_W", "ORDERS_R", "ORDERS_W"];

/// Every permission there is.
pub const PERMISSIONS: [&str; 12] = [
    "INVENTORY_R",
    "INVENTORY_W",
    "ORDERS_R",
    "ORDERS_W",
    "MERCHANT_R",
    "MERCHANT_W",
    "PAYMENTS_R",
    "PAYMENTS_W",
    "CUSTOMERS_R",
    "CUSTOMERS_W",
    "EMPLOYEES_R",
    "EMPLOYEES_W",
];

/// The merchant.
#[derive(Clone, Debug)]
pub struct Merchant {
    /// Its id: the `{mId}` of every path.
    pub id: Id,
    /// The employee who connects apps.
    pub employee: Id,
    /// What the merchant pays Clover for.
    pub plan: Id,
    /// Shop name.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// Prices include tax.
    pub vat: bool,
    /// Keeps counts.
    pub track_stock: bool,
    /// Clover takes counts down itself when something is sold.
    pub update_stock: bool,
    /// What the app may do.
    pub permissions: BTreeSet<String>,
    /// Milliseconds.
    pub created: i64,
}

impl Merchant {
    /// A US shop that counts its stock.
    pub fn new(id: Id, employee: Id, plan: Id, created: i64) -> Self {
        Merchant {
            id,
            employee,
            plan,
            name: "Demo Shop".to_owned(),
            currency: "USD".to_owned(),
            vat: false,
            track_stock: true,
            update_stock: true,
            permissions: DEFAULT_PERMISSIONS.map(str::to_owned).into(),
            created,
        }
    }

    /// Whether the app may.
    pub fn allows(&self, permission: &str) -> bool {
        self.permissions.contains(permission)
    }

    /// Takes over a list of permissions; the error names the unknown one.
    pub fn set_permissions(&mut self, list: Vec<String>) -> Result<(), Reply> {
        if let Some(bad) = list
            .iter()
            .find(|name| !PERMISSIONS.contains(&name.as_str()))
        {
            return Err(Reply::bad(format!("permissions: there is no {bad}")));
        }
        self.permissions = list.into_iter().collect();
        Ok(())
    }

    /// Reads `currency`-like properties under the given names.
    pub fn change(&mut self, fields: Fields<'_>, currency_name: &str) -> Result<(), Reply> {
        let mut changed = self.clone();
        if let Some(Some(currency)) = fields.text(currency_name, 3)? {
            if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
                return Err(Reply::bad(format!(
                    "{currency_name} must be three capital letters"
                )));
            }
            changed.currency = currency;
        }
        for (name, slot) in [
            ("vat", &mut changed.vat),
            ("trackStock", &mut changed.track_stock),
            ("updateStock", &mut changed.update_stock),
        ] {
            if let Some(Some(flag)) = fields.flag(name)? {
                *slot = flag;
            }
        }
        *self = changed;
        Ok(())
    }

    /// `GET /v3/merchants/{mId}`; lists are only references.
    pub fn show(&self, base: &str) -> Value {
        let at = |list: &str| json!({"href": format!("{base}/{list}")});
        json!({
            "href": base,
            "id": self.id,
            "name": self.name,
            "owner": {
                "href": format!("{base}/employees/{}", self.employee),
                "id": self.employee,
                "orders": at(&format!("employees/{}/orders", self.employee)),
            },
            "address": at("address"),
            "merchantPlan": {"id": self.plan},
            "createdTime": self.created,
            "gateway": {},
            "tenders": at("tenders"),
            "shifts": at("shifts"),
            "orders": at("orders"),
            "payments": at("payments"),
            "taxRates": at("tax_rates"),
            "printers": at("printers"),
            "modifierGroups": at("modifier_groups"),
            "orderTypes": at("order_types"),
            "reseller": {"id": self.plan},
            "opening_hours": at("opening_hours"),
        })
    }

    /// `GET …/properties`; with the bank fields of the real one, which must never be logged.
    pub fn show_properties(&self, base: &str) -> Value {
        json!({
            "href": format!("{base}/properties"),
            "merchantRef": {"id": self.id},
            "defaultCurrency": self.currency,
            "timezone": "America/New_York",
            "locale": "en-US",
            "vat": self.vat,
            "vatTaxName": if self.vat { "VAT" } else { "" },
            "trackStock": self.track_stock,
            "updateStock": self.update_stock,
            "tipsEnabled": false,
            "receiptProperties": "\"{\\\"skipReceiptScreen\\\":false}\"",
            "summaryHour": 0,
            "signatureThreshold": 0,
            "hasDefaultEmployee": false,
            "tipRateDefault": 1500,
            "onPaperTipSignatures": false,
            "autoLogout": false,
            "orderTitle": "NONE",
            "orderTitleMax": 99,
            "resetOnReportingTime": false,
            "notesOnOrders": false,
            "autoPrint": false,
            "infoleaseSuppressBilling": false,
            "infoleaseSuppressPlanBilling": false,
            "marketingEnabled": false,
            "manualCloseout": false,
            "showCloseoutOrders": false,
            "sendCloseoutEmail": false,
            "stayInCategory": false,
            "appBillingSystem": "INFOLEASE",
            "allowClockOutWithOpenOrders": false,
            "logInClockInPrompt": true,
            "pinLength": 4,
            "cashBackEnabled": false,
            "hasConsented": true,
            "groupLineItems": true,
            "alternateInventoryNames": false,
            "removeTaxEnabled": false,
            "deleteOrders": true,
            "abaAccountNumber": "000000000",
            "ddaAccountNumber": "0000000000",
        })
    }
}
