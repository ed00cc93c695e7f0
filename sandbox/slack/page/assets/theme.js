/** The switch between light and dark. Until somebody uses it, the browser's setting decides. */
import { remember } from './remember.js';

const root = document.documentElement;
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => (root.dataset.theme ?? (prefersDark.matches ? 'dark' : 'light')) === 'dark';

/** Says on the switch what it does. */
export function labelTheme() {
  const button = document.querySelector('[data-theme-switch]');
  if (!button) return;
  const words = isDark() ? 'Use light colours' : 'Use dark colours';
  button.setAttribute('aria-label', words);
  button.title = words;
}

export function listenToTheme() {
  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-theme-switch]')) return;
    root.dataset.theme = isDark() ? 'light' : 'dark';
    remember('theme', root.dataset.theme);
    labelTheme();
  });
  prefersDark.addEventListener('change', labelTheme);
}
