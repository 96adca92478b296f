// What a person does, as commands to the door and actions of this window.

import type { Network, Past, Problem, SendWhen, Settable, Side } from '../ipc';
import { cause } from '../words/problem';
import { t } from '../words/words.svelte';
import { directory } from './directory.svelte';
import { nav } from './nav.svelte';
import { notices } from './notices.svelte';
import { own } from './own.svelte';
import { prefs } from './prefs.svelte';
import { addressKey, type Chat, type Key } from './state';
import { store } from './store.svelte';

/** Texts of one page of history. */
const PAGE = 60;

/** Chats whose latest texts were asked for since the last snapshot: what comes after it is told by events. */
const asked = new Set<Key>();

/** Asks for what a snapshot does not tell. Each part may fail alone. */
export async function loadAfterSnapshot(): Promise<void> {
  asked.clear();
  const parts = [
    store.request({ command: 'chats' }).then((reply) => store.dispatch({ change: 'chats', chats: reply.chats })),
    store.request({ command: 'get-status' }).then((status) => store.dispatch({ change: 'own', status })),
    store.request({ command: 'show-config' }).then(({ entries }) => (prefs.take(entries), own.follow(entries))),
    store.request({ command: 'about' }).then((reply) => own.named(reply.name)),
  ];
  directory.askAgain();
  await Promise.allSettled(parts);
  own.loaded = true;
  if (nav.chat !== null && nav.page === 'chats' && !asked.has(nav.chat)) await loadHistory(nav.chat);
}

function conversations(chat: Key): string[] {
  return (store.state.chats.get(chat)?.conversations ?? []).map((c) => c.id).filter((id) => id !== '');
}

export async function loadHistory(chat: Key, where: 'latest' | 'around' | 'before' | 'after' = 'latest', at: string | null = null): Promise<void> {
  const ids = conversations(chat);
  if (ids.length === 0) {
    store.dispatch({ change: 'history', chat, where: 'latest', messages: [], moreBefore: false, moreAfter: false });
    return;
  }
  const page = {
    before: where === 'before' ? at : null,
    after: where === 'after' ? at : null,
    around: where === 'around' ? at : null,
    limit: PAGE,
  };
  if (where === 'latest') asked.add(chat);
  try {
    const ask = () => store.request({ command: 'history', conversations: ids, ...page });
    let reply = await ask();
    // A text that came while the answer was on its way is not in it.
    const last = store.state.chats.get(chat)?.last ?? null;
    if (where === 'latest' && last !== null && !reply.messages.some(({ id }) => id === last.id)) reply = await ask();
    store.dispatch({ change: 'history', chat, where, messages: reply.messages, moreBefore: reply.more_before, moreAfter: reply.more_after });
  } catch (thrown) {
    asked.delete(chat);
    notices.fail(thrown);
  }
}

/** Opens the chat with an address, on whatever network; begins it where there is none. */
export function openAddress(side: Side, address: string): void {
  const own = addressKey(side, address);
  const key = store.state.byAddress.get(own) ?? own;
  openPerson(key);
}

export function openPerson(key: Key): void {
  beginChat(key);
  nav.open(key);
}

/** A chat in which nothing was written yet is one as well. */
export function beginChat(key: Key): void {
  if (store.state.chats.has(key)) return;
  const person = store.state.people.get(key);
  const side: Network = person?.default ?? (key.startsWith('xmpp:') ? 'xmpp' : 'lync');
  const address = person?.addresses[side] ?? key.replace(/^xmpp:/, '');
  store.dispatch({ change: 'begin', chat: key, side, address });
}

/** Moves a chat into a window of its own. */
export function popOut(chat: Key): void {
  if (nav.chat === chat) nav.open(null);
  run(store.door.popOut(chat));
}

/** The networks on which a chat can go on, the one that is used next first. */
export function ways(chat: Chat): { side: Side; address: string }[] {
  const person = store.state.people.get(chat.key);
  if (person === undefined || chat.title !== null) return chat.conversations.map(({ side, address }) => ({ side, address }));
  const found: { side: Side; address: string }[] = [];
  if (person.addresses.lync !== undefined) found.push({ side: 'lync', address: person.addresses.lync });
  if (person.addresses.xmpp !== undefined) found.push({ side: 'xmpp', address: person.addresses.xmpp });
  // An answer goes where the last text came from; without one, where the person is reached by default.
  const next = chat.last?.side ?? person.default;
  return found.sort((a, b) => Number(b.side === next) - Number(a.side === next));
}

let tokens = 0;

/** Sends a text, or has it kept until its reader is back. It is on the page at once; when the engine refuses it, it stays
    there as failed. */
