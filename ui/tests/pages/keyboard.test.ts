// The main tasks by keyboard alone: no test here clicks, or puts the focus somewhere by itself.

import { describe, expect, test } from 'vitest';
import { pages } from './open';

const { start, page, see, text } = pages();
const BEN = 'chat=sip:ben.rodman@contoso.example';

async function type(words: string): Promise<void> {
  await page().keyboard.type(words);
}
async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page().keyboard.press(key);
}
/** Tab, as often as it takes; a way that is too long counts as no way. */
async function tabTo(selector: string, most = 40): Promise<void> {
  for (let i = 0; i < most; i += 1) {
    if (await page().evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return;
    await press('Tab');
  }
  throw new Error(`Tab does not reach ${selector}; it stands at ${await page().evaluate(() => document.activeElement?.outerHTML.slice(0, 200))}`);
}
async function writes(): Promise<void> {
  await page().waitForSelector('.composer textarea:focus');
}
async function delivered(words: string): Promise<void> {
  await page().locator('article.own', { hasText: words }).locator('.state', { hasText: 'Delivered' }).waitFor();
}

describe('the ten main tasks by keyboard alone', () => {
  test('signing in for the first time', async () => {
    await start('first-run');
    await page().waitForSelector('#address:focus');
    await type('anna@contoso.example');
    await see('Found: pool01.contoso.example');
    await press('Enter');
    await see('How to sign in');
    // There is a ticket: no password is asked for, and it is said whose it is.
    await see('anna@CONTOSO.EXAMPLE');
    expect(await page().locator('input[type=password]').count()).toBe(0);
    await press('Enter');
    await see('How to appear');
    await press('Enter');
    await see('Bridge to XMPP');
    await tabTo('.buttons .button:not(.main):nth-last-child(2)');
    await press('Enter');
    await see('Signed in');
    await tabTo('.end .button');
    await press('Enter');
    await page().waitForSelector('.rail');
  });

  test('finding a person among the people', async () => {
    await start(BEN);
    await press('Alt+2');
    await tabTo('main input');
    await type('hanna');
    await press('ArrowDown', 'ArrowDown', 'Control+i');
    await page().waitForSelector('.contact.placed');
    expect(await text('.contact .name')).toBe('Hanna Lind');
  });

  test('opening a chat', async () => {
    await start('page=people');
    await press('Control+k');
    await type('carla');
    await page().locator('.active', { hasText: 'Carla Weiss' }).waitFor();
    await press('Enter');
    await writes();
    expect(await text('header h1')).toBe('Carla Weiss');
  });

  test('sending a text', async () => {
    await start(BEN);
    await writes();
    await type('Good morning');
    await press('Enter');
    await delivered('Good morning');
    expect(await page().inputValue('.composer textarea')).toBe('');
  });

  test('answering what came in', async () => {
    await start('page=bridge');
    await press('Control+u');
    await writes();
    expect(await text('header h1')).toBe('Ben Rodman');
    await type('On my way');
    await press('Enter');
    await delivered('On my way');
  });

  test('setting the status with a note and an end', async () => {
    await start(BEN);
    await press('Control+Shift+S');
    await page().waitForSelector('input[value=busy]:focus');
    await press('ArrowRight');
    await tabTo('#own-end');
    await press('ArrowUp');
    expect(await page().inputValue('#own-end')).toBe('tomorrow');
    await tabTo('#own-note');
    await press('Control+a');
    await type('Back tomorrow');
    await tabTo('.dialog [type=submit]');
    await press('Enter');
    await page().waitForSelector('.dialog', { state: 'detached' });
    expect(await text('.rail .own')).toContain('Do not disturb');
    expect(await text('.rail .own')).toContain('until');
    expect(await page().getAttribute('.rail .own', 'title')).toBe('Back tomorrow');
  });

  test('searching the history and going to what was found', async () => {
    await start('page=chats&texts=3000');
    await press('Control+Shift+F');
    await type('Text 700:');
    await page().waitForSelector('#history-list li');
    await press('Enter');
    await page().locator('article.marked', { hasText: 'Text 700:' }).waitFor();
  });

  test('pausing the bridge and resuming it', async () => {
    await start(BEN);
    await press('Alt+3');
    await tabTo('main header .button');
    await press('Enter');
    await page().waitForSelector('[role=menu]');
    await press('ArrowDown', 'Enter');
    await see(/Paused until \d/);
    await press('Control+Shift+P');
    await see('On: status and messages cross');
  });

  test('changing a setting', async () => {
    await start(BEN);
    await press('Control+,');
    await tabTo('main header input');
    await type('enter sends');
    await tabTo('[role=switch]');
    await press('Space');
    expect(await page().isChecked('[role=switch]')).toBe(false);
    await press('Alt+1');
    await writes();
    await type('one');
    await press('Enter');
    await type('two');
    expect(await page().inputValue('.composer textarea')).toBe('one\ntwo');
  });

  test('checking the set-up', async () => {
    await start(`${BEN}&check=CW-1202`);
    await press('Control+k');
    await type('>check');
    await press('Enter');
    await see('One step does not work');
    await see('CW-1202');
    await tabTo('main header .button.main');
    await press('Enter');
    await see('One step does not work');
  });
});

describe('more by keyboard alone', () => {
  test('the tree of people: groups, card, chat', async () => {
    await start('page=people');
    await tabTo('#people');
    await press('Home', 'ArrowLeft');
    expect(await page().locator('[role=treeitem]').first().getAttribute('aria-expanded')).toBe('false');
    await press('Space');
    await type('eun');
    await press('Control+i');
    await page().waitForSelector('.contact.placed');
    expect(await text('.contact .name')).toBe('Eun-ji Oh');
    await press('Escape');
    await page().waitForSelector('.contact', { state: 'detached' });
    await press('Enter');
    await writes();
    expect(await text('header h1')).toBe('Eun-ji Oh');
  });

  test('a failed text: taken back, changed, sent', async () => {
    await start(BEN);
    await page().locator('article.failed').waitFor();
    await writes();
    await press('ArrowUp');
    expect(await page().inputValue('.composer textarea')).toBe('Room 4 is taken, let us use the small one on the third floor');
    await press('Enter');
    await page().locator('article.failed').waitFor({ state: 'detached' });
    await delivered('Room 4 is taken');
  });

  test('finding in a chat, forwards and back', async () => {
    await start(BEN);
    await writes();
    await press('Control+f');
    await type('room');
    await see('1 of 2');
    await press('F3');
    await see('2 of 2');
    await press('Shift+F3');
    await see('1 of 2');
    await press('Escape');
    await writes();
  });

  test('changing a key: it works, its clash is told, and it can be taken back', async () => {
    await start(BEN);
    await press('F1');
    await tabTo('[aria-label^="Next unread chat"]');
    await press('Enter', 'Control+q');
    await see('Same key as: Quit');
    await press('Enter', 'x');
    await see('X is needed for typing');
    await press('Control+Shift+U');
    await page().locator('.clash').waitFor({ state: 'detached' });
    await press('Escape');
    await page().waitForSelector('.dialog', { state: 'detached' });
    await press('Control+Shift+U');
    await page().locator('header h1', { hasText: 'Carla Weiss' }).waitFor();
    await press('F1');
    await tabTo('[aria-label^="Reset Next unread chat"]');
    await press('Enter');
    await page().locator('[aria-label^="Reset Next unread chat"]').waitFor({ state: 'detached' });
    expect(await page().evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(/^Next unread chat: Ctrl U/);
  });

  test('editing the status table: a row is tried, saved, and given back to the preset', async () => {
    await start('page=bridge');
    await tabTo('.head .button:last-child');
    await press('Enter');
    await page().waitForSelector('.dialog ol li');
    await tabTo('.dialog ol li:first-child .down .button');
    await press('Enter');
    expect(await page().locator('.dialog ol li').first().locator('select').first().inputValue()).toBe('dnd');
    expect(await page().evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Move row 2 down');
    // Dnd without a text becomes Busy, and the preview says so before it is saved.
    await see('Do not disturb');
    await tabTo('.dialog ol li:nth-child(6) select:nth-of-type(3)', 80);
    await press('ArrowUp');
    await page().locator('.dialog .preview', { hasText: 'Busy' }).waitFor();
    await tabTo('.dialog [type=submit]', 80);
    await press('Enter');
    await page().waitForSelector('.dialog', { state: 'detached' });
    await see('edited');
    await tabTo('.head .button:last-child');
    await press('Enter');
    await page().waitForSelector('.dialog ol li');
    const back = page().getByRole('button', { name: 'Back to the preset' });
    await back.waitFor();
    await back.press('Enter');
    await page().locator('.head', { hasText: 'edited' }).waitFor({ state: 'detached' });
  });

  test('the panes with F6 and the pages with Alt', async () => {
    await start(BEN);
    await press('F6');
    const pane = () => page().evaluate(() => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset['pane']);
    const seen = [await pane()];
    for (let i = 0; i < 2; i += 1) {
      await press('F6');
      seen.push(await pane());
    }
    expect(seen.sort()).toEqual(['list', 'main', 'rail']);
    await press('Alt+3');
    await page().locator('h1', { hasText: 'Bridge' }).waitFor();
  });

  test('every focus is seen', async () => {
    await start('page=settings');
    for (let i = 0; i < 12; i += 1) {
      await press('Tab');
      const ring = await page().evaluate(() => {
        const style = getComputedStyle(document.activeElement ?? document.body);
        const around = getComputedStyle(document.activeElement?.parentElement ?? document.body);
        return [style, around].some((s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2);
      });
      expect(ring, `press ${i + 1}`).toBe(true);
    }
  });
});
