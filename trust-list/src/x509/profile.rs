//! The profile: what webpki leaves open. Each rule is one function; the lists of rules are at the top.

use strict_jose::{PublicJwk, UnixTime};
use x509_parser::der_parser::oid;
use x509_parser::extensions::{GeneralName, NameConstraints};
use x509_parser::oid_registry::Oid;

use super::certificate::Certificate;
use super::extensions::Extensions;
use super::{X509Problem, algorithms, fields, key, validity};

/// TS 119 612 §5.7.1: id-tsl-kp-tslSigning.
const TSL_SIGNING: Oid<'static> = oid!(0.4.0.2231.3.0);

/// What every certificate keeps, whatever it is for. Gives its key and its extensions.
pub(super) fn any<'c>(
    certificate: &'c Certificate<'_>,
    now: UnixTime,
) -> Result<(PublicJwk, Extensions<'c>), X509Problem> {
    fields::version(certificate)?;
    fields::serial(certificate)?;
    fields::issuer(certificate)?;
    fields::unique_identifiers(certificate)?;
    algorithms::check(&certificate.x509.signature_algorithm, &certificate.x509.tbs_certificate.signature)?;
    let key = key::read(certificate.x509.public_key())?;
    let extensions = Extensions::read(certificate)?;
    alternative_names(certificate, &extensions)?;
    authority_key(certificate, &extensions)?;
    validity::form(certificate)?;
    validity::at(certificate, now)?;
    Ok((key, extensions))
}

/// What a list signer's certificate is beyond that (TS 119 612 §5.7.1).
pub(super) fn list_signer(certificate: &Certificate<'_>, now: UnixTime) -> Result<PublicJwk, X509Problem> {
    let (key, extensions) = any(certificate, now)?;
    if extensions.basic_constraints().is_none() {
        return Err(X509Problem::NoBasicConstraints);
    }
    end_entity(&extensions)?;
    signing_usage(&extensions)?;
    tsl_signing(&extensions)?;
    subject_key(&extensions)?;
    Ok(key)
}

/// What a TLS server's certificate is beyond that: the corpus of x509-limbo has no list signers.
#[cfg(feature = "testing")]
pub(super) fn tls_server(certificate: &Certificate<'_>, now: UnixTime) -> Result<(), X509Problem> {
    let (_, extensions) = any(certificate, now)?;
    end_entity(&extensions)?;
    if extensions.key_usage().is_some_and(x509_parser::extensions::KeyUsage::key_cert_sign) {
        return Err(X509Problem::KeyUsageNotForSigning);
    }
    match extensions.extended_key_usage() {
        Some(usage) if usage.any => Err(X509Problem::AnyExtendedKeyUsage),
        Some(usage) if usage.server_auth => Ok(()),
        Some(_) => Err(X509Problem::WrongExtendedKeyUsage),
        None => Err(X509Problem::NoExtendedKeyUsage),
    }
}

/// What an authority's certificate is beyond that, pinned or in between.
pub(super) fn authority(certificate: &Certificate<'_>, now: UnixTime) -> Result<(), X509Problem> {
    let (_, extensions) = any(certificate, now)?;
    fields::subject_of_authority(certificate)?;
    may_issue(&extensions)?;
    certificate_usage(&extensions)?;
    subject_key(&extensions)?;
    constraints_can_be_judged(&extensions)
}

/// RFC 5280 §4.2.1.9 and §4.2.1.10: not an authority, and without what only an authority has.
pub(super) fn end_entity(extensions: &Extensions<'_>) -> Result<(), X509Problem> {
    if extensions.name_constraints().is_some() {
        return Err(X509Problem::NameConstraintsInSigner);
    }
    match extensions.basic_constraints() {
        Some((found, _)) if found.ca => Err(X509Problem::AuthorityAsSigner),
        Some((found, _)) if found.path_len_constraint.is_some() => Err(X509Problem::PathLengthWithoutAuthority),
        _ => Ok(()),
    }
}

/// TS 119 612 §5.7.1: digitalSignature and contentCommitment are the first two bits (RFC 5280 §4.2.1.3).
fn signing_usage(extensions: &Extensions<'_>) -> Result<(), X509Problem> {
    let usage = extensions.key_usage().ok_or(X509Problem::NoKeyUsage)?;
    if usage.flags != 0 && usage.flags & !0b11 == 0 { Ok(()) } else { Err(X509Problem::KeyUsageNotForSigning) }
}

/// TS 119 612 §5.7.1: tslSigning, alone.
fn tsl_signing(extensions: &Extensions<'_>) -> Result<(), X509Problem> {
    let usage = extensions.extended_key_usage().ok_or(X509Problem::NoExtendedKeyUsage)?;
    if usage.any {
        return Err(X509Problem::AnyExtendedKeyUsage);
    }
    let others = [
        usage.server_auth,
        usage.client_auth,
        usage.code_signing,
        usage.email_protection,
        usage.time_stamping,
        usage.ocsp_signing,
    ];
    let alone = usage.other.as_slice() == [TSL_SIGNING] && !others.contains(&true);
    if alone { Ok(()) } else { Err(X509Problem::WrongExtendedKeyUsage) }
}

