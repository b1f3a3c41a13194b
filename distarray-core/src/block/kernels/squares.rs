//! Exact sums of numbers and of the squares of their distances, in one loop over both.

use super::bins::{self, Adding, LANES, PIECE};
use super::cpu::Level;
use super::exact::Exact;
use super::stream::prefetch_later;
use super::sums::AsF64;
use super::window::Window;

/// Adds numbers to one sum, and the squares of their distances from the shift to another.
#[inline(always)]
pub(super) fn sum<L: Level, T: AsF64>(
    elements: &[T],
    shift: f64,
    [values, squares]: [&mut Window; 2],
    ahead: isize,
    [sum, squared]: [&mut [Exact; 1]; 2],
) {
    for piece in elements.chunks(PIECE) {
        let into = [&mut *sum, &mut *squared];
        let done = match (values.narrow(), squares.narrow(), squares.widened()) {
            (Some(a), Some(b), _) => both::<L, T, 2>(piece, shift, [a, b], ahead, into),
            // Squares reach down twice as far as the numbers: they need a third bin before those do.
            (Some(a), _, Some(b)) => both::<L, T, 3>(piece, shift, [a, b], ahead, into),
            _ => false,
        };
        if done {
            squares.count_down();
        } else {
            bins::sum::<L, T>(piece, T::as_f64, values, ahead, sum);
            bins::sum::<L, T>(
                piece,
                #[inline(always)]
                |x| square(x.as_f64() - shift),
                squares,
                ahead,
                squared,
            );
        }
    }
}

#[inline(always)]
fn square(value: f64) -> f64 {
    value * value
}

/// Sums a piece, its numbers in two bins; nothing, and `false`, where those are not enough.
#[inline(always)]
fn both<L: Level, T: AsF64, const K: usize>(
    piece: &[T],
    shift: f64,
    tops: [i32; 2],
    ahead: isize,
    into: [&mut [Exact; 1]; 2],
) -> bool {
    let mut values = Adding::<2, LANES>::new(tops[0]);
    let mut squares = Adding::<K, LANES>::new(tops[1]);
    let apart = |element: T| square(element.as_f64() - shift);
    let (chunks, rest) = piece.as_chunks::<LANES>();
    for chunk in chunks {
        prefetch_later(chunk.as_ptr().cast::<u8>().wrapping_offset(ahead), size_of_val(chunk));
        values.add::<L>(chunk.map(T::as_f64));
        squares.add::<L>(chunk.map(apart));
    }
    values.add::<L>(bins::padded(rest, T::as_f64));
    squares.add::<L>(bins::padded(rest, apart));
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
    use super::super::accumulate::{Absorb, Accumulator, Course, Positions};
    use super::super::bins::samples::{numbers, one_by_one};
    use super::super::cpu;
    use super::super::moments::Moments;
    use super::*;

    #[test]
    fn both_sums_are_exact_whatever_the_numbers() {
        let mut course = Course::default();
        for (powers, around) in [(0, 1), (3, 20), (40, -30), (80, 400), (200, -400), (900, 480)] {
            for count in [0, 1, 7, 8, 100, PIECE, 2 * PIECE + 5] {
                let elements = numbers(count, around, powers);
                let shift = elements.first().copied().unwrap_or(0.0);
                let squared: Vec<f64> = elements.iter().map(|x| square(x - shift)).collect();
                cpu::each_level(|| {
                    let mut moments = <Moments as Accumulator<f64>>::empty(shift);
                    let (elements, at) = (&elements[..], Positions::default());
                    cpu::run(&mut moments, &mut course, Absorb { elements, at });
                    assert_eq!(moments.sum().rounded::<f64>().to_bits(), one_by_one(elements));
                    let squares: f64 = moments.squares().rounded();
                    assert_eq!(squares.to_bits(), one_by_one(&squared));
                });
            }
        }
    }
}
