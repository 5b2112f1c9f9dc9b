//! The value classes: final readonly classes whose objects only Rust makes.

use clover_core::diff::Action;
use clover_core::environment::Environment;
use clover_core::problem::ProblemCode;
use clover_core::product::ProductKind;
use clover_core::webhook::VerdictKind;
use clover_service::connection::{Credential, CurrencySource};
use clover_service::orders::OrderState;
use clover_service::prints::PrintState;
use clover_service::rows::Class;
use ext_php_rs::error::Result;

use crate::zend::class::{PropertyType as T, returned_object, value_class};
use crate::zend::slot::Slot;

macro_rules! value_classes {
    ($($class:ident { $($property:ident: $ty:expr,)+ })+) => {
        $(returned_object!(
            /// An object of this class, as PHP gets it.
            #[allow(dead_code, reason = "one of them is in lists only")]
            $class,
            concat!("CloverSync\\", stringify!($class))
        );)+

        /// Where a class is kept.
        pub fn slot(class: Class) -> &'static Slot {
            match class {
                $(Class::$class => {
                    static SLOT: Slot = Slot::new();
                    &SLOT
                })+
            }
        }

        /// Registers all of them; in MINIT.
        pub fn register() -> Result<()> {
            $(value_class(
                concat!("CloverSync\\", stringify!($class)),
                &[$((stringify!($property), $ty),)+],
                |ce, methods| slot(Class::$class).set(ce, methods),
                slot(Class::$class),
            )?;)+
            Ok(())
        }
    };
}

/// The class of what is wrong.
pub const PROBLEM: &str = "CloverSync\\Problem";

// The properties are in the order in which the service gives them.
value_classes! {
    Problem {
        code: T::of::<ProblemCode>(),
        data: T::ARRAY,
        details: T::STRING,
    }
    Authorization {
        url: T::STRING,
        state: T::STRING,
    }
    ConnectionStatus {
        connected: T::BOOL,
        environment: T::of::<Environment>(),
        merchantId: T::STRING.or_null(),
        credential: T::of::<Credential>().or_null(),
        accessExpiresAt: T::INT.or_null(),
        refreshExpiresAt: T::INT.or_null(),
        reconnectReason: T::class(PROBLEM).or_null(),
        refusedAt: T::INT.or_null(),
        nextTryAt: T::INT.or_null(),
    }
    Merchant {
        id: T::STRING,
        name: T::STRING.or_null(),
        currency: T::STRING.or_null(),
        currencySource: T::of::<CurrencySource>().or_null(),
        vat: T::BOOL.or_null(),
        trackStock: T::BOOL.or_null(),
        updateStock: T::BOOL.or_null(),
    }
    ProductChange {
        cloverId: T::STRING,
        kind: T::of::<ProductKind>(),
        action: T::of::<Action>(),
        fields: T::ARRAY,
        title: T::STRING,
        alias: T::STRING,
        publish: T::BOOL,
        withheld: T::BOOL,
        categories: T::ARRAY,
        createCategory: T::BOOL,
        categoryId: T::STRING,
        tags: T::ARRAY,
        warnings: T::ARRAY,
        cautions: T::ARRAY,
        fingerprint: T::STRING,
        minPrice: T::STRING,
        maxPrice: T::STRING,
        options: T::ARRAY,
        variants: T::ARRAY,
        modifiers: T::ARRAY,
        taxProfile: T::INT.or_null(),
        text: T::STRING,
        picture: T::STRING,
    }
    GroupChanges {
        changes: T::ARRAY,
        errors: T::ARRAY,
        unchanged: T::INT,
        taxes: T::ARRAY,
    }
    OrderOutcome {
        state: T::of::<OrderState>(),
        orderId: T::STRING.or_null(),
        problem: T::class(PROBLEM).or_null(),
        retryAfter: T::INT,
    }
    PrintOutcome {
        state: T::of::<PrintState>(),
        eventId: T::STRING.or_null(),
        problem: T::class(PROBLEM).or_null(),
        retryAfter: T::INT,
    }
    WebhookVerdict {
        status: T::INT,
        kind: T::of::<VerdictKind>(),
        code: T::STRING.or_null(),
        events: T::ARRAY,
        ignored: T::ARRAY,
        problem: T::class(PROBLEM).or_null(),
    }
}
