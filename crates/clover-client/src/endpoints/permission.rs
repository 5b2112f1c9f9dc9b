//! The permission of the Clover app that a path needs.

/// To read the merchant, its tenders and its order types.
pub const MERCHANT_READ: &str = "Merchant Read";
/// To record a payment.
pub const PAYMENTS_WRITE: &str = "Payments Write";

/// The permission by its name on the Clover Developer Dashboard.
#[must_use]
pub fn permission_for(method: &str, path: &str) -> &'static str {
    let mut below = path
        .split('/')
        .skip_while(|part| *part != "merchants")
        .skip(2);
    let reads = method == "GET";
    match (below.next(), below.nth(1)) {
        (Some("orders"), Some("payments")) if !reads => PAYMENTS_WRITE,
        (Some("orders" | "atomic_order" | "print_event"), _) if reads => "Orders Read",
        (Some("orders" | "atomic_order" | "print_event"), _) => "Orders Write",
        (None | Some("" | "properties" | "tenders" | "order_types"), _) => MERCHANT_READ,
        (Some(_), _) if reads => "Inventory Read",
        (Some(_), _) => "Inventory Write",
    }
}

#[cfg(test)]
mod tests {
    use super::permission_for;

    #[test]
    fn every_path_below_a_merchant_has_its_permission() {
        for (method, below, permission) in [
            ("GET", "", "Merchant Read"),
            ("GET", "/", "Merchant Read"),
            ("GET", "/properties", "Merchant Read"),
            ("GET", "/tenders", "Merchant Read"),
            ("GET", "/items", "Inventory Read"),
            ("GET", "/items/I1/categories", "Inventory Read"),
            ("GET", "/item_stocks/I1", "Inventory Read"),
            ("POST", "/item_stocks/I1", "Inventory Write"),
            ("GET", "/orders", "Orders Read"),
            ("GET", "/orders/O1/payments", "Orders Read"),
            ("POST", "/orders", "Orders Write"),
            ("POST", "/orders/O1/bulk_line_items", "Orders Write"),
            ("POST", "/orders/O1/payments", "Payments Write"),
            ("POST", "/atomic_order/orders", "Orders Write"),
            ("POST", "/print_event", "Orders Write"),
            ("GET", "/print_event/P1", "Orders Read"),
            ("GET", "/order_types", "Merchant Read"),
        ] {
            let path = format!("/v3/merchants/M1M2M3M4M5M6M{below}");
            assert_eq!(permission_for(method, &path), permission, "{method} {path}");
        }
    }
}
