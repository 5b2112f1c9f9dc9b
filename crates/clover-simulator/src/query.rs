//! List queries: `limit`, `offset`, `orderBy`, `filter` and `expand`, and which records they pick.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::ops::Bound;

use crate::http::reply::Reply;
use crate::http::request::Request;
use crate::ids::Id;
use crate::model::lookups::Lookups;
use crate::model::table::Table;
use crate::switches::{ExpandOver3, LimitOver1000, Switches};

/// The page size without `limit`, and the length of a nested list.
pub const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 1000;

/// Values of one `field in (…)` filter.
const MAX_MEMBERS: usize = 100;

/// A value that a filter looks at or an order sorts by.
#[derive(Clone, Copy, Debug)]
pub enum Scalar<'a> {
    /// Text and ids.
    Text(&'a str),
    /// Whole numbers and times.
    Int(i64),
    /// Counts.
    Float(f64),
    /// Flags.
    Flag(bool),
}

/// What can be listed.
pub trait Record {
    /// Its id.
    fn id(&self) -> Id;

    /// Whether it is left out unless a filter names `deleted`.
    fn is_deleted(&self) -> bool;

    /// Shows each value of a field; none where the record does not have it.
    fn pending(&self, lookups: &Lookups, field: &str, look: &mut dyn FnMut(Scalar<'_>));
}

/// A parsed list query.
pub struct ListQuery {
    limit: usize,
    offset: usize,
    order: Option<(String, bool)>,
    filters: Vec<Filter>,
    /// What to nest.
    pub expand: Expand,
    effective: String,
}

impl ListQuery {
    /// Reads the query; `allowed` are the filter fields of the list.
    pub fn parse(request: &Request, allowed: &str, switches: &Switches) -> Result<Self, Reply> {
        let mut query = ListQuery {
            limit: DEFAULT_LIMIT,
            offset: 0,
            order: None,
            filters: Vec::new(),
            expand: Expand::parse(request, switches)?,
            effective: String::new(),
        };
        let is_allowed = |field: &str| allowed.split(", ").any(|name| name == field);
        let mut echo = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in request.pairs() {
            match name.as_str() {
                "limit" => query.limit = limit(&value, switches)?,
                "offset" => {
                    query.offset = value
                        .parse()
                        .map_err(|_| Reply::bad("offset must be a whole number"))?;
                    echo.append_pair("offset", &value);
                }
                "orderBy" => {
                    let (field, descending) = order(&value)?;
                    if !is_allowed(&field)
                        && !["createdTime", "sortOrder"].contains(&field.as_str())
                    {
                        return Err(Reply::bad(format!("Invalid orderBy field: {field}")));
                    }
                    query.order = Some((field, descending));
                    echo.append_pair("orderBy", &value);
                }
                "filter" => {
                    let filter = Filter::parse(&value)?;
                    // Works on items in the sandbox though the header does not list it.
                    if !is_allowed(&filter.field) && filter.field != "categoryId" {
                        return Err(Reply::bad(format!(
                            "Invalid filter field: {}",
                            filter.field
                        )));
                    }
                    query.filters.push(filter);
                    echo.append_pair("filter", &value);
                }
                _ => {}
            }
        }
        let filters = echo.finish();
        query.effective = format!("limit={}", query.limit);
        if !filters.is_empty() {
            query.effective = format!("{filters}&{}", query.effective);
        }
        Ok(query)
    }

    /// Calls fields by the names the records know, for a list that shows part of a record.
    pub fn rename(&mut self, names: &[(&str, &str)]) {
        let order = self.order.iter_mut().map(|(field, _)| field);
        for field in self
            .filters
            .iter_mut()
            .map(|filter| &mut filter.field)
            .chain(order)
        {
            if let Some((_, known)) = names.iter().find(|(name, _)| name == field) {
                *field = (*known).to_owned();
            }
        }
    }

    /// Adds the filter that Clover adds to a list of orders by itself: those without a state stay
    /// hidden.
    pub fn require_state(&mut self) {
        if self.filters_on("state") {
            return;
        }
        self.filters.push(Filter {
            field: "state".to_owned(),
            op: Op::IsSet,
            operand: Operand::Many(HashSet::new()),
        });
        // As recorded, without a space before IS.
        let (before, limit) = self.effective.rsplit_once("limit=").unwrap_or_default();
        self.effective = format!("{before}filter=stateIS%20NOT%20NULL&limit={limit}");
    }

    /// What the list's `href` echoes; `expand` is not in it (recorded).
    pub fn effective(&self) -> &str {
        &self.effective
    }

    /// Whether a filter names this field.
    pub fn filters_on(&self, field: &str) -> bool {
        self.filters.iter().any(|filter| filter.field == field)
    }

    /// The page of records the query asks for, of those that `also` allows.
    pub fn page<'a, T: Record>(
        &self,
        table: &'a Table<T>,
        lookups: &Lookups,
        also: impl Fn(&T) -> bool,
    ) -> Vec<&'a T> {
        let shows_deleted = self.filters_on("deleted") || self.filters_on("deletedTime");
        let wanted = |record: &&T| {
            (shows_deleted || !record.is_deleted())
                && also(record)
                && self
                    .filters
                    .iter()
                    .all(|filter| filter.holds(*record, lookups))
        };
        if let Some(ids) = self.named_ids() {
            let found = ids
                .into_iter()
                .filter_map(|id| table.get(id))
                .filter(wanted);
            return self.cut(self.sorted(found.collect(), lookups).into_iter());
        }
        match &self.order {
            None => self.cut(table.newest_first().filter(wanted)),
            Some((field, false)) if field == "id" => {
                self.cut(table.range(self.lowest_id()).filter(wanted))
            }
            Some((field, true)) if field == "id" => self.cut(table.iter().rev().filter(wanted)),
            Some(_) => self.cut(
                self.sorted(table.iter().filter(wanted).collect(), lookups)
                    .into_iter(),
            ),
        }
    }

