// The one reducer: state × changes → state. Pure: no clock, no door, no page.

import type { Event } from '../ipc';
import type { Action } from './actions';
import { accepted, attend, countUnread, discard, notSent, putChats, putConversation, putDelivery, putHistory, putMessage, putVia, showSending, typing } from './chats';
import { Draft } from './draft';
import { safeName } from './escape';
import { putNextTry, putState, putStep } from './links';
import { personKey, putMembers, putPerson, putPresence, removePerson } from './people';
import { EMPTY, type State } from './state';

/** Entries of the bridge's log that are kept here; the whole log is the engine's. */
const LOG_LENGTH = 200;

export function reduce(state: State, actions: readonly Action[]): State {
  let draft = new Draft(state);
  for (const action of actions) {
    if (action.change === 'snapshot') draft = fresh(draft.state);
    apply(draft, action);
  }
  return draft.state;
}

/** A snapshot replaces what the engine tells and keeps what the person does: the open chat, drafts, texts on their way. */
function fresh(old: State): Draft {
  const draft = new Draft({ ...EMPTY, phase: 'there', open: old.open, here: old.here, newSince: old.newSince, own: old.own, bridgeLog: old.bridgeLog });
  for (const [key, chat] of old.chats) {
    draft.setChat(key, chat);
    for (const { id } of chat.conversations) draft.edit('byConversation').set(id, key);
  }
  // Ladders survive a reconnect of the window, so that a sign-in that runs keeps its times.
  draft.state.links = old.links;
  for (const [key, log] of old.logs) {
    const unsent = log.lines.filter((line) => line.token !== undefined);
    if (key === old.open) draft.setLog(key, log);
    else if (unsent.length > 0) draft.setLog(key, { lines: unsent, moreBefore: true, moreAfter: false });
  }
  return draft;
}

function apply(draft: Draft, action: Action): void {
  switch (action.change) {
    case 'snapshot':
      for (const event of action.snapshot.events) applyEvent(draft, event);
      return;
    case 'event':
      return applyEvent(draft, action.event);
    case 'gone':
      draft.state.phase = 'gone';
      draft.state.gone = action.problem;
      draft.state.goneSince ??= action.at;
      return;
    case 'show':
      return;
    case 'chats':
      return putChats(draft, action.chats);
    case 'history':
      putHistory(draft, action);
      return fillNewSince(draft);
    case 'people':
      for (const person of action.people) putPerson(draft, person);
      for (const subscription of action.subscriptions) draft.edit('subscriptions').set(subscription.address, subscription);
      return;
    case 'group-members':
      return putMembers(draft, action.members);
    case 'own':
      draft.state.own = action.status;
      return;
    case 'attend':
      return attend(draft, action.chat, action.here);
    case 'begin': {
      if (draft.state.chats.has(action.chat)) return;
      return draft.setChat(action.chat, { conversations: [{ id: '', side: action.side, address: action.address }] });
    }
    case 'sending':
      return showSending(draft, action);
    case 'not-sent':
      return notSent(draft, action.token, action.problem);
    case 'discarded':
      return discard(draft, action.id);
    case 'draft':
      return draft.setChat(action.chat, { draft: action.text });
    case 'was-read':
      return draft.setChat(action.chat, { unread: 0, firstUnread: null });
    case 'pin':
      return draft.setChat(action.chat, { pinned: action.on });
    case 'close':
      draft.edit('chats').delete(action.chat);
      draft.edit('logs').delete(action.chat);
      return;
  }
}

function applyEvent(draft: Draft, event: Event): void {
  switch (event.kind) {
    case 'state':
      return putState(draft, event.side, event.state, event.error, event.at);
    case 'step':
      return putStep(draft, event.side, event, event.at);
    case 'next-try':
      return putNextTry(draft, event.side, event.next_at);
    case 'person':
      return putPerson(draft, event);
    case 'person-gone':
      return removePerson(draft, event.lync, event.xmpp);
    case 'contact-list':
      draft.edit('lists').set(event.network, { network: event.network, editable: event.editable, groups: event.groups.map((group) => ({ ...group, name: safeName(group.name) })) });
      return;
    case 'group-members':
      return putMembers(draft, event);
    case 'privacy':
      for (const { address, level } of event.levels) {
        if (level === undefined) draft.edit('privacy').delete(address.toLowerCase());
        else draft.edit('privacy').set(address.toLowerCase(), level);
      }
      return;
    case 'lookout':
      if (event.how === undefined) draft.edit('lookouts').delete(event.address.toLowerCase());
      else draft.edit('lookouts').set(event.address.toLowerCase(), event.how);
      return;
    case 'presence':
      return putPresence(draft, event.side, event);
    case 'message':
      // What goes to the person's own phone and comes from there is no chat; one that was opened by hand is shown all the same.
      if (event.relay === true && !draft.state.byConversation.has(event.conversation)) return;
      return putMessage(draft, withoutKind(event), event.at);
    case 'accepted':
      return accepted(draft, event.token);
    case 'discarded':
      return discard(draft, event.id);
    case 'notices':
      draft.state.notices = event.problems;
      return;
    case 'delivery':
      return putDelivery(draft, event);
    case 'typing':
      return typing(draft, event.conversation, event.on, event.at);
    case 'conversation':
      return putConversation(draft, event);
    case 'subscription':
      draft.edit('subscriptions').set(event.address, event);
      return;
    case 'own':
      draft.state.own = event.status;
      return;
    case 'unread':
      return countUnread(draft, event.conversation, event.count);
    case 'paused':
      draft.state.paused = { paused: event.paused, until: event.until ?? null };
      return;
    case 'bridge': {
      const address = addressOf(draft, event.id);
      const { at, action, from_side, to_side, reason } = event;
      putVia(draft, event.id, action, from_side, to_side);
      draft.state.bridgeLog = [{ at, action, from_side, to_side, address, reason }, ...draft.state.bridgeLog].slice(0, LOG_LENGTH);
      return;
    }
    case 'came-available':
      // The agent notifies; the presence has been told already.
      return;
    case 'show':
    case 'hide':
      // Told to the shell.
      return;
    case 'resync':
      // The shell subscribes anew and a snapshot follows.
      return;
  }
}

/** Whose text the bridge carried; known where the text is on a page or is the last of its chat. */
function addressOf(draft: Draft, id: string): string {
  for (const chat of draft.state.chats.values()) {
    if (chat.last?.id === id) return chat.last.direction === 'in' ? chat.last.from : chat.last.to;
  }
  for (const log of draft.state.logs.values()) {
    const line = log.lines.findLast((l) => l.id === id);
    if (line !== undefined) return line.direction === 'in' ? line.from : line.to;
  }
  return '';
}

function fillNewSince(draft: Draft): void {
  const { newSince, open } = draft.state;
  if (newSince === null || newSince.at !== '' || open === null) return;
  const line = draft.log(open)?.lines.find((l) => l.id === newSince.id);
  if (line !== undefined) draft.state.newSince = { id: line.id, at: line.sent_at };
}

function withoutKind(event: Extract<Event, { kind: 'message' }>) {
  const { id, conversation, side, direction, from, to, name, text, sent_at, late } = event;
  return { id, conversation, side, direction, from, to, ...(name !== undefined && { name }), text, sent_at, late };
}

export { personKey };
