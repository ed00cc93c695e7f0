import { closeModal, listenToActs, send } from './act.js';
import { listenToCombos } from './combo.js';
import { listenToComposers } from './composer.js';
import { afterRedraw, go, listen, redraw } from './live.js';
import { closeMenu, listenToMenus } from './menu.js';
import { closePanel, labelPanels, listenToPanels, openWorld } from './panels.js';
import { remember } from './remember.js';
import { listenToTerminal, useInTerminal } from './terminal.js';
import { labelTheme, listenToTheme } from './theme.js';
import { toast } from './toast.js';

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
  if (modal) await closeModal(modal, true);
  await openWorld();
  if (useInTerminal(url)) toast('The credential is in the terminal. Run a query.');
}

function onClick(event) {
  const link = event.target.closest('a[data-nav]');
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    if (closePanel()) document.querySelector('.pane__scroll')?.focus();
    void go(link.getAttribute('href'));
  }
  const secret = event.target.closest('[data-terminal]');
  if (secret) void takeOver(secret.dataset.terminal);
  if (event.target.closest('[data-dismiss]')) {
    remember('guide', 'off');
    void redraw();
  }
  if (!event.target.closest('details'))
    document
      .querySelectorAll('.shell details[open], .modal details[open]')
      .forEach((menu) => (menu.open = false));
}

const isTyping = (node) => ['INPUT', 'TEXTAREA', 'SELECT'].includes(node.tagName);

/** Closes what is on top: a menu, a confirmation (by the browser), a modal, a panel of a phone, the thread. */
function onEscape(modal) {
  if (closeMenu() || document.querySelector('dialog[open]')) return;
  if (modal) void closeModal(modal, false);
  else if (!closePanel()) document.querySelector('[data-escape]')?.click();
}

function onKey(event) {
  const modal = document.querySelector('[data-modal]:not([hidden])');
  if (event.key === 'Escape') onEscape(modal);
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
listenToMenus();
listenToPanels();
listenToTerminal();
listenToTheme();
afterRedraw(countDown);
afterRedraw(labelPanels);
afterRedraw(labelTheme);
afterRedraw(followModal);
afterRedraw(followHome);
setInterval(countDown, 1000);
listen();
countDown();
labelPanels();
labelTheme();
followModal();
followHome();
