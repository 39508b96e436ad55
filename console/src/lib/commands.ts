/** The same request from other programs. */

/** A delimiter that is no line of the text. */
function delimiter(text: string): string {
  const lines = new Set(text.split('\n'));
  let name = 'JOB';
  while (lines.has(name)) name += '_';
  return name;
}

function document(yaml: string): string {
  const end = delimiter(yaml);
  return `<<'${end}'\n${yaml}${yaml.endsWith('\n') ? '' : '\n'}${end}`;
}

/** A command for a shell, which sends the job with curl. */
export function curlCommand(origin: string, workspace: string, needsToken: boolean, yaml: string): string {
  const query = workspace === '' ? '' : `?workspace=${encodeURIComponent(workspace)}`;
  return [
    `curl '${origin}/api/v1/jobs${query}' \\`,
    ...(needsToken ? [`  -H "Authorization: Bearer $GATEWAY_TOKEN" \\`] : []),
    `  -H 'Content-Type: application/yaml' --data-binary @- ${document(yaml)}`,
  ].join('\n');
}

/** A program in Python with the package `interlink-gateway`. */
export function pythonProgram(origin: string, yaml: string): string {
  return `from interlink_gateway import Gateway

gateway = Gateway(${JSON.stringify(origin)})
job = gateway.submit(yaml=(${pythonText(yaml)}
))
for line in job.logs(follow=True):
    print(line)
`;
}

/** A text in Python. JSON's escapes mean the same there, but those of surrogates. */
function pythonText(text: string): string {
  return text
    .split(/(?<=\n)/)
    .map((line) => `\n    ${JSON.stringify(line)}`)
    .join('');
}

/** A command for a shell, which sends the job with igw. */
export function igwCommand(origin: string, workspace: string, yaml: string): string {
  const options = workspace === '' ? '' : ` --workspace ${workspace}`;
  return `export GATEWAY_URL='${origin}'\nigw submit -${options} ${document(yaml)}`;
}
