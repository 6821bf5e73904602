#!/usr/bin/env python3
"""The errors of risk and free energy beside their estimates, for runs that are given nothing but a learning problem and an accuracy.

    benchmarks/accuracy.py --program build/release/rhoflow [--only NAME ...] [--tolerances 1e-3 1e-4 1e-5] [--ranks 2]
                           [--references FILE] [--patience SECONDS] [--cost]

References: for equations without entropy the solver 'characteristics' with many points, and its own error is the difference to
three quarters of the points in each coordinate; with entropy the same solver with a hundredth of the least tolerance, or a closed
form (linear neurons); three problems need finer meshes instead. Errors of the risk are relative to the excess risk, or to a thousandth of the first one, whichever is larger;
those of the free energy to its size. The largest over all outputs counts. A row is counted for the estimate where the reference is
better than a fifth of the error that is to be seen. --references keeps what took long for the next call.
"""
import argparse
import csv
import hashlib
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import jobs

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
ENTROPY = {
    "fokker planck, linear, 1-D": {**regression("linear", "erf", "0.7*x", "normal(-0.5, 0.4)", 2), "Solver": "fokker planck",
                                   "Mean field/Inverse temperature": 20, "Mean field/Weight decay": 0.2},
    "fokker planck, linear, 2-D": {**regression("linear", "erf", "0.7*x1 - 0.2*x2", "normal(-0.5, 0.4), normal(0.3, 0.5)", 1, 2),
                                   "Solver": "fokker planck", "Mean field/Inverse temperature": 20,
                                   "Mean field/Weight decay": 0.2},
    "fokker planck, ridge tanh": {**regression("ridge", "tanh", "tanh(2*x)", "normal(0.5, 0.5)", 3), "Solver": "fokker planck",
                                  "Mean field/Inverse temperature": 50, "Mean field/Weight decay": 0.05},
    "fokker planck, tanh, 2-D": {**regression("weighted ridge", "tanh", "sin(1.5*x)", "normal(0, 1), normal(0, 1)", 2),
                                 "Solver": "fokker planck", "Mean field/Inverse temperature": 20, "Mean field/Weight decay": 0.1},
    "boltzmann, tanh, 2-D": {**regression("weighted ridge", "tanh", "tanh(2*x) - 0.6*tanh(x - 1)", "normal(0, 1), normal(0, 1)", 1),
                             "Solver": "boltzmann", "Mean field/Inverse temperature": 20, "Mean field/Weight decay": 0.05},
    "boltzmann, erf, 2-D": {**regression("weighted ridge", "erf", "sin(2*x)", "normal(0, 1), normal(0, 1)", 1),
                            "Solver": "boltzmann", "Mean field/Inverse temperature": 200, "Mean field/Weight decay": 0.02},
    "boltzmann, ridge tanh": {**regression("ridge", "tanh", "tanh(2*x)", "normal(0.5, 0.5)", 1), "Solver": "boltzmann",
                              "Mean field/Inverse temperature": 100, "Mean field/Weight decay": 0.01},
    "boltzmann, biased tanh, 3-D": {**regression("biased ridge", "tanh", "sin(1.5*x)", "normal(0, 1), normal(0, 1), normal(0, 1)", 1),
                                    "Solver": "boltzmann", "Mean field/Inverse temperature": 20, "Mean field/Weight decay": 0.1},
}
MOVED = {f"characteristics, {name}": {**PROBLEMS[name], "Solver": "characteristics"}
         for name in ("reference D", "linear, 2-D", "tanh, 2-D", "ridge erf, 2-D", "isotropic, contrast 0.6", "softplus, 2-D")}
# Problems whose characteristics need too many points: the reference is the same solver with a tenth of the tolerances of the density.
SAME_SOLVER = ("wide tanh", "ridge erf, 2-D", "biased tanh, 3-D")
POINTS = {1: 400, 2: 160, 3: 40}
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
    settings = {**settings, "Output directory": target, "Overwrite": "true"}
    if settings["Solver"] != "boltzmann":
        settings["Output interval"] = settings["End time"] / OUTPUTS
    command = ["mpirun", "--oversubscribe", "-np", str(arguments.ranks), arguments.program, str(parameters)]
    command += [f"{name}={value}" for name, value in settings.items()]
    begun = time.time()
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=jobs.environment(),
                              timeout=arguments.patience)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"not done in {arguments.patience:.0f} s") from None
    seconds = time.time() - begun
    if done.returncode != 0:
        raise RuntimeError((done.stderr + done.stdout).strip()[-300:])
    with open(os.path.join(target, "statistics.csv"), encoding="utf-8") as table:
        rows = list(csv.DictReader(line for line in table if not line.startswith("#")))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}, seconds


