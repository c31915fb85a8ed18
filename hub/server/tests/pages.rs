//! The citizen's pages: what stands in them, how much they weigh, and that nothing in them is anybody else's.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "in tests a failure is a panic")]

use askama::Template as _;
use hub::http::page::gzip;
use hub::pages::consent::ConsentPage;
use hub::pages::document::DocumentPage;
use hub::pages::error::ErrorPage;
use hub::pages::picker::PickerPage;
use hub::pages::signed_out::SignedOutPage;
use hub::pages::{Frame, Language, language_links, style};
use hub_core::{
    ConsentClaim, ConsentView, Disabled, DocumentProblem, DocumentView, ErrorCode, PageReason, PickerCountry,
    PickerService, PickerView, Redirect, RedirectReason,
};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use trust_list::{Level, LocalizedText};

/// The budget: at 2G speed a page of this size is there in seven seconds.
const MAX_COMPRESSED: usize = 10 * 1024;

const REASONS: [Disabled; 5] = [
    Disabled::NoOnlineLogin,
    Disabled::NotRecognised,
    Disabled::LevelNotReachable,
    Disabled::Suspended,
    Disabled::Unavailable,
];

#[test]
fn every_page_in_every_language_is_small_and_alone() {
    for language in Language::ALL {
        for (name, html) in all_pages(language) {
            let compressed = gzip(html.as_bytes()).unwrap().len();
            assert!(compressed <= MAX_COMPRESSED, "{name} {language:?}: {compressed} bytes");
            for foreign in
                ["<script", "javascript:", "http://", "https://", " src=", "@import", "url(", "<img", "<iframe"]
            {
                assert!(!html.contains(foreign), "{name} {language:?}: {foreign}");
            }
            let page = Html::parse_document(&html);
            let attributes = page.root_element().descendants().filter_map(|node| node.value().as_element());
            let handlers =
                attributes.flat_map(|element| element.attrs()).filter(|(name, _)| name.starts_with("on")).count();
            assert_eq!(handlers, 0, "{name} {language:?}");
        }
    }
}

#[test]
fn every_page_says_its_language_direction_and_that_it_is_a_test() {
    for language in Language::ALL {
        for (name, html) in all_pages(language) {
            let page = Html::parse_document(&html);
            assert!(page.errors.is_empty(), "{name} {language:?}: {:?}", page.errors);
            let root = one(&page, "html");
            assert_eq!(root.attr("lang"), Some(language.tag()), "{name}");
            assert_eq!(root.attr("dir"), Some(language.direction()), "{name}");
            one(&page, "#test-banner");
            assert_eq!(count(&page, "h1"), 1, "{name}");
            assert!(!text(&page, "title").is_empty(), "{name}");
        }
    }
}

#[test]
fn without_a_test_region_there_is_no_test_banner() {
    let frame = Frame { language: Language::En, test: false };
    let page = Html::parse_document(&ErrorPage::new(PageReason::Internal.into(), frame).render().unwrap());
    assert_eq!(count(&page, "#test-banner"), 0);
}

#[test]
fn the_policy_allows_the_one_style_sheet_by_its_hash_and_nothing_else() {
    let policy = style::POLICY.as_str();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    for word in ["unsafe", "http:", "https:", "*"] {
        assert!(!policy.contains(word), "{policy}");
    }
    let html = picker(&picker_view(3), Language::En);
    let sheet = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    assert_eq!(sheet, style::SHEET, "the bytes between the tags are the ones that were hashed");
    assert!(!html.contains("style="), "an inline style would be blocked");
}

#[test]
fn the_picker_says_who_asks_and_why_and_offers_each_country_once() {
    let html = picker(&picker_view(6), Language::Fr);
    let page = Html::parse_document(&html);
    assert!(text(&page, "#who-asks").contains("Banque d’exemple (Banque d’exemple SA)"));
    assert!(text(&page, "#why").contains("Ouvrir un compte"));
    let open = one(&page, "#country-XA");
    assert_eq!((open.attr("name"), open.attr("value")), (Some("choice"), Some("XA.idp")));
    assert!(open.attr("disabled").is_none());
    let cancel = one(&page, "#cancel");
    assert_eq!((cancel.attr("name"), cancel.attr("value")), (Some("action"), Some("cancel")));
    assert_eq!(one(&page, "input[name=state]").attr("value"), Some("sealed-state"));
    for tag in ["en", "pt", "ar"] {
        let button = one(&page, &format!("form[action='/country'] #lang-{tag}"));
        assert_eq!(button.attr("lang"), Some(tag));
        let expected = (Some("submit"), Some("action"), Some(format!("lang-{tag}")));
        assert_eq!((button.attr("type"), button.attr("name"), button.attr("value").map(str::to_owned)), expected);
    }
    assert_eq!(one(&page, "#lang-fr").value().name(), "strong");
}

