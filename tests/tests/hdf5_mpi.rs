//! HDF5 files under MPI: written from every kind of map on four processes, in every way of transfer,
//! and read on another number of processes under other maps.
//!
//! Started by itself, this program starts itself again under a launcher (`DISTARRAY_MPIRUN`, by
//! default `mpirun`), once to write and then to read.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::rc::Rc;

use distarray::array::{Context, DistArray};
use distarray::comm::ReduceOp;
use distarray::dist::{Dist, Distribution};
use distarray::io::hdf5::{self, Options, Transfer};
use distarray::io::progress;
use distarray::{Result, mpi};

/// The folder of the file, and what to do: `write` or `read`.
const FOLDER: &str = "DISTARRAY_HDF5_FOLDER";
const TASK: &str = "DISTARRAY_HDF5_TASK";

const SHAPE: [usize; 2] = [37, 23];
const BYTES: u64 = 37 * 23 * 8;
/// Shapes of which some processes have nothing.
const SMALL: [&[usize]; 4] = [&[], &[0, 3], &[2, 3], &[1]];
const TRANSFERS: [Transfer; 3] = [Transfer::Automatic, Transfer::Collective, Transfer::Independent];

fn main() -> ExitCode {
    if std::env::args().any(|arg| arg == "--list") {
        return ExitCode::SUCCESS;
    }
    let Some(folder) = std::env::var_os(FOLDER) else { return launch_all() };
    let path = PathBuf::from(folder).join("a.h5");
    let writes = std::env::var(TASK).is_ok_and(|task| task == "write");
    let outcome = mpi::run(|comm| {
        let ctx = Context::new(comm);
        match writes {
            true => write(&ctx, &path),
            false => read(&ctx, &path),
        }
    });
    outcome.expect("every rank does what it is asked");
    ExitCode::SUCCESS
}

fn launch_all() -> ExitCode {
    let folder = tempfile::tempdir().expect("a folder");
    let launcher = std::env::var("DISTARRAY_MPIRUN").unwrap_or_else(|_| "mpirun".into());
    for (task, ranks) in
        [("write", "4"), ("read", "3"), ("read", "2"), ("read", "1"), ("write", "2"), ("read", "4")]
    {
        let program = std::env::current_exe().expect("this program");
        let mut job = Command::new(&launcher);
        job.env("OMPI_ALLOW_RUN_AS_ROOT", "1").env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
        job.env("OMPI_MCA_rmaps_base_oversubscribe", "1").env(FOLDER, folder.path());
        let status = job.env(TASK, task).args(["-n", ranks]).arg(program).status();
        assert!(status.expect("the launcher").success(), "{task} on {ranks} processes");
    }
    ExitCode::SUCCESS
}

fn value(at: &[usize]) -> f64 {
    (at[0] * 100 + at[1]) as f64 + 0.5
}

/// The bytes that all processes together have reported as read or written meanwhile.
fn reported(ctx: &Context, act: impl FnOnce() -> Result<()>) -> Result<u64> {
    let last = Rc::new(Cell::new(None));
    let seen = Rc::clone(&last);
    let watch = progress::watch(move |progress| seen.set(Some(progress)));
    act()?;
    drop(watch);
    let mine = last.get().map_or(0, |last| {
        assert_eq!(last.bytes, last.total);
        last.total
    });
    ctx.communicator()?.all_reduce_of(ReduceOp::Sum, mine)
}

fn maps(ranks: usize) -> Vec<Distribution> {
    let mut lists = vec![Vec::new(); ranks];
    (0..SHAPE[0]).rev().for_each(|index| lists[(index * 7 + 3) % ranks].push(index));
    let lists = Distribution::builder(SHAPE).axis(0, Dist::unstructured(lists)).build(ranks);
    let kinds = ["b,n", "n,b", "c,n", "n,c", "c:3,c:2", "b,b", "b,c"];
    let mut all: Vec<_> = kinds
        .into_iter()
        .map(|kinds| Distribution::new(SHAPE, kinds, ranks).expect(kinds))
        .collect();
    all.push(lists.expect("lists of all indices"));
    let padded = Distribution::builder(SHAPE).dists("b,n").halos(2).build(ranks);
    all.push(padded.expect("rows with halos"));
    all.push(Distribution::replicated(SHAPE, ranks).expect("a copy for each rank"));
    all.push(Distribution::on_one(SHAPE, ranks - 1));
    all
}

