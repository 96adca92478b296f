// The place of a hit in its text, with what stands around it.

const BEFORE = 50;
const AFTER = 200;

export function around(text: string, query: string): { before: string; hit: string; after: string } {
  const flat = text.replace(/\s+/g, ' ');
  const at = flat.toLowerCase().indexOf(query.toLowerCase());
  if (at < 0) return { before: flat.slice(0, AFTER), hit: '', after: flat.length > AFTER ? '…' : '' };
  const from = Math.max(0, at - BEFORE);
  const end = at + query.length;
  return {
    before: (from > 0 ? '…' : '') + flat.slice(from, at),
    hit: flat.slice(at, end),
    after: flat.slice(end, end + AFTER) + (flat.length > end + AFTER ? '…' : ''),
  };
}