    /// The page of records that are kept in no table, in the order in which they come.
    pub fn pick<'a, T: Record>(
        &self,
        records: impl Iterator<Item = &'a T>,
        lookups: &Lookups,
    ) -> Vec<&'a T> {
        self.cut(records.filter(|record| self.filters.iter().all(|f| f.holds(*record, lookups))))
    }

    /// `limit` and `offset` alone.
    pub fn cut<'a, T>(&self, records: impl Iterator<Item = &'a T>) -> Vec<&'a T> {
        records.skip(self.offset).take(self.limit).collect()
    }

    fn sorted<'a, T: Record>(&self, mut records: Vec<&'a T>, lookups: &Lookups) -> Vec<&'a T> {
        if let Some((field, descending)) = &self.order {
            records.sort_by_cached_key(|record| Key::of(*record, lookups, field));
            if *descending {
                records.reverse();
            }
        }
        records
    }

    /// The ids of an `id=` or `id in (…)` filter: no need to look at any other record.
    fn named_ids(&self) -> Option<Vec<Id>> {
        self.filters
            .iter()
            .filter(|filter| filter.field == "id")
            .find_map(|filter| match (&filter.op, &filter.operand) {
                (Op::In, Operand::Many(list)) => {
                    let ids = list.iter().map(|id| id.to_uppercase());
                    let mut ids: Vec<Id> = ids.filter_map(|id| id.parse().ok()).collect();
                    ids.sort();
                    Some(ids)
                }
                (Op::Equal, Operand::One { text, .. }) => Some(text.parse().into_iter().collect()),
                _ => None,
            })
    }

    /// Where keyset paging starts: the greatest of the `id>` filters.
    fn lowest_id(&self) -> Bound<Id> {
        let after = self
            .filters
            .iter()
            .filter_map(|filter| match &filter.operand {
                Operand::One { text, .. } if filter.field == "id" && filter.op == Op::Greater => {
                    text.parse::<Id>().ok()
                }
                _ => None,
            });
        after.max().map_or(Bound::Unbounded, Bound::Excluded)
    }
}

