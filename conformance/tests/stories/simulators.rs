//! The simulated states do what the real systems do, oddities included: what the hub is tested against must be true.

use conformance::browser::Browser;
use conformance::browser::journey::parameter;
use conformance::jose::{self, Key, Parsed};
use conformance::persona::{self, Situation};
use conformance::sim::client::Client;
use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{World, pairs, shared};

const REDIRECT: &str = "https://tester.example/cb";

/// A client of XA's eSignet that is not the hub, with its RSA key.
struct Tester {
    key: Key,
    http: reqwest::Client,
    issuer: String,
    world: &'static World,
}

impl Tester {
    fn new(world: &'static World, client_id: &str) -> Self {
        let key = Key::rsa(client_id).unwrap();
        world.region.esignet.clients.register(Client {
            client_id: client_id.into(),
            jwks: json!({"keys": [key.jwk("PS256")]}),
            redirect_uris: vec![REDIRECT.into()],
            dpop: true,
            encryption_key: None,
        });
        Self { key, http: world.http.clone(), issuer: world.region.esignet.issuer().into(), world }
    }

    fn now(&self) -> i64 {
        self.world.clock.seconds()
    }

    fn assertion(&self, change: &[(&str, Value)]) -> Vec<(String, String)> {
        let id = &self.key.kid;
        let claims = json!({"iss": id, "sub": id, "aud": self.issuer, "iat": self.now(), "exp": self.now() + 60,
            "jti": jose::random_id()});
        let assertion = self.key.sign(&self.key.header("PS256"), jose::with(claims, change).to_string().as_bytes());
        conformance::rp::authentication_of(&assertion.unwrap())
    }

    fn proof(&self, method: &str, url: &str, more: &[(&str, Value)]) -> String {
        let claims = json!({"htm": method, "htu": url, "iat": self.now(), "jti": jose::random_id()});
        let header = json!({"typ": "dpop+jwt", "alg": "PS256", "jwk": self.key.bare_jwk()});
        self.key.sign(&header, jose::with(claims, more).to_string().as_bytes()).unwrap()
    }

    fn request(&self, nonce: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let challenge = jose::sha256_b64(VERIFIER.as_bytes());
        let usual = [
            ("client_id", self.key.kid.as_str()),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            ("scope", "openid profile"),
            ("state", "s-1"),
            ("nonce", nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        pairs(&[usual.as_slice(), more].concat())
    }

    /// The first persona logs in; gives the address the browser is sent back to.
    async fn log_in(&self, request: &[(String, String)], otp: &str) -> url::Url {
        let mut browser = Browser::new(self.http.clone());
        let url = url::Url::parse_with_params(&format!("{}/authorize", self.issuer), request).unwrap();
        let mut page = browser.open(&url).await.unwrap();
        let person = persona::find("XA", Situation::Success).unwrap();
        while page.location().is_none() {
            let form = if page.has("[data-testid=log-in]") {
                let form = page.press("[data-testid=log-in]").unwrap();
                form.with("individual_id", &person.login).with("otp", otp)
            } else {
                page.press("[data-testid=allow]").unwrap()
            };
            page = browser.submit(form).await.unwrap();
        }
        page.location().unwrap()
    }

    async fn token(&self, code: &str, nonce: Option<&str>) -> Response {
        let url = format!("{}/v1/esignet/oauth/v2/token", self.issuer);
        let grant = pairs(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ]);
        let nonce = nonce.map(|nonce| vec![("nonce", json!(nonce))]).unwrap_or_default();
        let form = [grant, self.assertion(&[])].concat();
        self.http.post(&url).header("DPoP", self.proof("POST", &url, &nonce)).form(&form).send().await.unwrap()
    }
}

const VERIFIER: &str = "a-verifier-that-is-at-least-forty-three-characters-long";

fn text<'a>(answer: &'a Response, header: &str) -> &'a str {
    answer.headers().get(header).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

#[test]
fn esignet_describes_itself_as_version_1_8_does() {
    shared(async |world| {
        let issuer = world.region.esignet.issuer();
        let at = async |path: &str| -> Value {
            world.http.get(format!("{issuer}{path}")).send().await.unwrap().json().await.unwrap()
        };
        let discovery = at("/.well-known/openid-configuration").await;
        assert_eq!(discovery, at("/v1/esignet/oidc/.well-known/openid-configuration").await);
        assert_eq!(discovery["issuer"], issuer);
        assert_eq!(discovery["token_endpoint"], format!("{issuer}/v1/esignet/oauth/v2/token"));
        assert_eq!(discovery["userinfo_endpoint"], format!("{issuer}/v1/esignet/oidc/userinfo"));
        assert_eq!(discovery["pushed_authorization_request_endpoint"], format!("{issuer}/v1/esignet/oauth/par"));
        assert_eq!(discovery["id_token_signing_alg_values_supported"], json!(["RS256", "PS256"]));
        assert_eq!(discovery.get("grant_types_supported"), None, "only in the authorization server's metadata");
        let metadata = at("/.well-known/oauth-authorization-server").await;
        assert_eq!(metadata["grant_types_supported"], json!(["authorization_code"]));

        let keys = at("/.well-known/jwks.json").await["keys"].as_array().unwrap().clone();
        assert!(keys.iter().all(|key| key["exp"].is_number() && key.get("alg").is_none()));
        assert!(keys.iter().any(|key| key["kty"] == "EC" && key.get("x").is_none()), "a key without coordinates");
        let retired = |key: &&Value| key["exp"].as_i64().unwrap() < world.clock.seconds();
        assert_eq!(keys.iter().filter(retired).count(), 1, "a retired key stays listed");
    });
}

