/**
 * Keeps the page up to date: it reads the page again every few seconds while somebody can see it, and merges what changed. What the reader
 * opened, typed or checked stays. While the page cannot be updated, it says that it may be out of date. When the session has ended it shows nothing
 * any more, and does not sign in by itself: whoever sits there may be somebody else.
 */
import { Idiomorph } from '/assets/idiomorph.js';

const EVERY_MS = 5000;
const ANSWERED_WITHIN_MS = 20_000;
const main = document.getElementById('main');
let last = '';
let isLooking = false;
const outdated = noticeOf(
  'This page could not be updated, so it may be out of date. The browser tries again every few seconds.',
);

const timer = setInterval(look, EVERY_MS);
document.addEventListener('visibilitychange', look);

function look() {
  if (isLooking || document.visibilityState !== 'visible') return;
  isLooking = true;
  void refresh()
    .catch(showOutdated)
    .finally(() => (isLooking = false));
}

async function refresh() {
  const headers = { 'curfew-refresh': '1' };
  const signal = AbortSignal.timeout(ANSWERED_WITHIN_MS);
  const response = await fetch(location.href, { headers, signal, redirect: 'manual' });
  if (response.type === 'opaqueredirect') return end();
  if (response.status >= 500) return showOutdated();
  if (!response.ok) {
    location.reload(); // The page is not there any more.
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const next = page.getElementById('main');
  if (!next) return showOutdated();
  outdated.remove();
  refreshMenu(page);
  if (next.innerHTML === last) return;
  last = next.innerHTML;
  const callbacks = { beforeAttributeUpdated, beforeNodeMorphed };
  Idiomorph.morph(main, next.innerHTML, { morphStyle: 'innerHTML', ignoreActiveValue: true, callbacks });
}

/** The pages to which the reader may go, which a role that ended can change. */
function refreshMenu(page) {
  const [menu, next] = [document, page].map((each) => each.querySelector('.top nav'));
  if (menu && next && menu.innerHTML !== next.innerHTML) menu.innerHTML = next.innerHTML;
}

function showOutdated() {
  if (!outdated.isConnected) main.prepend(outdated);
}

function end() {
  clearInterval(timer);
  document.removeEventListener('visibilitychange', look);
  outdated.remove();
  const link = document.createElement('a');
  link.href = location.href;
  link.textContent = 'Sign in, and load the page again';
  main.replaceChildren(noticeOf('Your session has ended. ', link));
}

function noticeOf(...content) {
  const [notice, text] = ['div', 'p'].map((name) => document.createElement(name));
  notice.className = 'notice notice--careful';
  notice.setAttribute('role', 'alert');
  text.append(...content);
  notice.append(text);
  return notice;
}

/** The server knows nothing of what is open in this browser, nor of a button that a script shows. */
const beforeAttributeUpdated = (name, node) =>
  !(name === 'open' || (name === 'hidden' && node.matches('[data-proof]')));
const beforeNodeMorphed = (node) => !(node instanceof HTMLElement && node.matches('output, textarea'));
