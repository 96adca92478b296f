// The pages of docs/errors, in one piece that is loaded with the first question.

const files = import.meta.glob<string>('../../../docs/errors/*.md', { query: '?raw', import: 'default', eager: true });

/** The page of a code in Markdown, without the line for scripts. */
export function page(code: string): string | undefined {
  return files[`../../../docs/errors/${code}.md`]?.replace(/^Exit code of `causewayctl`: .*\n+/m, '');
}