#[test]
fn esignet_refuses_the_first_proof_once_and_a_code_twice() {
    shared(async |world| {
        let tester = Tester::new(world, "tester-proof");
        let back = tester.log_in(&tester.request("n-proof", &[]), "111111").await;
        assert_eq!(parameter(&back, "iss").as_deref(), Some(tester.issuer.as_str()));
        let code = parameter(&back, "code").unwrap();
        let challenge = tester.token(&code, None).await;
        assert_eq!(challenge.status(), 400);
        let nonce = text(&challenge, "dpop-nonce").to_owned();
        assert_eq!(challenge.json::<Value>().await.unwrap()["error"], "use_dpop_nonce");

        let tokens: Value = tester.token(&code, Some(&nonce)).await.json().await.unwrap();
        assert_eq!(tokens["token_type"], "DPoP", "{tokens}");
        let id_token = Parsed::new(tokens["id_token"].as_str().unwrap()).unwrap();
        assert_eq!(id_token.header_str("alg"), "PS256");
        assert_eq!(id_token.header.get("typ"), None);
        for absent in ["amr", "azp", "jti", "name"] {
            assert_eq!(id_token.claims.get(absent), None);
        }
        assert_eq!(id_token.claim_str("sub").len(), 36);
        let again: Value = tester.token(&code, Some(&nonce)).await.json().await.unwrap();
        assert_eq!(again["error"], "invalid_grant");

        let access_token = tokens["access_token"].as_str().unwrap();
        let url = format!("{}/v1/esignet/oidc/userinfo", tester.issuer);
        let ath = [("ath", json!(jose::sha256_b64(access_token.as_bytes()))), ("nonce", json!(nonce))];
        let authorized =
            |request: reqwest::RequestBuilder| request.header("Authorization", format!("DPoP {access_token}"));
        let good =
            authorized(tester.http.get(&url)).header("DPoP", tester.proof("GET", &url, &ath)).send().await.unwrap();
        assert_eq!(text(&good, "content-type"), "application/jwt");
        let userinfo = Parsed::new(&good.text().await.unwrap()).unwrap();
        assert_eq!(userinfo.header_str("alg"), "RS256");
        assert_eq!(userinfo.claim_str("birthdate"), "1991/03/08");
        for absent in ["iss", "aud", "iat", "exp"] {
            assert_eq!(userinfo.claims.get(absent), None, "IDA signs the person's claims only");
        }
        let stale = authorized(tester.http.get(&url)).header("DPoP", tester.proof("GET", &url, &ath[..1])).send();
        let stale = stale.await.unwrap();
        assert_eq!((stale.status().as_u16(), text(&stale, "www-authenticate")), (401, "DPoP error=\"use_dpop_nonce\""));
        let post = authorized(tester.http.post(&url)).send().await.unwrap();
        assert_eq!(post.status(), 405);
        let nobody = tester.http.get(&url).header("Authorization", "Bearer x").send().await.unwrap();
        assert_eq!((nobody.status().as_u16(), text(&nobody, "www-authenticate")), (401, "error=\"invalid_token\""));
    });
}

#[test]
fn esignet_answers_an_unknown_client_with_400_and_takes_an_assertion_once() {
    shared(async |world| {
        let tester = Tester::new(world, "tester-par");
        let par = format!("{}/v1/esignet/oauth/par", tester.issuer);
        let push = async |assertion: Vec<(String, String)>| {
            let form = [tester.request(&jose::random_id(), &[]), assertion].concat();
            let answer = tester.http.post(&par).form(&form).send().await.unwrap();
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["error"].clone())
        };
        let good = tester.assertion(&[]);
        assert_eq!(push(good.clone()).await.0, 201);
        assert_eq!(push(good).await, (400, json!("invalid_client")));
        for aud in [par.as_str(), &format!("{}/v1/esignet/oauth/v2/token", tester.issuer), &tester.issuer] {
            assert_eq!(push(tester.assertion(&[("aud", json!(aud))])).await.0, 201, "{aud}");
        }
        for (name, value) in
            [("aud", json!("https://other.example")), ("iss", json!("x")), ("exp", json!(1)), ("jti", json!(""))]
        {
            assert_eq!(push(tester.assertion(&[(name, value)])).await, (400, json!("invalid_client")), "{name}");
        }
    });
}

