//! Clover's hosts for each region. No requests, no settings.

pub use clover_core::environment::Environment;
use url::{Host, Url};

use crate::error::Error;

/// The domain of all hosts of Clover.
const DOMAIN: &str = "clover.com";

/// The two hosts of a region: one for the owner's browser, one for API requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    /// The host on which the owner approves the app.
    pub authorize: Url,
    /// The host of tokens and data.
    pub api: Url,
}

impl Hosts {
    /// The hosts of this environment.
    ///
    /// Clover's documentation lists `www.eu.` and `www.la.` for the browser; names without `www`
    /// are from older pages.
    #[must_use]
    pub fn of(environment: Environment) -> Self {
        let (authorize, api) = match environment {
            Environment::Sandbox => (
                "https://sandbox.dev.clover.com",
                "https://apisandbox.dev.clover.com",
            ),
            Environment::NorthAmerica => ("https://www.clover.com", "https://api.clover.com"),
            Environment::Europe => ("https://www.eu.clover.com", "https://api.eu.clover.com"),
            Environment::LatinAmerica => ("https://www.la.clover.com", "https://api.la.clover.com"),
        };
        // Panic: the literals above are URLs, and a test parses each of them.
        let url = |text| Url::parse(text).expect("a literal URL");
        Self {
            authorize: url(authorize),
            api: url(api),
        }
    }

    /// One base URL for both hosts, for a simulator on this machine.
    ///
    /// # Errors
    /// [`Error::Configuration`] unless the URL is plain `http(s)://host[:port]` with a loopback
    /// host. A changed setting must not be able to send the app's secret to another machine.
    pub fn overridden(base_url: &str) -> Result<Self, Error> {
        let refuse = |why: &str| {
            Error::Configuration(format!(
                "the base URL {why}; it is for a simulator on this machine, such as \
                 http://127.0.0.1:8901"
            ))
        };
        let url =
            Url::parse(base_url.trim()).map_err(|e| refuse(&format!("is not a URL ({e})")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("must begin with http:// or https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("must not contain a user name or password"));
        }
        if !is_loopback(&url) {
            return Err(refuse(
                "must be a loopback address (127.0.0.0/8, [::1] or localhost)",
            ));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("must end after the port"));
        }
        Ok(Self {
            authorize: url.clone(),
            api: url,
        })
    }

    /// Whether requests never leave this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.api)
    }

    /// Where a picture is that Clover names, if it is on a host of Clover: an address of https at
    /// the usual port, without a user. A simulator's own address stands in for Clover's hosts.
    #[must_use]
    pub fn picture(&self, address: &str) -> Option<Url> {
        let mut url = Url::parse(address).ok()?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        url.set_fragment(None);
        let is_simulated = self.is_loopback() && url.origin() == self.api.origin();
        let is_below = |name: &str| {
            let sub = name.strip_suffix(DOMAIN);
            sub.is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
        };
        let is_clover = url.scheme() == "https"
            && url.port().is_none()
            && matches!(url.host(), Some(Host::Domain(name)) if is_below(name));
        (is_simulated || is_clover).then_some(url)
    }

    /// Whether requests never leave this machine and are not encrypted.
    pub(crate) fn is_plain_loopback(&self) -> bool {
        [&self.api, &self.authorize]
            .iter()
            .all(|url| is_loopback(url) && url.scheme() == "http")
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_environment_has_its_two_hosts() {
        for &environment in Environment::ALL {
            let hosts = Hosts::of(environment);
            assert_eq!(hosts.api.scheme(), "https");
            assert_eq!(hosts.authorize.scheme(), "https");
            assert!(!hosts.is_loopback());
        }
        let europe = Hosts::of(Environment::Europe);
        assert_eq!(europe.authorize.as_str(), "https://www.eu.clover.com/");
    }

    #[test]
    fn only_a_loopback_address_may_take_the_place_of_clover() {
        for good in [
            "http://127.0.0.1:8901",
            "https://127.8.7.6/",
            "http://[::1]:1",
            "http://LOCALHOST:80",
        ] {
            assert!(Hosts::overridden(good).unwrap().is_loopback(), "{good}");
        }
        for bad in [
            "http://10.0.0.1:8901",
            "http://localhost.example.org",
            "http://127.0.0.1.example.org",
            "http://0.0.0.0:1",
            "http://[::ffff:8.8.8.8]:1",
            "https://api.clover.com",
        ] {
            let text = Hosts::overridden(bad).unwrap_err().to_string();
            assert!(text.contains("loopback"), "{bad}: {text}");
        }
    }

    #[test]
    fn a_picture_is_on_a_host_of_clover() {
        let hosts = Hosts::of(Environment::NorthAmerica);
        for good in [
            "https://clover.com/a.png",
            "https://CDN.Images.Clover.com/a/b.png?size=2",
            "https://www.clover.com:443/a.png#top",
        ] {
            let url = hosts.picture(good).unwrap();
            assert!(url.fragment().is_none() && url.port().is_none(), "{good}");
        }
        for bad in [
            "http://cdn.clover.com/a.png",
            "https://cdn.clover.com:8443/a.png",
            "https://user@cdn.clover.com/a.png",
            "https://:secret@cdn.clover.com/a.png",
            "https://notclover.com/a.png",
            "https://clover.com.example.org/a.png",
            "https://clover.com./a.png",
            "https://example.org/clover.com/a.png",
            "https://example.org\\@clover.com/a.png",
            "https://127.0.0.1/a.png",
            "https://[::1]/a.png",
            "file:///etc/passwd",
            "data:image/png;base64,AAAA",
            "//cdn.clover.com/a.png",
            "a.png",
            "",
        ] {
            assert_eq!(hosts.picture(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_simulator_stands_in_for_the_hosts_of_pictures_with_its_own_address_only() {
        let hosts = Hosts::overridden("http://127.0.0.1:8901").unwrap();
        assert!(hosts.picture("http://127.0.0.1:8901/media/a.png").is_some());
        assert!(hosts.picture("https://cdn.clover.com/a.png").is_some());
        for bad in [
            "http://127.0.0.1:8902/a.png",
            "http://localhost:8901/a.png",
            "https://127.0.0.1:8901/a.png",
            "http://user@127.0.0.1:8901/a.png",
        ] {
            assert_eq!(hosts.picture(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_base_url_with_anything_but_host_and_port_is_refused() {
        for bad in [
            "ftp://127.0.0.1",
            "http://u:p@127.0.0.1",
            "http://127.0.0.1/v3",
            "http://127.0.0.1/?a=b",
            "nonsense",
            "",
        ] {
            assert!(Hosts::overridden(bad).is_err(), "{bad}");
        }
    }
}
