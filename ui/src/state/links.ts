// Reducer: the links and the ladder of their sign-in.

import type { Problem, Side, SideState, StepState, Timestamp } from '../ipc';
import type { Draft } from './draft';
import { isReady, LADDER, type Link, type Step } from './state';

const FRESH: Link = { state: 'signed-out', since: '', error: null, steps: [], nextTry: null, lost: null };

export function putState(draft: Draft, side: Side, state: SideState, error: Problem | undefined, at: Timestamp): void {
  const old = draft.state.links[side] ?? FRESH;
  const link: Link = { ...old, state, since: at, error: error ?? null, nextTry: null, lost: null };
  if (!isReady(link)) link.lost = isReady(old) ? at : old.lost;
  if (place(state) === 0) link.steps = [];
  if (place(state) >= 0) link.steps = begin(link.steps, state, at);
  else if (error !== undefined) link.steps = fail(link.steps, error, at);
  else if (isReady(link)) link.steps = link.steps.map((step) => end(step, at));
  draft.state.links = { ...draft.state.links, [side]: link };
}

/** A step begins; whatever ran before it has passed. */
function begin(steps: Step[], step: string, at: Timestamp): Step[] {
  if (steps.some((s) => s.step === step && s.state === 'running')) return steps;
  const passed = steps.filter((s) => s.step !== step).map((s) => end(s, at));
  return [...passed, { step, state: 'running', begun: at, ms: 0, message: '' }];
}

function end(step: Step, at: Timestamp): Step {
  return step.state === 'running' ? { ...step, state: 'ok', ms: elapsed(step.begun, at) } : step;
}

/** The step that the engine has told as failed or that the problem names; else the one that ran. What comes after it was not
    reached, and of what ran before it only the very step before has passed: the ladder was left there. */
function fail(steps: Step[], error: Problem, at: Timestamp): Step[] {
  const last = steps.at(-1);
  const name = steps.find((s) => s.state === 'fail')?.step ?? (place(error.step) >= 0 ? error.step : last?.step);
  if (name === undefined) return steps;
  const failed = steps.find((s) => s.step === name) ?? { step: name, begun: at, ms: 0, message: '' };
  const before = steps.filter((s) => place(s.step) < place(name) && (s.state !== 'running' || place(s.step) === place(name) - 1));
  return [...before.map((s) => end(s, at)), { ...failed, state: 'fail', ms: failed.ms || elapsed(failed.begun, at) }];
}

function place(step: string): number {
  return (LADDER as readonly string[]).indexOf(step);
}

export function putStep(
  draft: Draft,
  side: Side,
  step: { step: string; state: StepState | 'running'; ms: number; message: string },
  at: Timestamp,
): void {
  const link = draft.state.links[side] ?? FRESH;
  const begun = link.steps.find((s) => s.step === step.step)?.begun ?? at;
  const row: Step = { ...step, begun };
  const known = link.steps.some((s) => s.step === step.step);
  const steps = known ? link.steps.map((s) => (s.step === step.step ? row : s)) : [...link.steps, row];
  draft.state.links = { ...draft.state.links, [side]: { ...link, steps } };
}

export function putNextTry(draft: Draft, side: Side, at: Timestamp): void {
  const link = draft.state.links[side];
  if (link !== undefined) draft.state.links = { ...draft.state.links, [side]: { ...link, nextTry: at } };
}

function elapsed(from: Timestamp, to: Timestamp): number {
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isFinite(ms) && ms > 0 ? ms : 0;
}
