/** Menus: the arrow keys move in them, Escape closes them, and they open upwards when there is no room below. */
import { afterRedraw } from './live.js';

const itemsOf = (menu) => [...menu.querySelectorAll('[role="menuitem"]')];
const openMenus = () => document.querySelectorAll('details.overflow[open]');

function place(menu) {
  const list = menu.querySelector('[role="menu"]');
  list.classList.remove('overflow__list--up');
  const room = menu.closest('.pane__scroll, .modal__body')?.getBoundingClientRect().bottom ?? innerHeight;
  list.classList.toggle('overflow__list--up', list.getBoundingClientRect().bottom > room);
}

/** Closes the open menu and returns to its button. Returns false when none is open. */
export function closeMenu() {
  const menu = document.querySelector('details[open]');
  if (!menu) return false;
  menu.open = false;
  menu.querySelector('summary').focus();
  return true;
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function onKey(event) {
  const menu = event.target.closest?.('details.overflow[open]');
  if (!menu) return;
  if (event.key === 'Tab') menu.open = false;
  const step = STEPS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const items = itemsOf(menu);
  const now = items.indexOf(event.target);
  items[(now + step + items.length) % items.length]?.focus();
}

export function listenToMenus() {
  // This event does not bubble, so it is listened to on its way down.
  document.addEventListener(
    'toggle',
    (event) => {
      const menu = event.target;
      if (!menu.matches?.('details.overflow') || !menu.open) return;
      place(menu);
      itemsOf(menu)[0]?.focus();
    },
    true,
  );
  document.addEventListener('keydown', onKey);
  afterRedraw(() => openMenus().forEach(place));
}
