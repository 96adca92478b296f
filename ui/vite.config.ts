import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Folders of `src/words` that are fetched when they are wanted; English is always. */
const LANGUAGES = ['de'];

/** The window's own policy (tauri.conf.json), so that what works here works there. */
export const CSP =
  "default-src 'self'; connect-src 'self' ipc: http://ipc.localhost; img-src 'self' data:; style-src 'self'; " +
  "script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  // Relative, so that the built page also opens from tauri://localhost and from any folder of a web server.
  base: './',
  build: {
    // What WebKitGTK of the oldest supported distribution and WebView2 both speak.
    target: 'safari16',
    // A data: URI for an asset is a second source of content; files are enough.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      // What the first paint needs is one file, and a language one more: the shell answers for one file after the other.
      output: {
        codeSplitting: {
          groups: [
            { name: 'first', tags: ['$initial'] },
            ...LANGUAGES.map((language) => ({ name: language, test: new RegExp(`/words/${language}/`) })),
          ],
        },
      },
    },
  },
  // The pages of error codes lie in the documentation, beside this folder.
  server: { host: '127.0.0.1', port: 5210, strictPort: true, fs: { allow: ['.', '../docs/errors'] } },
  preview: { host: '127.0.0.1', headers: { 'Content-Security-Policy': CSP } },
  test: {
    projects: [
      {
        extends: true,
        resolve: { conditions: ['browser'] },
        test: {
          name: 'unit',
          environment: 'jsdom',
          include: ['src/**/*.test.ts'],
          setupFiles: ['tests/setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          environment: 'node',
          include: ['tests/pages/**/*.test.ts'],
          globalSetup: ['tests/global.ts'],
          // Generous: these wait for what is to be seen, on machines that may be busy.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A browser for each file; more than two at once only wait for each other.
          maxWorkers: 2,
          // After the others, whose number of workers is another one.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
  define: {
    /** The lively fake is for designers and tests; the shipped window has none. */
    __FAKE__: JSON.stringify(mode !== 'production'),
  },
}));
