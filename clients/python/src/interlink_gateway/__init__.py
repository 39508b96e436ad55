"""Jobs on HPC systems as Python objects: a client of interLink Gateway.

```python
from interlink_gateway import Gateway, Slurm

gateway = Gateway()
job = gateway.submit(node="vega", image="/images/a.sif", command=["train"], slurm=Slurm(partition="gpu", time="55m"))
for line in job.logs(follow=True):
    print(line)
job.wait()
```

`Gateway` and `Job` block; `AsyncGateway` and `AsyncJob` are the same for asyncio and trio.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._async._gateway import AsyncGateway as AsyncGateway
    from ._async._job import AsyncJob as AsyncJob
    from ._async._past_job import AsyncPastJob as AsyncPastJob
    from ._events import Deleted as Deleted
    from ._events import Event as Event
    from ._events import Reset as Reset
    from ._events import StateChanged as StateChanged
    from ._events import WalltimeNear as WalltimeNear
    from ._log import LogEnd as LogEnd
    from ._log import LogEvent as LogEvent
    from ._retry import Retry as Retry
    from ._sync._gateway import Gateway as Gateway
    from ._sync._job import Job as Job
    from ._sync._past_job import PastJob as PastJob
    from ._version import VERSION as __version__  # noqa: N811
    from .errors import GatewayError as GatewayError
    from .errors import GatewayUnreachable as GatewayUnreachable
    from .errors import InvalidJob as InvalidJob
    from .errors import JobDeleted as JobDeleted
    from .errors import JobFailed as JobFailed
    from .errors import Problem as Problem
    from .errors import WaitTimeout as WaitTimeout
    from .spec import Image as Image
    from .spec import JobSpec as JobSpec
    from .spec import Mlflow as Mlflow
    from .spec import Resources as Resources
    from .spec import Singularity as Singularity
    from .spec import Slurm as Slurm

# Where each name is. They are imported when they are used, so that the command starts quickly.
_HOMES = {
    "_async._gateway": ["AsyncGateway"],
    "_async._job": ["AsyncJob"],
    "_async._past_job": ["AsyncPastJob"],
    "_events": ["Deleted", "Event", "Reset", "StateChanged", "WalltimeNear"],
    "_log": ["LogEnd", "LogEvent"],
    "_retry": ["Retry"],
    "_sync._gateway": ["Gateway"],
    "_sync._job": ["Job"],
    "_sync._past_job": ["PastJob"],
    "errors": [
        "GatewayError",
        "GatewayUnreachable",
        "InvalidJob",
        "JobDeleted",
        "JobFailed",
        "Problem",
        "WaitTimeout",
    ],
    "spec": ["Image", "JobSpec", "Mlflow", "Resources", "Singularity", "Slurm"],
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "AsyncGateway",
    "AsyncJob",
    "AsyncPastJob",
    "Deleted",
    "Event",
    "Gateway",
    "GatewayError",
    "GatewayUnreachable",
    "Image",
    "InvalidJob",
    "Job",
    "JobDeleted",
    "JobFailed",
    "JobSpec",
    "LogEnd",
    "LogEvent",
    "Mlflow",
    "PastJob",
    "Problem",
    "Reset",
    "Resources",
    "Retry",
    "Singularity",
    "Slurm",
    "StateChanged",
    "WaitTimeout",
    "WalltimeNear",
    "__version__",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name == "__version__":
        from ._version import VERSION

        return VERSION
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
