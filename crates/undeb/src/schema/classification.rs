//! Classifications: trees of region or sector codes, read from data.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, choices};

/// One code of a classification.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The code: `CA`, `WLS`, `private`.
    pub id: String,
    /// Name in full.
    pub name: String,
    /// Name of at most fourteen letters, for narrow places.
    #[serde(default)]
    pub short: Option<String>,
    /// The code above; none for the whole.
    #[serde(default)]
    pub parent: Option<String>,
    /// Level of the tree.
    pub level: String,
    /// Row and column in the tile-grid map.
    #[serde(default)]
    pub tile: Option<(u32, u32)>,
    /// Codes of other systems that mean the same.
    #[serde(default)]
    pub aliases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    title: String,
    kind: String,
    whole: String,
    levels: Vec<String>,
    each: String,
    source: String,
    code: Vec<Code>,
}

/// A tree of codes with names, levels and map positions.
///
/// ```
/// let states = undeb::bundled::classification("us-states")?;
/// assert_eq!(states.get("CA").unwrap().name, "California");
/// assert_eq!(states.each().count(), 51);
/// assert!(states.below("D9").any(|c| c.id == "CA"));
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Classification {
    id: String,
    title: String,
    kind: String,
    whole: String,
    each: String,
    source: String,
    codes: Vec<Code>,
    position: HashMap<String, usize>,
}

impl Classification {
    /// Reads a classification and checks that it is one tree.
    ///
    /// # Errors
    /// Malformed TOML; a code or alias twice; a parent that is no code; a level that is not listed.
    pub fn from_toml(name: &str, text: &str) -> Result<Self> {
        let file: File = toml::from_str(text).map_err(|e| Error::schema(format!("{name}: {}", e.message())))?;
        let mut position = HashMap::new();
        for (index, code) in file.code.iter().enumerate() {
            for known in std::iter::once(&code.id).chain(&code.aliases) {
                if position.insert(known.clone(), index).is_some_and(|other| other != index) {
                    return Err(Error::schema(format!("{name}: the code `{known}` is there twice")));
                }
            }
            if !file.levels.contains(&code.level) {
                return Err(Error::schema(format!("{name}: code `{}` has the level `{}`", code.id, code.level))
                    .help(choices(&code.level, file.levels.iter().map(String::as_str))));
            }
        }
        for code in &file.code {
            match &code.parent {
                None if code.id == file.whole => {}
                Some(parent) if file.code.iter().any(|c| &c.id == parent) => {}
                other => {
                    return Err(Error::schema(format!("{name}: code `{}` has the parent {other:?}, which is no code", code.id)));
                }
            }
        }
        let parent_of = |id: &str| file.code.iter().find(|c| c.id == id).and_then(|c| c.parent.as_deref());
        for code in &file.code {
            let mut at = code.id.as_str();
            let steps = std::iter::from_fn(|| {
                at = parent_of(at)?;
                Some(())
            });
            if steps.take(file.code.len()).count() == file.code.len() {
                return Err(Error::schema(format!("{name}: the parents of code `{}` go round in a circle", code.id)));
            }
        }
        if !position.contains_key(&file.whole) {
            return Err(Error::schema(format!("{name}: the whole `{}` is no code", file.whole)));
        }
        Ok(Classification {
            id: file.id,
            title: file.title,
            kind: file.kind,
            whole: file.whole,
            each: file.each,
            source: file.source,
            codes: file.code,
            position,
        })
    }

    /// A classification of one level over codes that need no names; its whole is "all".
    pub(crate) fn flat<'a>(kind: &str, codes: impl IntoIterator<Item = &'a std::sync::Arc<str>>) -> Self {
        let code = |id: &str, parent: Option<String>, level: &str| Code {
            id: id.to_owned(),
            name: id.to_owned(),
            short: None,
            parent,
            level: level.to_owned(),
            tile: None,
            aliases: Vec::new(),
        };
        let mut all = vec![Code { name: format!("All {kind}s"), ..code("all", None, "whole") }];
        all.extend(codes.into_iter().filter(|c| &***c != "all").map(|c| code(c, Some("all".to_owned()), kind)));
        Classification {
            id: kind.to_owned(),
            title: kind.to_owned(),
            kind: kind.to_owned(),
            whole: "all".to_owned(),
            each: kind.to_owned(),
            source: "the values of the column".to_owned(),
            position: all.iter().enumerate().map(|(i, c)| (c.id.clone(), i)).collect(),
            codes: all,
        }
    }

    /// Code of the classification itself.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Title in full.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it classifies: `region` or `sector`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Where the codes come from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The code that stands for everything.
    pub fn whole(&self) -> &str {
        &self.whole
    }

    /// All codes in display order.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// The code, found by itself or by an alias.
    pub fn get(&self, code: &str) -> Option<&Code> {
        self.position.get(code).map(|&i| &self.codes[i])
    }

    /// Place in display order; unknown codes come last.
    pub fn rank(&self, code: &str) -> usize {
        self.position.get(code).copied().unwrap_or(usize::MAX)
    }

    /// The code, or an error that lists the choices.
    ///
    /// # Errors
    /// The code is neither an id nor an alias ([`Error::is_schema`]).
    pub fn find(&self, code: &str) -> Result<&Code> {
        self.get(code).ok_or_else(|| {
            Error::schema(format!("`{code}` is no {} code of `{}`", self.kind, self.id))
                .help(choices(code, self.codes.iter().map(|c| c.id.as_str())))
        })
    }

    /// Name in full, or the code itself when it is not known.
    pub fn name<'a>(&'a self, code: &'a str) -> &'a str {
        self.get(code).map_or(code, |c| &c.name)
    }

    /// The codes that the word "each" stands for.
    pub fn each(&self) -> impl Iterator<Item = &Code> {
        self.codes.iter().filter(|c| c.level == self.each)
    }

    /// Whether a code lies below another, at any depth.
    pub fn is_below(&self, code: &str, above: &str) -> bool {
        let mut at = self.get(code);
        while let Some(parent) = at.and_then(|c| c.parent.as_deref()) {
            if parent == above {
                return true;
            }
            at = self.get(parent);
        }
        false
    }

    /// The codes of level "each" that lie below a code, at any depth.
    pub fn below<'a>(&'a self, above: &'a str) -> impl Iterator<Item = &'a Code> {
        self.each().filter(move |code| self.is_below(&code.id, above))
    }
}