fn limit(value: &str, switches: &Switches) -> Result<usize, Reply> {
    let limit: usize = value
        .parse()
        .ok()
        .filter(|limit| *limit > 0)
        .ok_or_else(|| Reply::bad("limit must be a whole number above 0"))?;
    match switches.limit_over_1000 {
        LimitOver1000::Refuse if limit > MAX_LIMIT => Err(Reply::bad(format!(
            "limit must not be more than {MAX_LIMIT}"
        ))),
        _ => Ok(limit.min(MAX_LIMIT)),
    }
}

/// `field`, `field ASC` or `field DESC`; `true` for descending.
fn order(value: &str) -> Result<(String, bool), Reply> {
    let mut words = value.split_whitespace();
    let field = words.next().unwrap_or_default().to_owned();
    match (
        words.next().map(str::to_ascii_uppercase).as_deref(),
        words.next(),
    ) {
        (None | Some("ASC"), None) if !field.is_empty() => Ok((field, false)),
        (Some("DESC"), None) => Ok((field, true)),
        _ => Err(Reply::bad(format!("Invalid orderBy: {value}"))),
    }
}

/// The relations to nest.
#[derive(Clone, Debug, Default)]
pub struct Expand {
    names: Vec<String>,
    uncut: bool,
}

impl Expand {
    /// Nests exactly these.
    pub fn of(names: &[&str]) -> Self {
        Expand {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            uncut: false,
        }
    }

    /// With nested lists as long as they are, which Clover never shows.
    pub fn uncut(self) -> Self {
        Expand {
            uncut: true,
            ..self
        }
    }

    /// How many elements of a nested list are shown.
    pub fn nested_limit(&self) -> usize {
        if self.uncut {
            usize::MAX
        } else {
            DEFAULT_LIMIT
        }
    }

    /// Reads `expand=a,b`; unknown names do nothing.
    pub fn parse(request: &Request, switches: &Switches) -> Result<Self, Reply> {
        let mut names: Vec<String> = request
            .pairs()
            .into_iter()
            .filter(|(name, _)| name == "expand")
            .flat_map(|(_, value)| {
                value
                    .split(',')
                    .map(|name| name.trim().to_owned())
                    .collect::<Vec<_>>()
            })
            .filter(|name| !name.is_empty())
            .collect();
        match switches.expand_over_3 {
            ExpandOver3::Refuse if names.len() > 3 => {
                return Err(Reply::bad("At most three expand fields are allowed"));
            }
            ExpandOver3::Ignore => names.truncate(3),
            _ => {}
        }
        Ok(Expand {
            names,
            uncut: false,
        })
    }

    /// Every part of every path: `a.b` names `a` and `b`.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.names.iter().flat_map(|path| path.split('.'))
    }

    /// Whether `name` is nested; `a.b` nests `a` as well.
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|path| {
            path.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    In,
    IsSet,
}

enum Operand {
    One { text: String, number: Option<f64> },
    Many(HashSet<String>),
}

struct Filter {
    field: String,
    op: Op,
    operand: Operand,
}

impl Filter {
    fn parse(text: &str) -> Result<Self, Reply> {
        if let Some((field, list)) = membership(text) {
            let values = list
                .split(',')
                .map(|value| value.trim().trim_matches(['\'', '"']).to_owned())
                .collect();
            let values: Vec<String> = values;
            if values.len() > MAX_MEMBERS {
                return Err(Reply::bad(format!(
                    "At most {MAX_MEMBERS} values are allowed in a filter"
                )));
            }
            return Ok(Filter {
                field,
                op: Op::In,
                operand: Operand::Many(values.into_iter().map(|v| v.to_lowercase()).collect()),
            });
        }
        let at = text
            .find(['!', '=', '<', '>'])
            .ok_or_else(|| Reply::bad(format!("Invalid filter: {text}")))?;
        let (field, rest) = text.split_at(at);
        let ops = [
            ("!=", Op::NotEqual),
            (">=", Op::GreaterOrEqual),
            ("<=", Op::LessOrEqual),
            ("=", Op::Equal),
            (">", Op::Greater),
            ("<", Op::Less),
        ];
        let (op, value) = ops
            .into_iter()
            .find_map(|(sign, op)| Some((op, rest.strip_prefix(sign)?)))
            .ok_or_else(|| Reply::bad(format!("Invalid filter: {text}")))?;
        let value = value.trim();
        Ok(Filter {
            field: field.trim().to_owned(),
            op,
            operand: Operand::One {
                number: value.parse().ok(),
                text: value.to_owned(),
            },
        })
    }

