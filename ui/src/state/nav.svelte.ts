// Where the person is: page, open chat, floating things. Kept by the shell, so that a window that was ended comes back.

import type { View as DoorView } from '../ipc';
import type { Key } from './state';
import { store } from './store.svelte';

/** A page of this window; the other views are a dialog over one of them. */
export type Page = Extract<DoorView, 'chats' | 'people' | 'bridge' | 'settings' | 'check'>;

export const PAGES: readonly Page[] = ['chats', 'people', 'bridge', 'settings'];

export type Layer = 'switcher' | 'new-message' | 'keys' | 'status' | 'note' | 'search' | 'add-person' | 'join' | 'groups' | 'privacy' | 'group-name' | 'policy' | 'gone' | null;

interface View {
  page: Page;
  chat: Key | null;
  /** First text in sight, by chat; a chat that stood at its end has none. */
  places: Record<Key, Place>;
  /** The person knows that this desktop has no tray. */
  knowsNoTray: boolean;
}

/** Where a chat is scrolled to: its first text in sight, and how many pixels of it are above the edge. */
export interface Place {
  id: string;
  above: number;
}

function isPlace(value: unknown): value is Place {
  return typeof value === 'object' && value !== null && 'id' in value && 'above' in value && typeof value.id === 'string' && typeof value.above === 'number';
}

class Nav {
  /** The chat whose own window this is: everything else is the main window's. */
  alone = $state.raw<Key | null>(null);
  page = $state<Page>('chats');
  chat = $state<Key | null>(null);
  layer = $state<Layer>(null);
  /** The person wants to quit and is asked, because the bridge stops then. */
  quitting = $state(false);
  /** The person closes the window where no tray is there, and is asked what that is to do. */
  closing = $state(false);
  /** Whom `join`, `groups` and `privacy` are about. */
  joining = $state<Key | null>(null);
  /** Which group `group-name` is about; null where one is made. */
  group = $state<string | null>(null);
  /** A text to go to in the open chat, from a search. */
  goTo = $state<string | null>(null);
  /** A part of the settings to begin at. */
  section: 'about' | null = null;
  /** The check is to ask at once where a report goes. */
  reporting = $state(false);
  knowsNoTray = $state(false);
  /** Last opened first, for Ctrl+Tab. */
  recent: Key[] = [];
  #places = new Map<Key, Place>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(page: Page): void {
    if (this.alone !== null) return this.#inMain({ page });
    this.page = page;
    this.layer = null;
    this.#save();
  }

  /** What tray, notification or link ask for. */
  showView(view: DoorView): void {
    switch (view) {
      case 'switcher':
      case 'status':
        this.layer = view;
        return;
      case 'about':
        this.section = 'about';
        return this.show('settings');
      case 'report':
        this.reporting = true;
        return this.show('check');
      case 'closing':
        // Who closes twice does not want to be asked.
        if (this.closing) void store.request({ command: 'hide' }).catch(() => undefined);
        this.closing = !this.closing;
        return;
      case 'quit':
        this.quitting = true;
        return;
      case 'meetings':
        return this.show('chats');
      default:
        return this.show(view);
    }
  }

  open(chat: Key | null, goTo: string | null = null): void {
    if (this.alone !== null && this.alone !== chat) return this.#inMain({ page: 'chats', ...(chat !== null && { address: chat }) });
    this.page = 'chats';
    this.layer = null;
    this.chat = chat;
    this.goTo = goTo;
    if (chat !== null) this.recent = [chat, ...this.recent.filter((key) => key !== chat)].slice(0, 50);
    this.#save();
  }

  place(chat: Key): Place | undefined {
    return this.#places.get(chat);
  }

  keepPlace(chat: Key, place: Place | null): void {
    this.#places.delete(chat);
    if (place !== null) this.#places.set(chat, place);
    this.#save();
  }

  dismissNoTray(): void {
    this.knowsNoTray = true;
    this.#save();
  }

  /** `alone`: the chat whose own window this is. `kept`: what the window before said last. */
  restore(alone: Key | null, kept: string | null): void {
    this.alone = alone;
    if (alone !== null) {
      this.chat = alone;
      return;
    }
    try {
      const view = JSON.parse(kept ?? '{}') as Partial<View>;
      if (typeof view.chat === 'string') this.chat = view.chat;
      if (view.page === 'check' || PAGES.includes(view.page as Page)) this.page = view.page as Page;
      this.knowsNoTray = view.knowsNoTray === true;
      if (typeof view.places === 'object') this.#places = new Map(Object.entries(view.places ?? {}).filter(([, place]) => isPlace(place)));
    } catch {
      // Begin at the chats.
    }
  }

  #inMain(wish: { page: Page; address?: string }): void {
    store.request({ command: 'show', ...wish }).catch(() => undefined);
  }

  #save(): void {
    if (this.alone !== null) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const view: View = { page: this.page, chat: this.chat, places: Object.fromEntries([...this.#places].slice(-40)), knowsNoTray: this.knowsNoTray };
      void store.door.saveView(JSON.stringify(view)).catch(() => undefined);
    }, 300);
  }
}

export const nav = new Nav();
