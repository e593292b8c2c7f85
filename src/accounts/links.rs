use model::{AuditAction, LinkPurpose, Role, Timestamp, UserId};
use url::Url;
use zeroize::Zeroizing;

use super::sign_in::normal_email;
use super::sign_in_limits::Origin;
use super::unguessable::{digest, new_text};
use super::{Entered, target};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::StoreError;
use crate::store::accounts::{Link, User};
use crate::store::change::Change;

const DAY_SECONDS: i64 = 24 * 60 * 60;
/// The longest e-mail address that can be written to (RFC 5321), in characters.
const LONGEST_EMAIL: usize = 254;

/// A link that was made just now. Whoever made it shows it once.
pub struct IssuedLink {
    pub purpose: LinkPurpose,
    /// Empty for the link under which the first admin is made.
    pub email: String,
    pub url: Zeroizing<String>,
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for IssuedLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IssuedLink({}, {})", self.purpose, self.email)
    }
}

impl Operations {
    /// A fresh link under which the first admin is made, in place of the one before; `None` when there is a user already.
    pub async fn offer_set_up(&self, actor: &Actor) -> Result<Option<IssuedLink>, OperationError> {
        actor.require(Role::Admin)?;
        let (link, issued) = self.new_link(LinkPurpose::SetUp, None);
        let is_offered = self.store.offer_set_up(&link).await?;
        Ok(is_offered.then_some(issued))
    }

    /// The live link of that token with the user that it is for. Open to everyone.
    pub async fn find_link(&self, token: &str) -> Result<(Link, Option<User>), OperationError> {
        let no_link = || OperationError::NotFound("link");
        let link = self.store.link(digest(token), self.clock.now()).await?.ok_or_else(no_link)?;
        let user = match link.user {
            Some(id) => self.store.user(id).await?,
            None => None,
        };
        // Whoever is disabled cannot come in by a link either.
        let is_live = match &user {
            Some(user) => user.disabled_at.is_none(),
            None => link.purpose == LinkPurpose::SetUp,
        };
        if is_live { Ok((link, user)) } else { Err(no_link()) }
    }

    /// Chooses a password under a link, which is used up by it; under the set-up link makes the first admin. Does not stand
    /// in for a second factor. Open to everyone.
    pub async fn use_link(
        &self,
        origin: &Origin,
        token: &str,
        email: Option<&str>,
        password: &str,
    ) -> Result<Entered, OperationError> {
        self.sign_in_limits.count_link(origin)?;
        let (link, user) = self.find_link(token).await?;
        let user = match user {
            Some(user) => self.use_link_of(origin, &link, user, password).await?,
            None => self.set_up(origin, &link, email.unwrap_or_default(), password).await?,
        };
        self.after_password(origin, user).await
    }

    async fn use_link_of(&self, origin: &Origin, link: &Link, user: User, password: &str) -> Result<User, OperationError> {
        let password_hash = self.passwords.hash("password", password).await?;
        let actor = Actor::signed_in(&user, origin.address);
        let entry = self.entry(&actor, AuditAction::LinkUsed, Some(target(&user)), Vec::new());
        let change = Change::UseLink {
            link: link.digest,
            at: entry.at,
            password_hash: password_hash.clone(),
        };
        self.store.change(&change, &entry).await?;
        Ok(User {
            password_hash: Some(password_hash),
            ..user
        })
    }

    async fn set_up(&self, origin: &Origin, link: &Link, email: &str, password: &str) -> Result<User, OperationError> {
        let email = read_email(email)?;
        let password_hash = self.passwords.hash("password", password).await?;
        let user = User {
            password_hash: Some(password_hash),
            ..self.new_user(email, Role::Admin)
        };
        let actor = Actor::signed_in(&user, origin.address);
        let entry = self.entry(&actor, AuditAction::SetUp, Some(target(&user)), Vec::new());
        let change = Change::UseSetUpLink {
            link: link.digest,
            at: entry.at,
            user: user.clone(),
        };
        self.store.change(&change, &entry).await?;
        Ok(user)
    }

    /// Makes a link for a user in place of their earlier ones of that purpose.
    pub(super) async fn add_link(&self, actor: &Actor, purpose: LinkPurpose, user: &User) -> Result<IssuedLink, OperationError> {
        let (link, issued) = self.new_link(purpose, Some(user));
        let entry = self.entry(actor, AuditAction::ResetLinkMade, Some(target(user)), Vec::new());
        match self.store.change(&Change::AddLink(link), &entry).await {
            Err(StoreError::Missing(_)) => Err(OperationError::NotFound("user")),
            changed => Ok(changed.map(|()| issued)?),
        }
    }

    pub(super) fn new_link(&self, purpose: LinkPurpose, user: Option<&User>) -> (Link, IssuedLink) {
        let token = new_text();
        let created_at = self.clock.now();
        let expires_at = created_at.plus_seconds(match purpose {
            LinkPurpose::SetUp | LinkPurpose::Reset => DAY_SECONDS,
            LinkPurpose::Invite => 7 * DAY_SECONDS,
        });
        let link = Link {
            digest: digest(token.as_bytes()),
            purpose,
            user: user.map(|user| user.id),
            created_at,
            expires_at,
        };
        let issued = IssuedLink {
            purpose,
            email: user.map(|user| user.email.clone()).unwrap_or_default(),
            url: link_url(&self.public_url, &token),
            expires_at,
        };
        (link, issued)
    }

    pub(super) fn new_user(&self, email: String, role: Role) -> User {
        let created_at = self.clock.now();
        User {
            id: UserId(self.ids.next(created_at)),
            email,
            role,
            password_hash: None,
            second_factor: None,
            disabled_at: None,
            created_at,
            signed_in_at: None,
        }
    }
}

fn link_url(public_url: &Url, token: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("{}/link/{token}", public_url.as_str().trim_end_matches('/')))
}

/// An e-mail address in the form that it is kept in. Whether mail arrives there only sending some would tell.
pub(super) fn read_email(typed: &str) -> Result<String, OperationError> {
    let email = normal_email(typed);
    let is_address = email
        .split_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'));
    let is_plain = email
        .chars()
        .all(|character| !character.is_whitespace() && !character.is_control() && character != ':');
    if is_address && is_plain && email.chars().count() <= LONGEST_EMAIL {
        Ok(email)
    } else {
        Err(OperationError::invalid(
            "email",
            "it is not an e-mail address such as ada@example.com",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, expected: Option<&str>) {
        assert_eq!(read_email(typed).ok().as_deref(), expected, "{typed:?}");
    }

    #[test]
    fn an_address_is_kept_in_one_form() {
        check(" Ada@Example.com ", Some("ada@example.com"));
        check("demo@hookproof.example", Some("demo@hookproof.example"));
        for refused in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a@b@c",
            "ada @example.com",
            "ada@exa\u{0}mple.com",
            "a:b@c",
        ] {
            check(refused, None);
        }
        check(&format!("{}@example.com", "a".repeat(300)), None);
    }
}
