// What people meet on the pages besides their tasks: failures of the sign-in, what comes from outside, the smallest window.

import { describe, expect, test } from 'vitest';
import { pages } from './open';

const { start, page, see } = pages();
const BEN = 'chat=sip:ben.rodman@contoso.example';

describe('the sign-in', () => {
  test.each(['CW-1001', 'CW-1102', 'CW-1201', 'CW-1202', 'CW-1205', 'CW-1206', 'CW-1301'])('%s is told with cause, remedy, code and a way on', async (code) => {
    await start(`sign-in=${code}`);
    await see(code);
    expect(await page().locator('.fail').count()).toBe(1);
    expect(await page().locator('.box p').count()).toBeGreaterThanOrEqual(3);
    expect(await page().locator('.button.main').count()).toBe(1);
  });

  test('while nothing has ever connected, the ladder stays: with the next try, and the address to correct', async () => {
    await start('sign-in=CW-1001');
    await see('Next try in');
    await see('Try now');
    expect(await page().locator('.rail').count()).toBe(0);
    expect(await page().locator('.box').innerText()).not.toContain('lync.');
    await page().getByRole('button', { name: 'Server address' }).click();
    await page().waitForSelector('#correction:focus');
    await page().getByRole('button', { name: 'Cancel' }).click();
    await page().getByRole('button', { name: 'Change address' }).click();
    expect(await page().inputValue('#correction')).toBe('anna@contoso.example');
    await page().fill('#correction', 'nobody');
    await page().locator('#correction').evaluate((field: HTMLInputElement) => (field.type = 'text'));
    await page().keyboard.press('Enter');
    await page().locator('#correction-problem').waitFor();
    await page().fill('#correction', 'ben@contoso.example');
    await page().keyboard.press('Enter');
    await page().waitForSelector('.rail');
  });

  test('the settings can be reached before the first sign-in, and the empty pages lead back to the ladder', async () => {
    await start('sign-in=CW-1002');
    await see('Next try in');
    await page().getByRole('button', { name: 'Settings' }).click();
    await page().waitForSelector('.rail');
    await page().locator('.rail button').first().click();
    await see('Next try in');
    expect(await page().locator('.rail').count()).toBe(0);
  });

  test('an unknown issuer asks for the file of the certificate authority', async () => {
    await start('sign-in=CW-1102');
    await page().getByRole('button', { name: 'Certificate authority' }).click();
    expect(await page().inputValue('#correction')).toBe('/etc/causeway/ca.pem');
  });

  test('a refused password is typed again with its user name, and that it is not tried again is said once', async () => {
    await start('sign-in=CW-1201&no-key-store');
    const box = await page().locator('.box').innerText();
    expect(box.match(/tried? again by itself|try again by itself/g)).toHaveLength(1);
    await page().fill('#user', 'CONTOSO\\anna');
    await page().fill('#password', 'right');
    await page().keyboard.press('Enter');
    await see('It is kept until Causeway ends');
  });

  test('the first run wants the password that it offers to sign in with, and does not say Ready of a failure', async () => {
    await start('first-run&sign-in=CW-1201');
    await page().fill('#address', 'anna@contoso.example');
    await see('Found: pool01.contoso.example');
    await page().keyboard.press('Enter');
    await page().locator('input[value=forms]').check();
    await page().locator('.button.main').click();
    await see('Type your password.');
    await page().fill('#first-password', 'secret');
    await page().locator('.button.main').click();
    await page().locator('.button.main').click();
    await page().getByRole('button', { name: 'Sign in without bridge' }).click();
    await page().getByRole('heading', { name: 'Not signed in yet' }).waitFor();
  });

  test('a step that takes long says its seconds and can be cancelled', async () => {
    await start('sign-in=opening-session');
    await page().locator('li.running').waitFor();
    expect(await page().locator('.running .time').innerText()).toBe('');
    await page().clock.setFixedTime(new Date('2026-11-21T14:03:05+01:00'));
    await page().locator('.running .time', { hasText: '5 s' }).waitFor();
    await page().getByRole('button', { name: 'Cancel' }).click();
    await see('Signed out');
  });
});

