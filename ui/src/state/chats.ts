// Reducer: chats and their texts.

import type { Chat as WireChat, Conversation, Delivery, Message, Past, Problem, Side, Timestamp, Via } from '../ipc';
import type { Draft } from './draft';
import { safeName } from './escape';
import { personKey } from './people';
import type { Key, Line, Log } from './state';

/** A text keeps at most this many characters on the page; the rest is one click away in `full`. */
export const SHOWN_AT_ONCE = 8_000;

export function putChats(draft: Draft, summaries: WireChat[]): void {
  for (const summary of summaries) {
    const first = summary.conversations[0];
    if (first === undefined) continue;
    const known = draft.state.byConversation.get(first.id);
    const key = known?.startsWith('group:') === true ? known : personKey(draft, first.side, first.address);
    const typed = draft.state.chats.get(key)?.draft;
    draft.setChat(key, {
      conversations: summary.conversations,
      title: draft.state.chats.get(key)?.title ?? null,
      last: summary.last ?? null,
      unread: summary.unread,
      firstUnread: summary.first_unread ?? null,
      pinned: summary.pinned,
      draft: typed || summary.draft,
    });
    for (const { id } of summary.conversations) draft.edit('byConversation').set(id, key);
  }
}

export function putConversation(draft: Draft, conversation: Conversation): void {
  const known = draft.state.byConversation.get(conversation.id);
  if (known !== undefined) {
    if (known.startsWith('group:') && conversation.subject) draft.setChat(known, { title: safeName(conversation.subject) });
    return;
  }
  const [first, second] = conversation.people;
  if (first === undefined) return;
  if (second !== undefined) {
    const key = `group:${conversation.id}`;
    draft.edit('byConversation').set(conversation.id, key);
    const title = conversation.subject ?? conversation.people.map((address) => nameOf(draft, conversation.side, address)).join(', ');
    draft.setChat(key, {
      conversations: [{ id: conversation.id, side: conversation.side, address: first }],
      title: safeName(title),
    });
  } else {
    chatOf(draft, conversation.id, conversation.side, first);
  }
}

/** The chat of a conversation; it begins where it is not known. */
function chatOf(draft: Draft, conversation: string, side: Side, address: string): Key {
  const known = draft.state.byConversation.get(conversation);
  if (known !== undefined) return known;
  const key = personKey(draft, side, address);
  draft.edit('byConversation').set(conversation, key);
  const old = draft.chat(key).conversations.filter((c) => c.side !== side || c.id !== '');
  draft.setChat(key, { conversations: [...old, { id: conversation, side, address }] });
  return key;
}

function nameOf(draft: Draft, side: Side, address: string): string {
  return draft.state.people.get(personKey(draft, side, address))?.name ?? address;
}

export function putMessage(draft: Draft, message: Message, at: Timestamp): void {
  const incoming = message.direction === 'in';
  const key = chatOf(draft, message.conversation, message.side, incoming ? message.from : message.to);
  const log = draft.log(key);
  if (log?.lines.some((line) => line.id === message.id && line.token === undefined)) return;
  const line: Line = { ...message, ...(message.late && { arrived_at: at }), ...(!incoming && { delivery: 'queued' as const }) };
  const waiting = incoming ? undefined : log?.lines.find((l) => l.token !== undefined && l.text === message.text && l.side === message.side);
  if (log !== undefined) {
    const lines = waiting === undefined ? insert(log.lines, line) : log.lines.map((l) => (l === waiting ? line : l));
    // While older texts are on the page, the new one waits behind `moreAfter`.
    draft.setLog(key, log.moreAfter && waiting === undefined ? log : { ...log, lines });
  }
  const chat = draft.chat(key);
  if (chat.last === null || chat.last.sent_at <= line.sent_at) draft.setChat(key, { last: line });
  if (incoming) arrived(draft, key, line);
  else draft.setChat(key, { unread: 0, firstUnread: null });
  draft.edit('typing').delete(key);
}

function arrived(draft: Draft, key: Key, line: Line): void {
  const attended = draft.state.open === key && draft.state.here;
  if (attended) return;
  const chat = draft.chat(key);
  draft.setChat(key, { unread: chat.unread + 1, firstUnread: chat.firstUnread ?? line.id });
  if (draft.state.open === key && draft.state.newSince === null) {
    draft.state.newSince = { id: line.id, at: line.sent_at };
  }
}

/** Texts stand in the order they were written; nearly always that is the end. */
function insert(lines: Line[], line: Line): Line[] {
  let place = lines.length;
  while (place > 0 && (lines[place - 1]?.sent_at ?? '') > line.sent_at) place -= 1;
  return [...lines.slice(0, place), line, ...lines.slice(place)];
}

export function putDelivery(draft: Draft, delivery: Delivery): void {
  change(draft, delivery.id, (line) => ({ ...line, delivery: delivery.state, reason: delivery.reason, when_back: delivery.when_back }));
}

/** The engine has taken a text of ours: its line stands for the one shown meanwhile, if the text alone did not find it. */
export function accepted(draft: Draft, token: string): void {
  for (const [key, log] of draft.state.logs) {
    if (log.lines.some((l) => l.token === token)) {
      draft.setLog(key, { ...log, lines: log.lines.filter((l) => l.token !== token) });
    }
  }
}

