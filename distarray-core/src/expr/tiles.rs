//! [`Tiles`]: memory for pieces of values on their way from kernel to kernel.

use super::TILE;

/// A line of the cache.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; LINE]);

const LINE: usize = 64;

/// Bytes that an evaluation reads from which its arrays are taken to come from memory.
const FROM_MEMORY: usize = 8 << 20;

/// Bytes of a tile where arrays come from memory, for one step and for several, and where they come
/// from the caches.
const FARTHEST: usize = 512;
const FAR: usize = 1024;
const NEAR: usize = 4096;

/// How many bytes ahead of its use an array is asked for, where memory is waited for.
const AHEAD: usize = 2048;

/// Memory for tiles, kept from evaluation to evaluation.
#[derive(Default)]
pub(super) struct Tiles(Vec<Line>);

/// The tiles of one evaluation.
#[derive(Clone, Copy)]
pub(super) struct TileSet {
    start: *mut u8,
    /// Bytes from one tile to the next.
    stride: usize,
}

/// The elements of a tile, for an evaluation that reads so many bytes, whose widest element has so many,
/// in so many steps.
///
/// In the caches a tile is long, as choosing the kernels costs something, but all tiles stay in the
/// nearest one. Where memory is waited for it is shorter: all arrays are then read at nearly the same
/// time, which keeps more of memory at work.
pub(super) fn tile_len(read: usize, item: usize, steps: usize) -> usize {
    let bytes = match read >= FROM_MEMORY {
        true if steps <= 1 => FARTHEST,
        true => FAR,
        false => NEAR,
    };
    (bytes / item).clamp(32, TILE)
}

/// How many bytes ahead of their use arrays are asked for, in an evaluation that reads so many; 0 where
/// the processor does well by itself.
pub(super) fn ahead(read: usize) -> usize {
    if read >= FROM_MEMORY { AHEAD } else { 0 }
}

impl Tiles {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// So many tiles of so many bytes each.
    pub(super) fn of(&mut self, tiles: usize, bytes: usize) -> TileSet {
        // Tiles a multiple of a page apart would keep each other out of the cache, and their loads
        // waiting for stores that are not to the same place: two lines more set them off.
        let lines = bytes.div_ceil(LINE) + 2;
        if self.0.len() < tiles * lines {
            self.0.resize(tiles * lines, Line([0; LINE]));
        }
        TileSet { start: self.0.as_mut_ptr().cast(), stride: lines * LINE }
    }
}

impl TileSet {
    /// The start of a tile.
    pub(super) fn tile(self, index: usize) -> *mut u8 {
        self.start.wrapping_add(index * self.stride)
    }
}
