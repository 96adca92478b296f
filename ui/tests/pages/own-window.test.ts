// A chat in a window of its own, and the card of people who are on no list.

import { expect, test } from 'vitest';
import { pages } from './open';

const { start, page, see, text } = pages();
const BEN = 'sip:ben.rodman@contoso.example';

test('Ctrl+Enter in the switcher opens a chat in a window of its own', async () => {
  await start(`chat=${BEN}`);
  await page().keyboard.press('Control+k');
  await page().keyboard.type('olaf e');
  await page().locator('[role=listbox] .active', { hasText: 'Olaf Ek' }).waitFor();
  const [own] = await Promise.all([page().context().waitForEvent('page'), page().keyboard.press('Control+Enter')]);
  await own.waitForSelector('.composer textarea');
  expect(await own.locator('header h1').innerText()).toBe('Olaf Ek');
  expect(await own.locator('.rail').count()).toBe(0);
  // The chat that was open in the main window stays there.
  expect(await text('header h1')).toBe('Ben Rodman');
});

test('the window of a chat sends, shows the card, and knows no other pages', async () => {
  await start(`own=${BEN}`);
  await page().waitForSelector('.composer textarea:focus');
  await page().keyboard.type('From my own window');
  await page().keyboard.press('Enter');
  await page().locator('article.own', { hasText: 'From my own window' }).locator('.state', { hasText: 'Delivered' }).waitFor();
  await page().keyboard.press('Alt+2');
  await page().keyboard.press('Control+k');
  await page().keyboard.press('Control+i');
  await page().waitForSelector('.contact.placed');
  expect(await text('header h1')).toBe('Ben Rodman');
  expect(await page().locator('.dialog, [role=tree]').count()).toBe(0);
});

test('the card of somebody in the directory has their name and presence', async () => {
  await start('page=people');
  await page().fill('main input', 'caroline');
  const found = page().locator('section li').first();
  const name = await found.locator('.name').innerText();
  await found.locator('.avatar').hover();
  await page().waitForSelector('.contact.placed');
  expect(await text('.contact .name')).toBe(name);
  await page().waitForFunction(() => document.querySelector('.contact .state')?.textContent !== 'Presence unknown');
});

test('a card over a dialog can be used without closing it', async () => {
  await start(`chat=${BEN}`);
  await page().keyboard.press('Control+k');
  await page().keyboard.type('carla');
  await page().locator('[role=listbox] .active', { hasText: 'Carla Weiss' }).locator('.avatar').hover();
  await page().waitForSelector('.contact.placed');
  await page().locator('.contact .button', { hasText: 'Message' }).click();
  await see('Carla Weiss');
  await page().waitForSelector('.dialog', { state: 'detached' });
  expect(await text('header h1')).toBe('Carla Weiss');
});
