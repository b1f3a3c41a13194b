//! [`Sections`]: an array whose parts are in files of their own.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use distarray_core::block::Block;
use distarray_core::dist::Segment;
use distarray_core::{Error, Result};
use distarray_protocol::validate_all;

use super::header::Section;
use super::indices::{owned, wanted};
use crate::file::{ArrayFile, Header, Order};
use crate::flat::FlatFile;
use crate::selection::Selection;

/// What is known of all parts of an array.
#[derive(Debug)]
pub(super) struct Sections {
    base: PathBuf,
    header: Header,
    /// Parts along each axis; the files are in C order of them.
    grid: Vec<usize>,
    /// For each axis and part along it, the indices that are its own, and its positions of them.
    axes: Vec<Vec<Vec<Segment>>>,
    files: Vec<Section>,
    /// Where the files are, if not where they are to be.
    places: Option<Vec<PathBuf>>,
}

impl Sections {
    /// What the sections say together, in the order of their files.
    ///
    /// # Errors
    /// They do not fit each other.
    pub(super) fn new(base: &Path, files: Vec<Section>) -> Result<Self> {
        let refuse = |message: String| Error::file(base, message);
        let dims: Vec<_> = files.iter().map(|section| &section.dims[..]).collect();
        validate_all(&dims).map_err(|error| refuse(format!("dim_data: {error}")))?;
        let first = &files[0];
        let grid: Vec<_> = first.dims.iter().map(|dim| dim.proc_grid_size).collect();
        for (number, section) in files.iter().enumerate() {
            if section.header.dtype != first.header.dtype {
                let (found, wanted) = (section.header.dtype, first.header.dtype);
                let shown = file_of(base, number);
                return Err(Error::file(shown, format!("dtype: is {found}, not {wanted}")));
            }
            let coords = coords_of(number, &grid);
            let told = section.dims.iter().map(|dim| dim.proc_grid_rank);
            if !coords.iter().copied().eq(told) {
                let shown = file_of(base, number);
                return Err(Error::file(shown, format!("dim_data: is not the part {coords:?}")));
            }
        }
        let shape: Vec<_> = first.dims.iter().map(|dim| dim.size).collect();
        let header = Header { dtype: first.header.dtype, shape, order: Order::C };
        if header.bytes().is_none() {
            let Header { dtype, shape, .. } = &header;
            let why = format!("size: {shape:?} of {dtype} has more bytes than can be counted");
            return Err(refuse(why));
        }
        // Along an axis of an array without elements there may be any number of indices.
        let is_empty = header.shape.contains(&0);
        let of_axis = |axis: usize| -> Vec<_> {
            let stride: usize = grid[axis + 1..].iter().product();
            let part = |at: usize| match is_empty {
                true => Vec::new(),
                false => owned(&files[at * stride].dims[axis]),
            };
            (0..grid[axis]).map(part).collect()
        };
        let axes = (0..grid.len()).map(of_axis).collect();
        Ok(Self { base: base.to_owned(), header, grid, axes, files, places: None })
    }

    /// The same in files of other names, until they are complete.
    pub(super) fn at(self, places: Vec<PathBuf>) -> Self {
        Self { places: Some(places), ..self }
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// Calls `visit` with the number of each file that has selected elements, and which of its.
    fn each(
        &self,
        selection: &Selection,
        visit: &mut dyn FnMut(usize, &Selection) -> Result<()>,
    ) -> Result<()> {
        if selection.is_empty() {
            return Ok(());
        }
        let of_axis = |(selected, parts): (&Vec<Segment>, &Vec<Vec<Segment>>)| -> Vec<_> {
            let parts = parts.iter().map(|owned| wanted(selected, owned)).enumerate();
            parts.filter(|(_, segments)| !segments.is_empty()).collect()
        };
        let axes: Vec<_> = selection.axes().iter().zip(&self.axes).map(of_axis).collect();
        for mut rest in 0..axes.iter().map(Vec::len).product() {
            let (mut number, mut stride) = (0, 1);
            let mut chosen = Vec::with_capacity(axes.len());
            for (axis, &parts) in axes.iter().zip(&self.grid).rev() {
                let (at, segments) = &axis[rest % axis.len()];
                rest /= axis.len();
                number += at * stride;
                stride *= parts;
                chosen.push(segments.clone());
            }
            chosen.reverse();
            visit(number, &Selection::of_segments(chosen, false))?;
        }
        Ok(())
    }

    fn file(&self, number: usize, is_written: bool) -> Result<FlatFile> {
        let path = file_of(&self.base, number);
        let place = self.places.as_ref().map_or(&path, |places| &places[number]);
        let file: std::io::Result<File> =
            OpenOptions::new().read(true).write(is_written).open(place);
        let file =
            file.map_err(|error| Error::file(&path, format!("cannot be opened: {error}")))?;
        let Section { header, byte_order, data_start, .. } = &self.files[number];
        Ok(FlatFile::new(file, &path, header.clone(), *byte_order, *data_start))
    }
}

/// The place of a file's part in the grid.
fn coords_of(number: usize, grid: &[usize]) -> Vec<usize> {
    let mut rest = number;
    let mut coords: Vec<_> = grid
        .iter()
        .rev()
        .map(|&parts| {
            let at = rest % parts.max(1);
            rest /= parts.max(1);
            at
        })
        .collect();
    coords.reverse();
    coords
}

/// The file of a part.
pub(super) fn file_of(base: &Path, number: usize) -> PathBuf {
    let mut name = base.as_os_str().to_owned();
    name.push(format!("_{number}.dnpy"));
    name.into()
}

/// The sections as a rank has them open.
#[derive(Debug)]
pub(super) struct SectionsFile {
    sections: Arc<Sections>,
    /// The last file that was written to, and its number.
    written: RefCell<Option<(usize, FlatFile)>>,
}

impl SectionsFile {
    pub(super) fn new(sections: Arc<Sections>) -> Self {
        Self { sections, written: RefCell::new(None) }
    }

    /// Writes to a file, which stays open until another one is written to, and then is brought to the
    /// medium.
    fn write_to(&self, number: usize, part: &Selection, block: &Block) -> Result<()> {
        let mut written = self.written.borrow_mut();
        if !matches!(&*written, Some((open, _)) if *open == number) {
            written.take().map_or(Ok(()), |(_, file)| file.sync())?;
        }
        let file = match &mut *written {
            Some((_, file)) => file,
            None => &mut written.insert((number, self.sections.file(number, true)?)).1,
        };
        file.write(part, block)
    }
}

impl ArrayFile for SectionsFile {
    fn header(&self) -> &Header {
        &self.sections.header
    }

    fn read(&self, selection: &Selection, block: &mut Block) -> Result<()> {
        let sections = &self.sections;
        selection.check(&sections.header.shape, block.shape())?;
        sections
            .each(selection, &mut |number, part| sections.file(number, false)?.read(part, block))
    }

    fn write(&self, selection: &Selection, block: &Block) -> Result<()> {
        selection.check(&self.sections.header.shape, block.shape())?;
        self.sections.each(selection, &mut |number, part| self.write_to(number, part, block))
    }

    fn sync(&self) -> Result<()> {
        // Files that were written to before are on the medium.
        self.written.borrow().as_ref().map_or(Ok(()), |(_, file)| file.sync())
    }
}
