"""A meta gradient in NumPy: N inner steps, then the factors I - alpha H from the last to the first."""


def meta_gradient(task, w, alpha, steps):
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - alpha * task.grad(path[-1], "support"))
    g = task.grad(path[-1], "query")
    for point in reversed(path[:-1]):
        g = g - alpha * task.hvp(point, g, "support")
    return g


def reversed_product(task, w, alpha, steps):
    """The same with the factors in the other order: right only where Hessians commute."""
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - alpha * task.grad(path[-1], "support"))
    g = task.grad(path[-1], "query")
    for point in path[:-1]:
        g = g - alpha * task.hvp(point, g, "support")
    return g
