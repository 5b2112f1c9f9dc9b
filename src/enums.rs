//! The enums of the extension. Cases and texts stand in the crates.

use crate::zend::text_enum::php_enums;

php_enums! {
    clover_core::environment::Environment => "CloverSync\\Environment",
    clover_core::diff::Action => "CloverSync\\ChangeAction",
    clover_core::product::Caution => "CloverSync\\Caution",
    clover_core::product::ProductKind => "CloverSync\\ProductKind",
    clover_core::ledger::LedgerCause => "CloverSync\\LedgerCause",
    clover_core::ledger::LedgerReason => "CloverSync\\LedgerReason",
    clover_core::ledger::NextStepKind => "CloverSync\\NextStep",
    clover_core::ledger::OrderEventKind => "CloverSync\\OrderEventKind",
    clover_core::ledger::Resolution => "CloverSync\\Resolution",
    clover_core::ledger::SaleState => "CloverSync\\SaleState",
    clover_core::ledger::SendState => "CloverSync\\SendState",
    clover_core::order::OrderStanding => "CloverSync\\OrderStanding",
    clover_core::pricing::PriceEnding => "CloverSync\\PriceEnding",
    clover_core::problem::ProblemCode => "CloverSync\\ProblemCode",
    clover_core::settings::DeleteAction => "CloverSync\\DeleteAction",
    clover_core::settings::ImportStatus => "CloverSync\\ImportStatus",
    clover_core::settings::MappingMode => "CloverSync\\MappingMode",
    clover_core::settings::MarkupType => "CloverSync\\MarkupType",
    clover_core::settings::PricingMode => "CloverSync\\PricingMode",
    clover_core::settings::SettingKind => "CloverSync\\SettingKind",
    clover_core::webhook::EventKind => "CloverSync\\WebhookEvent",
    clover_core::webhook::ObjectKind => "CloverSync\\WebhookObject",
    clover_core::webhook::VerdictKind => "CloverSync\\VerdictKind",
    clover_service::CallbackKind => "CloverSync\\CallbackKind",
    clover_service::connection::CurrencySource => "CloverSync\\CurrencySource",
    clover_service::orders::OrderState => "CloverSync\\OrderState",
    clover_service::stock::StockState => "CloverSync\\StockState",
}
