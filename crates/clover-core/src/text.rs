//! Cleans and compares names from Clover. Texts of orders are laid out for the till in `order`.
//!
//! [`clean`] gives what is shown and stored, [`key`] what decides whether two names are the same.
//! Database collations are not used for it: MariaDB's treats all emoji as equal, and SQLite's folds
//! only A to Z.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// Characters that a title, a name, an SKU or a code has room for in the shop's columns.
pub const NAME_LENGTH: usize = 255;

/// Characters of an alias. Joomla's columns take 400, but Smart Search puts path and category
/// before an article's, in columns of 400; and a tag's alias is repeated in its path.
pub const ALIAS_LENGTH: usize = 190;

/// A name without what cannot be seen: control characters and white space of any kind are one space
/// each run, outer ones go, marks that only steer the display go, letters are composed (NFC). At
/// most [`NAME_LENGTH`] characters. None when nothing is left.
#[must_use]
pub fn clean(text: &str) -> Option<String> {
    if is_plain(text) {
        return Some(text.to_owned());
    }
    let line = clean_line(text);
    let cut = cut(&line, NAME_LENGTH);
    (!cut.is_empty()).then(|| cut.to_owned())
}

/// As [`clean`], of any length, and perhaps empty.
pub(crate) fn clean_line(text: &str) -> String {
    let composer = ComposingNormalizerBorrowed::new_nfc();
    composer.normalize(&visible(text)).into_owned()
}

/// Whether [`clean`] leaves nothing of it.
#[must_use]
pub fn is_empty(text: &str) -> bool {
    !text.bytes().any(|b| b.is_ascii_graphic()) && clean(text).is_none()
}

/// Nearly every name: short, printable ASCII, single spaces between words.
fn is_plain(text: &str) -> bool {
    let mut before = b' ';
    for &byte in text.as_bytes() {
        if !matches!(byte, b' '..=b'~') || (byte == b' ' && before == b' ') {
            return false;
        }
        before = byte;
    }
    before != b' ' && text.len() <= NAME_LENGTH
}

fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    let mut gap = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if is_blank(c) {
            gap = true;
            continue;
        }
        let before = if gap {
            None
        } else {
            visible.chars().next_back()
        };
        if is_invisible(c) && !is_needed(c, before, characters.peek().copied()) {
            continue;
        }
        if gap && !visible.is_empty() {
            visible.push(' ');
        }
        gap = false;
        visible.push(c);
    }
    // Joiners were kept for a character after them that turned out to be invisible too.
    let seen = visible.trim_end_matches(['\u{200C}', '\u{200D}']).len();
    visible.truncate(seen);
    visible
}

/// Takes up room and shows nothing. U+2800 is a Braille pattern without dots.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || c == '\u{2800}'
}

/// Shows nothing by itself: joiners, direction marks, fillers, variation selectors, tags,
/// noncharacters.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164
        | 0xFDD0..=0xFDEF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFC
        | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Whether an invisible character changes how its neighbors look, as their writers mean it.
fn is_needed(c: char, before: Option<char>, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    match c {
        // Emoji or text style; one is enough.
        '\u{FE0E}' | '\u{FE0F}' => !is_invisible(before),
        '\u{200D}' if is_pictograph(before) => after.is_some_and(is_pictograph),
        '\u{200C}' | '\u{200D}' => is_joining(before) && after.is_some_and(is_joining),
        // Flags of regions: a black flag and its tags.
        '\u{E0020}'..='\u{E007F}' => {
            before == '\u{1F3F4}' || matches!(before, '\u{E0020}'..='\u{E007F}')
        }
        _ => false,
    }
}

fn is_pictograph(c: char) -> bool {
    matches!(u32::from(c), 0x2190..=0x2BFF | 0xFE0F | 0x1F000..=0x1FAFF)
}

/// Scripts whose letters take another form beside a joiner or a non-joiner: Arabic, those of India,
/// Mongolian.
fn is_joining(c: char) -> bool {
    matches!(u32::from(c), 0x600..=0x6FF | 0x750..=0x77F | 0x8A0..=0xDFF | 0x1800..=0x18AF)
}

/// As much of a text as a column of so many characters takes, without white space at the end.
#[must_use]
pub fn cut(text: &str, characters: usize) -> &str {
    let end = text
        .char_indices()
        .nth(characters)
        .map_or(text.len(), |(at, _)| at);
    text[..end].trim_end()
}

/// What two names have in common when they are the same name, on every database: letter case,
/// accents, width, `<` and the sign that is shown in its place, and all that [`clean`] takes away
/// make no difference. Empty for a name of which nothing is left.
#[must_use]
pub fn key(name: &str) -> String {
    let Some(name) = clean(name) else {
        return String::new();
    };
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(name.len());
    for c in DecomposingNormalizerBorrowed::new_nfkd()
        .normalize_iter(name.chars())
        .filter(|&c| !is_accent(c) && !is_invisible(c))
        // Upper case first: ß is SS, and both small sigmas are one.
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
    {
        match c {
            '‹' => folded.push('<'),
            '›' => folded.push('>'),
            // Some compatibility forms bring spaces with them.
            c if is_blank(c) => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c if is_accent(c) => {}
            c => folded.push(c),
        }
    }
    let end = folded.trim_end().len();
    folded.truncate(end);
    if folded.is_empty() {
        // Accents alone: they are all there is to tell it apart by.
        return name;
    }
    folded
}

/// Whether two names are the same, by [`key`]. Both come from [`clean`].
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    key(a) == key(b)
}

