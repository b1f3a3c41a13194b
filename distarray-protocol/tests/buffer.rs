//! Buffers over memory of every layout and format, and the refusals that keep them inside of it.

use distarray_protocol::{
    Buffer, BufferElement, ByteOrder, ElementFormat, ElementKind, ProtocolError,
};

fn numbers() -> Vec<i32> {
    (0..24).collect()
}

#[test]
fn strides_of_any_sign() {
    let data = numbers();
    // data.reshape(4, 6)[::-2, 1::2]
    let view = Buffer::strided(&data, 19, &[2, 3], &[-48, 8]).unwrap();
    assert_eq!(view.elements::<i32>().unwrap().collect::<Vec<_>>(), [19, 21, 23, 7, 9, 11]);
    assert_eq!(view.read::<i32>(&[1, 2]), Ok(11));
    assert_eq!(view.byte_offset(&[1, 2]), Ok(-32));
    assert_eq!(view.as_ptr(), data[19..].as_ptr().cast());
    assert!(!view.is_c_contiguous() && !view.is_f_contiguous());
    assert!(view.as_slice::<i32>().is_err());
    assert_eq!(view.to_contiguous().as_slice::<i32>().unwrap(), [19, 21, 23, 7, 9, 11]);
    // A stride of zero repeats an element.
    let repeated = Buffer::strided(&data, 3, &[2, 2], &[0, 4]).unwrap();
    assert_eq!(repeated.elements::<i32>().unwrap().collect::<Vec<_>>(), [3, 4, 3, 4]);
    // Strides need not be whole elements.
    let pairs = [0x0102_u16.to_be(), 0x0304_u16.to_be()];
    let bytes = Buffer::strided(&pairs, 0, &[2], &[1]).unwrap();
    let swapped = bytes.elements::<u16>().unwrap().map(u16::from_be).collect::<Vec<_>>();
    assert_eq!(swapped, [0x0102, 0x0203]);
}

#[test]
fn contiguity() {
    let data = numbers();
    let layout = |shape: &[usize], strides: &[isize]| {
        let buffer = Buffer::strided(&data, 0, shape, strides).unwrap();
        (buffer.is_c_contiguous(), buffer.is_f_contiguous())
    };
    assert_eq!(layout(&[4, 6], &[24, 4]), (true, false));
    assert_eq!(layout(&[4, 6], &[4, 16]), (false, true));
    assert_eq!(layout(&[6], &[4]), (true, true));
    assert_eq!(layout(&[], &[]), (true, true));
    // The stride of an axis of extent 1 does not count, nor any stride of an empty buffer.
    assert_eq!(layout(&[1, 6], &[-1000, 4]), (true, true));
    assert_eq!(layout(&[2, 0], &[999, -999]), (true, true));
    assert_eq!(layout(&[3], &[8]), (false, false));
}

#[test]
fn layouts_outside_the_memory_are_refused() {
    let data = numbers();
    let layouts: [(usize, &[usize], &[isize], &str); 10] = [
        (0, &[25], &[4], "reaches bytes 0..100 of a slice of 96 bytes"),
        (1, &[24], &[4], "reaches bytes 4..100 of a slice of 96 bytes"),
        (0, &[2], &[-4], "reaches bytes -4..4 of a slice of 96 bytes"),
        (24, &[], &[], "reaches bytes 96..100 of a slice of 96 bytes"),
        (usize::MAX, &[1], &[4], "of a slice of 96 bytes"),
        (0, &[2, 2], &[4], "2 extents but 1 strides"),
        (0, &[usize::MAX], &[0], "more than"),
        (0, &[1 << 40, 1 << 40], &[0, 0], "more than"),
        (0, &[3], &[isize::MAX], "more than"),
        // NumPy has no such array either, though it has no element.
        (0, &[1 << 60, 0, 2], &[8, 8, 4], "more than"),
    ];
    for (offset, shape, strides, reason) in layouts {
        let error = Buffer::strided(&data, offset, shape, strides).unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
        let mut data = data.clone();
        assert_eq!(Buffer::strided_mut(&mut data, offset, shape, strides), Err(error));
    }
    // Nothing is reached where there are no elements.
    assert!(Buffer::strided(&data, usize::MAX, &[0, 1 << 60], &[7, isize::MIN]).is_ok());
    for shape in [&[5, 5][..], &[24, 0], &[], &[usize::MAX, 2]] {
        assert!(Buffer::new(&data, shape).is_err());
    }
    let view = Buffer::strided(&data, 0, &[3], &[8]).unwrap();
    assert!(view.with_shape(&[3, 1]).is_err());
    let format = ElementFormat::native(ElementKind::F64);
    assert!(Buffer::from_bytes(&[0; 15], format, &[2]).is_err());
    assert!(Buffer::from_bytes(&[], format, &[1 << 58, 0, 2]).is_ok());
    assert!(Buffer::from_bytes(&[], format, &[1 << 60, 0, 2]).is_err());
}

