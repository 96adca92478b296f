// One browser for a file of tests, one page for each of them; a test in which the page complained has failed.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { launch, open } from '../browser.mjs';

export function pages() {
  let browser: Browser;
  let current: { page: Page; faults: string[]; close: () => Promise<void> } | undefined;
  const page = (): Page => {
    if (current === undefined) throw new Error('no page was started');
    return current.page;
  };
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    const faults = current?.faults ?? [];
    await current?.close();
    current = undefined;
    expect(faults).toEqual([]);
  });
  return {
    page,
    /** `before` runs in the page before anything else does; then the language is left to it as well. */
    start: async (parameters: string, look = {}, before?: () => void): Promise<void> => {
      current = await open(browser, inject('url'), before === undefined ? `lang=en&${parameters}` : parameters, look, before);
    },
    text: (selector: string) => page().locator(selector).innerText(),
    see: (words: string | RegExp) => page().getByText(words).first().waitFor(),
  };
}
