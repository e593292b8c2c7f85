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
    /// One of many that stand in rows: quiet until it is pointed at.
    Quiet,
    /// There is nothing to press now.
    Off,
}

/// What all looks share, and one look: for a text that stays in one line, and for one that may take several because it
/// names something.
macro_rules! button {
    ($look:literal) => {
        (
            button!("h-8 whitespace-nowrap ", $look),
            button!("min-h-8 max-w-full py-0.5 text-left wrap-anywhere ", $look),
        )
    };
    ($lines:literal, $look:literal) => {
        concat!(
            "inline-flex items-center justify-center gap-1.5 rounded-md border px-2.5 text-sm font-medium ",
            "transition-colors hover:no-underline pointer-coarse:min-h-10 ",
            $lines,
            $look
        )
    };
}

impl Look {
    /// The classes of an element that looks so.
    pub const fn class(self) -> &'static str {
        self.classes().0
    }

    /// The same for a text that may take several lines.
    pub const fn class_of_lines(self) -> &'static str {
        self.classes().1
    }

    const fn classes(self) -> (&'static str, &'static str) {
        match self {
            Self::Plain => button!("border-hairline-strong bg-surface text-ink hover:bg-hover"),
            Self::Accent => button!("border-accent-solid bg-accent-solid text-on-accent hover:bg-accent-solid-hover"),
            Self::Chosen => button!("border-hairline-strong bg-surface text-accent hover:bg-hover"),
            Self::Switch => button!("border-hairline-strong bg-surface text-muted hover:bg-hover aria-pressed:text-ink"),
            Self::Danger => button!("border-hairline-strong bg-surface text-bad hover:border-bad hover:bg-bad-ground"),
            Self::Quiet => button!("border-transparent text-muted hover:bg-hover hover:text-ink"),
            Self::Off => button!("cursor-default border-hairline text-muted"),
        }
    }
}

/// The classes of a `<progress>`.
pub const PROGRESS: &str = "block h-1.5 w-full appearance-none overflow-clip rounded-full border-0 bg-sunken \
                            [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-accent-solid \
                            [&::-moz-progress-bar]:bg-accent-solid";
