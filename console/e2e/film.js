// film.js FILE: pictures of a job from its submission to its time limit, in the sandbox at GATEWAY, joined in one PNG.
import { clear, jobOf, launch, open, submit, until } from './browser.js';

const [file] = process.argv.slice(2);
const SIZE = { width: 1060, height: 680 };
/** The width of the menu, which is left out. */
const MENU = 208;
const COLUMNS = 3;
const SCRIPT = `for i in $(seq 200); do printf '\\033[36mepoch %3d\\033[0m  loss 0.%03d  \\033[32mcheckpoint written\\033[0m\\n' $i $((9000 / (i + 9))); sleep 0.7; done`;

/** The frames: what is written below each, and how long after the start it is taken, in seconds. */
const FRAMES = [
  { after: 2, text: 'Just started: the time limit ends it in a minute' },
  { after: 30, text: 'Half a minute later' },
  { after: 55, text: 'Five seconds left' },
];

await clear();
const browser = await launch();
const { page } = await open(browser, 'submit', { viewport: SIZE, colorScheme: 'light' });
const pictures = [];

async function take(text) {
  pictures.push({ text, data: (await page.screenshot({ clip: { x: MENU, y: 0, width: SIZE.width - MENU, height: SIZE.height } })).toString('base64') });
}

await page.getByLabel('Name', { exact: true }).fill('3dgan-train');
await page.getByLabel('Image', { exact: true }).fill('/ceph/hpc/images/itwinai.sif');
await page.getByLabel('Script', { exact: true }).fill('itwinai exec-pipeline');
await page.getByText('Ready to submit').waitFor();
await take('Before: findings as one types');
await submit('3dgan-train', SCRIPT, { image: '/ceph/hpc/images/itwinai.sif', slurm: { partition: 'gpu', timeLimit: 'PT1M' } });
await page.goto(`${process.env.GATEWAY}/console/jobs/3dgan-train`);
await page.getByText('Running', { exact: true }).first().waitFor();
const started = Date.parse((await jobOf('3dgan-train')).startedAt);
for (const { after, text } of FRAMES) {
  await page.waitForTimeout(Math.max(0, started + after * 1000 - Date.now()));
  await take(text);
}
await until('ended', '3dgan-train', (job) => job?.state === 'FAILED');
await page.getByText('Failed', { exact: true }).first().waitFor();
await page.waitForTimeout(1500);
await take('Ended: why, what to do, and how that is known');
await page.getByRole('tab', { name: 'Changes' }).click();
await page.getByRole('cell').first().waitFor();
await take('Each change of its state');

const strip = await browser.newPage({ viewport: { width: COLUMNS * 500, height: 100 } });
await strip.setContent(`<style>
  body { margin: 0; padding: 10px; display: grid; grid-template-columns: repeat(${COLUMNS}, 1fr); gap: 10px; background: #fff; font: 14px system-ui, 'DejaVu Sans', sans-serif }
  figure { margin: 0 } img { width: 100%; display: block; border: 1px solid #dfe3e8; border-radius: 6px } figcaption { padding: 5px 2px; color: #1b2026 }
</style>${pictures.map(({ text, data }, index) => `<figure><img src="data:image/png;base64,${data}"><figcaption>${index + 1}. ${text}</figcaption></figure>`).join('')}`);
await strip.screenshot({ path: file, fullPage: true });
await browser.close();
