// A problem in the person's language, with the names and dates of the case wherever its details have what the words need. English
// is the engine's own else; other languages have the cause by code.

import { asProblem, type Problem } from '../ipc';
import { t, tOr, words, type Args } from './words.svelte';

/** The code, and what happened in particular: `CW-1202.no-ticket` says more than `CW-1202`. The most particular first. */
function names(problem: Problem): string[] {
  const below = problem.detail['cause'];
  return typeof below === 'string' ? [`${problem.code}.${below}`, problem.code] : [problem.code];
}

/** The words of the code, or of its cause where they are known apart. */
function told(what: 'problem' | 'remedy', problem: Problem, otherwise: string): string {
  return names(problem).reduceRight((words, name) => tOr(`${what}.${name}`, words), otherwise);
}

/** Moments among the details. */
const MOMENTS = ['not_before', 'not_after', 'clock'];

/** The details as words can be filled with them: lists in one line, moments as such. */
function facts(problem: Problem): Args {
  const args: Args = {};
  for (const [name, value] of Object.entries(problem.detail)) {
    if (typeof value === 'number') args[name] = value;
    else if (Array.isArray(value)) args[name] = value.map(String).join(', ');
    else if (typeof value === 'string') args[name] = MOMENTS.includes(name) ? new Date(value) : value;
  }
  return args;
}

/** The words for who knows the case: who, where, when. Null where a detail of it is missing. */
function known(problem: Problem): string | null {
  const args = facts(problem);
  for (const name of names(problem)) {
    const text = words.filled(`problem.${name}.known`, args);
    if (text !== null) return text;
  }
  return null;
}

/** What the server itself gives as its reason (`X-Ms-diagnostics`), behind words that do not have it yet. */
function withReason(problem: Problem, words: string): string {
  const reason = /;\s*reason="([^"]+?)\.?"/.exec(String(problem.detail['diagnostics'] ?? ''))?.[1];
  return reason === undefined || words.includes(reason) ? words : `${words} ${t('signin.server-says', { reason })}`;
}

export function cause(problem: Problem): string {
  return withReason(problem, known(problem) ?? (words.locale === 'en' ? problem.message : told('problem', problem, problem.message)));
}

/** A remedy that is typed into a terminal or a file is no help to who looks at a window: a command, or a key of the configuration. */
const TYPED = /\b(?:causewayctl|kinit)\b|\b(?:lync|xmpp)\.[a-z_]+\b(?!\.[a-z])/;

export function remedy(problem: Problem): string {
  return words.locale === 'en' && !TYPED.test(problem.remedy) ? problem.remedy : told('remedy', problem, problem.remedy);
}

/** Any thrown thing as cause and remedy, for the place beside what failed. */
export function sentence(thrown: unknown): string {
  const problem = asProblem(thrown);
  return `${cause(problem)} ${remedy(problem)}`.trim();
}
