//! Every title says what the numbers behind its picture say, and no more: over the bundled data and over random tables.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use proptest::prelude::*;
use undeb::{DecomposeOptions, Estimates, Findings, Interval, Measure, Period, Plan, PublishedTable, Registry};
use undeb_chart::{Chart, ChartError, ChartOptions, Kind, Locale, Subject, chart};
use undeb_tests::{AREAS, Entry, Folder};

/// The numbers behind a chart, row by row.
struct Rows<'a>(&'a Chart);

impl Rows<'_> {
    fn len(&self) -> usize {
        self.0.numbers().height()
    }

    fn number(&self, column: &str, row: usize) -> Option<f64> {
        self.0.numbers().column(column).unwrap_or_else(|e| panic!("{e}")).f64().unwrap().get(row)
    }

    fn text(&self, column: &str, row: usize) -> Option<String> {
        self.0.numbers().column(column).unwrap_or_else(|e| panic!("{e}")).str().unwrap().get(row).map(str::to_owned)
    }

    fn range(&self, low: &str, high: &str, row: usize) -> Option<Interval> {
        Some(Interval { low: self.number(low, row)?, high: self.number(high, row)? })
    }
}

/// The numbers of a text, in order. A figure in a name, such as the 27 of "27 members", counts too.
fn numbers(text: &str) -> Vec<f64> {
    let mut found = Vec::new();
    let mut token = String::new();
    for c in text.chars().chain([' ']) {
        match c {
            '0'..='9' | '.' | '−' => token.push(c),
            _ => {
                if let Ok(number) = token.trim_end_matches('.').replace('−', "-").parse() {
                    found.push(number);
                }
                token.clear();
            }
        }
    }
    found
}

/// A title with the number for "none".
fn counted(title: &str) -> String {
    title.replace(", none below", ", 0 below")
}

fn near(printed: f64, share: f64) -> bool {
    (printed - 100.0 * share).abs() <= 0.0501
}

/// How many of all are on either side, by the words of a title: of a target, or of an earlier period.
fn sides(title: &str) -> [usize; 3] {
    // The level itself, "the 80% line", counts nothing.
    let counts: Vec<&str> = title.split(' ').filter(|word| !word.trim_end_matches([',', ';']).ends_with('%')).collect();
    let got = numbers(&counts.join(" "));
    let whole = |i: usize| got[i] as usize;
    let lower = title.find(" lower ").is_some_and(|l| title.find(" higher ").is_none_or(|h| l < h));
    let every = match title {
        t if t.starts_with("Both ") => 2,
        t if t.starts_with("All ") => whole(0),
        _ => 0,
    };
    match () {
        () if title.starts_with("None of ") && title.contains(" below it") => [0, whole(0), whole(1)],
        () if title.starts_with("None of ") => [0, whole(0), 0],
        () if every > 0 && (lower || title.contains(" at or above the ")) => [every, every, 0],
        () if every > 0 => [0, every, every],
        () if title.contains(": lower ") => [1, 1, 0],
        () if title.contains(": higher ") => [0, 1, 1],
        () if title.contains(": neither lower nor higher ") => [0, 1, 0],
        () if title.ends_with(", none higher") => [whole(0), whole(1), 0],
        () if title.ends_with(", none lower") => [0, whole(1), whole(0)],
        () if title.ends_with(" higher") => [whole(0), whole(1), whole(got.len() - 1)],
        () => {
            // Of a target: those above, all, those below, and those that cannot be told.
            let open = whole(1) - whole(0) - whole(2);
            assert_eq!(title.contains("cannot be told"), got.len() == 4, "{title}");
            assert!(got.len() == 3 || whole(3) == open, "{title}");
            [whole(0), whole(1), whole(2)]
        }
    }
}

