//! What the claims are called, and their values where those are words of a fixed list.
//!
//! To add a claim: 1. a field in [`ClaimTexts`]; 2. its arm in [`ClaimTexts::label`]; 3. its text in the four tables.

use super::Phrase;

/// What the claims are called (OpenID Connect Core §5.1 and Identity Assurance §5).
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are the claims' names")]
pub struct ClaimTexts {
    pub name: &'static str,
    pub given_name: &'static str,
    pub middle_name: &'static str,
    pub family_name: &'static str,
    pub birth_family_name: &'static str,
    pub nickname: &'static str,
    pub gender: &'static str,
    pub birthdate: &'static str,
    pub place_of_birth: &'static str,
    pub nationalities: &'static str,
    pub marital_status: &'static str,
    pub legal_status: &'static str,
    pub address: &'static str,
    pub email: &'static str,
    pub email_verified: &'static str,
    pub phone_number: &'static str,
    pub phone_number_verified: &'static str,
    pub picture: &'static str,
    pub locale: &'static str,
    pub zoneinfo: &'static str,
    pub updated_at: &'static str,
    pub age_over: Phrase,
    pub person_status: &'static str,
    pub document_status: &'static str,
    pub document: &'static str,
    pub other: &'static str,
    pub values: ValueTexts,
}

/// The words for values that come from a fixed list.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are the values")]
pub struct ValueTexts {
    pub male: &'static str,
    pub female: &'static str,
    pub other: &'static str,
    pub unmarried: &'static str,
    pub married: &'static str,
    pub divorced: &'static str,
    pub alive: &'static str,
    pub deceased: &'static str,
    pub unknown: &'static str,
    pub valid: &'static str,
    pub expired: &'static str,
    pub extended: &'static str,
    pub lost: &'static str,
    pub revoked: &'static str,
    pub photo: &'static str,
}

/// A label with parts that are not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label<'a> {
    /// Our words.
    pub before: &'static str,
    /// The foreign part.
    pub gap: &'a str,
    /// Our words.
    pub after: &'static str,
    /// The language of the value, by its own name, where the claim says it; otherwise empty.
    pub language: &'a str,
}

impl ClaimTexts {
    /// The person's word for a claim; the claim's own name where there is none.
    pub fn label<'a>(&self, claim: &'a str) -> Label<'a> {
        let (base, language) = split(claim);
        let text = match base {
            "name" => self.name,
            "given_name" => self.given_name,
            "middle_name" => self.middle_name,
            "family_name" => self.family_name,
            "birth_family_name" => self.birth_family_name,
            "nickname" => self.nickname,
            "gender" => self.gender,
            "birthdate" => self.birthdate,
            "place_of_birth" | "birthplace" => self.place_of_birth,
            "nationalities" => self.nationalities,
            "marital_status" => self.marital_status,
            "legal_status" => self.legal_status,
            "address" => self.address,
            "email" => self.email,
            "email_verified" => self.email_verified,
            "phone_number" => self.phone_number,
            "phone_number_verified" => self.phone_number_verified,
            "picture" => self.picture,
            "locale" => self.locale,
            "zoneinfo" => self.zoneinfo,
            "updated_at" => self.updated_at,
            "person_status" => self.person_status,
            "document_status" => self.document_status,
            "document_number" | "document" => self.document,
            _ => return Label { language, ..self.spoken_label(base) },
        };
        Label { before: text, gap: "", after: "", language }
    }

    fn spoken_label<'a>(&self, claim: &'a str) -> Label<'a> {
        let (before, gap, after) = match claim.strip_prefix("age_over_") {
            Some(years) => (self.age_over.before(), years, self.age_over.after()),
            None => (self.other, claim, ""),
        };
        Label { before, gap, after, language: "" }
    }

    /// The person's word for `value` of `claim`, where its values come from a fixed list.
    pub fn value(&self, claim: &str, value: &str) -> Option<&'static str> {
        let words = &self.values;
        let word = match (split(claim).0, value) {
            // A photo is data, nothing to read.
            ("picture", _) => words.photo,
            ("gender", "male") => words.male,
            ("gender", "female") => words.female,
            ("gender", "other") => words.other,
            ("marital_status", "unmarried") => words.unmarried,
            ("marital_status", "married") => words.married,
            ("marital_status", "divorced") => words.divorced,
            ("person_status", "alive") => words.alive,
            ("person_status", "deceased") => words.deceased,
            ("document_status", "valid") => words.valid,
            ("document_status", "expired") => words.expired,
            ("document_status", "extended") => words.extended,
            ("document_status", "lost") => words.lost,
            ("document_status", "revoked") => words.revoked,
            ("person_status" | "document_status", "unknown") => words.unknown,
            _ => return None,
        };
        Some(word)
    }
}

// OpenID Connect Core §5.2: `given_name#ar` is the given name in Arabic.
fn split(claim: &str) -> (&str, &str) {
    claim.split_once('#').map_or((claim, ""), |(base, tag)| (base, own_name(tag)))
}

/// A language's own name; the tag itself where it says more than a language, or one that is not known here.
fn own_name(tag: &str) -> &str {
    match tag.to_ascii_lowercase().as_str() {
        "aa" | "aar" => "Qafár af",
        "am" | "amh" => "አማርኛ",
        "ar" | "ara" => "العربية",
        "de" | "deu" => "Deutsch",
        "ee" | "ewe" => "Eʋegbe",
        "en" | "eng" => "English",
        "es" | "spa" => "Español",
        "ff" | "ful" => "Fulfulde",
        "fil" => "Filipino",
        "fr" | "fra" => "Français",
        "ha" | "hau" => "Hausa",
        "hi" | "hin" => "हिन्दी",
        "ig" | "ibo" => "Igbo",
        "km" | "khm" => "ខ្មែរ",
        "mg" | "mlg" => "Malagasy",
        "om" | "orm" => "Afaan Oromoo",
        "pt" | "por" => "Português",
        "rw" | "kin" => "Ikinyarwanda",
        "si" | "sin" => "සිංහල",
        "so" | "som" => "Soomaali",
        "sw" | "swa" => "Kiswahili",
        "ta" | "tam" => "தமிழ்",
        "ti" | "tir" => "ትግርኛ",
        "wo" | "wol" => "Wolof",
        "yo" | "yor" => "Yorùbá",
        "zu" | "zul" => "isiZulu",
        _ => tag,
    }
}