#[test]
fn access_is_checked() {
    let mut data = numbers();
    let mut buffer = Buffer::new_mut(&mut data, &[4, 6]).unwrap();
    for index in [&[4, 0][..], &[0, 6], &[0], &[0, 0, 0]] {
        let error = ProtocolError::Index { index: index.to_vec(), shape: vec![4, 6] };
        assert_eq!(buffer.read::<i32>(index), Err(error.clone()));
        assert_eq!(buffer.write(index, 1), Err(error));
    }
    let error = buffer.read::<u32>(&[0, 0]).unwrap_err();
    let message = "the elements of the buffer have format 'i', but 'I' is asked for";
    assert_eq!(error.to_string(), message);
    assert!(buffer.write(&[0, 0], 1.0).is_err());
    buffer.write(&[3, 5], -1).unwrap();
    buffer.view_mut().as_mut_slice::<i32>().unwrap()[0] = 7;
    assert_eq!((data[0], data[23]), (7, -1));

    let mut read_only = Buffer::from_slice(&data);
    assert_eq!(read_only.write(&[0], 1), Err(ProtocolError::ReadOnly));
    assert_eq!(read_only.as_mut_slice::<i32>(), Err(ProtocolError::ReadOnly));
    assert_eq!(read_only.as_mut_ptr(), Err(ProtocolError::ReadOnly));
    assert!(!read_only.view_mut().is_writable());
}

#[test]
fn writing_through_strides() {
    let mut data = numbers();
    let mut odd = Buffer::strided_mut(&mut data, 23, &[12], &[-8]).unwrap();
    for index in 0..odd.len() {
        odd.write(&[index], -(index as i32)).unwrap();
    }
    assert!(odd.as_mut_slice::<i32>().is_err());
    assert_eq!(data[..4], [0, -11, 2, -10]);
    assert_eq!(data[20..], [20, -1, 22, 0]);
}

fn round_trip<T: BufferElement>(value: T, code: &str) {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let format = ElementFormat::new(T::KIND, order);
        assert_eq!(ElementFormat::from_code(&format.code()), Ok(format));
        assert_eq!(ElementFormat::from_numpy(&format.numpy_string()), Ok(format));
        assert_eq!(format.itemsize(), size_of::<T>());
        // One byte off, so that nothing is aligned.
        let mut memory = vec![0_u8; size_of::<T>() + 1];
        let first = memory[1..].as_mut_ptr();
        // SAFETY: the one element lies in `memory` after its first byte; `memory` is used through `first` only.
        let mut buffer = unsafe { Buffer::from_raw_parts_mut(first, format, &[], &[]) }.unwrap();
        buffer.write(&[], value).unwrap();
        assert_eq!(buffer.read::<T>(&[]), Ok(value));
        assert_eq!(buffer.clone(), Buffer::from_slice(&[value]).with_shape(&[]).unwrap());
        assert_eq!(buffer.as_slice::<T>().is_ok(), size_of::<T>() == 1);
    }
    assert_eq!(T::format().code(), code);
    assert_eq!(Buffer::from_vec(vec![value]).as_slice::<T>(), Ok(&[value][..]));
}

#[test]
fn every_format() {
    round_trip(true, "?");
    round_trip(-2_i8, "b");
    round_trip(-300_i16, "h");
    round_trip(-70_000_i32, "i");
    round_trip(i64::MIN + 1, "q");
    round_trip(200_u8, "B");
    round_trip(60_000_u16, "H");
    round_trip(4_000_000_000_u32, "I");
    round_trip(u64::MAX - 1, "Q");
    round_trip(1.5_f32, "f");
    round_trip(-2.5_f64, "d");
    round_trip([1.0_f32, -2.0], "Zf");
    round_trip([0.25_f64, 3.0], "Zd");
}

#[test]
fn format_codes() {
    let long = size_of::<std::ffi::c_long>();
    for (code, size) in [("l", long), ("@L", long), ("=l", 4), (">L", 4), ("n", size_of::<usize>())]
    {
        assert_eq!(ElementFormat::from_code(code).unwrap().itemsize(), size, "{code}");
    }
    assert_eq!(ElementFormat::from_code(">B"), ElementFormat::from_code("B"));
    assert_eq!(ElementFormat::from_code("!d").unwrap().order(), ByteOrder::Big);
    let foreign = if ByteOrder::NATIVE == ByteOrder::Little { ">d" } else { "<d" };
    assert_eq!(ElementFormat::from_code(foreign).unwrap().code(), foreign);
    for code in ["", "<", "dd", "2d", "O", "e", "g", "c", "s", "=n", "Z", "Zi", "T{d:x:}", "\u{e9}"]
    {
        let error = ProtocolError::Format { format: code.to_owned() };
        assert_eq!(ElementFormat::from_code(code), Err(error), "{code}");
    }
    for name in ["", "<int64", "i3", "f2", "float", "object", "<", "\u{e9}"] {
        assert!(ElementFormat::from_numpy(name).is_err(), "{name}");
    }
}

