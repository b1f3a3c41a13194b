//! [`Cursor`]: a message read or filled piece by piece, in order.

use super::ahead::{Ahead, WORTHWHILE};
use super::stream;
use crate::comm::Message;
use crate::comm::layout::{Layout, Spans};

/// A place within a message, up to which its bytes have been read or filled.
///
/// To go on costs nothing but the runs that are passed, where elements lie one after the other along
/// the innermost axis; elsewhere each piece is an [excerpt](Message::excerpt).
///
/// ```
/// use distarray_core::comm::{Cursor, Layout, Message, Run};
///
/// // Two rows of four u8, of which the message takes three columns.
/// let (rows, columns) = (Run { start: 0, count: 2, step: 4 }, Run { start: 0, count: 3, step: 1 });
/// let layout = Layout::new(1, 0, vec![vec![rows], vec![columns]]);
/// let message = Message { peer: 1, parts: vec![layout] };
/// let (source, mut piece) = ([0, 1, 2, 3, 4, 5, 6, 7], [0; 4]);
/// let mut cursor = Cursor::new(&message);
/// // SAFETY: the message lies in the source; the piece has room for four bytes.
/// unsafe { cursor.read(source.as_ptr(), piece.as_mut_ptr(), 4) };
/// assert_eq!((piece, cursor.left()), ([0, 1, 2, 4], 2));
/// ```
#[derive(Debug)]
pub struct Cursor<'a> {
    message: &'a Message,
    bytes: usize,
    at: usize,
    /// The runs that are left, where all are contiguous.
    runs: Option<Runs<'a>>,
    /// Whether as many bytes as the message has are written past the caches, and asked for in front.
    large: bool,
    streams: bool,
    /// The runs of the present piece.
    piece: Vec<Bytes>,
}

/// Contiguous bytes.
#[derive(Clone, Copy, Debug)]
struct Bytes {
    offset: isize,
    length: usize,
}

impl<'a> Cursor<'a> {
    /// The begin of a message.
    pub fn new(message: &'a Message) -> Self {
        let bytes = message.bytes();
        let runs: usize = message.parts.iter().map(Layout::span_count).sum();
        let mean = bytes / runs.max(1);
        let large = bytes >= stream::LARGE;
        Self {
            message,
            bytes,
            at: 0,
            runs: Runs::of(&message.parts),
            large: large && mean >= WORTHWHILE,
            streams: large && mean >= stream::LONG,
            piece: Vec::new(),
        }
    }

    /// Bytes of the message from here on.
    pub fn left(&self) -> usize {
        self.bytes - self.at
    }

    /// Leaves out the next bytes.
    ///
    /// # Panics
    /// So many are not left.
    pub fn skip(&mut self, bytes: usize) {
        self.advance(bytes);
    }

    /// Copies the next bytes from memory that begins at `source`.
    ///
    /// # Panics
    /// So many are not left.
    ///
    /// # Safety
    /// The message lies in memory that is valid for reads at `source`, and that nobody writes
    /// meanwhile; `piece` has room for the bytes, and is apart.
    pub unsafe fn read(&mut self, source: *const u8, piece: *mut u8, bytes: usize) {
        let from = self.at;
        self.advance(bytes);
        if self.runs.is_none() {
            let parts = self.message.excerpt(from..self.at);
            // SAFETY: the caller vouches for both memories.
            return unsafe {
                super::copy_layouts(source, &parts, piece, &[Layout::contiguous(0..bytes)]);
            };
        }
        // SAFETY: the runs are those of the message, as many bytes as the piece has room for.
        unsafe {
            copy_runs(
                source,
                &self.piece,
                piece,
                &[Bytes { offset: 0, length: bytes }],
                self.ways(false),
            );
        }
    }

    /// Copies the next bytes to memory that begins at `target`; past the caches where the message is
    /// large.
    ///
    /// # Panics
    /// So many are not left.
    ///
    /// # Safety
    /// The message lies in memory that is valid for writes at `target`, and that nobody else reads or
    /// writes meanwhile; `piece` has the bytes, and is apart.
    pub unsafe fn write(&mut self, piece: *const u8, target: *mut u8, bytes: usize) {
        let from = self.at;
        self.advance(bytes);
        let whole = [Bytes { offset: 0, length: bytes }];
        // SAFETY: the caller vouches for both memories; the runs are those of the message.
        unsafe {
            if self.runs.is_none() {
                let parts = self.message.excerpt(from..self.at);
                let from = [Layout::contiguous(0..bytes)];
                super::copy_piece(piece, &from, target, &parts, self.bytes);
            } else {
                copy_runs(piece, &whole, target, &self.piece, self.ways(self.streams));
            }
        }
    }