#[test]
fn a_country_that_cannot_serve_is_shown_disabled_with_the_reason_in_words() {
    for language in Language::ALL {
        for reason in REASONS {
            let mut view = picker_view(1);
            view.countries.push(closed("XB", reason));
            let page = Html::parse_document(&picker(&view, language));
            let button = one(&page, "#country-XB");
            assert!(button.attr("disabled").is_some() && button.attr("name").is_none());
            assert_eq!(button.attr("aria-describedby"), Some("why-XB"));
            assert!(text(&page, "#why-XB").chars().count() > 20, "{language:?} {reason:?}");
        }
    }
}

#[test]
fn a_country_with_several_ways_shows_each_as_a_button_under_its_name() {
    let mut view = picker_view(0);
    view.countries.push(PickerCountry {
        country: "XC".parse().unwrap(),
        name: LocalizedText::en("Xanadu"),
        services: vec![service("idp", "Card"), service("mobile", "Phone")],
        disabled: None,
    });
    let page = Html::parse_document(&picker(&view, Language::En));
    assert_eq!(text(&page, "#country-XC"), "Xanadu");
    assert_eq!(one(&page, "#country-XC-mobile").attr("value"), Some("XC.mobile"));
    assert_eq!(count(&page, "ul[aria-labelledby=country-XC] > li > button"), 2);
}

#[test]
fn when_no_country_is_open_the_picker_says_so() {
    let mut view = picker_view(0);
    view.countries.push(closed("XB", Disabled::Suspended));
    assert_eq!(count(&Html::parse_document(&picker(&view, Language::En)), "#no-country"), 1);
    assert_eq!(count(&Html::parse_document(&picker(&picker_view(1), Language::En)), "#no-country"), 0);
}

#[test]
fn every_button_and_language_link_stands_in_a_list_item() {
    for (name, html) in all_pages(Language::En) {
        let page = Html::parse_document(&html);
        assert_eq!(count(&page, "button"), count(&page, "ul > li > button"), "{name}");
        assert_eq!(count(&page, "a[hreflang]"), count(&page, "ul > li > a[hreflang]"), "{name}");
    }
}

#[test]
fn the_consent_page_shows_who_why_and_every_value_that_is_given() {
    let page = Html::parse_document(&consent(&consent_view(), Language::En));
    assert!(text(&page, "#who-asks").contains("Example Bank (Example Bank PLC), Ruritania"));
    assert!(text(&page, "#checked-by").contains("Xanadu (strong check)"));
    assert_eq!(text(&page, "#claim-given_name"), "Afi");
    assert_eq!(text(&page, "#claim-age_over_18"), "yes");
    assert_eq!(text(&page, "#claim-address"), "1 Main Street, Lomé");
    assert_eq!(text(&page, "#claim-nationalities"), "XAA, XBB");
    assert!(text(&page, "#claims").contains("Older than 18 years"));
    assert!(text(&page, "#claims").contains("Further information: shoe_size (optional)"));
    assert!(text(&page, "#refused").contains("Phone number"));
    assert_eq!(one(&page, "input[name=state]").attr("value"), Some("sealed-grant"));
}

#[test]
fn every_claim_that_can_be_released_has_a_label_in_every_language() {
    let derived = ["person_status", "document_status", "age_over_18"];
    for language in Language::ALL {
        let texts = &language.texts().claims;
        for claim in country_adapters::REGISTERED_CLAIMS.into_iter().chain(derived) {
            let label = texts.label(claim);
            assert!(!label.before.is_empty() && label.before != texts.other, "{language:?} {claim}");
            assert_eq!(texts.label(&format!("{claim}#ar")).before, label.before, "{language:?} {claim}");
        }
    }
}

