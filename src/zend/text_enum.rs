//! PHP's backed enums, registered from the cases that a [`TextEnum`] has.
//!
//! `#[php_enum]` wants the cases once more and looks a case up by a new string each time. Here a
//! case is found by its name as it was interned at the start.

use std::sync::OnceLock;

use clover_core::text_enum::TextEnum;
use ext_php_rs::builders::EnumBuilder;
use ext_php_rs::convert::{FromZval, IntoZval};
use ext_php_rs::enum_::{Discriminant, EnumCase};
use ext_php_rs::error::{Error, Result};
use ext_php_rs::ffi;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendObject, ZendStr, Zval};

use super::slot::Slot;

/// Where the module keeps a registered enum.
pub struct EnumSlot {
    name: &'static str,
    class: Slot,
    /// The names of the cases, in the order of [`TextEnum::ALL`].
    names: OnceLock<Vec<InternedName>>,
}

/// Lives as long as the process, and is never changed.
struct InternedName(*mut ZendStr);

// SAFETY: an interned persistent string is read-only.
unsafe impl Send for InternedName {}
// SAFETY: as above.
unsafe impl Sync for InternedName {}

impl EnumSlot {
    /// Before registration.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            class: Slot::new(),
            names: OnceLock::new(),
        }
    }

    /// The name of the enum in PHP.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The object of a case.
    pub fn case(&self, index: usize) -> Result<Zval> {
        let names = self.names.get().ok_or(Error::InvalidPointer)?;
        let name = names.get(index).ok_or(Error::InvalidPointer)?;
        let class = std::ptr::from_ref(self.class.ce()).cast_mut();
        let mut zval = Zval::new();
        // SAFETY: the class is an enum, and the name is one of its cases. The object lives as long
        // as the request; `set_object` takes a reference of its own.
        unsafe { zval.set_object(&mut *ffi::zend_enum_get_case(class, name.0)) };
        Ok(zval)
    }

    /// The case that a value is, if it is an object of this enum.
    pub fn read<T: TextEnum>(&self, zval: &Zval) -> Option<T> {
        let object = zval.object()?;
        let name = (std::ptr::eq(object.ce, self.class.ce())).then(|| case_name(object))??;
        T::ALL.iter().copied().find(|case| case.name() == name)
    }
}

/// A [`TextEnum`] that is an enum in PHP too.
pub trait PhpEnum: TextEnum {
    /// The name of the enum in PHP.
    const CLASS: &'static str;

    /// Where it is kept.
    fn slot() -> &'static EnumSlot;
}

/// Registers the enum; in MINIT.
pub fn register<T: PhpEnum>() -> Result<()> {
    let mut builder = EnumBuilder::new(T::CLASS);
    for case in T::ALL {
        // The builder wants cases that live as long as the process.
        builder = builder.case(Box::leak(Box::new(EnumCase {
            name: case.name(),
            discriminant: Some(Discriminant::String(case.key())),
            docs: &[],
        })));
    }
    builder
        .registration(|ce, methods| T::slot().class.set(ce, methods))
        .register()?;
    let intern = |case: &T| InternedName(ZendStr::new_interned(case.name(), true).into_raw());
    T::slot()
        .names
        .get_or_init(|| T::ALL.iter().map(intern).collect());
    Ok(())
}

/// A case on its way to PHP or from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case<T>(pub T);

impl<T: PhpEnum> IntoZval for Case<T> {
    const TYPE: DataType = DataType::object(T::CLASS);
    const NULLABLE: bool = false;

    fn set_zval(self, zval: &mut Zval, _: bool) -> Result<()> {
        *zval = T::slot().case(self.0.index())?;
        Ok(())
    }
}

impl<T: PhpEnum> FromZval<'_> for Case<T> {
    const TYPE: DataType = DataType::object(T::CLASS);

    fn from_zval(zval: &Zval) -> Option<Self> {
        T::slot().read(zval).map(Self)
    }
}

/// The name of a case, which the engine keeps in the first property.
fn case_name(case: &ZendObject) -> Option<&str> {
    // SAFETY: every object of an enum has it.
    unsafe { &*case.properties_table.as_ptr() }.str()
}

/// Makes enums of the crates known to PHP, each with its name there. Every enum of the extension
/// stands in one call of this macro.
macro_rules! php_enums {
    ($($(#[$meta:meta])* $ty:ty => $class:literal,)+) => {
        $(impl $crate::zend::text_enum::PhpEnum for $ty {
            const CLASS: &'static str = $class;

            fn slot() -> &'static $crate::zend::text_enum::EnumSlot {
                static SLOT: $crate::zend::text_enum::EnumSlot =
                    $crate::zend::text_enum::EnumSlot::new($class);
                &SLOT
            }
        })+

        /// Registers all of them; in MINIT.
        pub fn register() -> ext_php_rs::error::Result<()> {
            $($crate::zend::text_enum::register::<$ty>()?;)+
            Ok(())
        }

        /// The enum of a type, where only its id is known.
        pub fn slot_of(
            ty: std::any::TypeId,
        ) -> Option<&'static $crate::zend::text_enum::EnumSlot> {
            use $crate::zend::text_enum::PhpEnum;

            $(if ty == std::any::TypeId::of::<$ty>() {
                return Some(<$ty>::slot());
            })+
            None
        }
    };
}
pub(crate) use php_enums;