/// Counts of answers, and sampling error claimed only where each answer that counts has an interval behind it.
fn answers(chart: &Chart, words: [&str; 2], interval: (&str, &str)) {
    let (rows, title) = (Rows(chart), counted(chart.title()));
    let title = title.as_str();
    let judged: Vec<usize> =
        (0..rows.len()).filter(|&r| rows.text("answer", r).is_some_and(|a| a != "not_comparable" && a != "unset")).collect();
    let judged: Vec<usize> =
        judged.into_iter().filter(|&r| chart.kind() != Kind::SmallMultiples || rows.number("change", r).is_some()).collect();
    let judged: Vec<usize> = judged.into_iter().filter(|&r| rows.number("value", r).is_some()).collect();
    if judged.is_empty() {
        assert!(title == "No figures" || title.starts_with("No two figures"), "{title}");
        return;
    }
    // Answers count marked figures; changes leave them out of the title.
    let of_changes = matches!(chart.kind(), Kind::Slope | Kind::SmallMultiples);
    let clear = |r: &usize| !of_changes || ["mark", "from_mark"].iter().all(|column| rows.text(column, *r).is_none());
    let left_out = !judged.iter().all(clear);
    let judged: Vec<usize> = judged.into_iter().filter(clear).collect();
    if judged.is_empty() {
        assert_eq!(title, "Every change rests on a figure of low reliability");
        return;
    }
    let said = title.trim_end_matches(", leaving out marked figures");
    assert_eq!(left_out, said.len() < title.len(), "{title}");
    let counts = words.map(|s| judged.iter().filter(|&&r| rows.text("answer", r).as_deref() == Some(s)).count());
    assert_eq!(sides(said), [counts[0], judged.len(), counts[1]], "{title}");
    let stated = |r: usize| rows.range(interval.0, interval.1, r).is_some();
    let figures: Vec<usize> = judged.iter().copied().filter(|&r| rows.number("value", r).is_some()).collect();
    let (with, without) = (figures.iter().any(|&r| stated(r)), figures.iter().any(|&r| !stated(r)));
    assert_eq!(title.contains("beyond sampling error"), with, "{title}");
    assert_eq!(title.contains("where one is stated"), with && without, "{title}");
}

