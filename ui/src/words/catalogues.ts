// The catalogues: one JSON file per subject and language, ICU MessageFormat, descriptions for translators beside the text
// as in ARB files: "@key". English is the source and the measure of completeness.

import type enBridge from './en/bridge.json';
import type enChats from './en/chats.json';
import type enCommon from './en/common.json';
import type enFound from './en/found.json';
import type enKeys from './en/keys.json';
import type enPeople from './en/people.json';
import type enProblems from './en/problems.json';
import type enSettings from './en/settings.json';
import type enSignin from './en/signin.json';

type Source = typeof enCommon & typeof enChats & typeof enPeople & typeof enSignin & typeof enBridge & typeof enSettings & typeof enFound & typeof enKeys & typeof enProblems;

export type Key = Exclude<keyof Source & string, `@${string}`>;
export type Texts = Readonly<Record<string, string>>;

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

type Part = Record<string, unknown>;

const others: Record<Exclude<Language, 'en'>, Record<string, () => Promise<Part>>> = {
  de: import.meta.glob<Part>('./de/*.json', { import: 'default' }),
};

/** The source, which every language falls back to; it is there at once. */
export const ENGLISH = texts(Object.values(import.meta.glob<Part>('./en/*.json', { import: 'default', eager: true })));

/** A language's own texts; a file that cannot be read leaves its texts to English. */
export async function catalogue(language: Language): Promise<Texts> {
  if (language === 'en') return ENGLISH;
  return texts(await Promise.all(Object.values(others[language]).map((load) => load().catch(() => ({})))));
}

function texts(parts: Part[]): Texts {
  const texts: Record<string, string> = {};
  for (const part of parts) {
    for (const [key, text] of Object.entries(part)) {
      if (!key.startsWith('@') && typeof text === 'string') texts[key] = text;
    }
  }
  return texts;
}
