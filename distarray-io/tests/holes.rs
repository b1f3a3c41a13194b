//! Places in files beyond 2^31 and 2^32, in a file that is mostly a hole: no memory, no disk.

use distarray_core::DType;
use distarray_core::block::Block;
use distarray_core::dist::Distribution;
use distarray_io::file::{ArrayFile, Header, Order};
use distarray_io::npy::NpyFile;
use distarray_io::selection::Selection;
use ndarray::ArrayD;

/// Elements of four bytes, so that bytes pass the limits where elements do not yet.
const LENGTH: usize = (1 << 33) + 7;
/// Small parts: what is written is some 100 KiB each.
const PARTS: usize = 300_007;

/// The element at an index: none is like one that lies a power of two before it.
fn element(index: usize) -> u32 {
    (index % 2_147_483_629) as u32
}

#[test]
fn parts_far_behind_are_written_and_read_at_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let header = Header { dtype: DType::U32, shape: vec![LENGTH], order: Order::C };
    let path = folder.path().join("hole.npy");
    let file = NpyFile::create(&path, &header).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 128 + 4 * LENGTH as u64);

    let blocks = Distribution::new([LENGTH], "b", PARTS).unwrap();
    let at = [0, 1 << 29, 1 << 30, 1 << 31, 1 << 32, LENGTH - 1];
    let parts = at.map(|index| blocks.owner(&[index]).unwrap());
    for part in parts {
        let range = blocks.axis(0).range(part).unwrap();
        let elements = ArrayD::from_shape_fn(vec![range.len()], |at| element(range.start + at[0]));
        file.write(&Selection::of(&blocks, part), &Block::from_array(elements)).unwrap();
    }

    let reopened = NpyFile::open(&path).unwrap();
    assert_eq!(reopened.header(), &header);
    for part in parts {
        let range = blocks.axis(0).range(part).unwrap();
        let mut block = Block::zeros(DType::U32, &[range.len()]).unwrap();
        reopened.read(&Selection::of(&blocks, part), &mut block).unwrap();
        let found = block.view::<u32>().unwrap();
        assert!(found.iter().zip(range).all(|(&found, index)| found == element(index)));
    }

    // Nothing was written beside them: where a lost bit would have put it there is a hole.
    let between = Selection::of(&blocks, parts[1] + 1);
    let mut block = Block::zeros(DType::U32, &blocks.local_shape(parts[1] + 1)).unwrap();
    reopened.read(&between, &mut block).unwrap();
    assert!(block.view::<u32>().unwrap().iter().all(|&found| found == 0));

    // Few elements, each 2^28 after the one before.
    let sparse = Distribution::new([LENGTH], "c", 1 << 28).unwrap();
    let rank = sparse.owner(&[1 << 32]).unwrap();
    let mut block = Block::zeros(DType::U32, &sparse.local_shape(rank)).unwrap();
    reopened.read(&Selection::of(&sparse, rank), &mut block).unwrap();
    let found = block.view::<u32>().unwrap();
    let place = sparse.locate(&[1 << 32]).unwrap().1;
    assert_eq!(found[&place[..]], element(1 << 32));
}
