// How the fake answers each command.

import type { Code, Command, Past, Problem, Reply } from '../types';
import { preview, TABLES } from './bridge';
import { directory } from './cast';
import { check } from './ladder';
import { signIn } from './life';
import { changeLists, DIRECTORY, groupMembers, setLevel } from './lists';
import { message } from './talk';
import { person, type World } from './world';

const DONE: Reply = { reply: 'done' };

function problem(code: Code, text: string, remedy = ''): Problem {
  return { code, step: 'command', message: text, remedy, detail: {} };
}

export async function answer(world: World, command: Command): Promise<Reply> {
  if (changeLists(world, command)) return DONE;
  switch (command.command) {
    case 'contacts':
      return { reply: 'people', people: world.people.map(person), subscriptions: [], links: [] };
    case 'get-status':
      return { reply: 'status', ...world.own };
    case 'set-status':
      world.own = {
        availability: command.value, reason: 'you',
        ...(command.until != null && { until: command.until }),
        note: command.note ?? world.own.note,
      };
      return { reply: 'status', ...world.own };
    case 'reset-status':
      world.own = { availability: 'available', reason: 'automatic', note: world.own.note };
      return { reply: 'status', ...world.own };
    case 'send':
      return send(world, command.address, command.text, command.token ?? undefined, command.when === 'when-back');
    case 'tell-when-available':
      world.tell({ kind: 'lookout', address: command.address, ...(command.how != null && { how: command.how }) });
      return DONE;
    case 'discard':
      for (const talk of world.talks) talk.messages = talk.messages.filter((m) => m.id !== command.id);
      return DONE;
    case 'search': {
      await pause(world, 250);
      const query = command.text.toLowerCase();
      const people = [...directory(), ...world.people].filter((p) => p.name.toLowerCase().includes(query) || (p.addresses.lync ?? '').includes(query));
      const groups = DIRECTORY.filter(({ name, address }) => name.toLowerCase().includes(query) || address.includes(query)).map(({ name, address }) => ({ name, address }));
      return { reply: 'search', people: people.slice(0, 20).map(person), groups, more: people.length > 20 };
    }
    case 'group-members': {
      await pause(world, 250);
      const members = groupMembers(world, command.address);
      if (members === undefined) throw problem('CW-4207', 'This group has more members than the server tells.', 'Search for the person by name.');
      return { reply: 'group-members', ...members };
    }
    case 'privacy': {
      const level = world.privacy.get(command.address);
      return { reply: 'privacy', levels: [{ address: command.address, ...(level !== undefined && { level }) }] };
    }
    case 'set-privacy':
      return { reply: 'privacy', levels: [setLevel(world, command.address, command.level ?? null)] };
    case 'chats':
      return { reply: 'chats', chats: world.params.has('no-chats') || world.lync === 'signed-out' ? [] : world.talks.map((talk) => talk.summary) };
    case 'history':
      return history(world, command.conversations, command.before ?? null, command.after ?? null, command.around ?? null, command.limit);
    case 'search-history': {
      const query = command.text.toLowerCase();
      const found = world.talks
        .flatMap((talk) => talk.messages)
        .filter((m) => m.text.toLowerCase().includes(query) && (command.conversations == null || command.conversations.includes(m.conversation)))
        .sort((a, b) => (a.sent_at < b.sent_at ? 1 : -1));
      return { reply: 'hits', hits: found.slice(0, command.limit).map((hit) => ({ message: hit })), more: found.length > command.limit };
    }
    case 'retry':
      retry(world, command.id);
      return { reply: 'sent', id: command.id, state: 'delivered' };
    case 'mark-read':
      for (const conversation of command.conversations) world.tell({ kind: 'unread', conversation, count: 0 });
      return DONE;
    case 'card': {
      const actor = world.find(command.address);
      return { reply: 'card', ...(actor?.card ?? { phones: [] }) };
    }
    case 'subscribe':
      world.tell({ kind: 'subscription', address: command.address, you_see_them: command.allow ? 'yes' : 'no', they_see_you: command.allow ? 'yes' : 'no' });
      return DONE;
    case 'link-people': {
      const [lync, xmpp] = [world.find(command.lync), world.find(command.xmpp)];
      if (command.link && lync !== undefined && xmpp !== undefined && lync !== xmpp) {
        lync.addresses = { ...lync.addresses, xmpp: command.xmpp };
        world.people.splice(world.people.indexOf(xmpp), 1);
        world.tell({ kind: 'person', ...person(lync) });
      } else if (!command.link && lync !== undefined && lync === xmpp) {
        const alone = { ...lync, addresses: { xmpp: command.xmpp }, default: 'xmpp' as const };
        lync.addresses = { lync: command.lync };
        lync.default = 'lync';
        world.people.push(alone);
        world.tell({ kind: 'person', ...person(lync) }, { kind: 'person', ...person(alone) });
      }
      return DONE;
    }
    case 'pause-bridge':
      world.paused = { paused: true, ...(command.until != null && { until: command.until }) };
      world.tell({ kind: 'paused', ...world.paused });
      return DONE;
    case 'resume-bridge':
      world.paused = { paused: false };
      world.tell({ kind: 'paused', paused: false });
      return DONE;
    case 'bridge': {
      const preset = world.config.entries.find((e) => e.key === 'bridge.preset')?.value === 'openscape' ? ('openscape' as const) : ('standard' as const);
      const since = (h: number, m: number) => new Date(new Date().setHours(h, m, 0, 0)).toISOString();
      return {
        reply: 'bridge', enabled: true, paused: world.paused.paused, paused_until: world.paused.until,
        sides: [
          { side: 'lync', address: 'anna@contoso.example', state: world.lync, server: 'pool01', since: since(8, 12), method: 'NTLM', passed_over: [{ method: 'Kerberos', cause: 'no-ticket', message: 'there is no sign-in ticket on this computer' }] },
          { side: 'xmpp', address: 'anna@oso.example', state: world.xmpp, method: 'SCRAM-SHA-256', passed_over: [], resumed: since(10, 40) },
        ],
        today: { across: 42, waiting: 0, returned: 1 }, preset, edited: world.table !== null, table_managed: false, table: world.table ?? TABLES[preset] ?? [], log: world.log,
      };
    }
    case 'preview-status':
      return { reply: 'preview', ...preview(command.table ?? TABLES[command.preset] ?? [], command.show, command.text) };
    case 'set-status-table':
      world.table = command.table ?? null;
      return DONE;
    case 'unsent':
      return { reply: 'unsent', count: Number(world.params.get('unsent') ?? 0) };
    case 'desktop':
      return { reply: 'desktop', tray: !world.params.has('no-tray'), ...(world.params.has('no-tray') && { tray_package: 'gnome-shell-extension-appindicator' }), ...(!world.params.has('no-notifications') && { notifications: 'Plasma' }), starts_at_login: world.startsAtLogin, ...(!world.params.has('no-activity') && { activity: 'mutter' }) };
    case 'start-at-login':
      world.startsAtLogin = command.on;
      return DONE;
    case 'test-notification':
      await pause(world, 400);
      return world.params.has('no-notifications') ? { reply: 'notification-test', outcome: 'no-service' } : { reply: 'notification-test', outcome: 'shown', service: 'Plasma' };
    case 'show-config':
      return { reply: 'config', ...structuredClone(world.config) };
    case 'set-config': {
      const entry = world.config.entries.find((e) => e.key === command.key);
      if (entry?.managed === true) throw problem('CW-4002', 'Your organisation has locked this setting.');
      if (command.key.endsWith('address') && command.value !== '' && !command.value.includes('@')) {
        throw problem('CW-4001', `“${command.value}” is not an address.`, 'Write it as anna@contoso.example.');
      }
      const value = command.value === 'true' ? true : command.value === 'false' ? false : command.value;
      if (entry !== undefined) Object.assign(entry, { value, origin: 'user', source: `${world.config.file}:20` });
      if (command.key.startsWith('lync.') && world.params.has('sign-in') && !world.params.has('first-run')) void signIn(world, 'lync', null);
      return DONE;
    }
    case 'unset-config': {
      const entry = world.config.entries.find((e) => e.key === command.key);
      if (entry !== undefined) Object.assign(entry, { origin: 'built-in', source: undefined });
      return DONE;
    }
    case 'links':
      return { reply: 'links', links: [['lync', world.lync], ['xmpp', world.xmpp]], bridge: !world.paused.paused };
    case 'check':
      await pause(world, 900);
      return { reply: 'check', ...check(world.params.get('check')) };
    case 'discover':
      await pause(world, 500);
      if (command.address.endsWith('nowhere.example')) throw problem('CW-1001', 'The domain nowhere.example has no sign-in entry.', 'Check the spelling, or connect the VPN.');
      return { reply: 'discovered', server: 'pool01.contoso.example', methods: ['windows', 'forms'], windows_account: 'anna@CONTOSO.EXAMPLE', form: true, keep_in: 'key-store' };
    case 'sign-in':
      void signIn(world, command.side, afterFirstRun(world));
      return DONE;
    case 'set-password':
      if (command.password === 'wrong') throw problem('CW-1201', 'User name or password was not accepted.', 'Type them again; mind Caps Lock.');
      void signIn(world, command.side, afterFirstRun(world));
      return { reply: 'password-taken', kept: command.keep && !world.params.has('no-key-store') ? 'key-store' : 'memory' };
    case 'cancel-sign-in':
    case 'sign-out':
      world.lync = 'signed-out';
      world.tell({ kind: 'state', side: 'lync', state: 'signed-out' });
      return DONE;
    case 'about':
      return { reply: 'about', version: '0.1.0', name: 'Anna Berg', support_url: 'https://help.contoso.example/causeway' };
    case 'presence':
      return {
        reply: 'presence',
        presence: command.addresses.flatMap((address) => {
          const actor = world.find(address.replace(/^xmpp:/, '')) ?? directory().find((one) => one.addresses.lync === address);
          return actor === undefined ? [] : [{ address, side: address.startsWith('sip:') ? ('lync' as const) : ('xmpp' as const), availability: actor.availability }];
        }),
      };
    default:
      return DONE;
  }
}

