//! `CloverSync\Exception\*`: cut by what the caller does next, carrying data.

use ext_php_rs::builders::ClassBuilder;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::exception::PhpException;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ce};

use clover_core::settings::SettingsError;

use crate::engine::array::list;
use crate::engine::class::{
    PropertyType, Slot, builtin, getter, protected_property, read_own_property, set_property,
};

/// Classes that others extend.
const OPEN: [&str; 1] = ["UnavailableException"];

macro_rules! exceptions {
    ($($slot:ident $name:literal $(, $getter:literal $handler:ident $property:literal $ty:expr, $nullable:literal, $data:expr, $default:expr)?;)*) => {
        static BASE: Slot = Slot::new();
        $(static $slot: Slot = Slot::new();)*
        $($(extern "C" fn $handler(ex: &mut ext_php_rs::zend::ExecuteData, ret: &mut Zval) {
            read_own_property(ex, ret, $property);
        })?)*

        /// Registers all of them; in MINIT.
        pub fn register() -> Result<()> {
            ClassBuilder::new("CloverSync\\Exception\\CloverException")
                .extends((|| builtin("RuntimeException"), "\\RuntimeException"))
                .registration(|ce, methods| BASE.set(ce, methods))
                .register()?;
            $(
                let class = ClassBuilder::new(concat!("CloverSync\\Exception\\", $name))
                    .extends((|| BASE.ce(), "\\CloverSync\\Exception\\CloverException"))
                    .flags(if OPEN.contains(&$name) { ClassFlags::empty() } else { ClassFlags::Final })
                    .registration(|ce, methods| $slot.set(ce, methods));
                $(let class = class.method(getter($getter, $handler, $ty, $nullable), MethodFlags::Public);)?
                class.register()?;
                $(protected_property($slot.ce(), $property, $data, $default?);)?
            )*
            register_refused()
        }
    };
}

exceptions! {
    RECONNECT "ReconnectException";
    PERMISSION "PermissionException", "getPermission" get_permission "permission" DataType::String, false, PropertyType::STRING, empty_text();
    UNAVAILABLE "UnavailableException", "getRetryAfter" get_retry_after "retryAfter" DataType::Long, false, PropertyType::INT, 0_i64.into_zval(true);
    ITEM "ItemException", "getPath" get_path "path" DataType::String, false, PropertyType::STRING, empty_text();
    SETTINGS "SettingsException", "getFields" get_fields "fields" DataType::Array, false, PropertyType::ARRAY, empty_array();
    CALLBACK "CallbackException", "getKind" get_kind "kind" DataType::String, false, PropertyType::STRING, empty_text();
    VAULT "VaultException";
    BUG "BugException", "getRequestId" get_request_id "requestId" DataType::String, true, PropertyType::STRING.or_null(), Ok::<_, ext_php_rs::error::Error>(Zval::null());
}

static REFUSED: Slot = Slot::new();

extern "C" fn get_refused_at(ex: &mut ext_php_rs::zend::ExecuteData, ret: &mut Zval) {
    read_own_property(ex, ret, "refusedAt");
}

extern "C" fn get_next_try_at(ex: &mut ext_php_rs::zend::ExecuteData, ret: &mut Zval) {
    read_own_property(ex, ret, "nextTryAt");
}

/// Whoever waits for Clover waits for this as well; only the owner may want to do more.
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

fn empty_text() -> Result<Zval> {
    "".into_zval(true)
}

/// Defaults of internal classes are kept for the life of the process, so an array must be the engine's own immutable one.
fn empty_array() -> Result<Zval> {
    ext_php_rs::types::ZendEmptyArray.into_zval(true)
}

fn build(class: &Slot, message: &str, data: Option<(&str, Result<Zval>)>) -> PhpException {
    let data = data.map(|(name, value)| (class.ce(), name, value));
    build_all(class, message, data)
}

/// The properties with the classes that declare them.
fn build_all<'a>(
    class: &Slot,
    message: &str,
    data: impl IntoIterator<Item = (&'static ClassEntry, &'a str, Result<Zval>)>,
) -> PhpException {
    let class: &'static ClassEntry = class.ce();
    // Filled in by the engine's own create_object: file, line and trace.
    let mut object = ZendObject::new(class);
    // An exception's message may hold any byte, but not through `throw`'s C string; the object way has no such limit.
    if let Ok(message) = message.into_zval(false) {
        set_property(&mut object, ce::exception(), "message", message);
    }
    for (owner, name, value) in data {
        if let Ok(value) = value {
            set_property(&mut object, owner, name, value);
        }
    }
    let exception = PhpException::new(message.to_owned(), 0, class);
    match object.into_zval(false) {
        Ok(object) => exception.with_object(object),
        Err(_) => exception,
    }
}

/// Only the owner can mend it.
pub fn reconnect(message: &str) -> PhpException {
    build(&RECONNECT, message, None)
}

/// A permission is missing.
pub fn permission(message: &str, permission: &str) -> PhpException {
    build(
        &PERMISSION,
        message,
        Some(("permission", permission.into_zval(false))),
    )
}

/// Later.
pub fn unavailable(message: &str, retry_after: std::time::Duration) -> PhpException {
    let seconds = i64::try_from(retry_after.as_secs_f64().ceil() as u64).unwrap_or(i64::MAX);
    build(
        &UNAVAILABLE,
        message,
        Some(("retryAfter", seconds.into_zval(false))),
    )
}

/// Clover refused to renew the connection, and is asked once more at a later time. All in unix seconds.
pub fn refused(message: &str, refused_at: i64, next_try_at: i64, now: i64) -> PhpException {
    let wait = next_try_at.saturating_sub(now).max(0);
    build_all(
        &REFUSED,
        message,
        [
            (UNAVAILABLE.ce(), "retryAfter", wait.into_zval(false)),
            (REFUSED.ce(), "refusedAt", refused_at.into_zval(false)),
            (REFUSED.ce(), "nextTryAt", next_try_at.into_zval(false)),
        ],
    )
}

/// This one thing is wrong.
pub fn item(message: &str, path: &str) -> PhpException {
    build(&ITEM, message, Some(("path", path.into_zval(false))))
}

/// Settings are wrong, by field.
pub fn settings(error: &SettingsError) -> PhpException {
    let fields = (|| {
        let mut fields = list::<&str>([])?;
        for (field, problem) in &error.fields {
            fields.insert(field.as_str(), problem.as_str())?;
        }
        fields.into_zval(false)
    })();
    build(&SETTINGS, &error.to_string(), Some(("fields", fields)))
}

/// One setting is wrong.
pub fn setting(field: &str, problem: impl Into<String>) -> PhpException {
    settings(&SettingsError {
        fields: [(field.to_owned(), problem.into())].into(),
    })
}

/// The callback cannot be used.
pub fn callback(message: &str, kind: &str) -> PhpException {
    build(&CALLBACK, message, Some(("kind", kind.into_zval(false))))
}

/// A sealed text does not open.
pub fn vault(message: &str) -> PhpException {
    build(&VAULT, message, None)
}

/// Clover did what its documents do not foresee.
pub fn bug(message: &str, request_id: Option<&str>) -> PhpException {
    build(
        &BUG,
        message,
        Some(("requestId", request_id.into_zval(false))),
    )
}
