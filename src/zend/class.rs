//! Internal classes with native typed properties and no Rust object behind them: exceptions and
//! value objects.
//!
//! `#[php_class]` overrides `create_object`: an exception made so has no file and line, and PHP
//! cannot extend it; a value object made so has untyped, writable properties (PHP 8.4, ext-php-rs
//! 0.16).

use std::ffi::{c_char, c_void};
use std::mem::{ManuallyDrop, zeroed};
use std::ptr::null_mut;

use ext_php_rs::args::ArgInfoTables;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, ce};

use super::slot::Slot;
use super::text_enum::{EnumSlot, PhpEnum};

/// What a class with a Rust object behind it needs once it is registered.
pub trait Finish: RegisteredClass {
    /// Changes the registered class; in MINIT.
    fn finish(_ce: &ClassEntry) {}
}

/// Types of properties: the engine's bits, and the name of a class.
#[derive(Clone, Copy)]
pub struct PropertyType(u32, Option<&'static str>);

impl PropertyType {
    /// `int`
    pub const INT: Self = Self(1 << 4, None);
    /// `string`
    pub const STRING: Self = Self(1 << 6, None);
    /// `array`
    pub const ARRAY: Self = Self(1 << 7, None);
    /// `bool`
    pub const BOOL: Self = Self(3 << 2, None);

    /// An enum.
    pub const fn of<T: PhpEnum>() -> Self {
        Self(1 << 24, Some(T::CLASS))
    }

    /// A class.
    pub const fn class(name: &'static str) -> Self {
        Self(1 << 24, Some(name))
    }

    /// An enum that is known at run time only.
    pub fn of_slot(slot: &EnumSlot) -> Self {
        Self(1 << 24, Some(slot.name()))
    }

    /// With `null` allowed.
    pub const fn or_null(self) -> Self {
        Self(self.0 | 1 << 1, self.1)
    }
}

const PUBLIC_READONLY: i32 = 1 | 1 << 7;
const PROTECTED: i32 = 1 << 1;

// Functions that every PHP exports and that ext-php-rs does not bind.
unsafe extern "C" {
    fn zend_declare_typed_property(
        ce: *mut ClassEntry,
        name: *mut ZendStr,
        default: *mut Zval,
        flags: i32,
        doc: *mut ZendStr,
        ty: ffi::zend_type,
    ) -> *mut c_void;
    fn zend_update_property(
        scope: *mut ClassEntry,
        object: *mut ZendObject,
        name: *const c_char,
        length: usize,
        value: *mut Zval,
    );
    fn zend_add_attribute(
        attributes: *mut *mut c_void,
        name: *mut ZendStr,
        arguments: u32,
        flags: u32,
        offset: u32,
        line: u32,
    ) -> *mut c_void;
}

/// A class of PHP itself, by name. In MINIT, `ClassEntry::try_find` finds none.
pub fn builtin(name: &str) -> &'static ClassEntry {
    // SAFETY: the compiler's class table is there from before MINIT, and its entries outlive the
    // process' PHP code.
    unsafe {
        let table = (*ffi::ext_php_rs_compiler_globals()).class_table;
        let entry = ffi::zend_hash_str_find_ptr_lc(table, name.as_ptr().cast(), name.len());
        entry
            .cast::<ClassEntry>()
            .as_ref()
            .expect("the engine's own classes are loaded before any module")
    }
}

fn declare(
    ce: &ClassEntry,
    name: &str,
    ty: PropertyType,
    flags: i32,
    default: &mut ManuallyDrop<Zval>,
) {
    // SAFETY: the name is interned, so the engine may keep it; the default is copied.
    unsafe {
        zend_declare_typed_property(
            std::ptr::from_ref(ce).cast_mut(),
            ZendStr::new_interned(name, true).as_ptr().cast_mut(),
            &raw mut **default,
            flags,
            null_mut(),
            ffi::zend_type {
                ptr: ty.1.map_or(null_mut(), |class| {
                    ZendStr::new_interned(class, true).into_raw().cast()
                }),
                type_mask: ty.0,
            },
        );
    }
}

extern "C" fn no_constructor(_: &mut ExecuteData, _: &mut Zval) {}

