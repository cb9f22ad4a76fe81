//! What each part has of a whole.

/// A part in thousandths of the whole. Those of all parts add up to a thousand: what rounding
/// leaves over goes to where it is missed most, the larger part first.
pub fn thousandths(parts: &[i64]) -> Option<Vec<i64>> {
    let parts: Vec<i128> = parts.iter().map(|part| i128::from(*part)).collect();
    let whole: i128 = parts.iter().sum();
    if whole <= 0 || parts.iter().any(|part| *part < 0) {
        return None;
    }
    let mut shares: Vec<i128> = parts.iter().map(|part| part * 1000 / whole).collect();
    let left_over = 1000 - shares.iter().sum::<i128>();
    let mut by_need: Vec<usize> = (0..parts.len()).collect();
    by_need.sort_by_key(|index| {
        let part = parts[*index];
        (
            std::cmp::Reverse(part * 1000 % whole),
            std::cmp::Reverse(part),
        )
    });
    for (index, _) in by_need.into_iter().zip(0..left_over) {
        shares[index] += 1;
    }
    shares
        .into_iter()
        .map(|share| i64::try_from(share).ok())
        .collect()
}