fn check(chart: &Chart) {
    let (rows, title) = (Rows(chart), counted(chart.title()));
    let title = title.as_str();
    let got = numbers(title);
    // A trend without a figure may have the whole beside it.
    if (title == "No figures" || title.ends_with(": no figure")) && chart.kind() != Kind::Trend {
        assert!((0..rows.len()).all(|r| rows.number("value", r).is_none()), "{title}");
        return;
    }
    match chart.kind() {
        Kind::Gap | Kind::Interval if rows.len() == 1 && title.contains(": ") => match rows.number("value", 0) {
            // A single cell is told by where it stands.
            Some(value) => assert!(near(numbers(title.split_once(": ").unwrap().1)[0], value), "{title}"),
            None => assert!(title.contains(": no figure") || title.ends_with("withheld"), "{title}"),
        },
        Kind::Gap => {
            answers(chart, ["met", "not_met"], ("gap_low", "gap_high"));
            for r in 0..rows.len() {
                let Some(gap) = rows.number("gap", r) else { continue };
                let known = rows.range("gap_low", "gap_high", r).unwrap_or(Interval { low: gap, high: gap });
                match rows.text("answer", r).as_deref() {
                    Some("met") => assert!(known.high <= 1e-12, "{title}"),
                    Some("not_met") => assert!(known.low > -1e-12, "{title}"),
                    _ => assert!(known.low <= 1e-12 && known.high >= -1e-12, "{title}"),
                }
            }
        }
        Kind::Interval if title.contains(" differs from it beyond sampling error") => {
            let clear = (0..rows.len()).filter(|&r| rows.text("mark", r).is_none());
            let answers: Vec<_> = clear.filter_map(|r| rows.text("answer", r)).collect();
            assert!(
                answers.iter().all(|answer| answer == "cannot_tell") && got[got.len() - 1] == answers.len() as f64,
                "{title}"
            );
        }
        Kind::Interval if title.contains(" above it beyond sampling error, ") => {
            // Above and below the whole.
            let counts = numbers(title.split_once("; ").unwrap().1);
            let marked = (0..rows.len()).any(|r| rows.text("mark", r).is_some() && rows.number("value", r).is_some());
            assert_eq!(title.contains("leaving out marked figures"), marked, "{title}");
            let clear = |r: &usize| rows.text("mark", *r).is_none() && rows.number("value", *r).is_some();
            let judged: Vec<usize> = (0..rows.len()).filter(clear).collect();
            let count = |answer: &str| judged.iter().filter(|r| rows.text("answer", **r).as_deref() == Some(answer)).count();
            let answers = ["above", "below", "cannot_tell"].map(count);
            assert_eq!(answers.iter().sum::<usize>(), judged.len(), "{title}");
            assert_eq!(counts, [answers[0] as f64, judged.len() as f64, answers[1] as f64], "{title}");
            for r in judged {
                let (value, whole) = (rows.number("value", r).unwrap(), rows.number("whole", r).unwrap());
                let known = rows.range("low", "high", r).unwrap();
                assert!(near(numbers(title.split_once(": ").unwrap().1)[0], whole), "{title}");
                match rows.text("answer", r).as_deref() {
                    Some("above") => assert!(value > whole, "{title}"),
                    Some("below") => assert!(value < whole, "{title}"),
                    // The error of the whole only widens the doubt.
                    _ => assert!(known.low <= whole + 0.02 && known.high >= whole - 0.02, "{title}"),
                }
            }
        }
        Kind::Interval if title.contains(" at or above the ") || title.contains(" can be told from the ") => {
            answers(chart, ["met", "not_met"], ("low", "high"));
            for r in 0..rows.len() {
                let (Some(value), Some(level)) = (rows.number("value", r), rows.number("target", r)) else { continue };
                let known = rows.range("low", "high", r).unwrap_or(Interval { low: value, high: value });
                match rows.text("answer", r).as_deref() {
                    Some("met") => assert!(known.low >= level),
                    Some("not_met") => assert!(known.high < level),
                    _ => assert!(known.low < level && known.high >= level),
                }
            }
        }
        Kind::Trend | Kind::SmallMultiples if title.starts_with("From ") || title.contains("% in ") && !title.contains(": ") => {
            ends(&rows, title, &got)
        }
        Kind::Slope | Kind::SmallMultiples => {
            answers(chart, ["fall", "rise"], ("change_low", "change_high"));
            if title.starts_with("No two figures") || title.starts_with("Every change rests on") {
                return;
            }
            let from: std::collections::BTreeSet<String> = (0..rows.len())
                .filter(|&r| rows.number("change", r).is_some())
                .filter(|&r| ["mark", "from_mark"].iter().all(|column| rows.text(column, r).is_none()))
                .filter_map(|r| rows.text("from_period", r))
                .collect();
            let one = from.first().filter(|_| from.len() == 1);
            assert_eq!(
                one.is_some_and(|f| title.contains(&format!(" than in {f}"))),
                !title.contains(" than at its start"),
                "{title}"
            );
            for r in 0..rows.len() {
                let Some(change) = rows.number("change", r) else { continue };
                let stated = rows.range("change_low", "change_high", r);
                let known = stated.unwrap_or(Interval { low: change, high: change });
                // Without an error a change counts where a tenth of a point shows it.
                let least = if stated.is_some() { 0.0 } else { 0.0005 };
                match rows.text("answer", r).as_deref() {
                    Some("rise") => assert!(known.low > 0.0 && known.low >= least),
                    Some("fall") => assert!(known.high < 0.0 && known.high <= -least),
                    _ => assert!(known.low <= least && known.high >= -least),
                }
            }
        }
        Kind::Trend => course(&rows, title, &got),
        Kind::Interval | Kind::Heatmap | Kind::Tiles => range(&rows, title, &got),
        Kind::Bounds => {
            let widest = (0..rows.len())
                .filter_map(|r| rows.range("missing_low", "missing_high", r))
                .max_by(|a, b| a.width().total_cmp(&b.width()))
                .unwrap();
            let n = got.len();
            assert!(near(got[n - 2], widest.low) && near(got[n - 1], widest.high), "{title}");
        }
        Kind::Scatter => {
            let distance: Vec<f64> =
                (0..rows.len()).map(|r| rows.number("other_value", r).unwrap() - rows.number("value", r).unwrap()).collect();
            let above = distance.iter().filter(|d| **d > 0.0).count();
            if let [_] = distance[..] {
                let (low, high) = (rows.number("value", 0).unwrap(), rows.number("other_value", 0).unwrap());
                assert!(near(got[got.len() - 2], high) && near(got[got.len() - 1], low), "{title}");
                return;
            }
            if title.contains(" equals ") {
                assert!(distance.iter().all(|d| d.abs() < 1e-9), "{title}");
                return;
            }
            if let Some((_, gaps)) = title.split_once(" exceeds ") {
                let marked = |r: usize| rows.text("mark", r).is_some();
                let clear: Vec<f64> = (0..rows.len()).filter(|&r| !marked(r)).map(|r| distance[r]).collect();
                let (least, most) = clear.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, m), d| (l.min(*d), m.max(*d)));
                let printed = |d: f64| if d.abs() < 5e-4 { true } else { numbers(gaps).iter().any(|n| near(*n, d)) };
                assert!(printed(least) && printed(most), "{title}: {least} {most}");
                return;
            }
            match title {
                t if t.contains(" in both ") => assert!(above == 2 && distance.len() == 2, "{title}"),
                t if t.contains(" in all ") => assert!(above == distance.len() && got[0] == above as f64, "{title}"),
                _ => assert_eq!((got[0], got[1]), (above as f64, distance.len() as f64), "{title}"),
            }
            if let Some((_, most)) = title.split_once(", by most in ") {
                let widest = distance.iter().copied().fold(0.0, f64::max);
                let printed = if most.contains(": less than ") { 0.0 } else { numbers(most).pop().unwrap() };
                let left_out = most.ends_with(", leaving out marked figures");
                assert!(distance.iter().any(|d| *d > 0.0 && near(printed, *d)), "{title}");
                assert!(if left_out { printed < 100.0 * widest } else { near(printed, widest) }, "{title}: {widest}");
            }
        }
        Kind::Funnel => {
            let clear: Vec<usize> = (0..rows.len()).filter(|&r| rows.text("mark", r).is_none()).collect();
            let outside = clear.iter().filter(|&&r| rows.text("answer", r).as_deref() == Some("outside")).count();
            assert_eq!(title.ends_with("leaving out marked figures"), !clear.is_empty() && clear.len() < rows.len(), "{title}");
            match title {
                _ if clear.is_empty() => assert_eq!(title, "Every figure is of low reliability"),
                _ if title.starts_with("None of ") => assert_eq!((0, clear.len() as f64), (outside, got[0]), "{title}"),
                _ => assert_eq!((got[0], got[1]), (outside as f64, clear.len() as f64), "{title}"),
            }
            for r in 0..rows.len() {
                let (p, n) = (rows.number("centre", r).unwrap(), rows.number("effective_n", r).unwrap());
                // 3.0902 standard errors leave 0.2 % outside.
                let half = 3.090_232 * (p * (1.0 - p) / n).sqrt();
                let away = (rows.number("value", r).unwrap() - p).abs();
                if (away - half).abs() > 1e-6 {
                    assert_eq!(
                        rows.text("answer", r).as_deref(),
                        Some(if away > half { "outside" } else { "inside" }),
                        "{title}"
                    );
                }
                let centre = title.split_once(" around ").map(|(_, rest)| numbers(rest)[0]);
                assert!(centre.is_none_or(|centre| near(centre, p)) && centre.is_none() == clear.is_empty(), "{title}");
            }
        }
        Kind::Waterfall => waterfall(&rows, title),
    }
}

