//! The rules that tie the processes of an array together, each broken by itself.

use distarray_protocol::{DimData, validate_all};

fn blocks(ranges: &[(usize, usize)], size: usize) -> Vec<Vec<DimData<'static>>> {
    let block =
        |(rank, &(start, stop))| vec![DimData::block(size, ranges.len(), rank, start..stop)];
    ranges.iter().enumerate().map(block).collect()
}

#[track_caller]
fn refused(processes: &[Vec<DimData<'_>>], message: &str) {
    let error = validate_all(processes).expect_err("the processes contradict each other");
    assert_eq!(error.to_string(), message);
}

#[test]
fn blocks_join() {
    assert_eq!(validate_all(&blocks(&[(0, 3), (3, 6), (6, 9), (9, 10)], 10)), Ok(()));
    assert_eq!(validate_all(&blocks(&[(0, 1), (1, 2), (2, 3), (3, 3)], 3)), Ok(()));
    assert_eq!(validate_all(&blocks(&[(0, 0), (0, 0)], 0)), Ok(()));
    assert_eq!(validate_all(&blocks(&[(0, 2), (2, 2), (2, 5)], 5)), Ok(()));
    // Empty sections may say `start == size` wherever they are.
    assert_eq!(validate_all(&blocks(&[(5, 5), (0, 2), (5, 5), (2, 5)], 5)), Ok(()));
    refused(
        &blocks(&[(0, 4), (5, 10)], 10),
        "dimension 0: 'start' is 4 on process 0 and 5 on process 1, but the second section must \
         begin where the first one ends",
    );
    refused(
        &blocks(&[(0, 6), (5, 10)], 10),
        "dimension 0: 'start' is 6 on process 0 and 5 on process 1, but the second section must \
         begin where the first one ends",
    );
    refused(
        &blocks(&[(0, 4), (4, 4)], 10),
        "dimension 0: 'size' is 10, but the sections of all processes end at 4",
    );
    refused(
        &blocks(&[(0, 4), (4, 10)], 11),
        "dimension 0: 'stop' is 10, but must be the size 11 on the last process of the grid",
    );
}

#[test]
fn padding_widths_face_each_other() {
    let halves = |left: (usize, usize, usize), right: (usize, usize, usize)| {
        vec![
            vec![DimData::block(20, 2, 0, 0..left.0).with_padding(left.1, left.2)],
            vec![DimData::block(20, 2, 1, right.0..20).with_padding(right.1, right.2)],
        ]
    };
    assert_eq!(validate_all(&halves((13, 0, 2), (9, 2, 0))), Ok(()));
    refused(
        &halves((13, 0, 2), (10, 1, 0)),
        "dimension 0: 'padding' is 2 on process 0 and 1 on process 1, but the widths that face \
         each other must be equal",
    );
    // The overlap is the sum of both widths.
    refused(
        &halves((13, 0, 2), (11, 2, 0)),
        "dimension 0: 'start' is 11 on process 0 and 13 on process 1, but the second section must \
         begin where the first one ends",
    );
}

#[test]
fn padding_is_no_wider_than_the_neighbour() {
    let three = vec![
        vec![DimData::block(10, 3, 0, 0..8).with_padding(0, 3)],
        vec![DimData::block(10, 3, 1, 2..9).with_padding(3, 2)],
        vec![DimData::block(10, 3, 2, 5..10).with_padding(2, 0)],
    ];
    refused(
        &three,
        "dimension 0: 'padding' is 3 on process 0 and 2 owned on process 1, but must not exceed \
         what the neighbour owns",
    );
}

#[test]
fn the_grid_fits_the_processes() {
    let grid = |rank: usize| {
        let (row, column) = (rank / 3, rank % 3);
        vec![DimData::block(4, 2, row, 2 * row..2 * row + 2), DimData::cyclic(7, 3, column, 1)]
    };
    let processes: Vec<_> = (0..6).map(grid).collect();
    assert_eq!(validate_all(&processes), Ok(()));
    refused(&processes[..5], "the process grid [2, 3] does not fit the number of processes, 5");
    let mut swapped = processes.clone();
    swapped.swap(1, 2);
    refused(
        &swapped,
        "dimension 1: 'proc_grid_rank' is 2, but must be 1 on process 1 of a grid in C order",
    );
    let none: [Vec<DimData<'_>>; 0] = [];
    refused(&none, "the process grid [] does not fit the number of processes, 0");
    assert_eq!(validate_all(&[vec![]]), Ok(()));
    refused(&[vec![], vec![]], "the process grid [] does not fit the number of processes, 2");
    let mut uneven = processes;
    uneven[3].pop();
    refused(&uneven, "'dim_data' describes 1 dimensions, but the buffer has 2");
}

#[test]
fn a_dimension_is_the_same_everywhere() {
    let cases: [(Vec<Vec<DimData<'_>>>, &str); 5] = [
        (
            vec![vec![DimData::block(4, 2, 0, 0..2)], vec![DimData::cyclic(4, 2, 1, 2)]],
            "dimension 0: 'dist_type' is b on process 0 and c on process 1, but must be the same \
             on all processes",
        ),
        (
            vec![vec![DimData::block(4, 2, 0, 0..2)], vec![DimData::block(5, 2, 1, 2..5)]],
            "dimension 0: 'size' is 4 on process 0 and 5 on process 1, but must be the same on \
             all processes",
        ),
        (
            vec![vec![DimData::block(4, 2, 0, 0..2)], vec![DimData::block(4, 3, 1, 2..4)]],
            "dimension 0: 'proc_grid_size' is 2 on process 0 and 3 on process 1, but must be the \
             same on all processes",
        ),
        (
            vec![vec![DimData::cyclic(4, 2, 0, 2)], vec![DimData::cyclic(4, 2, 1, 1)]],
            "dimension 0: 'block_size' is 2 on process 0 and 1 on process 1, but must be the same \
             on all processes",
        ),
        (
            vec![
                vec![DimData::block(4, 2, 0, 0..2).with_periodic(true)],
                vec![DimData::block(4, 2, 1, 2..4)],
            ],
            "dimension 0: 'periodic' is true on process 0 and false on process 1, but must be the \
             same on all processes",
        ),
    ];
    for (processes, message) in cases {
        refused(&processes, message);
    }
}

#[test]
fn processes_of_one_grid_rank_agree() {
    let processes = |second_row: (usize, usize), boundary: usize, inner: usize| {
        let column = |rank: usize| DimData::block(6, 2, rank, 3 * rank..3 * rank + 3);
        let upper = DimData::block(10, 2, 0, 0..6).with_padding(0, 1);
        let (start, stop) = second_row;
        vec![
            vec![upper.clone(), column(0)],
            vec![upper.with_padding(boundary, inner), column(1)],
            vec![DimData::block(10, 2, 1, 4..10).with_padding(1, 0), column(0)],
            vec![DimData::block(10, 2, 1, start..stop).with_padding(1, 0), column(1)],
        ]
    };
    assert_eq!(validate_all(&processes((4, 10), 0, 1)), Ok(()));
    // The width of the boundary may differ between processes at the edge.
    assert_eq!(validate_all(&processes((4, 10), 2, 1)), Ok(()));
    refused(
        &processes((5, 10), 0, 1),
        "dimension 0: 'start' is 4 on process 2 and 5 on process 3, but must be the same on \
         processes of the same proc_grid_rank",
    );
    refused(
        &processes((4, 10), 0, 2),
        "dimension 0: 'padding' is (0, 1) on process 0 and (0, 2) on process 1, but must be the \
         same on processes of the same proc_grid_rank",
    );
    let list = |row: usize, indices: &'static [i64]| {
        vec![DimData::block(2, 2, row, row..row + 1), DimData::unstructured(2, 1, 0, indices)]
    };
    assert_eq!(validate_all(&[list(0, &[1, 0]), list(1, &[1, 0])]), Ok(()));
    refused(
        &[list(0, &[1, 0]), list(1, &[0, 1])],
        "dimension 1: 'indices' is 2 long on process 0 and 2 long with other values on process 1, \
         but must be the same on processes of the same proc_grid_rank",
    );
}

#[test]
fn cyclic_sections_share_no_block() {
    let rotated = |starts: [usize; 3]| -> Vec<Vec<DimData<'static>>> {
        let dim = |(rank, start): (usize, usize)| {
            let mut dim = DimData::cyclic(8, 3, rank, 1);
            dim.dist_type = DimData::cyclic(8, 3, start, 1).dist_type;
            vec![dim]
        };
        starts.into_iter().enumerate().map(dim).collect()
    };
    assert_eq!(validate_all(&rotated([1, 2, 0])), Ok(()));
    refused(
        &rotated([1, 2, 1]),
        "dimension 0: 'start' is 1 on process 0 and 1 on process 2, but two processes cannot own \
         the same block",
    );
    refused(
        &rotated([0, 1, 8]),
        "dimension 0: 'size' is 8, but the processes own 6 indices together",
    );
}

#[test]
fn index_lists_make_up_the_whole() {
    let lists = |size, first: &'static [i64], second: &'static [i64], unique| {
        vec![
            vec![DimData::unstructured(size, 2, 0, first).with_one_to_one(unique)],
            vec![DimData::unstructured(size, 2, 1, second).with_one_to_one(unique)],
        ]
    };
    assert_eq!(validate_all(&lists(5, &[4, -7], &[0, 100, 2], true)), Ok(()));
    refused(
        &lists(5, &[4, 1], &[0, 1, 2], true),
        "dimension 0: 'indices' is a list with 1 on process 0 and a list with 1 on process 1, but \
         no index may be held twice where they are one_to_one",
    );
    // Without the promise, size may count an index held twice as two or as one.
    assert_eq!(validate_all(&lists(5, &[4, 1], &[0, 1, 2], false)), Ok(()));
    assert_eq!(validate_all(&lists(4, &[4, 1], &[0, 1, 2], false)), Ok(()));
    refused(
        &lists(6, &[4, 1], &[0, 1, 2], false),
        "dimension 0: 'size' is 6, but the processes own 5 indices together",
    );
}

#[test]
fn each_process_is_sound_by_itself() {
    let mut processes = blocks(&[(0, 5), (5, 10)], 10);
    processes[1][0].proc_grid_rank = 2;
    let error = validate_all(&processes).unwrap_err();
    assert_eq!((error.dimension(), error.key()), (Some(0), Some("proc_grid_rank")));
}
