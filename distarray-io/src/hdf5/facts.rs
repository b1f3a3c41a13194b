//! What all ranks have to know of a dataset.

use std::path::Path;

use ::hdf5::dataset::Layout;
use ::hdf5::filters::Filter;
use ::hdf5::{Container, Dataset};
use distarray_core::{Error, Result};

use super::element_type::recognised;
use super::filters::{self, Pipeline};
use super::pack::{Pack, Unpack};
use super::refusal::Refusal;
use crate::file::{Header, Order};
use crate::flat::ByteOrder;
use crate::inflate::DEFLATED;

/// Most values that a filter can be given, of those that are told apart.
const MOST_VALUES: usize = 32;

/// What all ranks have to know of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) header: Header,
    pub(super) chunks: Option<Vec<usize>>,
    /// Extents that the axes can get; `usize::MAX` where there is no limit.
    pub(super) limits: Vec<usize>,
    pub(super) filters: Vec<String>,
    pub(super) flat: Option<Flat>,
    /// How elements become the bytes of a chunk, where that is known here.
    pub(super) packed: Option<Packed>,
}

/// Where the elements are that stand plainly in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flat {
    pub(super) start: u64,
    pub(super) byte_order: ByteOrder,
}

/// How the elements of a chunk become the bytes that are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Packed {
    pub(super) byte_order: ByteOrder,
    pub(super) pipeline: Pipeline,
}

impl Facts {
    /// What an open dataset of a file of so many bytes says, checked.
    pub(super) fn of(dataset: &Dataset, name: &str, length: u64, path: &Path) -> Result<Self> {
        let refuse = |message: String| Error::file(path, format!("{name}: {message}"));
        let unreadable = || format!("{name}: cannot be described");
        let space = dataset.space().or_refuse(path, unreadable)?;
        if space.is_null() {
            return Err(refuse("shape: has none (a null dataspace)".into()));
        }
        let datatype = dataset.dtype().or_refuse(path, unreadable)?;
        let (dtype, byte_order) = recognised(&datatype)
            .or_refuse(path, unreadable)?
            .map_err(|found| refuse(format!("dtype: is {found}, which arrays cannot hold")))?;
        let header = Header { dtype, shape: space.shape(), order: Order::C };
        let Some(bytes) = header.bytes() else {
            let shape = &header.shape;
            return Err(refuse(format!(
                "shape: {shape:?} of {dtype} has more bytes than can be counted"
            )));
        };
        let limits = space.maxdims().into_iter().map(|most| most.unwrap_or(usize::MAX)).collect();
        let plist = dataset.create_plist().or_refuse(path, unreadable)?;
        let listed = filters::listed(&plist).or_refuse(path, unreadable)?;
        // More are not looked for where filters are told apart.
        if let Some((id, values)) = listed.iter().find(|(_, values)| *values > MOST_VALUES) {
            return Err(refuse(format!("filters: filter {id} has {values} values")));
        }
        let filters = plist.filters();
        let are_known = filters.len() == listed.len();
        let names = match are_known {
            true => filters.iter().map(shown).collect(),
            false => listed.iter().map(|(id, _)| format!("filter {id}")).collect(),
        };
        let mut facts = Self {
            header,
            chunks: dataset.chunk(),
            limits,
            filters: names,
            flat: None,
            packed: None,
        };
        let stored = storage(dataset);
        match plist.layout() {
            Layout::Contiguous if plist.external().is_empty() => {
                // What has no place yet is the fill value, which the library knows.
                if let (Some(start), true) = (dataset.offset(), bytes > 0 && stored > 0) {
                    let present = length.saturating_sub(start);
                    if bytes as u64 > present {
                        let shape = &facts.header.shape;
                        return Err(refuse(format!(
                            "truncated: shape {shape:?} of {dtype} needs {bytes} bytes from byte \
                             {start} on, the file has {present}"
                        )));
                    }
                    facts.flat = Some(Flat { start, byte_order });
                }
            }
            Layout::Chunked => {
                let number = listed.is_empty().then(|| dataset.num_chunks()).flatten();
                let filters = are_known.then_some(&filters[..]);
                facts.check_chunks(filters, stored, number).map_err(refuse)?;
                let pipeline = Pipeline::of(&plist).or_refuse(path, unreadable)?;
                facts.packed = pipeline.map(|pipeline| Packed { byte_order, pipeline });
            }
            _ => {}
        }
        Ok(facts)
    }

    /// Whether the chunks of the dataset are packed as these facts say.
    pub(super) fn is_packed_as(&self, dataset: &Dataset) -> ::hdf5::Result<bool> {
        let Some(packed) = &self.packed else { return Ok(true) };
        let pipeline = Pipeline::of(&dataset.create_plist()?)?;
        let order = recognised(&dataset.dtype()?)?.ok().map(|(_, order)| order);
        Ok(pipeline.as_ref() == Some(&packed.pipeline) && order == Some(packed.byte_order))
    }

    /// Bytes of the elements of a chunk; of one where there are no chunks.
    pub(super) fn chunk_bytes(&self) -> usize {
        let extents = self.chunks.iter().flatten();
        extents.fold(self.header.dtype.size(), |all, &extent| all.saturating_mul(extent))
    }

