//! `trustctl stats`

use std::fmt::{Display, Write as _};

use serde_json::json;
use strict_jose::UnixTime;
use trust_list::Language;
use trust_list::stats::{Stats, stats};

use crate::error::CliError;
use crate::outcome::Outcome;
use crate::snapshot::Source;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
}

pub(crate) fn run(args: &Args, now: UnixTime, language: Language) -> Result<Outcome, CliError> {
    let list = args.source.verify(now)?;
    let stats = stats(&list, &args.source.documents()?, now)?;
    Ok(Outcome::done(text(&stats, language), json!(stats)))
}

/// The titles of the counts.
struct Titles {
    rows: [&'static str; 6],
    orders: &'static str,
    recognition: &'static str,
    purposes: &'static str,
    signers: &'static str,
    never: &'static str,
}

const fn titles(language: Language) -> Titles {
    match language {
        Language::En => Titles {
            rows: [
                "members by status",
                "entries by kind",
                "entries by country",
                "entries by status",
                "providers by level",
                "keys by algorithm",
            ],
            orders: "suspensions by order",
            recognition: "who accepts whom",
            purposes: "purposes",
            signers: "signatures given, of those that could be",
            never: "never",
        },
        Language::Fr => Titles {
            rows: [
                "membres par statut",
                "entrées par type",
                "entrées par pays",
                "entrées par statut",
                "fournisseurs par niveau",
                "clés par algorithme",
            ],
            orders: "suspensions par ordre",
            recognition: "qui accepte qui",
            purposes: "finalités",
            signers: "signatures données, sur celles possibles",
            never: "jamais",
        },
        Language::Pt => Titles {
            rows: [
                "membros por estado",
                "entradas por tipo",
                "entradas por país",
                "entradas por estado",
                "fornecedores por nível",
                "chaves por algoritmo",
            ],
            orders: "suspensões por ordem",
            recognition: "quem aceita quem",
            purposes: "finalidades",
            signers: "assinaturas dadas, das possíveis",
            never: "nunca",
        },
    }
}

fn text(stats: &Stats, language: Language) -> String {
    let titles = titles(language);
    let counts = [
        row(&stats.members),
        row(&stats.kinds),
        row(&stats.countries),
        row(&stats.statuses),
        row(&stats.levels),
        row(&stats.algorithms),
    ];
    let mut text = String::new();
    for (title, counts) in titles.rows.iter().zip(counts) {
        let _ = writeln!(text, "{title}: {counts}");
    }
    let _ = writeln!(text, "{}: {}\n\n{}", titles.orders, stats.orders, titles.recognition);
    for pair in &stats.recognition {
        let _ = writeln!(text, "  {} <- {}  {} {}", pair.recogniser, pair.recognised, pair.purposes, titles.purposes);
    }
    let _ = writeln!(text, "\n{}", titles.signers);
    for part in &stats.signers {
        let last = part.last.as_deref().unwrap_or(titles.never);
        let _ =
            writeln!(text, "  {}/{}  {} ({})  {last}", part.signed, part.of, part.signer.holder, part.signer.country);
    }
    text
}

fn row<K: Display>(counts: &std::collections::BTreeMap<K, usize>) -> String {
    let counts: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    if counts.is_empty() { "0".to_owned() } else { counts.join(", ") }
}
