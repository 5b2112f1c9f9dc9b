//! The owner's choice of the items that the shop imports.

use std::collections::HashSet;

use crate::ids::ItemId;
use crate::problem::{Problem, ProblemCode};
use crate::text::{clean, key};
use crate::wire::Item;

crate::text_enum! {
    /// How a list of names chooses.
    pub enum NameFilterMode {
        /// Every item, whatever the list contains.
        All = "all",
        /// Items that have one of the names.
        Only = "only",
        /// Items that have none of the names.
        Except = "except",
    }
}

crate::text_enum! {
    /// What happens to items of a special kind.
    pub enum ImportRule {
        /// As to all other items.
        Import = "import",
        /// They are imported unpublished.
        Unpublished = "unpublished",
        /// They are left out.
        Skip = "skip",
    }
}

/// A choice by the names of categories or tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameFilter {
    /// How the names choose.
    pub mode: NameFilterMode,
    /// Cleaned, each name once.
    pub names: Vec<String>,
}

impl NameFilter {
    /// The default: every item.
    #[must_use]
    pub fn all() -> Self {
        Self {
            mode: NameFilterMode::All,
            names: Vec::new(),
        }
    }

    fn rule(&self) -> NameRule {
        let keys = || self.names.iter().map(|name| key(name)).collect();
        match self.mode {
            NameFilterMode::All => NameRule::All,
            NameFilterMode::Only => NameRule::Only(keys()),
            NameFilterMode::Except => NameRule::Except(keys()),
        }
    }
}

/// A [`NameFilter`] with the keys of its names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum NameRule {
    All,
    Only(HashSet<String>),
    Except(HashSet<String>),
}

/// Why names do not pass a [`NameRule`].
enum Miss {
    /// One of the names is excepted.
    Excepted(String),
    /// None of these is chosen.
    NotChosen(Vec<String>),
    /// There are no names.
    Nameless,
}

impl NameRule {
    fn miss<'a>(&self, names: impl Iterator<Item = &'a String>) -> Option<Miss> {
        let mut names = names.filter_map(|name| clean(name));
        match self {
            Self::All => None,
            Self::Except(keys) => names
                .find(|name| keys.contains(&key(name)))
                .map(Miss::Excepted),
            Self::Only(keys) => {
                let names: Vec<String> = names.collect();
                if names.iter().any(|name| keys.contains(&key(name))) {
                    None
                } else if names.is_empty() {
                    Some(Miss::Nameless)
                } else {
                    Some(Miss::NotChosen(names))
                }
            }
        }
    }
}

/// Which items the shop imports. Each item is judged separately, also an item of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFilter {
    categories: NameRule,
    tags: NameRule,
    /// Items that are hidden in Clover.
    pub hidden: ImportRule,
    /// Items that are not revenue.
    pub non_revenue: ImportRule,
    /// Items that are sold only to adults.
    pub age_restricted: ImportRule,
    online_only: bool,
    offline: HashSet<ItemId>,
}

/// Whether the shop imports an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// It is imported.
    Import,
    /// It is left out, for this reason.
    LeaveOut(Problem),
    /// A field that decides it is not visible to the app.
    Unknown(&'static str, ProblemCode),
}

impl ItemFilter {
    /// From the owner's settings.
    #[must_use]
    pub fn new(
        categories: &NameFilter,
        tags: &NameFilter,
        hidden: ImportRule,
        non_revenue: ImportRule,
        age_restricted: ImportRule,
    ) -> Self {
        Self {
            categories: categories.rule(),
            tags: tags.rule(),
            hidden,
            non_revenue,
            age_restricted,
            online_only: false,
            offline: HashSet::new(),
        }
    }

    /// Whether items that Clover does not sell online are left out.
    #[must_use]
    pub fn online_only(mut self, online_only: bool) -> Self {
        self.online_only = online_only;
        self
    }

    /// Items that are left out because Clover did not sell them online when it last said so. They
    /// stay left out until it says something else.
    #[must_use]
    pub fn last_offline(mut self, items: impl IntoIterator<Item = ItemId>) -> Self {
        self.offline.extend(items);
        self
    }

    fn is_online(&self, item: &Item) -> Option<bool> {
        let last = || self.offline.contains(&item.id).then_some(false);
        item.menu_item.enabled.or_else(last)
    }

    /// Whether an item is imported because Clover does not say if it is sold online.
    #[must_use]
    pub fn lacks_online(&self, item: &Item) -> bool {
        self.online_only && self.is_online(item).is_none()
    }

    /// Whether a hidden item is treated like a visible one.
    #[must_use]
    pub fn ignores_hidden(&self) -> bool {
        self.hidden == ImportRule::Import
    }