#[test]
fn every_status_and_gender_is_said_in_the_readers_words() {
    use country_adapters::{DocumentStatus as Document, PersonStatus as Person};
    let people = [Person::Alive, Person::Deceased, Person::Unknown].map(Person::as_str);
    let documents = [
        Document::Valid,
        Document::Expired,
        Document::Extended { until: None },
        Document::Lost,
        Document::Revoked,
        Document::Unknown,
    ];
    let documents = documents.map(|status| ("document_status", status.as_str()));
    let genders = ["male", "female", "other"].map(|gender| ("gender", gender));
    let all = people.map(|status| ("person_status", status)).into_iter().chain(documents).chain(genders);
    for (claim, value) in all {
        for language in Language::ALL {
            assert!(language.texts().claims.value(claim, value).is_some(), "{language:?} {claim} {value}");
        }
    }
}

#[test]
fn a_name_in_another_script_says_its_language_and_a_photo_is_not_printed() {
    let claim = |name: &str, value: Value| ConsentClaim { name: name.to_owned(), value, essential: true };
    let mut view = consent_view();
    view.claims = vec![
        claim("given_name#ar", json!("عافية")),
        claim("family_name#ja-Kana-JP", json!("x")),
        claim("picture", json!("data:image/jpeg;base64,AAAA")),
        claim("gender", json!("female")),
        claim("person_status", json!("alive")),
        claim("updated_at", json!(1_800_000_000)),
    ];
    view.refused = vec!["name#fr".to_owned()];
    let html = consent(&view, Language::Fr);
    let page = Html::parse_document(&html);
    let claims = text(&page, "#claims");
    for expected in ["Prénom (العربية)", "Nom de famille (ja-Kana-JP)", "féminin", "en vie", "2027-01-15"] {
        assert!(claims.contains(expected), "{expected}: {claims}");
    }
    assert_eq!(text(&page, "#claim-picture"), "photo");
    assert!(!html.contains("base64"));
    assert!(text(&page, "#refused").contains("Nom complet (Français)"));
}

#[test]
fn yes_and_no_weigh_the_same() {
    for language in Language::ALL {
        let page = Html::parse_document(&consent(&consent_view(), language));
        let (allow, deny) = (one(&page, "#consent-allow"), one(&page, "#consent-deny"));
        assert_eq!((allow.attr("value"), deny.attr("value")), (Some("allow"), Some("deny")));
        assert_eq!((allow.attr("name"), deny.attr("name")), (Some("decision"), Some("decision")));
        assert_eq!(allow.attr("class"), deny.attr("class"));
        let length = |id| text(&page, id).chars().count();
        assert!(length("#consent-allow").abs_diff(length("#consent-deny")) < 10, "{language:?}");
    }
}

#[test]
fn m06_g28_foreign_text_is_escaped_and_cannot_turn_the_sentence() {
    let evil = "<script>alert(1)</script>\u{202e}\"'&";
    let mut view = consent_view();
    view.client_name = LocalizedText::en(evil);
    view.client_legal_name = LocalizedText::en(evil);
    view.legal_basis = evil.to_owned();
    view.claims = vec![ConsentClaim { name: "name".to_owned(), value: json!(evil), essential: true }];
    let html = consent(&view, Language::Ar);
    assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
    let page = Html::parse_document(&html);
    assert_eq!(text(&page, "#claim-name"), "<script>alert(1)</script>\"'&");
    assert_eq!(count(&page, "#who-asks > bdi"), 1);
    assert_eq!(count(&page, "#claim-name > bdi"), 1);
}

#[test]
fn every_error_page_has_a_code_and_says_what_to_do() {
    for language in Language::ALL {
        for reason in ERRORS {
            let error = hub_core::PageError::from(reason);
            let page = Html::parse_document(&ErrorPage::new(error, frame(language)).render().unwrap());
            assert_eq!(text(&page, "#error-code"), error.code());
            assert!(text(&page, "#what").chars().count() > 15 && text(&page, "#what-to-do").chars().count() > 30);
            assert_eq!(count(&page, "form, a"), 0);
        }
    }
}

