//! A shop product as mapped from Clover, and the fingerprint that shows a change in Clover.

use sha2::{Digest, Sha256};

use crate::ids::{CategoryId, GroupId, ItemId, ModifierGroupId, ModifierId};
use crate::money::ColumnPrice;
use crate::problem::Problem;
use crate::quantity::{Quantity, Reserve};
use crate::tax::ProductTax;
use crate::text;

/// Fingerprint of a variant that Clover does not offer.
pub const UNAVAILABLE: &str = "unavailable";

/// What a product stands for in Clover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductReference {
    /// One item: a simple product.
    Item(ItemId),
    /// An item group: a variable product.
    Group(GroupId),
}

crate::text_enum! {
    /// [`ProductReference`] without its id.
    pub enum ProductKind {
        /// One item: a simple product.
        Item = "item",
        /// An item group: a variable product.
        Group = "group",
    }
}

impl ProductReference {
    /// Which kind.
    #[must_use]
    pub fn kind(&self) -> ProductKind {
        match self {
            Self::Item(_) => ProductKind::Item,
            Self::Group(_) => ProductKind::Group,
        }
    }

    /// Clover's id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Item(id) => id.as_str(),
            Self::Group(id) => id.as_str(),
        }
    }
}

crate::text_enum! {
    /// Why the owner should look at a product before it is sold on the web.
    pub enum Caution {
        /// Clover's price is 0.
        ZeroPrice = "zero_price",
        /// The price is typed in at the till.
        OpenPrice = "open_price",
        /// The price is for a unit of weight or length.
        UnitPrice = "unit_price",
        /// The price type is not known.
        UnknownPrice = "unknown_price",
        /// A gift card, a deposit or the like: not counted as revenue.
        NonRevenue = "non_revenue",
        /// It may be sold only to adults.
        AgeRestricted = "age_restricted",
        /// The till asks for a choice of modifiers, which the shop does not offer or cannot ask
        /// for.
        RequiredModifiers = "required_modifiers",
        /// Hidden in Clover.
        Hidden = "hidden",
    }
}

/// A mapped product.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// Item or group.
    pub reference: ProductReference,
    /// Trimmed, never empty.
    pub title: String,
    /// Whether something keeps it from being shown unseen, such as a price that the till asks for.
    pub withheld: bool,
    /// Whether it may be shown when it is created: the owner's Import Status, unless it is
    /// withheld.
    pub publish: bool,
    /// Category names in order of preference.
    pub categories: Vec<String>,
    /// Whether the first of them is to be made.
    pub create_category: bool,
    /// Clover id of the one that is to be made. Not in the fingerprint: its name is.
    pub category: Option<CategoryId>,
    /// Without repetition.
    pub tags: Vec<String>,
    /// What the owner should look at.
    pub warnings: Vec<Problem>,
    /// Why it is withheld; in order, each once.
    pub cautions: Vec<Caution>,
    /// Names of the options of a variable product; empty for a simple one.
    pub options: Vec<String>,
    /// What can be chosen in addition, of a simple product; empty for a variable one.
    pub modifiers: Vec<ModifierOption>,
    /// One for a simple product, at least one for a variable one.
    pub variants: Vec<Variant>,
    /// Units of each variant that are kept for the till.
    pub reserve: Reserve,
    /// How Clover taxes it; none while the shop does not follow that, or does not know it. Not in
    /// the fingerprint: the shop's profile is compared itself.
    pub tax: Option<ProductTax>,
    /// Clover's description, as it is. Not in the fingerprint: the shop takes it once.
    pub description: Option<String>,
    /// Address of Clover's picture, as it is. Not in the fingerprint either.
    pub picture: Option<String>,
    /// Parts of the fingerprint that Clover did not show to this app.
    pub unseen: Vec<&'static str>,
    /// What the shop stored of them; their digests are taken from it, so they seem unchanged.
    pub stored: Option<Fingerprint>,
}

crate::text_enum! {
    /// How a shopper chooses modifiers: the shop's type of the option.
    pub enum ModifierKind {
        /// One of several.
        Radio = "radio",
        /// One of several, or none.
        Select = "select",
        /// Any of several.
        Checkbox = "checkbox",
    }
}

