"""A meta gradient by `torch.func.grad`, through a loop of inner steps."""

import torch
from torch.func import grad


def meta_gradient(task, w, alpha, steps):
    def objective(w):
        for _ in range(steps):
            w = w - alpha * grad(lambda x: task.loss(x, "support"))(w)
        return task.loss(w, "query")

    return grad(objective)(torch.as_tensor(w))


def frozen(task, w, alpha, steps):
    """The inner gradient is found once, at the start, and applied N times."""

    def objective(w):
        g = grad(lambda x: task.loss(x, "support"))(w)
        for _ in range(steps):
            w = w - alpha * g
        return task.loss(w, "query")

    return grad(objective)(torch.as_tensor(w))