/// RFC 5280 §4.2.1.9: present, critical, cA.
fn may_issue(extensions: &Extensions<'_>) -> Result<(), X509Problem> {
    let (found, critical) = extensions.basic_constraints().ok_or(X509Problem::NoBasicConstraints)?;
    if !found.ca {
        return Err(X509Problem::NotAnAuthority);
    }
    if critical { Ok(()) } else { Err(X509Problem::MustBeCritical("basicConstraints".to_owned())) }
}

/// RFC 5280 §4.2.1.3: present in authorities, with keyCertSign.
fn certificate_usage(extensions: &Extensions<'_>) -> Result<(), X509Problem> {
    let usage = extensions.key_usage().ok_or(X509Problem::NoKeyUsage)?;
    if usage.key_cert_sign() { Ok(()) } else { Err(X509Problem::KeyUsageNotForCertificates) }
}

/// RFC 5280 §4.2.1.2.
pub(super) fn subject_key(extensions: &Extensions<'_>) -> Result<(), X509Problem> {
    match extensions.subject_key_identifier() {
        Some(identifier) if !identifier.is_empty() => Ok(()),
        _ => Err(X509Problem::NoSubjectKeyIdentifier),
    }
}

/// RFC 5280 §4.2.1.1: names a key, in all but self-signed certificates.
fn authority_key(certificate: &Certificate<'_>, extensions: &Extensions<'_>) -> Result<(), X509Problem> {
    let may_lack = certificate.is_self_issued() && !extensions.has_authority_key();
    if may_lack || extensions.authority_key_identifier().is_some() {
        return Ok(());
    }
    Err(X509Problem::NoAuthorityKeyIdentifier)
}

/// RFC 5280 §4.2.1.1: a root is signed with its own key, so that is the key it names.
pub(super) fn pinned(certificate: &Certificate<'_>) -> Result<(), X509Problem> {
    let extensions = Extensions::read(certificate)?;
    match (extensions.authority_key_identifier(), extensions.subject_key_identifier()) {
        (Some(named), Some(own)) if certificate.is_self_issued() && named != own => Err(X509Problem::OtherAuthorityKey),
        _ => Ok(()),
    }
}

/// RFC 5280 §4.2.1.6: at least one name, each readable; critical if and only if the subject is empty.
fn alternative_names(certificate: &Certificate<'_>, extensions: &Extensions<'_>) -> Result<(), X509Problem> {
    let Some((names, critical)) = extensions.alternative_names() else { return Ok(()) };
    let invalid = |name: &GeneralName<'_>| match name {
        GeneralName::Invalid(..) => true,
        GeneralName::DNSName(name) => !is_dns_name(name.strip_prefix("*.").unwrap_or(name)),
        _ => false,
    };
    if names.is_empty() || names.iter().any(invalid) {
        return Err(X509Problem::AlternativeNames);
    }
    let without_subject = fields::subject_of_authority(certificate).is_err();
    if critical == without_subject { Ok(()) } else { Err(X509Problem::CriticalAlternativeNames) }
}

/// RFC 1034 §3.5, RFC 1123 §2.1: letters, digits and hyphens, the hyphens inside.
fn is_dns_name(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.split('.').all(label)
}

/// RFC 5280 §4.2.1.10: critical, and "must either process the constraint or reject the certificate". webpki processes
/// those on DNS names and addresses.
fn constraints_can_be_judged(extensions: &Extensions<'_>) -> Result<(), X509Problem> {
    let Some((constraints, critical)) = extensions.name_constraints() else { return Ok(()) };
    if !critical {
        return Err(X509Problem::MustBeCritical("nameConstraints".to_owned()));
    }
    if subtrees(constraints).next().is_none() {
        return Err(X509Problem::EmptyNameConstraints);
    }
    let malformed = |base: &GeneralName<'_>| matches!(base, GeneralName::DNSName(name) if !is_dns_name(name));
    if subtrees(constraints).any(malformed) {
        return Err(X509Problem::MalformedNameConstraint);
    }
    match subtrees(constraints).find_map(form_without_judge) {
        Some(form) => Err(X509Problem::NameConstraintForm(form)),
        None => Ok(()),
    }
}

fn subtrees<'c>(constraints: &'c NameConstraints<'c>) -> impl Iterator<Item = &'c GeneralName<'c>> {
    let both = [&constraints.permitted_subtrees, &constraints.excluded_subtrees];
    both.into_iter().flatten().flatten().map(|subtree| &subtree.base)
}

fn form_without_judge(base: &GeneralName<'_>) -> Option<&'static str> {
    match base {
        GeneralName::DNSName(_) | GeneralName::IPAddress(_) => None,
        GeneralName::DirectoryName(_) => Some("directoryName"),
        GeneralName::RFC822Name(_) => Some("rfc822Name"),
        GeneralName::URI(_) => Some("uniformResourceIdentifier"),
        _ => Some("otherName"),
    }
}