    /// Copies the next bytes of both from the places of one to those of the other, as
    /// [`copy_piece`](super::copy_piece) does.
    ///
    /// # Panics
    /// So many are not left of either.
    ///
    /// # Safety
    /// As [`copy_piece`](super::copy_piece).
    pub unsafe fn copy_to(
        &mut self,
        source: *const u8,
        to: &mut Cursor<'_>,
        target: *mut u8,
        bytes: usize,
    ) {
        let range = self.at..self.at + bytes;
        let to_range = to.at..to.at + bytes;
        self.advance(bytes);
        to.advance(bytes);
        let streams = self.streams && to.streams;
        // SAFETY: the caller vouches for both memories; the runs are those of the messages.
        unsafe {
            if self.runs.is_some() && to.runs.is_some() {
                copy_runs(source, &self.piece, target, &to.piece, self.ways(streams));
            } else {
                let (parts, to_parts) = (self.message.excerpt(range), to.message.excerpt(to_range));
                super::copy_piece(source, &parts, target, &to_parts, self.bytes);
            }
        }
    }

    /// Takes the next bytes as a piece.
    fn advance(&mut self, bytes: usize) {
        assert!(bytes <= self.left(), "{bytes} of {} bytes are left", self.left());
        self.at += bytes;
        self.piece.clear();
        if let Some(runs) = &mut self.runs {
            runs.take(bytes, &mut self.piece);
        }
    }

    fn ways(&self, streams: bool) -> Ways {
        Ways { asks: self.large, streams }
    }
}

/// How a piece is copied: with memory asked for in front, past the caches.
#[derive(Clone, Copy)]
struct Ways {
    asks: bool,
    streams: bool,
}

/// Contiguous runs of a sequence of layouts, in order.
#[derive(Debug)]
struct Runs<'a> {
    parts: std::slice::Iter<'a, Layout>,
    item: usize,
    spans: Option<Spans<'a>>,
    /// What is left of the present run.
    run: Bytes,
}

impl<'a> Runs<'a> {
    /// None where elements do not lie one after the other along the innermost axes.
    fn of(parts: &'a [Layout]) -> Option<Self> {
        parts.iter().all(Layout::has_contiguous_spans).then(|| Self {
            parts: parts.iter(),
            item: 0,
            spans: None,
            run: Bytes { offset: 0, length: 0 },
        })
    }

    /// Adds the runs of the next bytes, of which there are so many.
    fn take(&mut self, bytes: usize, taken: &mut Vec<Bytes>) {
        let mut left = bytes;
        while left > 0 {
            if self.run.length == 0 {
                self.run = self.next_run();
                continue;
            }
            let length = self.run.length.min(left);
            taken.push(Bytes { offset: self.run.offset, length });
            self.run.offset += length as isize;
            self.run.length -= length;
            left -= length;
        }
    }

    fn next_run(&mut self) -> Bytes {
        loop {
            if let Some(span) = self.spans.as_mut().and_then(Iterator::next) {
                return Bytes { offset: span.offset, length: span.count * self.item };
            }
            let part = self.parts.next().expect("a message has as many bytes as its parts");
            self.item = part.item();
            self.spans = Some(part.spans());
        }
    }
}

/// Copies runs to runs of as many bytes.
///
/// # Safety
/// The runs of both sides are valid for reads and writes, and apart.
unsafe fn copy_runs(source: *const u8, from: &[Bytes], target: *mut u8, to: &[Bytes], ways: Ways) {
    let places = from.iter().map(|run| (source.wrapping_offset(run.offset), run.length));
    let mut ahead = ways.asks.then(|| Ahead::new(places.clone()));
    let mut runs = places;
    let (mut read, mut left) = (source, 0);
    for run in to {
        let (mut write, mut room) = (target.wrapping_offset(run.offset), run.length);
        while room > 0 {
            if left == 0 {
                (read, left) = runs.next().expect("both sides have equally many bytes");
                continue;
            }
            let bytes = left.min(room);
            // SAFETY: the caller vouches for the runs, and so many bytes are left of both.
            unsafe {
                match &mut ahead {
                    Some(ahead) if ways.streams => {
                        stream::copy(read, write, bytes, || ahead.fetch_line());
                    }
                    Some(ahead) => copy_in_front(read, write, bytes, |bytes| ahead.fetch(bytes)),
                    None => std::ptr::copy_nonoverlapping(read, write, bytes),
                }
            }
            (read, write) = (read.wrapping_add(bytes), write.wrapping_add(bytes));
            (left, room) = (left - bytes, room - bytes);
        }
    }
    if ways.streams {
        stream::finish();
    }
}

