/** The same submission with other programs. */

/** What is submitted: a job spec, which the API takes as JSON, or the text of a pod. */
export type Submission =
  | { readonly kind: 'spec'; readonly spec: unknown; readonly yaml: string }
  | { readonly kind: 'pod'; readonly yaml: string };

/** The body of a submission's request, with its type. */
export function bodyOf(submission: Submission): { readonly type: string; readonly text: string } {
  return submission.kind === 'pod'
    ? { type: 'application/yaml', text: submission.yaml }
    : { type: 'application/json', text: JSON.stringify(submission.spec, null, 2) };
}

/** A command for a shell, which sends the job with curl. */
export function curlCommand(origin: string, workspace: string, needsToken: boolean, submission: Submission): string {
  const query = workspace === '' ? '' : `?workspace=${encodeURIComponent(workspace)}`;
  const { type, text } = bodyOf(submission);
  return [
    `curl '${origin}/api/v1/jobs${query}' \\`,
    ...(needsToken ? [`  -H "Authorization: Bearer $GATEWAY_TOKEN" \\`] : []),
    `  -H 'Content-Type: ${type}' --data-binary @- ${document(text)}`,
  ].join('\n');
}

/** A command for a shell, which sends the job with igw. */
export function igwCommand(origin: string, workspace: string, submission: Submission): string {
  const options = workspace === '' ? '' : ` --workspace ${workspace}`;
  return `export GATEWAY_URL='${origin}'\nigw submit -${options} ${document(submission.yaml)}`;
}

/** A program in Python with the package `interlink-gateway`. */
export function pythonProgram(origin: string, workspace: string, submission: Submission): string {
  const job = submission.kind === 'pod' ? `yaml=${pythonText(submission.yaml)}` : pythonValue(submission.spec, '');
  return `from interlink_gateway import Gateway

gateway = Gateway(${JSON.stringify(origin)}${workspace === '' ? '' : `, workspace=${JSON.stringify(workspace)}`})
job = gateway.submit(${job})
for line in job.logs(follow=True):
    print(line)
`;
}

/** A text for a shell's standard input, which the shell does not change. */
function document(text: string): string {
  const end = delimiter(text);
  return `<<'${end}'\n${text}${text.endsWith('\n') ? '' : '\n'}${end}`;
}

/** A delimiter that is no line of the text. */
function delimiter(text: string): string {
  const lines = new Set(text.split('\n'));
  let name = 'JOB';
  while (lines.has(name)) name += '_';
  return name;
}

/** A text of several lines in Python, whose escapes include those of JSON. */
function pythonText(text: string): string {
  const lines = text.split(/(?<=\n)/).map((line) => `\n    ${JSON.stringify(line)}`);
  return `(${lines.join('')}\n)`;
}

/** A JSON value in Python. */
function pythonValue(value: unknown, indent: string): string {
  const inner = `${indent}    `;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return block('[', value.map((item) => pythonValue(item, inner)), ']', indent);
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${pythonValue(item, inner)}`);
    return block('{', entries, '}', indent);
  }
  return JSON.stringify(value);
}

function block(begin: string, items: readonly string[], end: string, indent: string): string {
  return items.length === 0 ? begin + end : `${begin}\n${items.map((item) => `${indent}    ${item},\n`).join('')}${indent}${end}`;
}
