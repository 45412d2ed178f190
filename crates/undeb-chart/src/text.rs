//! How wide words are, where lines turn, and how a name is shortened.

use crate::fonts::{Weight, advance};

/// The width in pixels of a text set in the embedded typeface.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    text.chars().map(|letter| advance(letter, weight)).sum::<f64>() * size
}

/// One line without control characters, which neither SVG nor measuring could take.
pub(crate) fn clean(text: &str) -> String {
    let letters: String =
        text.chars().filter(|c| !matches!(c, '\u{FFFE}' | '\u{FFFF}')).map(|c| if c.is_control() { ' ' } else { c }).collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Cuts a text to a width and says so with an ellipsis.
pub(crate) fn shorten(text: &str, size: f64, weight: Weight, room: f64) -> String {
    let text = clean(text);
    if width(&text, size, weight) <= room {
        return text;
    }
    // A quality mark is never cut.
    let mark = text.len() >= 4 && text.ends_with(']') && text.as_bytes()[text.len() - 4..].starts_with(b" [");
    if mark
        && let (name, mark) = text.split_at(text.len() - 4)
        && room > width(mark, size, weight) + 3.0 * size
    {
        return format!("{}{mark}", shorten(name, size, weight, room - width(mark, size, weight)));
    }
    let mut used = advance('…', weight) * size;
    let mut kept = String::new();
    for letter in text.chars() {
        used += advance(letter, weight) * size;
        if used > room {
            break;
        }
        kept.push(letter);
    }
    format!("{}…", kept.trim_end_matches([' ', ',', '-']))
}

/// Cuts texts to a width so that those that differ still do: where two would read alike once cut, they keep their ends.
pub(crate) fn shorten_apart(texts: &[&str], size: f64, weight: Weight, room: f64) -> Vec<String> {
    let cut: Vec<String> = texts.iter().map(|text| shorten(text, size, weight, room)).collect();
    let alike = |i: usize| (0..cut.len()).any(|k| cut[k] == cut[i] && texts[k] != texts[i]);
    let end = |text: &str| {
        let letters: Vec<char> = clean(text).chars().collect();
        let fits = |start: &usize| {
            width(&letters[*start..].iter().collect::<String>(), size, weight) + advance('…', weight) * size <= room
        };
        let start = (0..letters.len()).find(fits).unwrap_or(letters.len());
        format!("…{}", letters[start..].iter().collect::<String>().trim_start())
    };
    (0..cut.len()).map(|i| if alike(i) { end(texts[i]) } else { cut[i].clone() }).collect()
}

/// Breaks a text into lines of at most `room` pixels; a word that is longer is parted with a hyphen.
pub(crate) fn wrap(text: &str, size: f64, weight: Weight, room: f64) -> Vec<String> {
    fill(clean(text).split(' '), size, weight, room)
}

/// Like [`wrap`] for a sentence: a number stays with the word that it counts, and a short name whole.
pub(crate) fn wrap_sentence(text: &str, size: f64, weight: Weight, room: f64) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in clean(text).split(' ') {
        let fits = |part: &str, share: f64| width(&format!("{part} {word}"), size, weight) <= share * room;
        match parts.last_mut() {
            Some(number) if counts(number) && !counts(word) && fits(number, 1.0) => *number = format!("{number} {word}"),
            Some(name) if names(name, word) && fits(name, 0.5) => *name = format!("{name} {word}"),
            _ => parts.push(word.to_owned()),
        }
    }
    fill(parts.iter().map(String::as_str), size, weight, room)
}

/// Like [`wrap_sentence`] in lines as even as their number allows, so that no word stands alone on the last.
pub(crate) fn wrap_evenly(text: &str, size: f64, weight: Weight, room: f64) -> Vec<String> {
    let mut best = wrap_sentence(text, size, weight, room);
    let (mut low, mut high) = (0.0, room);
    while best.len() > 1 && high - low > 2.0 {
        let middle = (low + high) / 2.0;
        let lines = wrap_sentence(text, size, weight, middle);
        // Narrower lines may part no more words than the full width does.
        if lines.len() <= best.len() && lines.join(" ").len() <= best.join(" ").len() {
            (best, high) = (lines, middle);
        } else {
            low = middle;
        }
    }
    best
}

/// Whether both words begin with a capital and nothing parts them, as in "New York".
fn names(before: &str, word: &str) -> bool {
    let capital = |word: &str| word.starts_with(char::is_uppercase);
    before.rsplit(' ').next().is_some_and(capital) && before.ends_with(char::is_alphabetic) && capital(word)
}

/// Whether a word is a number, or the sign of per cent alone, to which the next word belongs.
fn counts(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '−' | '+' | '%'))
        && word.ends_with(|c: char| c.is_ascii_digit() || c == '%')
}

