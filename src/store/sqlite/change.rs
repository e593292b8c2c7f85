//! Changes that people make, each with its line of the audit log.

use model::{LinkPurpose, UserId};
use sqlx::SqliteConnection;

use super::{audit, credentials, destinations, endpoints, links, refetches, requests, resends, sealing, sessions, tokens, users};
use crate::store::StoreError;
use crate::store::accounts::Link;
use crate::store::change::{Change, NewAuditEntry};
use crate::store::sealing::require_key;

/// The caller's transaction has the right to write, so changes come one after the other.
pub(super) async fn change(connection: &mut SqliteConnection, change: &Change, entry: &NewAuditEntry) -> Result<(), StoreError> {
    let sealed = change.sealed_values();
    if !sealed.is_empty() {
        require_key(&sealed, sealing::fingerprint(&mut *connection).await?)?;
    }
    apply(&mut *connection, change).await?;
    if change.concerns_configuration() {
        endpoints::raise_version(&mut *connection).await?;
    }
    audit::append(connection, entry).await
}

async fn apply(connection: &mut SqliteConnection, change: &Change) -> Result<(), StoreError> {
    match change {
        Change::AddEndpoint(endpoint, secrets) => {
            endpoints::add(connection, endpoint).await?;
            for secret in secrets {
                endpoints::add_secret(connection, secret).await?;
            }
            Ok(())
        }
        Change::UpdateEndpoint { before, after } => {
            endpoints::require_unchanged(connection, before).await?;
            endpoints::update(connection, after).await
        }
        Change::ArchiveEndpoint(endpoint, at) => {
            endpoints::archive(connection, *endpoint, *at).await?;
            refetches::cancel_of_endpoint(connection, *endpoint).await
        }
        Change::AddSecret(secret) => {
            endpoints::require_live(connection, secret.endpoint_id).await?;
            endpoints::add_secret(connection, secret).await
        }
        Change::UpdateSecret { before, after } => {
            endpoints::require_unchanged_secret(connection, before).await?;
            endpoints::update_secret(connection, after).await
        }
        Change::RemoveSecret(endpoint, secret) => endpoints::remove_secret(connection, *endpoint, *secret).await,
        Change::SetCredentials(endpoint, credentials) => {
            endpoints::require_live(connection, *endpoint).await?;
            match credentials {
                Some(credentials) => credentials::set(connection, *endpoint, credentials).await,
                None => credentials::remove(connection, *endpoint).await,
            }
        }
        Change::AddUser(user) => users::add(connection, user).await,
        Change::InviteUser(user, link) => {
            users::add(connection, user).await?;
            links::add(connection, link).await
        }
        Change::UseSetUpLink { link, at, user } => {
            links::take_set_up(connection, *link, *at).await?;
            if users::any(connection).await? {
                return Err(StoreError::Conflict("a user"));
            }
            users::add(connection, user).await
        }
        Change::AddLink(link) => replace_link(connection, link).await,
        Change::UseLink { link, at, password_hash } => {
            let user = links::take_of_user(connection, *link, *at).await?;
            set_password(connection, user, password_hash).await?;
            sessions::end_all(connection, user, None).await
        }
        Change::SetRole(user, role) => {
            let before = users::admins(connection).await?;
            users::set_role(connection, *user, *role).await?;
            require_admin(connection, before).await
        }
        Change::SetDisabled(user, at) => {
            let before = users::admins(connection).await?;
            users::set_disabled(connection, *user, *at).await?;
            if at.is_some() {
                sessions::end_all(connection, *user, None).await?;
            }
            require_admin(connection, before).await
        }
        Change::SetPassword {
            user,
            password_hash,
            keep,
        } => {
            set_password(connection, *user, password_hash).await?;
            sessions::end_all(connection, *user, *keep).await
        }
        Change::SetSecondFactor { user, factor, keep } => {
            users::set_second_factor(connection, *user, factor.as_ref()).await?;
            sessions::end_all(connection, *user, *keep).await
        }
        Change::UseRecoveryCode { user, code, at } => users::use_recovery_code(connection, *user, *code, *at).await,
        Change::EndSession(user, session) => sessions::end(connection, *user, *session).await,
        Change::EndSessions { user, keep } => sessions::end_all(connection, *user, *keep).await,
        Change::AddToken(token) => tokens::add(connection, token).await,
        Change::RevokeToken(user, token, at) => tokens::revoke(connection, *user, *token, *at).await,
        Change::AddDestination(destination, secret) => destinations::add(connection, destination, secret).await,
        Change::UpdateDestination { before, after } => destinations::update(connection, before, after).await,
        Change::ArchiveDestination(id, at) => destinations::archive(connection, *id, *at).await,
        Change::SetDestinationDisabled(id, disabled) => destinations::set_disabled(connection, *id, *disabled).await,
        Change::RotateDestinationSecret { secret, others_end } => destinations::rotate(connection, secret, *others_end).await,
        Change::Resend { deliveries, trigger, at } => requests::resend(connection, deliveries, *trigger, *at).await,
        Change::Release { webhooks, at } => requests::release(connection, webhooks, *at).await,
        Change::RetryDelivery { delivery, held, at } => requests::retry(connection, *delivery, *held, *at).await,
        Change::CancelDelivery(delivery, at) => requests::cancel(connection, *delivery, *at).await,
        Change::AddResend(resend) => resends::add(connection, resend).await,
        Change::CancelResend(resend, _) => resends::cancel(connection, *resend).await,
        Change::Refetch { refetches, at } => refetches::ask(connection, refetches, *at).await,
        Change::Nothing => Ok(()),
    }
}

async fn replace_link(connection: &mut SqliteConnection, link: &Link) -> Result<(), StoreError> {
    links::remove(connection, link.user, link.purpose).await?;
    links::add(connection, link).await
}

/// Under a link that was not used yet someone could choose another password.
async fn set_password(connection: &mut SqliteConnection, user: UserId, password_hash: &str) -> Result<(), StoreError> {
    users::set_password(connection, user, password_hash).await?;
    for purpose in [LinkPurpose::Invite, LinkPurpose::Reset] {
        links::remove(connection, Some(user), purpose).await?;
    }
    Ok(())
}

/// `before` there were so many; none at all may be so, such as before the first admin has chosen a password.
async fn require_admin(connection: &mut SqliteConnection, before: i64) -> Result<(), StoreError> {
    if before > 0 && users::admins(connection).await? == 0 {
        return Err(StoreError::LastAdmin);
    }
    Ok(())
}
