#!/usr/bin/env python3
"""One elementwise expression, `sin(a) * b + 2 c - a`, as users of other libraries write it.

    peers.py PEER ELEMENTS WORKERS

Prints the median seconds of a run over 64-bit floating-point numbers on so many workers: threads of `numexpr`, or
processes of `mpi4py` (with NumPy) and `heat`, which are started by the launcher of their MPI library.
`peers.py PEER` tells whether the peer can be imported, and that launcher.
"""

import importlib.util
import os
import shutil
import statistics
import sys
import time

ROUNDS = 9


def numexpr(elements, workers):
    """Into an array that exists."""
    import numexpr
    import numpy as np

    numexpr.set_num_threads(workers)
    starts = {"a": 1.0, "b": 2.0, "c": 3.0}
    arrays = {name: np.linspace(start, start + 1, elements) for name, start in starts.items()}
    out = np.empty(elements)
    expression = "sin(a) * b + 2 * c - a"
    return run_times(lambda: numexpr.evaluate(expression, arrays, out=out), lambda: None)


def mpi4py(elements, workers):
    """Each process has its share of NumPy arrays."""
    import numpy as np

    comm = world(workers)
    first, last = (elements * (comm.rank + k) // workers for k in (0, 1))
    arrays = (np.linspace(start, start + 1, elements)[first:last].copy() for start in (1.0, 2.0, 3.0))
    a, b, c = arrays
    return run_times(lambda: np.sin(a) * b + 2 * c - a, comm.Barrier)


def heat(elements, workers):
    """Arrays split over the processes."""
    import heat as ht
    import torch

    torch.set_num_threads(1)
    comm = world(workers)
    starts = (1.0, 2.0, 3.0)
    a, b, c = (ht.linspace(s, s + 1, elements, dtype=ht.float64, split=0) for s in starts)
    return run_times(lambda: ht.sin(a) * b + 2 * c - a, comm.Barrier)


def world(workers):
    from mpi4py import MPI

    if MPI.COMM_WORLD.size != workers:
        sys.exit(f"started on {MPI.COMM_WORLD.size} processes that know of each other, not {workers}")
    return MPI.COMM_WORLD


def run_times(run, barrier):
    times = []
    for _ in range(ROUNDS):
        barrier()
        start = time.perf_counter()
        run()
        barrier()
        times.append(time.perf_counter() - start)
    # The first run meets new memory.
    return statistics.median(times[1:])


def launcher():
    """What starts processes of the library that mpi4py is built for."""
    import mpi4py

    # This process is not to be one of a job.
    mpi4py.rc.initialize = False
    from mpi4py import MPI

    of = {"Open MPI": "mpirun.openmpi", "MPICH": "mpirun.mpich"}
    library = MPI.Get_library_version()
    named = next((program for name, program in of.items() if library.startswith(name)), "mpirun")
    return named if shutil.which(named) else "mpirun"


def main():
    peers = {"numexpr": numexpr, "mpi4py": mpi4py, "heat": heat}
    name, *numbers = sys.argv[1:]
    if numbers:
        seconds = peers[name](*map(int, numbers))
        if os.environ.get("OMPI_COMM_WORLD_RANK", os.environ.get("PMI_RANK", "0")) == "0":
            print(seconds)
        return
    for module in ["numpy", name]:
        if importlib.util.find_spec(module) is None:
            sys.exit(f"no module {module}")
    try:
        print("alone" if name == "numexpr" else launcher())
    except Exception as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
