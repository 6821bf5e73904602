#!/usr/bin/python3
"""Batch-1 SGD of f(x) = (1/M) sum_j a_j erf(w_j.x/sqrt 2) in PyTorch on one core, in double precision: by tensor updates
written by hand, in place and without autograd, with the weights as nn.Linear has them, [M][d], and as is fastest here, [d][M];
and by autograd with torch.optim.SGD.

    sgd_peers.py FILE [bursts]

FILE is what `sgd_peers --export FILE` wrote: initial neurons, samples and final neurons of rhoflow. Prints "name value
[unit]" a line: how far the neurons are from rhoflow's after the same steps (largest difference over largest movement since the
start), and the median of the bursts' microseconds of processor time a step. Exit status 77 if there is no PyTorch.
"""
import math
import sys
import time

try:
    import torch
except ImportError:
    print("There is no PyTorch for " + sys.executable + ": apt-get install python3-torch", file=sys.stderr)
    sys.exit(77)

torch.set_num_threads(1)
torch.set_num_interop_threads(1)


class Trajectory:
    """The content of FILE as float64 tensors."""

    def __init__(self, path):
        with open(path, "rb") as file:
            numbers = torch.frombuffer(bytearray(file.read()), dtype=torch.float64)
        self.M, self.d, self.steps = (int(n) for n in numbers[:3])
        self.step_size = float(numbers[3])
        n_theta = self.M * (self.d + 1)
        initial, x, self.y, final = torch.split(numbers[4:], [n_theta, self.steps * self.d, self.steps, n_theta])
        self.initial = initial.reshape(self.M, self.d + 1)
        self.final = final.reshape(self.M, self.d + 1)
        self.x = x.reshape(self.steps, self.d)
        self.labels = self.y.tolist()

    def outer(self):
        return self.initial[:, 0].clone()

    def weights(self):
        return self.initial[:, 1:].contiguous().clone()


class TensorUpdates:
    """The gradient by hand; no tensor is allocated in a step."""

    def __init__(self, data, transposed):
        self.data = data
        self.a, self.w = data.outer(), data.weights()
        if transposed:
            self.w = self.w.t().contiguous().t()
        self.z, self.s, self.g = (torch.empty(data.M, dtype=torch.float64) for _ in range(3))

    def step(self, k):
        data, x = self.data, self.data.x[k]
        torch.mv(self.w, x, out=self.z)
        torch.mul(self.z, math.sqrt(0.5), out=self.s).erf_()
        factor = data.step_size * (data.labels[k] - self.a.dot(self.s).item() / data.M)
        torch.mul(self.z, self.z, out=self.g).mul_(-0.5).exp_().mul_(self.a)
        self.w.addr_(self.g, x, alpha=factor * math.sqrt(2 / math.pi))
        self.a.add_(self.s, alpha=factor)


class Autograd:
    """The loss (y - f)^2/2, whose gradient is 1/M times that of the mean-field scaling: hence the rate eta M."""

    def __init__(self, data):
        self.data = data
        self.a, self.w = data.outer().requires_grad_(), data.weights().requires_grad_()
        self.optimizer = torch.optim.SGD([self.a, self.w], lr=data.step_size * data.M)

    def step(self, k):
        data = self.data
        self.optimizer.zero_grad(set_to_none=True)
        f = self.a.dot(torch.erf(self.w.mv(data.x[k]) * math.sqrt(0.5))) / data.M
        loss = 0.5 * (data.y[k] - f) ** 2
        loss.backward()
        self.optimizer.step()


def difference(method, data):
    theta = torch.cat([method.a.detach()[:, None], method.w.detach()], dim=1)
    return float((theta - data.final).abs().max() / (data.final - data.initial).abs().max())


def main():
    data = Trajectory(sys.argv[1])
    bursts = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    methods = {
        "PyTorch_tensor_updates": TensorUpdates(data, transposed=False),
        "PyTorch_tensor_updates_transposed": TensorUpdates(data, transposed=True),
        "PyTorch_autograd": Autograd(data),
    }
    for name, method in methods.items():
        for k in range(data.steps):
            method.step(k)
        print("difference_of_" + name, "%.3g" % difference(method, data))

    # The samples of a burst stay in the caches.
    burst = max(20, min(data.steps, 20000000 // (data.M * data.d)))
    times = {name: [] for name in methods}
    for _ in range(bursts):
        for name, method in methods.items():
            start = time.process_time()
            for k in range(burst):
                method.step(k % 64 % data.steps)
            times[name].append(1e6 * (time.process_time() - start) / burst)
    for name, values in times.items():
        print(name, "%.3f us" % sorted(values)[len(values) // 2])


if __name__ == "__main__":
    main()
