#!/usr/bin/env python3
"""Forged states: a checkpoint with wrong contents under a right seal, as another program or a fault in memory may leave it.

Numbers, lengths, types and names of its sections are changed at random, checksums are made anew, and the run is resumed. What has to
come of it: the run goes on (the change was not noticeable, or not used), or one message and status 2 or 3; never a crash, a run
without an end, memory without bounds, or an "internal error".

    benchmarks/forged_states.py [--seconds 60] [--ranks 1,2] [--seed 1] [--keep DIR] [--program build/release/rhoflow]
                                FILE.prm [Section/Name=value ...]
"""
import argparse
import collections
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib

from jobs import ROOT, environment, start
from survive import newest_state

BLOCK = 1 << 20
DOUBLES = [float("nan"), float("inf"), -float("inf"), 0.0, -1.0, 1.0, 1e-300, 1e300, -1e300, 0.5, 7.0]
INTEGERS = [0, 1, 2, 3, 15, 31, 255, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53, 2**63, 2**64 - 1]


class State:
    """Sections [type, name, bytes] in their order."""

    def __init__(self, file):
        with open(file + ".good", encoding="utf-8") as text:
            lines = text.read().splitlines()
        with open(file, "rb") as data:
            everything = data.read()
        self.head = lines[:3]
        self.sections = []
        for line in lines:
            if line.startswith("section "):
                _, kind, offset, size, name = line.split(" ", 4)
                self.sections.append([kind, name, everything[int(offset) : int(offset) + int(size)]])

    def write(self, file):
        data, lines = b"", []
        for kind, name, contents in self.sections:
            data += b"\0" * (-len(data) % 8)
            lines.append(f"section {kind} {len(data)} {len(contents)} {name}")
            data += contents
        blocks = [f"block {zlib.crc32(data[i:i + BLOCK]):08x}" for i in range(0, len(data), BLOCK)]
        text = "\n".join(self.head + [f"size {len(data)}"] + lines + blocks) + "\n"
        with open(file, "wb") as out:
            out.write(data)
        with open(file + ".good", "w", encoding="utf-8") as out:
            out.write(text + f"end {zlib.crc32(text.encode()):08x}\n")


def forge(state, choice):
    """Changes a section, and says how."""
    place = choice.randrange(len(state.sections))
    kind, name, data = state.sections[place]
    how = choice.choice(["value"] * 6 + ["shorter", "longer", "empty", "without", "type", "name", "twice", "order"])
    n, detail = len(data) // 8, ""
    if how == "value" and kind == "t":
        text = bytearray(data or b"x")
        for _ in range(choice.randint(1, 4)):
            text[choice.randrange(len(text))] = choice.choice(b"\0\n,;x0-\xff")
        data = bytes(text)
    elif how == "value" and n > 0:
        code = f"{n}{'d' if kind == 'd' else 'Q'}"
        values = list(struct.unpack(code, data))
        for _ in range(choice.choice([1, 1, 1, 3, n])):
            i = choice.randrange(n)
            if kind == "d":
                new = choice.choice(DOUBLES + [values[i] * choice.choice([-1, 2, 1e6, 1 + 1e-9])])
            else:
                new = choice.choice(INTEGERS + [(values[i] + choice.choice([-1, 1])) % 2**64, choice.randrange(64)])
            detail = f"[{i}] {values[i]} -> {new}"
            values[i] = new
        data = struct.pack(code, *values)
    elif how == "shorter":
        data = data[: 8 * choice.randrange(n) if n else 0]
    elif how in ("value", "longer"):
        data += data[: 8 * choice.randint(1, n)] if n else b"\0" * 8
    elif how == "empty":
        data = b""
    elif how == "without":
        del state.sections[place]
        return f"{name}: left out"
    elif how == "type":
        kind, data = choice.choice([k for k in "dut" if k != kind]), data[: 8 * n]
    elif how == "name":
        name = name + "x"
    elif how == "twice":
        state.sections.insert(choice.randrange(len(state.sections)), [kind, name, data])
        return f"{name}: twice"
    else:
        choice.shuffle(state.sections)
        return "another order"
    state.sections[place] = [kind, name, data]
    return f"{name}: {how} {detail}"


def verdict(status, log):
    """What is wrong with how the run ended, or nothing."""
    lines = [line for line in log.splitlines() if line.strip() and not line.startswith(("Going on", "Solver ", "Warning"))]
    if status == "late":
        return "did not end"
    if "internal error" in log.lower():
        return "internal error: " + " ".join(lines[:4])
    if status not in (0, 2, 3):
        return f"status {status}: " + " ".join(lines[:4])
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--ranks", default="1,2")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="directory for the states that broke the program")
    parser.add_argument("--program", default=f"{ROOT}/build/release/rhoflow")
    parser.add_argument("file")
    parser.add_argument("changes", nargs="*")
    options = parser.parse_args()
    choice = random.Random(options.seed)
    ranks = [int(n) for n in options.ranks.split(",")]
    surroundings = environment()
    work = tempfile.mkdtemp()
    whole = f"{work}/whole"
    if subprocess.run([options.program, options.file] + options.changes + [f"Output directory={whole}"], env=surroundings,
                      stdout=subprocess.DEVNULL).returncode not in (0, 4):
        return 1
    newest = newest_state(whole)
    if newest is None:
        print("no state was kept: give 'Checkpoint/Every n-th step=...'")
        return 1
    # The state before the last: there is something left to do.
    states = [f"{whole}/checkpoints/{slot}" for slot in ("even", "odd")]
    first = [state for state in states if state != newest and os.path.exists(state + ".good")]
    source = first[0] if first else newest

    ended = collections.Counter()
    failures = 0
    end = time.time() + options.seconds
    while time.time() < end:
        run = f"{work}/run"
        shutil.copytree(whole, run)
        state = State(source)
        for slot in os.listdir(f"{run}/checkpoints"):
            os.remove(f"{run}/checkpoints/{slot}")
        what = forge(state, choice)
        state.write(f"{run}/checkpoints/{os.path.basename(source)}")
        shutil.copytree(f"{run}/checkpoints", f"{work}/forged")
        n = choice.choice(ranks)
        with open(f"{work}/log", "w+") as log:
            arguments = ["-c", f"ulimit -v {16 << 20}; exec {options.program} --resume {run}"]
            if n > 1:
                job = start(n, "sh", arguments, log)
            else:  # without mpirun, which takes longer to start than the run
                job = subprocess.Popen(["sh"] + arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=surroundings)
            try:
                status = job.wait(120)
            except subprocess.TimeoutExpired:
                status = "late"
                job.kill()
            log.seek(0)
            text = log.read()
        ended[status] += 1
        wrong = verdict(status, text)
        if wrong:
            failures += 1
            print(f"{what} ({n} ranks): {wrong}", flush=True)
            if options.keep:
                shutil.copytree(f"{work}/forged", f"{options.keep}/{failures:04}", dirs_exist_ok=True)
        shutil.rmtree(run)
        shutil.rmtree(f"{work}/forged")
    total = sum(ended.values())
    print(f"{total} forged states: {ended[0]} went on, {ended[2]} refused (status 2), {ended[3]} stopped (status 3), {failures} failures")
    shutil.rmtree(work)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
