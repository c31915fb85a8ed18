//! Several publishers of the same documents.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::join_all;

use super::{FetchError, Fetched, Fits, Publisher, Verdict};

/// Several places with the same documents. Roots and the status document are asked of all of them at once, and the
/// newest that is good counts: a mirror that withholds, lies or is away changes nothing while another has them. Lists
/// are fetched from the first that has the bytes which the status document names.
pub struct Mirrors(Vec<Arc<dyn Publisher>>);

impl Mirrors {
    /// The mirrors, the preferred one first.
    pub fn new(mirrors: Vec<Arc<dyn Publisher>>) -> Self {
        Self(mirrors)
    }
}

#[async_trait]
impl Publisher for Mirrors {
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        self.fetch_fitting(path, max_bytes, &|_| true).await
    }

    async fn fetch_fitting(&self, path: &str, max_bytes: usize, fits: Fits<'_>) -> Fetched {
        let mut otherwise: Fetched = Ok(None);
        for mirror in &self.0 {
            match (mirror.fetch(path, max_bytes).await, &otherwise) {
                (Ok(Some(bytes)), _) if fits(&bytes) => return Ok(Some(bytes)),
                // What a misfit is like says more than a silence.
                (Ok(Some(bytes)), _) => otherwise = Ok(Some(bytes)),
                (Err(error), Ok(None)) => otherwise = Err(error),
                (Err(_) | Ok(None), _) => {}
            }
        }
        otherwise
    }

    async fn fetch_each(&self, path: &str, max_bytes: usize) -> Vec<Fetched> {
        join_all(self.0.iter().map(|mirror| mirror.fetch(path, max_bytes))).await
    }

    fn judged(&self, place: usize, verdict: &Verdict) {
        if let Some(mirror) = self.0.get(place) {
            mirror.judged(0, verdict);
        }
    }
}
