//! The colours of the meanings, as the utilities that Tailwind is to find.

use crate::text::words::Meaning;

/// The colour of text and icons.
pub const fn ink(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Good => "text-good",
        Meaning::Attention => "text-attention",
        Meaning::Bad => "text-bad",
        Meaning::Info => "text-info",
        Meaning::Neutral => "text-muted",
    }
}

/// The tint of the ground below them.
pub const fn ground(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Good => "bg-good-ground",
        Meaning::Attention => "bg-attention-ground",
        Meaning::Bad => "bg-bad-ground",
        Meaning::Info => "bg-info-ground",
        Meaning::Neutral => "bg-sunken",
    }
}
