//! Reading and writing attributes.

use std::collections::BTreeMap;
use std::ffi::CString;

use ::hdf5::types::{TypeDescriptor, VarLenAscii, VarLenUnicode};
use ::hdf5::{Extents, Location, h5check};
use ::hdf5_sys::LOCK;
use ::hdf5_sys::h5a::{H5Aread, H5Arename, H5Awrite};
use distarray_core::block::Block;
use distarray_core::comm::{Arguments, Operation};
use distarray_core::{DType, Error, Result, Scalar};

use super::attribute::{Attribute, block, elements};
use super::element_type::{datatype, native, recognised};
use super::open::Hdf5;
use super::pack::{Pack, Unpack};
use super::place::Place;
use super::refusal::Refusal;
use crate::parallel;

impl Hdf5 {
    /// The attributes of a group or dataset, by name; those of the file are those of `/`.
    ///
    /// Attributes of types that are neither numbers nor text are left out. Collective: an agreement
    /// of 8 bytes and a broadcast of the attributes.
    ///
    /// # Errors
    /// There is no such object, or an attribute cannot be read; the same on every rank.
    ///
    /// ```
    /// use distarray_core::array::Context;
    /// use distarray_io::hdf5::{self, Attribute};
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.h5");
    /// hdf5::save(&ctx.ones::<f64>(3)?, &path, "x")?;
    /// let file = hdf5::open_rw(&ctx, &path)?;
    /// file.set_attribute("x", "scale", 0.5)?;
    /// file.set_attribute("/", "title", "Jena")?;
    /// assert_eq!(file.attributes("x")?["scale"], Attribute::from(0.5));
    /// assert_eq!(file.attributes("/")?["title"], Attribute::from("Jena"));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn attributes(&self, name: &str) -> Result<BTreeMap<String, Attribute>> {
        let _scope = Operation::enter("hdf5::attributes");
        let comm = self.ctx.communicator()?;
        Operation::note(|| Arguments::new().and("path", &self.shown).and("object", name));
        comm.begin()?;
        let packed = parallel::from_root(comm, || read_all(&self.place(name)))?;
        let mut bytes = Unpack(&packed);
        let count = bytes.number();
        let one = |_| (bytes.text(), Attribute::from_bytes(bytes.bytes()));
        Ok((0..count).map(one).collect())
    }

    /// Gives a group or dataset an attribute, in the place of one of that name.
    ///
    /// Text is kept as h5py keeps it, in UTF-8 of any length. Collective: an agreement of 8 bytes.
    ///
    /// # Errors
    /// The file was opened for reading only or cannot be written; there is no such object; the value
    /// is too large for an attribute (64 KiB) or has a zero byte in its text. The same on every rank.
    #[track_caller]
    pub fn set_attribute(&self, name: &str, key: &str, value: impl Into<Attribute>) -> Result<()> {
        let _scope = Operation::enter("hdf5::set_attribute");
        self.expect_writable()?;
        let comm = self.ctx.communicator()?;
        Operation::note(|| {
            Arguments::new().and("path", &self.shown).and("object", name).and("attribute", key)
        });
        comm.begin()?;
        let written = match comm.rank() {
            0 => write_one(&self.place(name), key, &value.into()),
            _ => Ok(()),
        };
        comm.agree_with_root(0, written)
    }
}

/// All attributes of an object, packed.
fn read_all(place: &Place<'_>) -> Result<Vec<u8>> {
    let name = place.name;
    let unreadable = || format!("{name}: has no attributes that can be read");
    let file = place.file()?;
    let length = file.size();
    let object = file.loc_type_by_name(name).and_then(|_| location(&file, name));
    let object = object.or_refuse(place.shown, || format!("{name}: cannot be opened"))?;
    let keys = object.attr_names().or_refuse(place.shown, unreadable)?;
    let (mut pack, mut count) = (Pack::default(), 0);
    for key in keys {
        if let Some(value) = read_one(place, &object, &key, length)? {
            pack.text(&key).bytes(&value.to_bytes());
            count += 1;
        }
    }
    Ok([Pack::default().number(count).finish(), pack.finish()].concat())
}

