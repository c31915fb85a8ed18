//! Explanations in French and Portuguese; the English words stand beside the rules and refusals.

use std::fmt::Write as _;

use super::{Explanation, NotTrusted, Outcome, Rule};
use crate::Language;

impl Explanation {
    /// Every check with its result, a line each.
    pub fn text(&self, language: Language) -> String {
        let mut text = String::new();
        for (rule, outcome) in &self.checks {
            let rule = rule.text_in(language);
            let _ = match outcome {
                Outcome::Passed => writeln!(text, "{}  {rule}", passed(language)),
                Outcome::Failed(why) => writeln!(text, "{}  {rule}: {}", failed(language), why.text_in(language)),
                Outcome::NotReached => writeln!(text, "  -   {rule}"),
            };
        }
        text
    }
}

const fn passed(language: Language) -> &'static str {
    match language {
        Language::En => "pass",
        Language::Fr => "oui ",
        Language::Pt => "sim ",
    }
}

const fn failed(language: Language) -> &'static str {
    match language {
        Language::En => "FAIL",
        Language::Fr => "NON ",
        Language::Pt => "NÃO ",
    }
}

impl Rule {
    /// The rule in words of that language.
    pub const fn text_in(self, language: Language) -> &'static str {
        match language {
            Language::En => self.text(),
            Language::Fr => rule_fr(self),
            Language::Pt => rule_pt(self),
        }
    }
}

impl NotTrusted {
    /// Why, in words of that language. What is wrong with a list is said in the words of the standards.
    pub fn text_in(&self, language: Language) -> String {
        match language {
            Language::En => self.to_string(),
            Language::Fr => refusal_fr(self),
            Language::Pt => refusal_pt(self),
        }
    }
}

const fn rule_fr(rule: Rule) -> &'static str {
    match rule {
        Rule::CountryListed => "la liste régionale nomme le pays",
        Rule::ClientListed => "une liste nationale nomme le client",
        Rule::MemberAdmitted => "la liste régionale admet le pays à ce moment",
        Rule::MemberNotSuspendedByOrder => "aucun ordre ne suspend le pays",
        Rule::MemberListUsable => "la liste du pays a passé la vérification",
        Rule::MemberListCurrent => "la liste du pays et les documents de la région ne sont pas échus",
        Rule::ServiceListed => "la liste du pays nomme un tel service",
        Rule::ServiceGranted => "son statut est accordé à ce moment",
        Rule::ServiceNotSuspendedByOrder => "aucun ordre ne le suspend",
        Rule::Recognised => "la matrice de reconnaissance a une ligne pour les deux pays et la finalité",
        Rule::RecognitionInForce => "cette ligne est en vigueur à ce moment",
        Rule::LevelReachable => "son plafond, la reconnaissance et les ordres permettent le niveau",
    }
}

const fn rule_pt(rule: Rule) -> &'static str {
    match rule {
        Rule::CountryListed => "a lista regional menciona o país",
        Rule::ClientListed => "uma lista nacional menciona o cliente",
        Rule::MemberAdmitted => "a lista regional admite o país nesse momento",
        Rule::MemberNotSuspendedByOrder => "nenhuma ordem suspende o país",
        Rule::MemberListUsable => "a lista do país passou a verificação",
        Rule::MemberListCurrent => "a lista do país e os documentos da região não caducaram",
        Rule::ServiceListed => "a lista do país menciona um tal serviço",
        Rule::ServiceGranted => "o seu estado é concedido nesse momento",
        Rule::ServiceNotSuspendedByOrder => "nenhuma ordem o suspende",
        Rule::Recognised => "a matriz de reconhecimento tem uma linha para os dois países e a finalidade",
        Rule::RecognitionInForce => "essa linha está em vigor nesse momento",
        Rule::LevelReachable => "o seu limite, o reconhecimento e as ordens permitem o nível",
    }
}

fn refusal_fr(why: &NotTrusted) -> String {
    match why {
        NotTrusted::UnknownCountry => "le pays n'est pas dans la liste régionale".to_owned(),
        NotTrusted::MemberNotAdmitted => "le pays n'est pas membre à ce moment".to_owned(),
        NotTrusted::MemberListUnusable(problem) => format!("la liste du pays est inutilisable : {problem}"),
        NotTrusted::NoSuchService => "la liste du pays n'a pas un tel service".to_owned(),
        NotTrusted::UnknownClient => "aucune liste n'a un tel client".to_owned(),
        NotTrusted::NotYetListed => "le service n'était pas encore inscrit à ce moment".to_owned(),
        NotTrusted::Suspended => "suspendu".to_owned(),
        NotTrusted::Withdrawn => "retiré".to_owned(),
        NotTrusted::NotRecognised => "non reconnu pour cette finalité".to_owned(),
        NotTrusted::RecognitionNotInForce => "la reconnaissance n'est pas en vigueur à ce moment".to_owned(),
        NotTrusted::LevelNotReachable { max } => format!("le niveau {max} au plus peut être atteint"),
    }
}

fn refusal_pt(why: &NotTrusted) -> String {
    match why {
        NotTrusted::UnknownCountry => "o país não está na lista regional".to_owned(),
        NotTrusted::MemberNotAdmitted => "o país não é membro nesse momento".to_owned(),
        NotTrusted::MemberListUnusable(problem) => format!("a lista do país não pode ser usada: {problem}"),
        NotTrusted::NoSuchService => "a lista do país não tem um tal serviço".to_owned(),
        NotTrusted::UnknownClient => "nenhuma lista tem um tal cliente".to_owned(),
        NotTrusted::NotYetListed => "o serviço ainda não estava inscrito nesse momento".to_owned(),
        NotTrusted::Suspended => "suspenso".to_owned(),
        NotTrusted::Withdrawn => "retirado".to_owned(),
        NotTrusted::NotRecognised => "não reconhecido para esta finalidade".to_owned(),
        NotTrusted::RecognitionNotInForce => "o reconhecimento não está em vigor nesse momento".to_owned(),
        NotTrusted::LevelNotReachable { max } => format!("no máximo o nível {max} pode ser alcançado"),
    }
}
