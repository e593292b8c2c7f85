//! The deliveries of webhooks that are appended, in their transaction.

use model::{DeliveryState, Trigger};
use sqlx::PgConnection;

use super::append::column;
use crate::store::delivery::NewDelivery;
use crate::store::stored_time::StoredTime;
use crate::store::{Appended, NewWebhook, StoreError};

/// Leaves out those of webhooks that turned out to repeat another.
pub(super) async fn append_deliveries(
    connection: &mut PgConnection,
    batch: &[NewWebhook],
    appended: &[Appended],
) -> Result<(), StoreError> {
    let rows: Vec<(&NewWebhook, &NewDelivery)> = batch
        .iter()
        .zip(appended)
        .filter(|(_, appended)| appended.duplicate_of.is_none())
        .flat_map(|(webhook, _)| webhook.deliveries.iter().map(move |delivery| (webhook, delivery)))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into deliveries (id, webhook_id, destination_id, state, next_trigger, due_at, subject, created_at) \
         select id, webhook_id, destination_id, state, $5, due_at, subject, created_at \
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $6::timestamptz[], $7::text[], $8::timestamptz[]) \
         as new (id, webhook_id, destination_id, state, due_at, subject, created_at)",
    )
    .bind(column(&rows, |(_, delivery)| delivery.id.0))
    .bind(column(&rows, |(webhook, _)| webhook.id.0))
    .bind(column(&rows, |(_, delivery)| delivery.destination_id.0))
    .bind(column(&rows, |(_, delivery)| delivery.first_state().as_str()))
    .bind(Trigger::Automatic.as_str())
    .bind(column(&rows, |(_, delivery)| {
        (delivery.first_state() == DeliveryState::Pending).then_some(StoredTime(delivery.due_at))
    }))
    .bind(column(&rows, |(webhook, _)| webhook.subject_column()))
    .bind(column(&rows, |(webhook, _)| StoredTime(webhook.received_at)))
    .execute(connection)
    .await?;
    Ok(())
}