/// Foreign memory may hold any non-zero byte for true; only as a Rust slice it must not.
#[test]
fn foreign_booleans() {
    let bytes = [0_u8, 1, 2];
    let format = ElementFormat::native(ElementKind::Bool);
    let buffer = Buffer::from_bytes(&bytes, format, &[3]).unwrap();
    assert_eq!(buffer.elements::<bool>().unwrap().collect::<Vec<_>>(), [false, true, true]);
    assert!(buffer.as_slice::<bool>().is_err());
    assert_eq!(buffer.borrowed_slice::<bool>(), None);
    let sound = Buffer::from_bytes(&bytes[..2], format, &[2]).unwrap();
    assert_eq!(sound.as_slice::<bool>(), Ok(&[false, true][..]));
}

#[test]
fn foreign_byte_order() {
    let big: Vec<u8> = [1.5_f64, -2.0].iter().flat_map(|number| number.to_be_bytes()).collect();
    let format = ElementFormat::new(ElementKind::F64, ByteOrder::Big);
    let buffer = Buffer::from_bytes(&big, format, &[2]).unwrap();
    assert_eq!(buffer.elements::<f64>().unwrap().collect::<Vec<_>>(), [1.5, -2.0]);
    assert_eq!(buffer, Buffer::from_slice(&[1.5, -2.0]));
    assert_ne!(buffer, Buffer::from_slice(&[1.5, 2.0]));
    let is_native = ByteOrder::NATIVE == ByteOrder::Big;
    assert_eq!(buffer.to_contiguous().as_slice::<f64>().is_ok(), is_native);
    let complex: Vec<u8> = [1.0_f32, 2.0].iter().flat_map(|part| part.to_be_bytes()).collect();
    let format = ElementFormat::new(ElementKind::Complex64, ByteOrder::Big);
    let complex = Buffer::from_bytes(&complex, format, &[1]).unwrap();
    assert_eq!(complex, Buffer::from_slice(&[[1.0_f32, 2.0]]));
}

#[test]
fn raw_parts() {
    let data = numbers();
    let format = i32::format();
    let last = data.as_ptr().wrapping_add(23);
    // SAFETY: the elements are all those of `data`, last first; it outlives the buffer and is not changed.
    let backwards = unsafe { Buffer::from_raw_parts(last.cast(), format, &[24], &[-4]) };
    let backwards: Vec<i32> = backwards.unwrap().elements().unwrap().collect();
    assert_eq!(backwards, (0..24).rev().collect::<Vec<_>>());

    // SAFETY: there is no element.
    let nothing = unsafe { Buffer::from_raw_parts(std::ptr::null(), format, &[0], &[4]) }.unwrap();
    assert_eq!(nothing.as_slice::<i32>(), Ok(&[][..]));
    // SAFETY: refused before any use.
    let null = unsafe { Buffer::from_raw_parts(std::ptr::null(), format, &[1], &[4]) };
    assert!(matches!(null, Err(ProtocolError::Layout { .. })));
    // SAFETY: refused before any use.
    let uneven = unsafe { Buffer::from_raw_parts(data.as_ptr().cast(), format, &[1], &[]) };
    assert!(matches!(uneven, Err(ProtocolError::Layout { .. })));
}

#[test]
fn clones_and_views() {
    let mut data = numbers();
    let shared = Buffer::from_slice(&data);
    assert_eq!(shared.clone().as_ptr(), shared.as_ptr());
    let owned = Buffer::from_vec(data.clone());
    let first = owned.as_ptr();
    let other = owned.clone();
    drop(owned);
    assert_eq!((other.as_ptr(), &other), (first, &shared));

    let mut exclusive = Buffer::from_slice_mut(&mut data);
    let copy = exclusive.clone();
    assert!(exclusive.is_writable() && !copy.is_writable());
    exclusive.write(&[0], 99).unwrap();
    assert_eq!((exclusive.read(&[0]), copy.read(&[0])), (Ok(99), Ok(0)));
    assert_eq!(exclusive.view().as_ptr(), exclusive.as_ptr());
}

#[test]
fn buffers_cross_threads() {
    let data = numbers();
    let buffer = Buffer::from_slice(&data);
    let sums = std::thread::scope(|scope| {
        let shared = scope.spawn(|| buffer.elements::<i32>().unwrap().sum::<i32>());
        let moved = buffer.clone();
        let moved = scope.spawn(move || moved.as_slice::<i32>().unwrap().iter().sum::<i32>());
        (shared.join().unwrap(), moved.join().unwrap())
    });
    assert_eq!(sums, (276, 276));
}
