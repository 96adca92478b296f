// Which of three things the window shows: the first run, the sign-in, or the pages.

import { isReady, isSigningIn } from '../state/state';
import { store } from '../state/store.svelte';
import { nav } from '../state/nav.svelte';
import { own } from '../state/own.svelte';

/** A finished ladder is shown for this long. */
const DONE_MS = 400;

class Gate {
  /** Since this window opened, the person has seen the pages: they are not taken away again. */
  #inside = $state(false);
  #ladderAsked = $state(false);
  #running = $state(false);
  /** The person went on to the settings, though nothing has ever connected. */
  #visiting = $state(false);
  firstRun = $state(false);

  get shown(): 'opening' | 'first-run' | 'ladder' | 'pages' {
    const lync = store.state.links.lync;
    // Who is signed in has an account: nobody waits for the configuration to say so.
    if (store.state.phase === 'opening' || !(own.known || isReady(lync))) return 'opening';
    if (nav.alone !== null) return 'pages';
    if (this.firstRun) return 'first-run';
    // Nobody is there to climb it.
    if (store.state.phase === 'gone') return 'pages';
    if (this.#ladderAsked) return 'ladder';
    if (this.#inside) return 'pages';
    if (lync === undefined || isReady(lync)) return 'pages';
    if (this.#quiet && this.anythingKnown) return 'pages';
    if (this.#quiet && !own.loaded) return 'opening';
    // Before the first sign-in these two have nothing to show, and the ladder says why.
    return this.#visiting && nav.page !== 'chats' && nav.page !== 'people' ? 'pages' : 'ladder';
  }

  /** A sign-in of today or earlier has left something to look at. */
  get anythingKnown(): boolean {
    return store.state.chats.size > 0 || store.state.people.size > 0;
  }

  /** States in which there is nothing to climb: the pages show what is known, the rail says why it may be old. */
  get #quiet(): boolean {
    return ['waiting-for-network', 'reconnecting'].includes(store.state.links.lync?.state ?? '');
  }

  /** Follows the states; called from an effect of the page. */
  follow(): (() => void) | undefined {
    if (own.known && own.nothingSet) this.firstRun = true;
    const lync = store.state.links.lync;
    if (isSigningIn(lync)) this.#running = true;
    if (!isReady(lync)) return undefined;
    const timer = setTimeout(() => this.enter(), this.#running ? DONE_MS : 0);
    return () => clearTimeout(timer);
  }

  enter(): void {
    this.#inside = true;
    this.#ladderAsked = false;
    this.#running = false;
  }

  visitSettings(): void {
    this.#visiting = true;
    this.#ladderAsked = false;
    nav.show('settings');
  }

  showLadder(): void {
    this.#ladderAsked = true;
  }

  finishFirstRun(): void {
    own.nothingSet = false;
    this.firstRun = false;
  }
}

export const gate = new Gate();