/// The change that the parts add up to, and the part that is the largest.
fn waterfall(rows: &Rows<'_>, title: &str) {
    let parts: Vec<f64> = (0..rows.len()).map(|r| rows.number("contribution", r).unwrap()).collect();
    let change: f64 = parts.iter().sum();
    for (words, sign) in [(": up ", 1.0), (": down ", -1.0)] {
        if let Some((_, rest)) = title.split_once(words) {
            let printed = if rest.starts_with("less than") { 0.0 } else { numbers(rest)[0] };
            assert!(sign * change > 0.0 && near(printed, change.abs()), "{title}: {change}");
        }
    }
    if let Some((_, most)) = title.split_once("; most through ") {
        let largest = (0..rows.len()).max_by(|a, b| (change * parts[*a]).total_cmp(&(change * parts[*b]))).unwrap();
        assert!(change * parts[largest] > 0.0 && !title.contains("no change"), "{title}");
        assert!(most.contains(&rows.text("name", largest).unwrap()), "{title}");
        assert!(rows.range("low", "high", largest).is_none_or(|i| i.low > 0.0 || i.high < 0.0), "{title}");
        let alike = (0..rows.len()).filter(|r| near(numbers(most).pop().unwrap(), parts[*r])).count();
        assert!(!most.ends_with(" each") || alike > 1, "{title}");
        let printed = numbers(most).pop().unwrap();
        assert!(printed != 0.0 && near(printed, parts[largest]), "{title}: {}", parts[largest]);
    }
}

