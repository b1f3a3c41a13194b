//! Dividing a group into smaller ones.

use std::ffi::c_int;

use distarray_core::Result;
use distarray_core::comm::Communicator;

use crate::communicator::MpiCommunicator;
use crate::node::Neighbours;

impl MpiCommunicator {
    /// Colours and keys of all ranks are gathered first, as MPI takes no numbers beyond `c_int`, and
    /// as nobody is waited for under a watch when all have come to the gather.
    pub(crate) fn divide(&self, color: Option<usize>, key: usize) -> Result<Option<Self>> {
        let wish = [u64::from(color.is_some()), color.unwrap_or(0) as u64, key as u64];
        let mine: Vec<u8> = wish.iter().flat_map(|word| word.to_ne_bytes()).collect();
        let mut all = vec![0; mine.len() * self.size];
        self.all_gather(&mine, &mut all)?;
        let wishes: Vec<&[u8]> = all.chunks_exact(mine.len()).collect();
        // Any number that is the same for equal colours and no others: the first rank of a colour.
        let color_of = |wish: &[u8]| wishes.iter().position(|other| other[..16] == wish[..16]);
        let color = color.and_then(|_| color_of(&mine)).map(|first| first as c_int);
        let key_of = |rank: usize| {
            let bytes = wishes[rank].last_chunk::<8>().copied().unwrap_or_default();
            (u64::from_ne_bytes(bytes), rank)
        };
        let key = (0..self.size).filter(|&rank| key_of(rank) < key_of(self.rank)).count();
        let part = self.or_abort(self.divide_by(color, key as c_int))?;
        let Some(part) = part else {
            self.neighbours.iter().for_each(Neighbours::divided);
            return Ok(None);
        };
        let mut members: Vec<usize> =
            (0..self.size).filter(|&rank| wishes[rank][..16] == mine[..16]).collect();
        members.sort_by_key(|&rank| key_of(rank));
        let neighbours = self.neighbours.as_ref().map(|neighbours| neighbours.part(&members));
        self.neighbours.iter().for_each(Neighbours::divided);
        let members = members.into_iter().map(|rank| self.rank_in_program(rank)).collect();
        Ok(Some(Self { within: Some((members, self.program_size())), neighbours, ..part }))
    }

    fn divide_by(&self, color: Option<c_int>, key: c_int) -> Result<Option<Self>> {
        let Some(part) = self.collective.split(color, key)? else { return Ok(None) };
        let watch = self.watched.as_ref().map(|watched| watched.watch());
        Self::around(part, self.limit)?.watched_by(watch).map(Some)
    }
}
