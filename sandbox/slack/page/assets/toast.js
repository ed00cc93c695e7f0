/** Shows a message for a few seconds. Screen readers announce it. */
export function toast(words, kind = 'plain') {
  const note = document.createElement('p');
  note.className = `toast toast--${kind}`;
  note.textContent = kind === 'warning' ? `⚠ ${words}` : words;
  const box = document.querySelector('#toasts');
  box.append(note);
  while (box.children.length > 3) box.firstElementChild.remove();
  setTimeout(() => note.remove(), kind === 'warning' ? 7000 : 4000);
}
