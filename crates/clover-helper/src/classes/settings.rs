//! `CloverSync\Settings`.

use std::collections::BTreeMap;
use std::rc::Rc;

use clover_client::Hosts;
use clover_core::settings::{
    SETTINGS, Setting, SettingKind, Settings as Core, SettingsError, Shown,
};
use clover_service::Error;
use serde::Serialize;
use serde_json::Value;

use crate::arguments::{Arguments, unknown};
use crate::json::{Json, Positional};
use crate::objects::{Object, Objects, Settings};
use crate::value::{Key, NOT_UTF8, entries, is_text, to_json};

/// Makes one call.
pub fn call(
    objects: &Rc<Objects>,
    object: Option<u64>,
    method: &str,
    arguments: &Arguments<'_>,
) -> Result<Json, Error> {
    match method {
        "fromArray" => Ok(keep(objects, from_array(arguments.at(0))?)),
        "describe" => Ok(Json::list(SETTINGS.iter().map(described))),
        "withDefaultCategory" => {
            let settings = objects.settings(object)?;
            let core = Core {
                default_category: arguments.integer(0),
                ..settings.core.clone()
            };
            let hosts = settings.hosts.clone();
            Ok(keep(objects, Settings { core, hosts }))
        }
        "hasCredentials" => {
            let core = &objects.settings(object)?.core;
            Ok(Json::of(
                &(!core.app_id.is_empty() && core.app_secret.is_some()),
            ))
        }
        _ => Err(unknown(method)),
    }
}

/// The object and its properties.
fn keep(objects: &Rc<Objects>, settings: Settings) -> Json {
    let mut properties = Positional::default();
    for setting in SETTINGS {
        let description = setting.describe();
        match setting.show(&settings.core) {
            _ if description.kind == SettingKind::Secret => {}
            Shown::Hidden => properties.push(&Value::Null),
            Shown::Text(text) => properties.push(&text),
            Shown::Choice(index) => properties.push(&description.choices.get(index)),
            Shown::Integer(number) => properties.push(&number),
            Shown::Switch(on) => properties.push(&on),
            Shown::Ids(ids) => properties.push(ids),
        }
    }
    let number = objects.keep(Object::Settings(Rc::new(settings)));
    Json::object_with(&number, &properties.end())
}

fn from_array(parameters: &Value) -> Result<Settings, Error> {
    let mut checked = BTreeMap::new();
    let mut problems = BTreeMap::new();
    for (key, value) in entries(parameters) {
        let name = key.shown();
        match (key, to_json(value, 0)) {
            (Key::Bytes(_), _) => drop(problems.insert(name, NOT_UTF8.to_owned())),
            (_, Some(value)) => drop(checked.insert(name, value)),
            (_, None) if is_text(value) => drop(problems.insert(name, NOT_UTF8.to_owned())),
            (_, None) => drop(problems.insert(
                name,
                "must be text, a number, yes or no, or a list of numbers".to_owned(),
            )),
        }
    }
    let base_url = checked
        .get("base_url")
        .and_then(Value::as_str)
        .filter(|url| !url.trim().is_empty());
    let elsewhere = base_url
        .map(Hosts::overridden)
        .transpose()
        .map_err(|e| problems.insert("base_url".into(), e.to_string()));
    let core = Core::from_parameters(checked).map_err(|e| problems.extend(e.fields));
    match (core, elsewhere) {
        (Ok(core), Ok(elsewhere)) if problems.is_empty() => {
            let hosts = elsewhere.unwrap_or_else(|| Hosts::of(core.environment));
            Ok(Settings { core, hosts })
        }
        _ => Err(SettingsError { fields: problems }.into()),
    }
}

#[derive(Serialize)]
struct DescribedRow<'a> {
    name: &'a str,
    property: String,
    kind: &'a str,
    default: Value,
    min: Option<i64>,
    max: Option<i64>,
    choices: Vec<&'a str>,
    longest: Option<usize>,
}

fn described(setting: &Setting) -> Json {
    let description = setting.describe();
    let range = description.range.as_ref();
    Json::of(&DescribedRow {
        name: setting.name,
        property: setting.property(),
        kind: description.kind.key(),
        min: range.map(|range| *range.start()),
        max: range.map(|range| *range.end()),
        choices: description.choices.clone(),
        longest: description.longest,
        default: description.default,
    })
}
