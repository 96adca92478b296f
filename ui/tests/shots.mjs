// Pictures of every page for a designer's eye: `npm run shots [PATTERN…]` writes to shots/; a pattern such as
// `chat-.*` or `.*-dark` chooses.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launch, open } from './browser.mjs';
import { SCENES } from './scenes.mjs';
import { serve } from './serve.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2);
const looks = [
  ['', 'theme=light&lang=en', 1.5],
  ['-dark', 'theme=dark&lang=en', 1.5],
  ['-de', 'theme=light&lang=de', 1.5],
  ['-200', 'theme=light&lang=en', 2, { width: 480, height: 320 }],
  ['-320', 'theme=dark&lang=de', 1.5, { width: 320, height: 480 }],
  ['-rtl', 'theme=dark&lang=ar-XB', 1.5],
];
mkdirSync(`${root}/shots`, { recursive: true });
const server = await serve(`${root}/dist-designer`);
const browser = await launch();

async function shot(scene, [suffix, look, scale, size]) {
  const { page, faults, close } = await open(browser, server.url, `${look}&${scene.with}`, { scale, ...(size && { size }) });
  try {
    await scene.act?.(page);
    await page.waitForTimeout(250);
  } catch (thrown) {
    faults.push(String(thrown));
  }
  await page.screenshot({ path: `${root}/shots/${scene.name}${suffix}.png` });
  for (const fault of faults) console.log(`${scene.name}${suffix}: ${fault}`);
  await close();
}

const waiting = SCENES.flatMap((scene) => looks.map((look) => [scene, look]))
  .filter(([scene, [suffix]]) => wanted.length === 0 || wanted.some((pattern) => new RegExp(`^${pattern}$`).test(`${scene.name}${suffix || '-light'}`)));
await Promise.all(Array.from({ length: 3 }, async () => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await shot(...next);
}));
await browser.close();
await server.close();
