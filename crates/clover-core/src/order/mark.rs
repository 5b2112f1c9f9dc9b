//! Title and note of an order in Clover, once something has become of it.

use super::plan::{OrderPlan, PlannedLine};
use super::standing::{IS_CANCELLED, IS_REFUNDED, OrderStanding, TO_PAY};
use super::text::{self, NAME, ORDER_NOTE, SEPARATOR, clean, join_whole};

/// Before the words of the standing.
const CHANGED: &str = "CHANGED ONLINE - ";

const IS_CHANGED: &str = "Changed in the web shop";

/// Characters that the new content of a changed order may have in the note.
const CONTENT: usize = 900;

/// Title and note that an order in Clover is to have. They are made from those that it has, because
/// staff may have added to them.
#[derive(Clone, PartialEq, Eq)]
pub struct OrderMark {
    standing: OrderStanding,
    is_changed: bool,
    now: Option<OrderPlan>,
}

impl OrderMark {
    /// `is_changed`: whether the shop's order is another than the one in Clover. `now`: the shop's
    /// order, where it is known.
    #[must_use]
    pub fn new(standing: OrderStanding, is_changed: bool, now: Option<OrderPlan>) -> Self {
        Self {
            standing,
            // Nothing of an order that is called off is handed over.
            is_changed: is_changed && standing.is_sold(),
            now,
        }
    }

    /// Whether an order that is paid in Clover agrees with it as it is.
    #[must_use]
    pub fn agrees_with_payment(&self) -> bool {
        self.standing.is_sold() && !self.is_changed
    }

    /// Whether an order that is deleted in Clover agrees with it.
    #[must_use]
    pub fn agrees_with_deletion(&self) -> bool {
        !self.standing.is_sold()
    }

    /// The title of an order that has this one.
    #[must_use]
    pub fn title(&self, title: &str) -> String {
        let own = title.strip_prefix(CHANGED).unwrap_or(title);
        let words = OrderStanding::ALL.iter().map(|s| s.words());
        let number = words
            .filter_map(|words| own.strip_prefix(words))
            .find(|number| number.is_empty() || number.starts_with(' '))
            .unwrap_or(own);
        let title = format!("{} {}", self.standing.words(), number.trim_start());
        if self.is_changed {
            clean(&format!("{CHANGED}{title}"), NAME)
        } else {
            clean(&title, NAME)
        }
    }

    /// The note of an order that has this one.
    #[must_use]
    pub fn note(&self, note: &str) -> String {
        let heads = [IS_CANCELLED, IS_REFUNDED, IS_CHANGED, TO_PAY];
        let mut own = note;
        while heads.iter().any(|head| own.starts_with(head)) {
            own = own.split_once(SEPARATOR).map_or("", |(_, rest)| rest);
        }
        let now = self.now.as_ref();
        let total = now.map(|plan| text::money(plan.total(), plan.currency()));
        let changed = self.is_changed.then(|| match (now, &total) {
            (Some(plan), Some(total)) => {
                format!("{IS_CHANGED}. Now {total}: {}", content(plan.pieces()))
            }
            _ => IS_CHANGED.to_owned(),
        });
        let standing = match (self.standing, total) {
            (OrderStanding::ToPay, None) => None,
            (standing, total) => standing.head(&total.unwrap_or_default()),
        };
        let parts = changed.into_iter().chain(standing).chain([own.to_owned()]);
        let parts = parts.filter(|part| !part.is_empty());
        // Not cleaned: line breaks of the staff's stay.
        let joined = parts.collect::<Vec<_>>().join(SEPARATOR);
        joined.chars().take(ORDER_NOTE).collect()
    }
}

/// `2 x Mug, Shipping`. A piece that has no room is left out.
fn content(pieces: &[PlannedLine]) -> String {
    let names: Vec<String> = pieces.iter().map(PlannedLine::full_name).collect();
    let named = names.chunk_by(|a, b| a == b).map(|run| {
        // A semicolon ends a part of the note.
        let name = run[0].replace(';', ",");
        match run.len() {
            1 => name,
            count => format!("{count} x {name}"),
        }
    });
    join_whole(named, ", ", CONTENT)
}
