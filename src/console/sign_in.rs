use app::port::SignIn;
use app::view::{ConsoleError, LinkPage, SignInStep, Typed};
use async_trait::async_trait;

use super::{ServerConsole, report};
use crate::accounts::{Entered, SignInError};

#[async_trait]
impl SignIn for ServerConsole {
    async fn sign_in(&self, email: String, password: Typed) -> Result<SignInStep, ConsoleError> {
        let entered = self.operations.sign_in(&self.origin(), &email, &password.0).await;
        self.after(entered.map_err(refused)?).await
    }

    async fn second_factor(&self, code: Typed) -> Result<(), ConsoleError> {
        // The first step was too long ago, or there was none.
        let (user, password) = self.awaited().await?.ok_or(ConsoleError::NotSignedIn)?;
        let entered = self.operations.second_factor(&self.origin(), user, password, &code.0).await;
        self.let_in(&entered.map_err(refused)?).await
    }

    async fn sign_out(&self) -> Result<(), ConsoleError> {
        if self.actor.user.is_some() {
            self.operations.sign_out(&self.actor).await.map_err(report)?;
        }
        self.forget().await
    }

    async fn link(&self, token: String) -> Result<LinkPage, ConsoleError> {
        let (link, user) = self.operations.find_link(&token).await.map_err(report)?;
        Ok(LinkPage {
            purpose: link.purpose,
            email: user.map(|user| user.email),
        })
    }

    async fn use_link(&self, token: String, email: Option<String>, password: Typed) -> Result<SignInStep, ConsoleError> {
        let used = self
            .operations
            .use_link(&self.origin(), &token, email.as_deref(), &password.0)
            .await;
        self.after(used.map_err(report)?).await
    }
}

impl ServerConsole {
    async fn after(&self, entered: Entered) -> Result<SignInStep, ConsoleError> {
        match entered {
            Entered::SignedIn(user) => self.let_in(&user).await.map(|()| SignInStep::SignedIn),
            Entered::NeedsCode(user) => self.await_code(&user).await.map(|()| SignInStep::SecondFactor),
        }
    }
}

fn refused(error: SignInError) -> ConsoleError {
    match error {
        SignInError::Refused => ConsoleError::SignInFailed,
        SignInError::Operation(error) => report(error),
    }
}
