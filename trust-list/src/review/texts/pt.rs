//! Portuguese.

use super::{Headings, QuorumWords, of_row};
use crate::document::Role;
use crate::review::{Danger, Fact, Label, QuorumReview, Subject};
use crate::{Level, Quorum, Recognition};

pub(super) fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Quorum { role, before, after } => {
            let quorum = |quorum: &Option<Quorum>| quorum.map_or("nenhum".to_owned(), self::quorum);
            format!("{}: o quórum passa de {} para {}", self::role(*role), quorum(before), quorum(after))
        }
        Fact::RootKeyAdded { key, holder, country, roles } if roles.is_empty() => {
            format!("a chave {key} (titular {holder}, {country}) é anunciada; ainda não assina nada")
        }
        Fact::RootKeyAdded { key, holder, country, roles } => {
            format!("a chave {key} (titular {holder}, {country}) pode assinar: {roles}")
        }
        Fact::RootKeyRemoved { key, holder, country, roles } => {
            format!("a chave {key} (titular {holder}, {country}) já não pode assinar: {roles}")
        }
        Fact::MemberAdmitted { country, name } => format!("{country} ({name}) torna-se membro"),
        Fact::MemberRemoved { country, name } => {
            format!("{country} ({name}) deixa de ser mencionado; um estado guardaria a sua história")
        }
        Fact::SignerAdded { country, key, holder } => {
            format!("a lista de {country} pode ser assinada pela chave {key} (titular {holder})")
        }
        Fact::SignerRemoved { country, key, holder } => {
            format!("a lista de {country} já não pode ser assinada pela chave {key} (titular {holder})")
        }
        Fact::Status { of, before: None, after: Some(after) } => {
            format!("{}: o estado é {}", subject(of), status(after))
        }
        Fact::Status { of, before, after } => {
            let word = |word: &Option<String>| word.as_deref().map_or("nenhum".to_owned(), status);
            format!("{}: o estado passa de {} para {}", subject(of), word(before), word(after))
        }
        Fact::AnyHost { country, permitted: true } => {
            format!(
                "os fornecedores de {country} podem estar em qualquer servidor: a última regra sobre os seus servidores desaparece"
            )
        }
        Fact::AnyHost { country, permitted: false } => {
            format!("os fornecedores de {country} só podem estar nos servidores permitidos")
        }
        Fact::RecognitionAdded { row } => recognition(row),
        Fact::RecognitionRemoved { row } => {
            let (recogniser, accepted, purpose) = of_row(row);
            format!(
                "a linha pela qual {recogniser} aceita os cidadãos de {accepted} para {purpose} a partir de {} desaparece sem rasto; um fim guardaria a sua história",
                row.from.to_rfc3339()
            )
        }
        Fact::RecognitionLevel { row, before, after } => {
            let (recogniser, accepted, purpose) = of_row(row);
            let (before, after) = (level(*before), level(*after));
            format!("{recogniser} aceita os cidadãos de {accepted} para {purpose} até ao nível {after}, antes {before}")
        }
        Fact::RecognitionUntil { row, before, after } => {
            let (recogniser, accepted, purpose) = of_row(row);
            let (before, after) = (or_no_end(before.as_ref()), or_no_end(after.as_ref()));
            format!("{recogniser} aceita os cidadãos de {accepted} para {purpose} até {after}, antes até {before}")
        }
        Fact::RecognitionBasis { row, before, after } => {
            let (recogniser, accepted, purpose) = of_row(row);
            format!("{recogniser} aceita os cidadãos de {accepted} para {purpose} com base em {after}, antes {before}")
        }
        Fact::Reinstated { target, orders_before } => {
            format!("{target} volta a ser aceite: as ordens de suspensão anteriores a {orders_before} são levantadas")
        }
        Fact::ReinstatementRemoved { target, orders_before } => {
            format!("o levantamento das ordens de suspensão contra {target} anteriores a {orders_before} é anulado")
        }
        Fact::EntryAdded { id, kind, name } => format!("{id} ({name}) entra na lista como {kind}"),
        Fact::EntryRemoved { id, kind, name } => {
            format!("{id} ({name}), {kind}, desaparece sem rasto; uma retirada guardaria a sua história")
        }
        Fact::EntryKeyAdded { id, key } => format!("{id} pode usar a chave {key}"),
        Fact::EntryKeyRemoved { id, key } => format!("{id} já não pode usar a chave {key}"),
        Fact::Setting { id, name, before, after } => {
            changed(&format!("{id}: definição {name}"), before.as_deref(), after.as_deref())
        }
        Fact::Set { of, label, before, after } => {
            changed(&format!("{}: {}", subject(of), self::label(*label)), before.as_deref(), after.as_deref())
        }
        Fact::Raw { before, after } => {
            let word = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string);
            changed("valor", word(before).as_deref(), word(after).as_deref())
        }
    }
}

