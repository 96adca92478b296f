// The main tasks by keyboard alone, and what must not happen.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { launch, open } from '../browser.mjs';

let browser: Browser;
let page: Page;
let faults: string[];
let close: () => Promise<void>;
const BEN = 'chat=sip:ben.rodman@contoso.example';

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
async function start(parameters: string, look = {}): Promise<void> {
  ({ page, faults, close } = await open(browser, inject('url'), `lang=en&${parameters}`, look));
}
afterEach(async () => {
  expect(faults).toEqual([]);
  await close();
});
const text = (selector: string) => page.locator(selector).innerText();
const see = (words: string | RegExp) => page.getByText(words).first().waitFor();

describe('by keyboard alone', () => {
  test('a person finds somebody and writes to them', async () => {
    await start('page=people');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('hanna');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.composer textarea:focus');
    await page.keyboard.type('Good morning');
    await page.keyboard.press('Enter');
    await see('Good morning');
    await page.locator('article .state', { hasText: 'Delivered' }).waitFor();
    expect(await page.inputValue('.composer textarea')).toBe('');
  });

  test('walks the tree, opens and closes a group, opens a card and a chat', async () => {
    await start('page=people');
    await page.locator('#people').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('[role=treeitem]').first().getAttribute('aria-expanded')).toBe('false');
    await page.keyboard.press('Space');
    await page.keyboard.type('eun');
    await page.keyboard.press('Control+i');
    await page.waitForSelector('.contact.placed');
    expect(await text('.contact .name')).toBe('Eun-ji Oh');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.contact', { state: 'detached' });
    await page.keyboard.press('Enter');
    await page.waitForSelector('.composer textarea');
    expect(await text('header h1')).toBe('Eun-ji Oh');
  });

  test('sets the status with a note', async () => {
    await start(BEN);
    await page.keyboard.press('Control+Shift+N');
    await page.waitForSelector('#own-note:focus');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Back at four');
    await page.keyboard.press('Control+Shift+S');
    await page.locator('input[value="do-not-disturb"]').focus();
    await page.keyboard.press('Space');
    await page.locator('.dialog button[type=submit]').focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('.dialog', { state: 'detached' });
    expect(await text('.rail .own')).toContain('Do not disturb');
    expect(await page.getAttribute('.rail .own', 'title')).toBe('Back at four');
  });

  test('pauses and resumes the bridge', async () => {
    await start('page=bridge');
    await page.keyboard.press('Control+Shift+P');
    await see('Paused until you resume it');
    await page.keyboard.press('Control+Shift+P');
    await see('On: status and messages cross');
  });

  test('finds a text of long ago in the history and goes there', async () => {
    await start('page=chats&texts=3000');
    await page.keyboard.press('Control+Shift+F');
    await page.keyboard.type('Text 700:');
    await page.waitForSelector('#history-list li');
    await page.keyboard.press('Enter');
    await page.locator('article.marked', { hasText: 'Text 700:' }).waitFor();
  });

  test('answers a failed text: takes it back, changes it, sends it', async () => {
    await start(BEN);
    await page.locator('article.failed').waitFor();
    await page.locator('.composer textarea').focus();
    await page.keyboard.press('ArrowUp');
    expect(await page.inputValue('.composer textarea')).toBe('Room 4 is taken, let us use the small one on the third floor');
    await page.keyboard.press('Enter');
    await page.locator('article.failed').waitFor({ state: 'detached' });
    await page.locator('article .state', { hasText: 'Delivered' }).last().waitFor();
  });

  test('changes a setting by its search, and a locked one says why it is locked', async () => {
    await start('page=settings');
    await page.locator('header input').focus();
    await page.keyboard.type('days');
    const days = page.locator('#set-history-days');
    expect(await days.getAttribute('readonly')).not.toBeNull();
    const described = (await days.getAttribute('aria-describedby')) ?? '';
    expect(await text(`[id="${described.split(' ').at(-1)}"]`)).toContain('Set by your organisation');
  });

  test('walks the panes with F6 and the pages with Alt', async () => {
    await start(BEN);
    await page.keyboard.press('F6');
    const pane = () => page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset['pane']);
    const seen = [await pane()];
    for (let i = 0; i < 2; i += 1) {
      await page.keyboard.press('F6');
      seen.push(await pane());
    }
    expect(seen.sort()).toEqual(['list', 'main', 'rail']);
    await page.keyboard.press('Alt+3');
    await page.locator('h1', { hasText: 'Bridge' }).waitFor();
  });

  test('every focus is seen', async () => {
    await start('page=settings');
    for (let i = 0; i < 12; i += 1) {
      await page.keyboard.press('Tab');
      const ring = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement ?? document.body);
        const around = getComputedStyle(document.activeElement?.parentElement ?? document.body);
        return [style, around].some((s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2);
      });
      expect(ring, `press ${i + 1}`).toBe(true);
    }
  });

  test('signs in for the first time', async () => {
    await start('first-run');
    await page.waitForSelector('#address:focus');
    await page.keyboard.type('anna@contoso.example');
    await see('Found: pool01.contoso.example');
    await page.keyboard.press('Enter');
    await see('How to sign in');
    await page.keyboard.press('Enter');
    await see('How to appear');
    await page.keyboard.press('Enter');
    await see('Bridge to XMPP');
    await page.getByRole('button', { name: 'Later' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('.rail');
  });
});

