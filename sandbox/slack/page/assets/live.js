/** Keeps the page equal to the workspace: fetches the living part after a change and morphs it in. */
import { Idiomorph } from './idiomorph.js';

const afterwards = [];
/** Runs after every redraw, for what only the browser knows: countdowns, warnings, drafts. */
export const afterRedraw = (todo) => afterwards.push(todo);

const app = () => document.querySelector('#app');
const SCROLLERS = ['messages', 'thread'];
const NEAR_PX = 80;

const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
const toEnd = (box) => (box.scrollTop = box.scrollHeight);

/** What a person typed stays: equal `data-keep` means that the element is still the same question. */
const keepTyped = (before, after) =>
  !(
    before instanceof Element &&
    after instanceof Element &&
    before.dataset.keep &&
    before.dataset.keep === after.dataset.keep
  );

// An open menu or list is the browser's own state; the server does not know of it.
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

/** Draws the page of the current address anew. Calls that come meanwhile are answered by one more drawing. */
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
    // The server is away; the event source comes back by itself and draws again.
  }
  running = false;
  if (again) {
    again = false;
    await redraw({ moved: moved || address !== location.search });
  }
}

/** Goes to another person, channel or thread without loading a page. */
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