/** What the bridge did with a text: `via` names the side that is not the text's own. */
export function putVia(draft: Draft, id: string, state: Via['state'], from: Side, to: Side): void {
  change(draft, id, (line) => ({ ...line, via: { side: line.side === from ? to : from, state } }));
}

/** So many texts of a conversation are unread, as the engine counts; a chat with two networks has the sum of both. */
export function countUnread(draft: Draft, conversation: string, count: number): void {
  draft.edit('unreadOf').set(conversation, count);
  const key = draft.state.byConversation.get(conversation);
  if (key === undefined) return;
  // What arrives before the person's eyes is reported as read in a moment.
  const attended = draft.state.open === key && draft.state.here;
  const counts = draft.chat(key).conversations.map(({ id }) => draft.state.unreadOf.get(id) ?? 0);
  const unread = attended ? 0 : counts.reduce((sum, one) => sum + one, 0);
  draft.setChat(key, { unread, ...(unread === 0 && { firstUnread: null }) });
}

/** Changes one text, wherever it is shown. */
function change(draft: Draft, id: string, how: (line: Line) => Line): void {
  for (const [key, log] of draft.state.logs) {
    const place = log.lines.findLastIndex((line) => line.id === id);
    const line = log.lines[place];
    if (line !== undefined) draft.setLog(key, { ...log, lines: log.lines.with(place, how(line)) });
  }
  for (const [key, chat] of draft.state.chats) {
    if (chat.last?.id === id) draft.setChat(key, { last: how(chat.last) });
  }
}

export function discard(draft: Draft, id: string): void {
  for (const [key, log] of draft.state.logs) {
    if (log.lines.some((line) => line.id === id)) {
      const lines = log.lines.filter((line) => line.id !== id);
      draft.setLog(key, { ...log, lines });
      if (draft.chat(key).last?.id === id) draft.setChat(key, { last: lines.at(-1) ?? null });
    }
  }
}

export function showSending(
  draft: Draft,
  { chat, token, side, address, text, at }: { chat: Key; token: string; side: Side; address: string; text: string; at: Timestamp },
): void {
  const conversation = draft.chat(chat).conversations.find((c) => c.side === side)?.id ?? '';
  const line: Line = {
    id: token, token, conversation, side, direction: 'out', from: '', to: address, text, sent_at: at, late: false, delivery: 'sending',
  };
  const { last, conversations } = draft.chat(chat);
  // Earlier texts that could not be loaded are there all the same: this is not where the chat begins.
  const log = draft.log(chat) ?? { lines: last === null ? [] : [last], moreBefore: conversations.some(({ id }) => id !== ''), moreAfter: false };
  draft.setLog(chat, { ...log, lines: [...log.lines, line] });
  draft.setChat(chat, { draft: '', last: line });
}

export function notSent(draft: Draft, token: string, problem: Problem): void {
  change(draft, token, (line) => ({ ...line, delivery: 'failed', reason: problem.message }));
}

export function putHistory(
  draft: Draft,
  page: { chat: Key; where: 'latest' | 'around' | 'before' | 'after'; messages: Past[]; moreBefore: boolean; moreAfter: boolean },
): void {
  const old = draft.log(page.chat);
  const keep = old !== undefined && (page.where === 'before' || page.where === 'after');
  const here = new Set(keep ? old.lines.map((l) => l.id) : []);
  const fresh: Line[] = page.messages.filter((m) => !here.has(m.id));
  const unsent = !keep && page.where === 'latest' ? (old?.lines.filter((l) => l.token !== undefined) ?? []) : [];
  // What is read anew begins among texts that are there: those before them stay, somebody may be reading them.
  const joint = page.where === 'latest' ? (old?.lines.findIndex((line) => line.id === page.messages[0]?.id) ?? -1) : -1;
  const above = old?.lines.slice(0, Math.max(joint, 0)).filter((line) => line.token === undefined) ?? [];
  const lines = !keep ? [...above, ...fresh, ...unsent] : page.where === 'before' ? [...fresh, ...old.lines] : [...old.lines, ...fresh];
  const log: Log = {
    lines,
    moreBefore: old !== undefined && (above.length > 0 || page.where === 'after') ? old.moreBefore : page.moreBefore,
    moreAfter: keep && page.where === 'before' ? old.moreAfter : page.moreAfter,
  };
  draft.setLog(page.chat, log);
}

export function attend(draft: Draft, chat: Key | null, here: boolean): void {
  if (draft.state.open !== chat) {
    const opened = chat === null ? undefined : draft.state.chats.get(chat);
    const first = opened?.firstUnread ?? null;
    const line = first === null ? undefined : draft.log(chat ?? '')?.lines.find((l) => l.id === first);
    // The time is filled in when the text is on the page.
    draft.state.newSince = first === null ? null : { id: first, at: line?.sent_at ?? '' };
  }
  draft.state.open = chat;
  draft.state.here = here;
}

/** What is shown of a chat in one line. */
export function typing(draft: Draft, conversation: string, on: boolean, at: Timestamp): void {
  const key = draft.state.byConversation.get(conversation);
  if (key === undefined) return;
  if (on) draft.edit('typing').set(key, at);
  else draft.edit('typing').delete(key);
}