    /// Whether the shop imports this item. Deleted categories and tags do not count.
    #[must_use]
    pub fn choose(&self, item: &Item) -> Choice {
        let kinds = [
            (self.hidden, item.hidden, ProblemCode::LeftOutHidden),
            (
                self.non_revenue,
                !item.is_revenue,
                ProblemCode::LeftOutNonRevenue,
            ),
            (
                self.age_restricted,
                item.age_restricted,
                ProblemCode::LeftOutAgeRestricted,
            ),
        ];
        for (rule, applies, code) in kinds {
            if rule == ImportRule::Skip && applies {
                return Choice::LeaveOut(code.into());
            }
        }
        if self.online_only && self.is_online(item) == Some(false) {
            return Choice::LeaveOut(ProblemCode::LeftOutNotOnline.into());
        }
        let is_unseen = |field: &str| item.unseen.iter().any(|unseen| unseen == field);
        if self.categories != NameRule::All {
            if is_unseen("categories") {
                return Choice::Unknown("categories", ProblemCode::ItemCategoriesUnseen);
            }
            let categories = item.categories.0.iter().filter(|one| !one.deleted);
            let names = categories.filter_map(|one| one.name.as_ref());
            if let Some(miss) = self.categories.miss(names) {
                return Choice::LeaveOut(match miss {
                    Miss::Excepted(name) => {
                        Problem::new(ProblemCode::LeftOutCategory).with("category", name)
                    }
                    Miss::NotChosen(names) => {
                        Problem::new(ProblemCode::LeftOutCategories).with("categories", names)
                    }
                    Miss::Nameless => ProblemCode::LeftOutUncategorized.into(),
                });
            }
        }
        if self.tags != NameRule::All {
            if is_unseen("tags") {
                return Choice::Unknown("tags", ProblemCode::ItemTagsUnseen);
            }
            let tags = item.tags.0.iter().filter(|one| !one.deleted);
            let names = tags.filter_map(|one| one.name.as_ref());
            if let Some(miss) = self.tags.miss(names) {
                return Choice::LeaveOut(match miss {
                    Miss::Excepted(name) => Problem::new(ProblemCode::LeftOutTag).with("tag", name),
                    Miss::NotChosen(names) => {
                        Problem::new(ProblemCode::LeftOutTags).with("tags", names)
                    }
                    Miss::Nameless => ProblemCode::LeftOutUntagged.into(),
                });
            }
        }
        Choice::Import
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Listing;
    use proptest::prelude::*;

    fn named(mode: NameFilterMode, names: &[&str]) -> NameFilter {
        NameFilter {
            mode,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    fn filter(categories: &NameFilter, tags: &NameFilter) -> ItemFilter {
        let rule = ImportRule::Unpublished;
        ItemFilter::new(categories, tags, rule, rule, rule)
    }

    fn item(more: &str) -> Item {
        let json = format!(r#"{{"elements":[{{"id":"A","name":"Tea"{more}}}]}}"#);
        let mut listing = Listing::parse(json.as_bytes()).unwrap();
        assert_eq!(listing.errors, []);
        listing.elements.remove(0)
    }

    fn why(filter: &ItemFilter, item: &Item) -> String {
        match filter.choose(item) {
            Choice::Import => "import".to_owned(),
            Choice::LeaveOut(problem) => problem.to_string(),
            Choice::Unknown(field, code) => format!("{field} {}", code.key()),
        }
    }

    const DRINKS: &str = r#","categories":{"elements":[{"id":"C","name":"Hot Drinks"},
        {"id":"D","name":"Bar"},{"id":"E","name":"Old","deleted":true},{"id":"F"}]},
        "tags":{"elements":[{"id":"T","name":"Web"},{"id":"U","name":"Till","deleted":true}]}"#;

    #[test]
    fn an_item_needs_one_chosen_category_and_no_excepted_one() {
        use NameFilterMode::{All, Except, Only};
        let (drinks, plain) = (item(DRINKS), item(""));
        for (mode, names, with, without) in [
            (All, &["Food"][..], "import", "import"),
            (Only, &["hot drinks"], "import", "left_out_uncategorized"),
            (
                Only,
                &["Food", "Old"],
                "left_out_categories: categories Hot Drinks, Bar",
                "left_out_uncategorized",
            ),
            (Except, &["Food"], "import", "import"),
            (
                Except,
                &["food", " BÂR "],
                "left_out_category: category Bar",
                "import",
            ),
            (Except, &["Old"], "import", "import"),
            (Except, &[], "import", "import"),
        ] {
            let filter = filter(&named(mode, names), &NameFilter::all());
            assert_eq!(why(&filter, &drinks), with, "{mode:?} {names:?}");
            assert_eq!(why(&filter, &plain), without, "{mode:?} {names:?}");
        }
    }

    #[test]
    fn tags_choose_like_categories_and_both_must_agree() {
        use NameFilterMode::{Except, Only};
        let drinks = item(DRINKS);
        let all = NameFilter::all();
        for (categories, tags, expected) in [
            (&all, named(Only, &["WEB"]), "import"),
            (&all, named(Only, &["Till"]), "left_out_tags: tags Web"),
            (&all, named(Except, &["web"]), "left_out_tag: tag Web"),
            (&named(Only, &["Bar"]), named(Only, &["Web"]), "import"),
            (
                &named(Only, &["Food"]),
                named(Only, &["Web"]),
                "left_out_categories: categories Hot Drinks, Bar",
            ),
        ] {
            assert_eq!(why(&filter(categories, &tags), &drinks), expected);
        }
        let web = filter(&all, &named(Only, &["Web"]));
        assert_eq!(why(&web, &item("")), "left_out_untagged");
    }

    #[test]
    fn an_item_of_a_special_kind_is_left_out_only_when_its_kind_is_skipped() {
        let kinds = [
            (r#","hidden":true"#, "left_out_hidden"),
            (r#","isRevenue":false"#, "left_out_non_revenue"),
            (r#","isAgeRestricted":true"#, "left_out_age_restricted"),
        ];
        for (n, (json, code)) in kinds.into_iter().enumerate() {
            for rule in ImportRule::ALL {
                let mut rules = [ImportRule::Unpublished; 3];
                rules[n] = *rule;
                let [hidden, non_revenue, age_restricted] = rules;
                let all = NameFilter::all();
                let filter = ItemFilter::new(&all, &all, hidden, non_revenue, age_restricted);
                let expected = if *rule == ImportRule::Skip {
                    code
                } else {
                    "import"
                };
                assert_eq!(why(&filter, &item(json)), expected);
                assert_eq!(why(&filter, &item("")), "import");
            }
        }
    }

    #[test]
    fn an_item_that_clover_does_not_sell_online_is_left_out_only_where_the_owner_wants_that() {
        let all = NameFilter::all();
        for (enabled, only, without) in [
            (Some(true), "import", "import"),
            (Some(false), "left_out_not_online", "import"),
            (None, "import", "import"),
        ] {
            let mut item = item("");
            item.menu_item.enabled = enabled;
            let wide = filter(&all, &all);
            let strict = wide.clone().online_only(true);
            assert_eq!(why(&strict, &item), only);
            assert_eq!(why(&wide, &item), without);
            assert_eq!(strict.lacks_online(&item), enabled.is_none());
            assert!(!wide.lacks_online(&item));
            // What Clover said last counts while it says nothing.
            let strict = strict.last_offline([item.id.clone()]);
            let expected = if enabled.is_none() {
                "left_out_not_online"
            } else {
                only
            };
            assert_eq!(why(&strict, &item), expected);
            assert!(!strict.lacks_online(&item));
            assert_eq!(
                why(&wide.clone().last_offline([item.id.clone()]), &item),
                without
            );
        }
    }

    #[test]
    fn names_that_clover_does_not_show_choose_nothing() {
        let mut unseen = item("");
        unseen.unseen = vec!["categories".into(), "tags".into()];
        let (all, only) = (
            NameFilter::all(),
            named(NameFilterMode::Only, &["Hot Drinks"]),
        );
        assert_eq!(why(&filter(&all, &all), &unseen), "import");
        assert_eq!(
            why(&filter(&only, &all), &unseen),
            "categories item_categories_unseen"
        );
        assert_eq!(why(&filter(&all, &only), &unseen), "tags item_tags_unseen");
    }

    proptest! {
        #[test]
        fn only_and_except_of_the_same_names_divide_the_items_with_one_category(
            name in "[a-cA-C]{1,2}", chosen in prop::collection::vec("[a-cA-C]{1,2}", 1..4)
        ) {
            let json = format!(r#","categories":{{"elements":[{{"id":"C","name":"{name}"}}]}}"#);
            let item = item(&json);
            let imports = |mode| {
                let names = NameFilter { mode, names: chosen.clone() };
                filter(&names, &NameFilter::all()).choose(&item) == Choice::Import
            };
            prop_assert_ne!(imports(NameFilterMode::Only), imports(NameFilterMode::Except));
            prop_assert!(imports(NameFilterMode::All));
        }
    }
}
