use proptest::prelude::*;

use super::*;

#[test]
fn lines_paragraphs_and_boxes_stay_lines() {
    assert_eq!(from_html("hej<br>du"), "hej\ndu");
    assert_eq!(from_html("hej<BR/>du<br />nu"), "hej\ndu\nnu");
    assert_eq!(from_html("<p>one</p><p>two</p>"), "one\ntwo");
    assert_eq!(
        from_html("<div>one</div><div>two</div>three"),
        "one\ntwo\nthree"
    );
    assert_eq!(from_html("<ul><li>milk<li>eggs</ul>"), "• milk\n• eggs");
    assert_eq!(from_html("a<br><br>b"), "a\n\nb");
}

#[test]
fn what_a_lync_client_sends_reads_as_it_was_typed() {
    let sent = "<DIV style=\"font-family:Segoe UI;color:#000000;font-size:10pt;direction:ltr\"><DIV style=\"margin-top:0px\">Hej &amp; hall&aring;!&nbsp; 5 &lt; 6</DIV><DIV>Rad tv&#229; &#x1F600;</DIV></DIV>";
    assert_eq!(from_html(sent), "Hej & hallå!  5 < 6\nRad två 😀");
}

#[test]
fn the_target_of_a_link_is_kept() {
    assert_eq!(
        from_html("see <a href=\"https://x.example/a?b=1&amp;c=2\">the page</a>!"),
        "see the page <https://x.example/a?b=1&c=2>!"
    );
    assert_eq!(
        from_html("<a href='https://x.example/'>https://x.example</a>"),
        "https://x.example"
    );
    assert_eq!(
        from_html("<a href='https://x.example/a'>x.example/a</a>"),
        "x.example/a"
    );
    assert_eq!(
        from_html("<a class=big href=mailto:anna@x.example>anna@x.example</a>"),
        "anna@x.example"
    );
    assert_eq!(
        from_html("<a href=\"https://x.example\"></a>"),
        "https://x.example"
    );
    assert_eq!(
        from_html("<a href=\"https://x.example\">never closed"),
        "never closed <https://x.example>"
    );
}

#[test]
fn emoticons_styles_comments_and_stray_signs() {
    assert_eq!(
        from_html("good <img src=x alt=\":-)\"/> day"),
        "good :-) day"
    );
    assert_eq!(
        from_html("<style>p{color:red}</style>hej<script>alert('<p>')</script><!-- <b>no</b> -->!"),
        "hej!"
    );
    assert_eq!(from_html("3 < 4 and <3 & 5 > 4"), "3 < 4 and <3 & 5 > 4");
    assert_eq!(from_html("<b title=\"a>b\">bold</b>"), "bold");
    assert_eq!(from_html("cut <b off"), "cut <b off");
    assert_eq!(from_html("&nosuch; &#xD800; &"), "&nosuch; &#xD800; &");
    assert_eq!(from_html("<pre>a\n  b</pre>c"), "a\n  b\nc");
    assert_eq!(from_html("  much \n  space "), "much space");
}

#[test]
fn only_what_xml_can_carry_is_left() {
    assert_eq!(
        clean("a\u{0}b\u{8}c\u{b}\td\r\ne\rf\u{fffe}\u{ffff}\u{1f600}\n\n"),
        "abc\tde\nf😀".replace("de", "d\ne")
    );
}

#[test]
fn long_texts_are_cut_where_it_hurts_least() {
    assert_eq!(split("", 10), Vec::<&str>::new());
    assert_eq!(split("hej", 10), ["hej"]);
    assert_eq!(split("one two three four", 10), ["one two ", "three four"]);
    assert_eq!(split("line one\nline two", 12), ["line one\n", "line two"]);
    assert_eq!(split("aaaaaaaaaaaaaaa", 10), ["aaaaaaaaaa", "aaaaa"]);
    assert_eq!(split("a 👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 12), ["a ", "👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"].to_vec());
    let tower = format!("e{}", "\u{301}".repeat(30));
    assert_eq!(
        split(&tower, 10).len(),
        4,
        "a single character taller than a part is still carried"
    );
}

/// With a step back for every tag this would take hours.
#[test]
fn hostile_markup_takes_no_more_time_than_other_text() {
    let patterns = [
        "<",
        "<a",
        "<a b='",
        "<a b=\"x",
        "</",
        "<!--",
        "<style>",
        "<style></style>",
        "&",
        "&#",
        "&#x1F600",
        "<a href=x>",
        "<li>",
        "<pre>",
        "= =",
        "\u{301}",
    ];
    for pattern in patterns {
        let html = pattern.repeat(300_000 / pattern.len());
        let text = from_html(&html);
        assert!(text.len() <= html.len() * 4 + 16, "{pattern}");
        let parts: usize = split(&clean(&text), LYNC_LIMIT)
            .iter()
            .map(|part| part.len())
            .sum();
        assert!(parts <= text.len(), "{pattern}");
    }
}

#[test]
fn names_are_one_short_line() {
    assert_eq!(line("Anna\n  Berg", 64), "Anna Berg");
    assert_eq!(line("Anna Berg", 5), "Anna…");
}

proptest! {
    #[test]
    fn any_html_gives_text_without_panic(html in "(<|>|/|&|;|\"|'|=| |\n|a|br|href|style|pre|li|#x|!--|-->|é|\u{1f600}|\\PC){0,60}") {
        let text = from_html(&html);
        prop_assert!(text.len() <= html.len() * 4 + 16);
    }

    #[test]
    fn any_text_survives_escaping_and_conversion(text in "[a-zåäö0-9<>&\"']([a-zåäö0-9<>&\"' ]?[a-zåäö0-9<>&\"'])*") {
        prop_assert_eq!(from_html(&html_escape::encode_text(&text)), text);
    }

    #[test]
    fn parts_joined_are_the_text(text in "\\PC{0,400}", limit in 1_usize..50) {
        let parts = split(&text, limit);
        prop_assert_eq!(&parts.concat(), &text);
        for part in parts {
            prop_assert!(!part.is_empty());
            prop_assert!(part.encode_utf16().count() <= limit.max(2), "a character outside the first plane takes two units");
        }
    }

    #[test]
    fn clean_text_is_legal_in_xml_and_stays_as_it_is(text in any::<String>()) {
        let once = clean(&text);
        let legal = |c| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        prop_assert!(once.chars().all(legal));
        prop_assert_eq!(clean(&once), once);
    }
}