    /// Refuses chunks larger than what is stored can become, and plain ones that are of other sizes
    /// than they must be: the library would read what is behind them. `number` is how many of those
    /// are stored.
    fn check_chunks(
        &self,
        filters: Option<&[Filter]>,
        stored: usize,
        number: Option<usize>,
    ) -> std::result::Result<(), String> {
        let Some(chunks) = &self.chunks else { return Ok(()) };
        let product = |all: usize, &one: &usize| all.checked_mul(one);
        let bytes = chunks.iter().try_fold(self.header.dtype.size(), product);
        let growth = |all: usize, filter: &Filter| match filter {
            Filter::Shuffle | Filter::Fletcher32 => all,
            Filter::Deflate(_) => all.saturating_mul(DEFLATED),
            // Others are unknown here.
            _ => usize::MAX,
        };
        if let (Some(bytes), Some(number)) = (bytes, number)
            && number.checked_mul(bytes) != Some(stored)
        {
            return Err(format!(
                "chunks: {stored} bytes are stored, not {number} times the {bytes} of a chunk"
            ));
        }
        let growth = filters.map_or(usize::MAX, |filters| filters.iter().fold(1, growth));
        let most = growth.saturating_mul(stored);
        if stored > 0 && bytes.is_none_or(|bytes| bytes > most) {
            return Err(format!(
                "chunks: one of shape {chunks:?} cannot come from the {stored} bytes that are stored"
            ));
        }
        Ok(())
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut pack = Pack::default();
        pack.dtype(self.header.dtype).numbers(&self.header.shape).numbers(&self.limits);
        pack.number(usize::from(self.chunks.is_some()));
        pack.numbers(self.chunks.as_deref().unwrap_or(&[])).number(self.filters.len());
        for filter in &self.filters {
            pack.text(filter);
        }
        match self.flat {
            None => pack.number(0),
            Some(Flat { start, byte_order }) => {
                pack.number(order_code(byte_order)).number(start as usize)
            }
        };
        match &self.packed {
            None => pack.number(0),
            Some(Packed { byte_order, pipeline }) => {
                pack.number(order_code(*byte_order)).numbers(&pipeline.to_numbers())
            }
        };
        pack.finish()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let mut bytes = Unpack(bytes);
        let (dtype, shape) = (bytes.dtype(), bytes.numbers());
        let limits = bytes.numbers();
        let is_chunked = bytes.number() == 1;
        let chunks = bytes.numbers();
        let filters = (0..bytes.number()).map(|_| bytes.text()).collect();
        let flat = match bytes.number() {
            0 => None,
            code => Some(Flat { byte_order: order_of(code), start: bytes.number() as u64 }),
        };
        let packed = match bytes.number() {
            0 => None,
            code => Some(Packed {
                byte_order: order_of(code),
                pipeline: Pipeline::from_numbers(&bytes.numbers()),
            }),
        };
        let header = Header { dtype, shape, order: Order::C };
        Self { header, chunks: is_chunked.then_some(chunks), limits, filters, flat, packed }
    }
}

fn order_code(byte_order: ByteOrder) -> usize {
    if byte_order == ByteOrder::Big { 2 } else { 1 }
}

fn order_of(code: usize) -> ByteOrder {
    if code == 2 { ByteOrder::Big } else { ByteOrder::Little }
}

/// Bytes that a dataset or attribute takes in its file.
fn storage(container: &Container) -> usize {
    usize::try_from(container.storage_size()).unwrap_or(usize::MAX)
}

/// A filter in words.
fn shown(filter: &Filter) -> String {
    match filter {
        Filter::Deflate(level) => format!("deflate {level}"),
        Filter::Shuffle => "shuffle".into(),
        Filter::Fletcher32 => "fletcher32".into(),
        Filter::SZip(..) => "szip".into(),
        Filter::NBit => "nbit".into(),
        Filter::ScaleOffset(_) => "scaleoffset".into(),
        other => format!("filter {}", other.id()),
    }
}

#[cfg(test)]
mod tests {
    use distarray_core::DType;

    use super::*;

    #[test]
    fn facts_come_back_from_bytes() {
        let header = Header { dtype: DType::C32, shape: vec![3, 0], order: Order::C };
        let plain = Facts {
            header,
            chunks: None,
            limits: vec![3, 0],
            filters: Vec::new(),
            flat: Some(Flat { start: 2048, byte_order: ByteOrder::Big }),
            packed: None,
        };
        let chunked = Facts {
            chunks: Some(vec![1, 1]),
            limits: vec![usize::MAX, 5],
            filters: vec!["shuffle".into(), "deflate 3".into()],
            flat: None,
            packed: Some(Packed {
                byte_order: ByteOrder::Big,
                pipeline: Pipeline::from_numbers(&[1, 8, 0, 2]),
            }),
            ..plain.clone()
        };
        for facts in [plain, chunked] {
            assert_eq!(Facts::from_bytes(&facts.to_bytes()), facts);
        }
    }
}
