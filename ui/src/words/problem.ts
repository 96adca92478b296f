// A problem in the person's language. English is the engine's own, with the names and dates of the case; other languages have
// the cause by code, and the case's own facts stand in the details.

import { asProblem, type Problem } from '../ipc';
import { tOr, words } from './words.svelte';

export function cause(problem: Problem): string {
  return words.locale === 'en' ? problem.message : tOr(`problem.${problem.code}`, problem.message);
}

/** A remedy that is typed into a terminal is no help to who looks at a window. */
const COMMAND = /\bcausewayctl\b/;

export function remedy(problem: Problem): string {
  return words.locale === 'en' && !COMMAND.test(problem.remedy) ? problem.remedy : tOr(`remedy.${problem.code}`, problem.remedy);
}

/** Any thrown thing as cause and remedy, for the place beside what failed. */
export function sentence(thrown: unknown): string {
  const problem = asProblem(thrown);
  return `${cause(problem)} ${remedy(problem)}`.trim();
}
