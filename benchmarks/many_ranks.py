#!/usr/bin/env python3
"""What many ranks send and keep: messages, bytes and collective calls of a Runge-Kutta stage, and the memory of a rank.

Every MPI call is counted (mpi_counts.c), which needs no quiet machine and no more cores than there are: ranks that wait sleep. A run
of n steps and one of 2n steps differ by n steps and nothing else: the difference of their counts, divided by the stages, is what a
stage sends. With "adaptive", a third run has one step and one adaptation of the mesh more. The longer runs' statistics.csv is
compared byte by byte with that on the first number of ranks. --files 64 measures the memory once more on 64 ranks with densities and
checkpoints written.

    benchmarks/many_ranks.py [--case uniform,adaptive] [--ranks 1,4,16,64] [--unknowns 1e7] [--steps 1] [--files 64]
        [--program build/release/rhoflow] [--counter build/release/benchmarks/libmpi_counts.so] [--csv FILE] [--detail]
        [Section/Name=value ...]
"""
import argparse
import csv
import glob
import math
import os
import re
import sys
import tempfile

from jobs import ROOT, start
from memory import UNITS

FILE = f"{ROOT}/parameter_files/single_neuron/reference_a.prm"
SUBDIVISIONS, DEGREE, STAGES = (16, 24, 14), 2, 10
# Far below the stability limit of these meshes, so that it is the length of every step.
STEP = 1e-3
MESSAGES = ("Send", "Ssend", "Rsend", "Isend", "Issend", "Sendrecv")


def mesh_of(case, unknowns):
    """Parameters of a mesh with about so many unknowns."""
    cells = unknowns / (DEGREE + 1) ** 3 / math.prod(SUBDIVISIONS)
    refinement = max(0, round(math.log(cells, 8)))
    factor = (cells / 8**refinement) ** (1 / 3)
    uniform = [f"Domain/Refinement={refinement}", "Domain/Subdivisions=" + ", ".join(str(round(n * factor)) for n in SUBDIVISIONS)]
    if case == "uniform":
        return uniform
    # Every rank works on the list of all cells, all of them on few cores: a mesh of about a fifth of the unknowns.
    return ["Refinement/Adaptive=true", "Refinement/Maximum level=4", f"Refinement/Tolerance={1e-7 * (1e7 / unknowns)**1.25:.2e}"]


class Run:
    """A finished run: what every rank counted, its statistics and what it announced."""

    def __init__(self, options, case, ranks, steps, interval=100000, files=False):
        self.ranks = ranks
        with tempfile.TemporaryDirectory() as work:
            directory, counts = f"{work}/run", f"{work}/counts"
            os.mkdir(counts)
            # Statistics at the beginning and the end only, no checkpoints before the end.
            arguments = [FILE, f"Output directory={directory}", f"End time={steps * STEP!r}",
                         "Output interval=1", f"Discontinuous Galerkin/Maximum time step={STEP!r}",
                         "Checkpoint/Wall-clock interval=0", f"Checkpoint/At the end={str(files).lower()}",
                         f"Output/Write density={str(files).lower()}"]
            if case == "adaptive":
                arguments.append(f"Refinement/Interval={interval}")
            arguments += mesh_of(case, options.unknowns) + options.changes
            settings = [f"LD_PRELOAD={options.counter}", f"RHOFLOW_MPI_COUNTS={counts}"]
            if ranks > os.cpu_count():
                settings.append("RHOFLOW_MPI_SLEEP=1")
            with open(f"{work}/log", "w+") as log:
                status = start(ranks, "env", settings + [options.program] + arguments, log).wait()
                log.seek(0)
                text = log.read()
            if status != 0:
                sys.exit(f"{case}, {ranks} ranks, {steps} steps: status {status}\n{text[-2000:]}")
            taken = int(re.search(r"time steps +(\d+)", text).group(1))
            if taken != steps or "repeated" in text:
                sys.exit(f"{case}, {ranks} ranks: {taken} steps instead of {steps}, or some were repeated")
            said = re.search(r"Memory: about ([\d.]+) (\w+)", text)
            self.estimate = float(said.group(1)) * UNITS[said.group(2)] if said else float("nan")
            with open(f"{directory}/statistics.csv", "rb") as table:
                self.statistics = table.read()
            self.cells = int(float(self.statistics.decode().split()[-1].split(",")[-1]))
            self.counts = []
            for rank in range(ranks):
                with open(f"{counts}/rank_{rank}.csv") as table:
                    self.counts.append({row[0]: [int(number) for number in row[1:]] for row in list(csv.reader(table))[1:]})
        self.peaks = [count.pop("peak memory [KiB]")[0] / 1024 for count in self.counts]


def difference(longer, shorter):
    """For each rank: the rows of counts by which the longer run exceeds the shorter."""
    result = []
    for more, less in zip(longer.counts, shorter.counts):
        rows = {what: [a - b for a, b in zip(row, less.get(what, [0, 0, 0]))] for what, row in more.items()}
        result.append({what: row for what, row in rows.items() if any(row)})
    return result


def messages(rows):
    """Messages, bytes and peers of a rank."""
    own = [row for what, row in rows.items() if what in MESSAGES]
    return sum(row[0] for row in own), sum(row[1] for row in own), sum(what.startswith("to ") for what in rows)


def collectives(rows):
    """Calls of a rank, and the bytes that it gives or gets in them, whichever are more."""
    own = [row for what, row in rows.items() if what not in MESSAGES and not what.startswith("to ")]
    return sum(row[0] for row in own), sum(max(row[1:]) for row in own)


def mean(values):
    return sum(values) / len(values)


