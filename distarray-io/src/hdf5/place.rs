//! Files and datasets as one rank opens them.

use std::fs::OpenOptions;
use std::path::Path;

use ::hdf5::file::FileBuilder;
use ::hdf5::plist::dataset_create::{AllocTime, FillTime};
use ::hdf5::{Dataset, Extent, Extents, File};
use distarray_core::{Error, Result};

use super::dataset_file::DatasetFile;
use super::element_type::datatype;
use super::facts::Facts;
use super::options::Options;
use super::refusal::Refusal;
use super::room::{expect_room, needed};
use crate::file::{ArrayFile, Header};
use crate::flat::FlatFile;

/// A dataset of a file, which has another name in errors while it is being made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) at: &'a Path,
    pub(super) shown: &'a Path,
    pub(super) name: &'a str,
}

impl Place<'_> {
    /// Opens the dataset for reading.
    pub(super) fn open(&self, facts: &Facts) -> Result<Box<dyn ArrayFile>> {
        self.open_as(facts, false)
    }

    /// Opens the dataset for writing.
    pub(super) fn open_rw(&self, facts: &Facts) -> Result<Box<dyn ArrayFile>> {
        self.open_as(facts, true)
    }

    fn open_as(&self, facts: &Facts, is_written: bool) -> Result<Box<dyn ArrayFile>> {
        if let Some(flat) = facts.flat {
            let file = OpenOptions::new().read(true).write(is_written).open(self.at);
            let file = file
                .map_err(|error| Error::file(self.shown, format!("cannot be opened: {error}")))?;
            let header = facts.header.clone();
            let flat = FlatFile::new(file, self.shown, header, flat.byte_order, flat.start);
            return Ok(Box::new(flat));
        }
        let file = if is_written { self.file_rw()? } else { self.file()? };
        Ok(Box::new(DatasetFile::open(file, self, facts)?))
    }

    /// Opens the file for reading.
    pub(super) fn file(&self) -> Result<File> {
        check_file(self.at, self.shown)?;
        File::open(self.at).or_refuse(self.shown, || "cannot be opened".into())
    }

    /// Opens the file for reading and writing.
    pub(super) fn file_rw(&self) -> Result<File> {
        check_file(self.at, self.shown)?;
        File::open_rw(self.at).or_refuse(self.shown, || "cannot be opened for writing".into())
    }

    /// Creates a file that holds nothing.
    pub(super) fn create_file(&self) -> Result<()> {
        // The library's own words do not say what is wrong.
        let made = OpenOptions::new().write(true).create_new(true).open(self.at);
        made.map_err(|error| Error::file(self.shown, format!("cannot be created: {error}")))?;
        let file = FileBuilder::new().create(self.at);
        file.and_then(File::close).or_refuse(self.shown, || "cannot be created".into())
    }

    /// The facts of the dataset.
    pub(super) fn facts(&self) -> Result<Facts> {
        let file = self.file()?;
        let dataset = self.dataset(&file)?;
        self.facts_of(&dataset)
    }

    pub(super) fn facts_of(&self, dataset: &Dataset) -> Result<Facts> {
        let length = std::fs::metadata(self.at)
            .map_err(|error| Error::file(self.shown, format!("cannot be looked at: {error}")))?;
        Facts::of(dataset, self.name, length.len(), self.shown)
    }

    /// The dataset, of an open file.
    pub(super) fn dataset(&self, file: &File) -> Result<Dataset> {
        let name = self.name;
        file.dataset(name).or_refuse(self.shown, || format!("{name}: is no dataset"))
    }

    /// Takes the dataset out of the file.
    pub(super) fn unlink(&self) -> Result<()> {
        let file = self.file_rw()?;
        let done = file.unlink(self.name).and_then(|()| file.close());
        done.or_refuse(self.shown, || format!("{}: cannot be taken out", self.name))
    }

    /// Adds the dataset to the file, with room for its elements, and the groups on the way.
    pub(super) fn create_dataset(&self, header: &Header, options: &Options) -> Result<Facts> {
        check_name(self.name, self.shown)?;
        let chunks = options.chunks_of(header, self.shown)?;
        // A file that is not in its place yet may be spoilt.
        if self.at == self.shown {
            expect_room(self, needed(header, chunks.as_deref()))?;
        }
        let file = self.file_rw()?;
        let refused = || format!("{}: cannot be created", self.name);
        let extents = match header.shape.is_empty() {
            true => Extents::Scalar,
            false => {
                let extent = |(axis, &extent): (usize, &usize)| match axis {
                    0 if options.is_growing() => Extent::new(extent, None),
                    _ => Extent::fixed(extent),
                };
                Extents::simple(header.shape.iter().enumerate().map(extent).collect::<Vec<_>>())
            }
        };
        let theirs = datatype(header.dtype).or_refuse(self.shown, refused)?;
        let mut builder = file.new_dataset_builder().empty_as(theirs).shape(extents);
        builder = match chunks {
            Some(chunks) => {
                let mut builder = builder.chunk(chunks);
                if options.is_shuffled() {
                    builder = builder.shuffle();
                }
                match options.level() {
                    Some(level) => builder.deflate(level),
                    None => builder,
                }
            }
            // Every rank knows where its elements go, and writes them without the library.
            None => {
                builder.no_chunk().alloc_time(Some(AllocTime::Early)).fill_time(FillTime::Never)
            }
        };
        let dataset = builder.create(self.name).or_refuse(self.shown, refused)?;
        file.flush().or_refuse(self.shown, refused)?;
        // Room for the elements is made when the file is closed.
        drop(dataset);
        file.close().or_refuse(self.shown, refused)?;
        self.facts()
    }
}

/// Refuses what is no file, before the library waits for a pipe's other end.
fn check_file(at: &Path, shown: &Path) -> Result<()> {
    let metadata = std::fs::metadata(at)
        .map_err(|error| Error::file(shown, format!("cannot be opened: {error}")))?;
    if metadata.is_dir() {
        return Err(Error::file(shown, "is a directory, not a file"));
    }
    if !metadata.is_file() {
        return Err(Error::file(shown, "is a device or a pipe, not a file"));
    }
    Ok(())
}

/// Refuses a name that no dataset can have.
fn check_name(name: &str, shown: &Path) -> Result<()> {
    let parts: Vec<&str> = name.strip_prefix('/').unwrap_or(name).split('/').collect();
    let is_bad = parts.iter().any(|part| matches!(*part, "" | "." | ".."));
    match is_bad || name.contains('\0') {
        true => {
            Err(Error::file(shown, format!("'{}' is no name of a dataset", name.escape_debug())))
        }
        false => Ok(()),
    }
}