/// The latest value, and a change that the figures bear out, beyond error where the title says so.
fn course(rows: &Rows<'_>, title: &str, got: &[f64]) {
    let Some((place, _)) = title.split_once(": ") else { panic!("{title}") };
    // A title names place and sector where the line is named after one of them.
    let ends = |name: &str| place.to_lowercase().ends_with(&format!(", {}", name.to_lowercase()));
    let is = |name: String| place == name || place.starts_with(&format!("{name}, ")) || ends(&name);
    let of_place: Vec<usize> =
        (0..rows.len()).filter(|&r| rows.text("name", r).is_some_and(is) && rows.number("value", r).is_some()).collect();
    let Some(&last) = of_place.last() else {
        assert!(title.contains("no figure"), "{title}");
        return;
    };
    let value = rows.number("value", last).unwrap();
    let skip = numbers(place).len();
    assert!(near(got[skip], value) && title.contains(&rows.text("period", last).unwrap()), "{title}");
    let Some((_, since)) = title.split_once(" since ") else {
        if let Some(path) = rows.number("path", last).filter(|_| title.contains(" its path ")) {
            assert!(near(*got.last().unwrap(), path), "{title}: {path}");
            assert!(!title.contains(", below ") || value < path, "{title}");
            assert!(!title.contains(", at or above ") || value >= path, "{title}");
        }
        return;
    };
    let from = since.split([',', ';']).next().unwrap();
    let first = of_place.iter().copied().find(|&r| rows.text("period", r).as_deref() == Some(from)).unwrap();
    let change = value - rows.number("value", first).unwrap();
    // Variances recovered from the limits of two independent figures.
    let spread = |a: f64, b: f64| a.hypot(b);
    let known = rows.range("low", "high", last).zip(rows.range("low", "high", first)).map(|(a, b)| Interval {
        low: change - spread(value - a.low, b.high - (value - change)),
        high: change + spread(a.high - value, (value - change) - b.low),
    });
    let span = known.unwrap_or(Interval { low: change, high: change });
    match () {
        () if title.contains(", up ") => assert!(span.low > 0.0, "{title} {span:?}"),
        () if title.contains(", down ") => assert!(span.high < 0.0, "{title} {span:?}"),
        () => {
            assert!(title.contains("no change beyond sampling error") && span.low <= 0.0 && span.high >= 0.0, "{title} {span:?}")
        }
    }
    assert_eq!(title.contains("beyond sampling error"), known.is_some(), "{title}");
}

/// The lowest and the highest of the last figures of each line, or of those in the period that the title names.
fn ends(rows: &Rows<'_>, title: &str, got: &[f64]) {
    let name = |r: usize| (rows.text("name", r), rows.text("sector", r));
    let valued: Vec<usize> = (0..rows.len()).filter(|&r| rows.number("value", r).is_some()).collect();
    let last = |r: &usize| valued.iter().rev().find(|k| name(**k) == name(*r)) == Some(r);
    let newest = valued.iter().filter_map(|r| rows.text("period", *r)).max();
    let year = |r: usize| rows.text("period", r).and_then(|p| p[..4].parse::<i32>().ok()).unwrap_or(0);
    let first = newest.as_ref().and_then(|p| p[..4].parse::<i32>().ok()).map_or(0, |year| year - 5);
    // Older figures stand beside no newer ones.
    let recent = |r: &usize| year(*r) >= first;
    let shown: Vec<usize> = valued.iter().copied().filter(last).filter(recent).collect();
    let clear: Vec<f64> =
        shown.iter().filter(|r| rows.text("mark", **r).is_none()).filter_map(|r| rows.number("value", *r)).collect();
    let (low, high) = clear.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    assert!(near(got[0], low) && got.iter().any(|n| near(*n, high)), "{title}: {low} {high}");
    assert_eq!(title.contains("leaving out marked figures"), clear.len() < shown.len(), "{title}");
    let mixed = shown.windows(2).any(|p| rows.text("period", p[0]) != rows.text("period", p[1]));
    assert_eq!(title.contains("in the latest period of each"), mixed, "{title}");
}

