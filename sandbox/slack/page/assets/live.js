/** Updates the page after every change: fetches the part that changes and merges it into the page. */
import { Idiomorph } from './idiomorph.js';

const afterwards = [];
/** Adds a function that runs after every update, for state that only the browser has: countdowns, warnings, drafts. */
export const afterRedraw = (todo) => afterwards.push(todo);

const app = () => document.querySelector('#app');
const SCROLLERS = ['messages', 'thread'];
const NEAR_PX = 80;

const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
const toEnd = (box) => (box.scrollTop = box.scrollHeight);

/** Keeps what a person typed: an element with an equal `data-keep` is not replaced. */
const keepTyped = (before, after) =>
  !(
    before instanceof Element &&
    after instanceof Element &&
    before.dataset.keep &&
    before.dataset.keep === after.dataset.keep
  );

// Whether a menu is open is known to the browser only, so an update must not change it.
const keepOpen = (name, node) => !(name === 'open' && node.localName === 'details');

function morph(html, moved) {
  const follow = SCROLLERS.filter((id) => {
    const box = document.getElementById(id);
    return !box || moved || atEnd(box);
  });
  Idiomorph.morph(app(), html, {
    morphStyle: 'outerHTML',
    callbacks: { beforeNodeMorphed: keepTyped, beforeAttributeUpdated: keepOpen },
  });
  for (const id of follow) {
    const box = document.getElementById(id);
    if (box) toEnd(box);
  }
  for (const todo of afterwards) todo({ moved });
}

let running = false;
let again = false;

/** Fetches and shows the page of the current address again. Calls during an update cause one more update. */
export async function redraw({ moved = false } = {}) {
  if (running) {
    again = true;
    return;
  }
  running = true;
  const address = location.search;
  try {
    const answer = await fetch(`/app${address}`, { headers: { accept: 'text/html' } });
    const html = await answer.text();
    if (answer.ok && address === location.search) morph(html, moved);
    else again = address !== location.search;
  } catch {
    // The server is not reachable. The event source reconnects by itself and then updates the page.
  }
  running = false;
  if (again) {
    again = false;
    await redraw({ moved: moved || address !== location.search });
  }
}

/** Shows another person, channel or thread without loading a new page. */
export async function go(href) {
  const before = new URLSearchParams(location.search);
  history.pushState(null, '', href);
  const after = new URLSearchParams(location.search);
  document.querySelectorAll('details[open]').forEach((menu) => (menu.open = false));
  await redraw({
    moved:
      before.get('as') !== after.get('as') || before.get('in') !== after.get('in') || after.has('thread'),
  });
  const thread = document.querySelector('.thread textarea');
  if (after.has('thread') && after.get('thread') !== before.get('thread')) thread?.focus();
}

/** Opens the stream of changes. */
export function listen() {
  const source = new EventSource('/live');
  source.addEventListener('changed', () => void redraw());
  source.addEventListener('open', () => document.body.classList.remove('offline'));
  source.addEventListener('error', () => document.body.classList.add('offline'));
  addEventListener('popstate', () => void redraw({ moved: true }));
  for (const id of SCROLLERS) {
    const box = document.getElementById(id);
    if (box) toEnd(box);
  }
}
