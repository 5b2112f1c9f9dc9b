//! Clover's description of an item as the text of an article.

use crate::text::clean_line;

/// The description as HTML: paragraphs, where an empty line divides it, and line breaks, where it
/// has others. Empty when nothing of it can be seen.
///
/// It is foreign text, so all of it stays text: Clover's own markup is shown as it is written, and
/// neither a browser nor a content plugin of Joomla, which look for braces and brackets, finds
/// anything in it.
#[must_use]
pub fn html(description: &str) -> String {
    let mut html = String::with_capacity(description.len() + 16);
    let mut is_open = false;
    // A carriage return before a line feed makes no line of its own.
    let description = description.replace("\r\n", "\n");
    for line in description.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        let line = clean_line(line);
        if line.is_empty() {
            if is_open {
                html.push_str("</p>");
            }
            is_open = false;
            continue;
        }
        html.push_str(match (is_open, html.is_empty()) {
            (true, _) => "<br>",
            (false, true) => "<p>",
            (false, false) => "\n<p>",
        });
        is_open = true;
        line.chars().for_each(|c| escape(c, &mut html));
    }
    if is_open {
        html.push_str("</p>");
    }
    html
}

fn escape(c: char, html: &mut String) {
    let escaped = match c {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#039;",
        '{' => "&#123;",
        '}' => "&#125;",
        '[' => "&#91;",
        ']' => "&#93;",
        _ => {
            html.push(c);
            return;
        }
    };
    html.push_str(escaped);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn empty_lines_divide_paragraphs_and_other_lines_break() {
        for (text, expected) in [
            ("", ""),
            (" \r\n\t\u{200B}\n", ""),
            ("Two  eggs,\ttoast ", "<p>Two eggs, toast</p>"),
            ("One\r\nTwo\rThree", "<p>One<br>Two<br>Three</p>"),
            ("\nOne\n \n\nTwo\n", "<p>One</p>\n<p>Two</p>"),
            (
                "Cre\u{300}me\u{2029}fraiche",
                "<p>Cr\u{e8}me<br>fraiche</p>",
            ),
        ] {
            assert_eq!(html(text), expected, "{text:?}");
        }
    }

    #[test]
    fn markup_and_commands_of_content_plugins_are_shown_as_they_are_written() {
        for (text, expected) in [
            ("<b>R&amp;B</b>", "<p>&lt;b&gt;R&amp;amp;B&lt;/b&gt;</p>"),
            ("{loadmodule x}", "<p>&#123;loadmodule x&#125;</p>"),
            (
                "[video a=\"b\" c='d']",
                "<p>&#91;video a=&quot;b&quot; c=&#039;d&#039;&#93;</p>",
            ),
            (
                "<hr id=\"system-readmore\">",
                "<p>&lt;hr id=&quot;system-readmore&quot;&gt;</p>",
            ),
        ] {
            assert_eq!(html(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_paragraphs_and_line_breaks_is_markup(
            text in "\\PC*|[<>&{}\\[\\]'\"\n\r pbr/]*"
        ) {
            let html = html(&text);
            prop_assert_eq!(html.matches("<p>").count(), html.matches("</p>").count());
            let rest = html.replace("<p>", "").replace("</p>", "").replace("<br>", "");
            prop_assert!(!rest.contains(['<', '>', '{', '}', '[', ']', '"', '\'']), "{}", html);
        }
    }
}
