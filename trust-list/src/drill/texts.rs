//! The answer in words.

use std::fmt::Write as _;

use super::{Act, Drill, Held, Holding, Power};
use crate::Language;

/// The words of one language.
struct Words {
    keys: &'static str,
    nothing: &'static str,
    could: &'static str,
    could_not: &'static str,
    run: &'static str,
    lost: &'static str,
    online: &'static str,
    regulator: &'static str,
    signer: &'static str,
    entry: &'static str,
    alone: fn(&Power) -> String,
    with: fn(usize) -> String,
    unconcerned: &'static str,
    never: &'static str,
    act: fn(&Act) -> String,
}

impl Drill {
    /// What each key is, what a thief could and could not do, and what to run.
    pub fn text(&self, language: Language) -> String {
        let words = words(language);
        let mut text = format!("{}\n", words.keys);
        for key in &self.keys {
            text.push_str(&key.text(language));
        }
        let (could, could_not): (Vec<&Power>, Vec<&Power>) =
            self.powers.iter().partition(|power| power.others == Some(0));
        section(&mut text, words.could, &could, words);
        section(&mut text, words.could_not, &could_not, words);
        let _ = writeln!(text, "\n{}", words.run);
        for command in self.commands() {
            let _ = writeln!(text, "    {command}");
        }
        if !self.recoverable {
            let _ = writeln!(text, "\n{}", words.lost);
        }
        text
    }

    /// What to run, in this order: stop first, then take the keys away, then trust again. Capitals are to fill in.
    pub fn commands(&self) -> Vec<String> {
        let held = || self.keys.iter().flat_map(|holding| holding.holds.iter().map(|held| (&holding.key, held)));
        let mut commands: Vec<String> = held().filter_map(|(_, held)| stop(held)).collect();
        commands.extend(held().map(|(key, held)| replace(key.as_str(), held)));
        commands.extend(held().map(|(_, held)| again(held)));
        commands.dedup();
        commands
    }
}

/// What is vouched for by the key is suspended at once. Against the root's own keys no suspension helps.
fn stop(held: &Held) -> Option<String> {
    let target = match held {
        Held::Root { .. } => return None,
        Held::ListSigner { country } => country.to_string(),
        Held::Entry { country, entity } => format!("{country}/{entity}"),
    };
    Some(format!("trustctl suspend {target} --reason key-compromise --key KEY --dir DIR --publish-key ONLINE-KEY"))
}

fn replace(key: &str, held: &Held) -> String {
    match held {
        Held::Root { .. } | Held::ListSigner { .. } => {
            format!("trustctl rotate activate --emergency --dir DIR --old {key} --new NEW.pub.jwk --out change.json")
        }
        Held::Entry { country, entity } => format!(
            "trustctl propose national --dir DIR --country {country} --entry {entity}-WITH-NEW-KEY.json --out {country}.json"
        ),
    }
}

/// A list that is signed by a key that goes must be signed anew; what was suspended is trusted again by the quorum.
fn again(held: &Held) -> String {
    match held {
        Held::Root { online: true, .. } => "trustctl publish --dir DIR --key NEW-ONLINE-KEY".to_owned(),
        Held::Root { .. } => "trustctl propose regional --dir DIR --out regional.json".to_owned(),
        Held::ListSigner { country } => {
            format!("trustctl propose regional --dir DIR --reinstate {country} --out back.json")
        }
        Held::Entry { country, entity } => {
            format!("trustctl propose regional --dir DIR --reinstate {country}/{entity} --out back.json")
        }
    }
}

impl Holding {
    /// A line for each place the key has.
    pub fn text(&self, language: Language) -> String {
        let (Self { key, holds }, words) = (self, words(language));
        let mut text = String::new();
        for held in holds {
            let place = match held {
                Held::Root { holder, country, online: true } => format!("{} {holder} ({country})", words.online),
                Held::Root { holder, country, online: false } => format!("{} {holder} ({country})", words.regulator),
                Held::ListSigner { country } => format!("{} {country}", words.signer),
                Held::Entry { country, entity } => format!("{} {country}/{entity}", words.entry),
            };
            let _ = writeln!(text, "    {key}  {place}");
        }
        if holds.is_empty() {
            let _ = writeln!(text, "    {key}  {}", words.nothing);
        }
        text
    }
}

