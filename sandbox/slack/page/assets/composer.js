/** The message box: the list of slash commands, Enter to send, and a draft for each person and channel. */
import { send, showFailure } from './act.js';
import { afterRedraw, redraw } from './live.js';

const drafts = new Map();
const boxOf = (form) => form.querySelector('textarea');
const listOf = (form) => form.querySelector('.commands');

const grow = (box) => {
  box.style.height = 'auto';
  box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
};

/** Puts text into the box as if the person had typed it. */
export function write(text) {
  const box = document.querySelector('.pane [data-composer] textarea');
  if (!box) return;
  box.value = text;
  box.focus();
  box.setSelectionRange(text.length, text.length);
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

function offer(form) {
  const list = listOf(form);
  if (!list) return;
  const typed = boxOf(form).value;
  let any = false;
  for (const item of list.children) {
    item.hidden = !(typed.startsWith('/') && !/\s/.test(typed) && item.dataset.command.startsWith(typed));
    any ||= !item.hidden;
    item.setAttribute('aria-selected', 'false');
  }
  list.hidden = !any;
  list.querySelector('li:not([hidden])')?.setAttribute('aria-selected', 'true');
}

function take(form, item) {
  const box = boxOf(form);
  box.value = `${item.dataset.command} `;
  box.focus();
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

async function post(form) {
  const box = boxOf(form);
  const text = box.value.trim();
  if (text === '' || form.getAttribute('aria-busy') === 'true') return;
  const { channel, thread } = form.dataset;
  form.setAttribute('aria-busy', 'true');
  box.value = '';
  drafts.delete(box.id);
  grow(box);
  offer(form);
  const command = text.startsWith('/') && !thread;
  const answer = await send(
    command ? { kind: 'command', channel, text } : { kind: 'say', channel, text, ...(thread && { thread }) },
  );
  form.removeAttribute('aria-busy');
  // If sending failed, the text is put back, so that the person need not type it again.
  if (!showFailure(answer) && box.value === '') write(text);
  await redraw();
  const messages = document.getElementById(thread ? 'thread' : 'messages');
  if (messages) messages.scrollTop = messages.scrollHeight;
}

function onKey(event, form) {
  const list = listOf(form);
  const items = list && !list.hidden ? [...list.querySelectorAll('li:not([hidden])')] : [];
  const now = items.findIndex((item) => item.getAttribute('aria-selected') === 'true');
  if (items.length > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
    event.preventDefault();
    items[now]?.setAttribute('aria-selected', 'false');
    items[(now + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length].setAttribute(
      'aria-selected',
      'true',
    );
  } else if (items.length > 0 && event.key === 'Escape') {
    event.stopPropagation();
    list.hidden = true;
  } else if (
    items[now] &&
    (event.key === 'Tab' || event.key === 'Enter') &&
    boxOf(form).value !== items[now].dataset.command
  ) {
    event.preventDefault();
    take(form, items[now]);
  } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    void post(form);
  }
}

export function listenToComposers() {
  document.addEventListener('keydown', (event) => {
    const form = event.target.closest?.('[data-composer]');
    if (form && event.target.localName === 'textarea') onKey(event, form);
  });
  document.addEventListener('submit', (event) => {
    if (!event.target.matches('[data-composer]')) return;
    event.preventDefault();
    void post(event.target);
  });
  document.addEventListener('input', (event) => {
    if (!event.target.matches('[data-draft]')) return;
    drafts.set(event.target.id, event.target.value);
    grow(event.target);
    offer(event.target.form);
  });
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-slash]')) write('/');
    const attempt = event.target.closest('[data-try]');
    if (attempt) write(attempt.dataset.try);
  });
  document.addEventListener('mousedown', (event) => {
    const item = event.target.closest('[data-command]');
    if (!item) return;
    event.preventDefault();
    take(item.closest('form'), item);
  });
  afterRedraw(() => {
    for (const box of document.querySelectorAll('[data-draft]'))
      if (box.value === '' && drafts.get(box.id)) {
        box.value = drafts.get(box.id);
        grow(box);
      }
  });
}