    fn holds<T: Record>(&self, record: &T, lookups: &Lookups) -> bool {
        let mut any = false;
        let mut all = true;
        let mut look = |scalar: Scalar<'_>| {
            let one = self.accepts(scalar);
            any |= one;
            all &= one;
        };
        record.pending(lookups, &self.field, &mut look);
        // "not X" asks all values of a record, and holds for one that has none.
        if self.op == Op::NotEqual { all } else { any }
    }

    fn accepts(&self, scalar: Scalar<'_>) -> bool {
        let (text, number) = match &self.operand {
            Operand::Many(values) => {
                return match scalar {
                    Scalar::Text(text) => {
                        self.op == Op::IsSet || values.contains(&text.to_lowercase())
                    }
                    Scalar::Int(n) => values.contains(&n.to_string()),
                    Scalar::Float(f) => values.iter().any(|value| value.parse() == Ok(f)),
                    Scalar::Flag(flag) => values.contains(if flag { "true" } else { "false" }),
                };
            }
            Operand::One { text, number } => (text.as_str(), *number),
        };
        let ordering = match scalar {
            // Recorded: `state=paid` finds "PAID".
            Scalar::Text(value) => {
                let lower = |text: &str| text.to_lowercase();
                match text.strip_suffix('*') {
                    Some(prefix) if lower(value).starts_with(&lower(prefix)) => {
                        Some(Ordering::Equal)
                    }
                    Some(_) => None,
                    None => Some(folded(value).cmp(folded(text))),
                }
            }
            Scalar::Int(value) => number.and_then(|number| (value as f64).partial_cmp(&number)),
            Scalar::Float(value) => number.and_then(|number| value.partial_cmp(&number)),
            Scalar::Flag(value) => text.parse().ok().map(|flag| value.cmp(&flag)),
        };
        match (self.op, ordering) {
            (Op::NotEqual, None) => true,
            (_, None) => false,
            (Op::Equal | Op::In | Op::IsSet, Some(ordering)) => ordering.is_eq(),
            (Op::NotEqual, Some(ordering)) => ordering.is_ne(),
            (Op::Greater, Some(ordering)) => ordering.is_gt(),
            (Op::GreaterOrEqual, Some(ordering)) => ordering.is_ge(),
            (Op::Less, Some(ordering)) => ordering.is_lt(),
            (Op::LessOrEqual, Some(ordering)) => ordering.is_le(),
        }
    }
}

/// The characters of a text in lower case.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// `field in (…)`, in any case of letters.
fn membership(text: &str) -> Option<(String, &str)> {
    let list = text.trim_end().strip_suffix(')')?;
    let (head, values) = list.split_once('(')?;
    let (field, word) = head.trim_end().rsplit_once(' ')?;
    word.eq_ignore_ascii_case("in")
        .then(|| (field.trim().to_owned(), values))
}

/// A sort key; records without the field come first.
#[derive(PartialEq)]
enum Key {
    Absent,
    Number(f64),
    Text(String),
}

impl Key {
    fn of<T: Record>(record: &T, lookups: &Lookups, field: &str) -> Key {
        let mut key = Key::Absent;
        record.pending(lookups, field, &mut |scalar| {
            key = match scalar {
                Scalar::Text(text) => Key::Text(text.to_owned()),
                Scalar::Int(n) => Key::Number(n as f64),
                Scalar::Float(f) => Key::Number(f),
                Scalar::Flag(flag) => Key::Number(f64::from(u8::from(flag))),
            };
        });
        key
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Key::Absent, Key::Absent) => Ordering::Equal,
            (Key::Absent, _) => Ordering::Less,
            (_, Key::Absent) => Ordering::Greater,
            (Key::Number(a), Key::Number(b)) => a.total_cmp(b),
            (Key::Number(_), Key::Text(_)) => Ordering::Less,
            (Key::Text(_), Key::Number(_)) => Ordering::Greater,
            (Key::Text(a), Key::Text(b)) => a.cmp(b),
        }
    }
}
