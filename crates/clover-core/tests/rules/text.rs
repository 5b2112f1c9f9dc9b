//! Names: what is cleaned away, and what makes two of them the same.

use clover_core::text::{clean, is_empty, key, same};

#[test]
fn spaces_around_and_between_plain_words_are_cleaned() {
    for raw in [
        "Soup of",
        " Soup of",
        "Soup of ",
        "Soup  of",
        "  Soup   of  ",
    ] {
        assert_eq!(clean(raw).as_deref(), Some("Soup of"), "{raw:?}");
    }
    for raw in [" Soup", "Soup ", " Soup "] {
        assert_eq!(clean(raw).as_deref(), Some("Soup"), "{raw:?}");
    }
    assert_eq!(clean(&"a".repeat(300)), Some("a".repeat(255)));
}

#[test]
fn a_name_without_a_latin_letter_is_not_empty() {
    for name in ["é", "寿司", "🍣", "½"] {
        assert!(!is_empty(name), "{name}");
    }
}

#[test]
fn code_points_that_are_no_characters_are_not_in_a_name() {
    let raw = "a\u{fffe}b\u{ffff}c\u{1fffe}d\u{10ffff}e";
    assert_eq!(clean(raw).as_deref(), Some("abcde"));
}

#[test]
fn a_joiner_stays_only_between_two_letters_that_it_joins() {
    assert_eq!(clean("م\u{200c}a").as_deref(), Some("مa"));
    assert_eq!(clean("a\u{200c}م").as_deref(), Some("aم"));
    assert_eq!(clean("م\u{200c}م").as_deref(), Some("م\u{200c}م"));
    // A joiner between emoji makes one picture of two.
    assert_eq!(clean("🍣\u{200d}a").as_deref(), Some("🍣a"));
}

#[test]
fn words_stay_apart_in_a_key_and_a_run_of_spaces_is_one() {
    assert_ne!(key("é b"), key("éb"));
    // The compatibility form of the diaeresis is a space with an accent.
    assert_eq!(key("é ¨b"), key("é b"));
    assert_eq!(key("¨"), "¨");
}

#[test]
fn two_names_are_the_same_in_any_mixture_of_scripts() {
    assert!(same("Red", "RED"));
    assert!(same("café", "CAFE") && same("CAFE", "café"));
    assert!(same("é", "É"));
    assert!(!same("Red", "Reds"));
    assert!(!same("é", "b") && !same("b", "é"));
    assert!(!same("寿司", "刺身"));
}