/// Registers a final readonly class that only Rust can make, with these properties in this order.
pub fn value_class(
    name: &str,
    properties: &[(&str, PropertyType)],
    register: fn(&'static mut ClassEntry, ArgInfoTables),
    slot: &Slot,
) -> Result<()> {
    ClassBuilder::new(name)
        .flags(
            ClassFlags::Final
                .union(ClassFlags::ReadonlyClass)
                .union(ClassFlags::NoDynamicProperties)
                .union(ClassFlags::NotSerializable),
        )
        .method(
            FunctionBuilder::new("__construct", no_constructor),
            MethodFlags::Private,
        )
        .registration(register)
        .register()?;
    for (property, ty) in properties {
        readonly_property(slot.ce(), property, *ty);
    }
    Ok(())
}

/// Declares a public readonly property. It is to be set by [`fill_properties`].
pub fn readonly_property(ce: &ClassEntry, name: &str, ty: PropertyType) {
    // SAFETY: an all-zero zval is IS_UNDEF, which is how a typed property without a default is
    // declared.
    declare(ce, name, ty, PUBLIC_READONLY, &mut unsafe { zeroed() });
}

/// One object of a value class, with all its properties in the order of registration.
pub fn value_object(slot: &Slot, values: Vec<Zval>) -> Result<Zval> {
    let mut object = ZendObject::new(slot.ce());
    fill_properties(&mut object, values);
    object.into_zval(false)
}

/// Sets all properties of a fresh object, in the order of their declaration.
pub fn fill_properties(object: &mut ZendObject, values: Vec<Zval>) {
    let values: Vec<_> = values.into_iter().map(ManuallyDrop::new).collect();
    // SAFETY: the class entry of an object outlives it.
    let declared = unsafe { (*object.ce).default_properties_count };
    // Panic: a value object has as many values as its class declares; StubsTest compares them.
    assert_eq!(i32::try_from(values.len()), Ok(declared));
    let slots = object.properties_table.as_mut_ptr();
    for (index, value) in values.iter().enumerate() {
        // SAFETY: the slots are there, by the assertion, and IS_UNDEF, the object being fresh.
        // Moving value and type hands over the reference; `u2` of a property slot belongs to the
        // engine.
        unsafe {
            (*slots.add(index)).value = value.value;
            (*slots.add(index)).u1 = value.u1;
        }
    }
}

/// A return type that reflection shows by its class name; a bare object would show as `object`.
macro_rules! returned_object {
    ($(#[$doc:meta])* $name:ident, $class:expr) => {
        $(#[$doc])*
        pub struct $name(pub ext_php_rs::types::Zval);

        impl ext_php_rs::convert::IntoZval for $name {
            const TYPE: ext_php_rs::flags::DataType = ext_php_rs::flags::DataType::object($class);
            const NULLABLE: bool = false;

            fn set_zval(
                self,
                zval: &mut ext_php_rs::types::Zval,
                _: bool,
            ) -> ext_php_rs::error::Result<()> {
                *zval = self.0;
                Ok(())
            }
        }
    };
}
pub(crate) use returned_object;

/// Declares a protected property with a default, for an exception's data.
pub fn protected_property(ce: &ClassEntry, name: &str, ty: PropertyType, default: Zval) {
    declare(ce, name, ty, PROTECTED, &mut ManuallyDrop::new(default));
}

/// Sets a property in the scope of the class that declares it.
pub fn set_property(object: &mut ZendObject, scope: &ClassEntry, name: &str, mut value: Zval) {
    // SAFETY: the engine copies the value and does not keep the name.
    unsafe {
        zend_update_property(
            std::ptr::from_ref(scope).cast_mut(),
            object,
            name.as_ptr().cast(),
            name.len(),
            &raw mut value,
        );
    }
}

fn method(ce: &ClassEntry, name: &str) -> *mut ffi::zend_function {
    let name = name.to_ascii_lowercase();
    let table = &raw const ce.function_table;
    // SAFETY: the function table of a registered class holds its functions by lower-case name.
    let function = unsafe {
        ffi::zend_hash_str_find_ptr_lc(table.cast(), name.as_ptr().cast(), name.len())
            .cast::<ffi::zend_function>()
    };
    assert!(!function.is_null(), "no method {name}");
    function
}

/// Makes a class's constructor private, for classes whose objects only Rust creates. ext-php-rs
/// gives every class a public constructor.
pub fn only_from_rust(ce: &ClassEntry) {
    const PUBLIC: u32 = 1;
    const PRIVATE: u32 = 1 << 2;
    // SAFETY: a function of a registered class, in MINIT, before any code can call it.
    unsafe {
        let constructor = method(ce, "__construct");
        (*constructor).common.fn_flags = (*constructor).common.fn_flags & !PUBLIC | PRIVATE;
    }
}

/// Marks a parameter of a registered method as `#[\SensitiveParameter]`, so that backtraces do not
/// show it.
pub fn sensitive(ce: &ClassEntry, name: &str, parameter: u32) {
    const PERSISTENT: u32 = 1;
    // SAFETY: the attribute's table is made by the engine and lives as long as the class. Offset 0
    // of an attribute is the function, n + 1 its n-th parameter.
    unsafe {
        let function = method(ce, name);
        let attributes = &raw mut (*function).common.attributes;
        zend_add_attribute(
            attributes.cast(),
            ZendStr::new_interned("SensitiveParameter", true).into_raw(),
            0,
            PERSISTENT,
            parameter + 1,
            0,
        );
    }
}

/// A getter of a protected property, for [`ClassBuilder::method`].
pub fn getter(
    name: &'static str,
    handler: extern "C" fn(&mut ExecuteData, &mut Zval),
    ty: DataType,
    nullable: bool,
) -> FunctionBuilder<'static> {
    FunctionBuilder::new(name, handler).returns(ty, false, nullable)
}

/// The body of a getter: the property of `$this`.
pub fn read_own_property(ex: &mut ExecuteData, ret: &mut Zval, property: &str, is_nullable: bool) {
    ext_php_rs::zend::run_handler(std::panic::AssertUnwindSafe(|| {
        let value = ex
            .get_self()
            .and_then(|this| this.get_property::<&Zval>(property).ok());
        match value.filter(|value| is_nullable || !value.is_null()) {
            Some(value) => *ret = value.shallow_clone(),
            // PHP code made the exception, so it has no data.
            None => PhpException::new(format!("${property} is not set"), 0, ce::error()).throw(),
        }
    }));
}
