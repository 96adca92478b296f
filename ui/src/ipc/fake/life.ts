// What happens in the fake by itself: sign-ins step by step, and a cast that lives.

import type { Availability, Side } from '../types';
import { FAILURES, PASSED } from './ladder';
import { message, type Talk } from './talk';
import { person, type World } from './world';

/** Walks the ladder; `failing` is a code, or a step at which it stays for ever. */
export async function signIn(world: World, side: Side, failing: string | null): Promise<void> {
  const failure = failing === null ? undefined : FAILURES[failing];
  const quick = world.params.has('still');
  for (const [step, ms, text] of PASSED) {
    world.tell({ kind: 'state', side, state: step });
    if (failing === step) return;
    if (failure?.problem.step === step) {
      world.tell({ kind: 'step', side, step, state: 'fail', ms, message: failure.shown });
      world.tell({ kind: 'state', side, state: failure.state, error: failure.problem });
      if (failure.state === 'reconnecting') world.tell({ kind: 'next-try', side, next_at: new Date(Date.now() + 12_000).toISOString() });
      return;
    }
    if (!quick) await new Promise((resolve) => setTimeout(resolve, ms * 3));
    world.tell({ kind: 'step', side, step, state: 'ok', ms, message: text });
  }
  if (side === 'lync') world.lync = 'ready-available';
  else world.xmpp = 'ready-available';
  world.own = { availability: 'available', reason: 'automatic' };
  world.tell({ kind: 'state', side, state: 'ready-available' }, { kind: 'own', status: world.own });
  world.listener(world.snapshot());
}

const LINES = ['Are you there?', 'Sure, in ten minutes.', 'The log is in the drive.', '👍', 'Let us take the small room.', 'Can we move it to Thursday?'];

/** Somebody changes their state every few seconds; somebody writes now and then. `rate` events a second on request. */
export function live(world: World): void {
  const rate = Number(world.params.get('rate') ?? 0.4);
  if (rate <= 0) return;
  let turn = 0;
  const states: Availability[] = ['available', 'busy', 'away', 'available-idle', 'do-not-disturb', 'be-right-back'];
  setInterval(() => {
    turn += 1;
    const actor = world.people[(turn * 7) % world.people.length];
    if (actor === undefined) return;
    if (turn % 9 === 4) void writes(world, turn);
    else {
      actor.availability = states[(turn * 5) % states.length] ?? 'available';
      actor.activity = '';
      world.tell({ kind: 'person', ...person(actor) });
    }
  }, 1000 / rate);
}

async function writes(world: World, turn: number): Promise<void> {
  const talk = world.talks[turn % Math.min(6, world.talks.length)];
  const conversation = talk?.summary.conversations[0];
  if (talk === undefined || conversation === undefined) return;
  world.tell({ kind: 'typing', conversation: conversation.id, address: conversation.address, on: true });
  await new Promise((resolve) => setTimeout(resolve, 2500));
  arrives(world, talk, LINES[turn % LINES.length] ?? '');
}

/** A text comes in. */
export function arrives(world: World, talk: Talk, words: string): void {
  const conversation = talk.summary.conversations[0];
  if (conversation === undefined) return;
  const text = message(Date.now(), conversation, [0, 'in', words]);
  talk.messages.push(text);
  talk.summary.last = text;
  world.tell({ kind: 'message', ...text });
  world.log.unshift({ at: text.sent_at, action: 'relayed', from_side: conversation.side, to_side: 'xmpp', address: conversation.address });
  world.tell({ kind: 'bridge', action: 'relayed', id: text.id, from_side: conversation.side, to_side: 'xmpp' });
}
