import type { Page } from 'playwright-core';

export const SCENES: { name: string; with: string; act?: (page: Page) => Promise<unknown> }[];
