//! Ids and pictures for whatever the seed gives none, the same in every run.

/// 24 hexadecimal digits that look like the Hub's: a time and then what only this name has.
pub(super) fn object(name: &str) -> String {
    format!("69050a07{:016x}", hash("object", name))
}

/// The path of a generated picture, of the Hub's own form.
pub(super) fn avatar(name: &str) -> String {
    format!("/avatars/{:016x}{:016x}.svg", hash("avatar", name), hash("picture", name))
}

/// A stable hash, which is no digest and need be none: FNV-1a, and the end of `MurmurHash3` so that
/// names that differ in one digit get ids that differ in all.
fn hash(kind: &str, name: &str) -> u64 {
    let bytes = kind.bytes().chain([b':']).chain(name.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}
