//! The lookup lists as data: which fields each has, how they are checked, what may be filtered.

/// The lists that are plain documents; items and orders have rules of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the lists")]
pub enum Kind {
    Categories,
    Tags,
    ItemGroups,
    Attributes,
    Options,
    TaxRates,
    ModifierGroups,
    Modifiers,
    Discounts,
    Tenders,
    OrderTypes,
    Customers,
}

impl Kind {
    /// Every kind, in the order of the rules.
    pub const ALL: [Kind; 12] = [
        Kind::Categories,
        Kind::Tags,
        Kind::ItemGroups,
        Kind::Attributes,
        Kind::Options,
        Kind::TaxRates,
        Kind::ModifierGroups,
        Kind::Modifiers,
        Kind::Discounts,
        Kind::Tenders,
        Kind::OrderTypes,
        Kind::Customers,
    ];

    /// What holds for this list.
    pub fn rules(self) -> &'static Rules {
        &RULES[self as usize]
    }

    /// The lists whose entries belong to one of this list, and the field that says to which.
    pub fn children(self) -> &'static [(Kind, &'static str)] {
        match self {
            Kind::ItemGroups => &[(Kind::Attributes, "itemGroup")],
            Kind::Attributes => &[(Kind::Options, "attribute")],
            Kind::ModifierGroups => &[(Kind::Modifiers, "modifierGroup")],
            _ => &[],
        }
    }

    /// The list of that path.
    pub fn of_path(path: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.rules().path == path)
    }
}

/// What holds for one list.
pub struct Rules {
    /// The last part of its path.
    pub path: &'static str,
    /// Read permission.
    pub read: &'static str,
    /// Write permission.
    pub write: &'static str,
    /// `X-Clover-Allowed-Filter-Fields`.
    pub filters: &'static str,
    /// The fields a client may write.
    pub fields: &'static [Field],
    /// Whether `deleted` is on the wire.
    pub shows_deleted: bool,
    /// Whether `modifiedTime` is on the wire.
    pub shows_modified: bool,
    /// The prefix of its webhook events; not every list has one.
    pub event: Option<&'static str>,
    /// The query parameter of the bulk delete.
    pub bulk_delete: Option<&'static str>,
}

/// One field of a document.
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it may hold.
    pub form: Form,
    /// Whether a new document needs it.
    pub required: bool,
    /// What a new document gets.
    pub default: Preset,
}

/// What a field may hold.
pub enum Form {
    /// Text of at most so many characters.
    Text(usize),
    /// A whole number in a range.
    Int(i64, i64),
    /// True or false.
    Flag,
    /// `{"id"}` of an entry of another list.
    Ref(Kind),
    /// Any JSON.
    Any,
}

/// The value of a field that was not sent.
pub enum Preset {
    /// The key is absent.
    Absent,
    /// A truth value.
    Flag(bool),
    /// One more than the greatest so far: a new category goes last.
    Last,
}

const fn text(name: &'static str, max: usize) -> Field {
    Field {
        name,
        form: Form::Text(max),
        required: false,
        default: Preset::Absent,
    }
}

const fn int(name: &'static str, min: i64, max: i64) -> Field {
    Field {
        name,
        form: Form::Int(min, max),
        required: false,
        default: Preset::Absent,
    }
}

const fn flag(name: &'static str, default: bool) -> Field {
    Field {
        name,
        form: Form::Flag,
        required: false,
        default: Preset::Flag(default),
    }
}

const fn any(name: &'static str) -> Field {
    Field {
        name,
        form: Form::Any,
        required: false,
        default: Preset::Absent,
    }
}

const fn reference(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        form: Form::Ref(kind),
        required: true,
        default: Preset::Absent,
    }
}

const fn required(mut field: Field) -> Field {
    field.required = true;
    field
}

const INVENTORY: Rules = Rules {
    path: "",
    read: "INVENTORY_R",
    write: "INVENTORY_W",
    filters: "",
    fields: &[],
    shows_deleted: false,
    shows_modified: false,
    event: None,
    bulk_delete: None,
};

