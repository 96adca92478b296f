// Chromium of the system, headless; CAUSEWAY_CHROMIUM names another one.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const KNOWN = [process.env['CAUSEWAY_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export async function launch() {
  const executablePath = KNOWN.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) throw new Error('No Chromium found: apt-get install chromium, or set CAUSEWAY_CHROMIUM.');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--font-render-hinting=none'] });
}

/** The moment at which every picture is taken. */
export const NOW = new Date('2026-11-21T14:03:00+01:00');

/** A page of the fake that stands still. Violations of the policy and errors are gathered. */
export async function open(browser, url, parameters, { size = { width: 960, height: 640 }, scale = 1, ...more } = {}, before) {
  const context = await browser.newContext({ viewport: size, deviceScaleFactor: scale, locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', ...more });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/i.test(message.text())) faults.push(message.text());
  });
  if (before !== undefined) await page.addInitScript(before);
  await page.clock.setFixedTime(NOW);
  await page.goto(`${url}?still&${parameters}`);
  // In a narrow window the page with the list has no visible main part.
  await page.waitForSelector('main:not(.opening)', { state: 'attached' });
  return { page, faults, close: () => context.close() };
}
