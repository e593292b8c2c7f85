//! The rows of a long list: a table where there is room, else a card each.

/// A column's title.
pub const HEAD: &str = "text-left text-xs font-medium text-muted lg:sticky lg:top-0 lg:z-10 lg:h-8 lg:border-b lg:border-hairline \
                        lg:bg-ground lg:pr-3";

/// A card, whose columns the list names, or a row.
pub const ENTRY: &str = "relative -mx-edge grid items-center gap-x-3 gap-y-0.5 border-t border-hairline px-edge py-2.5 hover:bg-hover \
                         lg:table-row *:min-w-0 max-lg:*:empty:hidden lg:*:h-9 lg:*:truncate lg:*:border-b lg:*:border-hairline \
                         lg:*:pr-3 lg:pointer-coarse:*:h-11";

/// The whole row is the link, and shows its focus.
pub const ROW_LINK: &str = "min-w-0 py-0.5 font-strong text-ink hover:no-underline focus-visible:outline-hidden \
                            after:absolute after:inset-0 after:rounded-md focus-visible:after:outline-2 \
                            focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent";

/// What can be pointed at lies above the link of the row.
pub const ABOVE: &str = "relative z-1";
