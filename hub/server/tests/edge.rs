//! The HTTP edge over TLS, as an attacker without a login sees it: attacks J01 to J14, and the headers of every
//! endpoint.

#[cfg(test)]
mod support;

use support::Hub;

/// Every path of the public listener: a method it takes, and those it says it takes.
const ENDPOINTS: [(&str, &str, &str); 15] = [
    ("GET", "/.well-known/openid-configuration", "GET, HEAD, OPTIONS"),
    ("GET", "/.well-known/oauth-authorization-server", "GET, HEAD, OPTIONS"),
    ("GET", "/jwks", "GET, HEAD, OPTIONS"),
    ("POST", "/par", "POST, OPTIONS"),
    ("POST", "/token", "POST, OPTIONS"),
    ("POST", "/revoke", "POST, OPTIONS"),
    ("GET", "/userinfo", "GET, POST, OPTIONS"),
    ("POST", "/userinfo", "GET, POST, OPTIONS"),
    ("POST", "/federation/v1/verify", "POST, OPTIONS"),
    ("GET", "/authorize", "GET, POST, OPTIONS"),
    ("POST", "/authorize", "GET, POST, OPTIONS"),
    ("POST", "/country", "POST, OPTIONS"),
    ("GET", "/callback/XA", "GET, OPTIONS"),
    ("POST", "/consent", "POST, OPTIONS"),
    ("GET", "/signed-out", "GET, HEAD, OPTIONS"),
];

const PUBLIC: [&str; 3] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks"];

#[tokio::test]
async fn j10_every_answer_of_every_endpoint_has_the_security_headers() {
    let hub = Hub::start().await;
    for (method, path, _) in ENDPOINTS {
        let answer = hub.send(method, path, &[], "").await;
        assert_ne!(answer.status, 0, "{method} {path}");
        let expected = if PUBLIC.contains(&path) { "public, max-age=300" } else { "no-store" };
        assert_eq!(answer.header("cache-control"), Some(expected), "{method} {path}");
        assert_hardened(&answer, &format!("{method} {path}"));
    }
    assert_hardened(&hub.get("/nowhere").await, "a path that is not there");
}

