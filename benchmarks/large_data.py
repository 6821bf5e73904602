#!/usr/bin/env python3
"""How long does a run over many rows of data take to say something, to be prepared, and to make its first steps?

Writes CSV files of normal inputs and a noisy target, and runs every solver over them on one rank: seconds until the first line,
until `--validate` is done, and until a run to t = 0.01 is over, with its setting-up of output.

    benchmarks/large_data.py [--rows 8000,60000] [--program build/release/rhoflow] [CASE ...]
"""
import argparse
import math
import os
import random
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NEURONS = {
    "biased_ridge": """
  set Neuron        = biased ridge
  set Activation    = tanh
end
subsection Data
  set Input columns = x1
end
subsection Domain
  set Lower corner = -4, -4, -4
  set Upper corner = 4, 4, 4
""",
    "weighted_ridge": """
  set Neuron        = weighted ridge
  set Activation    = tanh
end
subsection Data
  set Input columns = x1, x2
end
subsection Domain
  set Lower corner = -4, -3, -3
  set Upper corner = 4, 3, 3
""",
}
FILE = """
set End time        = 0.01
set Output interval = 0.01
subsection Learning problem{neuron}  set Subdivisions = 8
end
subsection Data
  set Law           = csv
  set CSV file      = {data}
  set Output column = y
end
subsection Initial law
  set Law = normal(0, 0.5), normal(0, 0.5), normal(0, 0.5)
end
subsection Characteristics
  set Nodes per coordinate = 8
end
subsection Particles
  set Number of neurons = 50
end
"""
SOLVERS = {
    "continuity": [],
    "characteristics": [],
    "fokker planck": ["Mean field/Inverse temperature=100", "Mean field/Weight decay=0.1"],
    "boltzmann": ["Mean field/Inverse temperature=10", "Mean field/Weight decay=0.5"],
    "particles": [],
}


def write_data(path, rows):
    """Two normal inputs and what shall be learned from them."""
    draw = random.Random(1)
    with open(path, "w", encoding="ascii") as file:
        file.write("x1,x2,y\n")
        for _ in range(rows):
            x1, x2 = draw.gauss(0, 1), draw.gauss(0, 1)
            file.write(f"{x1:.6f},{x2:.6f},{math.sin(3 * x1) + 0.5 * x2 + draw.gauss(0, 0.3):.6f}\n")


def seconds(command, directory):
    """Until the first line, until the end, and the exit status."""
    start = time.time()
    with subprocess.Popen(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        process.stdout.readline()
        first = time.time() - start
        output = process.stdout.read()
    if process.returncode != 0:
        print(output.decode())
    return first, time.time() - start, process.returncode


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", default="8000,60000")
    arguments.add_argument("--program", default=os.path.join(ROOT, "build/release/rhoflow"))
    arguments.add_argument("cases", nargs="*", default=[], help="solvers; all of them if there is none")
    choice = arguments.parse_args()
    print(f"{'neuron':16}{'rows':>8}  {'solver':18}{'first line':>12}{'prepared':>12}{'t = 0.01':>12}")
    failed = False
    with tempfile.TemporaryDirectory() as directory:
        for rows in [int(n) for n in choice.rows.split(",")]:
            data = os.path.join(directory, f"data_{rows}.csv")
            write_data(data, rows)
            for name, neuron in NEURONS.items():
                file = os.path.join(directory, f"{name}_{rows}.prm")
                with open(file, "w", encoding="ascii") as text:
                    text.write(FILE.format(neuron=neuron, data=data))
                for solver, changes in SOLVERS.items():
                    if choice.cases and solver not in choice.cases:
                        continue
                    changes = [f"Solver={solver}", *changes]
                    first, _, status = seconds([choice.program, file, *changes, "Overwrite=true"], directory)
                    _, prepared, _ = seconds([choice.program, "--validate", file, *changes], directory)
                    _, whole, again = seconds([choice.program, file, *changes, "Overwrite=true"], directory)
                    failed = failed or status != 0 or again != 0
                    print(f"{name:16}{rows:8}  {solver:18}{first:12.1f}{prepared:12.1f}{whole:12.1f}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
