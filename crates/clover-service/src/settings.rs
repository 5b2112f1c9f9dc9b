//! The owner's settings, from the host's parameters.

use std::collections::BTreeMap;

use clover_client::Hosts;
use clover_core::problem::{Problem, ProblemCode};
use clover_core::settings::{
    CategoryMarkup, Description, SETTINGS, Setting, SettingKind, Settings as Core, SettingsError,
    Shown,
};
use clover_core::tax::TaxProfile;
use serde_json::Value;

use crate::error::Error;
use crate::rows::{Case, Input, Key, Kind, Output, row};

/// The owner's settings, checked as a whole.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the owner chose.
    pub core: Core,
    /// Where Clover is.
    pub hosts: Hosts,
}

impl Settings {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`Error::Settings`], with all that is wrong.
    pub fn from_row<'a>(parameters: impl Input<'a>) -> Result<Self, Error> {
        let mut checked = BTreeMap::new();
        let mut problems = BTreeMap::new();
        for (key, value) in parameters.entries() {
            let problem = match (&key, value.to_json()) {
                (Key::Text(name), Some(value)) => {
                    checked.insert(name.clone(), value);
                    continue;
                }
                (Key::Bytes(_), _) => ProblemCode::SettingNotText,
                (_, None) if matches!(value.kind(), Kind::Bytes(_)) => ProblemCode::SettingNotText,
                (_, None) => ProblemCode::SettingKind,
            };
            problems.insert(key.shown(), problem.into());
        }
        let base_url = checked
            .get("base_url")
            .and_then(Value::as_str)
            .filter(|url| !url.trim().is_empty());
        let elsewhere = base_url.map(Hosts::overridden).transpose().map_err(|e| {
            let problem = Problem::new(ProblemCode::SettingAddress).because(e.to_string());
            problems.insert("base_url".into(), problem)
        });
        let core = Core::from_parameters(checked).map_err(|e| problems.extend(e.fields));
        match (core, elsewhere) {
            (Ok(core), Ok(elsewhere)) if problems.is_empty() => {
                let hosts = elsewhere.unwrap_or_else(|| Hosts::of(core.environment));
                Ok(Self { core, hosts })
            }
            _ => Err(SettingsError { fields: problems }.into()),
        }
    }

    /// The same settings with another default category.
    #[must_use]
    pub fn with_default_category(&self, category: i64) -> Self {
        let mut changed = self.clone();
        changed.core.default_category = category;
        changed
    }

    /// Whether App ID and App Secret are both set.
    #[must_use]
    pub fn has_credentials(&self) -> bool {
        !self.core.app_id.is_empty() && self.core.app_secret.is_some()
    }

    /// The values of [`visible`] settings.
    pub fn properties(&self) -> impl Iterator<Item = Output<'_>> {
        visible().map(|(setting, description)| match setting.show(&self.core) {
            Shown::Hidden => Output::Null,
            Shown::Text(text) => text.into(),
            Shown::Choice(index) => match (description.choice_of, description.choices.get(index)) {
                (Some(of), Some(key)) => Output::Case(Case { of, index, key }),
                _ => Output::Null,
            },
            Shown::Integer(number) => number.into(),
            Shown::Switch(on) => on.into(),
            Shown::Ids(ids) => Output::list(ids.iter().copied()),
            Shown::Names(names) => Output::list(names.iter().map(String::as_str)),
            Shown::Markups(markups) => Output::list(markups.iter().map(markup)),
            Shown::TaxProfiles(profiles) => Output::list(profiles.iter().map(tax_profile)),
            Shown::NameFilter(filter) => row! {
                mode: Output::case(filter.mode),
                names: Output::list(&filter.names),
            },
        })
    }
}

fn markup(own: &CategoryMarkup) -> Output<'_> {
    Output::Row(vec![
        ("category".into(), (&own.category).into()),
        ("type".into(), Output::case(own.kind)),
        ("value".into(), (&own.markup.text).into()),
    ])
}

fn tax_profile(entry: &TaxProfile) -> Output<'_> {
    row! { rate: &entry.rate, profile: entry.profile }
}

/// The settings that are properties: all but the secrets.
pub fn visible() -> impl Iterator<Item = (&'static Setting, Description)> {
    SETTINGS
        .iter()
        .map(|setting| (setting, setting.describe()))
        .filter(|(_, description)| description.kind != SettingKind::Secret)
}

/// What settings there are.
#[must_use]
pub fn describe() -> Output<'static> {
    Output::list(SETTINGS.iter().map(|setting| {
        let description = setting.describe();
        let range = description.range.as_ref();
        row! {
            name: setting.name,
            property: setting.property(),
            kind: Output::case(description.kind),
            default: Output::json(description.default),
            min: range.map(|range| *range.start()),
            max: range.map(|range| *range.end()),
            choices: Output::list(description.choices.iter().copied()),
            longest: description.longest.map(Output::count),
        }
    }))
}