/// The rules, in the order of [`Kind::ALL`]. Lengths and ranges: Clover's Android SDK; filter
/// fields of modifier groups and tax rates: recorded; of categories, tags: documented; others:
/// assumed.
static RULES: [Rules; 12] = [
    Rules {
        path: "categories",
        filters: "modifiedTime, deleted, sortOrder, name, colorCode, id",
        fields: &[
            required(text("name", 127)),
            Field {
                name: "sortOrder",
                form: Form::Int(i64::MIN, i64::MAX),
                required: false,
                default: Preset::Last,
            },
            text("colorCode", 9),
            any("parentCategory"),
        ],
        shows_deleted: true,
        event: Some("IC"),
        bulk_delete: Some("categoryIds"),
        ..INVENTORY
    },
    Rules {
        path: "tags",
        filters: "modifiedTime, deleted, name, showInReporting, id",
        fields: &[required(text("name", 255)), flag("showInReporting", false)],
        bulk_delete: Some("tagIds"),
        ..INVENTORY
    },
    Rules {
        path: "item_groups",
        filters: "modifiedTime, deleted, name, id",
        fields: &[required(text("name", 255))],
        ..INVENTORY
    },
    Rules {
        path: "attributes",
        filters: "modifiedTime, itemGroup.id, name, id",
        fields: &[
            required(text("name", 255)),
            reference("itemGroup", Kind::ItemGroups),
        ],
        ..INVENTORY
    },
    Rules {
        path: "options",
        filters: "modifiedTime, attribute.id, name, id",
        fields: &[
            required(text("name", 255)),
            reference("attribute", Kind::Attributes),
        ],
        ..INVENTORY
    },
    Rules {
        path: "tax_rates",
        filters: "isDefault, rate, items.id, name, id, taxAmount, taxType",
        fields: &[
            required(text("name", 127)),
            required(int("rate", 0, 100_000_000)),
            text("taxType", 31),
            int("taxAmount", 0, i64::MAX),
            flag("isDefault", false),
        ],
        ..INVENTORY
    },
    Rules {
        path: "modifier_groups",
        filters: "modifiedTime, category.id, negativeSortOrder, item.id, sortOrder, name, id, \
                  showByDefault",
        fields: &[
            required(text("name", 255)),
            text("alternateName", 255),
            int("minRequired", 0, 65_535),
            int("maxAllowed", 0, 65_535),
            int("sortOrder", i64::MIN, i64::MAX),
            flag("showByDefault", true),
        ],
        shows_deleted: true,
        event: Some("IG"),
        bulk_delete: Some("modifierGroupIds"),
        ..INVENTORY
    },
    Rules {
        path: "modifiers",
        filters: "modifiedTime, modifierGroup.id, name, price, available, id",
        fields: &[
            required(text("name", 255)),
            required(int("price", 0, i64::MAX)),
            text("alternateName", 255),
            flag("available", true),
            reference("modifierGroup", Kind::ModifierGroups),
        ],
        shows_deleted: true,
        shows_modified: true,
        event: Some("IM"),
        ..INVENTORY
    },
    Rules {
        path: "discounts",
        filters: "modifiedTime, name, id",
        fields: &[
            required(text("name", 64)),
            int("amount", i64::MIN, 0),
            int("percentage", 0, 100),
            int("percentageDecimal", 0, 1_000_000),
        ],
        ..INVENTORY
    },
    Rules {
        path: "tenders",
        read: "MERCHANT_R",
        write: "MERCHANT_W",
        filters: "label, labelKey, enabled, visible, id",
        fields: &[
            required(text("label", 127)),
            text("labelKey", 127),
            flag("editable", true),
            flag("enabled", true),
            flag("visible", true),
            flag("opensCashDrawer", false),
            flag("supportsTipping", false),
            flag("supportsCashDiscount", false),
        ],
        ..INVENTORY
    },
    Rules {
        path: "order_types",
        read: "MERCHANT_R",
        write: "MERCHANT_W",
        filters: "label, labelKey, isDefault, isHidden, id",
        fields: &[
            text("label", 127),
            text("labelKey", 127),
            flag("taxable", true),
            flag("isDefault", false),
            flag("isHidden", false),
            any("filterCategories"),
            int("fee", 0, i64::MAX),
            int("minOrderAmount", 0, i64::MAX),
            int("maxOrderAmount", 0, i64::MAX),
            int("maxRadius", 0, i64::MAX),
            int("avgOrderTime", 0, i64::MAX),
            text("hoursAvailable", 31),
            flag("isDeleted", false),
        ],
        ..INVENTORY
    },
    Rules {
        path: "customers",
        read: "CUSTOMERS_R",
        write: "CUSTOMERS_W",
        filters: "fullName, firstName, lastName, phoneNumber, emailAddress, customerSince, \
                  marketingAllowed, id",
        fields: &[
            text("firstName", 64),
            text("lastName", 64),
            any("emailAddresses"),
            any("phoneNumbers"),
            any("addresses"),
            any("metadata"),
            int("customerSince", 0, i64::MAX),
            flag("marketingAllowed", false),
        ],
        event: Some("C"),
        ..INVENTORY
    },
];

/// Filter fields of items: the recorded header, and `categoryId`, which works without being listed.
pub const ITEM_FILTERS: &str = "modifiedTime, hidden, itemCode, available, lowStock, option.id, \
    excludeCashDiscount, type, modifierGroup.id, autoManage, all_categorized_items.item_uuid, \
    price, menuId, id, sku, defaultTaxRates, menuItemEnabled, ageRestricted, tags.id, \
    alternateName, isRevenue, tags.name, deleted, item.id, name, price_type, \
    itemStock.quantity, itemGroup.id";

/// Filter fields of orders, as documented.
pub const ORDER_FILTERS: &str = "employee.id, note, modifiedTime, orderType, title, device.id, \
    externalReferenceId, clientCreatedTime, total, payType, testMode, createdTime, id, state, \
    deletedTime, manualTransaction";

/// Filter fields of counts: assumed, the reference does not say.
pub const STOCK_FILTERS: &str = "item.id, quantity, modifiedTime, id";

/// Which list a relation of an item is kept in, by the name `expand` gives it.
pub fn relation(name: &str) -> Option<Kind> {
    match name {
        "categories" => Some(Kind::Categories),
        "tags" => Some(Kind::Tags),
        "options" => Some(Kind::Options),
        "taxRates" => Some(Kind::TaxRates),
        "modifierGroups" => Some(Kind::ModifierGroups),
        _ => None,
    }
}
