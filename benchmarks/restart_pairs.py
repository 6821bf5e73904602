#!/usr/bin/env python3
"""Restart equality: a run that is killed in its middle on each number of ranks, and resumed on each, against the run left in peace.

The run is killed at the middle one of its calls that change files (tests/cli/programs/faults.cc); what it had written since its
last state is written again. Tables and time series are compared byte by byte, or to --tolerance where implicit steps end at a
tolerance of their own.

    benchmarks/restart_pairs.py [--ranks 1,2,3,4] [--tolerance 0] [--build build/release] FILE.prm [Section/Name=value ...]
"""
import argparse
import os
import shutil
import sys
import tempfile

from jobs import ROOT, start
from survive import differences, newest_state


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ranks", default="1,2,3,4")
    parser.add_argument("--tolerance", type=float, default=0)
    parser.add_argument("--build", default=f"{ROOT}/build/release")
    parser.add_argument("file")
    parser.add_argument("changes", nargs="*")
    options = parser.parse_args()
    program, faults = f"{options.build}/rhoflow", os.path.abspath(f"{options.build}/tests/libfaults.so")
    ranks = [int(n) for n in options.ranks.split(",")]
    work = tempfile.mkdtemp()
    log = open(f"{work}/log", "w+")

    def job(n, arguments, **fault):
        log.seek(0)
        log.truncate()
        settings = [f"FAULT_{name.upper()}={value}" for name, value in fault.items()]
        return start(n, "env", ([f"LD_PRELOAD={faults}"] + settings if fault else []) + [program] + arguments, log).wait()

    def complain(text):
        log.seek(0)
        print(f"FAILED: {text}\n{log.read()[-2000:]}", flush=True)

    failures, greatest = 0, 0.0
    given = [options.file] + options.changes
    whole = f"{work}/whole"
    if job(ranks[0], given + [f"Output directory={whole}"]) != 0:
        complain("the run left in peace")
        return 1
    for before in ranks:
        traced, struck, trace = f"{work}/traced", f"{work}/struck", f"{work}/trace"
        job(before, given + [f"Output directory={traced}"], path=f"{traced}/*", trace=trace)
        with open(trace) as calls:
            middle = sum(1 for call in calls) // 2
        job(before, given + [f"Output directory={struck}"], path=f"{struck}/*", action="KILL", number=middle)
        if newest_state(struck) is None:
            complain(f"no state was kept on {before} rank(s) before call {middle}: give 'Checkpoint/Every n-th step=...'")
            return 1
        for after in ranks:
            resumed = f"{work}/resumed"
            shutil.copytree(struck, resumed)
            status = job(after, ["--resume", resumed])
            found, difference = differences(whole, resumed, options.tolerance)
            greatest = max(greatest, difference)
            if status != 0 or found:
                failures += 1
                complain(f"{before} -> {after} rank(s): status {status}, differs in {', '.join(found) or 'nothing'}")
            else:
                print(f"{before} -> {after}: " + (f"the same to {difference:.1e}" if difference else "equal bytes"), flush=True)
            shutil.rmtree(resumed)
        for left in (traced, struck):
            shutil.rmtree(left)
        os.remove(trace)
    print(f"{len(ranks) ** 2} pairs, {failures} failures, greatest difference {greatest:.1e}")
    shutil.rmtree(work)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