describe('the sign-in', () => {
  test.each(['CW-1001', 'CW-1102', 'CW-1201', 'CW-1202', 'CW-1301'])('%s is told with cause, remedy, code and a way on', async (code) => {
    await start(`sign-in=${code}`);
    await see(code);
    expect(await page.locator('.fail').count()).toBe(1);
    expect(await page.locator('.box p').count()).toBeGreaterThanOrEqual(3);
    expect(await page.locator('.button.main').count()).toBe(1);
  });

  test('a step that takes long says its seconds and can be cancelled', async () => {
    await start('sign-in=opening-session');
    await page.locator('li.running').waitFor();
    expect(await page.locator('.running .time').innerText()).toBe('');
    await page.clock.setFixedTime(new Date('2026-11-21T14:03:05+01:00'));
    await page.locator('.running .time', { hasText: '5 s' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await see('Signed out');
  });
});

describe('what comes from outside', () => {
  test('HTML in a text is text', async () => {
    await start('chat=xmpp:carla@oso.example');
    await see('<b>Not bold</b> <script>alert(1)</script>');
    expect(await page.locator('article b, article script').count()).toBe(0);
  });

  test('a draft survives leaving the chat, and a new agent', async () => {
    await start(BEN);
    await page.fill('.composer textarea', 'half a sentence');
    await page.keyboard.press('Alt+2');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('ben rod');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.composer textarea');
    expect(await page.inputValue('.composer textarea')).toBe('half a sentence');
  });

  test('five thousand people are a few rows at a time, each knowing its place', async () => {
    await start('page=people&people=5000');
    await page.waitForSelector('[role=treeitem]');
    expect(await page.locator('[role=treeitem]').count()).toBeLessThan(60);
    await page.locator('#people').focus();
    await page.keyboard.press('End');
    const last = page.locator('[role=treeitem].active');
    await last.waitFor();
    expect(await last.getAttribute('aria-posinset')).toBe(await last.getAttribute('aria-setsize'));
  });

  test('a chat of ten thousand texts opens at its end and gives older ones when asked', async () => {
    await start('chat=sip:olaf.ek@contoso.example&texts=10000');
    await page.locator('article', { hasText: 'Text 10000:' }).waitFor();
    expect(await page.locator('article').count()).toBeLessThan(60);
    await page.locator('.log').evaluate((log) => log.scrollTo(0, 0));
    await page.locator('article', { hasText: /Text 99[0-3]\d:/ }).first().waitFor();
  });

  test('three hundred unread chats are counted as 99+', async () => {
    await start('page=chats&people=400&chats=300');
    await page.locator('.badge', { hasText: '99+' }).waitFor();
    expect(await page.locator('[role=option]').count()).toBeLessThan(60);
  });

  test('an agent that is gone is said, and what is typed is kept', async () => {
    await start(`${BEN}&gone`);
    await see('agent has ended');
    await page.locator('.trouble button').waitFor();
  });
});

describe('the smallest window', () => {
  test.each(['page=people', BEN, 'page=bridge', 'page=settings', 'page=check', 'sign-in=CW-1202', 'first-run'])('%s needs no sideways scrolling at 320 px', async (parameters) => {
    await start(parameters, { size: { width: 320, height: 480 } });
    const wide = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('main, form, .shell')].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => `${e.className} ${e.scrollWidth} > ${e.clientWidth}`));
    expect(wide).toEqual([]);
  });
});
