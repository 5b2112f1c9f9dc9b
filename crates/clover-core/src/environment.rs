//! Clover's environments: separate hosts, accounts and tokens.

crate::text_enum! {
    /// A connection, its links and its tokens belong to exactly one of these.
    pub enum Environment {
        /// Tests: one for all regions.
        Sandbox = "sandbox",
        /// Production in the United States and Canada.
        NorthAmerica = "na",
        /// Production in Europe.
        Europe = "eu",
        /// Production in Latin America.
        LatinAmerica = "la",
    }
}
