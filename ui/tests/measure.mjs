// How quick the page is with much in it: `npm run measure` prints a table. Milliseconds; the page's own clock, system's Chromium.

import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';
import { serve } from './serve.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** From the switcher; the last key is the one that is timed. */
const OLAF = ['Control+k', 'o', 'l', 'a', 'f', ' ', 'e', 'Enter'];
const BEN = 'chat=sip:ben.rodman@contoso.example';
const CASES = [
  { name: 'people, usual', with: 'page=bridge', keys: ['Alt+2'], rows: '[role=treeitem]', scroll: '#people' },
  { name: 'people, 5,000', with: 'page=bridge&people=5000', keys: ['Alt+2'], rows: '[role=treeitem]', scroll: '#people' },
  { name: 'chats, usual', with: 'page=bridge', keys: ['Alt+1'], rows: '[role=option]', scroll: '#chats' },
  { name: 'chats, 300 unread', with: 'page=bridge&people=400&chats=300', keys: ['Alt+1'], rows: '[role=option]', scroll: '#chats' },
  { name: 'one chat of 1,000 texts, with its page', with: 'page=bridge&texts=1000', keys: OLAF, rows: '.log.placed article', scroll: '.log', up: true },
  { name: 'the same, from another chat', with: `${BEN}&texts=1000`, keys: OLAF, rows: '.log.placed article', title: 'Olaf Ek', scroll: '.log', up: true },
  { name: 'the same, there and back before', with: `${BEN}&texts=1000`, keys: [...OLAF, 'Control+Tab', 'Control+Tab'], rows: '.log.placed article', title: 'Olaf Ek', scroll: '.log', up: true },
  { name: 'one chat, 10,000 texts', with: 'page=bridge&texts=10000', keys: OLAF, rows: '.log.placed article', scroll: '.log', up: true },
  { name: 'one chat, a text of 1 MB', with: 'page=bridge&big=1000000', keys: OLAF, rows: '.log.placed article', scroll: '.log', up: true },
  { name: 'the same, all of it shown', with: 'page=bridge&big=1000000', keys: OLAF, rows: '.log.placed article', scroll: '.log', up: true, all: true },
];

const server = await serve(`${root}/dist-designer`);
const browser = await launch();

async function fresh(parameters) {
  const context = await browser.newContext({ viewport: { width: 960, height: 640 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.addInitScript(() => {
    /** From the next key to the painted rows. */
    window.fromKeyTo = ([selector, title]) => {
      const there = () => document.querySelector(selector) && (!title || document.querySelector('header h1')?.textContent === title);
      window.painted = new Promise((resolve) => addEventListener('keydown', () => {
        const from = performance.now();
        const look = () => (there() ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from))) : setTimeout(look));
        look();
      }, { once: true, capture: true }));
    };
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
for (const { name, with: parameters, keys, rows, title = null, scroll, up = false, all = false } of CASES) {
  const { page, close } = await fresh(`still&${parameters}`);
  await page.locator('main h1').waitFor();
  // What comes after the first paint is there.
  await page.waitForTimeout(1_500);
  for (const key of keys.slice(0, -1)) {
    if (key === 'Enter') await page.locator('[role=listbox] [role=option].active', { hasText: 'Olaf Ek' }).last().waitFor();
    await page.keyboard.press(key);
    if (key === 'Enter' || key === 'Control+Tab') await page.waitForTimeout(600);
  }
  if (keys.at(-1) === 'Enter') await page.locator('[role=listbox] [role=option]', { hasText: 'Olaf Ek' }).last().waitFor();
  await page.evaluate((what) => window.fromKeyTo(what), [rows, title]);
  await page.keyboard.press(keys.at(-1));
  const painted = await page.evaluate(() => window.painted);
  let whole = null;
  if (all) {
    // The longest of its pieces.
    whole = 0;
    while ((await page.locator('article .link').count()) > 0) {
      const took = await page.evaluate(() => new Promise((done) => {
        const before = performance.now();
        document.querySelector('article .link').click();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - before)));
      }));
      whole = Math.max(whole, Math.round(took));
    }
  }
  const frames = await scrolled(page, scroll, up);
  out.push({ case: name, 'key to rows': Math.round(painted), 'piece': whole ?? '–', 'frame median': at(frames, 0.5), '95 %': at(frames, 0.95), worst: at(frames, 1), 'over 34 ms': frames.filter((f) => f > 34).length, rows: await page.locator(rows).count() });
  await close();
}

/** From each of 60 presses of a key to its letter on the screen. */
async function typed(page, selector) {
  const waits = [];
  for (let i = 0; i < 60; i += 1) {
    await page.evaluate((selector) => {
      window.pressed = new Promise((resolve) => document.querySelector(selector).addEventListener('keydown', () => {
        const from = performance.now();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)));
      }, { once: true }));
    }, selector);
    await page.keyboard.press('a');
    waits.push(await page.evaluate(() => window.pressed));
  }
  waits.sort((a, b) => a - b);
  return { 'frame median': at(waits, 0.5), '95 %': at(waits, 0.95), worst: at(waits, 1) };
}

{
  // The floor: the next frame of a page that has nothing to do comes after up to 17 ms, too.
  const { page, close } = await fresh('');
  await page.setContent('<textarea></textarea>');
  await page.focus('textarea');
  out.push({ case: 'key to character, empty page', ...(await typed(page, 'textarea')) });
  await close();
}
{
  const { page, close } = await fresh(`rate=50&people=5000&${BEN}`);
  await page.waitForSelector('.composer textarea:focus');
  await page.waitForTimeout(1_500);
  out.push({ case: 'key to character, 50 events/s, 5,000 people', ...(await typed(page, '.composer textarea')) });
  await close();
}
console.table(out);
await browser.close();
await server.close();
