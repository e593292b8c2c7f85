//! The log: its list, and the page of one webhook.

pub mod address;
mod chips;
mod events;
mod filters;
mod histogram;
mod json;
mod life;
pub mod list;
mod masking;
mod paging;
mod payload;
mod proof;
pub mod show;
mod side;
mod stack;
mod table;
mod title;
mod tree;
mod waiting;