fn layouts(transfer: Transfer) -> Vec<Options> {
    let plain = [Options::new(), Options::new().chunks([8, 8])];
    let packed = [Options::new().chunks([8, 8]).shuffle().deflate(3)];
    let packed = if transfer == Transfer::Independent { &packed[..0] } else { &packed };
    plain.iter().chain(packed).map(|options| options.clone().transfer(transfer)).collect()
}

fn write(ctx: &Context, path: &Path) -> Result<()> {
    hdf5::create(ctx, path, |file| {
        for (m, map) in maps(ctx.size()).iter().enumerate() {
            let array = ctx.from_fn(map, value)?;
            for (t, transfer) in TRANSFERS.into_iter().enumerate() {
                for (l, options) in layouts(transfer).iter().enumerate() {
                    let name = format!("{m}/{t}/{l}");
                    let all = reported(ctx, || file.write_with(&name, &array, options))?;
                    assert_eq!(all, BYTES, "{name} from {map}");
                }
            }
        }
        for (s, shape) in SMALL.iter().enumerate() {
            let array = ctx.full(s as f64, *shape)?;
            for (t, transfer) in TRANSFERS.into_iter().enumerate() {
                let options = Options::new().transfer(transfer);
                file.write_with(&format!("small/{s}/{t}"), &array, &options)?;
            }
        }
        let packed = Options::new().chunks([8, 8]).deflate(1).transfer(Transfer::Independent);
        let refused = file.write_with("refused", &ctx.ones::<f64>(SHAPE)?, &packed);
        assert!(refused.unwrap_err().to_string().contains("transfer: processes write"));
        Ok(())
    })
}

fn read(ctx: &Context, path: &Path) -> Result<()> {
    let file = hdf5::open(ctx, path)?;
    for (s, shape) in SMALL.iter().enumerate() {
        for t in 0..TRANSFERS.len() {
            for transfer in TRANSFERS {
                let dataset = file.dataset(&format!("small/{s}/{t}"))?.transfer(transfer);
                let found = dataset.load::<f64>("")?.to_ndarray()?;
                assert_eq!(found.shape(), *shape);
                assert!(found.iter().all(|&element| element == s as f64), "{s} {t} {transfer:?}");
            }
        }
    }
    for (m, map) in maps(ctx.size()).iter().rev().enumerate() {
        for (t, written) in TRANSFERS.into_iter().enumerate() {
            for l in 0..layouts(written).len() {
                for transfer in TRANSFERS {
                    let dataset = file.dataset(&format!("{m}/{t}/{l}"))?.transfer(transfer);
                    let what = format!("{m}/{t}/{l} by {transfer:?} to {map}");
                    let all = reported(ctx, || check(&dataset.load::<f64>(map)?, &what))?;
                    // Copies are read once each, or once and sent.
                    assert!(all == BYTES || map.is_replicated() && all > BYTES, "{what}: {all}");
                    let part = dataset.slice("30:2:-5, 4")?.load::<f64>("c")?;
                    let wanted: Vec<_> = (0..6).map(|i| value(&[30 - 5 * i, 4])).collect();
                    assert_eq!(part.to_ndarray()?.as_slice(), Some(&wanted[..]));
                }
            }
        }
    }
    Ok(())
}

fn check(array: &DistArray<f64>, name: &str) -> Result<()> {
    for (at, &found) in array.to_ndarray()?.indexed_iter() {
        assert_eq!(found, value(&[at[0], at[1]]), "{at:?} of {name}");
    }
    Ok(())
}
