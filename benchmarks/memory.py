#!/usr/bin/env python3
"""Is the memory that a run announces what it takes?

The estimate of a rank ("Memory: about ...") beside the largest resident size of any rank, for cases of one to a few GiB. A run
that is not over after SECONDS is ended: the peak is reached during set-up, the first steps and the first output.

    benchmarks/memory.py [--ranks 1,2] [--seconds 60] [--program build/release/rhoflow] [CASE ...]
"""
import argparse
import os
import re
import sys
import tempfile
import time

from jobs import ROOT, processes, send, start

CASES = {
    "continuity_2d": ("continuity/relu_circle", ["Domain/Refinement=6"]),
    "continuity_3d": ("continuity/linear_3d", ["Domain/Refinement=2"]),
    "single_neuron": ("single_neuron/reference_a", ["Domain/Subdivisions=16,24,14", "Domain/Refinement=2"]),
    "entropy_1d": ("fokker_planck/double_well_1d", ["Domain/Refinement=14", "Fokker-Planck/Find spectral gap=false"]),
    "entropy_2d": ("fokker_planck/tanh_2d", ["Domain/Refinement=4"]),
    "boltzmann": ("boltzmann/tanh_2d", ["Domain/Subdivisions=1500"]),
    "boltzmann_picture": ("boltzmann/tanh_2d", ["Domain/Subdivisions=1200"]),
    "networks": ("particles/lazy", ["Particles/Tangent kernel=false", "Particles/Number of neurons=800000",
                                    "Particles/Output scaling=mean field", "Learning problem/Test samples=100"]),
    "noisy_networks": ("particles/noisy_linear", ["Particles/Number of neurons=10000000", "Particles/Replicas=4"]),
    "companion_networks": ("quickstart", ["Particles/Number of neurons=20000", "Comparison/Bins=100000", "Comparison/Directions=200"]),
    "characteristics": ("characteristics/reference_a", ["Characteristics/Nodes per coordinate=400"]),
}
UNITS = {"KiB": 2.0**-10, "MiB": 1.0, "GiB": 2.0**10, "TiB": 2.0**20}


def peak(pid):
    """Largest resident size so far [MiB]."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return int(re.search(r"VmHWM:\s*(\d+)", status.read()).group(1)) / 1024
    except (OSError, AttributeError):
        return 0.0


def measure(program, name, ranks, seconds):
    """Estimate and peak [MiB] of a rank, and how the run ended."""
    file, changes = CASES[name]
    with tempfile.TemporaryDirectory() as work:
        log_name = os.path.join(work, "log")
        directory = os.path.join(work, "run")
        with open(log_name, "w") as log:
            job = start(ranks, program, [f"{ROOT}/parameter_files/{file}.prm", f"Output directory={directory}"] + changes, log)
            largest, begin = 0.0, time.time()
            while job.poll() is None and time.time() < begin + seconds:
                largest = max([largest] + [peak(pid) for pid in processes(program, directory)])
                time.sleep(0.05)
            end = f"status {job.returncode}" if job.returncode is not None else f"ended after {seconds:g} s"
            send(processes(program, directory))
            job.wait()
        with open(log_name) as log:
            text = log.read()
    said = re.search(r"Memory: about ([\d.]+) (\w+)", text)
    if not said:
        end += ", announced nothing: " + (text.strip().splitlines() or ["no output"])[-1]
    return (float(said.group(1)) * UNITS[said.group(2)] if said else float("nan")), largest, end


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ranks", default="1,2")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--program", default=f"{ROOT}/build/release/rhoflow")
    parser.add_argument("case", nargs="*", help=", ".join(CASES))
    options = parser.parse_args()
    unknown = [name for name in options.case if name not in CASES]
    if unknown:
        sys.exit(f"unknown case {unknown[0]}; known: {', '.join(CASES)}")
    program = os.path.realpath(options.program)
    print(f"{'case':18} {'ranks':>5} {'estimate [MiB]':>15} {'peak [MiB]':>11} {'ratio':>6}")
    for name in options.case or CASES:
        for ranks in options.ranks.split(","):
            estimate, largest, end = measure(program, name, int(ranks), options.seconds)
            print(f"{name:18} {ranks:>5} {estimate:15.0f} {largest:11.0f} {estimate / largest if largest else 0:6.2f}  {end}",
                  flush=True)


if __name__ == "__main__":
    main()
