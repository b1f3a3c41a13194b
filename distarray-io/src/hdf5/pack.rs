//! What rank 0 finds in a file, as bytes for the others.

use distarray_core::DType;

/// Bytes that grow by what is put into them.
#[derive(Debug, Default)]
pub(super) struct Pack(Vec<u8>);

impl Pack {
    pub(super) fn number(&mut self, number: usize) -> &mut Self {
        self.0.extend((number as u64).to_le_bytes());
        self
    }

    pub(super) fn numbers(&mut self, numbers: &[usize]) -> &mut Self {
        self.number(numbers.len());
        numbers.iter().for_each(|&number| {
            self.number(number);
        });
        self
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len());
        self.0.extend(bytes);
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    pub(super) fn dtype(&mut self, dtype: DType) -> &mut Self {
        let place = DType::ALL.into_iter().position(|one| one == dtype);
        self.number(place.expect("the list has all"))
    }

    pub(super) fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

/// The same bytes, taken apart in the same order.
///
/// They were packed by this program on another rank, so what is not there is a fault of ours.
#[derive(Debug)]
pub(super) struct Unpack<'a>(pub(super) &'a [u8]);

impl<'a> Unpack<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken
    }

    pub(super) fn number(&mut self) -> usize {
        u64::from_le_bytes(self.take(8).try_into().expect("eight bytes were taken")) as usize
    }

    pub(super) fn numbers(&mut self) -> Vec<usize> {
        (0..self.number()).map(|_| self.number()).collect()
    }

    pub(super) fn bytes(&mut self) -> &'a [u8] {
        let count = self.number();
        self.take(count)
    }

    pub(super) fn text(&mut self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    pub(super) fn dtype(&mut self) -> DType {
        DType::ALL[self.number()]
    }
}
