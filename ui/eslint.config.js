import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** The wall between the pages and whoever stands behind the window. */
const wall = {
  'no-restricted-imports': [
    'error',
    { patterns: [{ group: ['@tauri-apps/*'], message: 'Only src/ipc/tauri.ts speaks to Tauri.' }, { group: ['**/ipc/*'], message: 'Import from src/ipc, its one entrance.' }] },
  ],
};

export default ts.config(
  { ignores: ['dist', 'dist-designer', 'hello', 'node_modules', 'shots'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node, __FAKE__: 'readonly' } } },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } } },
  {
    rules: {
      ...wall,
      // Svelte reads a value by naming it in an effect.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      'svelte/no-at-html-tags': 'error',
      'svelte/no-inline-styles': ['error', { allowTransitions: true }],
      // Maps here are values that are replaced, not changed.
      'svelte/prefer-svelte-reactivity': 'off',
      // Links go to the person's browser through the door.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  { files: ['src/ipc/**', 'src/**/*.test.ts', 'tests/**'], rules: { 'no-restricted-imports': 'off', '@typescript-eslint/no-non-null-assertion': 'off' } },
);
