#!/usr/bin/env python3
"""Soak: a run that is struck again and again, and resumed each time on another number of ranks, against the run left in peace.

Faults, at moments that differ each time: all ranks killed (SIGKILL), one rank killed, SIGTERM, SIGUSR1 followed by a kill, the
file `stop`, a flipped bit in the newest checkpoint after a kill, a cut through it. Every run that comes to its end is compared:
tables and time series byte by byte, or to --tolerance where implicit steps end at a tolerance of their own.

    benchmarks/survive.py [--hours 1] [--ranks 1,2,3,4] [--pause 20] [--tolerance 0] [--seed 1] [--keep DIR]
                          [--program build/release/rhoflow] FILE.prm [Section/Name=value ...]
"""
import argparse
import csv
import filecmp
import glob
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from jobs import ROOT, processes, send, start

NOT_COMPARED = ("timing.csv", "throughput.csv", "relaxation.csv")
# How many times the tolerance a column may differ where implicit steps end at one: the risk's error is divided by a small
# standard error, and the root of a sum of squares has more of the error than the squares.
LOOSER = {"deviation": 100, "W2": 10, "sliced W2": 10}
DAMAGE = ("kill, flip a bit", "kill, cut")
FAULTS = ("kill all", "kill one rank", "SIGTERM", "SIGUSR1, kill", "file stop") + DAMAGE


def newest_state(directory):
    """The checkpoint with the largest number in its seal, or none."""
    states = []
    for seal in glob.glob(f"{directory}/checkpoints/*.good"):
        with open(seal) as text:
            numbers = [int(line.split()[1]) for line in text if line.startswith("number ")]
        if numbers:
            states.append((numbers[0], seal[: -len(".good")]))
    return max(states)[1] if states else None


def strike(fault, program, directory, job, choice):
    ranks = processes(program, directory)
    if fault == "kill one rank":
        send(ranks and [choice.choice(ranks)])
    elif fault == "SIGTERM":
        job.send_signal(signal.SIGTERM)
    elif fault == "file stop" and os.path.isdir(directory):
        open(f"{directory}/stop", "w").close()
    else:
        if fault == "SIGUSR1, kill":
            send(ranks, signal.SIGUSR1)
            time.sleep(choice.uniform(0, 0.5))
        send(ranks)
    job.wait()
    send(processes(program, directory))
    state = newest_state(directory)
    if state and os.path.getsize(state) == 0:
        return  # cut before
    if state and fault == "kill, flip a bit":
        with open(state, "r+b") as file:
            place = choice.randrange(os.path.getsize(state))
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ (1 << choice.randrange(8))]))
    if state and fault == "kill, cut":
        os.truncate(state, choice.randrange(os.path.getsize(state)))


def near(first, second, tolerance):
    """Whether all numbers of two tables are near each other, and the greatest difference (of LOOSER columns, a part)."""
    greatest = 0.0
    with open(first) as a, open(second) as b:
        rows = list(csv.reader(a)), list(csv.reader(b))
    if [len(row) for row in rows[0]] != [len(row) for row in rows[1]]:
        return False, math.inf
    for one, other in zip(*rows):
        for name, x, y in zip(rows[0][0], one, other):
            looser = max([factor for begin, factor in LOOSER.items() if name.startswith(begin)], default=1)
            if x != y:
                try:
                    greatest = max(greatest, abs(float(x) - float(y)) / looser)
                except ValueError:
                    return False, math.inf
    return greatest <= tolerance, greatest


