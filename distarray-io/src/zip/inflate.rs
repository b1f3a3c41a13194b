//! [`Inflated`]: reading a deflated member from front to back.

use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom, Take};

use flate2::bufread::DeflateDecoder;

/// Bytes that are asked of the file at once.
const BUFFER: usize = 256 << 10;

/// The bytes of a deflated member, by their offsets in it.
///
/// Going forward costs what lies between; going back begins again at the front.
#[derive(Debug)]
pub(crate) struct Inflated {
    decoder: Option<DeflateDecoder<BufReader<Take<File>>>>,
    at: u64,
    /// Where the deflated bytes are in the file.
    start: u64,
    packed: u64,
    /// Bytes of the member itself; no more are made of the deflated ones.
    bytes: u64,
}

impl Inflated {
    pub(crate) fn new(mut file: File, start: u64, packed: u64, bytes: u64) -> Result<Self> {
        file.seek(SeekFrom::Start(start))?;
        let decoder = DeflateDecoder::new(BufReader::with_capacity(BUFFER, file.take(packed)));
        Ok(Self { decoder: Some(decoder), at: 0, start, packed, bytes })
    }

    /// Fills the bytes from an offset in the member on.
    pub(crate) fn read_at(&mut self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        let early = || Error::from(ErrorKind::UnexpectedEof);
        if offset.checked_add(bytes.len() as u64).is_none_or(|end| end > self.bytes) {
            return Err(early());
        }
        if offset < self.at {
            self.rewind()?;
        }
        let decoder = self.decoder.as_mut().ok_or_else(early)?;
        let skipped = std::io::copy(&mut decoder.take(offset - self.at), &mut std::io::sink())?;
        self.at += skipped;
        if self.at < offset {
            return Err(early());
        }
        decoder.read_exact(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn rewind(&mut self) -> Result<()> {
        let Some(decoder) = self.decoder.take() else {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        };
        let file = decoder.into_inner().into_inner().into_inner();
        *self = Self::new(file, self.start, self.packed, self.bytes)?;
        Ok(())
    }
}
