// The one contact card of the page: on whose name the pointer rests, or whom a key asked for.

import type { Attachment } from 'svelte/attachments';
import type { Key } from './state';

/** Milliseconds of rest until the card opens; less when another card was just open. */
const REST = 350;
const REST_AGAIN = 150;
/** Time to move the pointer from the name to the card. */
const GRACE = 220;

class Card {
  key = $state.raw<Key | null>(null);
  /** The name beside which it opened, for who is on no list. */
  name = $state.raw('');
  anchor = $state.raw<HTMLElement | null>(null);
  byKeyboard = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closedAt = -1e9;

  /** On a name or an avatar. */
  on(key: Key, { focus = false, name = '' } = {}): Attachment<HTMLElement> {
    return (element) => {
      const enter = (event: PointerEvent) => {
        if (event.pointerType === 'mouse' && event.buttons === 0) this.#soon(key, element, name);
      };
      const leave = () => this.leave();
      const press = () => this.close();
      const focusin = () => {
        if (element.matches(':focus-visible')) this.#soon(key, element, name);
      };
      element.addEventListener('pointerenter', enter);
      element.addEventListener('pointerleave', leave);
      element.addEventListener('pointerdown', press);
      if (focus) {
        element.addEventListener('focusin', focusin);
        element.addEventListener('focusout', leave);
      }
      return () => {
        element.removeEventListener('pointerenter', enter);
        element.removeEventListener('pointerleave', leave);
        element.removeEventListener('pointerdown', press);
        element.removeEventListener('focusin', focusin);
        element.removeEventListener('focusout', leave);
        if (this.anchor === element) this.close();
      };
    };
  }

  /** At once, by Ctrl+I. */
  ask(key: Key, anchor: HTMLElement, name = ''): void {
    clearTimeout(this.#timer);
    if (this.key === key) {
      this.close();
      return;
    }
    [this.key, this.name, this.anchor, this.byKeyboard] = [key, name, anchor, true];
  }

  /** The pointer is on the card itself. */
  stay(): void {
    clearTimeout(this.#timer);
  }

  leave(): void {
    clearTimeout(this.#timer);
    if (!this.byKeyboard) this.#timer = setTimeout(() => this.close(), GRACE);
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.key !== null) this.#closedAt = performance.now();
    [this.key, this.anchor, this.byKeyboard] = [null, null, false];
  }

  #soon(key: Key, anchor: HTMLElement, name: string): void {
    clearTimeout(this.#timer);
    // Never while somebody types or holds a text.
    const typing = document.activeElement instanceof HTMLTextAreaElement && document.activeElement.value !== '' && performance.now() - lastKey < 1_000;
    if (typing || this.byKeyboard) return;
    const again = this.key !== null || performance.now() - this.#closedAt < 400;
    this.#timer = setTimeout(() => ([this.key, this.name, this.anchor] = [key, name, anchor]), again ? REST_AGAIN : REST);
  }
}

let lastKey = -1e9;
globalThis.addEventListener?.('keydown', () => (lastKey = performance.now()), { capture: true, passive: true });

export const card = new Card();
