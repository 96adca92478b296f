// The accessibility rules on every page and floating thing, in both themes and both directions; and the window's policy: what
// it forbids does not happen on any of them.

import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launch, open } from '../browser.mjs';
import { SCENES } from '../scenes.mjs';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function violations(page: Page, only?: string[]): Promise<string[]> {
  return page.evaluate(async (rules) => {
    const inMenu = (element: Element | null) => element?.closest('[role=menu]') !== null || element.querySelector('[role=menu]') !== null;
    const run = (window as unknown as { axe: typeof axe }).axe.run;
    const results = await run(document, {
      resultTypes: ['violations'],
      ...(rules && { runOnly: { type: 'rule', values: rules } }),
    });
    // A menu stands beside the landmarks while it is open, as the menu-button pattern has it.
    return results.violations.flatMap((v) => v.nodes.filter((node) => v.id !== 'region' || !inMenu(document.querySelector(String(node.target[0])))).map((node) => `${v.id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`));
  }, only);
}

test('the policy of these tests is in force', async () => {
  const { page, faults, close } = await open(browser, inject('url'), 'page=chats');
  await page.evaluate(() => document.head.append(Object.assign(document.createElement('style'), { textContent: 'body { color: red }' })));
  await expect.poll(() => faults.join()).toMatch(/Content Security Policy/);
  await close();
});

test.each(SCENES)('$name keeps the rules in both themes and both directions, within the policy', async (scene) => {
  const { page, faults, close } = await open(browser, inject('url'), `theme=dark&lang=ar-XB&${scene.with}`);
  await scene.act?.(page);
  await page.evaluate(axe.source);
  expect(await page.evaluate(() => document.documentElement.dir)).toBe('rtl');
  expect(await violations(page)).toEqual([]);
  await page.evaluate(() => {
    document.documentElement.dataset['theme'] = 'light';
    document.documentElement.dir = 'ltr';
  });
  expect(await violations(page, ['color-contrast', 'target-size', 'scrollable-region-focusable'])).toEqual([]);
  expect(faults).toEqual([]);
  await close();
});
