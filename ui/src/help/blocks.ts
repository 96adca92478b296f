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

/** Words and, between backticks, what is typed or read as it stands. */
export function pieces(text: string): { text: string; code: boolean }[] {
  return text.split('`').map((piece, index) => ({ text: piece, code: index % 2 === 1 })).filter((piece) => piece.text !== '');
}
