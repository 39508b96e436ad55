// build.js FOLDER: builds the console into FOLDER, unless it was built there from the same sources. Maven runs it. With
// a Node.js that is too old it builds nothing.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.resolve(process.argv[2] ?? path.join(here, 'dist'));
const stamp = path.join(folder, '.stamp');
const SOURCES = ['../openapi.json', 'package.json', 'package-lock.json', 'build.js', 'vite.config.ts', 'index.html', 'src'];

function files(file) {
  return statSync(file).isDirectory()
    ? readdirSync(file).sort().flatMap((name) => files(path.join(file, name)))
    : [file];
}

function digest(names) {
  const hash = createHash('sha256');
  for (const file of names.flatMap((name) => files(path.join(here, name)))) {
    // The types are generated from openapi.json.
    if (!file.endsWith('schema.d.ts')) hash.update(file.slice(here.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function isBuilt(file, content) {
  return existsSync(file) && readFileSync(file, 'utf8') === content;
}

function npm(...args) {
  // On Windows npm is a script, which only a shell can start.
  execFileSync('npm', args, { cwd: here, stdio: 'inherit', shell: process.platform === 'win32' });
}

function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

if (!isNewEnough()) {
  console.log(`The console needs Node.js 20.19 or newer, and this is ${process.version}.`);
  rmSync(folder, { recursive: true, force: true });
} else {
  const sources = digest(SOURCES);
  if (!isBuilt(stamp, sources)) {
    const installed = path.join(here, 'node_modules', '.installed');
    const lock = digest(['package-lock.json']);
    if (!isBuilt(installed, lock)) {
      npm('ci', '--no-audit', '--no-fund', '--loglevel=error');
      writeFileSync(installed, lock);
    }
    npm('run', '--silent', 'types');
    npm('run', '--silent', 'build', '--', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn');
    writeFileSync(stamp, sources);
  }
}