#[test]
fn l12_a_page_about_a_document_says_what_is_wrong_what_to_do_and_leads_back_with_one_link() {
    let back = "https://bank.example/cb?error=access_denied&state=\"><script>&iss=https%3A%2F%2Fhub.example";
    for language in Language::ALL {
        let mut said = std::collections::BTreeSet::new();
        for problem in PROBLEMS {
            let html = document(&document_view(problem, back), language);
            assert!(!html.contains("<script"), "{html}");
            let page = Html::parse_document(&html);
            let link = one(&page, "a");
            assert_eq!((link.attr("id"), link.attr("href")), (Some("back"), Some(back)), "{language:?}");
            assert_eq!(text(&page, "#back > bdi"), "Example Bank (Example Bank PLC)");
            assert_eq!(count(&page, "form"), 0);
            assert!(text(&page, "#what-to-do").chars().count() > 25, "{language:?} {problem:?}");
            said.insert((text(&page, "#what"), text(&page, "#what-to-do")));
        }
        assert_eq!(said.len(), PROBLEMS.len(), "{language:?}: each is told apart");
    }
}

#[test]
fn no_text_of_a_page_is_left_in_english() {
    for (name, english) in all_pages(Language::En) {
        let sentences = sentences(&english);
        for language in [Language::Fr, Language::Pt, Language::Ar] {
            let (_, other) = all_pages(language).into_iter().find(|(other, _)| *other == name).unwrap();
            let shared: Vec<_> = sentences.iter().filter(|sentence| other.contains(sentence.as_str())).collect();
            assert!(shared.is_empty(), "{name} {language:?}: {shared:?}");
        }
    }
}

#[test]
fn text_is_dark_enough_and_targets_are_large_enough() {
    for (foreground, background) in
        [("#111", "#fff"), ("#595959", "#fff"), ("#595959", "#eee"), ("#0b4f8a", "#fff"), ("#fff", "#7a1f00")]
    {
        assert!(style::SHEET.contains(foreground) && style::SHEET.contains(background));
        // WCAG 2.2, 1.4.3: 4.5 to 1.
        assert!(contrast(foreground, background) >= 4.5, "{foreground} on {background}");
    }
    // WCAG 2.2, 2.4.13 and 1.4.11: 3 to 1 for the focus ring.
    assert!(contrast("#b35900", "#fff") >= 3.0 && style::SHEET.contains("outline:3px solid #b35900"));
    assert!(style::SHEET.contains("min-block-size:48px"));
    for physical in ["margin-left", "margin-right", "padding-left", "padding-right", "text-align:left", "float:"] {
        assert!(!style::SHEET.contains(physical), "{physical} does not turn with the language");
    }
}

const ERRORS: [PageReason; 8] = [
    PageReason::BadLink,
    PageReason::UnknownClient,
    PageReason::RequestExpired,
    PageReason::LoginExpired,
    PageReason::OtherBrowser,
    PageReason::BadForm,
    PageReason::Unavailable,
    PageReason::Internal,
];

const PROBLEMS: [DocumentProblem; 4] =
    [DocumentProblem::Expired, DocumentProblem::Lost, DocumentProblem::Revoked, DocumentProblem::Unknown];

fn all_pages(language: Language) -> Vec<(&'static str, String)> {
    let mut view = picker_view(18);
    view.countries
        .extend(REASONS.iter().zip(["QM", "QN", "QO", "QP", "QQ"]).map(|(reason, code)| closed(code, *reason)));
    let mut pages = vec![
        ("picker", picker(&view, language)),
        ("consent", consent(&consent_view(), language)),
        ("signed out", SignedOutPage::new(frame(language), language_links("/signed-out", language)).render().unwrap()),
    ];
    pages.extend(ERRORS.map(|reason| {
        let error = hub_core::PageError::from(reason);
        (error.code(), ErrorPage::new(error, frame(language)).render().unwrap())
    }));
    pages.extend(PROBLEMS.map(|problem| (problem.as_str(), document(&document_view(problem, "/back"), language))));
    pages
}

fn document(view: &DocumentView, language: Language) -> String {
    DocumentPage::new(view, frame(language)).render().unwrap()
}

fn document_view(problem: DocumentProblem, back: &str) -> DocumentView {
    let reason = RedirectReason::Error(ErrorCode::AccessDenied);
    DocumentView {
        problem,
        client_name: LocalizedText::new("zz", "Example Bank"),
        client_legal_name: LocalizedText::new("zz", "Example Bank PLC"),
        back: Redirect { location: back.to_owned(), reason, set_cookie: None },
        ui_locales: Vec::new(),
    }
}

fn frame(language: Language) -> Frame {
    Frame { language, test: true }
}

fn picker(view: &PickerView, language: Language) -> String {
    PickerPage::new(view, frame(language)).render().unwrap()
}

