//! The log: its list, and the page of one webhook.

pub mod address;
mod body;
pub mod bulk;
mod chips;
pub mod conditions;
mod deliveries;
mod events;
mod filters;
pub mod histogram;
mod json;
mod life;
pub mod list;
mod masking;
mod payload;
mod proof;
pub mod record;
mod selection;
pub mod show;
mod side;
mod stack;
mod table;
mod title;
mod tree;
pub mod waiting;
