//! [`Bounded`]: codecs that make no more bytes of a chunk than the metadata says it has.
//!
//! The crate for Zarr decompresses whatever is there: of a small file that means gigabytes, it makes
//! gigabytes. It takes codecs of ours for its own, everywhere in a chain, within shards too.

use std::borrow::Cow;
use std::sync::{Arc, Once};

use flate2::read::{GzDecoder, ZlibDecoder};
use zarrs::array::codec::api::{
    BytesToBytesCodecTraits, CodecMetadataOptions, CodecRuntimePluginV2, CodecRuntimePluginV3,
    CodecTraits, CodecTraitsV2, CodecTraitsV3, PartialDecoderCapability, PartialEncoderCapability,
    RecommendedConcurrency, register_codec_v2, register_codec_v3,
};
use zarrs::array::codec::{BloscCodec, GzipCodec, ZlibCodec, ZstdCodec, blosc_validate};
use zarrs::array::{ArrayBytesRaw, BytesRepresentation, Codec, CodecError, CodecOptions};
use zarrs::metadata::Configuration;
use zarrs::plugin::{ExtensionAliasesV2, ExtensionAliasesV3, ExtensionName, ZarrVersion};

use crate::inflate::{inflated, too_much};

/// More than any of the codecs makes of one byte.
pub(super) const MOST_GROWTH: usize = 1 << 17;

/// Decodes bytes that are compressed to at most so many.
type Decode = fn(&[u8], usize) -> Result<Vec<u8>, String>;

/// A codec of the crate, but for how it decodes.
#[derive(Debug)]
struct Bounded {
    codec: Arc<dyn BytesToBytesCodecTraits>,
    decode: Decode,
}

/// Puts the bounded codecs before those of the crate.
pub(super) fn bound_codecs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        register::<GzipCodec>(|bytes, most| inflated(GzDecoder::new(bytes), bytes.len(), most));
        register::<ZlibCodec>(|bytes, most| inflated(ZlibDecoder::new(bytes), bytes.len(), most));
        register::<ZstdCodec>(|bytes, most| {
            // What needs more room is refused.
            let room = most.min(bytes.len().saturating_mul(MOST_GROWTH));
            zstd::bulk::decompress(bytes, room)
                .map_err(|error| format!("does not decompress to {most} bytes: {error}"))
        });
        register::<BloscCodec>(|bytes, most| match blosc_validate(bytes) {
            None => Err("is no block of Blosc".to_owned()),
            Some(said) if said > most => Err(too_much(most)),
            Some(said) if said / MOST_GROWTH > bytes.len() => {
                Err(format!("{} bytes cannot hold {said}", bytes.len()))
            }
            Some(said) => zarrs::array::codec::blosc_decompress_bytes(bytes, said, 1)
                .map_err(|error| error.to_string()),
        });
    });
}

fn register<C>(decode: Decode)
where
    C: ExtensionAliasesV2 + ExtensionAliasesV3 + CodecTraitsV2 + CodecTraitsV3 + 'static,
{
    let bounded = move |codec| match codec {
        Codec::BytesToBytes(codec) => Codec::BytesToBytes(Arc::new(Bounded { codec, decode })),
        other => other,
    };
    register_codec_v3(CodecRuntimePluginV3::new(C::matches_name_v3, move |metadata| {
        <C as CodecTraitsV3>::create(metadata).map(bounded)
    }));
    register_codec_v2(CodecRuntimePluginV2::new(C::matches_name_v2, move |metadata| {
        <C as CodecTraitsV2>::create(metadata).map(bounded)
    }));
}

/// Most bytes of what is to be decoded.
fn most(decoded: &BytesRepresentation) -> Result<usize, CodecError> {
    let bytes = match *decoded {
        BytesRepresentation::FixedSize(bytes) => Some(bytes),
        // Of what another codec has made; the crate's own bounds are close.
        BytesRepresentation::BoundedSize(bytes) => bytes.checked_mul(2),
        BytesRepresentation::UnboundedSize => None,
    };
    bytes.and_then(|bytes| usize::try_from(bytes).ok()).ok_or_else(|| {
        CodecError::from("nothing says how many bytes a chunk has between its codecs".to_owned())
    })
}

impl ExtensionName for Bounded {
    fn name(&self, version: ZarrVersion) -> Option<Cow<'static, str>> {
        self.codec.name(version)
    }
}

impl CodecTraits for Bounded {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn configuration(
        &self,
        version: ZarrVersion,
        options: &CodecMetadataOptions,
    ) -> Option<Configuration> {
        self.codec.configuration(version, options)
    }

    fn partial_decoder_capability(&self) -> PartialDecoderCapability {
        PartialDecoderCapability { partial_read: false, partial_decode: false }
    }

    fn partial_encoder_capability(&self) -> PartialEncoderCapability {
        PartialEncoderCapability { partial_encode: false }
    }
}

impl BytesToBytesCodecTraits for Bounded {
    fn into_dyn(self: Arc<Self>) -> Arc<dyn BytesToBytesCodecTraits> {
        self
    }

    fn recommended_concurrency(
        &self,
        decoded: &BytesRepresentation,
    ) -> Result<RecommendedConcurrency, CodecError> {
        self.codec.recommended_concurrency(decoded)
    }

    fn encoded_representation(&self, decoded: &BytesRepresentation) -> BytesRepresentation {
        self.codec.encoded_representation(decoded)
    }

    fn encode<'a>(
        &self,
        decoded: ArrayBytesRaw<'a>,
        options: &CodecOptions,
    ) -> Result<ArrayBytesRaw<'a>, CodecError> {
        self.codec.encode(decoded, options)
    }

    fn decode<'a>(
        &self,
        encoded: ArrayBytesRaw<'a>,
        decoded: &BytesRepresentation,
        _options: &CodecOptions,
    ) -> Result<ArrayBytesRaw<'a>, CodecError> {
        let bytes = (self.decode)(&encoded, most(decoded)?);
        bytes.map(Cow::Owned).map_err(|why| {
            let name = self.codec.name(ZarrVersion::V3).unwrap_or_default();
            CodecError::from(format!("{name}: {why}"))
        })
    }
}