/// The ends of what is not marked.
fn range(rows: &Rows<'_>, title: &str, got: &[f64]) {
    let clear: Vec<f64> =
        (0..rows.len()).filter(|&r| rows.text("mark", r).is_none()).filter_map(|r| rows.number("value", r)).collect();
    let marked = (0..rows.len()).any(|r| rows.text("mark", r).is_some() && rows.number("value", r).is_some());
    assert_eq!(title.contains("leaving out marked figures"), marked, "{title}");
    let periods: Vec<_> =
        (0..rows.len()).filter(|&r| rows.number("value", r).is_some()).filter_map(|r| rows.text("period", r)).collect();
    let mixed = periods.windows(2).any(|p| p[0] != p[1]);
    assert_eq!(title.contains("in the latest period of each"), mixed, "{title}");
    let (low, high) = clear.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    if title.starts_with("From ") {
        assert!(near(got[0], low) && got[1..].iter().any(|n| near(*n, high)), "{title}");
        for (value, before) in [(low, "From "), (high, " to ")] {
            let tail = title.split_once(before).unwrap().1;
            let named = (0..rows.len())
                .filter(|&r| rows.number("value", r) == Some(value))
                .any(|r| tail.to_lowercase().contains(&rows.text("name", r).unwrap().to_lowercase()));
            assert!(named, "{title}");
        }
    } else if !clear.is_empty() {
        assert!(near(got[0], low) && near(got[0], high), "{title}");
    } else {
        assert!(title.starts_with("No figures"), "{title}");
    }
}

/// Draws every kind that the subject can give, and checks it in both languages.
fn every_kind(subject: Subject<'_>, options: &ChartOptions) -> usize {
    let mut drawn = 0;
    for kind in Kind::ALL {
        let made = match chart(kind, subject, options) {
            Ok(made) => made,
            Err(e) => {
                assert!(e.is_need() || refuses(kind, &e), "{kind}: {e}");
                assert!(e.remedy().is_some_and(|r| !r.is_empty()), "{kind}: {e}");
                continue;
            }
        };
        check(&made);
        assert_eq!(made.stamp().is_some(), !matches!(subject, Subject::Report(_)), "{kind}");
        assert!(
            made.svg().contains(made.title().split(['\'', '&']).next().unwrap()) && made.describe().starts_with(made.title()),
            "{kind}"
        );
        let welsh = chart(kind, subject, &ChartOptions { locale: Locale::named("cy").unwrap(), ..options.clone() }).unwrap();
        let sorted = |text: &str| {
            let mut all = numbers(text);
            all.sort_by(f64::total_cmp);
            all
        };
        assert_eq!(sorted(welsh.title()), sorted(made.title()), "{} / {}", welsh.title(), made.title());
        assert_eq!(welsh.numbers().height(), made.numbers().height());
        drawn += 1;
    }
    drawn
}

fn refuses(kind: Kind, e: &ChartError) -> bool {
    matches!(kind, Kind::Slope | Kind::Gap) && e.to_string().contains("period")
}

#[test]
fn titles_of_the_bundled_sources_are_true() {
    let registry = Registry::bundled().unwrap();
    let mut drawn = 0;
    for source in registry.sources() {
        let measures: Vec<Measure> = source.measures.iter().map(|m| m.id).collect();
        for design_effect in [None, Some(1.5)] {
            let table = PublishedTable::open(&source.id, &registry).unwrap();
            let Ok(estimates) = table.estimate(&measures, design_effect) else { continue };
            for &measure in &measures {
                for sectors in [vec![], vec!["private".to_owned()]] {
                    let options = ChartOptions { measure: Some(measure), sectors, ..ChartOptions::default() };
                    drawn += every_kind((&estimates).into(), &options);
                }
            }
        }
    }
    assert!(drawn > 100, "{drawn}");
}

#[test]
fn titles_of_the_bundled_plans_are_true() {
    let mut drawn = 0;
    for name in Plan::builtin_names() {
        let plan = Plan::builtin(name).unwrap();
        let findings = plan.assess(plan.gather().unwrap()).unwrap();
        let report = findings.release("2026-01-01".parse().unwrap()).unwrap();
        for target in plan.targets.iter().filter(|t| t.source.is_some()) {
            let options = ChartOptions { target: Some(target.id.clone()), ..ChartOptions::default() };
            drawn += every_kind((&findings).into(), &options);
            drawn += every_kind((&report).into(), &options);
        }
    }
    assert!(drawn > 40, "{drawn}");
}

