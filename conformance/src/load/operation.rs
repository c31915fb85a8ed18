//! The operations that are measured, and how to do one of each.

use std::sync::Arc;

use anyhow::Context as _;

use super::floor::Work;
use crate::browser::journey::{Decision, Journey};
use crate::browser::{Arrival, Browser};
use crate::json::at;
use crate::persona::Persona;
use crate::region::Region;
use crate::rp::RelyingParty;

/// Something the hub does. To add one: a variant, its floor, and how to do it in [`Driver::once`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// PAR, authorize, country, callback, consent, token, userinfo with a citizen of XE.
    BrokeredLogin,
    /// A country system gets a token for itself.
    ClientCredentials,
    /// A country system exchanges a national ID token.
    TokenExchange,
    /// Userinfo with a token that is at hand.
    Userinfo,
    /// The metadata.
    Discovery,
}

impl Operation {
    pub(super) const ALL: [Self; 5] =
        [Self::BrokeredLogin, Self::ClientCredentials, Self::TokenExchange, Self::Userinfo, Self::Discovery];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::BrokeredLogin => "brokered_login",
            Self::ClientCredentials => "client_credentials",
            Self::TokenExchange => "token_exchange",
            Self::Userinfo => "userinfo",
            Self::Discovery => "discovery",
        }
    }

    /// Requests that the hub answers for one operation; one of them carries the [`Work`].
    pub(super) fn requests(self) -> u32 {
        match self {
            Self::BrokeredLogin => 7,
            Self::ClientCredentials | Self::TokenExchange | Self::Userinfo | Self::Discovery => 1,
        }
    }

    /// What the operation cannot do without.
    pub(super) fn floor(self) -> Work {
        let work = |signs, verifies, calls| Work { signs, verifies, calls, ..Work::default() };
        match self {
            // Signed: the assertion for the national provider, ID token, access token. Verified: the client's assertion
            // at PAR and at token, the national ID token, the access token at userinfo, and the DPoP proofs at token
            // and userinfo. Called: token and userinfo.
            Self::BrokeredLogin => work(3, 6, 2),
            // Verified: assertion and proof; for an exchange the subject token too.
            Self::ClientCredentials => work(1, 2, 0),
            Self::TokenExchange => work(1, 3, 0),
            // Verified: access token and proof.
            Self::Userinfo => work(0, 2, 0),
            Self::Discovery => work(0, 0, 0),
        }
    }
}

/// Everything that is needed to do operations; shared by all tasks of a batch.
pub(super) struct Driver {
    pub(super) region: Arc<Region>,
    pub(super) http: reqwest::Client,
    pub(super) party: RelyingParty,
    pub(super) system: RelyingParty,
    pub(super) persona: Persona,
    pub(super) audience: String,
    pub(super) access_token: String,
}

const COUNTRY: &str = "XE";

impl Driver {
    /// Does an operation `count` times, with a few at a time.
    pub(super) async fn repeat(self: &Arc<Self>, operation: Operation, count: u32) -> anyhow::Result<()> {
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..CONCURRENCY {
            let driver = self.clone();
            let share = count / CONCURRENCY + u32::from(task < count % CONCURRENCY);
            tasks.spawn(async move {
                for _ in 0..share {
                    driver.once(operation).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    }

    /// Does an operation once.
    pub(super) async fn once(&self, operation: Operation) -> anyhow::Result<()> {
        match operation {
            Operation::BrokeredLogin => self.login().await.map(drop),
            Operation::ClientCredentials => ok(&self.system.client_credentials("verify").await?),
            Operation::TokenExchange => {
                let token = self.region.oidc.mint_id_token(&self.system.client_id, &self.persona)?;
                ok(&self.system.exchange(&token, &[("audience", &self.audience)]).await?)
            }
            Operation::Userinfo => ok(&self.party.userinfo(&self.access_token).await?),
            Operation::Discovery => {
                let url = format!("{}/.well-known/openid-configuration", self.party.hub.issuer);
                self.http.get(url).send().await?.error_for_status()?.bytes().await?;
                Ok(())
            }
        }
    }

    /// A whole login; gives the access token.
    pub(super) async fn login(&self) -> anyhow::Result<String> {
        let request = self.party.request("openid profile", &[]);
        let start = self.party.push(&request).await?;
        let mut browser = Browser::new(self.http.clone());
        let journey = Journey { country: COUNTRY, persona: &self.persona, decision: Decision::Allow };
        let back = match journey.walk(&mut browser, &start, &self.party.redirect_uri).await? {
            Arrival::Address(back) => back,
            Arrival::Page(page) => {
                anyhow::bail!("the login ended at {} ({}): {}", page.url, page.status, page.body)
            }
        };
        let answer = self.party.redeem(&self.party.code(&request, &back)?, &request.verifier).await?;
        let token = at(&answer.json(), "access_token").as_str().context(answer.body.clone())?.to_owned();
        ok(&self.party.userinfo(&token).await?)?;
        Ok(token)
    }

    /// A login left at the national provider's door.
    pub(super) async fn begin(&self) -> anyhow::Result<()> {
        let start = self.party.push(&self.party.request("openid profile", &[])).await?;
        let mut browser = Browser::new(self.http.clone());
        let picker = browser.open(&start).await?;
        let form = picker.press(&crate::browser::journey::country_button(COUNTRY))?;
        let away = browser.submit(form).await?;
        anyhow::ensure!(away.location().is_some(), "no redirect to the national provider: {}", away.body);
        Ok(())
    }

    /// Begins many logins.
    pub(super) async fn begin_many(self: &Arc<Self>, count: u32) -> anyhow::Result<()> {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..CONCURRENCY {
            let driver = self.clone();
            tasks.spawn(async move {
                for _ in 0..count / CONCURRENCY {
                    driver.begin().await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    }
}

/// As many at a time as keep two cores busy without a queue.
pub(super) const CONCURRENCY: u32 = 8;

fn ok(answer: &crate::rp::Answer) -> anyhow::Result<()> {
    anyhow::ensure!(answer.status == 200, "{}: {}", answer.status, answer.body);
    Ok(())
}
