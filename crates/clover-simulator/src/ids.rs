//! Clover ids and the seeded source they come from.

use std::fmt;
use std::str::FromStr;

use rand::{Rng, RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde::{Serialize, Serializer};

/// The letters of generated ids: Clover leaves out I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A Clover id: 13 characters, digits and capital letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 13]);

impl Id {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Id {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        <[u8; 13]>::try_from(text.as_bytes())
            .ok()
            .filter(|bytes| {
                bytes
                    .iter()
                    .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
            })
            .map(Id)
            .ok_or_else(|| format!("'{text}' is not a Clover id: 13 digits and capital letters"))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Everything random in the simulator: the same seed gives the same sequence.
pub struct Random(ChaCha8Rng);

impl Random {
    /// A source that starts from `seed`.
    pub fn new(seed: u64) -> Self {
        Random(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A new id.
    pub fn id(&mut self) -> Id {
        Id(std::array::from_fn(|_| {
            ALPHABET[self.0.random_range(0..ALPHABET.len())]
        }))
    }

    /// A new UUID (version 4), for request ids, codes and tokens.
    pub fn uuid(&mut self) -> String {
        let mut bytes = [0u8; 16];
        self.0.fill_bytes(&mut bytes);
        let n = (u128::from_be_bytes(bytes) & !(0xf << 76) & !(0x3 << 62)) | (4 << 76) | (2 << 62);
        let hex = format!("{n:032x}");
        [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ]
        .join("-")
    }

    /// A number below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            0
        } else {
            self.0.random_range(0..end)
        }
    }

    /// Puts the list into a random order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        list.shuffle(&mut self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_ids() {
        let mut a = Random::new(7);
        let mut b = Random::new(7);
        let ids: Vec<Id> = (0..50).map(|_| a.id()).collect();
        assert_eq!(ids, (0..50).map(|_| b.id()).collect::<Vec<_>>());
        assert!(
            ids.iter()
                .all(|id| id.as_str().parse::<Id>().as_ref() == Ok(id))
        );
    }

    #[test]
    fn a_uuid_has_the_version_and_variant_of_a_random_one() {
        let uuid = Random::new(1).uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]));
    }

    #[test]
    fn text_of_another_form_is_no_id() {
        for text in [
            "",
            "K1M2N3P4Q5R6",
            "k1m2n3p4q5r6s",
            "K1M2N3P4Q5R6S7",
            "ÄÄÄÄÄÄX",
        ] {
            assert!(text.parse::<Id>().is_err(), "{text}");
        }
    }
}
