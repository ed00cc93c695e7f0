import { closeModal, listenToActs, send } from './act.js';
import { listenToCombos } from './combo.js';
import { listenToComposers } from './composer.js';
import { afterRedraw, go, listen, redraw } from './live.js';
import { listenToTerminal, useInTerminal } from './terminal.js';
import { toast } from './toast.js';

const YEAR_SECONDS = 31_536_000;
const hide = (name, hidden) => {
  document.cookie = `${name}=${hidden ? 'off' : 'on'}; path=/; max-age=${YEAR_SECONDS}; samesite=strict`;
};

/** "in 12 min", "in 0:45", "3 min ago": shows how far away an end is, every second. */
function countDown() {
  for (const place of document.querySelectorAll('[data-until]')) {
    const seconds = Math.round((Number(place.dataset.until) - Date.now()) / 1000);
    const far = Math.abs(seconds);
    const words =
      far < 600
        ? `${Math.floor(far / 60)}:${String(far % 60).padStart(2, '0')}`
        : far < 7200
          ? `${Math.round(far / 60)} min`
          : far < 172_800
            ? `${Math.floor(far / 3600)} h ${Math.round((far % 3600) / 60)} min`
            : `${Math.round(far / 86_400)} days`;
    place.textContent = seconds > 0 ? `(in ${words})` : `(${words} ago)`;
  }
}

let lastModal;
let lastFocus;

/** Moves the focus to the first field of a modal that opens, and back when the last modal closes. */
function followModal() {
  const modal = document.querySelector('[data-modal]:not([hidden])');
  if (modal?.id === lastModal) return;
  if (modal) {
    const first = modal.querySelector(
      '[data-autofocus], .modal__body input:not([type=hidden]), .modal__body textarea',
    );
    (first ?? modal.querySelector('.modal__title')).focus();
  } else if (lastFocus) document.getElementById(lastFocus)?.focus();
  lastModal = modal?.id;
}

/** Tells the app when the Home tab is opened, so that the app publishes it. */
let lastHome;
function followHome() {
  const { as, in: place } = document.querySelector('#app').dataset;
  const home = place === 'home' ? as : undefined;
  if (home && home !== lastHome) void send({ kind: 'home' });
  lastHome = home;
}

async function takeOver(url) {
  const modal = document.querySelector('[data-modal]:not([hidden])');
  if (!document.querySelector('#world')) {
    hide('world', false);
    await redraw();
  }
  if (modal) await closeModal(modal, true);
  if (useInTerminal(url)) toast('The credential is in the terminal. Run a query.');
}

async function togglePanel() {
  hide('world', document.querySelector('#world') !== null);
  await redraw();
}

function onClick(event) {
  const link = event.target.closest('a[data-nav]');
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    void go(link.getAttribute('href'));
  }
  const secret = event.target.closest('[data-terminal]');
  if (secret) void takeOver(secret.dataset.terminal);
  if (event.target.closest('[data-world]')) void togglePanel();
  if (event.target.closest('[data-dismiss]')) {
    hide('guide', true);
    void redraw();
  }
  if (!event.target.closest('details'))
    document
      .querySelectorAll('.shell details[open], .modal details[open]')
      .forEach((menu) => (menu.open = false));
}

const isTyping = (node) => ['INPUT', 'TEXTAREA', 'SELECT'].includes(node.tagName);

function onKey(event) {
  const modal = document.querySelector('[data-modal]:not([hidden])');
  if (event.key === 'Escape' && modal && !document.querySelector('dialog[open]'))
    void closeModal(modal, false);
  else if (event.key === 'Escape') document.querySelector('[data-escape]')?.click();
  if (modal || isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
  if (/^[1-9]$/.test(event.key)) document.querySelector(`[data-digit="${event.key}"]`)?.click();
}

document.addEventListener('click', onClick);
document.addEventListener('keydown', onKey);
document.addEventListener('focusin', (event) => {
  if (event.target.id && !event.target.closest('[data-modal], dialog')) lastFocus = event.target.id;
});
listenToActs();
listenToCombos();
listenToComposers();
listenToTerminal();
afterRedraw(countDown);
afterRedraw(followModal);
afterRedraw(followHome);
setInterval(countDown, 1000);
listen();
countDown();
followModal();
followHome();
