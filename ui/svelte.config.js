/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default {
  compilerOptions: {
    runes: true,
    // Styles live in files, never in a <style> element made at run time: the window's CSP is `style-src 'self'`.
    css: 'external',
  },
  // Libraries from npm decide for themselves whether they use runes.
  vitePlugin: {
    dynamicCompileOptions({ filename }) {
      return filename.includes('node_modules') ? { runes: undefined } : undefined;
    },
  },
};
