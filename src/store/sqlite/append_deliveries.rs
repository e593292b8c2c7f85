//! The deliveries of webhooks that are appended, in their transaction.

use model::{DeliveryState, Trigger, WebhookId};
use sqlx::sqlite::SqliteConnection;

use crate::store::delivery::NewDelivery;
use crate::store::stored_time::StoredTime;
use crate::store::{Appended, NewWebhook, StoreError};

/// The sizes that statements come in, so that all of them stay prepared.
const SIZES: [usize; 4] = [256, 64, 8, 1];

const COLUMNS: usize = 8;

/// Leaves out those of webhooks that turned out to repeat another.
pub(super) async fn append_deliveries(
    connection: &mut SqliteConnection,
    batch: &[NewWebhook],
    appended: &[Appended],
) -> Result<(), StoreError> {
    let rows: Vec<(&NewWebhook, &NewDelivery)> = batch
        .iter()
        .zip(appended)
        .filter(|(_, appended)| appended.duplicate_of.is_none())
        .flat_map(|(webhook, _)| webhook.deliveries.iter().map(move |delivery| (webhook, delivery)))
        .collect();
    let mut rows = &rows[..];
    for size in SIZES {
        while rows.len() >= size {
            let (piece, rest) = rows.split_at(size);
            insert(connection, piece).await?;
            rows = rest;
        }
    }
    Ok(())
}

/// Of webhooks that are stored already, as far as they have none. They are made when they are due.
pub(super) async fn add_first_deliveries(
    connection: &mut SqliteConnection,
    deliveries: &[(WebhookId, &NewDelivery)],
) -> Result<(), StoreError> {
    for one_webhook in deliveries.chunk_by(|(webhook, _), (next, _)| webhook == next) {
        let (webhook, _) = one_webhook[0];
        let has_some: bool = sqlx::query_scalar("select exists (select 1 from deliveries where webhook_id = ?)")
            .bind(webhook.0)
            .fetch_one(&mut *connection)
            .await?;
        if has_some {
            continue;
        }
        for (webhook, delivery) in one_webhook {
            let state = delivery.first_state();
            sqlx::query(
                "insert into deliveries (id, webhook_id, destination_id, state, next_trigger, due_at, subject, created_at) \
                 values (?1, ?2, ?3, ?4, ?5, ?6, (select subject from events where webhook_id = ?2 and position = 0), ?7)",
            )
            .bind(delivery.id.0)
            .bind(webhook.0)
            .bind(delivery.destination_id.0)
            .bind(state.as_str())
            .bind(Trigger::Automatic.as_str())
            .bind((state == DeliveryState::Pending).then_some(StoredTime(delivery.due_at)))
            .bind(StoredTime(delivery.due_at))
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(())
}

async fn insert(connection: &mut SqliteConnection, rows: &[(&NewWebhook, &NewDelivery)]) -> Result<(), StoreError> {
    let row = format!("({})", ["?"; COLUMNS].join(", "));
    let sql = format!(
        "insert or fail into deliveries (id, webhook_id, destination_id, state, next_trigger, due_at, subject, created_at) \
         values {}",
        vec![row; rows.len()].join(", ")
    );
    let mut query = sqlx::query(&sql);
    for (webhook, delivery) in rows {
        let state = delivery.first_state();
        query = query
            .bind(delivery.id.0)
            .bind(webhook.id.0)
            .bind(delivery.destination_id.0)
            .bind(state.as_str())
            .bind(Trigger::Automatic.as_str())
            .bind((state == DeliveryState::Pending).then_some(StoredTime(delivery.due_at)))
            .bind(webhook.subject_column())
            .bind(StoredTime(webhook.received_at));
    }
    query.execute(connection).await?;
    Ok(())
}
