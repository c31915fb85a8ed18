//! `trustctl lint`

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};
use strict_jose::UnixTime;
use trust_list::Language;
use trust_list::lint::{Finding, Question, Severity, lint};

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A list: compact JAdES, JWS in JSON, or bare LoTE JSON; of this region or any other.
    list: PathBuf,
    /// The LoTEType that it should be.
    #[arg(long = "type", value_name = "URI")]
    lote_type: Option<String>,
    /// Where it was fetched from.
    #[arg(long, value_name = "URL")]
    location: Option<String>,
    /// The digest published beside it: a file with its SHA-256 in hexadecimal or base64url.
    #[arg(long, value_name = "FILE")]
    sha256: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, now: UnixTime, language: Language) -> Result<Outcome, CliError> {
    let bytes = files::read(&args.list)?;
    let digest = args.sha256.as_deref().map(files::read).transpose()?;
    let digest = digest.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let findings = lint(&Question {
        bytes: &bytes,
        now,
        lote_type: args.lote_type.as_deref(),
        location: args.location.as_deref(),
        sha256: digest.as_deref(),
    });
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let mut text = String::new();
    for finding in &findings {
        let _ = writeln!(text, "{}", finding.line(language));
    }
    let _ = writeln!(text, "{}", total(errors, findings.len() - errors, language));
    let rows = findings.iter().map(|finding| in_json(finding, language)).collect::<Vec<_>>();
    Ok(Outcome::done(text, json!({ "errors": errors, "findings": rows })).refused_if(errors > 0))
}

fn total(errors: usize, warnings: usize, language: Language) -> String {
    match language {
        Language::En => format!("errors: {errors}, warnings: {warnings}"),
        Language::Fr => format!("erreurs : {errors}, avis : {warnings}"),
        Language::Pt => format!("erros: {errors}, avisos: {warnings}"),
    }
}

fn in_json(finding: &Finding, language: Language) -> Value {
    let mut value = json!(finding);
    if let Some(members) = value.as_object_mut() {
        members.insert("text".to_owned(), finding.check.text(language).into());
    }
    value
}