describe('what comes from outside', () => {
  test('HTML in a text is text', async () => {
    await start('chat=xmpp:carla@oso.example');
    await see('<b>Not bold</b> <script>alert(1)</script>');
    expect(await page().locator('article b, article script').count()).toBe(0);
  });

  test('a draft survives leaving the chat, and a new agent', async () => {
    await start(BEN);
    await page().fill('.composer textarea', 'half a sentence');
    await page().keyboard.press('Alt+2');
    await page().keyboard.press('Control+k');
    await page().keyboard.type('ben rod');
    await page().keyboard.press('Enter');
    await page().waitForSelector('.composer textarea');
    expect(await page().inputValue('.composer textarea')).toBe('half a sentence');
  });

  test('five thousand people are a few rows at a time, each knowing its place', async () => {
    await start('page=people&people=5000');
    await page().waitForSelector('[role=treeitem]');
    expect(await page().locator('[role=treeitem]').count()).toBeLessThan(60);
    await page().locator('#people').focus();
    await page().keyboard.press('End');
    const last = page().locator('[role=treeitem].active');
    await last.waitFor();
    expect(await last.getAttribute('aria-posinset')).toBe(await last.getAttribute('aria-setsize'));
  });

  test('a chat of ten thousand texts opens at its end and gives older ones when asked', async () => {
    await start('chat=sip:olaf.ek@contoso.example&texts=10000');
    await page().locator('.log.placed article', { hasText: 'Text 10000:' }).waitFor();
    expect(await page().locator('article').count()).toBeLessThan(60);
    await page().locator('.log').evaluate((log) => log.scrollTo(0, 0));
    await page().locator('article', { hasText: /Text 99[0-3]\d:/ }).first().waitFor();
  });

  test('three hundred unread chats are counted as 99+', async () => {
    await start('page=chats&people=400&chats=300');
    await page().locator('.rail .count', { hasText: '99+' }).waitFor();
    expect(await page().locator('[role=option]').count()).toBeLessThan(60);
  });

  test('an agent that is gone is said, and what is typed is kept', async () => {
    await start(`${BEN}&gone`);
    await see('Causeway has ended; what you type is kept');
    await see('as of 14:03');
    await page().locator('.own', { hasText: 'as of 14:03' }).waitFor();
    await page().locator('.trouble button').click();
    await see('Start Causeway again from the application menu');
    expect(await page().locator('li.ok').count()).toBe(0);
    await page().locator('.dialog .button').click();
    await page().locator('.rail').waitFor();
  });
});

describe('much of it', () => {
  test('a text of a megabyte comes in pieces, down to its end', async () => {
    await start('chat=sip:olaf.ek@contoso.example&big=1000000');
    const text = page().locator('article .text');
    await text.waitFor();
    expect((await text.innerText()).length).toBeLessThan(10_000);
    for (let pieces = 0; (await page().locator('article .link').count()) > 0; pieces += 1) {
      expect(pieces).toBeLessThan(12);
      await page().locator('article .link').evaluate((link: HTMLElement) => link.click());
    }
    expect(await text.evaluate((shown) => shown.textContent?.length)).toBeGreaterThanOrEqual(999_990);
    expect(await page().locator('[role=option]', { hasText: 'Olaf Ek' }).innerText()).toContain('lorem ipsum');
  });

  test('texts that come in above the eye are counted on the button to the end', async () => {
    await start('chat=sip:olaf.ek@contoso.example&texts=300');
    await page().locator('.log.placed article').first().waitFor();
    await page().locator('.log').evaluate((log) => log.scrollTo(0, 200));
    await page().locator('.jump').waitFor();
    await page().evaluate(() => (window as unknown as { fakeWrites: (address: string, text: string) => void }).fakeWrites('sip:olaf.ek@contoso.example', 'Just come in'));
    await page().locator('.jump', { hasText: '1 new' }).click();
    await page().locator('article', { hasText: 'Just come in' }).waitFor();
    await page().locator('.jump').waitFor({ state: 'detached' });
  });
});

describe('what is broken', () => {
  test('stored looks, keys and names of languages that cannot be used leave the page as usual', async () => {
    await start(BEN, {}, () => {
      localStorage.setItem('causeway.window', '{"theme":"purple","text_size":"9999","density":"??","language":"zz","keys":"{\\"keys.find\\":"}');
      localStorage.setItem('causeway.closed-groups', '{"a":');
      Object.defineProperty(navigator, 'languages', { get: () => ['en_GB.UTF-8', 'c', ''] });
    });
    await page().keyboard.press('Control+f');
    await page().waitForSelector('[role=search] input:focus');
    await page().keyboard.press('Alt+2');
    await page().waitForSelector('[role=treeitem]');
    expect(await page().evaluate(() => ({ ...document.documentElement.dataset }))).toMatchObject({ theme: 'light', density: 'comfortable', text: '14' });
  });
});

