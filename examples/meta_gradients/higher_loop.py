"""The loop of `higher`, written out: a module, and a copy whose parameters are functions of the module's.

`Inner` does what ``higher.innerloop_ctx(model, optimiser, copy_initial_weights=False)`` does.
"""

import torch


class Model(torch.nn.Module):
    """One parameter vector, and a loss on the data of a role."""

    def __init__(self, task, w):
        super().__init__()
        self.task, self.w = task, torch.nn.Parameter(torch.as_tensor(w))

    def forward(self, role):
        return self.task.loss(self.w, role)


class Inner:
    """Differentiable SGD: the parameters of the copy stay functions of the first ones."""

    def __init__(self, model, alpha):
        self.model, self.alpha = model, alpha
        self.fast = dict(model.named_parameters())

    def loss(self, role):
        return torch.func.functional_call(self.model, self.fast, (role,))

    def step(self):
        gradients = torch.autograd.grad(self.loss("support"), list(self.fast.values()), create_graph=True)
        pairs = zip(self.fast.items(), gradients, strict=True)
        self.fast = {name: value - self.alpha * g for (name, value), g in pairs}


def meta_gradient(task, w, alpha, steps):
    model = Model(task, w)
    inner = Inner(model, alpha)
    for _ in range(steps):
        inner.step()
    inner.loss("query").backward()
    return model.w.grad


def copied(task, w, alpha, steps):
    """`copy_initial_weights=True`, as by default: the gradient is that of the copy, at the end."""
    model = Model(task, w)
    for _ in range(steps):
        (g,) = torch.autograd.grad(model("support"), model.w)
        with torch.no_grad():
            model.w -= alpha * g
    model("query").backward()
    return model.w.grad
