/** Sends a person's actions to the server and shows the results. */
import { confirmed } from './confirm.js';
import { frameOf, placeOf, valueOf, valuesIn } from './fields.js';
import { afterRedraw, redraw } from './live.js';
import { toast } from './toast.js';

const busy = new Set();
const failed = new Map();
const me = () => document.querySelector('#app').dataset.as;

/** Sends an action of the current person to the server. */
export async function send(act) {
  try {
    const answer = await fetch('/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ as: me(), act }),
    });
    return await answer.json();
  } catch {
    return { kind: 'impossible', why: 'The sandbox does not respond. Is it still running?' };
  }
}

/** Shows a failure. Returns true when the action succeeded. */
export function showFailure(answer) {
  if (answer.kind === 'failed') toast(answer.warning, 'warning');
  if (answer.kind === 'impossible') toast(answer.why, 'warning');
  return answer.kind !== 'failed' && answer.kind !== 'impossible';
}

function markBusy() {
  for (const id of busy) document.getElementById(id)?.setAttribute('aria-busy', 'true');
  for (const [id, words] of failed) {
    const element = document.getElementById(id);
    if (!element || element.parentElement.querySelector('.warn')) continue;
    const warn = document.createElement('span');
    warn.className = 'warn';
    warn.setAttribute('role', 'alert');
    warn.textContent = `⚠ ${words}`;
    element.insertAdjacentElement('afterend', warn);
  }
}
afterRedraw(markBusy);

/** Sends a click on an element or a choice in it as a block action. */
export async function click(element, chosen) {
  const { id } = element;
  if (busy.has(id) || !(await confirmed(element))) return;
  const frame = frameOf(element);
  const { block, action } = element.dataset;
  busy.add(id);
  failed.delete(id);
  element.parentElement.querySelector('.warn')?.remove();
  markBusy();
  const answer = await send({
    kind: 'click',
    click: {
      place: placeOf(frame),
      action_id: action ?? '',
      ...(block && { block_id: block }),
      ...(chosen !== undefined && { chosen }),
      values: valuesIn(frame),
    },
  });
  busy.delete(id);
  document.getElementById(id)?.removeAttribute('aria-busy');
  if (answer.kind === 'failed') failed.set(id, answer.warning);
  if (answer.kind === 'impossible') toast(answer.why, 'warning');
  await redraw();
  markBusy();
}

const showErrors = (modal, errors) => {
  for (const line of modal.querySelectorAll('[data-error]')) {
    line.textContent = errors[line.dataset.error] ?? '';
    line.parentElement
      .querySelector('input, textarea')
      ?.setAttribute('aria-invalid', errors[line.dataset.error] ? 'true' : 'false');
  }
  const first = modal.querySelector('[data-error]:not(:empty)');
  first?.parentElement.querySelector('input, textarea')?.focus();
};

async function submit(form) {
  const modal = form.closest('[data-modal]');
  const button = form.querySelector('[data-submit]');
  if (!button || button.disabled) return;
  const words = button.textContent;
  const warning = modal.querySelector('[data-warning]');
  button.disabled = true;
  button.textContent = 'Working…';
  warning.textContent = '';
  showErrors(modal, {});
  const answer = await send({ kind: 'submit', viewId: modal.dataset.modal, values: valuesIn(modal) });
  button.disabled = false;
  button.textContent = words;
  if (answer.kind === 'errors') showErrors(modal, answer.errors);
  if (answer.kind === 'failed') warning.textContent = `⚠ ${answer.warning}`;
  if (answer.kind === 'impossible') warning.textContent = `⚠ ${answer.why}`;
  await redraw();
}

export async function closeModal(modal, all) {
  showFailure(await send({ kind: 'close', viewId: modal.dataset.modal, all }));
  await redraw();
}

/** Uses a shortcut of the app on the message in whose menu it is. */
async function useShortcut(element) {
  const { channel, ts } = placeOf(frameOf(element));
  showFailure(await send({ kind: 'shortcut', callback_id: element.dataset.callback, channel, ts }));
  await redraw();
}

const dispatch = (field, when) => {
  if (field?.dataset.dispatch === when) void click(field, valueOf(field));
};

/** Adds the listeners for buttons, fields and forms. They are on the document, so that an update of the page does not remove them. */
export function listenToActs() {
  document.addEventListener('click', (event) => {
    const element = event.target.closest('[data-act]');
    const modal = event.target.closest('[data-modal]');
    if (element) element.closest('details')?.removeAttribute('open');
    if (element?.dataset.act === 'click') void click(element);
    else if (element?.dataset.act === 'shortcut') void useShortcut(element);
    else if (element && modal) void closeModal(modal, element.dataset.act === 'close-all');
  });
  document.addEventListener('submit', (event) => {
    if (!event.target.closest('[data-modal]')) return;
    event.preventDefault();
    void submit(event.target);
  });
  document.addEventListener('change', (event) => dispatch(event.target.closest('[data-field]'), 'change'));
  document.addEventListener('chosen', (event) => dispatch(event.target.closest('[data-field]'), 'change'));
  document.addEventListener('input', (event) => dispatch(event.target.closest('[data-field]'), 'input'));
  document.addEventListener('keydown', (event) => {
    const field = event.target.closest?.('[data-field="text"]');
    if (event.key !== 'Enter' || event.shiftKey || field?.dataset.dispatch !== 'enter') return;
    event.preventDefault();
    dispatch(field, 'enter');
  });
}
