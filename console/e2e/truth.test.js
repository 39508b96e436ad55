// What the console says of jobs on a real SLURM that end badly, and of a gateway that is killed. SLURM is the folder of
// bench/slurm/up.sh, whose nodes are hpc and silent; RESTART kills the gateway and starts it again.
import { strict as assert } from 'node:assert';
import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { address, checkAccessibility, launch, logIn, open, shoot, submit, until, untilLive, untilState, useToken } from './browser.js';

const { SLURM, IMAGE, RESTART } = process.env;
const LINES = 100;
let browser;
let opened;
let page;

/** Submits a shell script, as `submit` does for the sandbox. */
function run(name, script, more = {}) {
  return submit(name, script, { node: 'hpc', image: IMAGE, resources: { limits: { cpu: '1', memory: '256Mi' } }, ...more });
}

/** Shows another page without a new login, which a reload would need. */
async function go(path) {
  await page.evaluate((target) => {
    history.pushState(null, '', target);
    dispatchEvent(new PopStateEvent('popstate'));
  }, `/console/${path}`);
}

/** The job's page, once the gateway has reported a reason. */
async function pageOf(name, reason) {
  await until(`${name} ${reason}`, name, (job) => job?.reason === reason);
  await go(`jobs/${name}`);
  await page.getByRole('heading', { name, exact: true }).waitFor();
  const why = page.locator('main .panel').first();
  await page.getByRole('region', { name: /^Log of/ }).waitFor();
  return why;
}

// This gateway has no database, so that it has neither a history nor statistics.
const REFUSED = /^403 GET .*\/(history|statistics)/;

async function finish(name, expected = REFUSED) {
  await checkAccessibility(page, name);
  await shoot(page, `truth-${name}`);
  assert.deepEqual(opened.complaints.splice(0).filter((complaint) => !expected.test(complaint)), []);
}

before(async () => {
  browser = await launch();
  opened = await open(browser, 'jobs');
  page = opened.page;
  const tokens = page.waitForResponse((response) => response.url().endsWith('/token'));
  await logIn(page, 'ada');
  const { access_token: token } = await (await tokens).json();
  useToken(token);
  await untilLive(page);
  await run('walltime', 'echo begun; sleep 600', { slurm: { timeLimit: 'PT1M' } });
  await run('never-ran', 'echo never', { slurm: { flags: '--hold' } });
  await run('unreachable', 'echo begun; sleep 600', { node: 'silent' });
  await run('image-missing', 'true', { image: `${IMAGE}.absent` });
});
after(async () => {
  await opened?.close();
  await browser?.close();
});

test('a success that never ran is no success', async () => {
  await until('never-ran in the queue', 'never-ran', (job) => job?.reason === 'IN_HPC_QUEUE' && job.remoteJobId);
  await go('jobs/never-ran');
  await page.getByText('In the queue of the HPC').first().waitFor();
  const { remoteJobId } = await until('never-ran', 'never-ran', (job) => job?.remoteJobId);
  execFileSync('scancel', [remoteJobId], { env: { ...process.env, SLURM_CONF: `${SLURM}/slurm.conf` } });
  const why = await pageOf('never-ran', 'SUCCESS_UNCONFIRMED');
  await why.getByText('Success not confirmed').waitFor();
  await why.getByText(/interLink reports success, which it also reports for jobs that have not started/).waitFor();
  assert.equal(await page.getByText('Succeeded').count(), 0);
  await finish('never-ran');
});

test('a missing image has its reason, and the runtime’s own words in the log', async () => {
  const why = await pageOf('image-missing', 'IMAGE_UNAVAILABLE');
  await why.getByText('Image unavailable').waitFor();
  await page.getByText(/absent/).first().waitFor();
  await finish('image-missing');
});

test('a node that can’t be reached leaves the last state, and says that it is old', async () => {
  await untilState('unreachable', 'RUNNING');
  writeFileSync(`${SLURM}/silent/plugin-down`, '');
  const why = await pageOf('unreachable', 'NODE_UNREACHABLE');
  await why.getByText('Node unreachable').waitFor();
  await page.getByText('Running', { exact: true }).first().waitFor();
  // Its log can't be read either.
  await finish('unreachable', /^503 GET .*\/jobs\/unreachable\/logs/);
  await go('jobs');
  await page.getByRole('row').filter({ hasText: 'unreachable' }).getByText('out of date').waitFor();
  await go('');
  await page.getByText('Not ready').first().waitFor();
  await finish('overview');
});

test('a gateway that is killed and started again loses no line', async () => {
  await run('followed', `for i in $(seq ${LINES}); do echo "line $i"; sleep 0.5; done`);
  await go('jobs/followed');
  const log = page.getByRole('region', { name: /^Log of/ });
  await log.getByText('line 5', { exact: true }).waitFor({ timeout: 120_000 });
  const [program, ...parameters] = RESTART.split(' ');
  const restarted = promisify(execFile)(program, parameters);
  await page.getByText('Connection lost, trying again').first().waitFor();
  await restarted;
  await untilLive(page);
  await page.getByText(`${LINES} lines · complete`).waitFor({ timeout: 180_000 });
  await page.getByRole('button', { name: 'Copy' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.deepEqual(copied.trim().split('\n'), Array.from({ length: LINES }, (_, index) => `line ${index + 1}`));
  await page.getByText('Succeeded', { exact: true }).first().waitFor();
  opened.complaints.splice(0);
});

test('a job that SLURM ended at its time limit has failed, for this reason', async () => {
  const why = await pageOf('walltime', 'TIME_LIMIT');
  await why.getByText('Time limit').first().waitFor();
  await page.getByText('Failed', { exact: true }).first().waitFor();
  await page.getByText(/begun/).waitFor();
  assert.match(page.url(), new RegExp(`^${address}`));
  await finish('walltime');
});
