//! Groups of ranks.

use distarray::Scalar;
use distarray::comm::{Layout, Memory, Message, ReduceOp, Run, on_ranks};
use distarray::prelude::*;

use crate::draw::Draw;

pub(super) fn barriers(ctx: &Context) -> Result<()> {
    (0..20).try_for_each(|_| ctx.barrier())
}

pub(super) fn broadcasts(ctx: &Context) -> Result<()> {
    let comm = ctx.communicator()?;
    for root in 0..ctx.size() {
        assert_eq!(comm.broadcast_of(root, ctx.rank() as u32 * 7)?, root as u32 * 7);
        for length in [0, 1, 63, 5000, 300_000] {
            let mut bytes = vec![ctx.rank() as u8; length];
            comm.broadcast(root, &mut bytes)?;
            assert!(bytes.iter().all(|&byte| byte == root as u8));
        }
    }
    Ok(())
}

pub(super) fn gathers(ctx: &Context) -> Result<()> {
    let comm = ctx.communicator()?;
    let expected: Vec<u16> = (0..ctx.size() as u16).collect();
    assert_eq!(comm.all_gather_of(ctx.rank() as u16)?, expected);
    let mine = vec![ctx.rank() as u8; 3 * ctx.rank()];
    let all = comm.all_gather_varying(&mine)?;
    assert!(all.iter().enumerate().all(|(rank, part)| *part == vec![rank as u8; 3 * rank]));
    Ok(())
}

pub(super) fn reduces(ctx: &Context) -> Result<()> {
    let comm = ctx.communicator()?;
    let (rank, size) = (ctx.rank() as i64, ctx.size() as i64);
    assert_eq!(comm.all_reduce_of(ReduceOp::Sum, rank + 1)?, size * (size + 1) / 2);
    assert_eq!(comm.all_reduce_of(ReduceOp::Product, 2_u64)?, 1 << size);
    assert_eq!(comm.all_reduce_of(ReduceOp::Min, rank - 5)?, -5);
    assert_eq!(comm.all_reduce_of(ReduceOp::Max, rank as f32)?, (size - 1) as f32);
    assert!(comm.all_reduce_of(ReduceOp::And, rank < size)?);
    assert_eq!(comm.all_reduce_of(ReduceOp::Or, 1_u8 << (rank % 8))? & 1, 1);
    let nan = if rank == size - 1 { f64::NAN } else { 1.0 };
    assert!(comm.all_reduce_of(ReduceOp::Min, nan)?.is_nan());
    assert!(comm.all_reduce_of(ReduceOp::Max, nan)?.is_nan());
    let sum = comm.all_reduce_of(ReduceOp::Sum, 0.1 * rank as f64)?;
    let everyones = comm.all_gather_of(sum)?;
    assert!(everyones.iter().all(|other| other.to_bits() == sum.to_bits()), "the same bits");
    assert!(comm.all_reduce_of(ReduceOp::And, 1.0).is_err());
    Ok(())
}

