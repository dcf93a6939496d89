"""A meta gradient by `torch.autograd.grad`: the inner gradients need `create_graph=True`."""

import torch


def _through(task, w, alpha, steps, create_graph):
    start = fast = torch.as_tensor(w).requires_grad_()
    for _ in range(steps):
        (g,) = torch.autograd.grad(task.loss(fast, "support"), fast, create_graph=create_graph)
        fast = fast - alpha * g
    return torch.autograd.grad(task.loss(fast, "query"), start)[0]


def meta_gradient(task, w, alpha, steps):
    return _through(task, w, alpha, steps, create_graph=True)


def forgotten(task, w, alpha, steps):
    """Without it the inner gradients are constants of the graph, and the result is of first order."""
    return _through(task, w, alpha, steps, create_graph=False)
