// The few forms of Markdown that the pages of docs/errors have, as values: no HTML is made from text.

export interface Block {
  kind: 'heading' | 'text' | 'item' | 'code';
  text: string;
}

/** Heading of the page, and what stands below it. */
export function blocks(markdown: string): { title: string; body: Block[] } {
  const body: Block[] = [];
  let title = '';
  let code: string[] | null = null;
  let open = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) {
      if (code !== null) body.push({ kind: 'code', text: code.join('\n') });
      code = code === null ? [] : null;
      open = false;
    } else if (code !== null) code.push(line);
    else if (line.startsWith('# ')) title = line.slice(2);
    else if (line.startsWith('## ')) body.push({ kind: 'heading', text: line.slice(3) });
    else if (line.startsWith('- ')) {
      body.push({ kind: 'item', text: line.slice(2) });
      open = true;
    } else if (line.trim() === '') open = false;
    else if (open) {
      const last = body.at(-1);
      if (last !== undefined) last.text += ` ${line.trim()}`;
    } else {
      body.push({ kind: 'text', text: line.trim() });
      open = true;
    }
  }
  return { title, body };
}

export interface Piece {
  text: string;
  /** `code`: typed or read as it stands; `strong`: the name of something in sight. */
  kind: 'words' | 'code' | 'strong';
}

/** Words, and what stands between backticks or asterisks. */
export function pieces(text: string): Piece[] {
  const parts = text.split(/(`[^`]+`|\*[^*\s][^*]*\*)/);
  return parts.filter((part) => part !== '').map((part) => {
    const marked = part.length > 2 ? part.at(0) : undefined;
    if (marked === '`' && part.endsWith('`')) return { text: part.slice(1, -1), kind: 'code' };
    if (marked === '*' && part.endsWith('*')) return { text: part.slice(1, -1), kind: 'strong' };
    return { text: part, kind: 'words' };
  });
}
