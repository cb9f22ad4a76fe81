//! Chance that is the same every time.

/// SplitMix64's finaliser: every bit of the result depends on every bit of `seed`.
pub(crate) fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

pub(crate) fn hash(text: &str) -> u64 {
    let fnv = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mix(fnv)
}

/// A Modrinth id: eight characters.
pub(crate) fn base62(mut seed: u64) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digit = |_| {
        let digit = DIGITS[(seed % 62) as usize];
        seed /= 62;
        char::from(digit)
    };
    (0..8).map(digit).collect()
}

/// `digits` of hexadecimal, in the manner of a file's digest.
pub(crate) fn hex(seed: u64, digits: usize) -> String {
    let words = (0..digits.div_ceil(16) as u64).map(|i| format!("{:016x}", mix(seed ^ i)));
    let mut hex = words.collect::<String>();
    hex.truncate(digits);
    hex
}
