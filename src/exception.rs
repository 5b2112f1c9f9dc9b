//! `CloverSync\Exception\*`: one class for each reaction of the caller, with data.

use ext_php_rs::builders::ClassBuilder;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::{Error as PhpError, Result};
use ext_php_rs::exception::PhpException;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ce};

use clover_service::rows::errors;
use clover_service::{CallbackKind, Error};

use crate::output::zval;
use crate::values::PROBLEM;
use crate::zend::class::{
    PropertyType, builtin, getter, protected_property, read_own_property, set_property,
};
use crate::zend::slot::Slot;
use crate::zend::text_enum::PhpEnum;

/// Classes that are not final, because others extend them.
const OPEN: [&str; 1] = ["UnavailableException"];

macro_rules! exceptions {
    ($(
        $slot:ident $name:literal
        $(, $getter:literal $handler:ident $property:literal
            $ty:expr, $nullable:literal, $data:expr, $default:expr)?;
    )*) => {
        static BASE: Slot = Slot::new();
        extern "C" fn get_problem(ex: &mut ext_php_rs::zend::ExecuteData, ret: &mut Zval) {
            read_own_property(ex, ret, "problem", true);
        }
        $(static $slot: Slot = Slot::new();)*
        $($(extern "C" fn $handler(ex: &mut ext_php_rs::zend::ExecuteData, ret: &mut Zval) {
            read_own_property(ex, ret, $property, $nullable);
        })?)*

        /// Registers all of them; in MINIT.
        pub fn register() -> Result<()> {
            ClassBuilder::new("CloverSync\\Exception\\CloverException")
                .extends((|| builtin("RuntimeException"), "\\RuntimeException"))
                .registration(|ce, methods| BASE.set(ce, methods))
                .method(
                    getter("getProblem", get_problem, DataType::object(PROBLEM), true),
                    MethodFlags::Public,
                )
                .register()?;
            let problem = PropertyType::class(PROBLEM).or_null();
            protected_property(BASE.ce(), "problem", problem, Zval::null());
            $(
                let is_open = OPEN.contains(&$name);
                let class = ClassBuilder::new(concat!("CloverSync\\Exception\\", $name))
                    .extends((|| BASE.ce(), "\\CloverSync\\Exception\\CloverException"))
                    .flags(if is_open { ClassFlags::empty() } else { ClassFlags::Final })
                    .registration(|ce, methods| $slot.set(ce, methods));
                $(
                    let method = getter($getter, $handler, $ty, $nullable);
                    let class = class.method(method, MethodFlags::Public);
                )?
                class.register()?;
                $(protected_property($slot.ce(), $property, $data, $default?);)?
            )*
            register_refused()
        }

        fn slot(name: &str) -> &'static Slot {
            match name {
                $($name => &$slot,)*
                "RefusedException" => &REFUSED,
                // The service names no other.
                _ => &BUG,
            }
        }
    };
}

exceptions! {
    RECONNECT "ReconnectException";
    PERMISSION "PermissionException", "getPermission" get_permission "permission"
        DataType::String, false, PropertyType::STRING, empty_text();
    UNAVAILABLE "UnavailableException", "getRetryAfter" get_retry_after "retryAfter"
        DataType::Long, false, PropertyType::INT, 0_i64.into_zval(true);
    ITEM "ItemException", "getPath" get_path "path"
        DataType::String, false, PropertyType::STRING, empty_text();
    SETTINGS "SettingsException", "getFields" get_fields "fields"
        DataType::Array, false, PropertyType::ARRAY, empty_array();
    CALLBACK "CallbackException", "getKind" get_kind "kind"
        DataType::object(CallbackKind::CLASS), false, PropertyType::of::<CallbackKind>(), unset();
    VAULT "VaultException";
    BUG "BugException", "getRequestId" get_request_id "requestId"
        DataType::String, true, PropertyType::STRING.or_null(), Ok::<_, PhpError>(Zval::null());
}

static REFUSED: Slot = Slot::new();

extern "C" fn get_refused_at(ex: &mut ext_php_rs::zend::ExecuteData, ret: &mut Zval) {
    read_own_property(ex, ret, "refusedAt", false);
}

extern "C" fn get_next_try_at(ex: &mut ext_php_rs::zend::ExecuteData, ret: &mut Zval) {
    read_own_property(ex, ret, "nextTryAt", false);
}

/// Extends `UnavailableException`: a caller that retries later does so here as well. Only the owner
/// can do more.
fn register_refused() -> Result<()> {
    let parent = "\\CloverSync\\Exception\\UnavailableException";
    ClassBuilder::new("CloverSync\\Exception\\RefusedException")
        .extends((|| UNAVAILABLE.ce(), parent))
        .flags(ClassFlags::Final)
        .registration(|ce, methods| REFUSED.set(ce, methods))
        .method(
            getter("getRefusedAt", get_refused_at, DataType::Long, false),
            MethodFlags::Public,
        )
        .method(
            getter("getNextTryAt", get_next_try_at, DataType::Long, false),
            MethodFlags::Public,
        )
        .register()?;
    for name in ["refusedAt", "nextTryAt"] {
        protected_property(
            REFUSED.ce(),
            name,
            PropertyType::INT,
            0_i64.into_zval(true)?,
        );
    }
    Ok(())
}

/// A typed property without a default. Only an exception made by PHP code has it so.
#[allow(clippy::unnecessary_wraps, reason = "as the other defaults")]
fn unset() -> Result<Zval> {
    Ok(Zval::new())
}

fn empty_text() -> Result<Zval> {
    "".into_zval(true)
}

/// The default of an internal class lives as long as the process, so an array must be the engine's
/// own immutable one.
fn empty_array() -> Result<Zval> {
    ext_php_rs::types::ZendEmptyArray.into_zval(true)
}

/// The exception for an error.
pub fn of(error: Error) -> PhpException {
    let message = error.to_string();
    let (name, data) = errors::exception(&error);
    let class: &'static ClassEntry = slot(name).ce();
    // The engine's own create_object fills in file, line and trace.
    let mut object = ZendObject::new(class);
    // `throw` takes a C string, which cannot hold every byte of a message. An object can.
    if let Ok(message) = message.as_str().into_zval(false) {
        set_property(&mut object, ce::exception(), "message", message);
    }
    let (property, value) = errors::base(&error);
    if let Ok(value) = zval(&value) {
        set_property(&mut object, BASE.ce(), property, value);
    }
    for (property, value) in data {
        if let Ok(value) = zval(&value) {
            set_property(&mut object, class, property, value);
        }
    }
    let exception = PhpException::new(message, 0, class);
    match object.into_zval(false) {
        Ok(object) => exception.with_object(object),
        Err(_) => exception,
    }
}

/// A fault of this software or of its caller.
pub fn bug(message: &str) -> PhpException {
    of(Error::bug(message, None))
}
