// The tour of docs/guide/quickstart.md with the generated TypeScript client.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./gateway.js";

const [baseUrl, examples] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl });
const spec: components["schemas"]["JobSpec"] = JSON.parse(readFileSync(`${examples}/job.json`, "utf8"));
spec.name = "3dgan-typescript";
const pod = readFileSync(`${examples}/my-pod.yaml`, "utf8").replace("name: 3dgan-train", "name: 3dgan-pod");
const yaml = { headers: { "Content-Type": "application/yaml" }, bodySerializer: (body: unknown) => String(body) };

function data<T>(answer: { data?: T; error?: unknown }): T {
  assert.equal(answer.error, undefined);
  assert.ok(answer.data !== undefined);
  return answer.data;
}

const credential = await api.PUT("/api/v1/mlflow-credentials/{name}", {
  params: { path: { name: "mlflow-server" } },
  body: { username: "XYZ", password: "ABC" },
});
assert.equal(data(credential).username, "XYZ");

const [node] = data(await api.GET("/api/v1/nodes")).items;
assert.equal(node?.name, "sandbox");

const submitted = data(await api.POST("/api/v1/jobs", { ...yaml, body: pod }));
assert.equal(submitted.state, "QUEUED");
const podLog = await api.GET("/api/v1/jobs/{name}/logs", {
  params: { path: { name: submitted.name }, query: { follow: true } },
  parseAs: "text",
});
assert.equal(data(podLog), "epoch 1\nlogging to MLflow as XYZ\n");

const preflight = data(await api.POST("/api/v1/jobs/preflight", { body: spec }));
assert.ok(preflight.accepted);
assert.ok(preflight.batchLines?.includes("#SBATCH --partition=gpu"));

const key = { params: { header: { "Idempotency-Key": "typescript" } }, body: spec };
const first = await api.POST("/api/v1/jobs", key);
const repeat = await api.POST("/api/v1/jobs", key);
assert.deepEqual([first.response.status, repeat.response.status], [201, 200]);
assert.equal(data(first).uid, data(repeat).uid);

// The stream of a log, which ends with the job: its data has the schemas that x-events names.
const stream = await api.GET("/api/v1/jobs/{name}/logs", {
  params: { path: { name: "3dgan-typescript" }, query: { follow: true } },
  headers: { Accept: "text/event-stream" },
  parseAs: "text",
});
function dataOf(event: string) {
  const found = data(stream).split("\n\n").find((text) => text.startsWith(`event: ${event}\n`));
  return JSON.parse(found?.split("\n").find((part) => part.startsWith("data: "))?.slice("data: ".length) ?? "null");
}
const line: components["schemas"]["LogLine"] = dataOf("log");
const end: components["schemas"]["Job"] = dataOf("end");
assert.equal(line.text, "training with 1024 images at once");
assert.deepEqual([end.state, end.uid], ["SUCCEEDED", data(first).uid]);

const page = data(await api.GET("/api/v1/jobs", { params: { query: { state: ["SUCCEEDED"], limit: 10 } } }));
assert.ok(page.items.some((job) => job.name === "3dgan-typescript"));

const taken = await api.PUT("/api/v1/jobs/{name}", {
  params: { path: { name: "3dgan-typescript" } },
  body: { ...spec, args: ["echo other"] },
});
assert.equal(taken.error?.type, "/problems/name-taken");

const refused = await api.POST("/api/v1/jobs", { body: { ...spec, name: "3dgan-nowhere", node: "nowhere" } });
const rule: components["schemas"]["Finding"]["rule"] = "node-exists";
assert.ok(refused.error?.findings?.some((finding) => finding.rule === rule));

for (const name of ["3dgan-typescript", "3dgan-pod"]) {
  const deleted = await api.DELETE("/api/v1/jobs/{name}", { params: { path: { name } } });
  assert.ok([202, 204].includes(deleted.response.status));
}
const gone = await api.DELETE("/api/v1/mlflow-credentials/{name}", { params: { path: { name: "mlflow-server" } } });
assert.equal(gone.response.status, 204);
console.log("The generated TypeScript client has run the tour.");