/// A modifier group, as an option of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModifierOption {
    /// The group.
    pub group: ModifierGroupId,
    /// Never empty; another name than those of the product's other options.
    pub name: String,
    /// How many may be chosen.
    pub kind: ModifierKind,
    /// Whether something must be chosen.
    pub required: bool,
    /// At least one.
    pub choices: Vec<ModifierChoice>,
}

/// A modifier, as a value of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModifierChoice {
    /// The modifier.
    pub modifier: ModifierId,
    /// Never empty; another name than those of the option's other values.
    pub name: String,
    /// What it adds to one piece. Never negative.
    pub price: ColumnPrice,
}

/// What is bought: one Clover item.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// The item.
    pub id: ItemId,
    /// The item's name, for logs.
    pub name: String,
    /// Never empty when there.
    pub sku: Option<String>,
    /// Never empty when there.
    pub upc: Option<String>,
    /// After the owner's pricing.
    pub price: ColumnPrice,
    /// Whether Clover leaves the price to the till, so that the owner sets the shop's.
    pub open_price: bool,
    /// Whether its price depends on categories that Clover did not show to this app.
    pub price_unseen: bool,
    /// None for an item that is not counted.
    pub stock: Option<Quantity>,
    /// The till warns at this count and below; never 0.
    pub threshold: Option<Quantity>,
    /// Whether Clover offers it at all.
    pub sellable: bool,
    /// One value for each of the product's options, in their order.
    pub option_values: Vec<String>,
}

impl Variant {
    /// What is stored with the mapping of a variant of a group, to see when Clover changes its mind
    /// about selling it.
    #[must_use]
    pub fn fingerprint(&self) -> &'static str {
        if self.sellable {
            "sellable"
        } else {
            UNAVAILABLE
        }
    }
}

impl Product {
    /// Values of one option in the order in which variants bring them.
    #[must_use]
    pub fn option_values(&self, option: usize) -> Vec<&str> {
        let mut values: Vec<&str> = Vec::new();
        for value in self
            .variants
            .iter()
            .filter_map(|v| v.option_values.get(option))
        {
            if !values.contains(&value.as_str()) {
                values.push(value);
            }
        }
        values
    }

    /// Lower-case ASCII for a URL, never empty, not unique. Only what is written needs it, and an
    /// unchanged product is not.
    #[must_use]
    pub fn alias(&self) -> String {
        let alias = text::alias(&self.title);
        if alias.is_empty() {
            self.reference.id().to_ascii_lowercase()
        } else {
            alias
        }
    }

    /// Lowest and highest price of the variants.
    #[must_use]
    pub fn price_range(&self) -> Option<(ColumnPrice, ColumnPrice)> {
        let prices = || self.variants.iter().map(|v| v.price);
        Some((prices().min()?, prices().max()?))
    }

    /// The fingerprint of what no column of the shop can show.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let mut variants: Vec<&Variant> = self.variants.iter().collect();
        variants.sort_by(|a, b| a.id.cmp(&b.id));
        let mut fingerprint = Fingerprint([
            digest(["title", &self.title]),
            digest(
                [
                    "category",
                    if self.create_category { "make" } else { "find" },
                ]
                .into_iter()
                .chain(self.categories.iter().map(String::as_str)),
            ),
            digest(std::iter::once("tags").chain(self.tags.iter().map(String::as_str))),
            digest(
                ["sale", if self.withheld { "withheld" } else { "free" }]
                    .into_iter()
                    .chain(self.cautions.iter().map(|caution| caution.key()))
                    .chain(
                        variants
                            .iter()
                            .flat_map(|v| [v.id.as_str(), v.fingerprint()]),
                    ),
            ),
            digest(
                std::iter::once("options")
                    .chain(self.options.iter().map(String::as_str))
                    .chain(variants.iter().flat_map(|v| {
                        std::iter::once(v.id.as_str())
                            .chain(v.option_values.iter().map(String::as_str))
                    })),
            ),
            modifiers_digest(&self.modifiers),
        ]);
        if let Some(stored) = self.stored {
            let parts = ASPECTS.iter().zip(fingerprint.0.iter_mut().zip(stored.0));
            for (_, (part, stored)) in parts.filter(|(aspect, _)| self.unseen.contains(aspect)) {
                *part = stored;
            }
        }
        fingerprint
    }
}

