//! Clover's environments: separate hosts, accounts and tokens.

/// A connection, its links and its tokens belong to exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
    /// Tests: one for all regions.
    Sandbox,
    /// Production in the United States and Canada.
    NorthAmerica,
    /// Production in Europe.
    Europe,
    /// Production in Latin America.
    LatinAmerica,
}

impl Environment {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Sandbox,
        Self::NorthAmerica,
        Self::Europe,
        Self::LatinAmerica,
    ];

    /// The word in settings and in rows.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::NorthAmerica => "na",
            Self::Europe => "eu",
            Self::LatinAmerica => "la",
        }
    }

    /// The environment with this word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.key() == key)
    }
}
