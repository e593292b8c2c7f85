//! The atoms that pages are made of. Each shows a ready value; none asks for data. What repeats in the pages' markup
//! has its classes here and nowhere else.

#![expect(clippy::needless_pass_by_value, reason = "a component owns its properties")]

pub mod badge;
pub mod button;
pub mod card;
pub mod disclosure;
pub mod facts;
pub mod field;
pub mod form;
pub mod head;
pub mod headers;
pub mod icon;
pub mod id;
pub mod input;
pub mod life;
pub mod mark;
pub mod meaning;
pub mod menu;
pub mod nav;
pub mod notice;
pub mod paging;
pub mod row;
pub mod state;
pub mod time;