fn assert_hardened(answer: &support::Answer, what: &str) {
    for (name, value) in [
        ("referrer-policy", "no-referrer"),
        ("strict-transport-security", "max-age=63072000"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{what}: {name}");
    }
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
}

#[tokio::test]
async fn j04_a_method_an_endpoint_does_not_take_gets_405_and_the_ones_it_takes() {
    let hub = Hub::start().await;
    for (_, path, methods) in ENDPOINTS {
        for method in ["PUT", "DELETE", "PATCH", "POST", "GET", "HEAD"] {
            if methods.split(", ").any(|taken| taken == method) {
                continue;
            }
            let answer = hub.send(method, path, &[], "").await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some(methods)), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn j04_methods_nobody_knows_get_501() {
    let hub = Hub::start().await;
    for method in ["TRACE", "CONNECT", "PROPFIND", "GETT"] {
        assert_eq!(hub.send(method, "/par", &[], "").await.status, 501, "{method}");
    }
}

#[tokio::test]
async fn j13_options_and_head_are_defined() {
    let hub = Hub::start().await;
    for (_, path, methods) in ENDPOINTS {
        let answer = hub.send("OPTIONS", path, &[("Origin", "https://evil.example")], "").await;
        assert_eq!((answer.status, answer.header("allow")), (204, Some(methods)), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
    let head = hub.send("HEAD", "/jwks", &[], "").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(hub.send("HEAD", "/callback/XA", &[], "").await.status, 405);
}

#[tokio::test]
async fn j07_a_path_has_one_spelling() {
    let hub = Hub::start().await;
    for path in [
        "//authorize",
        "/authorize/",
        "/%61uthorize",
        "/authorize%2f",
        "/..;/authorize",
        "/./authorize",
        "/x/../authorize",
        "/authorize;x=1",
        "/AUTHORIZE",
        "/callback/XA/",
        "/callback/%58A",
        "/callback/",
        "/livez",
        "/metrics",
        "/",
    ] {
        assert_eq!(hub.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn j01_requests_with_two_meanings_are_refused_and_the_connection_ends() {
    let hub = Hub::start().await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    for (what, request) in [
        (
            "length and chunked",
            format!(
                "POST /par HTTP/1.1\r\nHost: h\r\n{form}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
        ),
        (
            "two lengths",
            format!("POST /par HTTP/1.1\r\nHost: h\r\n{form}Content-Length: 3\r\nContent-Length: 4\r\n\r\na=bc"),
        ),
        ("xchunked", format!("POST /par HTTP/1.1\r\nHost: h\r\n{form}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")),
        (
            "chunked twice",
            format!(
                "POST /par HTTP/1.1\r\nHost: h\r\n{form}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
        ),
        ("obs-fold", "GET /jwks HTTP/1.1\r\nHost: h\r\nX-A: b\r\n c\r\n\r\n".to_owned()),
        ("space before colon", "GET /jwks HTTP/1.1\r\nHost : h\r\n\r\n".to_owned()),
        ("signed length", format!("POST /par HTTP/1.1\r\nHost: h\r\n{form}Content-Length: +3\r\n\r\na=b")),
        (
            "chunked in HTTP/1.0",
            format!("POST /par HTTP/1.0\r\nHost: h\r\n{form}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ),
        ("NUL in a value", "GET /jwks HTTP/1.1\r\nHost: h\r\nX-A: b\0c\r\n\r\n".to_owned()),
    ] {
        // A second request rides along: it must not be answered.
        let answer = hub.raw(format!("{request}GET /jwks HTTP/1.1\r\nHost: h\r\n\r\n")).await;
        assert_eq!(answer.status, 400, "{what}");
        assert!(!answer.text().contains("\"keys\""), "{what}: the smuggled request was answered");
    }
}

#[tokio::test]
async fn j02_j03_oversized_heads_and_targets_are_refused() {
    let hub = Hub::start().await;
    let large = "a".repeat(64 * 1024);
    assert_eq!(hub.send("GET", "/jwks", &[("X-Large", &large)], "").await.status, 400);
    assert_eq!(hub.send("POST", "/par", &[("DPoP", &large)], "").await.json()["error"], "invalid_request");
    let many: Vec<(String, &str)> = (0..200).map(|n| (format!("X-{n}"), "a")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    // More than actix-http itself reads.
    assert_eq!(hub.send("GET", "/jwks", &many, "").await.status, 431);
    assert_eq!(hub.send("GET", "/jwks", &many[..80], "").await.status, 400);
    for length in [9 * 1024, 60 * 1024] {
        assert_eq!(hub.get(&format!("/authorize?state={}", "a".repeat(length))).await.status, 414, "{length}");
    }
}

#[tokio::test]
async fn j05_neither_host_nor_forwarded_headers_change_what_the_hub_writes() {
    let hub = Hub::start().await;
    let forged = [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "http"),
        ("Forwarded", "host=evil.example;proto=http"),
        ("X-Original-URL", "/token"),
    ];
    let document = hub.send("GET", "/.well-known/openid-configuration", &forged, "").await;
    assert_eq!(document.json()["issuer"], support::ISSUER);
    assert!(!document.text().contains("evil.example"));
    let other_host = hub
        .raw("GET /.well-known/openid-configuration HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        .await;
    assert_eq!(other_host.json()["issuer"], support::ISSUER);
    for request in
        ["GET /jwks HTTP/1.1\r\n\r\n", "GET /jwks HTTP/1.1\r\nHost: hub.example\r\nHost: evil.example\r\n\r\n"]
    {
        assert_eq!(hub.raw(request).await.status, 400, "{request}");
    }
}

#[tokio::test]
async fn j08_only_public_documents_may_be_read_by_other_origins() {
    let hub = Hub::start().await;
    for (method, path, _) in ENDPOINTS {
        let origin = [("Origin", "null"), ("Cookie", "__Host-passerelle=abc")];
        let answer = hub.send(method, path, &origin, "").await;
        let expected = PUBLIC.contains(&path).then_some("*");
        assert_eq!(answer.header("access-control-allow-origin"), expected, "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), None, "{path}");
    }
}

#[tokio::test]
async fn a19_c16_a_body_that_is_not_the_endpoints_type_gets_415() {
    let hub = Hub::start().await;
    for path in ["/par", "/token", "/revoke", "/authorize", "/country", "/consent"] {
        for content_type in [
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
            "",
            "application/x-www-form-urlencoded2",
        ] {
            let answer = hub.send("POST", path, &[("Content-Type", content_type)], "{}").await;
            assert_eq!(answer.status, 415, "{path} {content_type}");
        }
        let doubled = [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Type", "application/json")];
        assert_eq!(hub.send("POST", path, &doubled, "a=b").await.status, 415, "{path}");
    }
    assert_eq!(hub.post_form("/federation/v1/verify", "a=b").await.status, 415);
}

// Its region is one of invented countries, which a production build does not use: there every answer is 503.
#[cfg(feature = "test-profile")]
#[tokio::test]
async fn c14_a_client_with_an_authorization_header_nobody_can_read_is_refused_as_one() {
    let hub = Hub::start().await;
    for path in ["/par", "/token", "/revoke"] {
        for headers in ["Authorization: Basic YQ==\r\nAuthorization: Basic YQ==\r\n", "Authorization: Basic \u{e9}\r\n"]
        {
            let answer = hub
                .raw(format!(
                    "POST {path} HTTP/1.1\r\nHost: hub.example\r\nConnection: close\r\n{headers}\
                     Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\ntoken=abc"
                ))
                .await;
            assert_eq!((answer.status, answer.json()["error"].as_str()), (401, Some("invalid_client")), "{path}");
        }
    }
}

#[tokio::test]
async fn q04_a_compressed_body_is_not_inflated() {
    let hub = Hub::start().await;
    for coding in ["gzip", "deflate", "br", "identity"] {
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Encoding", coding)];
        assert_eq!(hub.send("POST", "/token", &headers, "a=b").await.status, 415, "{coding}");
    }
}

#[tokio::test]
async fn b10_a_body_over_64_kib_gets_413() {
    let hub = Hub::start().await;
    for path in ["/par", "/token", "/revoke", "/country", "/consent"] {
        let body = "a".repeat(64 * 1024 + 1);
        assert_eq!(hub.post_form(path, &body).await.status, 413, "{path}");
        assert_ne!(hub.post_form(path, &body[1..]).await.status, 413, "{path}");
    }
}

#[tokio::test]
async fn c16_parameters_of_a_post_in_the_address_are_refused() {
    let hub = Hub::start().await;
    for path in ["/par", "/token", "/revoke", "/country", "/consent", "/authorize"] {
        let answer = hub.post_form(&format!("{path}?client_secret=x"), "a=b").await;
        assert_eq!(answer.status, 400, "{path}");
    }
}

#[tokio::test]
async fn forms_of_ours_are_not_taken_from_other_sites() {
    let hub = Hub::start().await;
    for path in ["/country", "/consent"] {
        for (site, expected) in [("cross-site", 403), ("same-site", 403), ("none", 400), ("same-origin", 400)] {
            let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", site)];
            assert_eq!(hub.send("POST", path, &headers, "state=x").await.status, expected, "{path} {site}");
        }
    }
}

#[tokio::test]
async fn error_pages_are_pages_for_browsers_and_carry_a_code() {
    let hub = Hub::start().await;
    let page =
        hub.send("GET", "/authorize?client_id=x", &[("Accept-Language", "fr"), ("Accept", "text/html")], "").await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let text = page.text();
    assert!(text.contains("id=\"error-code\"") && text.contains("lang=\"fr\""), "{text}");
    assert!(page.all("location").is_empty());
    let nowhere = hub.send("GET", "/nowhere", &[("Accept", "text/html")], "").await;
    assert!(nowhere.text().contains("not_found"));
    assert_eq!(hub.get("/nowhere").await.json()["error"], "not_found");
}

#[tokio::test]
async fn r10_what_a_peer_sent_is_not_in_an_error_page() {
    let hub = Hub::start().await;
    let page = hub.get("/authorize?client_id=%3Cscript%3Ealert(1)%3C/script%3E&request_uri=canary").await;
    assert!(!page.text().contains("alert(1)") && !page.text().contains("canary"), "{}", page.text());
}

#[tokio::test]
async fn a_pressed_language_holds_for_the_rest_of_the_login() {
    let hub = Hub::start().await;
    let pressed = hub.send("GET", "/signed-out?lang=ar", &[("Accept-Language", "fr")], "").await;
    assert!(pressed.text().contains("lang=\"ar\" dir=\"rtl\""));
    let cookie = pressed.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("__Host-passerelle-lang=ar; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age="),
        "{cookie}"
    );
    let later = [("Accept-Language", "fr"), ("Cookie", "__Host-passerelle-lang=ar")];
    assert!(hub.send("GET", "/signed-out", &later, "").await.text().contains("lang=\"ar\""));
    let unknown = hub.send("GET", "/signed-out?lang=xx", &[("Accept-Language", "fr")], "").await;
    assert!(unknown.text().contains("lang=\"fr\"") && unknown.header("set-cookie").is_none());
}

#[tokio::test]
async fn pages_are_compressed_when_the_browser_reads_gzip() {
    let hub = Hub::start().await;
    let plain = hub.get("/signed-out").await;
    let small = hub.send("GET", "/signed-out", &[("Accept-Encoding", "br, gzip")], "").await;
    assert_eq!(small.header("content-encoding"), Some("gzip"));
    assert!(small.body.len() < plain.body.len());
    let refused = hub.send("GET", "/signed-out", &[("Accept-Encoding", "gzip;q=0")], "").await;
    assert_eq!(refused.header("content-encoding"), None);
}

#[tokio::test]
async fn tls_offers_two_versions_and_seven_suites_and_no_more() {
    let hub = Hub::start().await;
    assert_eq!(hub.handshake(&rustls::version::TLS13).await, Some("TLS13_AES_256_GCM_SHA384".to_owned()));
    assert_eq!(
        hub.handshake(&rustls::version::TLS12).await,
        Some("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384".to_owned())
    );
    assert_eq!(hub.handshake_with_chacha_of_tls12().await, None);
}
