// Login at a real Keycloak, as ada, who is a submitter in the workspace astronomers.
import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { address, checkAccessibility, launch, logIn, open, shoot, untilLive } from './browser.js';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Everything that the browser keeps of the page. */
function kept(page) {
  return page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie]));
}

test('a person logs in by code and PKCE, and tokens are in memory alone', async () => {
  const { page, complaints, close } = await open(browser, 'jobs?text=gan');
  await page.getByRole('button', { name: /^Log in at/ }).waitFor();
  await checkAccessibility(page, 'login');
  await shoot(page, 'login');
  const exchanged = page.waitForRequest((request) => request.url().endsWith('/token'));
  await logIn(page, 'ada');
  assert.match((await exchanged).postData(), /code_verifier=/);

  await page.getByRole('heading', { name: 'Jobs' }).waitFor();
  assert.match(page.url(), /\/console\/jobs\?text=gan$/);
  await page.getByText('Your role here: submitter').waitFor();
  await untilLive(page);
  assert.equal(await kept(page), '[{},{},""]');
  await checkAccessibility(page, 'logged in');

  await page.getByRole('link', { name: 'MLflow credentials' }).click();
  await page.getByText('Only an admin of the workspace can store one.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'New credential' }).count(), 0);

  // A token that is refused is renewed, and nothing is lost.
  let refused = 0;
  await page.route('**/api/v1/nodes', (route) => (refused++ === 0 ? route.fulfill({ status: 401, json: {} }) : route.continue()));
  const renewal = page.waitForRequest((request) => request.url().endsWith('/token'));
  await page.getByRole('link', { name: 'Nodes' }).click();
  assert.match((await renewal).postData(), /grant_type=refresh_token/);
  await page.getByRole('heading', { name: 'vega-new-vk' }).waitFor();

  await page.getByRole('link', { name: 'New job' }).click();
  await page.getByLabel('Name', { exact: true }).fill('by-login');
  await page.getByLabel('Image', { exact: true }).fill('/images/busybox.sif');
  await page.getByLabel('Node', { exact: true }).selectOption('vega-new-vk');
  // The node has no kubelet here, which the finding at its field says.
  await page.getByText('The node "vega-new-vk" is not ready').waitFor();
  await shoot(page, 'node-not-ready');

  // The issuer knows the browser: no password again.
  await page.reload();
  await page.getByRole('button', { name: /^Log in at/ }).click();
  await page.getByRole('heading', { name: 'New job' }).waitFor();

  await page.getByRole('link', { name: 'API tokens' }).click();
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByLabel('Name', { exact: true }).fill('console test');
  await page.getByRole('button', { name: 'Create token' }).click();
  const token = await page.getByRole('status').locator('code').first().innerText();
  await checkAccessibility(page, 'token');
  await page.getByRole('button', { name: 'Log out' }).click();

  await page.getByText('Use an API token').click();
  await page.getByLabel('API token').fill(`${token}x`);
  await page.getByRole('button', { name: 'Log in with this token' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('API token').fill(token);
  await page.getByRole('button', { name: 'Log in with this token' }).click();
  await page.getByText('Your role here: viewer').waitFor();
  assert.equal(await page.getByRole('link', { name: 'New job' }).count(), 0);
  assert.equal(await page.getByRole('button', { name: 'New token' }).count(), 0);
  assert.equal(await kept(page), '[{},{},""]');
  // This gateway has no database, so that it has neither a history nor statistics.
  assert.deepEqual(complaints.filter((complaint) => !/^401 |^403 GET .*\/(history|statistics)/.test(complaint)), []);
  await close();
});

test('a code that this tab did not ask for is refused', async () => {
  const { page, close } = await open(browser, 'signed-in?code=stolen&state=none');
  await page.getByText('The login failed. This tab did not start a login.').waitFor();
  assert.equal(new URL(page.url()).pathname, '/console/');
  assert.equal(page.url().startsWith(address), true);
  await close();
});
