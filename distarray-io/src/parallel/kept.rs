//! [`Kept`]: a file that stays open from one write to the next.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use distarray_core::Result;
use distarray_core::block::Block;

use crate::file::{ArrayFile, Header};
use crate::selection::Selection;

/// A file that a rank keeps open between writes, and brings to the medium once.
///
/// So the system writes a piece to the medium while the next one is made.
#[derive(Debug, Default)]
pub(crate) struct Kept(RefCell<Option<Unsynced>>);

impl Kept {
    /// The file, opened when it is first asked for, whose `sync` is left to [`Kept::sync`].
    pub(crate) fn opened(
        &self,
        open: impl FnOnce() -> Result<Box<dyn ArrayFile>>,
    ) -> Result<Box<dyn ArrayFile>> {
        let mut kept = self.0.borrow_mut();
        let file = match &*kept {
            Some(file) => file.clone(),
            None => {
                let file = open()?;
                let header = file.header().clone();
                kept.insert(Unsynced { header, file: Arc::new(Mutex::new(file)) }).clone()
            }
        };
        Ok(Box::new(file))
    }

    /// Returns when all that this rank has written is on the medium.
    pub(crate) fn sync(&self) -> Result<()> {
        self.0.borrow().as_ref().map_or(Ok(()), |kept| kept.file().sync())
    }
}

/// A file of which more is to come.
#[derive(Clone, Debug)]
struct Unsynced {
    header: Header,
    file: Arc<Mutex<Box<dyn ArrayFile>>>,
}

impl Unsynced {
    fn file(&self) -> MutexGuard<'_, Box<dyn ArrayFile>> {
        // A panic ends the writing of the file.
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ArrayFile for Unsynced {
    fn header(&self) -> &Header {
        &self.header
    }

    fn read(&self, selection: &Selection, block: &mut Block) -> Result<()> {
        self.file().read(selection, block)
    }

    fn write(&self, selection: &Selection, block: &Block) -> Result<()> {
        self.file().write(selection, block)
    }

    fn sync(&self) -> Result<()> {
        Ok(())
    }
}
