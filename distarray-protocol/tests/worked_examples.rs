//! The worked examples of the protocol's documents, as data: three written by hand, nine generated.

use distarray_protocol::{Buffer, Dict, DimData, DistBuffer, Mode, Value, validate, validate_all};

/// One process of an example: its dimension dictionaries, its shape, the indices along each dimension.
struct Section {
    dim_data: String,
    shape: Vec<usize>,
    indices: Vec<Vec<i64>>,
}

fn section(dims: &[(&str, &[i64])]) -> Section {
    let dim_data = dims.iter().map(|(dict, _)| format!("{{{dict}}}, ")).collect::<String>();
    Section {
        dim_data: format!("({dim_data})"),
        shape: dims.iter().map(|(_, indices)| indices.len()).collect(),
        indices: dims.iter().map(|(_, indices)| indices.to_vec()).collect(),
    }
}

/// Every process of a grid, in C order, from the dictionaries and indices of each grid rank of each dimension.
fn grid(dims: &[&[(&str, &[i64])]]) -> Vec<Section> {
    let mut places: Vec<Vec<(&str, &[i64])>> = vec![vec![]];
    for dim in dims {
        places = places
            .iter()
            .flat_map(|place| dim.iter().map(|entry| [place.as_slice(), &[*entry]].concat()))
            .collect();
    }
    places.iter().map(|place| section(place)).collect()
}

fn distbuffer<'a>(dim_data: &str, buffer: Buffer<'a>) -> Dict<'a> {
    let dim_data = Value::from_literal(dim_data).expect("the example is a literal");
    Dict::new().with("__version__", "0.10.0").with("buffer", buffer).with("dim_data", dim_data)
}

/// The values of the generated examples: the place of an element in the whole array of inner extents `extents`.
fn values(indices: &[Vec<i64>], extents: &[i64]) -> Vec<f64> {
    let mut places = vec![0];
    for (dim, extent) in indices.iter().zip(extents) {
        places =
            places.iter().flat_map(|place| dim.iter().map(move |i| place * extent + i)).collect();
    }
    places.into_iter().map(|place| place as f64).collect()
}

/// Checks each process by both validators and all together, and returns them.
fn check(sections: &[Section], reference_accepts: bool) -> Vec<DistBuffer<'static>> {
    let checked: Vec<DistBuffer<'static>> = sections
        .iter()
        .map(|section| {
            let values = values(&section.indices, &[5, 9, 3]);
            let buffer = Buffer::from_vec(values).with_shape(&section.shape).unwrap();
            let dict = distbuffer(&section.dim_data, buffer);
            assert_eq!(validate(&dict.clone().into(), Mode::Text), Ok(()));
            let verdict = validate(&dict.clone().into(), Mode::Reference);
            assert_eq!(verdict.is_ok(), reference_accepts, "{verdict:?}");
            let typed = DistBuffer::from_dict(dict).unwrap();
            for (dim, indices) in typed.dim_data.iter().zip(&section.indices) {
                assert_eq!(dim.global_indices().collect::<Vec<_>>(), *indices);
                assert_eq!(dim.owned_indices().collect::<Vec<_>>(), *indices);
            }
            // What is written for others keeps to the letter, so the reference takes it too.
            assert_eq!(typed.validate(Mode::Reference), Ok(()));
            assert_eq!(DistBuffer::from_dict(typed.clone().into_dict()).as_ref(), Ok(&typed));
            typed
        })
        .collect();
    let all: Vec<&[DimData<'_>]> = checked.iter().map(|section| &section.dim_data[..]).collect();
    assert_eq!(validate_all(&all), Ok(()));
    checked
}

fn elements(section: &DistBuffer<'_>) -> Vec<f64> {
    section.buffer.as_slice::<f64>().unwrap().to_vec()
}

