//! The closed sets of words: what a word means is the same in YAML, JSON, the database and on pages.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A word that belongs to none of the members of its set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no {set}: use one of {known}")]
pub struct UnknownWord {
    pub set: &'static str,
    pub word: String,
    pub known: String,
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident is a $set:literal: $($(#[$note:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $($(#[$note])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord {
                        set: $set,
                        word: word.to_owned(),
                        known: [$($word),+].join(", "),
                    }),
                }
            }
        }
    };
}

words! {
    /// Where projects live.
    Platform is a "platform":
    Modrinth = "modrinth",
    Curseforge = "curseforge",
}

words! {
    /// What one schedule collects.
    Source is a "source":
    /// Totals and versions of the projects on Modrinth.
    Modrinth = "modrinth",
    /// Totals and files of the projects on CurseForge.
    Curseforge = "curseforge",
    /// The modpacks that contain the projects.
    Modpacks = "modpacks",
}

words! {
    /// How a run ended.
    Outcome is a "outcome":
    Complete = "complete",
    /// Some projects were not answered; the rest is recorded.
    Partial = "partial",
    Failed = "failed",
    /// It never reported an end.
    Lost = "lost",
}
