//! All sentences for people, in one place and in one language.
//!
//! Pages and islands call these with values and put what comes back on the page; nothing in here knows a page. Texts are
//! made on the server, so nothing depends on the reader's time zone or locale: times are in UTC.

pub mod accounts;
pub mod actions;
pub mod audit;
pub mod bulk;
pub mod deliveries;
pub mod destinations;
pub mod done;
pub mod endpoints;
pub mod failures;
pub mod filters;
pub mod forms;
pub mod held;
pub mod masking;
pub mod next;
pub mod notes;
pub mod numbers;
pub mod overview;
pub mod reconcile;
pub mod records;
pub mod states;
pub mod subjects;
pub mod times;
pub mod verification;
pub mod words;
