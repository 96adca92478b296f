// The end of a chat stays in sight: what stands below the last text, too.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launch, open } from '../browser.mjs';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test('what can be done with a text that waits is seen in a small window, without going to the end', async () => {
  const { page, close } = await open(browser, inject('url'), 'chat=sip:farid.mansour@contoso.example', { size: { width: 320, height: 480 } });
  await page.fill('textarea', 'Have a look at the firewall');
  await page.locator('.hint .button').click();
  await page.locator('.acts').waitFor();
  await page.fill('textarea', 'And one more');
  await expect.poll(() => page.evaluate(() => {
    const [acts, log] = ['.acts', '.log'].map((which) => document.querySelector(which)?.getBoundingClientRect());
    return (acts?.bottom ?? 0) <= (log?.bottom ?? 0);
  })).toBe(true);
  expect(await page.locator('.jump').count()).toBe(0);
  await close();
});
