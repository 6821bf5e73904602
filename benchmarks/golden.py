#!/usr/bin/env python3
"""Golden tables: do two programs write the same bytes for every shipped parameter file?

`freeze` runs the files and keeps the tables (all *.csv but measured times) in a directory; `compare` runs them again with another
program and compares byte by byte. For changes that must not change results. Bits depend on the processor and on the libraries: freeze
and compare on one machine. Studies take hours and run only if they are named or with --studies. A run that fails is frozen with its
exit status, and has to fail again.

    benchmarks/golden.py freeze DIRECTORY [--program build/release/rhoflow] [--jobs 2] [--studies] [FILE.prm ...]
    benchmarks/golden.py compare DIRECTORY [the same options]

Exit status: 0 if all tables are the same, 1 if not, 2 for wrong input.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from jobs import ROOT, environment

FOLDER = f"{ROOT}/parameter_files"
MEASURED = ("timing.csv", "throughput.csv")


def name_of(file):
    """"single_neuron/reference_a" of a shipped file; the path itself, without its slashes, of another one."""
    path = os.path.relpath(os.path.abspath(file), FOLDER)
    return (path if not path.startswith("..") else os.path.abspath(file).strip("/").replace("/", "_")).removesuffix(".prm")


def tables_of(directory):
    """The tables below a directory: path there -> bytes."""
    found = {}
    for path in glob.glob(f"{directory}/**/*.csv", recursive=True):
        if os.path.basename(path) not in MEASURED:
            with open(path, "rb") as table:
                found[os.path.relpath(path, directory)] = table.read()
    return found


def run(options, file):
    """Runs one file; returns its exit status, its last lines, its tables and the seconds."""
    program = options.program + ("-study" if name_of(file).startswith("studies/") else "")
    with tempfile.TemporaryDirectory() as work:
        begin = time.monotonic()
        done = subprocess.run([program, os.path.abspath(file), f"Output directory={work}/run"], cwd=work, env=options.environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        seconds = time.monotonic() - begin
        return done.returncode, done.stdout.decode(errors="replace").strip().splitlines()[-3:], tables_of(f"{work}/run"), seconds


def difference(old, new):
    """Where two tables differ: the first line, and the largest relative difference of two numbers in one place."""
    before, after = old.decode().splitlines(), new.decode().splitlines()
    if before[:1] != after[:1]:
        return "the header"
    first, worst, column = None, 0., ""
    for number, (a, b) in enumerate(zip(before, after), start=1):
        if a == b:
            continue
        first = first or number
        for name, x, y in zip(before[0].split(","), a.split(","), b.split(",")):
            try:
                size = abs(float(x) - float(y)) / max(abs(float(x)), abs(float(y)), 1e-300)
            except ValueError:
                continue
            if size > worst:
                worst, column = size, name
    if first is None:
        return f"{len(before)} lines before, {len(after)} now"
    return f"from line {first} on, by {worst:.1e} at most (column '{column}')"


def freeze(options, file, result):
    status, said, tables, seconds = result
    target = f"{options.directory}/{name_of(file)}"
    shutil.rmtree(target, ignore_errors=True) # main() has seen that it is ours
    os.makedirs(target)
    for path, data in tables.items():
        os.makedirs(os.path.dirname(f"{target}/{path}"), exist_ok=True)
        with open(f"{target}/{path}", "wb") as table:
            table.write(data)
    with open(f"{target}/status.json", "w", encoding="utf-8") as record:
        json.dump({"exit status": status, "last lines": said}, record, indent=2)
    return True, f"{len(tables)} tables, exit status {status}, {seconds:.0f} s"


def compare(options, file, result):
    status, said, tables, seconds = result
    source = f"{options.directory}/{name_of(file)}"
    if not os.path.exists(f"{source}/status.json"):
        return False, "was not frozen"
    with open(f"{source}/status.json", encoding="utf-8") as record:
        frozen = json.load(record)["exit status"]
    wrong = [] if status == frozen else [f"exit status {status} instead of {frozen}: " + " / ".join(said)]
    golden = tables_of(source)
    wrong += [f"{path} is missing" for path in sorted(golden.keys() - tables.keys())]
    wrong += [f"{path} is new" for path in sorted(tables.keys() - golden.keys())]
    wrong += [f"{path} differs: {difference(golden[path], tables[path])}" for path in sorted(golden.keys() & tables.keys())
              if golden[path] != tables[path]]
    return not wrong, "; ".join(wrong) if wrong else f"{len(tables)} tables are the same, {seconds:.0f} s"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("freeze", "compare"))
    parser.add_argument("directory")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--program", default=f"{ROOT}/build/release/rhoflow")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--studies", action="store_true")
    options = parser.parse_intermixed_args()
    options.program = os.path.abspath(options.program)
    options.environment = environment()
    if not os.access(options.program, os.X_OK):
        parser.error(f"there is no program '{options.program}': run scripts/build.sh, or give one with --program")
    if options.action == "compare" and not os.path.isdir(options.directory):
        parser.error(f"there is no directory '{options.directory}': freeze tables there first")
    files = options.files or sorted(glob.glob(f"{FOLDER}/**/*.prm", recursive=True))
    if not options.files and not options.studies:
        files = [file for file in files if not name_of(file).startswith("studies/")]
    for file in files:
        if not os.path.isfile(file):
            parser.error(f"there is no file '{file}'")
        target = f"{options.directory}/{name_of(file)}"
        if options.action == "freeze" and os.path.exists(target) and not os.path.exists(f"{target}/status.json"):
            parser.error(f"'{target}' exists and was not frozen here: choose another directory")
    work = freeze if options.action == "freeze" else compare
    n_different = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = {pool.submit(run, options, file): file for file in files}
        for done in concurrent.futures.as_completed(runs):
            good, text = work(options, runs[done], done.result())
            n_different += 0 if good else 1
            print(f"{'' if good else 'DIFFERENT: '}{name_of(runs[done])}: {text}", flush=True)
    if options.action == "compare":
        print(f"{len(files) - n_different} of {len(files)} files have the same tables.")
    return 0 if n_different == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
