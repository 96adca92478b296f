// Characters that turn or hide the text around them are shown by number in names: "⟨U+202E⟩gnp.exe".

const TURNING = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/g;
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\ufeff\u200b]/g;

/** A name that cannot disturb its surroundings. Limited, since a name comes from outside. */
export function safeName(name: string): string {
  const cut = name.length > 256 ? `${name.slice(0, 255)}…` : name;
  return cut
    .replace(TURNING, (c) => `⟨U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`)
    .replace(INVISIBLE, ' ')
    .trim();
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** First letters of the first and the last word, for avatars without a picture. */
export function initials(name: string): string {
  const words = name.replace(/[⟨(][^⟩)]*[⟩)]/g, ' ').split(/[\s.@_]+/).filter((word) => /^\p{L}|^\p{N}/u.test(word));
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words.slice(0, 1);
  return letters
    .map((word) => [...segmenter.segment(word ?? '')][0]?.segment ?? '')
    .join('')
    .toLocaleUpperCase();
}
