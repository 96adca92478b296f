// The marks: at 16 px and without colour each differs from each other; and each theme carries enough contrast.

import { PNG } from 'pngjs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launch, open } from '../browser.mjs';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const STATES = ['available', 'available-idle', 'busy', 'busy-idle', 'do-not-disturb', 'be-right-back', 'away', 'offline', 'unknown'];
/** Mean difference of grey, of 255, that two marks have at least; equal ones have 0, the nearest honest pair about 20. */
const DIFFERENT = 12;

describe.each(['light', 'dark'])('in the %s theme', (theme) => {
  test('every mark differs from every other at 16 px in greyscale', async () => {
    const { page, close } = await open(browser, inject('url'), `theme=${theme}&marks`);
    const grey = new Map<string, number[]>();
    for (const stale of ['', '-stale']) {
      for (const state of STATES) {
        const picture = PNG.sync.read(await page.locator(`[data-mark="${state}${stale}"]`).screenshot());
        const values: number[] = [];
        for (let i = 0; i < picture.data.length; i += 4) {
          values.push(0.2126 * (picture.data[i] ?? 0) + 0.7152 * (picture.data[i + 1] ?? 0) + 0.0722 * (picture.data[i + 2] ?? 0));
        }
        grey.set(state + stale, values);
      }
    }
    await close();
    const alike: string[] = [];
    const names = [...grey.keys()];
    names.forEach((a, i) => {
      for (const b of names.slice(i + 1)) {
        // A stale mark is the same shape as its fresh one on purpose; shapes that are outlines anyway differ by colour and word.
        if (a === b.replace('-stale', '')) continue;
        const one = grey.get(a) ?? [];
        const other = grey.get(b) ?? [];
        const difference = one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0) / one.length;
        if (difference < DIFFERENT) alike.push(`${a} and ${b}: ${difference.toFixed(1)}`);
      }
    });
    expect(alike).toEqual([]);
  });

  test('colours of meaning have the contrast that they need on every surface they stand on', async () => {
    const { page, close } = await open(browser, inject('url'), `theme=${theme}&marks`);
    const low = await page.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
      const luminance = (name: string) => {
        probe.fillStyle = style.getPropertyValue(name).trim();
        probe.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...probe.getImageData(0, 0, 1, 1).data].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
      };
      const contrast = (a: string, b: string) => {
        const [x, y] = [luminance(a), luminance(b)];
        return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
      };
      const surfaces = ['--surface', '--panel', '--selected', '--hover', '--rail', '--bubble'];
      const need: [string, string[], number][] = [
        ...['--text', '--muted'].map((t): [string, string[], number] => [t, surfaces, 4.5]),
        ['--error', ['--surface', '--panel', '--selected'], 4.5],
        ['--accent', ['--surface', '--panel', '--selected'], 4.5],
        ['--lync', ['--surface', '--panel', '--selected'], 4.5],
        ['--xmpp', ['--surface', '--panel', '--selected'], 4.5],
        ['--on-accent', ['--accent', '--accent-strong'], 4.5],
        ['--control-line', ['--surface', '--panel'], 3],
        ...['available', 'busy', 'dnd', 'away', 'offline'].map((p): [string, string[], number] => [`--presence-${p}`, surfaces, 3]),
        ...Array.from({ length: 10 }, (_, i): [string, string[], number] => ['--white', [`--person-${i}`], 4.5]),
      ];
      return need.flatMap(([ink, grounds, least]) => grounds.filter((g) => contrast(ink, g) < least).map((g) => `${ink} on ${g}: ${contrast(ink, g).toFixed(2)} < ${least}`));
    });
    await close();
    expect(low).toEqual([]);
  });
});

test('with forced colours the shapes stay', async () => {
  const { page, close } = await open(browser, inject('url'), 'marks', { forcedColors: 'active' });
  const colour = await page.locator('[data-mark="busy"] svg').evaluate((svg) => getComputedStyle(svg).color);
  expect(colour).not.toBe('rgb(196, 43, 51)');
  await close();
});

test('the names that screen readers say end with the word of the presence', async () => {
  const { page, close } = await open(browser, inject('url'), 'page=people&lang=en', { size: { width: 960, height: 1800 } });
  await page.waitForSelector('[role=treeitem]');
  const names = await page.locator('[role=treeitem][aria-level="2"]').evaluateAll((rows) => rows.map((row) => {
      const copy = row.cloneNode(true) as HTMLElement;
      for (const silent of copy.querySelectorAll('[aria-hidden="true"]')) silent.remove();
      const words = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
      const said: string[] = [];
      while (words.nextNode()) said.push(words.currentNode.nodeValue ?? '');
      return said.join(' ').replace(/\s+/g, ' ').trim();
    }));
  for (const name of names) expect(name).toMatch(/(Available|Inactive|Busy|Busy, inactive|Do not disturb|Be right back|Away|Off work|Offline|Presence unknown)$/);
  expect(names).toMatchSnapshot();
  await close();
});
