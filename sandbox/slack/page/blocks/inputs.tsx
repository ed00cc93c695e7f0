import type {
  DateTimepicker,
  Datepicker,
  EmailInput,
  NumberInput,
  PlainTextInput,
  Timepicker,
  URLInput,
} from '@slack/types';
import type { FC } from 'hono/jsx';
import { safeText } from '../inert.ts';
import { controlId, Field, type FieldContext } from './field.tsx';

type TextLike = PlainTextInput | EmailInput | URLInput | NumberInput;
type MomentLike = Datepicker | Timepicker | DateTimepicker;
type Props<E> = { element: E; held: FieldContext };

const INPUT_TYPES = {
  plain_text_input: 'text',
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'text',
} as const;

/**
 * An input for text, an e-mail address, a URL or a number. The workspace checks the values as Slack does, not
 * the browser.
 */
export const TextInput: FC<Props<TextLike>> = ({ element, held }) => {
  const look = {
    id: controlId(held, element.action_id),
    class: 'input',
    placeholder: element.placeholder && safeText(element.placeholder.text),
    autocomplete: 'off',
    'aria-labelledby': held.labelledBy,
    'data-autofocus': element.focus_on_load ? 'true' : undefined,
    maxlength: element.type === 'plain_text_input' ? element.max_length : undefined,
  };
  return (
    <Field held={held} element={element} kind="text">
      {element.type === 'plain_text_input' && element.multiline ? (
        <textarea {...look} rows={4}>
          {element.initial_value ?? ''}
        </textarea>
      ) : (
        <input
          {...look}
          type={INPUT_TYPES[element.type]}
          inputmode={element.type === 'number_input' ? 'decimal' : undefined}
          value={element.initial_value ?? ''}
        />
      )}
    </Field>
  );
};

const momentOf = (element: MomentLike): { type: string; value: string } => {
  switch (element.type) {
    case 'datepicker':
      return { type: 'date', value: element.initial_date ?? '' };
    case 'timepicker':
      return { type: 'time', value: element.initial_time ?? '' };
    case 'datetimepicker':
      return {
        type: 'datetime-local',
        value: element.initial_date_time
          ? new Date(element.initial_date_time * 1000).toISOString().slice(0, 16)
          : '',
      };
  }
};

/** The browser's picker for a date, a time or both. */
export const MomentInput: FC<Props<MomentLike>> = ({ element, held }) => (
  <Field held={held} element={element} kind="text">
    <input
      id={controlId(held, element.action_id)}
      class="input input--moment"
      aria-labelledby={held.labelledBy}
      aria-label={held.labelledBy ? undefined : element.type === 'timepicker' ? 'Time' : 'Date'}
      {...momentOf(element)}
    />
  </Field>
);