#[test]
fn titles_of_waterfalls_are_true() {
    let registry = Registry::bundled().unwrap();
    for design_effect in [None, Some(1.5), Some(40.0)] {
        let table = PublishedTable::open("us-states", &registry).unwrap();
        let estimates = table.estimate(&[Measure::Density], design_effect).unwrap();
        for [from, to] in [["2012", "2022"], ["2018", "2019"], ["1990", "1991"]] {
            let [from, to] = [from, to].map(|year| year.parse().unwrap());
            let split = estimates.decompose(Measure::Density, from, to, &DecomposeOptions::default()).unwrap();
            let apart = split.change.interval.is_some_and(|i| i.low > 0.0 || i.high < 0.0);
            let options = ChartOptions { decomposition: Some(split), ..ChartOptions::default() };
            let made = chart(Kind::Waterfall, (&estimates).into(), &options).unwrap();
            check(&made);
            let claimed = made.title().contains("beyond sampling error") && !made.title().contains("no change beyond");
            assert_eq!(claimed, apart, "{}", made.title());
        }
    }
}

#[test]
fn a_picture_of_nothing_but_missing_figures_says_so() {
    let head = "period,region,sector,n,employees,members,covered\n";
    let rows = [2020, 2021].map(|year| {
        AREAS.map(|area| ["all", "public"].map(|sector| format!("{year},{area},{sector},,1000,,\n")).concat()).concat()
    });
    let (_folder, estimates, findings) = subjects(&format!("{head}{}", rows.concat()), false, 0.5, false);
    let options = ChartOptions { measure: Some(Measure::Density), ..ChartOptions::default() };
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Gap) {
        let made = chart(kind, (&estimates).into(), &options).unwrap_or_else(|e| panic!("{kind}: {e}"));
        assert_eq!(made.title(), "No figures", "{kind}");
        assert!(made.picture().texts().iter().any(|t| t.text == "No evidence"), "{kind}");
        assert!(made.describe().contains("No evidence") && made.notes().iter().any(|n| n == "[x] not available."), "{kind}");
        let rows = Rows(&made);
        assert_eq!(rows.len(), 2 * 2 * AREAS.len(), "{kind}");
        assert!((0..rows.len()).all(|r| rows.number("value", r).is_none() && rows.text("mark", r).as_deref() == Some("[x]")));
    }
    let one = ChartOptions { regions: vec!["WLS".to_owned()], sectors: vec!["public".to_owned()], ..options.clone() };
    let made = chart(Kind::Trend, (&estimates).into(), &one).unwrap();
    assert_eq!((made.title(), made.numbers().height()), ("Wales, public sector: no figure", 2));
    // So it is with a plan, but for a trend, which is of one region.
    let report = findings.release("2026-01-01".parse().unwrap()).unwrap();
    for kind in Kind::ALL {
        for subject in [Subject::from(&findings), Subject::from(&report)] {
            match chart(kind, subject, &ChartOptions::default()) {
                Ok(made) => assert!(made.title().starts_with("No figure") || made.title().contains("no figure"), "{kind}"),
                Err(e) => assert!(kind == Kind::Trend, "{kind}: {e}"),
            }
        }
    }
}

#[test]
fn a_cell_without_a_figure_among_others_is_drawn_and_what_is_not_there_is_refused() {
    let table = "period,region,sector,n,employees,members,covered\n\
                 2020,UK,all,900,1000,300,400\n2020,WLS,all,,1000,,\n2021,WLS,all,,1000,,\n";
    let (_folder, estimates, _) = subjects(table, false, 0.5, false);
    let of = |region: &str| ChartOptions {
        measure: Some(Measure::Density),
        regions: vec![region.to_owned()],
        ..ChartOptions::default()
    };
    for kind in [Kind::Trend, Kind::Interval, Kind::Tiles, Kind::SmallMultiples] {
        assert_eq!(chart(kind, (&estimates).into(), &of("WLS")).unwrap().title(), "Wales: no figure", "{kind}");
        let error = chart(kind, (&estimates).into(), &of("SCT")).unwrap_err();
        assert!(error.is_need() && error.to_string().contains("there are figures for the regions UK"), "{kind}: {error}");
    }
}

