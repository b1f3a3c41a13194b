//! Exact sums of numbers and of the squares of their distances, in one loop over both.

use super::bins::{self, AHEAD, Adding, LANES, PIECE, Window};
use super::exact::Exact;
use super::stream::prefetch;
use super::sums::AsF64;

/// Adds numbers to one sum, and the squares of their distances from the shift to another.
#[inline(always)]
pub(super) fn sum<T: AsF64>(
    elements: &[T],
    shift: f64,
    [values, squares]: [&mut Window; 2],
    [sum, squared]: [&mut [Exact; 1]; 2],
) {
    for piece in elements.chunks(PIECE) {
        let tops = values.narrow().zip(squares.narrow());
        let done =
            tops.is_some_and(|(a, b)| both(piece, shift, [a, b], [&mut *sum, &mut *squared]));
        if !done {
            bins::sum(piece, T::as_f64, values, sum);
            bins::sum(
                piece,
                #[inline(always)]
                |x| square(x.as_f64() - shift),
                squares,
                squared,
            );
        }
    }
}

#[inline(always)]
fn square(value: f64) -> f64 {
    value * value
}

/// Sums a piece in two bins each; nothing, and `false`, where those are not enough.
#[inline(always)]
fn both<T: AsF64>(piece: &[T], shift: f64, tops: [i32; 2], into: [&mut [Exact; 1]; 2]) -> bool {
    let mut values = Adding::<2, LANES>::new(tops[0]);
    let mut squares = Adding::<2, LANES>::new(tops[1]);
    let apart = |element: T| square(element.as_f64() - shift);
    let (chunks, rest) = piece.as_chunks::<LANES>();
    for chunk in chunks {
        prefetch(chunk.as_ptr().cast::<u8>().wrapping_add(AHEAD), size_of_val(chunk));
        values.add(chunk.map(T::as_f64));
        squares.add(chunk.map(apart));
    }
    values.add(bins::padded(rest, T::as_f64));
    squares.add(bins::padded(rest, apart));
    let is_exact = values.found().is_exact(tops[0]) && squares.found().is_exact(tops[1]);
    if is_exact {
        let [sum, squared] = into;
        values.empty_into(sum);
        squares.empty_into(squared);
    }
    is_exact
}

#[cfg(test)]
mod tests {
    use super::super::bins::samples::{numbers, one_by_one};
    use super::super::cpu;
    use super::*;

    #[test]
    fn both_sums_are_exact_whatever_the_numbers() {
        let mut windows = [Window::default(); 2];
        for (powers, around) in [(0, 1), (3, 20), (40, -30), (80, 400), (200, -400), (900, 480)] {
            for count in [0, 1, 7, 8, 100, PIECE, 2 * PIECE + 5] {
                let elements = numbers(count, around, powers);
                let shift = elements.first().copied().unwrap_or(0.0);
                let squared: Vec<f64> = elements.iter().map(|x| square(x - shift)).collect();
                cpu::each_level(|| {
                    let (mut sums, mut squares) = ([Exact::ZERO], [Exact::ZERO]);
                    let (elements, both) = (&elements[..], [&mut sums, &mut squares]);
                    let [values, apart] = &mut windows;
                    cpu::dispatch(
                        #[inline(always)]
                        move || sum(elements, shift, [values, apart], both),
                    );
                    assert_eq!(sums[0].rounded::<f64>().to_bits(), one_by_one(elements));
                    assert_eq!(squares[0].rounded::<f64>().to_bits(), one_by_one(&squared));
                });
            }
        }
    }
}
