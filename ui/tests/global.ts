// Builds the page with the fake once, and serves it with the window's policy to every page test.

import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import { serve } from './serve.mjs';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (process.env['CAUSEWAY_UI_BUILT'] !== '1') await build({ mode: 'designer', logLevel: 'warn', build: { outDir: 'dist-designer' } });
  const server = await serve('dist-designer');
  project.provide('url', server.url);
  return () => server.close();
}

declare module 'vitest' {
  interface ProvidedContext {
    url: string;
  }
}
