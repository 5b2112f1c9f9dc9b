//! Counts. Clover's are doubles that may be negative or broken; the shop's are whole.

/// A count in thousandths, the finest step that Clover's own `unitQty` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    thousandths: i64,
}

impl Quantity {
    /// Takes the double that Clover sends. None when it is beyond any stock: a billion units and more.
    #[must_use]
    pub fn from_clover(quantity: f64) -> Option<Self> {
        let thousandths = (quantity * 1000.0).round();
        // The cast is exact: the bound is far below 2^53.
        #[allow(clippy::cast_possible_truncation)]
        (quantity.is_finite() && thousandths.abs() < 1e12).then_some(Self {
            thousandths: thousandths as i64,
        })
    }

    /// Whole units that are there for sure: 2.9 is 2, and -0.5 is -1.
    #[must_use]
    pub fn floor(self) -> i64 {
        self.thousandths.div_euclid(1000)
    }

    /// What the shop may sell: whole units less those that the shop has taken and Clover has not, never below zero.
    #[must_use]
    pub fn sellable(self, committed: i64) -> i64 {
        self.floor().saturating_sub(committed).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(quantity: f64) -> Quantity {
        Quantity::from_clover(quantity).unwrap()
    }

    #[test]
    fn a_broken_unit_is_not_for_sale_and_a_debt_is_none() {
        assert_eq!(q(12.0).sellable(0), 12);
        assert_eq!(q(2.999).sellable(0), 2);
        assert_eq!(q(0.5).sellable(0), 0);
        assert_eq!(q(-3.0).sellable(0), 0);
        assert_eq!(q(-0.5).floor(), -1);
        assert_eq!(q(7.0).sellable(2), 5);
        assert_eq!(q(7.0).sellable(-2), 9);
    }

    #[test]
    fn a_double_one_bit_below_a_whole_unit_is_that_unit() {
        assert_eq!(q(0.1 + 0.2 + 0.7).floor(), 1);
        assert_eq!(q(2.999_999_999).floor(), 3);
    }

    #[test]
    fn counts_beyond_any_stock_are_refused() {
        for wrong in [f64::NAN, f64::INFINITY, 1e12, -1e300] {
            assert_eq!(Quantity::from_clover(wrong), None);
        }
    }
}
