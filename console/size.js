// size.js FOLDER: prints what the first view of the console loads, and fails if it is more than the budget.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const BUDGET = 120_000;
const folder = process.argv[2];
const page = readFileSync(path.join(folder, 'index.html'), 'utf8');
const seen = new Set();

function load(file) {
  if (seen.has(file)) return;
  seen.add(file);
  const text = readFileSync(path.join(folder, file), 'utf8');
  if (!file.endsWith('.js')) return;
  // Static imports alone: what is imported later is not part of the first view.
  for (const [, name] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+)["']/g)) load(path.join(path.dirname(file), name));
}

for (const [, name] of page.matchAll(/(?:src|href)="\/console\/([^"]+)"/g)) load(name);
let sum = statSync(path.join(folder, 'index.html.gz')).size;
for (const file of seen) {
  const { size } = statSync(path.join(folder, `${file}.gz`));
  console.log(`${String(size).padStart(8)}  ${file}`);
  sum += size;
}
console.log(`${String(sum).padStart(8)}  bytes for the first view, gzip; budget ${BUDGET}`);
if (sum > BUDGET) process.exit(1);