/// A group or a dataset.
fn location(file: &::hdf5::File, name: &str) -> ::hdf5::Result<Location> {
    match file.loc_type_by_name(name)? {
        ::hdf5::LocationType::Dataset => {
            let dataset = file.dataset(name)?;
            let container: &::hdf5::Container = &dataset;
            let location: &Location = container;
            Ok(location.clone())
        }
        _ => {
            let group = file.group(name)?;
            let location: &Location = &group;
            Ok(location.clone())
        }
    }
}

fn read_one(
    place: &Place<'_>,
    object: &Location,
    key: &str,
    length: u64,
) -> Result<Option<Attribute>> {
    let what = || format!("{}: attribute {key}: cannot be read", place.name);
    let attribute = object.attr(key).or_refuse(place.shown, what)?;
    let space = attribute.space().or_refuse(place.shown, what)?;
    if space.is_null() {
        return Ok(Some(Attribute::Empty));
    }
    let theirs = attribute.dtype().or_refuse(place.shown, what)?;
    let shape = space.shape();
    let bytes = shape.iter().try_fold(theirs.size(), |all, &extent| all.checked_mul(extent));
    // Nothing is made room for that the file cannot hold.
    let Some(bytes) = bytes.filter(|&bytes| bytes as u64 <= length) else {
        return Err(Error::file(
            place.shown,
            format!(
                "{}: attribute {key}: shape {shape:?} is more than the file's {length} bytes hold",
                place.name
            ),
        ));
    };
    if let Ok((dtype, _)) = recognised(&theirs).or_refuse(place.shown, what)? {
        let mut values = vec![0; bytes];
        let ours = native(&theirs).or_refuse(place.shown, what)?;
        let lock = LOCK.lock();
        // SAFETY: all is open and the lock is held; the library writes as many elements as the space
        // has, of the native type, whose size the type in the file has too.
        let read =
            h5check(unsafe { H5Aread(attribute.id(), ours.id(), values.as_mut_ptr().cast()) });
        drop(lock);
        read.or_refuse(place.shown, what)?;
        if dtype == DType::Bool {
            values.iter_mut().for_each(|value| *value = u8::from(*value != 0));
        }
        return Ok(Some(match shape.is_empty() {
            true => Attribute::Number(
                Scalar::from_bytes(dtype, &values).expect("bytes of a number are one"),
            ),
            false => Attribute::Array(block(dtype, &shape, &values)),
        }));
    }
    let texts: Vec<String> = match theirs.to_descriptor() {
        Ok(TypeDescriptor::VarLenUnicode) => {
            let texts = attribute.read_raw::<VarLenUnicode>().or_refuse(place.shown, what)?;
            texts.iter().map(|text| text.as_str().to_owned()).collect()
        }
        Ok(TypeDescriptor::VarLenAscii) => {
            let texts = attribute.read_raw::<VarLenAscii>().or_refuse(place.shown, what)?;
            texts.iter().map(|text| text.as_str().to_owned()).collect()
        }
        Ok(TypeDescriptor::FixedAscii(size) | TypeDescriptor::FixedUnicode(size)) if size > 0 => {
            let mut all = vec![0; bytes];
            let lock = LOCK.lock();
            // SAFETY: all is open and the lock is held; the library writes as many texts as the
            // space has, of the size of their type.
            let read =
                h5check(unsafe { H5Aread(attribute.id(), theirs.id(), all.as_mut_ptr().cast()) });
            drop(lock);
            read.or_refuse(place.shown, what)?;
            let text = |text: &[u8]| {
                let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
                String::from_utf8_lossy(&text[..end]).into_owned()
            };
            all.chunks_exact(size).map(text).collect()
        }
        _ => return Ok(None),
    };
    Ok(Some(match (shape.is_empty(), &texts[..]) {
        (true, [text]) => Attribute::Text(text.clone()),
        _ => Attribute::Texts(texts),
    }))
}

