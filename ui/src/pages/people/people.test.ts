import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { testDoor } from '../../../tests/door';
import type { Event as Told, Kind } from '../../ipc';
import { contactItems, directoryItems, groupItems, lookoutItems, privacyItems, removePerson } from '../../state/contacts';
import { nav } from '../../state/nav.svelte';
import { notices } from '../../state/notices.svelte';
import { reduce } from '../../state/reduce';
import { EMPTY, type Person } from '../../state/state';
import { store } from '../../state/store.svelte';
import { undo, UNDO_MS } from '../../state/undo.svelte';
import { words } from '../../words/words.svelte';
import type { Item } from '../../parts/menu';
import AddPerson from './AddPerson.svelte';
import DirectoryResults from './DirectoryResults.svelte';
import Requests from '../../parts/Requests.svelte';
import GroupNameDialog from './GroupNameDialog.svelte';
import GroupsDialog from './GroupsDialog.svelte';
import PrivacyDialog from './PrivacyDialog.svelte';

const BEN = 'sip:ben@contoso.example';
let door: ReturnType<typeof testDoor>;

function begin(editable = true, answers: Parameters<typeof testDoor>[0] = {}) {
  const kinds: Kind[] = [
    { kind: 'state', side: 'lync', state: 'ready-available' },
    { kind: 'state', side: 'xmpp', state: 'ready-available' },
    { kind: 'contact-list', network: 'lync', editable, groups: [{ name: 'Favourites', kind: 'pinned' }, { name: 'Others', kind: 'default' }, { name: 'Team', kind: 'own' }, { name: 'Crew', kind: 'own' }] },
    { kind: 'contact-list', network: 'xmpp', editable: true, groups: [{ name: 'Family', kind: 'own' }] },
    { kind: 'person', name: 'Ben Rodman', addresses: { lync: BEN }, default: 'lync', availability: 'busy', activity: '', note: '', groups: ['Team'] },
  ];
  const events: Told[] = kinds.map((kind, i) => ({ seq: i + 1, at: '2026-11-21T13:00:00Z', ...kind }));
  door = testDoor(answers);
  store.put(reduce(EMPTY, [{ change: 'snapshot', snapshot: { seq: events.length, events } }]), door);
}

const ben = () => store.state.people.get(BEN) as Person;
const changes = () => door.asked.filter(({ command }) => /contact|group/.test(command));
const texts = (items: Item[]) => items.map((item) => (item === 'line' ? '—' : item.text));

beforeEach(async () => {
  await words.use('en');
  vi.useFakeTimers({ shouldAdvanceTime: true });
  begin();
});
afterEach(() => {
  undo.flush();
  cleanup();
  vi.useRealTimers();
});

describe('somebody is removed', () => {
  test('after the time in which it can be taken back', () => {
    removePerson(ben());
    expect([undo.hidden.has(BEN), notices.current?.offer?.text, changes()]).toEqual([true, 'Undo', []]);
    vi.advanceTimersByTime(UNDO_MS + 1);
    expect(changes()).toEqual([{ command: 'remove-contact', address: BEN }]);
  });

  test('and not at all where it was taken back', () => {
    removePerson(ben());
    notices.current?.offer?.act();
    vi.advanceTimersByTime(UNDO_MS * 2);
    expect([undo.hidden.size, changes()]).toEqual([0, []]);
  });

  test('at once when the window goes', () => {
    removePerson(ben());
    window.dispatchEvent(new Event('pagehide'));
    expect(changes()).toHaveLength(1);
  });
});

describe('menus', () => {
  test('offer groups and removal where the list can be changed', () => {
    expect(texts(contactItems(BEN))).toEqual(['Groups …', 'Remove from contacts']);
    expect(texts(groupItems('Team'))).toEqual(['Rename group …', 'Delete group']);
    expect(groupItems('Favourites')).toMatchObject([{ disabled: true }]);
  });

  test('say why nothing is offered where the list is read-only', () => {
    begin(false);
    expect(contactItems(BEN)).toMatchObject([{ text: 'The Lync server lets only the Lync client change its list', disabled: true }]);
    expect(groupItems('Team')).toMatchObject([{ disabled: true }]);
    expect(groupItems('Family')).not.toMatchObject([{ disabled: true }]);
  });

  test('offer to add somebody who is not on the list', () => {
    const [add] = contactItems('sip:new@partner.example');
    if (add === undefined || add === 'line') throw new Error('nothing is offered');
    add.act();
    expect(changes()).toEqual([{ command: 'add-contact', address: 'sip:new@partner.example', group: null }]);
  });

  test('tell once or every time, and not any more', () => {
    expect(texts(lookoutItems(BEN))).toEqual(['Tell me when available', 'Tell me every time when available']);
    const event: Told = { seq: 9, at: '2026-11-21T13:00:00Z', kind: 'lookout', address: BEN, how: 'once' };
    store.put(reduce(store.state, [{ change: 'event', event }]), door);
    expect(texts(lookoutItems(BEN))).toEqual(['Do not tell me when available']);
  });
});

