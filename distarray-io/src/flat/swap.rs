//! Turning round the bytes of numbers.

/// Turns round every group of `unit` bytes, in place; nothing to do for 1.
pub(super) fn swap(bytes: &mut [u8], unit: usize) {
    match unit {
        2 => turn::<2>(bytes),
        4 => turn::<4>(bytes),
        8 => turn::<8>(bytes),
        _ => debug_assert_eq!(unit, 1, "numbers have 1, 2, 4 or 8 bytes"),
    }
}

/// With the size known at compile time, a group is one instruction.
fn turn<const N: usize>(bytes: &mut [u8]) {
    bytes.as_chunks_mut::<N>().0.iter_mut().for_each(|number| number.reverse());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_turned_round_each_by_itself() {
        let turned = |unit| {
            let mut bytes = [1, 2, 3, 4, 5, 6, 7, 8];
            swap(&mut bytes, unit);
            bytes
        };
        assert_eq!(turned(1), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(turned(2), [2, 1, 4, 3, 6, 5, 8, 7]);
        assert_eq!(turned(4), [4, 3, 2, 1, 8, 7, 6, 5]);
        assert_eq!(turned(8), [8, 7, 6, 5, 4, 3, 2, 1]);
    }
}