def finer(arguments, problem, name):
    """The settings of two runs for the reference, the better one last."""
    if name in SAME_SOLVER:
        least = min(float(tolerance) for tolerance in arguments.tolerances)
        return [{**problem, "Accuracy/Estimate errors": "false", "Accuracy/Functionals": part * least, "Accuracy/Density": part * 1e-2}
                for part in (0.3, 0.1)]
    if "Mean field/Inverse temperature" in problem:
        least = min(float(tolerance) for tolerance in arguments.tolerances)
        return [{**problem, "Accuracy/Estimate errors": "false", "Accuracy/Functionals": part * least,
                 "Accuracy/Density": part * 1e-2} for part in (0.03, 0.01)]
    d = dimension(problem)
    box = {"Domain/Lower corner": ", ".join(["-60"] * d), "Domain/Upper corner": ", ".join(["60"] * d)}
    names = {"single neuron": {"Domain/Lower corner": "-40, -15, 0", "Domain/Upper corner": "40, 15, 10"},
             "isotropic": {"Domain/Lower corner": "0", "Domain/Upper corner": "30"}}
    box = names.get(problem.get("Learning problem/Neuron", "single neuron"), box)
    return [{**problem, **box, "Solver": "characteristics", "Characteristics/Nodes per coordinate": n,
             "Characteristics/Tolerance": 1e-9 if d == 3 else 1e-10, "Characteristics/Neglected mass": 1e-12,
             "Characteristics/Features": "compressed" if d == 3 else "automatic", "Characteristics/Write points": "false",
             "Accuracy/Functionals": {1: 1e-8, 2: 1e-7, 3: 1e-6}[d], "Accuracy/Estimate errors": "false",
             "Mean field/Compression tolerance": 1e-13} for n in (POINTS[d] * 3 // 4, POINTS[d])]


def gaussian(problem, times):
    """Risk and free energy of linear neurons: theta stays Gaussian, its mean goes to b/(1 + lambda). Without entropy the free
    energy is that of the risk."""
    beta, decay = problem.get("Mean field/Inverse temperature", math.inf), problem.get("Mean field/Weight decay", 0.)
    d = problem["Learning problem/Input dimension"]
    start, b = ([(-0.5, 0.4), (0.3, 0.5), (0., 0.3)][:d], [0.7, -0.2, 1.][:d])
    table = {"risk": [], "excess risk": [], "free energy": []}
    for t in times:
        risk = confinement = entropy = 0.
        for (m0, deviation), target in zip(start, b):
            rest, width = target / (1. + decay), 1. / (beta * decay) if decay > 0. else 0.
            mean = rest + (m0 - rest) * math.exp(-(1. + decay) * t)
            variance = width + (deviation**2 - width) * math.exp(-2. * decay * t)
            risk += .5 * (mean - target)**2
            confinement += .5 * decay * (mean**2 + variance)
            entropy -= .5 * math.log(2. * math.pi * math.e * variance)
        table["risk"].append(risk)
        table["excess risk"].append(risk)
        table["free energy"].append(risk + confinement + entropy / beta)
    return table


def reference(arguments, directory, problem, name):
    """Columns, and their errors."""
    if problem.get("Learning problem/Neuron") == "linear":
        table = gaussian(problem, [problem["End time"] * i / OUTPUTS for i in range(OUTPUTS + 1)])
        return table, {name: [0.] * len(values) for name, values in table.items()}
    settings = finer(arguments, problem, name)
    key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    file = pathlib.Path(arguments.references) if arguments.references else None
    kept = json.loads(file.read_text(encoding="utf-8")) if file and file.exists() else {}
    if key not in kept:
        tables = [run(arguments, directory, one)[0] for one in settings]
        names = [name for name in ("risk", "excess risk", "free energy") if name in tables[0]]
        kept[key] = [{name: tables[1][name] for name in names},
                     {name: [abs(a - b) for a, b in zip(tables[0][name], tables[1][name])] for name in names}]
        if file:
            file.write_text(json.dumps(kept), encoding="utf-8")
    return kept[key]


def compare(table, exact, doubts, functional):
    """Error, estimate, doubt, relative and the largest of all rows."""
    if functional == "risk":
        scales = [max(risk, 1e-3 * exact["excess risk"][0]) for risk in exact["excess risk"]]
    else:
        scales = [max(abs(value), 1e-3 * exact["excess risk"][0]) for value in exact[functional]]
    errors = [abs(a - b) / s for a, b, s in zip(table[functional], exact[functional], scales)]
    estimates = [e / s for e, s in zip(table[f"{functional} error"], scales)]
    return max(errors), max(estimates), max(u / s for u, s in zip(doubts[functional], scales))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/rhoflow")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--tolerances", nargs="*", default=["1e-3", "1e-4", "1e-5"])
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--patience", type=float, default=1800., metavar="SECONDS", help="the longest run that is waited for")
    parser.add_argument("--references", metavar="FILE", default="", help="keep the references there, and take them from there")
    parser.add_argument("--cost", action="store_true", help="run without estimates, too, and compare the times")
    arguments = parser.parse_args()
    below, within, ratios, failures = [], [], [], 0
    print(f"{'problem':38} {'tolerance':>9} {'error':>8} {'estimate':>8} {'reference':>9} {'neg. mass':>9} {'time':>6} {'without':>7}")
    for name, problem in {**PROBLEMS, **ENTROPY, **MOVED}.items():
        if arguments.only and name not in arguments.only:
            continue
        with tempfile.TemporaryDirectory() as directory:
            try:
                exact, doubts = reference(arguments, directory, problem, name)
            except RuntimeError as error:
                print(f"{name:38} no reference: {error}")
                failures += 1
                continue
            for tolerance in arguments.tolerances:
                try:
                    table, seconds = run(arguments, directory, {**problem, "Accuracy/Functionals": tolerance})
                    alone = math.nan
                    if arguments.cost:
                        _, alone = run(arguments, directory, {**problem, "Accuracy/Functionals": tolerance,
                                                              "Accuracy/Estimate errors": "false"})
                except RuntimeError as error:
                    print(f"{name:38} {tolerance:>9} failed: {error}")
                    failures += 1
                    continue
                negative = f"{max(table['negative mass']):9.1e}" if "negative mass" in table else " " * 9
                for functional in ("risk", "free energy"):
                    if f"{functional} error" not in table:
                        continue
                    error, estimate, doubt = compare(table, exact, doubts, functional)
                    what = name + (" (F)" if functional == "free energy" else "")
                    print(f"{what:38} {tolerance:>9} {error:8.1e} {estimate:8.1e} {doubt:9.1e} {negative} {seconds:6.1f} {alone:7.1f}",
                          flush=True)
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
