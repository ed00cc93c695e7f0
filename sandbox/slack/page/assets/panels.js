/**
 * The parts beside the conversation. On a wide screen they are always there, and only the access panel can be
 * hidden, which a cookie remembers. On a phone one of them at a time takes the place of the conversation:
 * `data-panel` of the body says which. It is not remembered, so the conversation is what one sees first.
 */
import { redraw } from './live.js';
import { remember } from './remember.js';

const PHONE = matchMedia('(width <= 860px)');
const { body } = document;

const buttonOf = (panel) => document.querySelector(`.topbar [data-panel-button="${panel}"]`);
const isWorldHidden = () => document.querySelector('.shell--alone') !== null;
const isOpen = (panel) => (PHONE.matches ? body.dataset.panel === panel : !isWorldHidden());

/** Says on each button whether its panel is open. */
export function labelPanels() {
  for (const button of document.querySelectorAll('[data-panel-button]'))
    button.setAttribute('aria-expanded', String(isOpen(button.dataset.panelButton)));
}

function show(panel) {
  if (panel) body.dataset.panel = panel;
  else delete body.dataset.panel;
  labelPanels();
}

/** Shows the conversation of a phone again. Returns false when it is there already. */
export function closePanel() {
  const open = body.dataset.panel;
  if (!open) return false;
  show(undefined);
  buttonOf(open)?.focus();
  return true;
}

async function keepWorld(shown) {
  remember('world', shown ? 'on' : 'off');
  await redraw();
}

/** Shows the access panel, wherever it is. */
export async function openWorld() {
  if (PHONE.matches) show('world');
  else if (isWorldHidden()) await keepWorld(true);
}

function toggle(panel) {
  if (!PHONE.matches) return void keepWorld(isWorldHidden());
  if (isOpen(panel)) return void closePanel();
  show(panel);
  const first = document.querySelector(`#${panel} :is([aria-current], .close)`);
  return void first?.focus();
}

export function listenToPanels() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-panel-button]');
    if (button) toggle(button.dataset.panelButton);
    if (event.target.closest('[data-world-close]') && !closePanel()) void keepWorld(false);
  });
  PHONE.addEventListener('change', () => show(undefined));
}