#[test]
fn a_title_can_be_given() {
    let plan = Plan::builtin("eu-80").unwrap();
    let findings = plan.assess(plan.gather().unwrap()).unwrap();
    let options = ChartOptions { title: Some("Twenty states need a plan".to_owned()), ..ChartOptions::default() };
    let made = chart(Kind::Gap, (&findings).into(), &options).unwrap();
    assert!(made.title() == "Twenty states need a plan" && made.svg().contains("Twenty states need a plan"));
}

/// A made-up table of areas, sectors and years; some cells are empty, some samples are small.
fn table() -> impl Strategy<Value = (String, bool)> {
    let cell = (10.0..2_000.0_f64, 0.0..=1.0_f64, 0.0..=1.0_f64, prop::bool::weighted(0.85));
    (prop::collection::vec(cell, 12 * 3 * 3), any::<bool>()).prop_map(|(cells, broken)| {
        let mut text = "period,region,sector,n,employees,members,covered\n".to_owned();
        for (i, (n, p, q, known)) in cells.iter().enumerate() {
            let (area, sector, year) = (AREAS[i % 12], ["all", "public", "private"][(i / 12) % 3], 2019 + i / 36);
            let employees = 1_000.0 * n;
            let members = (employees * p).floor();
            let covered = members + ((employees - members) * q).floor();
            match known {
                true => text.push_str(&format!("{year},{area},{sector},{},{employees},{members},{covered}\n", n.floor())),
                false => text.push_str(&format!("{year},{area},{sector},,{employees},,\n")),
            }
        }
        for year in 2019..2022 {
            text.push_str(&format!("{year},UK,all,9000,9000000,2000000,3000000\n"));
        }
        (text, broken)
    })
}

fn subjects(table: &str, broken: bool, level: f64, design_effect: bool) -> (Folder, Estimates, Findings) {
    let more = if broken {
        "[[mine.break]]\nat = \"2020\"\nmeasures = [\"density\", \"coverage\"]\nforce = \"incomparable\"\nnote = \"made up\"\nreference = \"none\"\n"
    } else {
        ""
    };
    let folder = Folder::new(&Entry { more: more.to_owned(), ..Entry::default() }, table.as_bytes());
    let effect = design_effect.then_some(1.4);
    let estimates = folder.table().unwrap().estimate(&[Measure::Density, Measure::Coverage], effect).unwrap();
    let head = match effect {
        Some(_) => "quality = \"statswales-n\"\n[plan.assumptions]\ndesign_effect = 1.4\n",
        None => "quality = \"statswales-n\"\n",
    };
    let target = format!(
        "[[target]]\nid = \"t\"\ntitle = \"T\"\nmeasure = \"density\"\nregion = \"each\"\nsector = \"all\"\nlevel = {level:?}\n\
         deadline = 2030\nstatus = \"illustrative\"\n"
    );
    let plan = folder.plan(head, &target).unwrap();
    let findings = plan.assess(plan.gather().unwrap()).unwrap();
    (folder, estimates, findings)
}

proptest! {
    #![proptest_config(undeb_tests::search(10))]

    #[test]
    fn titles_of_random_tables_are_true((table, broken) in table(), level in 0.05..0.95_f64, deff in any::<bool>()) {
        let (_folder, estimates, findings) = subjects(&table, broken, level, deff);
        for measure in [Measure::Density, Measure::Coverage] {
            let options = ChartOptions { measure: Some(measure), ..ChartOptions::default() };
            prop_assert!(every_kind((&estimates).into(), &options) >= 5);
        }
        let by_sector = ChartOptions {
            measure: Some(Measure::Density),
            regions: vec!["WLS".to_owned()],
            sectors: vec!["public".to_owned(), "private".to_owned()],
            ..ChartOptions::default()
        };
        every_kind((&estimates).into(), &by_sector);
        let pair = ChartOptions { periods: vec![Period::year(2020), Period::year(2021)], measure: Some(Measure::Density), ..ChartOptions::default() };
        for kind in [Kind::Slope, Kind::Trend, Kind::SmallMultiples] {
            check(&chart(kind, (&estimates).into(), &pair).unwrap());
        }
        prop_assert!(every_kind((&findings).into(), &ChartOptions::default()) >= 5);
        let report = findings.release("2026-01-01".parse().unwrap()).unwrap();
        prop_assert!(every_kind((&report).into(), &ChartOptions::default()) >= 5);
    }
}
