//! Which modifications of a plan are missing in Clover. A modification has no key of the shop's, so
//! lines are matched with pieces by their price and by the modifications that they have.

use clover_core::ids::LineItemId;
use clover_core::order::{PlannedLine, PlannedModification};
use clover_core::wire::{LineItem, Modification};

/// A line that lacks modifications of its piece.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Incomplete<'a> {
    pub(super) line: LineItemId,
    pub(super) piece: &'a PlannedLine,
    pub(super) missing: Vec<&'a PlannedModification>,
}

/// The state of a line that may belong to a piece with modifications. They are written line by
/// line, so at most one line is partial: the lines that are finished find their pieces first, and
/// any piece that is left fits any line that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Complete,
    /// Clover refused modifiers, so the name and the price of the line have them instead.
    Renamed,
    Partial,
    Empty,
    /// As [`Fit::Renamed`], and Clover stores another name than it was sent.
    Repriced,
    /// As [`Fit::Empty`], and Clover stores another name than it was sent.
    Nameless,
}

const FITS: [Fit; 6] = [
    Fit::Complete,
    Fit::Renamed,
    Fit::Partial,
    Fit::Empty,
    Fit::Repriced,
    Fit::Nameless,
];

/// The lines that lack modifications; none if these are not the lines of the plan.
pub(super) fn incomplete<'a>(
    pieces: &'a [PlannedLine],
    lines: &[LineItem],
) -> Option<Vec<Incomplete<'a>>> {
    let (mut open, plain): (Vec<&PlannedLine>, Vec<&PlannedLine>) = pieces
        .iter()
        .partition(|piece| !piece.modifications.is_empty());
    let mut free: Vec<&LineItem> = lines.iter().collect();
    let mut found = Vec::new();
    for fit in FITS {
        open.retain(|&piece| {
            let fitting = free.iter().enumerate().find_map(|(at, line)| {
                let missing = missing(piece, &line.modifications.0)?;
                fits(fit, piece, line, &missing).then_some((at, missing))
            });
            let Some((at, missing)) = fitting else {
                return true;
            };
            let line = free.swap_remove(at);
            if matches!(fit, Fit::Partial | Fit::Empty | Fit::Nameless) {
                found.push(Incomplete {
                    line: line.id.clone(),
                    piece,
                    missing,
                });
            }
            false
        });
    }
    let prices = free.iter().map(|line| i128::from(line.price.unwrap_or(0)));
    let planned = plain.iter().map(|piece| i128::from(piece.price.0));
    let are_plain = free.iter().all(|line| line.modifications.is_empty());
    let agrees = free.len() == plain.len() && prices.sum::<i128>() == planned.sum::<i128>();
    (open.is_empty() && are_plain && agrees).then_some(found)
}

fn fits(fit: Fit, piece: &PlannedLine, line: &LineItem, missing: &[&PlannedModification]) -> bool {
    let is_named = |name: &str| line.name.as_deref().is_some_and(|shown| shown == name);
    let price = line.price.unwrap_or(0);
    let is_base = price == piece.price.0;
    let lacks: i128 = missing.iter().map(|one| i128::from(one.amount.0)).sum();
    let has_lacking = i128::from(price) == i128::from(piece.price.0) + lacks;
    let is_bare = line.modifications.is_empty();
    match fit {
        Fit::Complete => is_base && missing.is_empty(),
        Fit::Renamed => {
            let missing_names = || piece.name_with(missing.iter().copied());
            has_lacking && !missing.is_empty() && is_named(&missing_names())
        }
        Fit::Partial => is_base && !is_bare,
        Fit::Empty => is_base && is_bare && is_named(&piece.name),
        Fit::Repriced => has_lacking && lacks > 0,
        Fit::Nameless => is_base && is_bare,
    }
}

