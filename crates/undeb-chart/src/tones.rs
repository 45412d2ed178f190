//! One drawing for light and dark pages: colours that differ become variables of the page.

use std::fmt::Write;

use crate::theme::Colour;

/// The pairs of colours of a page, each with a variable of its own.
#[derive(Debug, Default)]
pub struct Tones(Vec<(String, String)>);

impl Tones {
    /// Joins two drawings of one chart, light and dark, into one whose colours follow the page.
    ///
    /// Drawings that differ in more than their colours cannot be joined: the light one is given back as it is.
    pub fn join(&mut self, light: &str, dark: &str) -> String {
        let (of_light, of_dark) = (Colours(light), Colours(dark));
        let alike = of_light.zip(of_dark).all(|((before, _), (other, _))| before == other);
        if !alike || Colours(light).count() != Colours(dark).count() {
            return light.to_owned();
        }
        let mut out = String::with_capacity(light.len());
        for ((before, a), (_, b)) in Colours(light).zip(Colours(dark)) {
            out.push_str(before);
            match (a, b) {
                (Some(a), Some(b)) => {
                    let at = self.0.iter().position(|pair| pair.0 == a && pair.1 == b).unwrap_or_else(|| {
                        self.0.push((a.to_owned(), b.to_owned()));
                        self.0.len() - 1
                    });
                    let _ = write!(out, "var(--t{at})");
                }
                _ => out.push_str(a.unwrap_or_default()),
            }
        }
        out
    }

    /// The variables as CSS: light for paper and light screens, dark where the reader prefers it.
    pub fn css(&self) -> String {
        let set = |of: &dyn Fn(&(String, String)) -> &str| {
            self.0.iter().enumerate().fold(String::new(), |mut css, (i, pair)| {
                let _ = write!(css, "--t{i}:{};", of(pair));
                css
            })
        };
        let (light, dark) = (set(&|p| &p.0), set(&|p| &p.1));
        format!(":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n")
    }
}

/// What stands before each colour of a drawing, and the colour; what follows the last one has none.
struct Colours<'a>(&'a str);

impl<'a> Iterator for Colours<'a> {
    type Item = (&'a str, Option<&'a str>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let length = Colour(0, 0, 0).hex().len();
        let is_colour = |at: usize| {
            let value = self.0.get(at..at + length);
            value.is_some_and(|v| v[1..].bytes().all(|b| b.is_ascii_hexdigit())) && self.0[at + length..].starts_with('"')
        };
        let found = self.0.match_indices("=\"#").map(|(at, _)| at + 2).find(|at| is_colour(*at));
        let (before, colour, rest) = match found {
            Some(at) => (&self.0[..at], Some(&self.0[at..at + length]), &self.0[at + length..]),
            None => (self.0, None, ""),
        };
        self.0 = rest;
        Some((before, colour))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_drawings_become_one_and_unlike_ones_stay() {
        let mut tones = Tones::default();
        let joined =
            tones.join(r##"<g fill="#000000"><a href="#000000x"/></g>"##, r##"<g fill="#ffffff"><a href="#000000x"/></g>"##);
        assert_eq!(joined, r##"<g fill="var(--t0)"><a href="#000000x"/></g>"##);
        assert!(tones.css().starts_with(":root{--t0:#000000;}") && tones.css().contains("--t0:#ffffff;"));
        assert_eq!(tones.join("<g>a</g>", "<g>b</g>"), "<g>a</g>");
    }
}
