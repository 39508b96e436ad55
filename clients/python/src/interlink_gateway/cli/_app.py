"""The commands of `igw`."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from contextlib import closing
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .._terminal import printable
from . import _options as options
from ._options import (
    Account,
    File,
    Gres,
    JobName,
    JobNames,
    Key,
    Labels,
    Nodes,
    Output,
    OutputOption,
    Partition,
    Qos,
    TimeLimit,
    Timeout,
    Variables,
    Workspace,
)
from ._secrets import secrets

if TYPE_CHECKING:
    from .._sync._gateway import Gateway
    from .._sync._job import Job
    from .._sync._past_job import PastJob
    from ..models import JobStatus

app = typer.Typer(
    help="Jobs on HPC systems, by interLink Gateway.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(secrets, name="secrets")

Text = str | None
_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class WaitFor(str, Enum):
    """What `wait` waits for."""

    RUNNING = "running"
    ENDED = "ended"


class Shell(str, Enum):
    """The shells with completion."""

    BASH = "bash"
    ZSH = "zsh"


@app.command()
def submit(
    file: File,
    replace: Annotated[bool, typer.Option("--replace", help="First delete a job with the same name.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Run all checks and create nothing.")] = False,
    key: Key = None,
    workspace: Workspace = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Submit a pod or a job spec from a file."""
    from ._files import read

    if dry_run:
        preflight(file, workspace, output)
        return
    job_file = read(file)
    if replace and not job_file.name:
        raise typer.BadParameter("--replace needs a job with a name.")
    with options.gateway(workspace) as gateway, options.submission(key) as sent:
        if replace:
            job = gateway.replace(str(job_file.name), job_file.spec, yaml=job_file.yaml, key=sent)
        else:
            job = gateway.submit(job_file.spec, yaml=job_file.yaml, key=sent)
    _submitted(job, output)


