#!/usr/bin/env python3
"""The error of the risk beside its estimate, for runs that are given nothing but a learning problem and an accuracy.

    benchmarks/accuracy.py --program build/release/rhoflow [--only NAME ...] [--tolerances 1e-3 1e-4 1e-5] [--ranks 2]

The reference of each problem is the solver 'characteristics' with many points, data nodes for 'Accuracy/Functionals = 1e-8' and
the local error 1e-10; its own error is the difference to three quarters of the points in each coordinate. Errors are relative to
the excess risk, or to a thousandth of the first one, whichever is larger: the largest over all outputs counts. A row is counted
where the reference is better than a fifth of the error that is to be seen.
"""
import argparse
import csv
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

SINGLE = {"Solver": "single neuron", "End time": 10}
ISOTROPIC = {"Solver": "continuity", "Learning problem/Neuron": "isotropic", "Learning problem/Input dimension": 40,
             "Learning problem/Activation": "piecewise linear"}


def regression(neuron, activation, target, law, end, dimension=1, **more):
    return {"Solver": "continuity", "End time": end, "Learning problem/Neuron": neuron,
            "Learning problem/Activation": activation, "Learning problem/Input dimension": dimension,
            "Target/Type": "expression", "Target/Expression": target, "Initial law/Law": law, **more}


PROBLEMS = {
    "reference A": dict(SINGLE),
    "reference D": {**SINGLE, "Learning problem/Input dimension": 320, "Initial law/Law": "normal(1, 0.3), gaussian_neurons(0.6)"},
    "reference B, mollified": {**SINGLE, "Learning problem/Input dimension": "inf",
                               "Initial law/Law": "uniform(-1, 1), normal(0, 0.1), truncated_normal(1, 0.05, 0.5, 1.5)"},
    "wide tanh": {**SINGLE, "Learning problem/Activation": "tanh", "Initial law/Law": "normal(0, 1), gaussian_neurons(1.5)"},
    "sigmoid, d = 10": {**SINGLE, "Learning problem/Activation": "sigmoid", "Learning problem/Input dimension": 10},
    "reference C": {**ISOTROPIC, "End time": 6, "Data/Class contrast": 0.8, "Initial law/Law": "gaussian_neurons(0.8)"},
    "isotropic, contrast 0.6": {**ISOTROPIC, "End time": 10, "Data/Class contrast": 0.6, "Initial law/Law": "gaussian_neurons(0.8)"},
    "isotropic softplus, d = 5": {**ISOTROPIC, "End time": 10, "Learning problem/Activation": "softplus",
                                  "Learning problem/Input dimension": 5, "Initial law/Law": "gaussian_neurons(1)"},
    "linear, 1-D": regression("linear", "erf", "0.7*x", "normal(-0.5, 0.4)", 4),
    "linear, 2-D": regression("linear", "erf", "0.7*x1 - 0.2*x2", "normal(-0.5, 0.4), normal(0.3, 0.5)", 2, 2),
    "linear, 3-D": regression("linear", "erf", "0.7*x1 - 0.2*x2 + x3", "normal(-0.5, 0.4), normal(0.3, 0.5), normal(0, 0.3)", 2, 3),
    "ridge tanh, 1-D": regression("ridge", "tanh", "tanh(2*x)", "normal(0.5, 0.5)", 5),
    "ridge erf, 2-D": regression("ridge", "erf", "sin(x1 + x2)", "normal(0, 0.5), normal(0.5, 0.5)", 4, 2),
    "tanh, 2-D": regression("weighted ridge", "tanh", "sin(1.5*x)", "normal(0, 1), normal(0, 1)", 5),
    "steep tanh, 2-D": regression("weighted ridge", "tanh", "tanh(2*x) - 0.6*tanh(x - 1)", "normal(0, 1), normal(3, 1.5)", 3),
    "softplus, 2-D": regression("weighted ridge", "softplus", "cos(x)", "normal(0, 0.5), normal(0, 0.5)", 3),
    "cosine, 2-D": regression("weighted ridge", "cosine", "exp(-x^2)", "normal(0, 0.5), normal(1, 0.5)", 4,
                              **{"Data/Law": "uniform"}),
    "biased tanh, 3-D": regression("biased ridge", "tanh", "sin(1.5*x)", "normal(0, 1), normal(0, 1), normal(0, 1)", 3),
    "biased sigmoid, 3-D": regression("biased ridge", "sigmoid", "x^2", "normal(0, 0.5), normal(0, 1), normal(0, 0.5)", 3,
                                      **{"Data/Law": "uniform"}),
    "discrete data, 2-D": regression("weighted ridge", "erf", "x^3", "normal(0, 0.7), normal(1, 0.4)", 5,
                                     **{"Data/Law": "discrete", "Data/Points": "-1 | -0.5 | 0.3 | 1.2"}),
}
POINTS = {1: 400, 2: 80, 3: 32}
OUTPUTS = 10


