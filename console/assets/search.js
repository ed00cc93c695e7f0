/** "/" moves to the search from anywhere but another field. While somebody types there, what the search can say is suggested. */
const field = document.getElementById('search');
const list = document.getElementById('suggestions');
let pending;

addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof Element && event.target.matches('input, textarea, select');
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  field?.focus();
});

for (const event of ['focus', 'input']) field?.addEventListener(event, () => void suggest());

async function suggest() {
  pending?.abort();
  pending = new AbortController();
  const { signal } = pending;
  const query = new URLSearchParams({ q: field.value, caret: String(field.selectionStart) });
  const options = await fetch(`/suggestions?${query}`, { signal, redirect: 'manual' })
    .then((answer) => (answer.ok ? answer.json() : undefined))
    .catch(() => undefined);
  if (!options) return; // A later letter was typed, or the console does not answer. The next letter tries again.
  list.replaceChildren(...options.map(({ text, means }) => new Option(means, text)));
}
