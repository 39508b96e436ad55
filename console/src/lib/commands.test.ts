import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { curlCommand, igwCommand, pythonProgram, type Submission } from './commands';

const SPEC = {
  name: 'x',
  args: ['$(touch /tmp/x)', '`id`', "it's", '\\', 'JOB\nJOB_\n', 'é \u{1F680} \u2028'],
  env: {},
  slurm: { nodes: 1 },
  flag: true,
  nothing: null,
};
const JOB: Submission = { kind: 'spec', spec: SPEC, yaml: 'name: x\n' };
const POD: Submission = { kind: 'pod', yaml: "kind: Pod # '$HOME'\nJOB\nJOB_\nlast: \"1\"\n" };

function shell(program: string, command: string): string {
  return execFileSync('sh', ['-c', `${program}() { cat; }\n${command}`], { encoding: 'utf8' });
}

it('a shell passes the document to curl as it is', () => {
  const command = curlCommand('http://gateway', 'a b', true, JOB);
  expect(command).toContain("/api/v1/jobs?workspace=a%20b'");
  expect(JSON.parse(shell('curl', command))).toEqual(SPEC);
  expect(shell('curl', curlCommand('http://gateway', '', false, POD))).toBe(POD.yaml);
});

it('a shell passes the document to igw as it is', () => {
  expect(shell('igw', igwCommand('http://gateway', '', POD))).toBe(POD.yaml);
});

it.each([
  [JOB, 'spec', JSON.stringify(SPEC)],
  [POD, 'yaml', JSON.stringify(POD.yaml)],
])('Python reads the program’s values as they are', (submission, parameter, expected) => {
  const program = pythonProgram('http://gateway', '', submission).replace('from interlink_gateway import Gateway', '');
  const stub = `import json
class Gateway:
    def __init__(self, address): pass
    def submit(self, spec=None, yaml=None):
        print(json.dumps(${parameter})); raise SystemExit
`;
  const output = execFileSync('python3', ['-c', stub + program], { encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual(JSON.parse(expected));
});
