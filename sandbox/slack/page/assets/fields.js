/** Reads what a person entered in the elements of a message or view. */

/** The value of one field: text, the value of an option, a whole option, several of those, or nothing. */
export function valueOf(field) {
  switch (field.dataset.field) {
    case 'combo':
      return field.dataset.chosen ? JSON.parse(field.dataset.chosen) : null;
    case 'radio':
      return field.querySelector('input:checked')?.value ?? null;
    case 'checks':
      return [...field.querySelectorAll('input:checked')].map((box) => box.value);
    default: {
      const text = field.querySelector('input, textarea').value;
      return text === '' ? null : text;
    }
  }
}

/** All fields within a message or view, by block and action. */
export function valuesIn(place) {
  const values = {};
  for (const field of place.querySelectorAll('[data-field]')) {
    if (!field.dataset.action) continue;
    values[field.dataset.block] ??= {};
    values[field.dataset.block][field.dataset.action] = valueOf(field);
  }
  return values;
}

/** The DOM element of the message or view that an element is in. */
export const frameOf = (element) => element.closest('[data-place]');
export const placeOf = (frame) => JSON.parse(frame.dataset.place);
