// Every page and every floating thing, and how to get there: for pictures, and for the accessibility rules.

const BEN = 'sip:ben.rodman@contoso.example';
const press = (keys) => async (page) => {
  await page.waitForTimeout(100);
  await page.keyboard.press(keys);
};

/** Walks the first run by that many pages. */
async function firstRun(page, pages) {
  await page.fill('#address', 'anna@contoso.example');
  await page.locator('.good').waitFor();
  for (let i = 0; i < pages; i += 1) {
    const title = await page.locator('h1').innerText();
    await page.locator('.button.main').click();
    await page.waitForFunction((old) => document.querySelector('h1').innerText !== old, title);
  }
}

export const SCENES = [
  { name: 'chat', with: `chat=${BEN}&typing` },
  { name: 'chats-none-open', with: 'page=chats' },
  { name: 'chats-empty', with: 'page=chats&no-chats' },
  { name: 'group', with: 'page=chats', act: (page) => page.locator('[role=option]', { hasText: 'Sales review' }).click() },
  { name: 'people', with: 'page=people&density=comfortable', act: async (page) => {
    await page.locator('#people').focus();
    await page.keyboard.type('eun');
    await page.keyboard.press('Control+i');
    await page.waitForSelector('.contact.placed');
  } },
  { name: 'people-search', with: 'page=people', act: async (page) => {
    await page.fill('main input', 'ca');
    await page.waitForSelector('section li');
  } },
  { name: 'people-menu', with: 'page=people', act: async (page) => {
    await page.locator('#people').focus();
    await page.keyboard.type('carla');
    await page.keyboard.press('Shift+F10');
    await page.waitForSelector('.menu');
  } },
  { name: 'people-directory', with: 'page=people&density=comfortable', act: async (page) => {
    await page.locator('#people').focus();
    for (const name of ['everyone', 'hamburg']) {
      await page.keyboard.type(name);
      await page.keyboard.press('ArrowRight');
      await page.waitForTimeout(900);
    }
    await page.keyboard.press('End');
  } },
  { name: 'people-directory-search', with: 'page=people', act: async (page) => {
    await page.fill('main input', 'hamburg');
    await page.locator('section .turn').first().click();
    await page.waitForSelector('section .member');
  } },
  { name: 'people-blocked', with: 'page=people', act: async (page) => {
    await page.locator('#people').focus();
    await page.keyboard.press('End');
    await page.keyboard.type('invoice');
    await page.keyboard.press('Control+i');
    await page.waitForSelector('.contact.placed');
  } },
  { name: 'privacy', with: 'page=people', act: async (page) => {
    await page.locator('#people').focus();
    await page.keyboard.type('eun');
    await page.keyboard.press('Shift+F10');
    await page.locator('.menu-item').nth(-2).click();
    await page.waitForSelector('.dialog fieldset');
  } },
  { name: 'chat-blocked', with: 'chat=sip:odd.name@contoso.example' },
  { name: 'people-read-only', with: 'page=people&read-only', act: async (page) => {
    await page.locator('#people').focus();
    await page.keyboard.type('dieter');
    await page.keyboard.press('Shift+F10');
    await page.waitForSelector('.menu');
  } },
  { name: 'people-removed', with: 'page=people', act: async (page) => {
    await page.locator('#people').focus();
    await page.keyboard.type('carla');
    await page.keyboard.press('Shift+F10');
    await page.locator('.menu-item.danger').first().click();
    await page.waitForSelector('.notice .button');
  } },
  { name: 'groups', with: 'page=people', act: async (page) => {
    await page.locator('#people').focus();
    await page.keyboard.type('ben');
    await page.keyboard.press('Shift+F10');
    await page.locator('.menu-item:not(.danger)').nth(-2).click();
    await page.waitForSelector('.dialog fieldset');
  } },
  { name: 'when-back', with: 'chat=sip:farid.mansour@contoso.example', act: async (page) => {
    await page.fill('textarea', 'Have a look at the firewall');
    await page.locator('.hint .button').click();
    await page.locator('.acts').waitFor();
    await page.fill('textarea', 'And one more');
  } },
  { name: 'people-empty-note', with: 'page=people&density=compact' },
  { name: 'bridge', with: 'page=bridge' },
  { name: 'bridge-paused', with: 'page=bridge&state=reconnecting', act: async (page) => {
    await press('Control+Shift+P')(page);
    await page.locator('main header .button.main').waitFor();
    await page.locator('main').evaluate((main) => main.scrollTo(0, 10_000));
  } },
  { name: 'bridge-xmpp-refused', with: 'page=bridge&xmpp=CW-2001' },
  { name: 'bridge-xmpp-unreachable', with: 'page=bridge&xmpp=CW-2002' },
  { name: 'rail-xmpp-trouble', with: `chat=${BEN}&xmpp=CW-2002`, act: (page) => page.waitForTimeout(2300) },
  { name: 'bridge-preview', with: 'page=bridge', act: async (page) => {
    await page.locator('.card button[aria-expanded="false"]').click();
  } },
  { name: 'table-edit', with: 'page=bridge', act: async (page) => {
    await page.locator('.card .head .button').last().click();
    await page.waitForSelector('.dialog ol li');
  } },
  { name: 'settings', with: 'page=settings' },
  { name: 'notifications', with: 'page=settings&no-notifications', act: async (page) => {
    await page.locator('.test .button').click();
    await page.locator('.test .bad').waitFor();
    await page.locator('#section-notifications').evaluate((section) => section.scrollIntoView());
  } },
  { name: 'policy', with: 'page=settings&check=CW-1102', act: async (page) => {
    await page.locator('#section-about .buttons .button').nth(1).click();
    await page.waitForSelector('.dialog li');
    await page.locator('.dialog .button.main').click();
    await page.locator('.dialog .failed').waitFor();
  } },
  { name: 'check', with: 'page=check&check=CW-1202' },
  { name: 'signin', with: 'sign-in=CW-1202' },
  { name: 'signin-password', with: 'sign-in=CW-1201' },
  { name: 'signin-address', with: 'sign-in=CW-1001', act: (page) => page.locator('p.buttons .button').first().click() },
  { name: 'signin-server', with: 'sign-in=CW-1002' },
  { name: 'signin-issuer', with: 'sign-in=CW-1102' },
  { name: 'signin-running', with: 'sign-in=opening-session' },
  { name: 'first-run', with: 'first-run' },
  { name: 'first-run-how', with: 'first-run', act: async (page) => {
    await firstRun(page, 1);
    await page.locator('input[value=forms]').check();
  } },
  { name: 'first-run-bridge', with: 'first-run', act: (page) => firstRun(page, 3) },
  { name: 'first-run-done', with: 'first-run', act: async (page) => {
    await firstRun(page, 3);
    await page.locator('form .button:not(.main)').last().click();
    await page.locator('.good').waitFor();
  } },
  { name: 'first-run-failed', with: 'first-run&sign-in=CW-1002', act: async (page) => {
    await firstRun(page, 3);
    await page.locator('form .button:not(.main)').last().click();
    await page.locator('.bad').waitFor();
  } },
  { name: 'status', with: `chat=${BEN}`, act: press('Control+Shift+S') },
  { name: 'switcher', with: `chat=${BEN}`, act: press('Control+k') },
  { name: 'search', with: `chat=${BEN}`, act: async (page) => {
    await press('Control+Shift+F')(page);
    await page.keyboard.type('the');
    await page.waitForSelector('#history-list li');
  } },
  { name: 'find', with: `chat=${BEN}`, act: async (page) => {
    await press('Control+f')(page);
    await page.keyboard.type('room');
  } },
  { name: 'add-person', with: 'page=people', act: (page) => page.locator('.top .button').last().click() },
  { name: 'group-new', with: 'page=people', act: (page) => page.locator('.top .button').first().click() },
  { name: 'check-saved', with: 'page=check', act: async (page) => {
    await page.locator('header .button:not(.main)').last().click();
    await page.locator('.saved', { hasText: '.zip' }).waitFor();
  } },
  { name: 'settings-log', with: 'page=settings', act: (page) => page.locator('#section-log').evaluate((section) => section.scrollIntoView()) },
  { name: 'join', with: 'page=people', act: async (page) => {
    await page.locator('#people').focus();
    await page.keyboard.type('dmi');
    await page.keyboard.press('Control+i');
    await page.waitForSelector('.contact.placed');
    await page.locator('.contact .buttons .button').last().click();
    await page.locator('[role=menuitem]').nth(1).click();
    await page.waitForSelector('#join-address');
  } },
  { name: 'keys', with: `chat=${BEN}`, act: press('F1') },
  { name: 'keys-clash', with: `chat=${BEN}`, act: async (page) => {
    await press('F1')(page);
    await page.locator('.dialog button.stroke').first().click();
    await page.keyboard.press('Control+n');
    await page.locator('.clash').first().waitFor();
  } },
  { name: 'menu', with: `chat=${BEN}`, act: (page) => page.locator('header .button').last().click() },
  { name: 'own-window', with: `own=${BEN}` },
  { name: 'long', with: 'chat=sip:maximiliane.hohenlohe@contoso.example' },
  { name: 'arabic', with: 'chat=sip:leila.haddad@contoso.example' },
  { name: 'reconnecting', with: `chat=${BEN}&state=reconnecting`, act: (page) => page.waitForTimeout(2300) },
  { name: 'closing', with: 'no-tray&page=closing', act: (page) => page.locator('.dialog').waitFor() },
  { name: 'quit', with: 'unsent=2&page=quit', act: (page) => page.locator('.dialog strong').waitFor() },
  { name: 'no-tray', with: `chat=${BEN}&no-tray`, act: (page) => page.locator('aside.line').waitFor() },
  { name: 'gone', with: `chat=${BEN}&gone`, act: (page) => page.waitForTimeout(2300) },
];
