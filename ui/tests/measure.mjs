// How quick the page is with much in it: `npm run measure` prints a table. Milliseconds; the page's own clock, system's Chromium.

import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';
import { serve } from './serve.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const OLAF = 'chat=sip:olaf.ek@contoso.example';
const CASES = [
  { name: 'usual', with: 'page=people', rows: '[role=treeitem]', scroll: '#people' },
  { name: '5,000 people', with: 'page=people&people=5000', rows: '[role=treeitem]', scroll: '#people' },
  { name: '300 unread chats', with: 'page=chats&people=400&chats=300', rows: '[role=option]', scroll: '#chats' },
  { name: '10,000 texts in a chat', with: `${OLAF}&texts=10000`, rows: '.log.placed article', scroll: '.log', up: true },
  { name: 'a text of 1 MB', with: `${OLAF}&big=1000000`, rows: '.log.placed article', scroll: '.log', up: true },
  { name: 'a text of 1 MB, shown whole', with: `${OLAF}&big=1000000`, rows: '.log.placed article', scroll: '.log', up: true, all: true },
];

const server = await serve(`${root}/dist-designer`);
const browser = await launch();

async function fresh(parameters) {
  const context = await browser.newContext({ viewport: { width: 960, height: 640 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.seen = (selector) => new Promise((resolve) => {
      const look = () => (document.querySelector(selector) ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now()))) : requestAnimationFrame(look));
      look();
    });
  });
  await page.goto(`${server.url}?lang=en&theme=light&${parameters}`);
  return { page, close: () => context.close() };
}

/** Frames while 12,000 px are scrolled in steps of 100. */
function scrolled(page, selector, up) {
  return page.evaluate(([selector, up]) => new Promise((resolve) => {
    const list = document.querySelector(selector);
    const frames = [];
    let last = performance.now();
    let steps = 0;
    const step = (now) => {
      frames.push(now - last);
      last = now;
      list.scrollTop += up ? -100 : 100;
      steps += 1;
      if (steps < 120) requestAnimationFrame(step);
      else resolve(frames.slice(2).sort((a, b) => a - b));
    };
    requestAnimationFrame(step);
  }), [selector, up]);
}

const at = (sorted, share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
const out = [];
for (const { name, with: parameters, rows, scroll, up = false, all = false } of CASES) {
  const { page, close } = await fresh(`still&${parameters}`);
  const painted = await page.evaluate((selector) => window.seen(selector), rows);
  let whole = null;
  if (all) {
    const before = await page.evaluate(() => performance.now());
    while ((await page.locator('article .link').count()) > 0) await page.locator('article .link').last().click();
    whole = Math.round((await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now())))))) - before);
  }
  const frames = await scrolled(page, scroll, up);
  out.push({ case: name, 'first rows': Math.round(painted), 'whole text': whole ?? '', 'frame median': at(frames, 0.5), '95 %': at(frames, 0.95), worst: at(frames, 1), 'over 34 ms': frames.filter((f) => f > 34).length, rows: await page.locator(rows).count() });
  await close();
}
{
  const { page, close } = await fresh(`rate=50&people=5000&chat=sip:ben.rodman@contoso.example`);
  await page.waitForSelector('.composer textarea:focus');
  const waits = [];
  for (let i = 0; i < 60; i += 1) {
    await page.evaluate(() => {
      window.pressed = new Promise((resolve) => document.querySelector('.composer textarea').addEventListener('keydown', () => {
        const from = performance.now();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)));
      }, { once: true }));
    });
    await page.keyboard.press('a');
    waits.push(await page.evaluate(() => window.pressed));
  }
  waits.sort((a, b) => a - b);
  out.push({ case: 'key to character, 50 events/s, 5,000 people', 'frame median': at(waits, 0.5), '95 %': at(waits, 0.95), worst: at(waits, 1) });
  await close();
}
console.table(out);
await browser.close();
await server.close();
