# Generated from _async by scripts/make_sync.py; edit that one.
"""Jobs that can be submitted again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._submission import keyed
from ..spec import Image, Mlflow, Resources, Singularity, Slurm
from ..spec import patch as merge_patch
from ._transport import Transport

if TYPE_CHECKING:
    from ._job import Job


class Resubmittable(ABC):
    """A job with a definition, live or past."""

    @abstractmethod
    def _resubmission(self) -> tuple[Transport, str, str]:
        """Through what, to which path and in which workspace the request is sent."""

    def resubmit(
        self,
        *,
        name: str | None = None,
        node: str | None = None,
        image: str | Image | None = None,
        command: Sequence[str] | None = None,
        args: Sequence[str] | None = None,
        env: Mapping[str, str | None] | None = None,
        labels: Mapping[str, str | None] | None = None,
        resources: Resources | None = None,
        slurm: Slurm | None = None,
        singularity: Singularity | None = None,
        mlflow: Mlflow | None = None,
        pre_exec: str | None = None,
        patch: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> Job:
        """Submits a new job with the same definition and the given changes.

        Members of `env`, `labels`, `slurm` and the like are changed one by one; a value None in a mapping removes it.
        The other arguments are the members of `JobSpec`.

        Args:
            name: the new job's name; by default the gateway makes one.
            patch: a JSON merge patch of the definition, for a job that was made from a pod.
            key: the Idempotency-Key; by default a new one. See `Gateway.submit`.

        Raises:
            InvalidJob: the changed job breaks rules.
            NameTaken: another job has the name.
            JobDeleted: this job was removed. Its `PastJob` can still be submitted again.
        """
        changes = merge_patch(
            patch,
            name=name,
            node=node,
            image=image,
            command=command,
            args=args,
            env=env,
            labels=labels,
            resources=resources,
            slurm=slurm,
            singularity=singularity,
            mlflow=mlflow,
            pre_exec=pre_exec,
        )
        from ._job import job_of

        transport, path, workspace = self._resubmission()
        with keyed(key) as sent:
            headers = {"Idempotency-Key": sent}
            query = {"workspace": workspace}
            response = transport.request("POST", path, query=query, json=changes, headers=headers)
            return job_of(transport, response)
