//! The region's publisher: a folder behind a static HTTPS server, as any web server would be.

use std::net::TcpListener;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use actix_web::{HttpResponse, web};
use trust_list::document::DocumentPath;

use crate::files;
use crate::pki::TestPki;
use crate::serve::{self, Served};

/// A folder of signed documents, served.
pub struct Publisher {
    dir: PathBuf,
    mood: AtomicU8,
}

/// How the server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mood {
    /// It serves what is in the folder.
    Well = 0,
    /// Every request gets 500.
    Failing = 1,
    /// Every request gets an endless stream of spaces.
    Endless = 2,
    /// Every request gets a page.
    Html = 3,
}

impl Publisher {
    /// Serves `dir` on `listener`.
    pub fn start(pki: &TestPki, listener: TcpListener, dir: &Path) -> anyhow::Result<(Arc<Self>, Served)> {
        std::fs::create_dir_all(dir)?;
        let publisher = Arc::new(Self { dir: dir.to_owned(), mood: AtomicU8::new(Mood::Well as u8) });
        let shared = web::Data::from(publisher.clone());
        let served = serve::serve(pki, listener, move |app| {
            app.app_data(shared.clone()).route("/{path:.*}", web::get().to(document));
        })?;
        Ok((publisher, served))
    }

    /// Puts any bytes at a place: for tests of clients.
    pub fn put_unchecked(&self, path: DocumentPath, bytes: &[u8]) -> anyhow::Result<()> {
        files::write_whole(&self.dir.join(path.to_string()), bytes)
    }

    /// The document as it is published now.
    pub fn read(&self, path: DocumentPath) -> std::io::Result<Vec<u8>> {
        std::fs::read(self.dir.join(path.to_string()))
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes the server misbehave, or behave again.
    pub fn set_mood(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }
}

async fn document(publisher: web::Data<Publisher>, path: web::Path<String>) -> HttpResponse {
    match publisher.mood.load(Ordering::SeqCst) {
        mood if mood == Mood::Failing as u8 => return HttpResponse::InternalServerError().finish(),
        mood if mood == Mood::Html as u8 => return HttpResponse::Ok().content_type("text/html").body("<html></html>"),
        mood if mood == Mood::Endless as u8 => {
            let chunk = web::Bytes::from(vec![b' '; 1 << 16]);
            let endless = futures_util::stream::repeat_with(move || Ok::<_, actix_web::Error>(chunk.clone()));
            return HttpResponse::Ok().content_type("application/json").streaming(endless);
        }
        _ => {}
    }
    match file(&publisher.dir, &path).map(std::fs::read) {
        Some(Ok(bytes)) => HttpResponse::Ok().content_type("application/json").body(bytes),
        _ => HttpResponse::NotFound().finish(),
    }
}

/// The file of a path that stays in the folder.
fn file(dir: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    path.components().all(|part| matches!(part, Component::Normal(_))).then(|| dir.join(path))
}