const H1_RANK_0: [f64; 10] = [0.2, 0.6, 0.9, 0.6, 0.8, 0.4, 0.2, 0.2, 0.3, 0.5];
const H1_RANK_1: [f64; 10] = [0.9, 0.2, 1.0, 0.4, 0.5, 0.0, 0.6, 0.8, 0.6, 1.0];
const TEN: [i64; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

#[test]
fn h1_block_block() {
    let whole = "'dist_type': 'b', 'size': 10, 'proc_grid_size': 1, 'proc_grid_rank': 0, \
                 'start': 0, 'stop': 10";
    let row = |rank: usize| {
        format!(
            "'dist_type': 'b', 'size': 2, 'proc_grid_size': 2, 'proc_grid_rank': {rank}, \
             'start': {rank}, 'stop': {}",
            rank + 1
        )
    };
    let (upper, lower) = (row(0), row(1));
    check(&grid(&[&[(&upper, &[0]), (&lower, &[1])], &[(whole, &TEN)]]), true);
    for (row, data) in [(upper, H1_RANK_0), (lower, H1_RANK_1)] {
        let dim_data = format!("({{{row}}}, {{{whole}}})");
        // As printed, with a buffer of one dimension.
        let printed = Value::from(distbuffer(&dim_data, Buffer::from_slice(&data)));
        for mode in [Mode::Text, Mode::Reference] {
            let message = "'dim_data' describes 2 dimensions, but the buffer has 1";
            assert_eq!(validate(&printed, mode).unwrap_err().to_string(), message);
        }
        let meant = Buffer::new(&data, &[1, 10]).unwrap();
        let meant = Value::from(distbuffer(&dim_data, meant));
        assert_eq!(validate(&meant, Mode::Text), Ok(()));
        assert_eq!(validate(&meant, Mode::Reference), Ok(()));
    }
}

#[test]
fn h2_block_with_padding() {
    let first = "{'dist_type': 'b', 'size': 18, 'proc_grid_size': 2, 'proc_grid_rank': 0, \
                 'start': 0, 'stop': 10, 'padding': (1, 1), 'periodic': False}";
    let second = "{'dist_type': 'b', 'size': 18, 'proc_grid_size': 2, 'proc_grid_rank': 1, \
                  'start': 8, 'stop': 18, 'padding': (1, 1), 'periodic': False}";
    let data = [
        [0.2, 0.6, 0.9, 0.6, 0.8, 0.4, 0.2, 0.2, 0.3, 0.9],
        [0.3, 0.9, 0.2, 1.0, 0.4, 0.5, 0.0, 0.6, 0.8, 0.6],
    ];
    let mut sections = Vec::new();
    for (dict, data) in [first, second].into_iter().zip(&data) {
        // As printed, in brackets that make no tuple.
        let printed = Value::from(distbuffer(&format!("({dict})"), Buffer::from_slice(data)));
        let meant = Value::from(distbuffer(&format!("({dict},)"), Buffer::from_slice(data)));
        for mode in [Mode::Text, Mode::Reference] {
            assert_eq!(validate(&printed, mode).unwrap_err().key(), Some("dim_data"));
            assert_eq!(validate(&meant, mode), Ok(()));
        }
        let Value::Dict(meant) = meant else { unreachable!() };
        sections.push(DistBuffer::from_dict(meant).unwrap());
    }
    let owned = |rank: usize| sections[rank].dim_data[0].owned_indices().collect::<Vec<_>>();
    assert_eq!(owned(0), (0..9).collect::<Vec<_>>());
    assert_eq!(owned(1), (9..18).collect::<Vec<_>>());
    assert_eq!(validate_all(&[&sections[0].dim_data, &sections[1].dim_data]), Ok(()));
    // Where the sections overlap, they hold the same values.
    let at = |rank: usize, global: i64| {
        let local = sections[rank].dim_data[0].global_indices().position(|i| i == global).unwrap();
        sections[rank].buffer.read::<f64>(&[local]).unwrap()
    };
    assert_eq!((at(0, 8), at(0, 9)), (0.3, 0.9));
    assert_eq!((at(1, 8), at(1, 9)), (0.3, 0.9));
}

#[test]
fn h3_unstructured() {
    let lists: [&[i64]; 3] = [
        &[19, 1, 0, 12, 2, 15, 4],
        &[6, 13, 3],
        &[10, 25, 5, 21, 7, 18, 11, 26, 29, 24, 23, 28, 14, 20, 9, 16, 27, 8, 17, 22],
    ];
    let data: [&[f64]; 3] = [
        &[0.7, 0.5, 0.9, 0.2, 0.7, 0.0, 0.5],
        &[0.1, 0.5, 0.9],
        &[
            0.1, 0.8, 0.4, 0.8, 0.2, 0.4, 0.4, 0.3, 0.5, 0.7, 0.4, 0.7, 0.6, 0.2, 0.8, 0.5, 0.3,
            0.8, 0.4, 0.2,
        ],
    ];
    let dicts: Vec<String> = (0..3).map(|rank| unstructured(30, 3, rank, lists[rank])).collect();
    let dims: Vec<(&str, &[i64])> = dicts.iter().map(String::as_str).zip(lists).collect();
    let sections = check(&grid(&[&dims]), true);
    assert_eq!(sections.iter().map(|s| s.dim_data[0].num_owned()).sum::<usize>(), 30);
    for (dict, data) in dicts.iter().zip(data) {
        let dict = distbuffer(&format!("({{{dict}}},)"), Buffer::from_slice(data));
        assert_eq!(validate(&dict.into(), Mode::Text), Ok(()));
    }
}

fn unstructured(size: usize, processes: usize, rank: usize, indices: &[i64]) -> String {
    format!(
        "'dist_type': 'u', 'size': {size}, 'proc_grid_size': {processes}, \
         'proc_grid_rank': {rank}, 'indices': array({indices:?})"
    )
}

fn block(size: usize, processes: usize, rank: usize, start: usize, stop: usize) -> String {
    format!(
        "'dist_type': 'b', 'size': {size}, 'proc_grid_size': {processes}, \
         'proc_grid_rank': {rank}, 'start': {start}, 'stop': {stop}"
    )
}

fn cyclic(size: usize, processes: usize, rank: usize, start: usize) -> String {
    format!(
        "'dist_type': 'c', 'size': {size}, 'proc_grid_size': {processes}, \
         'proc_grid_rank': {rank}, 'start': {start}"
    )
}

/// The generated examples print padding as a list, which is no tuple: the text's intent, not its letter.
#[test]
fn g1_g2_g6_padding_printed_as_lists() {
    for (list, accepted) in [("[0, 0]", false), ("(0, 0)", true)] {
        let dict = |text: String| format!("{text}, 'padding': {list}");
        let whole = [dict(block(5, 1, 0, 0, 5)), dict(block(9, 1, 0, 0, 9))];
        let thirds =
            [dict(block(5, 3, 0, 0, 2)), dict(block(5, 3, 1, 2, 4)), dict(block(5, 3, 2, 4, 5))];
        let sections = check(
            &grid(&[
                &[(&thirds[0], &[0, 1]), (&thirds[1], &[2, 3]), (&thirds[2], &[4])],
                &[(&whole[1], &TEN[..9])],
            ]),
            accepted,
        );
        assert_eq!(elements(&sections[2]), (36..45).map(f64::from).collect::<Vec<_>>());

        let columns =
            [dict(block(9, 3, 0, 0, 3)), dict(block(9, 3, 1, 3, 6)), dict(block(9, 3, 2, 6, 9))];
        let sections = check(
            &grid(&[
                &[(&whole[0], &TEN[..5])],
                &[(&columns[0], &[0, 1, 2]), (&columns[1], &[3, 4, 5]), (&columns[2], &[6, 7, 8])],
            ]),
            accepted,
        );
        assert_eq!(elements(&sections[1])[..4], [3.0, 4.0, 5.0, 12.0]);

        let rows = [dict(block(5, 2, 0, 0, 1)), dict(block(5, 2, 1, 1, 5))];
        let columns = [dict(block(9, 2, 0, 0, 2)), dict(block(9, 2, 1, 2, 9))];
        let sections = check(
            &grid(&[
                &[(&rows[0], &[0]), (&rows[1], &[1, 2, 3, 4])],
                &[(&columns[0], &[0, 1]), (&columns[1], &TEN[2..9])],
            ]),
            accepted,
        );
        assert_eq!(elements(&sections[2]), [9.0, 10.0, 18.0, 19.0, 27.0, 28.0, 36.0, 37.0]);
    }
}

#[test]
fn g3_g4_g5_block_and_cyclic() {
    let rows = [block(5, 2, 0, 0, 3), block(5, 2, 1, 3, 5)];
    let columns = [block(9, 2, 0, 0, 5), block(9, 2, 1, 5, 9)];
    let rows: [(&str, &[i64]); 2] = [(&rows[0], &[0, 1, 2]), (&rows[1], &[3, 4])];
    let columns: [(&str, &[i64]); 2] = [(&columns[0], &TEN[..5]), (&columns[1], &TEN[5..9])];
    let sections = check(&grid(&[&rows, &columns]), true);
    assert_eq!(elements(&sections[3]), [32.0, 33.0, 34.0, 35.0, 41.0, 42.0, 43.0, 44.0]);

    let dealt = [cyclic(9, 2, 0, 0), cyclic(9, 2, 1, 1)];
    let dealt: [(&str, &[i64]); 2] = [(&dealt[0], &[0, 2, 4, 6, 8]), (&dealt[1], &[1, 3, 5, 7])];
    let sections = check(&grid(&[&rows, &dealt]), true);
    assert_eq!(elements(&sections[1])[..5], [1.0, 3.0, 5.0, 7.0, 10.0]);

    let dealt_rows = [cyclic(5, 2, 0, 0), cyclic(5, 2, 1, 1)];
    let dealt_rows: [(&str, &[i64]); 2] = [(&dealt_rows[0], &[0, 2, 4]), (&dealt_rows[1], &[1, 3])];
    let sections = check(&grid(&[&dealt_rows, &dealt]), true);
    assert_eq!(elements(&sections[3]), [10.0, 12.0, 14.0, 16.0, 28.0, 30.0, 32.0, 34.0]);
}

#[test]
fn g7_block_cyclic() {
    let dict = |size, rank, start| format!("{}, 'block_size': 2", cyclic(size, 2, rank, start));
    let rows = [dict(5, 0, 0), dict(5, 1, 2)];
    let columns = [dict(9, 0, 0), dict(9, 1, 2)];
    let sections = check(
        &grid(&[
            &[(&rows[0], &[0, 1, 4]), (&rows[1], &[2, 3])],
            &[(&columns[0], &[0, 1, 4, 5, 8]), (&columns[1], &[2, 3, 6, 7])],
        ]),
        true,
    );
    let shapes: Vec<_> = sections.iter().map(|section| section.buffer.shape().to_vec()).collect();
    assert_eq!(shapes, [[3, 5], [3, 4], [2, 5], [2, 4]]);
}

#[test]
fn g8_unstructured() {
    let lists: [[&[i64]; 2]; 2] = [[&[3, 0], &[4, 2, 1]], [&[2, 3, 7, 1], &[6, 5, 8, 0, 4]]];
    let dicts =
        |size, lists: [&[i64]; 2]| [0, 1].map(|rank| unstructured(size, 2, rank, lists[rank]));
    let (rows, columns) = (dicts(5, lists[0]), dicts(9, lists[1]));
    let sections = check(
        &grid(&[
            &[(&rows[0], lists[0][0]), (&rows[1], lists[0][1])],
            &[(&columns[0], lists[1][0]), (&columns[1], lists[1][1])],
        ]),
        true,
    );
    assert_eq!(elements(&sections[0]), [29.0, 30.0, 34.0, 28.0, 2.0, 3.0, 7.0, 1.0]);
}

#[test]
fn g9_three_dimensions() {
    let rows = [cyclic(5, 2, 0, 0), cyclic(5, 2, 1, 1)];
    let columns = [block(9, 2, 0, 0, 5), block(9, 2, 1, 5, 9)];
    let layers = [cyclic(3, 2, 0, 0), cyclic(3, 2, 1, 1)];
    let sections = check(
        &grid(&[
            &[(&rows[0], &[0, 2, 4]), (&rows[1], &[1, 3])],
            &[(&columns[0], &TEN[..5]), (&columns[1], &TEN[5..9])],
            &[(&layers[0], &[0, 2]), (&layers[1], &[1])],
        ]),
        true,
    );
    assert_eq!(sections.len(), 8);
    assert_eq!(elements(&sections[7]), [43.0, 46.0, 49.0, 52.0, 97.0, 100.0, 103.0, 106.0]);
}