fn recognition(row: &Recognition) -> String {
    let (recogniser, accepted, purpose) = of_row(row);
    let until = row.until.map_or("sem fim".to_owned(), |until| format!("até {}", until.to_rfc3339()));
    format!(
        "{recogniser} aceitará os cidadãos de {accepted} para {purpose} até ao nível {} a partir de {} {until}, com base em {}",
        level(row.max_level),
        row.from.to_rfc3339(),
        row.legal_basis
    )
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Low => "baixo",
        Level::Substantial => "substancial",
        Level::High => "elevado",
    }
}

fn changed(what: &str, before: Option<&str>, after: Option<&str>) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("{what} muda de {before} para {after}"),
        (None, Some(after)) => format!("{what}, novo: {after}"),
        (Some(before), None) => format!("{what}, suprimido: {before}"),
        (None, None) => what.to_owned(),
    }
}

fn or_no_end(value: Option<&String>) -> &str {
    value.map_or("nova ordem", String::as_str)
}

fn quorum(quorum: Quorum) -> String {
    format!("{} chaves de {} países", quorum.threshold, quorum.countries)
}

/// A status; one that nobody has a word for is given as it is.
fn status(word: &str) -> String {
    match word {
        "granted" => "concedido",
        "suspended" => "suspenso",
        "withdrawn" => "retirado",
        other => other,
    }
    .to_owned()
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::Root => "para assinar raízes",
        Role::Regional => "para assinar listas regionais",
        Role::Status => "para assinar o documento de estado",
    }
}

fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Document => "este documento".to_owned(),
        Subject::Key(key, holder) => format!("chave {key} ({holder})"),
        Subject::Member(name) | Subject::Entry(name) => name.clone(),
        Subject::Purpose(entry, purpose) => format!("{entry} para {purpose}"),
    }
}

const fn label(label: Label) -> &'static str {
    match label {
        Label::Number => "número",
        Label::Issued => "data de emissão",
        Label::ValidUntil => "fim",
        Label::Region => "região",
        Label::Distribution => "local de publicação",
        Label::StatusLife => "duração máxima de um documento de estado em segundos",
        Label::Log => "registo de transparência e as suas testemunhas",
        Label::Country => "país",
        Label::Holder => "titular",
        Label::Roles => "o que pode assinar",
        Label::Name => "nome",
        Label::OperatorName => "nome do operador",
        Label::LegalName => "denominação legal",
        Label::Location => "endereço da lista",
        Label::SignersNeeded => "assinaturas exigidas para a sua lista",
        Label::StatusSince => "data do estado",
        Label::History => "estados anteriores",
        Label::ServiceType => "tipo de serviço",
        Label::Registration => "número de registo",
        Label::PostalAddress => "endereço postal",
        Label::ElectronicAddress => "endereço eletrónico",
        Label::Information => "página de informação",
        Label::Host => "servidor",
        Label::Identifier => "identificador",
        Label::Adapter => "adaptador",
        Label::MaxLevel => "nível mais alto",
        Label::MinLevel => "nível mais baixo",
        Label::Claim => "atributo",
        Label::Sector => "setor",
        Label::SecurityProfile => "perfil de segurança",
        Label::RedirectUri => "endereço de retorno",
        Label::Grant => "tipo de concessão",
        Label::Scope => "âmbito",
        Label::LegalBasis => "base legal",
        Label::Purpose => "finalidade",
        Label::PurposeText => "texto para o cidadão",
        Label::Exchange => "troca de fichas",
    }
}

pub(super) const fn danger(danger: Danger) -> &'static str {
    match danger {
        Danger::QuorumLowered => "bastam menos assinaturas",
        Danger::KeyAdded => "uma chave ganha poder",
        Danger::LevelRaised => "um nível mais alto é aceite",
        Danger::MinimumLowered => "basta um nível mais baixo",
        Danger::Widened => "mais é permitido",
        Danger::Reinstated => "de novo aceite",
        Danger::Prolonged => "vale por mais tempo",
        Danger::Setting => "decide o que é aceite",
    }
}

pub(super) const HEADINGS: Headings = Headings {
    changes: "O que muda",
    first: "O que diz: não há versão anterior",
    nothing: "nada",
    signatures: "Assinaturas",
};

pub(super) fn quorum_line(quorum: &QuorumReview) -> QuorumWords {
    let QuorumReview { by, threshold, countries, countries_needed, missing, .. } = quorum;
    let (by, signed) = (self::by(by), quorum.signed.len());
    let line =
        format!("{by}: {signed} de {threshold} chaves, {countries} de {countries_needed} países; faltam {missing}");
    QuorumWords { line, signed: "assinou ", open: "em falta" }
}

/// The names of the quorums; one without a word here is given as it is.
fn by(name: &'static str) -> &'static str {
    match name {
        "the root before it" => "a raiz anterior",
        "its own keys" => "as suas próprias chaves",
        "the regulators" => "os reguladores",
        "the online keys" => "as chaves em linha",
        "the member's signers" => "os signatários do membro",
        "two regulators of two countries" => "dois reguladores de dois países",
        "the member itself" => "o próprio membro",
        other => other,
    }
}
