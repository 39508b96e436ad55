import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { curlCommand, igwCommand, pythonProgram } from './commands';

const HOSTILE = "name: x\nargs: ['$(touch /tmp/x)', \"`id`\", '\\\\']\nJOB\nJOB_\nlast: 'é \u{1F680}'\n";

it('a shell passes the document as it is', () => {
  const command = curlCommand('http://gateway', 'a b', true, HOSTILE);
  expect(command).toContain("/api/v1/jobs?workspace=a%20b'");
  const body = execFileSync('sh', ['-c', `curl() { cat; }\n${command}`], { encoding: 'utf8' });
  expect(body).toBe(HOSTILE);
});

it('so does igw', () => {
  const body = execFileSync('sh', ['-c', `igw() { cat; }\n${igwCommand('http://gateway', '', HOSTILE)}`], { encoding: 'utf8' });
  expect(body).toBe(HOSTILE);
});

it('a Python program has the document as one text', () => {
  expect(pythonProgram('http://gateway', 'a: "1"\nb: 2\n')).toContain('yaml=(\n    "a: \\"1\\"\\n"\n    "b: 2\\n"\n))');
});
