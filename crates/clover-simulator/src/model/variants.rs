//! Item groups: members are items whose names the server makes from the group and their options.

use super::item::Item;
use super::rules::Kind;
use super::store::MerchantStore;
use crate::ids::Id;
use crate::webhooks::Change;

impl MerchantStore {
    /// The name of a variant: the group's name and its options' names, in the order of the
    /// attributes.
    pub fn variant_name(&self, group: Id, options: &[Id]) -> String {
        let attributes = self.lookups.table(Kind::Attributes);
        let mut parts: Vec<(Option<u64>, &str)> = options
            .iter()
            .filter_map(|id| self.lookups.live(Kind::Options, *id))
            .map(|option| {
                let attribute = option.reference("attribute");
                (attribute.and_then(|id| attributes.age(id)), option.name())
            })
            .collect();
        parts.sort_by_key(|(age, _)| *age);
        let group = self
            .lookups
            .live(Kind::ItemGroups, group)
            .map_or("", |group| group.name());
        let names = std::iter::once(group).chain(parts.into_iter().map(|(_, name)| name));
        names.collect::<Vec<_>>().join(" ")
    }

    /// Makes the names of these items anew; those whose name changes are modified and tell the
    /// webhook.
    pub fn rename_variants(&mut self, is_meant: impl Fn(&Item) -> bool) {
        let names: Vec<(Id, String)> = self
            .items
            .iter()
            .filter(|item| item.deleted.is_none() && is_meant(item))
            .filter_map(|item| Some((item.id, self.variant_name(item.group?, &item.options))))
            .collect();
        for (id, name) in names {
            let now = self.now();
            if let Some(item) = self.items.get_mut(id)
                && item.name != name
            {
                item.name = name;
                item.modified = now;
                self.tell("I", id, Change::Update);
            }
        }
    }

    /// After an entry of a lookup list got a new name.
    pub fn after_rename(&mut self, kind: Kind, id: Id) {
        match kind {
            Kind::ItemGroups => self.rename_variants(|item| item.group == Some(id)),
            Kind::Options => self.rename_variants(|item| item.options.contains(&id)),
            _ => {}
        }
    }

    /// The group of that name, made when there is none.
    pub fn group_named(&mut self, name: &str) -> Id {
        let known = self.lookups.named(Kind::ItemGroups, name, |_| true);
        known.unwrap_or_else(|| self.add_doc(Kind::ItemGroups, &[("name", name.into())]))
    }

    /// The option `value` of the group's attribute `attribute`, both made when there are none.
    pub fn option_named(&mut self, group: Id, attribute: &str, value: &str) -> Id {
        let to = |id: Id| serde_json::json!({"id": id});
        let of_group = self.lookups.named(Kind::Attributes, attribute, |doc| {
            doc.reference("itemGroup") == Some(group)
        });
        let attribute = of_group.unwrap_or_else(|| {
            self.add_doc(
                Kind::Attributes,
                &[("name", attribute.into()), ("itemGroup", to(group))],
            )
        });
        let known = self.lookups.named(Kind::Options, value, |doc| {
            doc.reference("attribute") == Some(attribute)
        });
        known.unwrap_or_else(|| {
            self.add_doc(
                Kind::Options,
                &[("name", value.into()), ("attribute", to(attribute))],
            )
        })
    }
}
