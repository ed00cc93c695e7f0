/**
 * Keeps the page up to date: it reads the page again every few seconds while somebody can see it, and merges what changed. What the reader
 * opened, typed or checked stays. A form has an id made of what it does, so it never becomes another form. A press of a button that has just moved
 * or appeared sends nothing: the reader aimed at what stood there before. While the page cannot be updated, it says that it may be out of date. When the session has ended it shows nothing
 * any more, and does not sign in by itself: whoever sits there may be somebody else.
 */
import { Idiomorph } from '/assets/idiomorph.js';

const EVERY_MS = 5000;
const ANSWERED_WITHIN_MS = 20_000;
/** Somebody needs about a second to see that a button has moved. */
const SETTLED_AFTER_MS = 1000;
/** The place of a button in a form that is closed. */
const HIDDEN = 'hidden';
const main = document.getElementById('main');
let last = '';
let isLooking = false;
let settledAt = 0;
const outdated = noticeOf(
  'This page could not be updated, so it may be out of date. The browser tries again every few seconds.',
);
const unsent = noticeOf('The page had just changed, so nothing was sent. Look again, and press once more.');
unsent.classList.add('notice--over'); // In the page it would move the button once more.

const timer = setInterval(look, EVERY_MS);
document.addEventListener('visibilitychange', look);
main.addEventListener('click', refuseUnsettled, { capture: true });

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
  change(() => {
    outdated.remove();
    refreshMenu(page);
    if (next.innerHTML === last) return;
    last = next.innerHTML;
    const callbacks = { beforeAttributeUpdated, beforeNodeMorphed };
    Idiomorph.morph(main, next.innerHTML, { morphStyle: 'innerHTML', ignoreActiveValue: true, callbacks });
  });
}

/** Changes the page, and notes when a button that sends something moved or appeared. */
function change(work) {
  const before = placesOfButtons();
  work();
  for (const [button, place] of placesOfButtons())
    if (place !== HIDDEN && before.get(button) !== place) settledAt = performance.now() + SETTLED_AFTER_MS;
}

const placesOfButtons = () =>
  new Map(
    [...main.querySelectorAll('form[method=post] button')].map((button) => {
      const { x, y, width, height } = button.getBoundingClientRect();
      return [button, width === 0 ? HIDDEN : [x, y, width, height].join()];
    }),
  );

/** Sends nothing for a press that may have been meant for something else. From the keyboard a button is pressed that has the focus, wherever it is. */
function refuseUnsettled(event) {
  unsent.remove();
  const button = event.target.closest('form[method=post] button');
  if (!button || event.detail === 0 || performance.now() >= settledAt) return;
  event.preventDefault();
  document.body.append(unsent);
}

/** The pages to which the reader may go, which a role that ended can change. */
function refreshMenu(page) {
  const [menu, next] = [document, page].map((each) => each.querySelector('.top nav'));
  if (menu && next && menu.innerHTML !== next.innerHTML) menu.innerHTML = next.innerHTML;
}

function showOutdated() {
  if (!outdated.isConnected) change(() => main.prepend(outdated));
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