@app.command(context_settings={"allow_interspersed_args": False})
def run(
    node: Annotated[str, typer.Option("--node", help="The virtual node, see igw nodes.")],
    image: Annotated[str, typer.Option("--image", help="A path on the HPC, or a reference.")],
    command: Annotated[list[str] | None, typer.Argument(help="The command, after --.", metavar="-- COMMAND...")] = None,
    name: Annotated[Text, typer.Option("--name", help="The job's name. By default the gateway makes one.")] = None,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return at once, and print the name.")] = False,
    env: Variables = None,
    label: Labels = None,
    cpu: Annotated[Text, typer.Option("--cpu", help="The limit of CPUs: 4.")] = None,
    memory: Annotated[Text, typer.Option("--memory", help="The limit of memory: 16Gi.")] = None,
    mount: Annotated[list[str] | None, typer.Option("--mount", help="SOURCE:TARGET. May be repeated.")] = None,
    mlflow: Annotated[Text, typer.Option("--mlflow", help="An MLflow credential.")] = None,
    tracking_uri: Annotated[Text, typer.Option("--tracking-uri", help="The MLflow server.")] = None,
    partition: Partition = None,
    account: Account = None,
    qos: Qos = None,
    gres: Gres = None,
    time: TimeLimit = None,
    nodes: Nodes = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Run all checks and create nothing.")] = False,
    key: Key = None,
    workspace: Workspace = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Run a command, follow its log, and end with its exit code."""
    from ..spec import JobSpec, Mlflow, Resources, Singularity

    limits = {key: value for key, value in (("cpu", cpu), ("memory", memory)) if value is not None}
    if tracking_uri and not mlflow:
        raise typer.BadParameter("needs --mlflow.", param_hint="--tracking-uri")
    spec = JobSpec(
        node=node,
        image=image,
        name=name,
        command=command or None,
        env=options.pairs(env, "--env"),
        labels=options.pairs(label, "--label"),
        resources=Resources(limits=limits) if limits else None,
        slurm=options.slurm(partition=partition, account=account, qos=qos, gres=gres, time=time, nodes=nodes),
        singularity=Singularity(mounts=mount) if mount else None,
        mlflow=Mlflow(mlflow, tracking_uri) if mlflow else None,
    )
    gateway = options.gateway(workspace)
    if dry_run:
        _verdict(gateway.preflight(spec), output)
        return
    with options.submission(key) as sent:
        job = gateway.submit(spec, key=sent)
    if detach or output.structured:
        _submitted(job, output)
        return
    from ._follow import finish, follow
    from ._output import note

    note(f"Job {job.name} was submitted to {node}.")
    for finding in job.warnings:
        note(str(finding))
    finish(follow(job))


@app.command()
def ps(
    state: Annotated[
        list[str] | None, typer.Option("--state", help="Only jobs in this state. May be repeated.")
    ] = None,
    node: Annotated[Text, typer.Option("--node", help="Only jobs on this node.")] = None,
    label: Labels = None,
    since: Annotated[Text, typer.Option("--since", help="Only jobs created in this last time: 7d.")] = None,
    watch: Annotated[bool, typer.Option("-w", "--watch", help="Show changes until Ctrl-C.")] = False,
    workspace: Workspace = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List jobs."""
    from . import _output

    states = [each.upper() for each in state] if state else None
    labels = options.pairs(label, "--label")
    if watch:
        from ._watch import watch as show

        show(workspace, states, node, labels, output is Output.WIDE)
        return
    with options.gateway(workspace) as gateway:
        jobs = gateway.jobs(state=states, node=node, labels=labels, since=options.length(since, "--since"))
        if output.structured:
            _output.documents((status.raw for status in jobs.statuses()), output)
            return
        wide = output is Output.WIDE
        header = _output.JOB_HEADER_WIDE if wide else _output.JOB_HEADER
        _output.table(header, (_output.job_row(status, wide) for status in jobs.statuses()))


@app.command()
def get(name: JobName, workspace: Workspace = None, output: OutputOption = Output.TABLE) -> None:
    """Show a job."""
    from . import _output

    with options.gateway(workspace) as gateway:
        job = _job_or_past_job(gateway, name)
    if output.structured:
        _output.document(job.status.raw, output)
    elif output is Output.WIDE:
        _output.table(_output.JOB_HEADER_WIDE, [_output.job_row(job.status, wide=True)])
    else:
        _output.facts((*_output.job_facts(job.status), ("MLflow", job.mlflow_url)))


@app.command()
def logs(
    name: JobName,
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="Go on until the end, and end with the exit code.")
    ] = False,
    tail: Annotated[int | None, typer.Option("--tail", min=0, help="Only this number of the last lines.")] = None,
    since: Annotated[Text, typer.Option("--since", help="Only output of this last time: 10m.")] = None,
    container: Annotated[Text, typer.Option("-c", "--container", help="The container. By default the first.")] = None,
    raw: Annotated[bool, typer.Option("--raw", help="Include the lines of interLink's plugin and of SLURM.")] = False,
    workspace: Workspace = None,
) -> None:
    """Print a job's log."""
    from .._sync._past_job import PastJob
    from ._follow import report

    gateway = options.gateway(workspace)
    job = _job_or_past_job(gateway, name)
    seconds = options.length(since, "--since")
    if isinstance(job, PastJob):
        _print_log(job.log_bytes(tail=tail, container=container))
        if follow:
            raise typer.Exit(report(job))
        return
    if follow:
        from ._follow import finish
        from ._follow import follow as follow_job

        finish(follow_job(job, tail=tail, since=seconds, container=container, raw=raw))
        return
    _print_log(job.log_bytes(tail=tail, since=seconds, container=container, raw=raw))