/// Every reduction of every type: what the values of the ranks give one after the other, or one
/// error on all.
pub(super) fn reduces_every_type(ctx: &Context) -> Result<()> {
    fn check<T: Element>(
        ctx: &Context,
        takes: &[ReduceOp],
        value: impl Fn(usize) -> T,
    ) -> Result<()> {
        let comm = ctx.communicator()?;
        let all = [
            ReduceOp::Sum,
            ReduceOp::Product,
            ReduceOp::Min,
            ReduceOp::Max,
            ReduceOp::And,
            ReduceOp::Or,
        ];
        for op in all {
            let found = comm.all_reduce_of(op, value(ctx.rank()));
            if !takes.contains(&op) {
                let error = found.unwrap_err().to_string();
                assert!(error.contains(T::DTYPE.name()), "{error}");
                continue;
            }
            // One after the other on this rank alone, by groups of one.
            let mut expected = value(0);
            for rank in 1..ctx.size() {
                expected = combined(op, expected, value(rank))?;
            }
            assert_eq!(found?, expected, "{op:?} of {}", T::DTYPE);
        }
        Ok(())
    }
    fn combined<T: Element>(op: ReduceOp, a: T, b: T) -> Result<T> {
        let (mut values, other) = (a.to_scalar().to_bytes(), b.to_scalar().to_bytes());
        let size = T::DTYPE.size();
        op.combine(T::DTYPE, &mut values[..size], &other[..size])?;
        let scalar = Scalar::from_bytes(T::DTYPE, &values).expect("a value of the type");
        Ok(T::try_from_scalar(scalar).expect("a value of the type"))
    }
    use ReduceOp::{And, Max, Min, Or, Product, Sum};
    let whole = [Sum, Product, Min, Max, And, Or];
    let of = |rank: usize| 3 + 5 * rank;
    check(ctx, &whole, |rank| rank % 2 == 1)?;
    check(ctx, &whole, |rank| of(rank) as i8 - 10)?;
    check(ctx, &whole, |rank| of(rank) as i16 - 10)?;
    check(ctx, &whole, |rank| of(rank) as i32 - 10)?;
    check(ctx, &whole, |rank| of(rank) as i64 - 10)?;
    check(ctx, &whole, |rank| 255 - of(rank) as u8)?;
    check(ctx, &whole, |rank| of(rank) as u16)?;
    check(ctx, &whole, |rank| of(rank) as u32)?;
    check(ctx, &whole, |rank| of(rank) as u64)?;
    check(ctx, &whole[..4], |rank| of(rank) as f32 / 4.0)?;
    check(ctx, &whole[..4], |rank| of(rank) as f64 / 4.0)?;
    check(ctx, &[Sum, Product], |rank| Complex32::new(of(rank) as f32, -1.0))?;
    check(ctx, &[Sum, Product], |rank| Complex64::new(of(rank) as f64, -1.0))
}

/// Random messages between random places, some strided, some of several parts.
pub(super) fn exchanges(ctx: &Context) -> Result<()> {
    let comm = ctx.communicator()?;
    let (rank, size) = (ctx.rank(), ctx.size());
    let mut draw = Draw::new(11);
    for round in 0..60 {
        // Every rank draws all messages: `count[from][to]` pairs of bytes.
        let counts: Vec<Vec<usize>> = (0..size)
            .map(|_| (0..size).map(|_| draw.pick(&[0, 0, 1, 2, 7, 400])).collect())
            .collect();
        let stride = draw.pick(&[2, 3, 5]);
        let room = 400 * 5 * size;
        let source: Vec<u8> = (0..room).map(|i| (i * 7 + rank * 31 + round) as u8).collect();
        let mut target = vec![0_u8; room];
        let layout = |peer: usize, count: usize, step: usize| {
            let start = (peer * 400 * 5) as isize;
            Layout::new(2, 0, vec![vec![Run { start, count, step: step as isize }]])
        };
        let (mut sends, mut receives) = (Vec::new(), Vec::new());
        for (peer, theirs) in counts.iter().enumerate() {
            if counts[rank][peer] > 0 {
                sends.push(Message { peer, parts: vec![layout(peer, counts[rank][peer], stride)] });
            }
            if theirs[rank] > 0 {
                receives.push(Message { peer, parts: vec![layout(peer, theirs[rank], 2)] });
            }
        }
        comm.exchange(Memory::between(&source, &mut target), &sends, &receives)?;
        let mut expected = vec![0_u8; room];
        for (peer, theirs) in counts.iter().enumerate() {
            for i in 0..theirs[rank] {
                for byte in 0..2 {
                    let at = rank * 400 * 5 + i * stride + byte;
                    expected[peer * 400 * 5 + 2 * i + byte] = (at * 7 + peer * 31 + round) as u8;
                }
            }
        }
        assert!(target == expected, "round {round}");
    }
    Ok(())
}

