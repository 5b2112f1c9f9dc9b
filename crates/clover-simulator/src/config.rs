//! How a simulator is started.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::clock::Time;

/// The settings of one simulator; the defaults are those of the program, but for a free port.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; only a loopback address is accepted, port 0 takes a free one.
    pub listen: SocketAddr,
    /// What the merchant sells.
    pub catalog: Catalog,
    /// Added before every answer under `/v3`.
    pub latency: Duration,
    /// Whether Clover's documented limits are enforced.
    pub limits: Limits,
    /// Where every random value starts from.
    pub seed: u64,
    /// The one registered app (13 characters at Clover).
    pub app_id: String,
    /// Its secret.
    pub app_secret: String,
    /// An API token that the merchant has made, from the start and after each reset.
    pub api_token: Option<String>,
    /// Switches set from the start and after each reset, as for `POST /__sim/switches`.
    pub switches: Map<String, Value>,
    /// Where the simulated time comes from.
    pub time: Time,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            catalog: Catalog::Sandbox,
            latency: Duration::ZERO,
            limits: Limits::Documented,
            seed: 1,
            app_id: "APPID00000001".to_owned(),
            app_secret: "11111111-2222-3333-4444-555555555555".to_owned(),
            api_token: None,
            switches: Map::new(),
            time: Time::Wall,
        }
    }
}

/// Whether requests are counted against Clover's limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    /// 16 a second and 5 at once for a token, 50 and 10 for the app.
    Documented,
    /// No limit at all.
    Off,
}

impl FromStr for Limits {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "documented" => Ok(Limits::Documented),
            "off" => Ok(Limits::Off),
            _ => Err("must be 'documented' or 'off'".to_owned()),
        }
    }
}

/// Where the items come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Catalog {
    /// The built-in catalog.
    Sandbox,
    /// A JSON file: a list of Clover item objects, or a recording.
    File(PathBuf),
    /// So many generated items.
    Synthetic(usize),
}

impl FromStr for Catalog {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("synthetic", count)) => count.parse().map(Catalog::Synthetic).map_err(|_| {
                format!("'synthetic:{count}': the number of items must be a whole number")
            }),
            _ if text == "sandbox" => Ok(Catalog::Sandbox),
            _ if Path::new(text).extension().is_some_and(|end| end == "json") => {
                Ok(Catalog::File(PathBuf::from(text)))
            }
            _ => Err(format!(
                "'{text}' must be 'sandbox', a FILE.json or 'synthetic:N'"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalog_is_named_in_three_ways() {
        assert_eq!("sandbox".parse(), Ok(Catalog::Sandbox));
        assert_eq!("synthetic:20".parse(), Ok(Catalog::Synthetic(20)));
        assert_eq!("a/b.json".parse(), Ok(Catalog::File("a/b.json".into())));
        assert!("synthetic:many".parse::<Catalog>().is_err());
        assert!("shop".parse::<Catalog>().is_err());
    }
}