#[test]
fn esignet_drops_an_unknown_acr_and_refuses_a_nonce_it_has_seen() {
    shared(async |world| {
        let tester = Tester::new(world, "tester-acr");
        let request = tester.request("n-acr", &[("acr_values", "urn:nobody:knows")]);
        let back = tester.log_in(&request, "111111").await;
        assert!(parameter(&back, "code").is_some(), "every class is offered instead: {back}");
        let url = url::Url::parse_with_params(&format!("{}/authorize", tester.issuer), &request).unwrap();
        let repeated = Browser::new(tester.http.clone()).open(&url).await.unwrap().location().unwrap();
        assert_eq!(parameter(&repeated, "error").as_deref(), Some("invalid_request"), "{repeated}");
        assert_eq!(parameter(&repeated, "iss"), None, "errors come without iss");
    });
}

#[test]
fn esignet_sends_raw_codes_back_after_three_wrong_ones() {
    shared(async |world| {
        let tester = Tester::new(world, "tester-otp");
        let back = tester.log_in(&tester.request("n-otp", &[]), "999999").await;
        assert_eq!(parameter(&back, "error").as_deref(), Some("no_attempts_left"), "{back}");
        assert_eq!(parameter(&back, "iss"), None);
        assert_eq!(parameter(&back, "state").as_deref(), Some("s-1"));
    });
}

#[test]
fn a_keycloak_realm_leaks_the_number_as_user_name() {
    shared(async |world| {
        let person = persona::find("XE", Situation::Success).unwrap();
        let token = Parsed::new(&world.region.oidc.mint_id_token("tester", &person).unwrap()).unwrap();
        assert_eq!(token.header_str("alg"), "ES256");
        assert_eq!(token.claim_str("preferred_username"), person.national_number.unwrap());
        assert_eq!(token.claim_str("typ"), "ID");
    });
}

#[test]
fn the_cards_have_the_first_bytes_of_those_in_the_field() {
    use conformance::sim::cards::{Flaw, Shape};
    shared(async |world| {
        let person = persona::find("XF", Situation::Success).unwrap();
        for (shape, tag, hex) in [(Shape::A, 0xd2, false), (Shape::B, 0xd8, false), (Shape::C, 0xd8, true)] {
            let text = world.region.cards.card(&person, shape, Flaw::None).unwrap();
            let zlib = base45::decode(&text).unwrap();
            assert_eq!(zlib[..2], [0x78, 0xda], "{shape:?}");
            let mut content = Vec::new();
            let mut reader = flate2::read::ZlibDecoder::new(zlib.as_slice());
            std::io::Read::read_to_end(&mut reader, &mut content).unwrap();
            let first = if hex {
                u8::from_str_radix(std::str::from_utf8(&content[..2]).unwrap(), 16).unwrap()
            } else {
                content[0]
            };
            assert_eq!(first, tag, "{shape:?}: tag 18 alone, or tag 61 around it");
        }
    });
}

#[test]
fn the_personas_have_numbers_as_their_registers_give_them() {
    let mut seen = std::collections::BTreeSet::new();
    for person in persona::of("XA").unwrap() {
        assert!(verhoeff(&person.login) && person.login.len() == 10, "{}", person.login);
        assert!(seen.insert(person.login));
    }
    for person in persona::of("XE").unwrap() {
        let number = person.national_number.unwrap();
        assert_eq!(number.parse::<u64>().unwrap() % 97, 1, "{number}");
        assert!(seen.insert(number) && seen.insert(person.login));
    }
    for person in persona::of("XF").unwrap() {
        assert!(verhoeff(&person.national_number.unwrap()));
    }
}

/// The check digit of MOSIP's numbers.
fn verhoeff(number: &str) -> bool {
    const D: [&[u8; 10]; 10] = [
        b"0123456789",
        b"1234067895",
        b"2340178956",
        b"3401289567",
        b"4012395678",
        b"5987604321",
        b"6598710432",
        b"7659821043",
        b"8765932104",
        b"9876543210",
    ];
    const P: [&[u8; 10]; 8] = [
        b"0123456789",
        b"1576283094",
        b"5803796142",
        b"8916043527",
        b"9453126870",
        b"4286573901",
        b"2793806415",
        b"7046913258",
    ];
    let value = |digit: u8| usize::from(digit - b'0');
    let check = number.bytes().rev().enumerate().fold(0, |c, (i, digit)| value(D[c][value(P[i % 8][value(digit)])]));
    check == 0
}