export function sendText(chat: Key, way: { side: Side; address: string }, text: string, when: SendWhen = 'now'): void {
  tokens += 1;
  const token = `own-${String(Date.now())}-${String(tokens)}`;
  const { side, address } = way;
  store.dispatch({ change: 'sending', chat, token, side, address, text, at: new Date().toISOString() });
  const to = side === 'xmpp' && !address.startsWith('xmpp:') ? `xmpp:${address}` : address;
  store.request({ command: 'send', address: to, text, token, when }).catch((thrown: unknown) => {
    // A text that the engine took tells its fate by delivery events; only what it refused is still ours.
    const problem = problemOf(thrown);
    store.dispatch({ change: 'not-sent', token, problem: { ...problem, message: cause(problem) } });
  });
  // After the text itself, so that a window that ends in between keeps it as a draft.
  keepDraft(chat, '', true);
}

function problemOf(thrown: unknown): Problem {
  const problem = thrown as Partial<Problem>;
  return { code: 'CW-3001', step: 'send', remedy: '', detail: {}, message: '', ...problem };
}

export function retry(chat: Key, line: Past & { token?: string }): void {
  if (line.token !== undefined) {
    store.dispatch({ change: 'discarded', id: line.id });
    sendText(chat, { side: line.side, address: line.to }, line.text);
  } else {
    run(store.request({ command: 'retry', id: line.id, when: 'now' }));
  }
}

/** Takes a failed text back into the input. */
export function takeBack(line: Past & { token?: string }): void {
  store.dispatch({ change: 'discarded', id: line.id });
  if (line.token === undefined) run(store.request({ command: 'discard', id: line.id }));
}

const drafts = new Map<Key, ReturnType<typeof setTimeout>>();

/** Keeps what is typed when the person pauses: a key press has nothing else to do than to show its letter. */
export function keepDraft(chat: Key, text: string, now = false): void {
  clearTimeout(drafts.get(chat));
  const save = () => {
    drafts.delete(chat);
    if ((store.state.chats.get(chat)?.draft ?? '') !== text) store.dispatch({ change: 'draft', chat, text });
    const conversation = conversations(chat)[0];
    if (conversation !== undefined) store.request({ command: 'save-draft', conversation, text }).catch(() => undefined);
  };
  if (now) save();
  else drafts.set(chat, setTimeout(save, 400));
}

export function markRead(chat: Key): void {
  const known = store.state.chats.get(chat);
  if (known === undefined || known.last === null) return;
  const up_to = known.last.id;
  if (known.unread > 0) store.dispatch({ change: 'was-read', chat });
  store.request({ command: 'mark-read', conversations: conversations(chat), up_to }).catch(() => undefined);
}

export function pin(chat: Key, on: boolean): void {
  store.dispatch({ change: 'pin', chat, on });
  run(store.request({ command: 'pin-chat', conversations: conversations(chat), on }));
}

export function closeChat(chat: Key): void {
  if (nav.alone !== null) return run(store.door.closeOwn());
  const ids = conversations(chat);
  if (nav.chat === chat) nav.open(null);
  store.dispatch({ change: 'close', chat });
  run(store.request({ command: 'close-chat', conversations: ids }));
}

export async function setStatus(value: Settable, until: Date | null, note: string | null): Promise<void> {
  const status = await store.request({ command: 'set-status', value, until: until?.toISOString() ?? null, note });
  store.dispatch({ change: 'own', status });
}

export async function resetStatus(): Promise<void> {
  const status = await store.request({ command: 'reset-status' });
  store.dispatch({ change: 'own', status });
}

export function pauseBridge(until: Date | null | 'resume'): void {
  if (until === 'resume') run(store.request({ command: 'resume-bridge' }));
  else run(store.request({ command: 'pause-bridge', until: until?.toISOString() ?? null }));
}

/** Carries out what needs no answer; what goes wrong is told in the status line. */
export function run(asked: Promise<unknown>, done?: string): void {
  asked.then(
    () => {
      if (done !== undefined) notices.tell(done);
    },
    (thrown: unknown) => notices.fail(thrown),
  );
}

export function copy(text: string, done: string): void {
  run(navigator.clipboard.writeText(text), done);
}

export function openLink(url: string): void {
  run(store.door.openLink(url));
}

/** A typed password: the link starts with it. That it could not be saved is said, for it is asked for again after the next start. */
export async function givePassword(side: Side, password: string, keep: boolean): Promise<void> {
  const { kept } = await store.request({ command: 'set-password', side, password, keep });
  if (keep && kept === 'memory') notices.warn(t('signin.kept-in-memory'));
}
