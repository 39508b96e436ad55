"""The tour of docs/guide/quickstart.md with the generated Python client. Pods (YAML) and streams are not in it: see
warnings.txt."""

import json
import pathlib
import sys
import time
from http import HTTPStatus

from interlink_gateway import Client
from interlink_gateway.api.jobs import (
    delete_job,
    get_job,
    list_jobs,
    preflight_job,
    replace_job,
    submit_job,
)
from interlink_gateway.api.logs import read_job_log
from interlink_gateway.api.m_lflow_credentials import (
    delete_credential,
    list_credentials,
    put_credential,
)
from interlink_gateway.api.nodes import list_nodes
from interlink_gateway.models.finding_rule import FindingRule
from interlink_gateway.models.job import Job
from interlink_gateway.models.job_page import JobPage
from interlink_gateway.models.job_spec import JobSpec
from interlink_gateway.models.job_state import JobState
from interlink_gateway.models.list_jobs_state_item import ListJobsStateItem
from interlink_gateway.models.mlflow_credential import MlflowCredential
from interlink_gateway.models.mlflow_credentials import MlflowCredentials
from interlink_gateway.models.new_mlflow_credential import NewMlflowCredential
from interlink_gateway.models.nodes import Nodes
from interlink_gateway.models.preflight import Preflight
from interlink_gateway.models.problem import Problem

client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
document = json.loads((pathlib.Path(sys.argv[2]) / "job.json").read_text())
document["name"] = "3dgan-python"
spec = JobSpec.from_dict(document)

credential = put_credential.sync(
    "mlflow-server", client=client, body=NewMlflowCredential(username="XYZ", password="ABC")
)
assert isinstance(credential, MlflowCredential) and credential.username == "XYZ"

nodes = list_nodes.sync(client=client)
assert isinstance(nodes, Nodes) and nodes.items[0].name == "sandbox" and nodes.items[0].ready

preflight = preflight_job.sync(client=client, body=spec)
assert isinstance(preflight, Preflight) and preflight.accepted, preflight
assert isinstance(preflight.batch_lines, list) and "#SBATCH --partition=gpu" in preflight.batch_lines

first = submit_job.sync_detailed(client=client, body=spec, idempotency_key="python")
repeat = submit_job.sync_detailed(client=client, body=spec, idempotency_key="python")
assert (first.status_code, repeat.status_code) == (HTTPStatus.CREATED, HTTPStatus.OK)
assert isinstance(first.parsed, Job) and isinstance(repeat.parsed, Job)
assert first.parsed.uid == repeat.parsed.uid

log = read_job_log.sync_detailed("3dgan-python", client=client, follow=True)
assert log.content.decode() == "training with 1024 images at once\n", log

deadline = time.monotonic() + 30
while True:
    job = get_job.sync("3dgan-python", client=client)
    assert isinstance(job, Job)
    if job.state == JobState.SUCCEEDED:
        break
    assert time.monotonic() < deadline, job
    time.sleep(0.2)
assert isinstance(job.definition, JobSpec), job.definition

page = list_jobs.sync(client=client, state=[ListJobsStateItem.SUCCEEDED], limit=10)
assert isinstance(page, JobPage) and "3dgan-python" in [job.name for job in page.items]

document["args"] = ["echo other"]
taken = replace_job.sync("3dgan-python", client=client, body=JobSpec.from_dict(document))
assert isinstance(taken, Problem) and taken.type_ == "/problems/name-taken", taken

document["node"], document["name"] = "nowhere", "3dgan-nowhere"
refused = submit_job.sync(client=client, body=JobSpec.from_dict(document))
assert isinstance(refused, Problem) and isinstance(refused.findings, list), refused
assert FindingRule.NODE_EXISTS in [finding.rule for finding in refused.findings]

assert delete_job.sync_detailed("3dgan-python", client=client).status_code in (202, 204)
credentials = list_credentials.sync(client=client)
assert isinstance(credentials, MlflowCredentials) and credentials.items[0].username == "XYZ"
assert delete_credential.sync_detailed("mlflow-server", client=client).status_code == 204
print("The generated Python client has run the tour.")
