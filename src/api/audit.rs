use axum::Json;
use axum::extract::State;
use model::{AuditEntry, AuditFilter};

use super::Api;
use super::address::{Parameters, text, time, word};
use super::caller::Caller;
use super::list::{List, limit};
use super::problem::{Problem, Problems};

/// The audit log, newest first. For admins.
#[utoipa::path(
    get, path = "/audit", operation_id = "list_audit", tag = "audit",
    params(
        ("actor" = Option<Vec<String>>, Query, description = "E-mail addresses, or with a slash tokens of one"),
        ("action" = Option<Vec<model::AuditAction>>, Query, description = "What was done"),
        ("target" = Option<Vec<String>>, Query, description = "Ids of what it was done to"),
        ("from" = Option<model::Timestamp>, Query, description = "The earliest time"),
        ("to" = Option<model::Timestamp>, Query, description = "The time before which it ends"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "How many at most; 50 by default"),
        ("cursor" = Option<String>, Query, pattern = "^[0-9]+$", description = "What `next` of the page before named"),
    ),
    responses((status = 200, body = List<AuditEntry>), Problems),
)]
pub async fn list(State(api): State<Api>, caller: Caller, mut parameters: Parameters) -> Result<Json<List<AuditEntry>>, Problem> {
    let filter = AuditFilter {
        actors: parameters.all("actor", text),
        actions: parameters.all("action", word),
        targets: parameters.all("target", text),
        from: parameters.one("from", time),
        to: parameters.one("to", time),
    };
    let limit = limit(&mut parameters);
    let before = parameters.one("cursor", |text| {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse::<i64>().ok().filter(|_| is_number).map(i64::unsigned_abs);
        number.ok_or_else(|| "not a cursor: take the one that `next` names".to_owned())
    });
    parameters.none_left()?;
    let page = api.operations.audit(&caller.actor, &filter, before, limit).await?;
    Ok(Json(List {
        items: page.items,
        next: page.next.map(|number| number.to_string()),
    }))
}
