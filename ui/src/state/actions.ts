// What changes the state: the stream of changes, and what this window itself learned or did.

import type { Change, Chat, GroupMembers, OwnStatus, Past, Problem, Side, Subscription, Timestamp } from '../ipc';
import type { Person as WirePerson } from '../ipc';
import type { Key } from './state';

export type Action =
  | Exclude<Change, { change: 'gone' }>
  /** The agent is gone; when this window noticed. */
  | (Extract<Change, { change: 'gone' }> & { at: Timestamp })
  | { change: 'chats'; chats: Chat[] }
  | {
      change: 'history';
      chat: Key;
      /** `latest` and `around` replace what is there. */
      where: 'latest' | 'around' | 'before' | 'after';
      messages: Past[];
      moreBefore: boolean;
      moreAfter: boolean;
    }
  | { change: 'group-members'; members: GroupMembers }
  | { change: 'people'; people: WirePerson[]; subscriptions: Subscription[] }
  | { change: 'own'; status: OwnStatus }
  /** A chat is shown; `here`: the window has the focus and the end of the chat is in sight. */
  | { change: 'attend'; chat: Key | null; here: boolean }
  | { change: 'begin'; chat: Key; side: Side; address: string }
  | { change: 'sending'; chat: Key; token: string; side: Side; address: string; text: string; at: Timestamp }
  | { change: 'not-sent'; token: string; problem: Problem }
  | { change: 'discarded'; id: string }
  | { change: 'draft'; chat: Key; text: string }
  | { change: 'was-read'; chat: Key }
  | { change: 'pin'; chat: Key; on: boolean }
  | { change: 'close'; chat: Key };
