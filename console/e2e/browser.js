// The browser of the tests, and the sandbox's jobs for them.
import { strict as assert } from 'node:assert';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const address = process.env.GATEWAY;
export const shots = process.env.SHOTS;

/** Starts Chromium. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

/** Opens a page of the console, with the options of a browser context and the origin of the gateway. Its complaints are errors of scripts and of the content security policy, and refusals. */
export async function open(browser, path, { origin = address, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, colorScheme: 'dark', ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text());
    }
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  await page.goto(`${origin}/console/${path}`);
  return { page, context, complaints, close: () => context.close() };
}

/** Fails if axe finds anything against WCAG 2.2 AA or its best practices. */
export async function checkAccessibility(page, view) {
  // Not as a script of the page, which the content security policy forbids.
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document));
  assert(passes.length > 10, 'axe has looked');
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`);
  assert.deepEqual(found, [], view);
}

/** A screenshot, if a folder for it is named. */
export async function shoot(page, name) {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` });
}

/** Logs in at Keycloak, where a user's password is the name. */
export async function logIn(page, user) {
  await page.getByRole('button', { name: /^Log in at/ }).click();
  await page.locator('#username').fill(user);
  await page.locator('#password').fill(user);
  await page.locator('#kc-login').click();
}

/** Waits until events arrive. */
export function untilLive(page) {
  return page.locator('#navigation').getByText('Live', { exact: true }).waitFor();
}

let authorization = {};

/** Submits jobs and reads them with a token. */
export function useToken(token) {
  authorization = { Authorization: `Bearer ${token}` };
}

async function api(method, path, body) {
  const response = await fetch(`${address}/api/v1${path}`, {
    method,
    headers: { ...authorization, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  assert(response.ok || response.status === 404, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
  return response;
}

/** Submits a job whose script is a shell text. */
export async function submit(name, script, more = {}) {
  const response = await api('POST', '/jobs', {
    name, node: 'sandbox', image: '/images/busybox.sif', command: ['/bin/sh', '-c'], args: [script],
    resources: { limits: { cpu: '1', memory: '1Gi' } }, ...more,
  });
  return response.json();
}

export async function jobOf(name) {
  const response = await api('GET', `/jobs/${name}`);
  return response.status === 404 ? undefined : response.json();
}

/** Deletes all jobs. */
export async function clear() {
  for (;;) {
    const { items } = await (await api('GET', '/jobs?limit=500')).json();
    if (items.length === 0) return;
    for (const { name } of items) await api('DELETE', `/jobs/${name}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Waits until a job is as expected, and returns it. */
export async function until(expected, name, isExpected) {
  let job;
  for (const end = Date.now() + 300_000; Date.now() < end; ) {
    job = await jobOf(name);
    if (isExpected(job)) return job;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`not ${expected}: ${JSON.stringify(job)}`);
}

/** Waits until a job is in a state. */
export function untilState(name, state) {
  return until(`${name} ${state}`, name, (job) => job?.state === state);
}