def dimension(problem):
    neuron = problem.get("Learning problem/Neuron", "single neuron")
    d = problem.get("Learning problem/Input dimension", 40)
    return {"single neuron": 3, "isotropic": 1, "linear": d, "ridge": d, "weighted ridge": 2, "biased ridge": 3}[neuron]


def run(arguments, directory, settings):
    """The columns of statistics.csv and the time of the run."""
    target = os.path.join(directory, "run")
    parameters = pathlib.Path(directory, "run.prm")
    parameters.write_text("", encoding="utf-8")
    settings = {**settings, "Output directory": target, "Overwrite": "true", "Output interval": settings["End time"] / OUTPUTS}
    command = ["mpirun", "--oversubscribe", "-np", str(arguments.ranks), arguments.program, str(parameters)]
    command += [f"{name}={value}" for name, value in settings.items()]
    begun = time.time()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.time() - begun
    if done.returncode != 0:
        raise RuntimeError((done.stderr + done.stdout).strip()[-300:])
    with open(os.path.join(target, "statistics.csv"), encoding="utf-8") as table:
        rows = list(csv.DictReader(line for line in table if not line.startswith("#")))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}, seconds


def reference(arguments, directory, problem):
    """Excess risks, and their error."""
    d = dimension(problem)
    box = {"Domain/Lower corner": ", ".join(["-60"] * d), "Domain/Upper corner": ", ".join(["60"] * d)}
    names = {"single neuron": {"Domain/Lower corner": "-40, -15, 0", "Domain/Upper corner": "40, 15, 10"},
             "isotropic": {"Domain/Lower corner": "0", "Domain/Upper corner": "30"}}
    box = names.get(problem.get("Learning problem/Neuron", "single neuron"), box)
    results = []
    for n in (POINTS[d] * 3 // 4, POINTS[d]):
        settings = {**problem, **box, "Solver": "characteristics", "Characteristics/Nodes per coordinate": n,
                    "Characteristics/Tolerance": 1e-10, "Characteristics/Features": "compressed" if d == 3 else "automatic",
                    "Characteristics/Neglected mass": 1e-12, "Characteristics/Write points": "false",
                    "Accuracy/Functionals": 1e-8, "Mean field/Compression tolerance": 1e-13}
        results.append(run(arguments, directory, settings)[0]["excess risk"])
    return results[1], [abs(a - b) for a, b in zip(*results)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/rhoflow")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--tolerances", nargs="*", default=["1e-3", "1e-4", "1e-5"])
    parser.add_argument("--ranks", type=int, default=2)
    arguments = parser.parse_args()
    os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMP_NUM_THREADS="1")
    below, within, ratios, failures = [], [], [], 0
    print(f"{'problem':26} {'tolerance':>9} {'error':>9} {'estimate':>9} {'reference':>9} {'neg. mass':>9} {'time':>6} {'without':>7}")
    for name, problem in PROBLEMS.items():
        if arguments.only and name not in arguments.only:
            continue
        with tempfile.TemporaryDirectory() as directory:
            try:
                exact, uncertain = reference(arguments, directory, problem)
            except RuntimeError as error:
                print(f"{name:26} no reference: {error}")
                failures += 1
                continue
            for tolerance in arguments.tolerances:
                try:
                    table, seconds = run(arguments, directory, {**problem, "Accuracy/Functionals": tolerance})
                    _, alone = run(arguments, directory, {**problem, "Accuracy/Functionals": tolerance,
                                                          "Accuracy/Estimate errors": "false"})
                except RuntimeError as error:
                    print(f"{name:26} {tolerance:>9} failed: {error}")
                    failures += 1
                    continue
                scales = [max(risk, 1e-3 * exact[0]) for risk in exact]
                errors = [abs(a - b) / s for a, b, s in zip(table["excess risk"], exact, scales)]
                estimates = [e / s for e, s in zip(table["risk error"], scales)]
                doubt = max(u / s for u, s in zip(uncertain, scales))
                error, estimate = max(errors), max(estimates)
                print(f"{name:26} {tolerance:>9} {error:9.1e} {estimate:9.1e} {doubt:9.1e} {max(table['negative mass']):9.1e} "
                      f"{seconds:6.1f} {alone:7.1f}", flush=True)
                within.append(error <= float(tolerance))
                if doubt < 0.2 * error:
                    below.append(error <= estimate)
                    ratios.append(estimate / error)
    share = lambda of: f"{100 * sum(of) / max(1, len(of)):.0f} % of {len(of)}"
    print(f"error within the tolerance: {share(within)}; not above its estimate: {share(below)}; "
          f"estimate over error, median: {statistics.median(ratios) if ratios else float('nan'):.1f}; failed: {failures}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
