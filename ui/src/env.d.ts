/// <reference types="svelte" />
/// <reference types="vite/client" />

/** This build has the fake for designers (vite.config.ts). */
declare const __FAKE__: boolean;
