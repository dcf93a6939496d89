"""A meta gradient by JAX: `jax.grad` of the query loss after N steps, each a `jax.grad` itself."""

import jax

# Without it JAX computes in float32, and the check allows for that.
jax.config.update("jax_enable_x64", True)


def meta_gradient(task, w, alpha, steps):
    def objective(w):
        for _ in range(steps):
            w = w - alpha * jax.grad(task.loss)(w, "support")
        return task.loss(w, "query")

    return jax.grad(objective)(jax.numpy.asarray(w))


def first_order(task, w, alpha, steps):
    """`stop_gradient` around the inner gradient: the factors I - alpha H are gone."""

    def objective(w):
        for _ in range(steps):
            w = w - alpha * jax.lax.stop_gradient(jax.grad(task.loss)(w, "support"))
        return task.loss(w, "query")

    return jax.grad(objective)(jax.numpy.asarray(w))