def differences(whole, struck, tolerance):
    """Files of the run that differ from those of the run left in peace, and the greatest difference of a number."""
    found, greatest = [], 0.0
    for path in sorted(glob.glob(f"{whole}/*.csv") + glob.glob(f"{whole}/*.pvd")):
        name = os.path.basename(path)
        if name in NOT_COMPARED:
            continue
        other = f"{struck}/{name}"
        if os.path.exists(other) and filecmp.cmp(path, other, shallow=False):
            continue
        if not os.path.exists(other) or tolerance == 0 or not name.endswith(".csv"):
            found.append(name)
            continue
        alike, difference = near(path, other, tolerance)
        greatest = max(greatest, difference)
        if not alike:
            found.append(f"{name} ({difference:.1e})")
    return found, greatest


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=1)
    parser.add_argument("--ranks", default="1,2,3,4")
    parser.add_argument("--pause", type=float, default=20, help="seconds between faults at most")
    parser.add_argument("--tolerance", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="where runs that differ are kept")
    parser.add_argument("--program", default=f"{ROOT}/build/release/rhoflow")
    parser.add_argument("file")
    parser.add_argument("changes", nargs="*")
    options = parser.parse_args()
    program, choice = os.path.realpath(options.program), random.Random(options.seed)
    ranks = [int(n) for n in options.ranks.split(",")]
    work = tempfile.mkdtemp()
    log = open(f"{work}/log", "w+")
    counts = {fault: [0, 0] for fault in FAULTS}  # struck, went on
    begun_anew = finished = failures = 0
    greatest, most, longest = 0.0, 0, 0.0

    def begin_job(n, arguments):
        log.seek(0)
        log.truncate()
        return start(n, program, arguments, log)

    def complain(text):
        nonlocal failures
        failures += 1
        log.seek(0)
        print(f"FAILED: {text}\n{log.read()[-2000:]}", flush=True)
        if options.keep and os.path.isdir(directory):
            shutil.copytree(directory, f"{options.keep}/failure_{os.getpid()}_{failures}")

    directory = f"{work}/whole"
    begin = time.time()
    if begin_job(ranks[0], [options.file, f"Output directory={directory}"] + options.changes).wait() != 0:
        complain("the run left in peace")
        return 1
    alone = time.time() - begin
    print(f"left in peace: {alone:.0f} s on {ranks[0]} rank(s)", flush=True)

    end, number = time.time() + 3600 * options.hours, 0
    while time.time() < end:
        number += 1
        directory, fault, struck, begin = f"{work}/run_{number}", None, 0, time.time()
        arguments = [options.file, f"Output directory={directory}"] + options.changes
        while True:
            job = begin_job(choice.choice(ranks), arguments)
            fault_before, fault = fault, choice.choice(FAULTS)
            try:
                status = job.wait(timeout=choice.uniform(0.1, options.pause) if time.time() < end else None)
            except subprocess.TimeoutExpired:
                status = None
            # The run could be taken up as soon as it goes on by itself or is struck again in its time loop.
            if fault_before and (status is None or status == 0):
                counts[fault_before][1] += 1
            if status == 0:
                break
            if status == 2 and fault_before in DAMAGE and len(glob.glob(f"{directory}/checkpoints/*.good")) < 2:
                begun_anew += 1  # the only state was damaged, and refused
                shutil.rmtree(directory)
                arguments = [options.file, f"Output directory={directory}"] + options.changes
                fault = None
                continue
            if status is not None:
                complain(f"run {number} ended with status {status} after '{fault_before}'")
                break
            strike(fault, program, directory, job, choice)
            counts[fault][0] += 1
            struck += 1
            if newest_state(directory):
                arguments = ["--resume", directory]
            else:
                begun_anew += 1
                shutil.rmtree(directory, ignore_errors=True)
                arguments = [options.file, f"Output directory={directory}"] + options.changes
        if status != 0:
            continue
        found, difference = differences(f"{work}/whole", directory, options.tolerance)
        finished, most, longest = finished + 1, max(most, struck), max(longest, time.time() - begin)
        greatest = max(greatest, difference)
        if found:
            complain(f"run {number} differs in {', '.join(found)}")
        shutil.rmtree(directory)
        print(f"run {number}: struck {struck} times, {time.time() - begin:.0f} s, "
              + ("differs" if found else "the same" if difference == 0 else f"the same to {difference:.1e}"), flush=True)

    print("fault                 struck  went on")
    for fault, (n, survived) in counts.items():
        print(f"{fault:20} {n:7} {survived:8}")
    print(f"begun anew, before the first state or after damage to the only one: {begun_anew}; runs finished and compared: {finished}, at most {most} faults in one, "
          f"the longest {longest:.0f} s; greatest difference {greatest:.1e}; failures: {failures}")
    shutil.rmtree(work)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