fn write_one(place: &Place<'_>, key: &str, value: &Attribute) -> Result<()> {
    let what = || format!("{}: attribute {key}: cannot be written", place.name);
    let file = place.file_rw()?;
    let object = location(&file, place.name);
    let object = object.or_refuse(place.shown, || format!("{}: cannot be opened", place.name))?;
    // Under another name first, so that the old one is there until the new one is.
    let new = format!(".{key}.new");
    let remove = |name: &str| match object.attr_info(name) {
        Ok(_) => object.delete_attr(name),
        Err(_) => Ok(()),
    };
    remove(&new).or_refuse(place.shown, what)?;
    let written = write_new(&object, &new, value)
        .and_then(|()| remove(key))
        .and_then(|()| rename(&object, &new, key));
    if written.is_err() {
        // What it failed for is told; a rest would stand beside the old one.
        let _ = remove(&new);
    }
    written.and_then(|()| file.flush()).or_refuse(place.shown, what)
}

/// Gives an attribute another name.
fn rename(object: &Location, from: &str, to: &str) -> ::hdf5::Result<()> {
    let text = |name: &str| CString::new(name).map_err(|error| error.to_string());
    let (from, to) = (text(from)?, text(to)?);
    let _lock = LOCK.lock();
    // SAFETY: the object is open and the lock is held; the names end with a zero byte.
    h5check(unsafe { H5Arename(object.id(), from.as_ptr(), to.as_ptr()) }).map(drop)
}

fn write_new(object: &Location, key: &str, value: &Attribute) -> ::hdf5::Result<()> {
    match value {
        Attribute::Empty => object.new_attr::<f32>().shape(Extents::Null).create(key).map(drop),
        Attribute::Number(value) => {
            let bytes = value.to_bytes();
            write_numbers(object, key, value.dtype(), Extents::Scalar, &bytes)
        }
        Attribute::Array(values) => write_block(object, key, values),
        Attribute::Text(text) => unicode(text).and_then(|text| {
            let attribute = object.new_attr::<VarLenUnicode>().shape(()).create(key)?;
            attribute.write_scalar(&text)
        }),
        Attribute::Texts(texts) => {
            texts.iter().map(|text| unicode(text)).collect::<::hdf5::Result<Vec<_>>>().and_then(
                |texts| {
                    let attribute = object.new_attr::<VarLenUnicode>().shape(texts.len());
                    attribute.create(key)?.write_raw(&texts)
                },
            )
        }
    }
}

fn unicode(text: &str) -> ::hdf5::Result<VarLenUnicode> {
    text.parse::<VarLenUnicode>().map_err(|error| ::hdf5::Error::from(error.to_string()))
}

fn write_block(object: &Location, key: &str, values: &Block) -> ::hdf5::Result<()> {
    let extents = match values.shape() {
        [] => Extents::Scalar,
        shape => Extents::simple(shape.to_vec()),
    };
    write_numbers(object, key, values.dtype(), extents, &elements(values))
}

fn write_numbers(
    object: &Location,
    key: &str,
    dtype: DType,
    extents: Extents,
    bytes: &[u8],
) -> ::hdf5::Result<()> {
    let ours = datatype(dtype)?;
    let attribute = object.new_attr_builder().empty_as(ours.clone()).shape(extents).create(key)?;
    assert!(bytes.len() >= attribute.size() * dtype.size(), "bytes of the attribute");
    let _lock = LOCK.lock();
    // SAFETY: all is open and the lock is held; the library reads as many elements as the space has,
    // of the dtype's size, and no more bytes are there to be read than were found.
    h5check(unsafe { H5Awrite(attribute.id(), ours.id(), bytes.as_ptr().cast()) }).map(drop)
}
