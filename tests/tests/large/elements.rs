//! The elements of all tests: a function of the index that is cheap to write and to check.

/// The period of the elements: a prime, so that elements any power of two apart differ. A count or
/// an offset that lost its upper bits shows.
const PERIOD: usize = 251;

/// Bytes that are written or checked at a time: in the cache, and whole periods.
const CHUNK: usize = PERIOD << 10;

/// The element at a global index.
pub(crate) fn element(global: usize) -> u8 {
    (global % PERIOD) as u8
}

/// The elements at indices `step` apart, from one on.
fn chunk(first: usize, step: usize) -> Vec<u8> {
    (0..CHUNK).map(|i| element(first + i * step)).collect()
}

/// Writes the elements at indices `step` apart, from `first` on.
pub(crate) fn fill(elements: &mut [u8], first: usize, step: usize) {
    let chunk = chunk(first, step);
    elements.chunks_mut(CHUNK).for_each(|part| part.copy_from_slice(&chunk[..part.len()]));
}

/// That these are the elements at indices `step` apart, from `first` on.
pub(crate) fn check(elements: &[u8], first: usize, step: usize) {
    let chunk = chunk(first, step);
    for (number, part) in elements.chunks(CHUNK).enumerate() {
        if part != &chunk[..part.len()] {
            let at = part.iter().zip(&chunk).position(|(a, b)| a != b).expect("they differ");
            let (found, expected) = (part[at], chunk[at]);
            let global = first + (number * CHUNK + at) * step;
            panic!("the element at {global} is {found}, not {expected}");
        }
    }
}

/// The sum of the first elements.
pub(crate) fn sum(count: usize) -> u64 {
    let of = |count: usize| (0..count).map(|global| u64::from(element(global))).sum::<u64>();
    (count / PERIOD) as u64 * of(PERIOD) + of(count % PERIOD)
}

#[test]
fn what_is_written_is_found() {
    let mut elements = vec![0; 2 * CHUNK + 7];
    fill(&mut elements, 5, 3);
    assert!(elements.iter().enumerate().all(|(i, &value)| value == element(5 + 3 * i)));
    check(&elements, 5, 3);
    let total: u64 = (0..1000).map(|i| u64::from(element(i))).sum();
    assert_eq!(sum(1000), total);
}

#[test]
#[should_panic(expected = "the element at 514048 is 1, not 0")]
fn what_differs_is_told() {
    let mut elements = vec![0; 2 * CHUNK + 1];
    fill(&mut elements, 0, 1);
    elements[2 * CHUNK] = 1;
    check(&elements, 0, 1);
}