/// Digests of the parts of a product that the shop's own columns cannot be compared with: the owner
/// may have retitled the article or moved it, and still a change in Clover must be seen. Price,
/// SKU, code and count are not in it; those are compared with the database itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([[u8; ASPECT_BYTES]; ASPECTS.len()]);

/// Names of the parts, in the fingerprint's order. The text of a product without modifiers ends
/// before the last part.
pub const ASPECTS: [&str; 6] = ["title", "category", "tags", "sale", "options", MODIFIERS];

/// The part with modifiers.
pub(crate) const MODIFIERS: &str = "modifiers";

const ASPECT_BYTES: usize = 6;
const ASPECT_DIGITS: usize = 2 * ASPECT_BYTES;
const DIGITS: usize = ASPECTS.len() * ASPECT_DIGITS;
const DIGITS_WITHOUT_MODIFIERS: usize = DIGITS - ASPECT_DIGITS;
const NO_MODIFIERS: [u8; ASPECT_BYTES] = [0; ASPECT_BYTES];

impl Fingerprint {
    /// Hexadecimal: 60 characters, or 72 for a product with modifiers.
    #[must_use]
    pub fn to_text(self) -> String {
        let length = if self.has_modifiers() {
            DIGITS
        } else {
            DIGITS_WITHOUT_MODIFIERS
        };
        let digits = self.digits();
        digits[..length].iter().copied().map(char::from).collect()
    }

    fn has_modifiers(self) -> bool {
        self.0[ASPECTS.len() - 1] != NO_MODIFIERS
    }

    fn digits(self) -> [u8; DIGITS] {
        const HEXADECIMAL: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; DIGITS];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0.iter().flatten()) {
            pair[0] = HEXADECIMAL[usize::from(byte >> 4)];
            pair[1] = HEXADECIMAL[usize::from(byte & 15)];
        }
        digits
    }

    /// What [`Fingerprint::to_text`] wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if text.len() != DIGITS && text.len() != DIGITS_WITHOUT_MODIFIERS {
            return None;
        }
        let mut parts = [[0; ASPECT_BYTES]; ASPECTS.len()];
        for (byte, pair) in parts.iter_mut().flatten().zip(text.chunks_exact(2)) {
            let digits = std::str::from_utf8(pair).ok()?;
            *byte = u8::from_str_radix(digits, 16).ok()?;
        }
        Some(Self(parts))
    }

    /// Parts that differ from a stored fingerprint; all that the product has when that is
    /// unreadable.
    #[must_use]
    pub fn differing(self, stored: &str) -> Vec<&'static str> {
        const ABSENT: &[u8] = &[b'0'; ASPECT_DIGITS];
        let (now, stored) = (self.digits(), stored.as_bytes());
        if stored.len() != DIGITS && stored.len() != DIGITS_WITHOUT_MODIFIERS {
            let parts = ASPECTS.len() - usize::from(!self.has_modifiers());
            return ASPECTS[..parts].to_vec();
        }
        let stored = stored.chunks_exact(ASPECT_DIGITS);
        ASPECTS
            .into_iter()
            .zip(
                now.chunks_exact(ASPECT_DIGITS)
                    .zip(stored.chain(std::iter::once(ABSENT))),
            )
            .filter(|(_, (now, stored))| now != stored)
            .map(|(aspect, _)| aspect)
            .collect()
    }
}

/// Nothing for a product without modifiers, so that its fingerprint is that of a version that knew
/// none.
fn modifiers_digest(modifiers: &[ModifierOption]) -> [u8; ASPECT_BYTES] {
    if modifiers.is_empty() {
        return NO_MODIFIERS;
    }
    let mut parts: Vec<String> = vec![MODIFIERS.into()];
    for option in modifiers {
        let required = if option.required { "required" } else { "free" };
        parts.extend([
            option.group.as_str().into(),
            option.name.clone(),
            option.kind.key().into(),
            required.into(),
            option.choices.len().to_string(),
        ]);
        for choice in &option.choices {
            parts.extend([
                choice.modifier.as_str().into(),
                choice.name.clone(),
                choice.price.to_string(),
            ]);
        }
    }
    digest(parts.iter().map(String::as_str))
}

/// Each part is preceded by its length, so that `["ab", "c"]` and `["a", "bc"]` differ.
fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> [u8; ASPECT_BYTES] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut short = [0; ASPECT_BYTES];
    for (to, from) in short.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    short
}
