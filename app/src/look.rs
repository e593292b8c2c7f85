//! The look of what islands and pages both have: buttons.

/// How loud a button is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Look {
    #[default]
    Plain,
    /// The one thing to do next.
    Accent,
    /// Plain, and something is chosen behind it.
    Chosen,
    /// A switch: quiet until it is pressed.
    Switch,
    /// Takes something away that does not come back by itself.
    Danger,
    /// There is nothing to press now.
    Off,
}

/// What all looks share, and one look.
macro_rules! button {
    ($look:literal) => {
        concat!(
            "inline-flex h-8 items-center justify-center gap-1.5 rounded-md border px-2.5 text-sm font-medium whitespace-nowrap ",
            "transition-colors hover:no-underline pointer-coarse:min-h-10 ",
            $look
        )
    };
}

impl Look {
    /// The classes of an element that looks so.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => button!("border-hairline-strong bg-surface text-ink hover:bg-hover"),
            Self::Accent => button!("border-accent-solid bg-accent-solid text-on-accent hover:bg-accent-solid-hover"),
            Self::Chosen => button!("border-hairline-strong bg-surface text-accent hover:bg-hover"),
            Self::Switch => button!("border-hairline-strong bg-surface text-muted hover:bg-hover aria-pressed:text-ink"),
            Self::Danger => button!("border-hairline-strong bg-surface text-bad hover:border-bad hover:bg-bad-ground"),
            Self::Off => button!("cursor-default border-hairline text-muted"),
        }
    }
}
