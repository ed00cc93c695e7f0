/** Shows the confirmation dialog of an element, if it has one. Resolves to true when the person confirms. */
export function confirmed(element) {
  const words = element.dataset.confirm && document.getElementById(element.dataset.confirm);
  if (!words) return Promise.resolve(true);
  const dialog = document.createElement('dialog');
  dialog.className = 'dialog';
  dialog.append(...[...words.childNodes].map((node) => node.cloneNode(true)));
  const title = dialog.querySelector('.dialog__title');
  title.id = 'dialog-title';
  dialog.setAttribute('aria-labelledby', title.id);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (button) dialog.close(button.value);
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'confirm');
    });
    dialog.showModal();
    dialog.querySelector('button[value="deny"]').focus();
  });
}
