//! Values of the service as PHP values.

use clover_service::rows::Output;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::{Error, Result};
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendEmptyArray, ZendHashTable, Zval};

use crate::zend::class::value_object;
use crate::{enums, values};

/// A PHP array; reflection shows the return type `array`.
pub struct PhpArray(Zval);

impl IntoZval for PhpArray {
    const TYPE: DataType = DataType::Array;
    const NULLABLE: bool = false;

    fn set_zval(self, zval: &mut Zval, _: bool) -> Result<()> {
        *zval = self.0;
        Ok(())
    }
}

/// A list or a row.
pub fn array(value: &Output<'_>) -> Result<PhpArray> {
    zval(value).map(PhpArray)
}

/// A list of values that are made one by one.
pub fn list(values: impl IntoIterator<Item = Result<Zval>>) -> Result<PhpArray> {
    let values = values.into_iter();
    let mut array = table(values.size_hint().0);
    for value in values {
        array.push(value?)?;
    }
    array.into_zval(false).map(PhpArray)
}

/// Any value.
pub fn zval(value: &Output<'_>) -> Result<Zval> {
    match value {
        Output::Null => Ok(Zval::null()),
        Output::Switch(on) => on.into_zval(false),
        Output::Integer(number) => number.into_zval(false),
        Output::Fraction(number) => number.into_zval(false),
        Output::Text(text) => text.into_zval(false),
        Output::Case(case) => enums::slot_of(case.of)
            .ok_or(Error::InvalidPointer)?
            .case(case.index),
        Output::List(values) if values.is_empty() => ZendEmptyArray.into_zval(false),
        Output::List(values) => list(values.iter().map(zval)).map(|list| list.0),
        Output::Row(fields) => {
            let mut array = table(fields.len());
            for (name, value) in fields {
                array.insert(&**name, zval(value)?)?;
            }
            array.into_zval(false)
        }
        Output::Object(class, values) => {
            let values = values.iter().map(zval).collect::<Result<Vec<_>>>()?;
            value_object(values::slot(*class), values)
        }
    }
}

fn table(size: usize) -> ext_php_rs::boxed::ZBox<ZendHashTable> {
    ZendHashTable::with_capacity(u32::try_from(size).unwrap_or(0))
}
