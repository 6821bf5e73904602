"""The pipeline of postprocess/paraview/state.py, against the run: paraview_state.py SCRIPTS RUN_3D"""

import os
import re
import sys

scripts, run_3d = sys.argv[1:3]
sys.path.insert(0, scripts)

from paraview import simple

import state

failures = 0


def check(condition, message):
    global failures
    if not condition:
        print("FAILED: " + message, file=sys.stderr)
        failures += 1


def main():
    # The density at every other time only, as an interrupted or older run may have it: the state steps through common times.
    record = os.path.join(run_3d, "density.pvd")
    with open(record, encoding="utf-8") as file:
        text = file.read()
    with open(record, "w", encoding="utf-8") as file:
        file.write(re.sub(r'<DataSet timestep="0\.1[^>]*>\n', "", text))
    shown = state.show(run_3d)
    times = list(simple.GetTimeKeeper().TimestepValues)
    check(times == [0.0, 0.2], f"the state steps through the times {times}")
    for time in times:
        simple.GetAnimationScene().AnimationTime = time
        simple.Render(shown["view"])
        for name in ("density", "particles"):
            present = shown[name].GetDataInformation().GetTime()
            check(present == time, f"{name} of the time {present} at t = {time}")
    representation = simple.GetRepresentation(shown["density"], shown["view"])
    check(representation.NonlinearSubdivisionLevel > 1, "cells of high order are drawn with facets")
    with open(record, "w", encoding="utf-8") as file:
        file.write(text)


# Views that are still alive when the interpreter ends take pvbatch down: hence the function.
main()
if failures:
    sys.exit(1)