def each(values, form):
    """Largest and mean."""
    return f"{max(values):{form}} {mean(values):{form}}"


def measure(options, case, ranks, first, write):
    steps = options.steps
    shorter, longer = Run(options, case, ranks, steps), Run(options, case, ranks, 2 * steps)
    stages = steps * STAGES
    rows = difference(longer, shorter)
    sent, called = [messages(row) for row in rows], [collectives(row) for row in rows]
    same = "yes" if first is None or longer.statistics == first.statistics else "NO"
    print(f"{ranks:5} {longer.cells:8} | {each([s[0] / stages for s in sent], '6.1f')} | "
          f"{each([s[1] / stages / 1e3 for s in sent], '7.1f')} | {each([s[2] for s in sent], '4.1f')} | "
          f"{mean([c[0] / stages for c in called]):5.2f} {mean([c[1] / stages / 1e3 for c in called]):8.1f} | "
          f"{each(longer.peaks, '5.0f')} {longer.peaks[0]:5.0f} {longer.estimate:5.0f} | {same}", flush=True)
    for rank, (s, c) in enumerate(zip(sent, called)):
        write([case, ranks, rank, longer.cells, s[0] / stages, s[1] / stages, s[2], c[0] / stages, c[1] / stages,
               longer.peaks[rank]])
    if options.detail:
        names = sorted({what for row in rows for what in row if not what.startswith("to ")})
        print("      a stage on rank 0: " + ", ".join(f"{what} {rows[0][what][0] / stages:g} ({rows[0][what][1] / stages:g} bytes)"
                                                      for what in names if what in rows[0]))
    return longer, [[number / stages for number in s] for s in sent], [[number / stages for number in c] for c in called]


def measure_adaptation(options, ranks, longer, sent, called):
    """One adaptation: a run with one step more, at the beginning of which the mesh is adapted."""
    steps = 2 * options.steps
    run = Run(options, "adaptive", ranks, steps + 1, interval=steps)
    rows = difference(run, longer)
    lists = [row.get("Allgatherv", [0, 0, 0])[2] for row in rows]
    # The stages of the last step belong to another mesh: what is left of them is not exact, the lists are.
    moved = [[(a - b * STAGES) for a, b in zip(messages(row), s)] for row, s in zip(rows, sent)]
    calls = [[(a - b * STAGES) for a, b in zip(collectives(row), c)] for row, c in zip(rows, called)]
    return (f"{ranks:5} {longer.cells:8} {run.cells:8} | {mean([row.get('Allgatherv', [0])[0] for row in rows]):4.1f} "
            f"{mean(lists) / 1e3:9.1f} {mean(lists) / longer.cells:6.1f} | {each([m[0] for m in moved], '6.0f')} | "
            f"{each([m[1] / 1e3 for m in moved], '8.0f')} | {mean([c[0] for c in calls]):5.0f} | {each(run.peaks, '5.0f')}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", default="uniform,adaptive")
    parser.add_argument("--ranks", default="1,4,16,64")
    parser.add_argument("--unknowns", type=float, default=1e7, help="about, of the uniform mesh")
    parser.add_argument("--steps", type=int, default=1, help="n; the runs have n and 2n steps")
    parser.add_argument("--files", default="", help="numbers of ranks on which densities and checkpoints are written, too")
    parser.add_argument("--program", default=f"{ROOT}/build/release/rhoflow")
    parser.add_argument("--counter", default=f"{ROOT}/build/release/benchmarks/libmpi_counts.so")
    parser.add_argument("--csv", help="also write a row for each rank into this file")
    parser.add_argument("--detail", action="store_true", help="also print rank 0's calls by name")
    parser.add_argument("changes", nargs="*", help="parameters of all runs")
    options = parser.parse_args()
    options.program, options.counter = os.path.realpath(options.program), os.path.realpath(options.counter)
    for needed in (options.program, options.counter):
        if not os.path.exists(needed):
            sys.exit(f"there is no {needed}: cmake --build build/release")
    table = open(options.csv, "w", newline="") if options.csv else None
    write = csv.writer(table).writerow if table else lambda row: None
    write(["case", "ranks", "rank", "cells", "messages a stage", "bytes a stage", "neighbours", "collective calls a stage",
           "their bytes a stage", "peak memory [MiB]"])
    failed = False
    for case in options.case.split(","):
        first, adaptations = None, []
        print(f"{case}\nranks    cells | messages      | kB sent         | neighbours| collectives, kB | peak memory [MiB]       | "
              "statistics\n               |    max   mean |     max    mean |  max mean |           a stage |   max  mean rank 0, "
              "said | the same")
        for ranks in (int(n) for n in options.ranks.split(",")):
            longer, sent, called = measure(options, case, ranks, first, write)
            first = first or longer
            failed = failed or longer.statistics != first.statistics
            if case == "adaptive":
                adaptations.append(measure_adaptation(options, ranks, longer, sent, called))
        if adaptations:
            print("one adaptation\nranks    cells    after | lists      kB   per  | messages      | kB sent           | coll. | peak "
                  "[MiB]\n                        |              cell  |    max   mean |      max     mean | calls |   max  mean")
            print("\n".join(adaptations), flush=True)
        for ranks in (int(n) for n in options.files.split(",") if n):
            run = Run(options, case, ranks, options.steps, files=True)
            print(f"with densities and a checkpoint on {ranks} ranks: peak [MiB] {max(run.peaks):.0f}, mean {mean(run.peaks):.0f}, "
                  f"rank 0 {run.peaks[0]:.0f}, rank 1 {(run.peaks + run.peaks)[1]:.0f}, announced {run.estimate:.0f}", flush=True)
        if table:
            table.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
