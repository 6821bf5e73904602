"""What memory.py and survive.py have in common: MPI jobs of rhoflow and the processes that belong to them."""
import os
import signal
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def environment():
    """The environment with the settings of scripts/environment.sh."""
    lines = subprocess.run(["sh", "-c", f". {ROOT}/scripts/environment.sh; env -0"], stdout=subprocess.PIPE, check=True).stdout
    return dict(line.split("=", 1) for line in lines.decode().split("\0") if "=" in line)


def start(ranks, program, arguments, log):
    """mpirun with the program on so many ranks; all that it says goes to the open file."""
    return subprocess.Popen(["mpirun", "-np", str(ranks), program] + arguments, stdout=log, stderr=log,
                            stdin=subprocess.DEVNULL, env=environment())


def processes(program, directory):
    """The ranks that compute in the run directory: numbers of processes."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            # A program that was built anew meanwhile is "deleted".
            if entry.isdigit() and os.readlink(f"/proc/{entry}/exe").replace(" (deleted)", "") == program:
                with open(f"/proc/{entry}/cmdline") as line:
                    if directory in line.read():
                        found.append(int(entry))
        except OSError:
            pass  # ended meanwhile, or another user's
    return found


def send(pids, number=signal.SIGKILL):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
