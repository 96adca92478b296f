// A problem in the person's language. English is the engine's own, with the names and dates of the case; other languages have
// the cause by code, and the case's own facts stand in the details.

import { asProblem, type Problem } from '../ipc';
import { tOr, words } from './words.svelte';

/** The words of the code; some codes have several causes, `CW-1202.no-ticket`, with words of their own. */
function told(what: 'problem' | 'remedy', problem: Problem, otherwise: string): string {
  const byCode = tOr(`${what}.${problem.code}`, otherwise);
  const below = problem.detail['cause'];
  return typeof below === 'string' ? tOr(`${what}.${problem.code}.${below}`, byCode) : byCode;
}

export function cause(problem: Problem): string {
  return words.locale === 'en' ? problem.message : told('problem', problem, problem.message);
}

/** A remedy that is typed into a terminal is no help to who looks at a window. */
const COMMAND = /\bcausewayctl\b/;

export function remedy(problem: Problem): string {
  return words.locale === 'en' && !COMMAND.test(problem.remedy) ? problem.remedy : told('remedy', problem, problem.remedy);
}

/** Any thrown thing as cause and remedy, for the place beside what failed. */
export function sentence(thrown: unknown): string {
  const problem = asProblem(thrown);
  return `${cause(problem)} ${remedy(problem)}`.trim();
}