pub(super) fn splits(ctx: &Context) -> Result<()> {
    let (rank, size) = (ctx.rank(), ctx.size());
    let half = ctx.split(Some(rank % 2), size - rank)?.expect("every rank has a colour");
    let members: Vec<usize> = (0..size).filter(|other| other % 2 == rank % 2).rev().collect();
    assert_eq!(half.size(), members.len());
    assert_eq!(members[half.rank()], rank);
    // The groups work apart from each other.
    let sum = half.arange_on(0_i64, 1, 5 + rank % 2)?.sum()?;
    assert_eq!(sum, if rank % 2 == 0 { 10 } else { 15 });
    let some = ctx.split((rank > 0).then_some(4), rank)?;
    assert_eq!(some.is_none(), rank == 0);
    if let Some(some) = some {
        assert_eq!((some.rank(), some.size()), (rank - 1, size - 1));
        some.barrier()?;
    }
    ctx.barrier()
}

pub(super) fn messages(ctx: &Context) -> Result<()> {
    let comm = ctx.communicator()?;
    let (rank, size) = (ctx.rank(), ctx.size());
    let (next, before) = ((rank + 1) % size, (rank + size - 1) % size);
    // Two tags, received in the other order; lengths that the receiver does not know.
    comm.send(next, 1, &vec![rank as u8; 100_000])?;
    comm.send(next, 2, b"short")?;
    comm.send(next, 2, b"")?;
    assert_eq!(comm.receive(before, 2)?, b"short");
    assert_eq!(comm.receive(before, 2)?, b"");
    assert_eq!(comm.receive(before, 1)?, vec![before as u8; 100_000]);
    assert!(comm.send(size, 0, b"").is_err());
    Ok(())
}

pub(super) fn agrees(ctx: &Context) -> Result<()> {
    assert_eq!(ctx.agree::<_, Error>(Ok(ctx.rank()))?, ctx.rank());
    for failing in 0..ctx.size() {
        let mine = if ctx.rank() >= failing {
            Err(Error::file(format!("file {}", ctx.rank()), "is gone"))
        } else {
            Ok(())
        };
        let (error, line) = (ctx.agree(mine).unwrap_err(), line!());
        assert!(matches!(error, Error::File { .. }), "{error}");
        let failed = on_ranks(&(failing..ctx.size()).collect::<Vec<_>>(), ctx.size());
        let expected = match ctx.size() {
            1 => "file 0: is gone".to_owned(),
            _ => format!("file {failing}: is gone ({failed}, in agree at {}:{line})", file!()),
        };
        assert_eq!(error.to_string(), expected);
    }
    // All fail alike: there is nothing to tell apart.
    let error = ctx.agree(Err::<(), _>(Error::user("all of us"))).unwrap_err();
    assert_eq!(error.to_string(), "all of us");
    // A rank that was told of another's failure is not the cause.
    let last = ctx.size() - 1;
    let error = match ctx.rank() == last {
        true => Error::user("the cause"),
        false => Error::rank(last, "failed with: the cause"),
    };
    let error = ctx.agree(Err::<(), _>(error)).unwrap_err().to_string();
    assert!(error.starts_with("the cause") && !error.contains("ranks"), "{error}");
    Ok(())
}

/// What the root finds out is everyone's, as it is.
pub(super) fn agrees_with_root(ctx: &Context) -> Result<()> {
    let comm = ctx.communicator()?;
    for root in 0..ctx.size() {
        let mine = |fails: usize| match ctx.rank() == fails {
            true => Err(Error::file("file", "is gone")),
            false => Ok(ctx.rank()),
        };
        let error = comm.agree_with_root(root, mine(root)).unwrap_err();
        assert_eq!(error.to_string(), "file: is gone");
        assert!(matches!(error, Error::File { .. }), "{error}");
        assert_eq!(comm.agree_with_root(root, Ok(ctx.rank()))?, ctx.rank());
    }
    Ok(())
}
