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

const files: Record<Language, Record<string, () => Promise<unknown>>> = {
  en: import.meta.glob('./en/*.json', { import: 'default' }),
  de: import.meta.glob('./de/*.json', { import: 'default' }),
};

/** All texts of a language; a file that cannot be read leaves its texts to English. */
export async function catalogue(language: Language): Promise<Texts> {
  const parts = await Promise.all(
    Object.values(files[language]).map((load) => load().catch(() => ({})) as Promise<Record<string, unknown>>),
  );
  const texts: Record<string, string> = {};
  for (const part of parts) {
    for (const [key, text] of Object.entries(part)) {
      if (!key.startsWith('@') && typeof text === 'string') texts[key] = text;
    }
  }
  return texts;
}