fn consent(view: &ConsentView, language: Language) -> String {
    ConsentPage::new(view, frame(language), "Xanadu", "Ruritania").render().unwrap()
}

fn picker_view(countries: usize) -> PickerView {
    let open =
        ["XA", "XB", "XC", "XD", "XE", "XF", "XG", "XH", "XI", "XJ", "XK", "XL", "XM", "XN", "XO", "XP", "XR", "XS"];
    let country = |code: &&str| PickerCountry {
        country: code.parse().unwrap(),
        name: LocalizedText::new("zz", format!("Land {code}")),
        services: vec![service("idp", "e-ID")],
        disabled: None,
    };
    PickerView {
        form_state: "sealed-state".to_owned(),
        client_name: LocalizedText::new("zz", "Banque d’exemple"),
        client_legal_name: LocalizedText::new("zz", "Banque d’exemple SA"),
        purpose_text: LocalizedText::new("zz", "Ouvrir un compte"),
        level: Level::Substantial,
        countries: open.iter().take(countries).map(country).collect(),
        ui_locales: Vec::new(),
        set_cookie: None,
    }
}

fn closed(code: &str, reason: Disabled) -> PickerCountry {
    let name = LocalizedText::new("zz", format!("Land {code}"));
    PickerCountry { country: code.parse().unwrap(), name, services: Vec::new(), disabled: Some(reason) }
}

fn service(id: &str, name: &str) -> PickerService {
    PickerService { id: id.parse().unwrap(), name: LocalizedText::new("zz", name) }
}

fn consent_view() -> ConsentView {
    let claim = |name: &str, value: Value, essential| ConsentClaim { name: name.to_owned(), value, essential };
    ConsentView {
        form_state: "sealed-grant".to_owned(),
        client_name: LocalizedText::new("zz", "Example Bank"),
        client_legal_name: LocalizedText::new("zz", "Example Bank PLC"),
        client_country: "XB".parse().unwrap(),
        country: "XA".parse().unwrap(),
        purpose_text: LocalizedText::new("zz", "Öffnung eines Kontos"),
        legal_basis: "Act 1/2026".to_owned(),
        level: Level::Substantial,
        claims: vec![
            claim("given_name", json!("Afi"), true),
            claim("birthdate", json!("1990-01-01"), true),
            claim("age_over_18", json!(true), true),
            claim("address", json!({ "formatted": "1 Main Street\nLomé", "country": "XA" }), false),
            claim("nationalities", json!(["XAA", "XBB"]), false),
            claim("shoe_size", json!(42), false),
        ],
        refused: vec!["phone_number".to_owned()],
        offline_access: false,
        ui_locales: Vec::new(),
    }
}

fn one<'p>(page: &'p Html, selector: &str) -> scraper::ElementRef<'p> {
    let selector_of = Selector::parse(selector).unwrap();
    let mut found = page.select(&selector_of);
    let first = found.next().unwrap_or_else(|| panic!("{selector} is not there"));
    assert!(found.next().is_none(), "{selector} is there twice");
    first
}

fn count(page: &Html, selector: &str) -> usize {
    page.select(&Selector::parse(selector).unwrap()).count()
}

fn text(page: &Html, selector: &str) -> String {
    one(page, selector).text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The texts between tags that are long enough to be sentences of ours.
fn sentences(html: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let texts = page.root_element().descendants().filter_map(|node| {
        let text = node.value().as_text()?.trim();
        let styled = node.parent().and_then(|parent| parent.value().as_element().map(|e| e.name() == "style"));
        (styled != Some(true) && text.contains(' ') && text.chars().count() > 12).then(|| text.to_owned())
    });
    let foreign = ["Banque", "Ouvrir", "Öffnung", "Example Bank", "1 Main Street", "Act 1/2026"];
    texts.filter(|text| !foreign.iter().any(|name| text.contains(name))).collect()
}

/// WCAG 2.2: contrast ratio.
fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: &str) -> f64 {
    let digits: Vec<char> = colour.trim_start_matches('#').chars().collect();
    let wide = digits.len() == 6;
    let channel = |n: usize| {
        let text: String =
            if wide { digits[2 * n..2 * n + 2].iter().collect() } else { [digits[n], digits[n]].iter().collect() };
        let value = f64::from(u8::from_str_radix(&text, 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2)
}