@app.command()
def wait(
    names: JobNames,
    until: Annotated[WaitFor, typer.Option("--for", help="What to wait for.")] = WaitFor.ENDED,
    timeout: Timeout = None,
    workspace: Workspace = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Wait for jobs. The exit code is that of the first job that failed."""
    import time

    from .._sync._past_job import PastJob
    from ..errors import JobDeleted, JobFailed
    from . import _output
    from ._follow import report

    limit = options.length(timeout, "--timeout")
    end = None if limit is None else time.monotonic() + limit
    code = 0
    ended: list[JobStatus] = []
    with options.gateway(workspace) as gateway:
        for name in names:
            job = _job_or_past_job(gateway, name)
            if isinstance(job, PastJob):
                code = code or report(job)
                ended.append(job.status)
                continue
            try:
                left = None if end is None else max(0.0, end - time.monotonic())
                job.wait("RUNNING" if until is WaitFor.RUNNING else "ended", timeout=left)
            except (JobFailed, JobDeleted):
                code = code or report(job)
            ended.append(job.status)
    if output.structured:
        _output.documents((status.raw for status in ended), output)
    raise typer.Exit(code)


@app.command()
def cancel(
    names: JobNames,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it is known whether the HPC ended it.")] = False,
    grace: Annotated[Text, typer.Option("--grace", help="How long the pod stays at most: 30s.")] = None,
    timeout: Timeout = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the jobs and change nothing.")] = False,
    workspace: Workspace = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Cancel jobs that have not ended, and delete jobs."""
    from . import _output

    results: list[dict[str, object]] = []
    period, limit = options.length(grace, "--grace"), options.length(timeout, "--timeout")
    with options.gateway(workspace) as gateway:
        for name in names:
            job = gateway.job(name)
            if dry_run:
                if output.structured:
                    results.append({"name": name, "uid": job.uid, "deleted": False, "cancellation": None})
                else:
                    action = "delete" if job.ended else "cancel and delete"
                    _output.facts([(name, f"{job.state}: would {action}")])
                continue
            cancellation = job.cancel(wait=wait, grace=period, timeout=limit)
            if output.structured:
                known = dict(cancellation.raw) if cancellation else None
                results.append({"name": name, "uid": job.uid, "deleted": job.deleted, "cancellation": known})
                continue
            text = f"{cancellation.stage}: {cancellation.message}" if cancellation else "deleted"
            _output.facts([(name, text)])
    if output.structured:
        _output.documents(results, output)


@app.command()
def resubmit(
    name: JobName,
    new_name: Annotated[Text, typer.Option("--name", help="The new job's name.")] = None,
    node: Annotated[Text, typer.Option("--node", help="Another virtual node.")] = None,
    image: Annotated[Text, typer.Option("--image", help="Another image.")] = None,
    env: Variables = None,
    partition: Partition = None,
    account: Account = None,
    qos: Qos = None,
    gres: Gres = None,
    time: TimeLimit = None,
    nodes: Nodes = None,
    key: Key = None,
    workspace: Workspace = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Submit a job again, with changes."""
    with options.gateway(workspace) as gateway, options.submission(key) as sent:
        job = _job_or_past_job(gateway, name).resubmit(
            key=sent,
            name=new_name,
            node=node,
            image=image,
            env=options.pairs(env, "--env"),
            slurm=options.slurm(partition=partition, account=account, qos=qos, gres=gres, time=time, nodes=nodes),
        )
    _submitted(job, output)


@app.command()
def history(
    state: Annotated[
        list[str] | None, typer.Option("--state", help="Only jobs in this state. May be repeated.")
    ] = None,
    reason: Annotated[list[str] | None, typer.Option("--reason", help="Only jobs with this reason.")] = None,
    node: Annotated[Text, typer.Option("--node", help="Only jobs on this node.")] = None,
    name: Annotated[Text, typer.Option("--name", help="Only jobs with this name.")] = None,
    label: Labels = None,
    submitter: Annotated[Text, typer.Option("--submitter", help="Only jobs of this caller: ISSUER#SUBJECT.")] = None,
    since: Annotated[Text, typer.Option("--since", help="Only jobs created in this last time: 7d.")] = None,
    until: Annotated[Text, typer.Option("--until", help="Only jobs created before so long ago: 1d.")] = None,
    search: Annotated[Text, typer.Option("--search", help="Only jobs with this text in the name or a label.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The maximum number of jobs.")] = 100,
    workspace: Workspace = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List past and live jobs, the newest first."""
    from itertools import islice

    from . import _output

    with options.gateway(workspace) as gateway:
        found = gateway.history(
            state=[each.upper() for each in state or ()],
            reason=[each.upper() for each in reason or ()],
            node=node,
            name=name,
            labels=options.pairs(label, "--label"),
            submitter=submitter,
            since=options.length(since, "--since"),
            until=options.length(until, "--until"),
            text=search,
        )
        records = islice(found.records(), limit)
        if output.structured:
            _output.documents((record.raw for record in records), output)
            return
        wide = output is Output.WIDE
        header = _output.JOB_HEADER_WIDE if wide else _output.JOB_HEADER
        rows = ((*_output.job_row(record.job, wide), record.job.uid) for record in records)
        _output.table((*header, "UID"), rows)


@app.command()
def receipt(
    name: Annotated[str, typer.Argument(help="The job's name or uid.", metavar="NAME|UID")],
    workspace: Workspace = None,
    output: OutputOption = Output.JSON,
) -> None:
    """Print a job's receipt, a document to keep beside its result."""
    from . import _output

    with options.gateway(workspace) as gateway:
        _output.document(dict(_job_or_past_job(gateway, name).receipt().raw), output)


@app.command(name="nodes")
def list_nodes(output: OutputOption = Output.TABLE) -> None:
    """List the virtual nodes."""
    from . import _output

    with options.gateway() as gateway:
        nodes = gateway.nodes()
    if output.structured:
        _output.documents((node.raw for node in nodes), output)
        return
    header = ("NAME", "READY", "TYPE", "CPU", "MEMORY", "ACCELERATORS")
    rows = [
        (
            node.name,
            "yes" if node.ready else "no",
            node.type,
            node.allocatable.get("cpu", ""),
            node.allocatable.get("memory", ""),
            ", ".join(f"{key}: {value}" for key, value in node.accelerators.items()),
            *((node.reason,) if output is Output.WIDE else ()),
        )
        for node in nodes
    ]
    _output.table((*header, "MESSAGE") if output is Output.WIDE else header, rows)


@app.command()
def preflight(file: File, workspace: Workspace = None, output: OutputOption = Output.TABLE) -> None:
    """Run all checks of a job and create nothing."""
    from ._files import read

    job_file = read(file)
    with options.gateway(workspace) as gateway:
        result = gateway.preflight(job_file.spec, yaml=job_file.yaml)
    _verdict(result, output)


@app.command()
def login(
    url: Annotated[Text, typer.Option("--url", help="The gateway's address.")] = None,
    issuer: Annotated[Text, typer.Option("--issuer", help="The OpenID Connect issuer.")] = None,
    client_id: Annotated[Text, typer.Option("--client-id", help="A public client of the issuer.")] = None,
    scope: Annotated[Text, typer.Option("--scope", help="The scopes, separated by spaces.")] = None,
    device: Annotated[bool, typer.Option("--device", help="Log in with a browser on another device.")] = False,
    browser: Annotated[bool, typer.Option("--browser", help="Log in with a browser on this machine.")] = False,
) -> None:
    """Log in. The settings are kept for the next time."""
    from ._login import log_in

    log_in(url, issuer, client_id, scope, device=device, browser=browser)


@app.command()
def logout() -> None:
    """Forget the login."""
    from ..config import load
    from ..login import log_out
    from ._output import note

    url = load().url
    note(f"Logged out of {url}." if log_out(url) else f"There was no login for {url}.")


@app.command()
def version(output: OutputOption = Output.TABLE) -> None:
    """Print the version."""
    from .._version import VERSION
    from . import _output

    if output.structured:
        _output.document({"version": VERSION}, output)
    else:
        typer.echo(f"igw {VERSION}")


@app.command()
def completion(shell: Annotated[Shell, typer.Argument(help="The shell.")]) -> None:
    """Print the completion for a shell: source <(igw completion bash)."""
    os.environ["_IGW_COMPLETE"] = f"source_{shell.value}"
    app(args=[], prog_name="igw")


def _job_or_past_job(gateway: Gateway, name: str) -> Job | PastJob:
    """The job that has the name; if it no longer exists, the last one that had it; else the one with this uid."""
    from ..errors import JobGone, NotFound
    from ._output import note

    try:
        return gateway.job(name)
    except JobGone as gone:
        note(f"{gone.detail} This is what the history has of it.")
        return gateway.past_job(gone.uid or name)
    except NotFound as error:
        if not _UID.fullmatch(name):
            raise
        try:
            return gateway.past_job(name)
        except NotFound:
            raise error from None


def _print_log(log: Generator[bytes, None, None]) -> None:
    from ._output import print_log

    with closing(log) as chunks:
        print_log(chunks)


def _submitted(job: Any, output: Output) -> None:
    from . import _output

    if output.structured:
        _output.document(job.status.raw, output)
        return
    typer.echo(printable(job.name))
    for finding in job.warnings:
        _output.note(str(finding))


def _verdict(result: Any, output: Output) -> None:
    from . import _output

    if output.structured:
        _output.document(result.raw, output)
    else:
        if result.findings:
            header = ("SEVERITY", "FIELD", "MESSAGE", "HINT")
            _output.table(header, [(each.severity, each.field, each.message, each.hint) for each in result.findings])
        for line in result.batch_lines:
            typer.echo(printable(line))
        _output.note("The job would be created." if result.accepted else "The job would be refused.")
    if not result.accepted:
        raise typer.Exit(1)