/** How the sign-in that the first run begins is to fail. */
function afterFirstRun(world: World): string | null {
  return world.params.has('first-run') ? world.params.get('sign-in') : null;
}

function send(world: World, address: string, text: string, token: string | undefined, whenBack: boolean): Reply {
  const actor = world.find(address);
  const side = address.startsWith('sip:') ? 'lync' : 'xmpp';
  const bare = side === 'xmpp' ? address.replace('xmpp:', '') : address;
  const known = world.talks.find((talk) => talk.summary.conversations.some((c) => c.address === bare));
  const conversation = known?.summary.conversations.find((c) => c.address === bare) ?? { id: `new-${bare}`, side: side as 'lync' | 'xmpp', address: bare };
  const sent: Past = message(Date.now(), conversation, [0, 'out', text, { delivery: 'queued' }]);
  if (known === undefined) world.talks.push({ messages: [sent], summary: { conversations: [conversation], last: sent, unread: 0, pinned: false, draft: '' } });
  else {
    known.messages.push(sent);
    known.summary.last = sent;
  }
  const fails = actor?.availability === 'offline' && side === 'lync' || text.startsWith('fail');
  world.tell({ kind: 'message', ...sent });
  if (token !== undefined) world.tell({ kind: 'accepted', id: sent.id, token });
  if (whenBack) {
    sent.when_back = true;
    world.tell({ kind: 'delivery', id: sent.id, state: 'queued', when_back: true });
    return DONE;
  }
  const later = (ms: number, state: 'sending' | 'sent' | 'delivered' | 'failed', reason?: string) =>
    setTimeout(() => {
      sent.delivery = state;
      sent.reason = reason;
      world.tell({ kind: 'delivery', id: sent.id, state, reason });
    }, ms);
  later(80, 'sending');
  if (fails) later(600, 'failed', 'the person is offline (RemoteFailure/Unreachable)');
  else {
    later(350, 'sent');
    later(900, 'delivered');
  }
  return { reply: 'sent', id: sent.id, state: fails ? 'failed' : 'delivered' };
}

function retry(world: World, id: string): void {
  world.tell({ kind: 'delivery', id, state: 'queued' });
  setTimeout(() => world.tell({ kind: 'delivery', id, state: 'delivered' }), 900);
}

function history(world: World, conversations: string[], before: string | null, after: string | null, around: string | null, limit: number): Reply {
  const all = world.talks.flatMap((talk) => talk.messages).filter((m) => conversations.includes(m.conversation)).sort((a, b) => (a.sent_at < b.sent_at ? -1 : 1));
  const place = (id: string | null) => all.findIndex((m) => m.id === id);
  let [from, to] = [Math.max(0, all.length - limit), all.length];
  if (before !== null) [from, to] = [Math.max(0, place(before) - limit), Math.max(0, place(before))];
  if (after !== null) [from, to] = [place(after) + 1, place(after) + 1 + limit];
  if (around !== null) [from, to] = [Math.max(0, place(around) - limit / 2), place(around) + limit / 2];
  return { reply: 'history', messages: all.slice(from, to), more_before: from > 0, more_after: to < all.length };
}

/** Waiting as a server would; none in tests that stand still. */
function pause(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, world.params.has('still') ? 0 : ms));
}
