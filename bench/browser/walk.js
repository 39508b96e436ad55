// walk.js WALK ADDRESS SHOTS PROFILE: one walk through the Swagger UI of the gateway at ADDRESS,
// `sandbox` or `cluster`. It fails if the browser shows anything but the expected page; PROFILE is
// an empty folder for the browser's data.
const { chromium } = require('playwright-core');
const { strict: assert } = require('node:assert');
const path = require('node:path');

const [walk, address, shots, profile] = process.argv.slice(2);
const PATIENCE = 60_000;
let page;
let number = 0;

async function shoot(name) {
  // The panels open with an animation.
  await page.waitForTimeout(500);
  number += 1;
  await page.screenshot({ path: path.join(shots, `${walk}-${number}-${name}.png`) });
}

async function tryOut(method, route) {
  const block = page.locator(`.opblock-${method}`).filter({ has: page.locator(`[data-path="${route}"]`) });
  await block.locator('.opblock-summary-control').click();
  await block.getByRole('button', { name: 'Try it out' }).click();
  return block;
}

// Waits for the response on the network: the panel may still show the previous one.
async function execute(block, method, expected) {
  const answered = page.waitForResponse(
    (response) => response.url().includes('/api/v1/') && response.request().method() === method, { timeout: PATIENCE });
  await block.locator('.execute').click();
  const response = await answered;
  assert.equal(response.status(), expected, `${method} ${response.url()}`);
  const table = block.locator('.live-responses-table');
  await table.locator('.response-col_status', { hasText: String(expected) }).waitFor();
  await table.scrollIntoViewIfNeeded();
  await page.waitForTimeout(300);
  return table.locator('.response-col_description').last().innerText();
}

async function fill(block, parameter, value) {
  await block.locator(`[data-param-name="${parameter}"] input`).fill(value);
}

async function dialog() {
  await page.locator('.scheme-container .btn.authorize').click();
  return page.locator('.dialog-ux');
}

async function close(opened) {
  await opened.locator('.close-modal').click();
}

async function sandboxWalk() {
  await shoot('start');
  const submit = await tryOut('post', '/api/v1/jobs');
  await shoot('example');
  const job = await execute(submit, 'POST', 201);
  await shoot('submitted');
  const [, name] = job.match(/"name": "([^"]+)"/);

  const log = await tryOut('get', '/api/v1/jobs/{name}/logs');
  await fill(log, 'name', name);
  await log.locator('[data-param-name="follow"] select').selectOption('true');
  assert.match(await execute(log, 'GET', 200), /training with 1024 images at once/);
  await shoot('log');

  const pod = await tryOut('post', '/api/v1/jobs/preflight');
  await pod.locator('.body-param-content-type select, .opblock-section-request-body .content-type').first()
    .selectOption('application/yaml');
  await shoot('pod');
  await execute(pod, 'POST', 200);
}

async function clusterWalk() {
  const jobs = await tryOut('get', '/api/v1/jobs');
  await execute(jobs, 'GET', 401);
  await shoot('stranger');

  let opened = await dialog();
  const login = opened.locator('.auth-container', { hasText: 'OAuth2' });
  await login.scrollIntoViewIfNeeded();
  await shoot('dialog');
  assert.equal(await opened.getByText('Flow:').count(), 1, 'one way to log in');
  const popup = page.waitForEvent('popup');
  await login.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click();
  const keycloak = await popup;
  await keycloak.locator('#username').fill('ada', { timeout: PATIENCE });
  await keycloak.locator('#password').fill('ada');
  number += 1;
  await keycloak.screenshot({ path: path.join(shots, `${walk}-${number}-keycloak.png`) });
  const token = page.context().waitForEvent('response', {
    predicate: (response) => response.url().endsWith('/token'), timeout: PATIENCE });
  await keycloak.locator('#kc-login').click();
  const exchange = await token;
  assert.match(exchange.request().postData(), /code_verifier=/, 'PKCE');
  const accessToken = (await exchange.json()).access_token;
  await login.getByRole('button', { name: 'Remove authorization' }).waitFor({ timeout: PATIENCE });
  await shoot('logged-in');
  await close(opened);

  assert.match(await execute(jobs, 'GET', 200), /"items"/);
  await shoot('jobs');
  await fill(jobs, 'workspace', 'geologists');
  assert.match(await execute(jobs, 'GET', 404), /problems/);
  await shoot('not-hers');
  await fill(jobs, 'workspace', 'astronomers');
  await execute(jobs, 'GET', 200);

  const tokens = await tryOut('post', '/api/v1/tokens');
  await shoot('token-example');
  const made = await execute(tokens, 'POST', 201);
  await shoot('token');
  const [, apiToken] = made.match(/"token": "([^"]+)"/);

  opened = await dialog();
  await login.getByRole('button', { name: 'Remove authorization' }).click();
  await close(opened);
  await execute(jobs, 'GET', 401);

  for (const [kind, value] of [['api-token', apiToken], ['access-token', accessToken]]) {
    opened = await dialog();
    const bearer = opened.locator('form').filter({ has: page.locator('#auth-bearer-value') });
    await bearer.locator('#auth-bearer-value').fill(value);
    await opened.getByRole('button', { name: 'Apply credentials' }).click();
    await opened.getByRole('button', { name: 'Remove authorization' }).waitFor();
    await shoot(`${kind}-given`);
    await close(opened);
    await execute(jobs, 'GET', 200);
    opened = await dialog();
    await opened.getByRole('button', { name: 'Remove authorization' }).click();
    await close(opened);
  }
  await execute(jobs, 'GET', 401);
}

(async () => {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1280, height: 1000 },
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  const complaints = [];
  context.on('weberror', (error) => complaints.push(error.error().message));
  // The browser logs every response above 399 as an error; expected ones are checked elsewhere.
  context.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text());
    }
  });
  try {
    page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`${address}/swagger-ui.html`);
    await page.locator('.opblock').first().waitFor();
    await (walk === 'sandbox' ? sandboxWalk() : clusterWalk());
    assert.deepEqual(complaints, [], 'the browser complains of nothing');
    console.log(`${walk}: ${number} screenshots, as expected`);
  } catch (failure) {
    await page.screenshot({ path: path.join(shots, `${walk}-failed.png`) });
    throw failure;
  } finally {
    await context.close();
  }
})();
