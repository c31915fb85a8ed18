//! How much input is read before anything is believed.

/// The largest input and the deepest nesting a parser accepts.
///
/// To add one: 1. name it after the document, 2. write its arithmetic, 3. use it where that document is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes.
    pub max_bytes: usize,
    /// The most arrays and objects inside one another; a flat object has depth 1.
    pub max_depth: usize,
}

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

impl Limits {
    /// One key, one DPoP proof, one small answer. An RSA-8192 JWK with its private half is about 7 KiB
    /// (n 1366 + d 1366 + five halves of 683 characters = 6.1 KiB); twice that is 16 KiB rounded up.
    pub const SMALL: Self = Self { max_bytes: 16 * KIB, max_depth: 8 };

    /// A token, a request object, a userinfo answer. The largest honest one carries a portrait of about 30 KiB,
    /// 40 KiB in base64url, 54 KiB when nested once more: 64 KiB. Verified claims nest 9 deep: 16.
    pub const TOKEN: Self = Self { max_bytes: 64 * KIB, max_depth: 16 };

    /// A userinfo answer with a portrait in print quality, signed and then encrypted: 200 KiB of portrait are 270 KiB
    /// in base64, 360 KiB signed, 480 KiB encrypted: 512 KiB.
    pub const USERINFO: Self = Self { max_bytes: 512 * KIB, max_depth: 16 };

    /// A JWK set. 100 RSA-4096 keys with a certificate each (0.7 KiB + 1.9 KiB) are 260 KiB; upstream sets are a
    /// tenth of that: 256 KiB.
    pub const JWKS: Self = Self { max_bytes: 256 * KIB, max_depth: 8 };

    /// A trust list as it is fetched. 10,000 entries of 470 bytes are 4.7 MB, 6.3 MB in base64url: 10 MiB.
    /// LoTE JSON nests 13 deep with our extension: 32.
    pub const LIST: Self = Self { max_bytes: 10 * MIB, max_depth: 32 };

    /// The largest national list. 100,000 entries of ours, 1,250 bytes of JSON each, are 125 MB, 167 MB in base64url: 192 MiB
    /// leaves a fifth. While one of that size is verified it is in memory as it came, as it is signed, decoded and as
    /// entries: 167 + 167 + 125 + about 250 MB, and the entries alone stay.
    pub const BULK_LIST: Self = Self { max_bytes: 192 * MIB, max_depth: 32 };

    /// The same depth with another size.
    #[must_use]
    pub const fn with_max_bytes(self, max_bytes: usize) -> Self {
        Self { max_bytes, ..self }
    }
}
