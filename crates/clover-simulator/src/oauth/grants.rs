//! Codes and tokens: what is valid, what is spent, what can be recovered. Times are simulated
//! milliseconds.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Value, json};

use crate::ids::Random;
use crate::switches::Switches;

/// How long a spent refresh token can still buy a new pair.
const RECOVERY_MS: i64 = 14 * 24 * 3600 * 1000;

/// The app, its codes and its tokens.
pub struct Grants {
    /// The app's id.
    pub app_id: String,
    app_secret: String,
    random: Random,
    is_installed: bool,
    codes: HashMap<String, Code>,
    access: HashMap<String, i64>,
    /// The merchant's own tokens, which belong to no app and do not expire.
    api_tokens: HashSet<String>,
    newest_access: Option<(String, i64)>,
    lineages: VecDeque<Lineage>,
    refreshes: u64,
    recoveries: u64,
}

struct Code {
    until: i64,
    challenge: Option<String>,
}

/// The refresh tokens that follow from one connect: one works, the one before it can recover.
struct Lineage {
    current: String,
    until: i64,
    previous: Option<(String, i64)>,
    access: String,
}

/// Why a token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The header of a refused refresh.
    pub is_recoverable: bool,
}

impl Grants {
    /// An app that is installed and holds no token.
    pub fn new(app_id: &str, app_secret: &str, seed: u64) -> Self {
        Grants {
            app_id: app_id.to_owned(),
            app_secret: app_secret.to_owned(),
            random: Random::new(!seed),
            is_installed: true,
            codes: HashMap::new(),
            access: HashMap::new(),
            api_tokens: HashSet::new(),
            newest_access: None,
            lineages: VecDeque::new(),
            refreshes: 0,
            recoveries: 0,
        }
    }

    /// Goes on with the random values of `before`: no token of before a reset ever comes again.
    pub fn follow(&mut self, before: &mut Grants) {
        std::mem::swap(&mut self.random, &mut before.random);
    }

    /// Whether the app is on the merchant.
    pub fn is_installed(&self) -> bool {
        self.is_installed
    }

    /// Whether this is the app's secret.
    pub fn is_secret(&self, secret: &str) -> bool {
        self.app_secret == secret
    }

    /// A new authorization code.
    pub fn new_code(&mut self, challenge: Option<String>, now: i64, switches: &Switches) -> String {
        self.codes.retain(|_, code| code.until > now);
        let code = self.random.uuid();
        let until = after(now, switches.code_ttl);
        self.codes.insert(code.clone(), Code { until, challenge });
        code
    }

    /// Uses a code up. `None`: it is unknown, used or too old. Else its PKCE challenge, if it had
    /// one.
    pub fn spend_code(&mut self, code: &str, now: i64) -> Option<Option<String>> {
        let code = self.codes.remove(code)?;
        (now < code.until).then_some(code.challenge)
    }

    /// A pair for a code; without a refresh token where the app asks for that.
    pub fn connect(&mut self, with_refresh: bool, now: i64, switches: &Switches) -> Value {
        let access = self.new_access(now, switches);
        if !with_refresh {
            return self.access_fields(&access);
        }
        let lineage = Lineage {
            current: self.new_refresh(),
            until: after(now, switches.refresh_ttl),
            previous: None,
            access,
        };
        let answer = self.pair(&lineage);
        self.lineages.push_back(lineage);
        while self.lineages.len() > switches.max_refresh_tokens.max(1) {
            self.lineages.pop_front();
        }
        answer
    }

    /// Trades a refresh token for a new pair; it works once.
    pub fn refresh(
        &mut self,
        token: &str,
        now: i64,
        switches: &Switches,
    ) -> Result<Value, Refused> {
        let is_valid = |lineage: &Lineage| lineage.current == token && now < lineage.until;
        let Some(at) = self.lineages.iter().position(is_valid) else {
            return Err(Refused {
                is_recoverable: self.recoverable(token, now).is_some(),
            });
        };
        self.refreshes += 1;
        self.lineages[at].previous = Some((token.to_owned(), now));
        Ok(self.rotate(at, now, switches))
    }