test('the card of a person comes while the pointer stays on them, and can be reached with it', async () => {
  await start('page=people');
  await page().locator('[id$="eun-ji.oh@contoso.example"] .who').first().hover();
  await page().waitForSelector('.contact.placed');
  await page().locator('.contact .name').hover();
  expect(await page().locator('.contact .name').innerText()).toBe('Eun-ji Oh');
  await page().keyboard.press('Escape');
  await page().waitForSelector('.contact', { state: 'detached' });
});

describe('the smallest window', () => {
  test('the rail holds its words in the largest text', async () => {
    await start('page=chats&text=20', { size: { width: 1200, height: 900 } });
    const words = page().locator('.rail .word');
    await words.last().waitFor();
    const split = await words.evaluateAll((all) => all.filter((word) => {
      const text = word.textContent ?? '';
      // A word may end at a soft hyphen, never anywhere else.
      return !text.includes('\u00AD') && word.getBoundingClientRect().height > parseFloat(getComputedStyle(word).lineHeight) * 1.5;
    }).map((word) => word.textContent));
    expect(split).toEqual([]);
  });

  test('the box to search people stays wide enough to type in', async () => {
    await start('page=people&lang=de', { size: { width: 320, height: 480 } });
    expect((await page().locator('main input').boundingBox())?.width).toBeGreaterThan(120);
    await page().fill('main input', 'ca');
    await page().locator('section li .name').first().waitFor();
    expect((await page().locator('section li .name').first().boundingBox())?.width).toBeGreaterThan(100);
  });

  test.each(['page=chats', 'page=people', BEN, 'page=bridge', 'page=settings', 'page=check', 'sign-in=CW-1202', 'first-run'])('%s needs no sideways scrolling at 320 px', async (parameters) => {
    await start(parameters, { size: { width: 320, height: 480 } });
    const wide = await page().evaluate(() => [...document.querySelectorAll<HTMLElement>('main, form, .shell')].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => `${e.className} ${e.scrollWidth} > ${e.clientWidth}`));
    expect(wide).toEqual([]);
  });
});

describe('closing and quitting', () => {
  /** What the page asks for by this command, as the settings tell it. */
  const onClose = () => page().locator('#set-window-on_close').inputValue();

  test('without a tray it is asked, and the choice is kept', async () => {
    await start('no-tray&page=closing');
    await see('Keep running without an icon?');
    expect(await page().locator('input[type=checkbox]').isChecked()).toBe(true);
    await page().getByRole('button', { name: 'Keep running' }).click();
    await page().locator('.dialog').waitFor({ state: 'detached' });
    await page().keyboard.press('Control+,');
    expect(await onClose()).toBe('keep-running');
  });

  test('a choice that is not to be kept is not', async () => {
    await start('no-tray&page=closing');
    await page().getByText('Remember this choice').click();
    await page().getByRole('button', { name: 'Keep running' }).click();
    await page().locator('.dialog').waitFor({ state: 'detached' });
    await page().keyboard.press('Control+,');
    expect(await onClose()).toBe('automatic');
  });

  test('quitting says what is not sent yet', async () => {
    await start('no-tray&page=closing&unsent=1');
    await page().getByRole('button', { name: 'Quit' }).click();
    await see('1 message is not sent yet. It goes out at the next start.');
  });

  test('a desktop without a tray is told once', async () => {
    await start(`${BEN}&no-tray`);
    await see('package gnome-shell-extension-appindicator');
    await page().locator('aside.line button').click();
    await page().locator('aside.line').waitFor({ state: 'detached' });
  });

  test('the start at login is chosen in the settings', async () => {
    await start('page=settings');
    const choice = page().getByRole('switch', { name: 'Start when I log in' });
    const before = await choice.isChecked();
    await choice.click();
    await page().keyboard.press('Alt+1');
    await page().keyboard.press('Control+,');
    await expect.poll(() => page().getByRole('switch', { name: 'Start when I log in' }).isChecked()).toBe(!before);
  });
});
