//! The difference between two releases of a list, for slow links: a list of ten thousand entries of which one changed
//! travels as a few kilobytes.
//!
//! A delta rebuilds the exact signed bytes or nothing. It is trusted no more than a mirror: whoever applies one
//! compares the result with the hash in the status document, as with a list that came whole.
//!
//! The payload of a signed document is base64url, where one byte more shifts all that follow. So both releases are taken
//! apart: what stands before the payload, the payload decoded, what stands after it. The form is
//!
//! ```text
//! "PTD1" | before: u32 | payload: u32 | after: u32 | a Zstandard frame of the three parts of the new release, one after
//!          the other, with those of the old one as its prefix (`zstd --patch-from`)
//! ```
//!
//! with the lengths in bytes, big-endian.

use strict_jose::{Limits, b64};
use zstd_safe::{CCtx, CParameter, DCtx};

const MAGIC: &[u8; 4] = b"PTD1";
/// The level where a list of 100,000 entries takes a second; higher ones save a few bytes in a hundred.
const LEVEL: i32 = 9;
/// 128 MiB hold both releases of the largest list; readers of Zstandard take no larger window unless told to.
const MAX_WINDOW_LOG: u32 = 27;

/// What a delta may weigh beside the whole release: more would not be worth the second file.
pub(crate) const fn max_bytes(release: usize) -> usize {
    release / 2
}

/// Why a delta rebuilds nothing; the whole release is to be fetched then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// It does not begin as a delta does.
    #[error("it is not a delta")]
    NotADelta,
    /// The parts it announces do not make a release of the length that is wanted.
    #[error("it announces a release of another length")]
    WrongLength,
    /// The older release is no signed document.
    #[error("the older release has no payload in base64url")]
    Base,
    /// Not Zstandard, or more or less than announced.
    #[error("it cannot be decompressed: {0}")]
    Damaged(&'static str),
}

/// The delta that turns `old` into `new`, both signed documents; `None` where the whole release is as good.
pub fn make(old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let (base, _) = take_apart(old)?;
    let (content, lengths) = take_apart(new)?;
    let mut delta = MAGIC.to_vec();
    for length in lengths {
        delta.extend_from_slice(&u32::try_from(length).ok()?.to_be_bytes());
    }
    delta.extend_from_slice(&compress(&base, &content)?);
    (delta.len() <= max_bytes(new.len())).then_some(delta)
}

/// The release of `length` bytes that `delta` makes of `old`. Nothing is allocated that `length` does not cover.
pub fn apply(old: &[u8], delta: &[u8], length: usize) -> Result<Vec<u8>, DeltaError> {
    let (lengths, frame) = read_header(delta)?;
    let [before, payload, after] = lengths;
    // Attacks H13, H14: what it will weigh is known before a byte of it is made.
    let content_length = content_length(lengths, length)?;
    let (base, _) = take_apart(old).ok_or(DeltaError::Base)?;
    let content = decompress(&base, frame, content_length)?;
    let mut parts = content.as_slice();
    let mut next = |length: usize| parts.split_off(..length).ok_or(DeltaError::WrongLength);
    let (before, payload, after) = (next(before)?, next(payload)?, next(after)?);
    let mut release = Vec::with_capacity(length);
    release.extend_from_slice(before);
    release.extend_from_slice(b64::encode(payload).as_bytes());
    release.extend_from_slice(after);
    Ok(release)
}

fn read_header(delta: &[u8]) -> Result<([usize; 3], &[u8]), DeltaError> {
    let rest = delta.strip_prefix(MAGIC).ok_or(DeltaError::NotADelta)?;
    let (header, frame) = rest.split_first_chunk::<12>().ok_or(DeltaError::NotADelta)?;
    let mut lengths = [0; 3];
    for (length, bytes) in lengths.iter_mut().zip(header.chunks_exact(4)) {
        let bytes = bytes.try_into().map_err(|_| DeltaError::NotADelta)?;
        *length = usize::try_from(u32::from_be_bytes(bytes)).map_err(|_| DeltaError::WrongLength)?;
    }
    Ok((lengths, frame))
}

/// How many bytes the frame holds, if they make a release of exactly `length`.
fn content_length([before, payload, after]: [usize; 3], length: usize) -> Result<usize, DeltaError> {
    // RFC 7515 §2: base64url without padding has four characters for three bytes, two or three for what is left.
    let encoded = payload.checked_mul(4).map(|bits| bits.div_ceil(3));
    let release = encoded.and_then(|encoded| encoded.checked_add(before)?.checked_add(after));
    if release != Some(length) || length > Limits::BULK_LIST.max_bytes {
        return Err(DeltaError::WrongLength);
    }
    Ok(before + payload + after)
}

/// The parts of a document one after the other, and their lengths. The payload is the longest run of base64url: the
/// other members are names, keys and signatures.
fn take_apart(document: &[u8]) -> Option<(Vec<u8>, [usize; 3])> {
    let mut start = 0;
    let mut longest = 0..0;
    for run in document.split(|byte| !is_base64url(*byte)) {
        if run.len() > longest.len() {
            longest = start..start + run.len();
        }
        start += run.len() + 1;
    }
    let text = str::from_utf8(document.get(longest.clone())?).ok()?;
    let payload = b64::decode(text).ok().filter(|payload| !payload.is_empty() && b64::encode(payload) == text)?;
    let (before, after) = (document.get(..longest.start)?, document.get(longest.end..)?);
    Some(([before, &payload, after].concat(), [before.len(), payload.len(), after.len()]))
}

const fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn compress(base: &[u8], content: &[u8]) -> Option<Vec<u8>> {
    let both = u64::try_from(base.len() + content.len()).ok()?;
    let window = both.next_power_of_two().ilog2().clamp(10, MAX_WINDOW_LOG);
    let mut encoder = CCtx::try_create()?;
    let parameters = [
        CParameter::CompressionLevel(LEVEL),
        CParameter::WindowLog(window),
        // Finds what the ordinary search does not at these distances.
        CParameter::EnableLongDistanceMatching(true),
    ];
    for parameter in parameters {
        encoder.set_parameter(parameter).ok()?;
    }
    encoder.ref_prefix(base).ok()?;
    let mut frame = Vec::with_capacity(zstd_safe::compress_bound(content.len()));
    encoder.compress2(&mut frame, content).ok()?;
    Some(frame)
}

/// Straight into a buffer of the announced length: no window is allocated, whatever the frame asks for.
fn decompress(base: &[u8], frame: &[u8], length: usize) -> Result<Vec<u8>, DeltaError> {
    let damaged = |code| DeltaError::Damaged(zstd_safe::get_error_name(code));
    let mut decoder = DCtx::try_create().ok_or(DeltaError::Damaged("no memory"))?;
    decoder.ref_prefix(base).map_err(damaged)?;
    let mut content = Vec::with_capacity(length);
    decoder.decompress(&mut content, frame).map_err(damaged)?;
    if content.len() == length { Ok(content) } else { Err(DeltaError::WrongLength) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A signed document of so many entries, one of them with another key.
    fn document(entries: usize, changed: usize) -> Vec<u8> {
        let key = |n| b64::encode(strict_jose::sha256(format!("{n} {}", n == changed).as_bytes()));
        let entries: Vec<_> = (0..entries).map(|n| format!(r#"{{"entity":"e{n}","key":"{}"}}"#, key(n))).collect();
        let (payload, signature) = (b64::encode(entries.join(",")), b64::encode(strict_jose::sha256([0; 64])));
        format!(r#"{{"payload":"{payload}","signatures":[{{"signature":"{signature}"}}]}}"#).into_bytes()
    }

    #[test]
    fn a_delta_rebuilds_the_exact_bytes_and_weighs_little() {
        let (old, new) = (document(2_000, 3), document(2_000, 1_900));
        let delta = make(&old, &new).unwrap();
        assert!(delta.len() < 1_000, "{}", delta.len());
        assert_eq!(apply(&old, &delta, new.len()).unwrap(), new);
    }

    #[test]
    fn what_has_little_in_common_is_not_worth_a_delta() {
        let other = strict_jose::random_bytes::<3000>().unwrap();
        let other = format!(r#"{{"payload":"{}"}}"#, b64::encode(other));
        assert_eq!(make(&document(50, 1), other.as_bytes()), None);
        assert_eq!(make(b"{}", &document(50, 1)), None);
    }

    #[test]
    fn h14_a_delta_that_announces_more_than_the_status_allows_is_refused_before_it_is_unpacked() {
        let (old, new) = (document(50, 1), document(50, 2));
        let delta = make(&old, &new).unwrap();
        assert_eq!(apply(&old, &delta, new.len() + 1), Err(DeltaError::WrongLength));
        let mut bomb = delta.clone();
        bomb[4..16].fill(0xff);
        assert_eq!(apply(&old, &bomb, new.len()), Err(DeltaError::WrongLength));
        assert_eq!(apply(&old, &bomb, usize::MAX), Err(DeltaError::WrongLength));
    }

    #[test]
    fn h14_a_frame_that_unpacks_to_more_than_announced_is_cut_at_what_was_announced() {
        let (old, new) = (document(50, 1), document(50, 2));
        let zeros = compress(&take_apart(&old).unwrap().0, &vec![0; 50_000_000]).unwrap();
        assert!(zeros.len() < 10_000, "a bomb of {} bytes", zeros.len());
        let bomb = [&make(&old, &new).unwrap()[..16], &zeros].concat();
        assert!(matches!(apply(&old, &bomb, new.len()), Err(DeltaError::Damaged(_))));
    }

    #[test]
    fn a_delta_that_is_cut_damaged_or_of_another_release_makes_nothing_or_no_more_than_was_announced() {
        let (old, new) = (document(50, 1), document(50, 2));
        let delta = make(&old, &new).unwrap();
        assert_ne!(apply(&document(50, 7), &delta, new.len()).ok(), Some(new.clone()));
        for at in 0..delta.len() {
            let mut damaged = delta.clone();
            damaged[at] ^= 1;
            let rebuilt = apply(&old, &damaged, new.len());
            assert!(rebuilt.is_err() || rebuilt.is_ok_and(|rebuilt| rebuilt.len() == new.len()), "byte {at}");
        }
        for end in 0..delta.len() {
            assert!(apply(&old, &delta[..end], new.len()).is_err(), "cut after {end} bytes");
            crate::fuzzing::delta(&delta[..end]);
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_comes_as_a_delta_neither_panics_nor_grows(lengths: [u8; 3], frame: Vec<u8>) {
            let header = lengths.map(|length| [0, 0, 0, length]).concat();
            crate::fuzzing::delta(&[MAGIC.as_slice(), &header, &frame].concat());
            crate::fuzzing::delta(&frame);
        }
    }
}
