//! The options of a group's product, and the values of its variants.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{ItemError, Names, cleaned};
use crate::ids::AttributeId;
use crate::problem::{Problem, ProblemCode};
use crate::text;
use crate::wire::Item;

/// Name of the option of a group whose members carry no option values.
const NAMELESS_OPTION: &str = "Variant";

/// The options of a group's product, and which of them each attribute is.
pub(super) struct Attributes<'a> {
    pub(super) names: Vec<String>,
    places: HashMap<&'a AttributeId, usize>,
}

/// One value of a variant, with the id that decides which of two names of one key comes first.
pub(super) struct Choice<'a> {
    pub(super) name: String,
    id: &'a str,
}

impl<'a> Attributes<'a> {
    /// The attributes that occur among the members, by name. Two of the same name are one option,
    /// unless a member has values of both. A group without any gets one option,
    /// [`NAMELESS_OPTION`].
    pub(super) fn of(members: &[&'a Item], names: &Names) -> Self {
        let mut known: BTreeMap<&'a AttributeId, Option<String>> = BTreeMap::new();
        for id in members.iter().flat_map(|m| attributes(m)) {
            known
                .entry(id)
                .or_insert_with(|| cleaned(names.attributes.get(id)));
        }
        let mut named: Vec<(String, &AttributeId)> = known
            .into_iter()
            .filter_map(|(id, name)| Some((name?, id)))
            .collect();
        named.sort();
        let mut by_key: BTreeMap<String, Vec<(String, &AttributeId)>> = BTreeMap::new();
        let mut order = Vec::new();
        for (name, id) in named {
            let key = text::key(&name);
            let same = by_key.entry(key.clone()).or_default();
            if same.is_empty() {
                order.push(key);
            }
            same.push((name, id));
        }
        let mut options = Self {
            names: Vec::new(),
            places: HashMap::new(),
        };
        let mut taken: HashSet<String> = by_key.keys().cloned().collect();
        for key in order {
            let same = by_key.remove(&key).unwrap_or_default();
            let ids: HashSet<&AttributeId> = same.iter().map(|(_, id)| *id).collect();
            let apart = ids.len() > 1
                && members.iter().any(|m| {
                    let own: HashSet<_> = attributes(m).filter(|id| ids.contains(id)).collect();
                    own.len() > 1
                });
            for (n, (name, id)) in same.into_iter().enumerate() {
                if n == 0 {
                    options.names.push(name);
                } else if apart {
                    options.names.push(free(&name, &mut taken));
                }
                options.places.insert(id, options.names.len() - 1);
            }
        }
        if options.names.is_empty() {
            options.names.push(NAMELESS_OPTION.into());
        }
        options
    }

    /// The shop drops a variant that has not exactly one value for each option.
    pub(super) fn choices(
        &self,
        member: &'a Item,
        group: &str,
    ) -> Result<Vec<Choice<'a>>, ItemError> {
        let refuse = |problem: Problem| ItemError {
            item: Some(member.id.clone()),
            path: "options".into(),
            problem,
        };
        if self.places.is_empty() && member.options.is_empty() {
            let name = cleaned(member.name.as_ref())
                .ok_or_else(|| refuse(ProblemCode::ItemIndistinct.into()))?;
            let own = name.strip_prefix(group).map_or(name.as_str(), str::trim);
            return Ok(vec![Choice {
                name: if own.is_empty() { name } else { own.to_owned() },
                id: member.id.as_str(),
            }]);
        }
        let mut found: Vec<Option<Choice<'a>>> = self.names.iter().map(|_| None).collect();
        for option in &member.options.0 {
            let place = option
                .attribute
                .as_ref()
                .and_then(|a| self.places.get(&a.id));
            let (Some(&place), Some(name)) = (place, cleaned(option.name.as_ref())) else {
                continue;
            };
            let id = option.id.as_str();
            if found[place].replace(Choice { name, id }).is_some() {
                let option = self.names[place].as_str();
                let problem = Problem::new(ProblemCode::ItemOptionTwice);
                return Err(refuse(problem.with("option", option)));
            }
        }
        found
            .into_iter()
            .zip(&self.names)
            .map(|(choice, option)| {
                let missing = || Problem::new(ProblemCode::ItemOptionMissing);
                choice.ok_or_else(|| refuse(missing().with("option", option.as_str())))
            })
            .collect()
    }
}

fn attributes(member: &Item) -> impl Iterator<Item = &AttributeId> {
    let options = member.options.0.iter();
    options.filter_map(|o| o.attribute.as_ref()).map(|a| &a.id)
}

/// Values of one option that differ, and still are the same name, get numbers: the shop matches
/// values by [`text::key`], and two variants must not become one combination. Which one keeps its
/// name depends on Clover's ids alone, so that it is the same one in each run.
pub(super) fn distinguish(members: &mut [Result<Vec<Choice<'_>>, ItemError>]) {
    let options = members.iter().flatten().map(Vec::len).max().unwrap_or(0);
    for place in 0..options {
        let mut ids: HashMap<&str, &str> = HashMap::new();
        for choice in members.iter().flatten().filter_map(|m| m.get(place)) {
            let id = ids.entry(choice.name.as_str()).or_insert(choice.id);
            *id = choice.id.min(id);
        }
        let mut keys: HashSet<String> = ids.keys().map(|name| text::key(name)).collect();
        if keys.len() == ids.len() {
            continue;
        }
        let mut ordered: Vec<(&str, &str)> = ids.into_iter().map(|(name, id)| (id, name)).collect();
        ordered.sort_unstable();
        let mut met: HashSet<String> = HashSet::new();
        let renamed: HashMap<String, String> = ordered
            .into_iter()
            .filter(|(_, name)| !met.insert(text::key(name)))
            .map(|(_, name)| (name.to_owned(), free(name, &mut keys)))
            .collect();
        for choice in members
            .iter_mut()
            .flatten()
            .filter_map(|m| m.get_mut(place))
        {
            if let Some(name) = renamed.get(&choice.name) {
                choice.name.clone_from(name);
            }
        }
    }
}

/// The name with the least number from 2 that makes it another name than all that are taken.
pub(super) fn free(name: &str, taken: &mut HashSet<String>) -> String {
    let mut number = 2;
    loop {
        let numbered = text::numbered(name, number);
        if taken.insert(text::key(&numbered)) {
            return numbered;
        }
        number += 1;
    }
}