/// The modifications of the piece that are not among those shown; none if others are.
fn missing<'a>(
    piece: &'a PlannedLine,
    shown: &[Modification],
) -> Option<Vec<&'a PlannedModification>> {
    let mut missing: Vec<&PlannedModification> = piece.modifications.iter().collect();
    for one in shown {
        let at = missing.iter().position(|planned| {
            one.amount.unwrap_or(0) == planned.amount.0
                && one
                    .modifier
                    .as_ref()
                    .is_none_or(|modifier| modifier.id == planned.modifier)
        })?;
        missing.remove(at);
    }
    Some(missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clover_core::ids::ModifierId;
    use clover_core::money::MinorUnits;
    use serde_json::json;

    fn piece(name: &str, price: i64, modifications: &[(&str, i64)]) -> PlannedLine {
        let modification = |&(id, amount): &(&str, i64)| PlannedModification {
            modifier: ModifierId::new(id).unwrap(),
            name: format!("Extras: {id}"),
            amount: MinorUnits(amount),
        };
        PlannedLine {
            name: name.to_owned(),
            price: MinorUnits(price),
            note: String::new(),
            modifications: modifications.iter().map(modification).collect(),
        }
    }

    fn line(id: &str, name: &str, price: i64, modifications: &[(&str, i64)]) -> LineItem {
        let shown = modifications
            .iter()
            .map(|(id, amount)| json!({"id": "X", "amount": amount, "modifier": {"id": id}}));
        let shown: Vec<_> = shown.collect();
        serde_json::from_value(json!({
            "id": id, "name": name, "price": price, "modifications": {"elements": shown},
        }))
        .unwrap()
    }

    /// By line, the modifiers that it lacks.
    fn lacks(pieces: &[PlannedLine], lines: &[LineItem]) -> Option<Vec<(String, Vec<String>)>> {
        let found = incomplete(pieces, lines)?.into_iter().map(|one| {
            let missing = one.missing.iter().map(|m| m.modifier.as_str().to_owned());
            (one.line.as_str().to_owned(), missing.collect())
        });
        Some(found.collect())
    }

    fn list(of: &[(&str, &[&str])]) -> Option<Vec<(String, Vec<String>)>> {
        let owned = of.iter().map(|(line, ids)| {
            let ids = ids.iter().map(|id| (*id).to_owned());
            ((*line).to_owned(), ids.collect())
        });
        Some(owned.collect())
    }

    #[test]
    fn each_line_lacks_what_its_piece_has_more() {
        let pieces = [
            piece("Tea", 300, &[("MILK", 50)]),
            piece("Mug", 900, &[]),
            piece("Tea", 300, &[("MILK", 50), ("SUGAR", 0)]),
        ];
        let bare = [
            line("L1", "Mug", 900, &[]),
            line("L2", "Tea", 300, &[]),
            line("L3", "Tea", 300, &[]),
        ];
        assert_eq!(
            lacks(&pieces, &bare),
            list(&[("L2", &["MILK"]), ("L3", &["MILK", "SUGAR"])])
        );
        // A line that has all of one piece counts for it, whichever it was written for.
        let one = [
            line("L1", "Mug", 900, &[]),
            line("L2", "Tea", 300, &[]),
            line("L3", "Tea", 300, &[("MILK", 50)]),
        ];
        assert_eq!(lacks(&pieces, &one), list(&[("L2", &["MILK", "SUGAR"])]));
        let all = [
            line("L2", "Tea", 300, &[("SUGAR", 0), ("MILK", 50)]),
            line("L3", "Tea", 300, &[("MILK", 50)]),
            line("L1", "Mug", 900, &[]),
        ];
        assert_eq!(lacks(&pieces, &all), list(&[]));
    }

    #[test]
    fn a_name_that_clover_stores_otherwise_does_not_matter() {
        let pieces = [piece("Té", 300, &[("MILK", 50)]), piece("Mug", 900, &[])];
        let lines = [line("L1", "T?", 300, &[]), line("L2", "Mug", 900, &[])];
        assert_eq!(lacks(&pieces, &lines), list(&[("L1", &["MILK"])]));
    }

    #[test]
    fn a_modifier_that_clover_refused_is_in_the_price_or_the_name() {
        let pieces = [piece("Tea", 300, &[("MILK", 50), ("SUGAR", 0)])];
        for whole in [
            line("L1", "Tea (Extras: MILK, Extras: SUGAR)", 350, &[]),
            line("L1", "other", 350, &[]),
            line("L1", "Tea (Extras: SUGAR)", 300, &[("MILK", 50)]),
        ] {
            assert_eq!(lacks(&pieces, &[whole]), list(&[]));
        }
    }

    #[test]
    fn lines_that_are_not_of_the_plan_are_recognized() {
        let pieces = [piece("Tea", 300, &[("MILK", 50)]), piece("Mug", 900, &[])];
        let mug = || line("L2", "Mug", 900, &[]);
        for lines in [
            vec![line("L1", "Tea", 301, &[]), mug()],
            vec![line("L1", "Tea", 300, &[("MILK", 60)]), mug()],
            vec![line("L1", "Tea", 300, &[("OAT", 50)]), mug()],
            vec![line("L1", "Tea", 300, &[("MILK", 50), ("MILK", 50)]), mug()],
            vec![
                line("L1", "Tea", 300, &[]),
                line("L2", "Mug", 900, &[("MILK", 50)]),
            ],
            vec![line("L1", "Tea", 300, &[("MILK", 50)])],
        ] {
            assert_eq!(lacks(&pieces, &lines), None, "{lines:?}");
        }
    }
}
