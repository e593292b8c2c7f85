use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;

use super::Api;
use super::problem::Problem;
use crate::ingest::peer_address;
use crate::operation::Actor;

/// Whoever calls: a token's user.
pub struct Caller {
    pub actor: Actor,
    token: String,
    address: IpAddr,
}

impl FromRequestParts<Api> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let token = bearer_token(parts).ok_or_else(Problem::not_signed_in)?.to_owned();
        let peer = ConnectInfo::<SocketAddr>::from_request_parts(parts, api).await;
        let ConnectInfo(peer) = peer.map_err(|error| Problem::new(error.status(), error.body_text()))?;
        let address = peer_address(peer.ip(), &parts.headers, &api.trusted_proxies);
        let actor = api.operations.actor_of_token(&token, address).await?;
        Ok(Self { actor, token, address })
    }
}

impl Caller {
    /// Whether the token is still valid: a stream goes on for longer than a request.
    pub async fn may_go_on(&self, api: &Api) -> bool {
        api.operations.actor_of_token(&self.token, self.address).await.is_ok()
    }
}

/// The one token of the request.
fn bearer_token(parts: &Parts) -> Option<&str> {
    let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