    /// Trades the refresh token just spent for a new pair, when the answer to its refresh was lost.
    /// It can be tried again: the answer to a recovery can be lost as well.
    pub fn recover(
        &mut self,
        token: &str,
        now: i64,
        switches: &Switches,
    ) -> Result<Value, Refused> {
        let at = self.recoverable(token, now).ok_or(Refused {
            is_recoverable: false,
        })?;
        self.recoveries += 1;
        Ok(self.rotate(at, now, switches))
    }

    fn recoverable(&self, token: &str, now: i64) -> Option<usize> {
        self.lineages
            .iter()
            .position(|lineage| match &lineage.previous {
                Some((previous, spent)) => previous == token && now - spent <= RECOVERY_MS,
                None => false,
            })
    }

    fn rotate(&mut self, at: usize, now: i64, switches: &Switches) -> Value {
        if switches.refresh_kills_old_access {
            self.access.remove(&self.lineages[at].access);
        }
        let access = self.new_access(now, switches);
        let current = self.new_refresh();
        let lineage = &mut self.lineages[at];
        lineage.current = current;
        lineage.until = after(now, switches.refresh_ttl);
        lineage.access = access;
        self.pair(&self.lineages[at])
    }

    fn new_access(&mut self, now: i64, switches: &Switches) -> String {
        self.access.retain(|_, until| *until > now);
        let token = self.random.uuid();
        self.access
            .insert(token.clone(), after(now, switches.access_ttl));
        self.newest_access = Some((token.clone(), now));
        token
    }

    fn new_refresh(&mut self) -> String {
        format!("clvroar-{}", self.random.uuid())
    }

    fn access_fields(&self, access: &str) -> Value {
        let until = self.access.get(access).copied().unwrap_or(0);
        json!({"access_token": access, "access_token_expiration": until / 1000})
    }

    fn pair(&self, lineage: &Lineage) -> Value {
        let mut answer = self.access_fields(&lineage.access);
        answer["refresh_token"] = json!(lineage.current);
        answer["refresh_token_expiration"] = json!(lineage.until / 1000);
        answer
    }

    /// Whether an access token or an API token opens the API now.
    pub fn is_valid(&self, token: &str, now: i64) -> bool {
        let is_live = || self.access.get(token).is_some_and(|until| now < *until);
        self.api_tokens.contains(token) || (self.is_installed && is_live())
    }

    /// Whether a token was ever given out and still counts for the limits.
    pub fn is_known(&self, token: &str) -> bool {
        self.access.contains_key(token) || self.api_tokens.contains(token)
    }

    /// The merchant makes a token on his dashboard.
    pub fn new_api_token(&mut self) -> String {
        let token = self.random.uuid();
        self.add_api_token(&token);
        token
    }

    /// The same with a given token.
    pub fn add_api_token(&mut self, token: &str) {
        self.api_tokens.insert(token.to_owned());
    }

    /// The merchant deletes all tokens that he made. Those of the app stay.
    pub fn revoke_api_tokens(&mut self) {
        self.api_tokens.clear();
    }

    /// All tokens of the app are dead, nothing can be recovered.
    pub fn revoke(&mut self) {
        self.codes.clear();
        self.access.clear();
        self.lineages.clear();
    }

    /// The access tokens are over; the refresh tokens still work.
    pub fn expire(&mut self, now: i64) {
        self.access
            .values_mut()
            .for_each(|until| *until = (*until).min(now));
    }

    /// Puts the app on the merchant, or takes it away with all its tokens.
    pub fn install(&mut self, is_installed: bool) {
        if !is_installed {
            self.revoke();
        }
        self.is_installed = is_installed;
    }

    /// What `/__sim/state` says: counts and an age, no secret.
    pub fn state(&self, now: i64) -> Value {
        let age = self
            .newest_access
            .as_ref()
            .map(|(_, made)| (now - made) / 1000);
        json!({"access_age_s": age, "refreshes": self.refreshes, "recoveries": self.recoveries})
    }
}

/// So many seconds after a time in milliseconds.
fn after(now: i64, seconds: i64) -> i64 {
    now.saturating_add(seconds.saturating_mul(1000))
}
