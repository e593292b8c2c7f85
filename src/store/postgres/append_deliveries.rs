//! The deliveries of webhooks that are appended, in their transaction.

use model::{DeliveryState, Trigger, WebhookId};
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

/// Of webhooks that are stored already, as far as they have none. They are made when they are due. Whoever has one sent at the
/// same instant makes its deliveries instead.
pub(super) async fn add_first_deliveries(
    connection: &mut PgConnection,
    deliveries: &[(WebhookId, &NewDelivery)],
) -> Result<(), StoreError> {
    if deliveries.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into deliveries (id, webhook_id, destination_id, state, next_trigger, due_at, subject, created_at) \
         select id, webhook_id, destination_id, state, $5, due_at, \
         (select subject from events where events.webhook_id = new.webhook_id and position = 0), created_at \
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $6::timestamptz[], $7::timestamptz[]) \
         as new (id, webhook_id, destination_id, state, due_at, created_at) \
         where not exists (select 1 from deliveries d where d.webhook_id = new.webhook_id) on conflict do nothing",
    )
    .bind(column(deliveries, |(_, delivery)| delivery.id.0))
    .bind(column(deliveries, |(webhook, _)| webhook.0))
    .bind(column(deliveries, |(_, delivery)| delivery.destination_id.0))
    .bind(column(deliveries, |(_, delivery)| delivery.first_state().as_str()))
    .bind(Trigger::Automatic.as_str())
    .bind(column(deliveries, |(_, delivery)| {
        (delivery.first_state() == DeliveryState::Pending).then_some(StoredTime(delivery.due_at))
    }))
    .bind(column(deliveries, |(_, delivery)| StoredTime(delivery.due_at)))
    .execute(connection)
    .await?;
    Ok(())
}
