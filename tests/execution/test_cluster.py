"""A sweep on a Dask cluster: a real scheduler and two worker processes on loopback, one of them killed."""

import json
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from own_claims import FILE

from maml_verify.__main__ import main
from maml_verify.execution import cluster as clustering
from maml_verify.execution import identity
from maml_verify.studies.sweep import cells, run_cells

distributed = pytest.importorskip("distributed")

TODO = cells(["task-gradient-gap", "mean-gradient"], steps=(1, 2))
TODO = [cell._replace(member=k) for cell in TODO for k in range(5)]


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    """A scheduler's file, the scheduler, and its two workers."""
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    started = []

    def start(what, *options):
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--scheduler-file", str(file)]
        command += [*options, "--no-dashboard"]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return started[-1]

    start("scheduler", "--host", "127.0.0.1", "--port", "0")
    workers = [start("worker", "--nthreads", str(n), "--no-nanny") for n in (1, 2)]
    yield file, workers
    for process in started:
        process.kill()
        process.wait()


# joblib before 1.6 deprecates what its own Dask backend calls.
@pytest.mark.filterwarnings("ignore:.apply_async. is deprecated:DeprecationWarning")
def test_the_records_are_the_same_on_a_cluster_that_loses_a_worker(processes):
    file, workers = processes
    with distributed.Client(scheduler_file=str(file), timeout=120, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=120)
        address = client.scheduler.address
        found = {}
        for k, record in run_cells(TODO, scheduler=address):
            found[k] = record
            if len(found) == 10:
                workers[0].kill()
        while len(client.scheduler_info()["workers"]) > 1:
            time.sleep(0.05)
    local = dict(run_cells(TODO, jobs=1))
    assert {k: replace(r, seconds=0) for k, r in found.items()} == {
        k: replace(r, seconds=0) for k, r in local.items()
    }


@pytest.mark.filterwarnings("ignore:.apply_async. is deprecated:DeprecationWarning")
def test_claims_of_a_file_are_known_to_the_workers(processes, tmp_path, capsys):
    file, _ = processes
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    with distributed.Client(scheduler_file=str(file), timeout=120, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=120)
        address = client.scheduler.address
        line = "table without-rho lipschitz --family quadratic --steps 1 --alpha-L 1/8 --format json"
        assert main([*line.split(), "--scheduler", address, "--claims", str(path)]) == 0
    assert [r["verdict"] for r in json.loads(capsys.readouterr().out)] == ["holds", "holds"]


def test_a_worker_of_another_source_is_refused(monkeypatch):
    guarded = clustering.Guarded(abs, "another")
    with pytest.raises(ValueError, match="another version"):
        guarded(-1)
    assert clustering.Guarded(abs, identity.source())(-1) == 1


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "foo://x"])
def test_a_wrong_address_is_one_clear_line(address, capsys, monkeypatch):
    monkeypatch.setattr(clustering, "TIMEOUT", 0.2)
    assert main(["table", "path-stability", "--scheduler", address]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"maml-verify: scheduler = {address}: ")
    assert err.count("\n") == 1


@pytest.mark.filterwarnings("ignore:.apply_async. is deprecated:DeprecationWarning")
def test_a_scheduler_without_workers_is_one_clear_line(capsys, monkeypatch):
    monkeypatch.setattr(clustering, "TIMEOUT", 0.5)
    options = {"n_workers": 0, "processes": False, "dashboard_address": ":0", "protocol": "tcp"}
    with distributed.LocalCluster(**options) as empty:
        address = empty.scheduler_address
        assert main(["table", "path-stability", "--scheduler", address]) == 2
    line = f"maml-verify: scheduler = {address}: no worker in 0.5 s; rule: at least one worker\n"
    assert capsys.readouterr().err.endswith(line)
