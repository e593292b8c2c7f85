//! The atoms that pages are made of. Each shows a ready value; none asks for data.

pub mod badge;
pub mod icon;
pub mod id;
pub mod mark;
pub mod nav;
pub mod state;
pub mod time;