test('groups are put in before others are left, and a new one is made', async () => {
  render(GroupsDialog, { key: BEN });
  await fireEvent.click(screen.getByRole('checkbox', { name: 'Team' }));
  await fireEvent.click(screen.getByRole('checkbox', { name: 'Crew' }));
  await fireEvent.input(screen.getByRole('textbox', { name: 'New group' }), { target: { value: ' Friends ' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  await vi.waitFor(() => expect(changes()).toHaveLength(3));
  expect(changes()).toEqual([
    { command: 'add-contact', address: BEN, group: 'Crew' },
    { command: 'add-contact', address: BEN, group: 'Friends' },
    { command: 'remove-contact', address: BEN, group: 'Team' },
  ]);
});

test('somebody is added on the network that is chosen, into a group', async () => {
  nav.layer = 'add-person';
  render(AddPerson);
  await fireEvent.input(screen.getByRole('textbox', { name: 'Address' }), { target: { value: 'carol@xmpp.example' } });
  await fireEvent.click(screen.getByRole('radio', { name: 'XMPP' }));
  await fireEvent.input(screen.getByRole('combobox', { name: 'Group (may stay empty)' }), { target: { value: 'Family' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Add person' }));
  await vi.waitFor(() => expect(nav.layer).toBeNull());
  expect(changes()).toEqual([{ command: 'add-contact', address: 'xmpp:carol@xmpp.example', group: 'Family' }]);
});

test('a row of the directory adds, and says why it does not', async () => {
  const found = { name: 'Nina New', addresses: { lync: 'sip:nina@contoso.example' }, default: 'lync' as const, availability: 'available' as const, activity: '', note: '', groups: [] };
  begin(true, { search: () => ({ reply: 'search', people: [found], groups: [], more: false }) });
  const { unmount } = render(DirectoryResults, { query: 'nina' });
  await vi.advanceTimersByTimeAsync(300);
  await fireEvent.click(await screen.findByRole('button', { name: 'Add Nina New to the contacts' }));
  expect(changes()).toEqual([{ command: 'add-contact', address: 'sip:nina@contoso.example', group: null }]);
  unmount();
  begin(false, { search: () => ({ reply: 'search', people: [found], groups: [], more: false }) });
  render(DirectoryResults, { query: 'nina' });
  await vi.advanceTimersByTimeAsync(300);
  expect(await screen.findByText('The Lync server lets only the Lync client change its list')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Add Nina New to the contacts' })).toBeNull();
});

describe('a group of the directory', () => {
  const STAFF = { address: 'sip:staff@contoso.example', name: 'All staff' };

  test('is found, shows who is in it, and is added', async () => {
    const ida = { name: 'Ida Lund', addresses: { lync: 'sip:ida@contoso.example' }, default: 'lync' as const, availability: 'away' as const, activity: '', note: '', groups: [] };
    begin(true, {
      search: () => ({ reply: 'search', people: [], groups: [STAFF], more: false }),
      'group-members': () => ({ reply: 'group-members', ...STAFF, people: [ida], groups: [{ address: 'sip:board@contoso.example', name: 'The board' }] }),
    });
    render(DirectoryResults, { query: 'staff' });
    await vi.advanceTimersByTimeAsync(300);
    await fireEvent.click(await screen.findByRole('button', { name: 'Members of All staff' }));
    expect((await screen.findByText('Ida Lund')).textContent).toContain('Away');
    expect(screen.getByRole('button', { name: 'Members of The board' })).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Add All staff to the list' }));
    expect(changes()).toContainEqual({ command: 'add-directory-group', address: STAFF.address });
  });

  test('that is too large says so in words', async () => {
    begin(true, {
      search: () => ({ reply: 'search', people: [], groups: [{ ...STAFF, address: 'sip:all@contoso.example' }], more: false }),
      'group-members': () => {
        throw Object.assign(new Error(), { code: 'CW-4207', message: 'This group has more members than the server tells.', step: '', remedy: 'Search for the person by name.', detail: {} });
      },
    });
    render(DirectoryResults, { query: 'all' });
    await vi.advanceTimersByTimeAsync(300);
    await fireEvent.click(await screen.findByRole('button', { name: 'Members of All staff' }));
    expect(await screen.findByText('This group has more members than the server tells. Search for the person by name.')).toBeTruthy();
  });

  test('leaves the list after the time in which that can be taken back', () => {
    const listed: Told = { seq: 9, at: '2026-11-21T13:00:00Z', kind: 'contact-list', network: 'lync', editable: true, groups: [{ ...STAFF, kind: 'directory' }] };
    store.put(reduce(store.state, [{ change: 'event', event: listed }]), door);
    const items = directoryItems(STAFF.address, STAFF.name);
    expect(texts(items)).toEqual(['Copy address', 'Remove from the list']);
    const remove = items[1];
    if (remove === undefined || remove === 'line') throw new Error('nothing is offered');
    remove.act();
    expect(changes()).toEqual([]);
    vi.advanceTimersByTime(UNDO_MS + 1);
    expect(changes()).toEqual([{ command: 'remove-directory-group', address: STAFF.address }]);
  });
});

describe('what somebody may see', () => {
  const level = (told: 'workgroup' | 'blocked', address = BEN): Told => ({ seq: 9, at: '2026-11-21T13:00:00Z', kind: 'privacy', levels: [{ address, level: told }] });

  test('is asked of the server and changed when it is saved', async () => {
    begin(true, { privacy: () => ({ reply: 'privacy', levels: [{ address: BEN, level: 'colleagues' }] }), 'set-privacy': () => ({ reply: 'privacy', levels: [{ address: BEN, level: 'external' }] }) });
    nav.layer = 'privacy';
    render(PrivacyDialog, { key: BEN });
    await vi.waitFor(() => expect(screen.getByRole('radio', { name: /^Colleague/ })).toHaveProperty('checked', true));
    await fireEvent.click(screen.getByRole('radio', { name: /^External/ }));
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await vi.waitFor(() => expect(nav.layer).toBeNull());
    expect(door.asked).toEqual([{ command: 'privacy', address: BEN }, { command: 'set-privacy', address: BEN, level: 'external' }]);
    expect(notices.current?.text).toBe('Ben Rodman: External contact');
  });

  test('is not touched where nothing was chosen', async () => {
    begin(true, { privacy: () => ({ reply: 'privacy', levels: [{ address: BEN, level: 'unknown' }] }) });
    nav.layer = 'privacy';
    render(PrivacyDialog, { key: BEN });
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await vi.waitFor(() => expect(nav.layer).toBeNull());
    expect(door.asked).toEqual([{ command: 'privacy', address: BEN }]);
  });

  test('a person is blocked and let through again, on whichever network', async () => {
    expect(texts(privacyItems(BEN, 'Ben'))).toEqual(['What they may see …', 'Block']);
    expect(texts(privacyItems('xmpp:carol@xmpp.example', 'Carol'))).toEqual(['Block']);
    store.put(reduce(store.state, [{ change: 'event', event: level('workgroup') }]), door);
    expect(texts(privacyItems(BEN, 'Ben'))).toContain('Block');
    store.put(reduce(store.state, [{ change: 'event', event: level('blocked', BEN.toUpperCase()) }]), door);
    const items = privacyItems(BEN, 'Ben');
    expect(texts(items)).toEqual(['What they may see …', 'Unblock']);
    const unblock = items[1];
    if (unblock === undefined || unblock === 'line') throw new Error('nothing is offered');
    unblock.act();
    expect(door.asked).toEqual([{ command: 'block', address: BEN, on: false }]);
  });
});

describe('the form of a dialog', () => {
  test('says what went wrong and can be sent again', async () => {
    let refuses = true;
    begin(true, { 'create-group': () => {
      if (refuses) throw Object.assign(new Error(), { message: 'full', code: 'CW-4204', step: '', remedy: '', detail: {} });
      return { reply: 'done' };
    } });
    nav.layer = 'group-name';
    render(GroupNameDialog, { group: null });
    const make = screen.getByRole('button', { name: 'Make group' });
    await fireEvent.click(make);
    expect((await screen.findByRole('alert')).textContent).toBe('Write a name.');
    expect(changes()).toEqual([]);
    await fireEvent.input(screen.getByRole('textbox', { name: 'Name' }), { target: { value: ' Crew ' } });
    await fireEvent.click(make);
    await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('full'));
    expect(nav.layer).toBe('group-name');
    refuses = false;
    await fireEvent.click(make);
    await vi.waitFor(() => expect(nav.layer).toBeNull());
    expect(changes()).toEqual([{ command: 'create-group', name: 'Crew' }, { command: 'create-group', name: 'Crew' }]);
  });
});

describe('who asks to see our person', () => {
  function asked() {
    const event: Told = { seq: 9, at: '2026-11-21T13:00:00Z', kind: 'subscription', address: 'mallory@xmpp.example', you_see_them: 'no', they_see_you: 'wanted' };
    store.put(reduce(store.state, [{ change: 'event', event }]), door);
    render(Requests);
  }

  test('is accepted into a group', async () => {
    asked();
    await fireEvent.change(screen.getByRole('combobox', { name: 'Group for mallory@xmpp.example' }), { target: { value: 'Family' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Allow mallory@xmpp.example and add to the contacts' }));
    expect(door.asked).toEqual([
      { command: 'subscribe', address: 'mallory@xmpp.example', allow: true },
      { command: 'add-contact', address: 'xmpp:mallory@xmpp.example', group: 'Family' },
    ]);
  });

  test('is blocked, and let through again where that is taken back', async () => {
    asked();
    await fireEvent.click(screen.getByRole('button', { name: 'Block mallory@xmpp.example' }));
    await vi.waitFor(() => expect(notices.current?.offer?.text).toBe('Undo'));
    notices.current?.offer?.act();
    expect(door.asked).toEqual([
      { command: 'block', address: 'xmpp:mallory@xmpp.example', on: true },
      { command: 'block', address: 'xmpp:mallory@xmpp.example', on: false },
    ]);
  });
});
