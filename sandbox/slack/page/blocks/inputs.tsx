import type { PlainTextInput, Timepicker } from '@slack/types';
import type { FC } from 'hono/jsx';
import { safeText } from '../inert.ts';
import { controlId, Field, type FieldContext } from './field.tsx';

type Props<E> = { element: E; held: FieldContext };

/** An input for text. The workspace checks the values as Slack does, not the browser. */
export const TextInput: FC<Props<PlainTextInput>> = ({ element, held }) => {
  const look = {
    id: controlId(held, element.action_id),
    class: 'input',
    placeholder: element.placeholder && safeText(element.placeholder.text),
    autocomplete: 'off',
    'aria-labelledby': held.labelledBy,
    'data-autofocus': element.focus_on_load ? 'true' : undefined,
    maxlength: element.max_length,
  };
  return (
    <Field held={held} element={element} kind="text">
      {element.multiline ? (
        <textarea {...look} rows={4}>
          {element.initial_value ?? ''}
        </textarea>
      ) : (
        <input {...look} type="text" value={element.initial_value ?? ''} />
      )}
    </Field>
  );
};

/** The browser's picker for a time. */
export const TimeInput: FC<Props<Timepicker>> = ({ element, held }) => (
  <Field held={held} element={element} kind="text">
    <input
      id={controlId(held, element.action_id)}
      class="input input--moment"
      aria-labelledby={held.labelledBy}
      aria-label={held.labelledBy ? undefined : 'Time'}
      type="time"
      value={element.initial_time ?? ''}
    />
  </Field>
);
