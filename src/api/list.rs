use model::{Cursor, PageRequest};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::address::Parameters;

/// A page of a list, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    /// The `cursor` of the next page; `null` on the last one.
    #[schema(required = true)]
    pub next: Option<String>,
}

impl<T> List<T> {
    /// The part of a list, newest first, that a page shows.
    pub fn part(mut items: Vec<T>, page: PageRequest, id: impl Fn(&T) -> Uuid) -> Self {
        if let Some(Cursor::OlderThan(before)) = page.cursor {
            items.retain(|item| id(item) < before);
        }
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).map(id);
        Self {
            items,
            next: next.map(|id| Cursor::OlderThan(id).to_string()),
        }
    }
}

/// `limit`: how many rows a page has at most.
pub fn limit(parameters: &mut Parameters) -> u32 {
    let read = |text: &str| match text.parse() {
        Ok(limit) if (1..=PageRequest::MAX_LIMIT).contains(&limit) => Ok(limit),
        _ => Err(format!("not a number from 1 to {}", PageRequest::MAX_LIMIT)),
    };
    parameters.one("limit", read).unwrap_or(PageRequest::DEFAULT_LIMIT)
}

/// `limit` and `cursor` of a list by id.
pub fn page(parameters: &mut Parameters) -> PageRequest {
    let cursor = parameters.one("cursor", |text| {
        // Lists of programs go one way only.
        let older = text.parse().ok().filter(|cursor| matches!(cursor, Cursor::OlderThan(_)));
        older.ok_or_else(|| "not a cursor: take the one that `next` names".to_owned())
    });
    PageRequest {
        limit: limit(parameters),
        cursor,
    }
}