fn section(text: &mut String, title: &str, powers: &[&Power], words: &Words) {
    if powers.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{title}");
    for power in powers {
        let how = match power.others {
            Some(0) => (words.alone)(power),
            Some(_) if power.leaked == 0 => words.unconcerned.to_owned(),
            Some(others) => (words.with)(others),
            None => words.never.to_owned(),
        };
        let _ = writeln!(text, "    {}: {how}", (words.act)(&power.act));
    }
}

const fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &EN,
        Language::Fr => &FR,
        Language::Pt => &PT,
    }
}

static EN: Words = Words {
    keys: "These keys",
    nothing: "no current document names it",
    could: "A thief could",
    could_not: "A thief could not",
    run: "What to run",
    lost: "The keys that are left cannot change the root: hand over a new first root in person.",
    online: "online key:",
    regulator: "regulator's key:",
    signer: "signs the list of",
    entry: "key of",
    alone: |power| format!("{} needed, {} leaked", power.quorum.threshold, power.leaked),
    with: |others| format!("{others} more needed"),
    unconcerned: "none of these keys counts for it",
    never: "no set of keys is enough",
    act: |act| match act {
        Act::ChangeRoot => "replace the root, and with it everything".to_owned(),
        Act::ChangeRegional => "admit, recognise and reinstate".to_owned(),
        Act::ChangeNational { country } => format!("enter providers and clients of {country}"),
        Act::SignStatus => "keep old documents current for as long as a status lives, or stop everything".to_owned(),
        Act::SuspendOwn { country } => format!("suspend {country} and what is its own"),
        Act::SuspendAny => "suspend anything".to_owned(),
    },
};

static FR: Words = Words {
    keys: "Ces clés",
    nothing: "aucun document actuel ne la nomme",
    could: "Un voleur pourrait",
    could_not: "Un voleur ne pourrait pas",
    run: "Que faire",
    lost: "Les clés qui restent ne peuvent pas changer la racine : remettez une nouvelle première racine en personne.",
    online: "clé en ligne :",
    regulator: "clé de régulateur :",
    signer: "signe la liste de",
    entry: "clé de",
    alone: |power| format!("{} requises, {} volées", power.quorum.threshold, power.leaked),
    with: |others| format!("il en faudrait {others} de plus"),
    unconcerned: "aucune de ces clés n'y compte",
    never: "aucun ensemble de clés ne suffit",
    act: |act| match act {
        Act::ChangeRoot => "remplacer la racine, et tout avec elle".to_owned(),
        Act::ChangeRegional => "admettre, reconnaître et réadmettre".to_owned(),
        Act::ChangeNational { country } => format!("inscrire des fournisseurs et des clients de {country}"),
        Act::SignStatus => "faire durer d'anciens documents le temps d'un statut, ou tout arrêter".to_owned(),
        Act::SuspendOwn { country } => format!("suspendre {country} et ce qui est à lui"),
        Act::SuspendAny => "suspendre n'importe quoi".to_owned(),
    },
};

static PT: Words = Words {
    keys: "Estas chaves",
    nothing: "nenhum documento atual a menciona",
    could: "Um ladrão poderia",
    could_not: "Um ladrão não poderia",
    run: "O que fazer",
    lost: "As chaves que restam não podem mudar a raiz: entregue uma nova primeira raiz em pessoa.",
    online: "chave em linha:",
    regulator: "chave de regulador:",
    signer: "assina a lista de",
    entry: "chave de",
    alone: |power| format!("{} exigidas, {} roubadas", power.quorum.threshold, power.leaked),
    with: |others| format!("faltariam mais {others}"),
    unconcerned: "nenhuma destas chaves conta para isso",
    never: "nenhum conjunto de chaves basta",
    act: |act| match act {
        Act::ChangeRoot => "substituir a raiz, e tudo com ela".to_owned(),
        Act::ChangeRegional => "admitir, reconhecer e readmitir".to_owned(),
        Act::ChangeNational { country } => format!("inscrever fornecedores e clientes de {country}"),
        Act::SignStatus => "manter documentos antigos durante a vida de um estado, ou parar tudo".to_owned(),
        Act::SuspendOwn { country } => format!("suspender {country} e o que é seu"),
        Act::SuspendAny => "suspender qualquer coisa".to_owned(),
    },
};
