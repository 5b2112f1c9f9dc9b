//! Lists of chosen ids.

use clover_core::ids::ItemId;

/// The maximum number of ids that Clover recommends in one `in (…)` filter. It keeps the URL below
/// 3 KiB.
pub const IDS_A_REQUEST: usize = 100;

/// The filter of a list that asks for these ids, at most [`IDS_A_REQUEST`].
pub(crate) fn filter_of(ids: &[ItemId]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    format!("id in ({})", quoted.join(","))
}