fn fill<'w>(words: impl Iterator<Item = &'w str>, size: f64, weight: Weight, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in words.filter(|word| !word.is_empty()) {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, size, weight) <= room {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut parts = part(word, size, weight, room);
        line = parts.pop().unwrap_or_default();
        lines.extend(parts);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Like [`wrap`] with a limit on the lines; what does not fit ends in an ellipsis.
pub(crate) fn wrap_to(text: &str, size: f64, weight: Weight, room: f64, most: usize) -> Vec<String> {
    let mut lines = wrap(text, size, weight, room);
    if lines.len() > most.max(1) {
        let rest = lines.split_off(most.max(1) - 1).join(" ");
        lines.push(shorten(&rest, size, weight, room));
    }
    lines
}

fn part(word: &str, size: f64, weight: Weight, room: f64) -> Vec<String> {
    let mut parts = Vec::new();
    let mut piece = String::new();
    for letter in word.chars() {
        let fits = width(&piece, size, weight) + (advance(letter, weight) + advance('-', weight)) * size <= room;
        if !piece.is_empty() && !fits && width(word, size, weight) > room {
            piece.push('-');
            parts.push(std::mem::take(&mut piece));
        }
        piece.push(letter);
    }
    // One or two letters alone on a line look like a mistake.
    if let Some(before) = parts.last_mut()
        && piece.chars().count() < 3
        && before.chars().count() > 6
    {
        before.pop();
        let tail: String = before.split_off(before.char_indices().nth_back(1).map_or(0, |(i, _)| i));
        before.push('-');
        piece.insert_str(0, &tail);
    }
    parts.push(piece);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_differ_at_their_ends_keep_them() {
        let names = ["Region of the upper valleys number 7", "Region of the upper valleys number 8", "Wales"];
        let cut = shorten_apart(&names, 12.0, Weight::Regular, 90.0);
        assert!(cut[0].starts_with('…') && cut[0].ends_with("number 7") && cut[1].ends_with("number 8"), "{cut:?}");
        assert_eq!(cut[2], "Wales");
        assert!(cut.iter().all(|name| width(name, 12.0, Weight::Regular) <= 90.0), "{cut:?}");
    }

    #[test]
    fn a_short_name_is_untouched_and_a_long_one_ends_in_an_ellipsis() {
        assert_eq!(shorten("Wales", 13.0, Weight::Regular, 100.0), "Wales");
        let cut = shorten("Yorkshire and The Humber", 13.0, Weight::Regular, 100.0);
        assert!(cut.ends_with('…') && width(&cut, 13.0, Weight::Regular) <= 100.0);
    }

    #[test]
    fn a_name_stays_whole_where_a_line_has_room_for_it() {
        let title = "From 1.5% in Utah (private sector) to 65.9% in New York (public sector)";
        for room in [200.0, 260.0, 300.0, 340.0, 380.0, 420.0] {
            let lines = wrap_evenly(title, 18.0, Weight::SemiBold, room);
            assert_eq!(lines.join(" "), title);
            assert!(lines.iter().any(|line| line.contains("New York")), "{room}: {lines:?}");
        }
    }

    #[test]
    fn no_words_are_lost_by_wrapping() {
        let text = "Professional, scientific and technical activities";
        assert_eq!(wrap(text, 12.0, Weight::SemiBold, 120.0).join(" "), text);
    }

    #[test]
    fn a_number_stays_with_its_word_and_lines_are_even() {
        let title = "12 of 26 states are beyond sampling error, 5 below it";
        let set = |room| wrap_evenly(title, 18.0, Weight::SemiBold, room);
        for room in [180.0, 250.0, 300.0, 380.0, 420.0] {
            let lines = set(room);
            assert!(lines.iter().all(|line| !line.ends_with(" 5") && width(line, 18.0, Weight::SemiBold) <= room), "{lines:?}");
            assert_eq!(lines.len(), wrap_sentence(title, 18.0, Weight::SemiBold, room).len());
        }
        assert_eq!(set(440.0), ["12 of 26 states are beyond", "sampling error, 5 below it"]);
        assert_eq!(set(900.0), [title]);
    }

    proptest! {
        #[test]
        fn even_lines_keep_to_their_room_and_their_words(text in "[a-z0-9 ]{0,80}", room in 30.0..300.0f64) {
            let (even, greedy) = (wrap_evenly(&text, 12.0, Weight::Regular, room), wrap_sentence(&text, 12.0, Weight::Regular, room));
            prop_assert!(even.iter().all(|line| width(line, 12.0, Weight::Regular) <= room));
            prop_assert_eq!(even.len(), greedy.len());
            let letters = |lines: &[String]| lines.concat().replace([' ', '-'], "");
            prop_assert_eq!(letters(&even), letters(&greedy));
        }

        #[test]
        fn lines_keep_to_their_room(text in "\\PC{0,80}", room in 30.0..300.0f64) {
            for line in wrap(&text, 12.0, Weight::Regular, room) {
                prop_assert!(width(&line, 12.0, Weight::Regular) <= room);
            }
            for line in wrap_to(&text, 12.0, Weight::Regular, room, 2) {
                prop_assert!(width(&line, 12.0, Weight::Regular) <= room);
            }
        }
    }
}
