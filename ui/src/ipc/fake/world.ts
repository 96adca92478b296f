// The world of the fake: what is true in it now, and whom it tells of changes.

import type { Event, OwnStatus, Person, PrivacyLevel, SideState, TableRow } from '../types';
import type { Change } from '../door';
import type { Kind } from '../types';
import { bridgeLog } from './bridge';
import { cast, crowd, subscriptions, type Actor } from './cast';
import { configuration } from './config';
import { lists } from './lists';
import { talks, type Talk } from './talk';

export class World {
  readonly people: Actor[];
  readonly talks: Talk[];
  readonly config = configuration();
  readonly log = bridgeLog(Date.now());
  own: OwnStatus;
  /** An own status table, or null for the preset's. */
  table: TableRow[] | null = null;
  startsAtLogin = false;
  /** Groups of the Lync list that nobody is in. */
  emptyGroups: string[] = [];
  /** Groups of the directory in the Lync list. */
  listedGroups: string[] = ['sip:hamburg@contoso.example', 'sip:everyone@contoso.example'];
  readonly privacy = new Map<string, PrivacyLevel>();
  paused: { paused: boolean; until?: string } = { paused: false };
  lync: SideState = 'ready-available';
  xmpp: SideState = 'ready-available';
  listener: (change: Change) => void = () => undefined;
  #seq = 0;

  constructor(readonly params: URLSearchParams) {
    const now = Date.now();
    this.people = [...cast(), ...crowd(Number(params.get('people') ?? 0))];
    for (const { addresses } of this.people) if (addresses.lync !== undefined) this.privacy.set(addresses.lync, 'colleagues');
    this.privacy.set('sip:eun-ji.oh@contoso.example', 'workgroup').set('sip:odd.name@contoso.example', 'blocked');
    this.talks = talks(now, Number(params.get('texts') ?? 0), Number(params.get('big') ?? 0));
    for (let i = 0; i < Number(params.get('chats') ?? 0); i += 1) {
      const person = this.people[16 + i];
      if (person?.addresses.lync === undefined) continue;
      const conversation = { id: `many-${i}`, side: 'lync' as const, address: person.addresses.lync };
      const last = { id: `many-${i}`, conversation: conversation.id, side: 'lync' as const, direction: 'in' as const, from: conversation.address, to: '', text: 'Hello', sent_at: new Date(now - 3 * 86_400_000 - i * 1000).toISOString(), late: false };
      this.talks.push({ messages: [last], summary: { conversations: [conversation], last, unread: 1, first_unread: last.id, pinned: false, draft: '' } });
    }
    const three = new Date(now);
    three.setHours(15, 0, 0, 0);
    if (three.getTime() < now) three.setTime(now + 3_600_000);
    this.own = { availability: 'busy', until: three.toISOString(), note: 'Review', reason: 'you' };
    if (params.has('first-run')) {
      this.lync = 'signed-out';
      this.xmpp = 'signed-out';
      this.own = { availability: 'offline', reason: 'signed-out' };
      for (const entry of this.config.entries) if (entry.key.endsWith('.address')) Object.assign(entry, { value: null, origin: 'built-in', source: undefined });
    }
  }

  event(kind: Kind): Event {
    this.#seq += 1;
    return { seq: this.#seq, at: new Date().toISOString(), ...kind };
  }

  tell(...kinds: (Kind)[]): void {
    for (const kind of kinds) this.listener({ change: 'event', event: this.event(kind) });
  }

  snapshot(): Change {
    const signedOut = this.lync === 'signed-out';
    const events: Event[] = [
      this.event({ kind: 'state', side: 'lync', state: this.lync }),
      this.event({ kind: 'state', side: 'xmpp', state: this.xmpp }),
      this.event({ kind: 'paused', ...this.paused }),
    ];
    for (const { group, summary } of this.talks) {
      const conversation = summary.conversations[0];
      if (signedOut || group === undefined || conversation === undefined) continue;
      events.push(this.event({ kind: 'conversation', id: conversation.id, side: conversation.side, people: group.people, state: 'active', subject: group.title }));
    }
    if (!signedOut) {
      events.push(this.event({ kind: 'privacy', levels: [...this.privacy].map(([address, level]) => ({ address, level })) }));
      for (const list of lists(this)) events.push(this.event({ kind: 'contact-list', ...list }));
      for (const actor of this.people) {
        events.push(this.event({ kind: 'person', ...person(actor) }));
        const address = actor.addresses.lync ?? actor.addresses.xmpp ?? '';
        if (actor.until !== undefined || actor.lastActive !== undefined) {
          events.push(this.event({
            kind: 'presence', side: actor.addresses.lync === undefined ? 'xmpp' : 'lync', address,
            availability: actor.availability, activity: actor.activity, note: actor.note,
            ...(actor.until !== undefined && { until: minutes(actor.until) }),
            ...(actor.lastActive !== undefined && { last_active: minutes(actor.lastActive) }),
          }));
        }
      }
      for (const subscription of subscriptions(this.people)) events.push(this.event({ kind: 'subscription', ...subscription }));
    }
    return { change: 'snapshot', snapshot: { seq: this.#seq, events } };
  }

  find(address: string): Actor | undefined {
    const bare = address.replace(/^(sip|xmpp):/, '').toLowerCase();
    return this.people.find(({ addresses }) => addresses.lync?.replace('sip:', '') === bare || addresses.xmpp === bare);
  }
}

function minutes(from: number): string {
  return new Date(Date.now() + from * 60_000).toISOString();
}

export function person({ name, addresses, default: network, availability, activity, note, groups }: Actor): Person {
  return { name, addresses, default: network, availability, activity, note, groups };
}
