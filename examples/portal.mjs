// What a web portal does with the gateway: submits a job, follows its state and its log, and handles refusals.
// It uses fetch alone, so the functions run in browsers as they are. To try it with Node.js 20 or newer:
//   node examples/portal.mjs http://localhost:8080
// With authentication the token comes from the environment: GATEWAY_TOKEN.
const [gateway = "http://localhost:8080"] = process.argv.slice(2);
const token = process.env.GATEWAY_TOKEN;

class Problem extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `HTTP status ${status}`);
    this.status = status;
    this.type = problem.type;
    this.hint = problem.hint;
    this.findings = problem.findings ?? [];
  }
}

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

async function request(method, path, { body, headers } = {}) {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${gateway}/api/v1${path}`, {
      method,
      headers: {
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(body && { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    if (response.ok || response.status === 304) return response;
    if (![429, 503].includes(response.status) || attempt === 5) {
      throw new Problem(response.status, await response.json().catch(() => ({})));
    }
    await pause(Number(response.headers.get("Retry-After") ?? 1));
  }
}

async function submit(spec) {
  const key = crypto.randomUUID();
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await request("POST", "/jobs", { body: spec, headers: { "Idempotency-Key": key } });
      return await response.json();
    } catch (error) {
      if (error instanceof Problem || attempt === 5) throw error;
      await pause(1); // The connection was lost: the same key finds the job, if it was created.
    }
  }
}

async function* stream(path) {
  let lastId;
  for (;;) {
    try {
      const headers = { Accept: "text/event-stream", ...(lastId && { "Last-Event-ID": lastId }) };
      const response = await request("GET", path, { headers });
      if (response.status === 204) return;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      try {
        let text = "";
        for (let read; !(read = await reader.read()).done; ) {
          const events = (text + read.value).split("\n\n");
          text = events.pop();
          for (const event of events) {
            const field = (name) => event.split("\n").find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
            lastId = field("id") ?? lastId;
            if (field("data")) yield { type: field("event"), data: JSON.parse(field("data")) };
          }
        }
      } finally {
        await reader.cancel().catch(() => {});
      }
    } catch (error) {
      if (error instanceof Problem) throw error;
    }
    await pause(1); // The connection was lost: go on after the last event.
  }
}

async function watch(name, show) {
  for await (const { type, data: job } of stream(`/jobs/${name}/events`)) {
    if (type === "deleted") return undefined;
    if (type === "reset") return watch(name, show); // changes may be missing: begin with the current state
    if (type !== "state") continue;
    show(job);
    if (["SUCCEEDED", "FAILED"].includes(job.state)) return job;
  }
}

async function log(name, print) {
  for await (const { type, data } of stream(`/jobs/${name}/logs?follow=true`)) {
    if (type === "log") print(data.text ?? atob(data.base64));
    if (type === "problem") console.warn(data.message);
    if (type === "end") return data;
  }
}

function explain(error) {
  switch (error.type) {
    case "/problems/name-taken": // 409: another job has this name
      return `${error.message} ${error.hint}`;
    case "/problems/invalid-job": // 422: one entry for each wrong field
      return error.findings.map(({ field, message, hint }) => `${field}: ${message} ${hint}`).join("\n");
    case "/problems/unauthenticated": // 401: log in again
      return "Please log in again.";
    default:
      return `${error.message} ${error.hint ?? ""}`;
  }
}

async function refresh(known) {
  const response = await request("GET", `/jobs/${known.job.name}`, { headers: { "If-None-Match": known.etag } });
  return response.status === 304 ? known : { job: await response.json(), etag: response.headers.get("ETag") };
}

const spec = {
  name: "portal",
  node: "sandbox",
  image: "/ceph/hpc/data/images/itwinai.sif",
  command: ["/bin/sh", "-c"],
  args: ["for epoch in 1 2 3; do echo epoch $epoch; sleep 1; done"],
  resources: { limits: { cpu: "1", memory: "1Gi" } },
};
const job = await submit(spec);
const [final] = await Promise.all([
  watch(job.name, ({ state, reason, message }) => console.log(state, reason ?? "", message ?? "")),
  log(job.name, (line) => console.log(`  ${line}`)),
]);
console.log(`${final.name} ended: ${final.state}`);

const first = await request("GET", `/jobs/${job.name}`);
const known = { job: await first.json(), etag: first.headers.get("ETag") };
console.log((await refresh(known)) === known ? "nothing has changed" : "the job has changed");

for (const wrong of [{ ...spec, args: ["exit 1"] }, { ...spec, name: undefined, node: "nowhere" }]) {
  try {
    await submit(wrong);
  } catch (error) {
    console.log(`${error.status}: ${explain(error)}`);
  }
}
await request("DELETE", `/jobs/${job.name}`, { headers: { "If-Match": known.etag } });
