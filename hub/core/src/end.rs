//! How a login ends without a code: its pushed request is used up, it is recorded, and the relying party is told.

use strict_jose::UnixTime;
use trust_list::{CountryCode, TrustState};

use crate::auditing;
use crate::broker::{AsOf, Broker, in_force};
use crate::browser::PageReason;
use crate::error::OAuthError;
use crate::login::Course;
use crate::stop::Stop;

impl Broker {
    /// The list in force, or the end of the login.
    pub(crate) async fn in_force_for<'l>(
        &self,
        trust: &'l TrustState,
        course: &Course,
        now: UnixTime,
    ) -> Result<AsOf<'l>, Stop> {
        match in_force(trust, now) {
            Ok(as_of) => Ok(as_of),
            Err(error) => Err(self.end(None, course, &error).await),
        }
    }

    /// The login ends: it is recorded, and the relying party is told.
    pub(crate) async fn refuse(
        &self,
        course: &Course,
        country: Option<CountryCode>,
        error: OAuthError,
        as_of: AsOf<'_>,
    ) -> Stop {
        tracing::info!(%error, country = country.map(tracing::field::display), "a login ends without a code");
        if !self.is_first_end(course).await {
            return PageReason::LoginExpired.into();
        }
        self.note(auditing::of_refusal(&error, &course.request, country, as_of)).await;
        let stop = Stop::back_if_trusted(Some(as_of), &course.answer(self.issuer()), &error);
        stop.explained(as_of, &course.request.client_id, &course.request.ui_locales, &error)
    }

    /// The login ends before anything happened that is worth a record.
    pub(crate) async fn end(&self, as_of: Option<AsOf<'_>>, course: &Course, error: &OAuthError) -> Stop {
        if !self.is_first_end(course).await {
            return PageReason::LoginExpired.into();
        }
        Stop::back_if_trusted(as_of, &course.answer(self.issuer()), error)
    }

    /// Attacks B05: one pushed request, one end. What ends first uses it up, so nothing else of it is told anywhere. A store
    /// that does not answer cannot say; the relying party is told then, and no code can come of it.
    async fn is_first_end(&self, course: &Course) -> bool {
        self.stores.pushed_requests.use_up(&course.request_id).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the store failed");
            true
        })
    }
}