/// Marks above and below letters; not the vowel signs of scripts that write vowels so.
fn is_accent(c: char) -> bool {
    matches!(u32::from(c),
        0x300..=0x36F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F)
}

/// A name as lower-case ASCII for a URL, at most [`ALIAS_LENGTH`] characters; empty when nothing of
/// it is left.
#[must_use]
pub fn alias(name: &str) -> String {
    let mut alias = slug::slugify(name);
    alias.truncate(ALIAS_LENGTH);
    let end = alias.trim_end_matches('-').len();
    alias.truncate(end);
    alias
}

/// The name with a number behind it, such as `Red (2)`, within [`NAME_LENGTH`].
#[must_use]
pub fn numbered(name: &str, number: usize) -> String {
    let number = format!(" ({number})");
    format!("{}{number}", cut(name, NAME_LENGTH - number.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned(text: &str) -> String {
        clean(text).unwrap_or_default()
    }

    #[test]
    fn what_cannot_be_seen_is_not_in_a_name() {
        for (raw, name) in [
            ("Soup", "Soup"),
            (" Soup\tof\r\nthe\u{a0}\u{2003} Day ", "Soup of the Day"),
            ("Size\tUS", "Size US"),
            ("a\u{2028}b\u{85}c\u{0}d", "a b c d"),
            ("Pl\u{200b}ai\u{feff}n\u{ad}", "Plain"),
            ("\u{202e}gnp.exe\u{202c} \u{2066}x\u{2069}", "gnp.exe x"),
            ("a \u{200b} b", "a b"),
            ("cafe\u{301}", "café"),
            ("\u{3164}\u{115f}\u{200d}\u{2800}", ""),
            ("\u{0}\u{7f}\u{9f}", ""),
            ("\u{fe0f}", ""),
            ("\u{e0041}\u{e0042}", ""),
            ("\u{feff}Tea", "Tea"),
        ] {
            assert_eq!(cleaned(raw), name, "{raw:?}");
            assert_eq!(is_empty(raw), name.is_empty(), "{raw:?}");
        }
    }

    #[test]
    fn joiners_stay_where_writing_needs_them() {
        for name in [
            "👩\u{200d}🍳 Chef",
            "❤\u{fe0f}\u{200d}🔥",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        ] {
            assert_eq!(cleaned(name), name);
        }
        assert_eq!(cleaned("a\u{200d}b\u{200c}c"), "abc");
        assert_eq!(cleaned("👩\u{200d}"), "👩");
        assert_eq!(key("می\u{200c}خواهم"), key("میخواهم"));
    }

    #[test]
    fn a_name_is_cut_to_its_column_in_characters() {
        assert_eq!(cleaned(&"✨".repeat(300)).chars().count(), 255);
        assert_eq!(cleaned(&format!("{} b", "a".repeat(254))), "a".repeat(254));
        assert_eq!(cleaned(&"a".repeat(255)), "a".repeat(255));
        assert_eq!(numbered(&"é".repeat(255), 12).chars().count(), 255);
        assert!(numbered(&"é".repeat(255), 12).ends_with("é (12)"));
        assert_eq!(numbered("Red", 2), "Red (2)");
    }

    #[test]
    fn the_same_name_has_the_same_key() {
        for (a, b) in [
            ("Red", "red"),
            ("Red", "ＲＥＤ"),
            ("Red", " \u{200b}red\u{a0}"),
            ("café", "CAFE\u{301}"),
            ("café", "cafe"),
            ("<5", "‹5"),
            ("<b>", "‹b›"),
            ("Straße", "STRASSE"),
            ("ΟΔΟΣ", "οδος"),
            ("İzmir", "izmir"),
            ("ﬁt", "FIT"),
            ("½ l", "1⁄2 L"),
            ("Å", "å"),
        ] {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
        for (a, b) in [
            ("Red", "Reds"),
            ("🍎", "🍌"),
            ("1", "2"),
            ("が", "か"),
            ("न", "ना"),
            ("L", "XL"),
        ] {
            assert_ne!(key(a), key(b), "{a} {b}");
        }
        assert_eq!(key(" \t"), "");
        assert_ne!(key("\u{301}"), "");
    }

    #[test]
    fn an_alias_fits_and_ends_with_no_hyphen() {
        assert_eq!(alias("Soup of the Day"), "soup-of-the-day");
        assert!(alias(&"精选高山云雾绿茶礼盒装".repeat(20)).len() <= ALIAS_LENGTH);
        let long = alias(&format!("{} tail", "a".repeat(ALIAS_LENGTH - 1)));
        assert_eq!(long, "a".repeat(ALIAS_LENGTH - 1));
        assert_eq!(alias("\u{3164}"), "");
    }

    proptest! {
        #[test]
        fn cleaning_and_keys_settle(text in any::<String>()) {
            let once = cleaned(&text);
            prop_assert_eq!(&cleaned(&once), &once);
            prop_assert!(once.chars().count() <= NAME_LENGTH);
            prop_assert!(!once.chars().any(char::is_control));
            prop_assert_eq!(key(&once), key(&text));
            prop_assert!(once.is_empty() || !key(&once).is_empty());
        }

        #[test]
        fn letter_case_makes_no_other_name(text in "[a-zA-ZÀ-žа-яА-Яα-ω0-9 ]{0,40}") {
            prop_assert_eq!(key(&text.to_lowercase()), key(&text.to_uppercase().to_lowercase()));
        }
    }
}
