"""The loop of `learn2learn`, written out: clone, ``learner.adapt(loss)``, ``loss.backward()``."""

import torch


class Learner:
    """A clone in the graph of the first parameters; `first_order` as in `l2l.algorithms.MAML`."""

    def __init__(self, w, alpha, first_order=False):
        self.w, self.alpha, self.first_order = w.clone(), alpha, first_order

    def adapt(self, loss):
        (g,) = torch.autograd.grad(loss, self.w, create_graph=not self.first_order)
        self.w = self.w - self.alpha * g


def _meta_gradient(task, w, alpha, steps, first_order):
    meta = torch.nn.Parameter(torch.as_tensor(w))
    learner = Learner(meta, alpha, first_order)
    for _ in range(steps):
        learner.adapt(task.loss(learner.w, "support"))
    task.loss(learner.w, "query").backward()
    return meta.grad


def meta_gradient(task, w, alpha, steps):
    return _meta_gradient(task, w, alpha, steps, first_order=False)


def first_order(task, w, alpha, steps):
    return _meta_gradient(task, w, alpha, steps, first_order=True)
