//! DER taken apart and put together again, for certificates that no library would make.

use rcgen::{KeyPair, SigningKey as _};

/// One element.
#[derive(Clone)]
pub(crate) struct Element {
    pub(crate) tag: u8,
    pub(crate) content: Content,
}

#[derive(Clone)]
pub(crate) enum Content {
    Bytes(Vec<u8>),
    Elements(Vec<Element>),
}

impl Element {
    pub(crate) fn bytes(tag: u8, bytes: &[u8]) -> Self {
        Self { tag, content: Content::Bytes(bytes.to_vec()) }
    }

    pub(crate) fn sequence(elements: Vec<Self>) -> Self {
        Self { tag: 0x30, content: Content::Elements(elements) }
    }

    /// The element that `der` is.
    pub(crate) fn read(der: &[u8]) -> Self {
        let (element, rest) = Self::first(der);
        assert!(rest.is_empty());
        element
    }

    fn first(der: &[u8]) -> (Self, &[u8]) {
        let (tag, len, header) = match der[1] {
            short @ 0..=0x7f => (der[0], usize::from(short), 2),
            long => {
                let octets = usize::from(long & 0x7f);
                let len = der[2..2 + octets].iter().fold(0, |len, octet| len << 8 | usize::from(*octet));
                (der[0], len, 2 + octets)
            }
        };
        let (content, rest) = der[header..].split_at(len);
        let constructed = tag & 0x20 != 0;
        let content =
            if constructed { Content::Elements(Self::all(content)) } else { Content::Bytes(content.to_vec()) };
        (Self { tag, content }, rest)
    }

    fn all(mut der: &[u8]) -> Vec<Self> {
        let mut elements = Vec::new();
        while !der.is_empty() {
            let (element, rest) = Self::first(der);
            elements.push(element);
            der = rest;
        }
        elements
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let content = match &self.content {
            Content::Bytes(bytes) => bytes.clone(),
            Content::Elements(elements) => elements.iter().flat_map(Self::write).collect(),
        };
        let length = match content.len() {
            short @ 0..=0x7f => vec![short.to_le_bytes()[0]],
            long => vec![0x82, long.to_be_bytes()[6], long.to_be_bytes()[7]],
        };
        // DER has one way to write a length.
        let length = if length.get(1) == Some(&0) { vec![0x81, length[2]] } else { length };
        [&[self.tag], &length[..], &content].concat()
    }

    pub(crate) fn elements(&mut self) -> &mut Vec<Self> {
        match &mut self.content {
            Content::Elements(elements) => elements,
            Content::Bytes(_) => panic!("not made of elements"),
        }
    }

    pub(crate) fn at(&mut self, place: usize) -> &mut Self {
        &mut self.elements()[place]
    }
}

/// Where the fields of a TBSCertificate stand (RFC 5280 §4.1).
pub(crate) const SERIAL: usize = 1;
pub(crate) const INNER_ALGORITHM: usize = 2;
pub(crate) const VALIDITY: usize = 4;
pub(crate) const KEY: usize = 6;
pub(crate) const EXTENSIONS: usize = 7;

/// The certificate with its TBSCertificate changed, signed by nobody.
pub(crate) fn changed(certificate: &[u8], change: impl FnOnce(&mut Element)) -> Vec<u8> {
    let mut certificate = Element::read(certificate);
    change(certificate.at(0));
    certificate.write()
}

/// The certificate with its TBSCertificate changed, signed by `issuer`.
pub(crate) fn reissued(certificate: &[u8], issuer: &KeyPair, change: impl FnOnce(&mut Element)) -> Vec<u8> {
    let mut certificate = Element::read(certificate);
    change(certificate.at(0));
    let signature = issuer.sign(&certificate.at(0).write()).unwrap();
    *certificate.at(2) = Element::bytes(0x03, &[&[0], &signature[..]].concat());
    certificate.write()
}

/// The extensions of a TBSCertificate.
pub(crate) fn extensions(tbs: &mut Element) -> &mut Vec<Element> {
    tbs.at(EXTENSIONS).at(0).elements()
}

/// An extension with these bytes as its value.
pub(crate) fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Element {
    let mut parts = vec![Element::bytes(0x06, oid)];
    if critical {
        parts.push(Element::bytes(0x01, &[0xff]));
    }
    parts.push(Element::bytes(0x04, value));
    Element::sequence(parts)
}
