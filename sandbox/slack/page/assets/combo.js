/** Selects with a text field: arrow keys, Enter, Escape. A static select filters its options; an external one requests them from the app. */
import { send } from './act.js';
import { frameOf, placeOf } from './fields.js';

const WAIT_MS = 180;
const timers = new WeakMap();
const searches = new WeakMap();

const fieldOf = (node) => node.closest?.('[data-field="combo"]');
const listOf = (field) => field.querySelector('[role="listbox"]');
const inputOf = (field) => field.querySelector('[role="combobox"]');
const shownOptions = (field) => [...listOf(field).querySelectorAll('[role="option"]:not([hidden])')];

function setOpen(field, open) {
  const list = listOf(field);
  list.hidden = !open;
  inputOf(field).setAttribute('aria-expanded', String(open));
  if (!open) inputOf(field).removeAttribute('aria-activedescendant');
  if (!open) return;
  // Opens upwards when there is no room below.
  const box = inputOf(field).getBoundingClientRect();
  list.classList.toggle(
    'combo__list--up',
    innerHeight - box.bottom < 240 && box.top > innerHeight - box.bottom,
  );
}

function activate(field, option) {
  for (const other of listOf(field).querySelectorAll('[role="option"]'))
    other.setAttribute('aria-selected', 'false');
  option?.setAttribute('aria-selected', 'true');
  option?.scrollIntoView({ block: 'nearest' });
  if (option) inputOf(field).setAttribute('aria-activedescendant', option.id);
}

function note(field, words) {
  listOf(field).innerHTML = '';
  const line = document.createElement('li');
  line.className = 'combo__note';
  line.textContent = words;
  listOf(field).append(line);
}

function filter(field, typed) {
  const wanted = typed.trim().toLowerCase();
  for (const option of listOf(field).querySelectorAll('[role="option"]'))
    option.hidden = wanted !== '' && !option.textContent.toLowerCase().includes(wanted);
  listOf(field).querySelector('.combo__note')?.remove();
  if (shownOptions(field).length > 0) return;
  const line = document.createElement('li');
  line.className = 'combo__note';
  line.textContent = 'No results';
  listOf(field).append(line);
}

async function requestOptions(field, typed) {
  const input = inputOf(field);
  const least = Number(input.dataset.external);
  if (typed.length < least) {
    note(field, `Type ${least === 1 ? 'a letter' : `${least} letters`} to search`);
    return;
  }
  const turn = (searches.get(field) ?? 0) + 1;
  searches.set(field, turn);
  if (listOf(field).childElementCount === 0) note(field, 'Loading…');
  const { block, action } = field.dataset;
  const search = {
    place: placeOf(frameOf(field)),
    action_id: action,
    ...(block && { block_id: block }),
    typed,
  };
  const answer = await send({ kind: 'suggest', id: input.id, search });
  if (searches.get(field) !== turn) return;
  if (answer.kind === 'options' && answer.count > 0) listOf(field).innerHTML = answer.html;
  else if (answer.kind === 'options') note(field, 'No results');
  else note(field, `⚠ ${answer.warning ?? answer.why}`);
  activate(field, shownOptions(field)[0]);
}

function refresh(field, typed, wait) {
  setOpen(field, true);
  if (inputOf(field).dataset.external === undefined) {
    filter(field, typed);
    activate(field, shownOptions(field)[0]);
    return;
  }
  clearTimeout(timers.get(field));
  timers.set(
    field,
    setTimeout(() => void requestOptions(field, typed), wait),
  );
}

function choose(field, option) {
  const input = inputOf(field);
  input.value = option.dataset.label;
  field.dataset.label = option.dataset.label;
  field.dataset.chosen =
    input.dataset.external === undefined ? JSON.stringify(option.dataset.value) : option.dataset.option;
  setOpen(field, false);
  field.dispatchEvent(new Event('chosen', { bubbles: true }));
}

/** When the field loses the focus, text that is not a choice is replaced by the last choice, or removed. */
function leave(field) {
  const input = inputOf(field);
  setOpen(field, false);
  if (input.value.trim() === '') delete field.dataset.chosen;
  input.value = field.dataset.chosen ? (field.dataset.label ?? input.defaultValue) : '';
}

function onKey(event, field) {
  const open = !listOf(field).hidden;
  const options = shownOptions(field);
  const now = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    if (!open) return refresh(field, '', 0);
    const step = event.key === 'ArrowDown' ? 1 : -1;
    return activate(field, options[(now + step + options.length) % options.length]);
  }
  if (event.key === 'Enter' && open) {
    event.preventDefault();
    if (options[now]) choose(field, options[now]);
  }
  if (event.key === 'Escape' && open) {
    event.stopImmediatePropagation();
    event.preventDefault();
    leave(field);
  }
  return undefined;
}

/** Adds the listeners. They are on the document, so that later fields work too. */
export function listenToCombos() {
  document.addEventListener('focusin', (event) => {
    if (event.target.role !== 'combobox') return;
    event.target.select();
  });
  document.addEventListener('click', (event) => {
    if (event.target.role === 'combobox' && listOf(fieldOf(event.target)).hidden)
      refresh(fieldOf(event.target), '', 0);
  });
  document.addEventListener('focusout', (event) => {
    const field = fieldOf(event.target);
    if (field && !listOf(field).hidden) leave(field);
    else if (field) leave(field);
  });
  document.addEventListener('input', (event) => {
    if (event.target.role === 'combobox') refresh(fieldOf(event.target), event.target.value, WAIT_MS);
  });
  document.addEventListener('mousedown', (event) => {
    const option = event.target.closest('[data-field="combo"] [role="option"]');
    if (event.target.closest('.combo__list')) event.preventDefault();
    if (option) choose(fieldOf(option), option);
  });
  document.addEventListener(
    'keydown',
    (event) => {
      const field = event.target.role === 'combobox' ? fieldOf(event.target) : undefined;
      if (field) onKey(event, field);
    },
    true,
  );
}
