import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export function launch(): Promise<Browser>;
export const NOW: Date;
export function open(
  browser: Browser,
  url: string,
  parameters: string,
  look?: { size?: { width: number; height: number }; scale?: number } & BrowserContextOptions,
  before?: () => void,
): Promise<{ page: Page; faults: string[]; close: () => Promise<void> }>;