/// Copies contiguous bytes, and calls `fetch` before each of a few steps with its length.
///
/// # Safety
/// Both places are valid for so many bytes, and apart.
unsafe fn copy_in_front(
    source: *const u8,
    target: *mut u8,
    bytes: usize,
    mut fetch: impl FnMut(usize),
) {
    /// Bytes of a step: fewer than what is asked for at a time.
    const STEP: usize = 1024;
    for start in (0..bytes).step_by(STEP) {
        let length = STEP.min(bytes - start);
        fetch(length);
        // SAFETY: the step lies within the bytes, for which the caller vouches.
        unsafe { std::ptr::copy_nonoverlapping(source.add(start), target.add(start), length) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::Run;

    fn run(start: isize, count: usize, step: isize) -> Run {
        Run { start, count, step }
    }

    /// Messages of 24 bytes: contiguous, of rows, of several runs and parts, and scattered.
    fn forms() -> Vec<Message> {
        let of = |parts| Message { peer: 0, parts };
        vec![
            of(vec![Layout::contiguous(3..27)]),
            of(vec![Layout::new(2, 4, vec![vec![run(0, 4, 20)], vec![run(0, 3, 2)]])]),
            of(vec![Layout::new(
                2,
                1,
                vec![vec![run(0, 2, 40)], vec![run(0, 1, 2), run(8, 5, 2)]],
            )]),
            of(vec![
                Layout::contiguous(0..5),
                Layout::contiguous(9..9),
                Layout::contiguous(70..89),
            ]),
            of(vec![Layout::new(4, 60, vec![vec![run(0, 6, -8)]])]),
        ]
    }

    #[test]
    fn pieces_of_any_length_make_up_the_message() {
        let source: Vec<u8> = (0..96).collect();
        for message in forms() {
            for step in 1..=24 {
                let (mut packed, mut unpacked) = (vec![255; 24], vec![255; 96]);
                let (mut from, mut to) = (Cursor::new(&message), Cursor::new(&message));
                for start in (0..24).step_by(step) {
                    let bytes = step.min(from.left());
                    let piece = packed[start..].as_mut_ptr();
                    // SAFETY: every form lies within 96 bytes, and the piece within the 24.
                    unsafe {
                        from.read(source.as_ptr(), piece, bytes);
                        to.write(piece, unpacked.as_mut_ptr(), bytes);
                    }
                }
                assert_eq!((from.left(), to.left()), (0, 0));
                let parts = &message.parts;
                let places = parts.iter().flat_map(|part| {
                    let item = part.item() as isize;
                    part.offsets().into_iter().flat_map(move |at| (0..item).map(move |i| at + i))
                });
                let places: Vec<_> = places.collect();
                assert_eq!(packed, places.iter().map(|&at| at as u8).collect::<Vec<_>>());
                for (at, &found) in unpacked.iter().enumerate() {
                    let expected = if places.contains(&(at as isize)) { at as u8 } else { 255 };
                    assert_eq!(found, expected, "{message:?} by {step}");
                }
            }
        }
    }

    #[test]
    fn messages_of_any_form_are_copied_to_each_other() {
        let source: Vec<u8> = (0..96).collect();
        for (a, from) in forms().iter().enumerate() {
            for (b, to) in forms().iter().enumerate() {
                // Scattered elements need pieces of whole ones.
                let step = if a == 4 || b == 4 { 4 } else { 5 };
                let (mut target, mut expected) = (vec![255_u8; 96], vec![255_u8; 96]);
                let (mut read, mut write) = (Cursor::new(from), Cursor::new(to));
                while read.left() > 0 {
                    let bytes = step.min(read.left());
                    // SAFETY: every form lies within 96 bytes, and both vectors are apart.
                    unsafe {
                        read.copy_to(source.as_ptr(), &mut write, target.as_mut_ptr(), bytes);
                    }
                }
                let mut packed = [0; 24];
                // SAFETY: as above.
                unsafe {
                    Cursor::new(from).read(source.as_ptr(), packed.as_mut_ptr(), 24);
                    Cursor::new(to).write(packed.as_ptr(), expected.as_mut_ptr(), 24);
                }
                assert_eq!(target, expected, "{from:?} to {to:?}");
            }
        }
    }
}
