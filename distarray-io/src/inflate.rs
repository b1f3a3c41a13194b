//! Inflating what a file holds to no more bytes than the file says there are.

use std::io::Read;

/// More than DEFLATE (RFC 1951) makes of one byte: 258 of two bits at the most.
pub(crate) const DEFLATED: usize = 1032;

/// What a decoder of DEFLATE makes of so many bytes, if that is no more than `most`.
///
/// Never asks for more memory than either number allows.
pub(crate) fn inflated(
    mut decoder: impl Read,
    packed: usize,
    most: usize,
) -> Result<Vec<u8>, String> {
    let room = most.min(packed.saturating_mul(DEFLATED));
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(room).map_err(|error| format!("{room} bytes: {error}"))?;
    let mut bounded = decoder.by_ref().take(most as u64);
    bounded.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    // Beside the memory, which would be doubled for it. Checksums at the end are read too.
    match decoder.read(&mut [0]) {
        Ok(0) => Ok(bytes),
        Ok(_) => Err(too_much(most)),
        Err(error) => Err(error.to_string()),
    }
}

/// In words, that more comes out of what is compressed than can be in it.
pub(crate) fn too_much(most: usize) -> String {
    format!("decompresses to more than the {most} bytes that the metadata says")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::bufread::ZlibDecoder;
    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn no_more_is_made_than_there_may_be() {
        let packed = deflated(&[7; 100_000]);
        let inflate = |most| inflated(ZlibDecoder::new(&packed[..]), packed.len(), most);
        assert_eq!(inflate(100_000).unwrap(), [7; 100_000]);
        assert_eq!(inflate(usize::MAX).unwrap(), [7; 100_000]);
        assert_eq!(inflate(99_999).unwrap_err(), too_much(99_999));
        assert_eq!(inflate(0).unwrap_err(), too_much(0));
        let cut = &packed[..packed.len() / 2];
        assert!(inflated(ZlibDecoder::new(cut), cut.len(), 100_000).is_err());
        assert!(inflated(ZlibDecoder::new(&[][..]), 0, 10).is_err());
    }
}
