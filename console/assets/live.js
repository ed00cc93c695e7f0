/**
 * Keeps the page up to date: it reads the page again every few seconds while somebody can see it, and merges what changed. What the reader
 * opened, typed or checked stays.
 */
import { Idiomorph } from '/assets/idiomorph.js';

const EVERY_MS = 5000;
const main = document.getElementById('main');
let last = '';

setInterval(() => void (document.visibilityState === 'visible' && refresh()), EVERY_MS);
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void refresh());

async function refresh() {
  const headers = { 'curfew-refresh': '1' };
  const response = await fetch(location.href, { headers, redirect: 'manual' }).catch(() => undefined);
  if (!response) return; // The console does not answer. It is tried again.
  if (!response.ok) {
    location.reload(); // The session ended, or the page is not there any more.
    return;
  }
  const next = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('main');
  if (!next || next.innerHTML === last) return;
  last = next.innerHTML;
  const callbacks = { beforeAttributeUpdated, beforeNodeMorphed };
  Idiomorph.morph(main, next.innerHTML, { morphStyle: 'innerHTML', ignoreActiveValue: true, callbacks });
}

/** The server knows nothing of what is open in this browser, nor of a button that a script shows. */
const beforeAttributeUpdated = (name, node) =>
  !(name === 'open' || (name === 'hidden' && node.matches('[data-proof]')));
const beforeNodeMorphed = (node) => !(node instanceof HTMLElement && node.matches('output, textarea'));
