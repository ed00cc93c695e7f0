import type { FC } from 'hono/jsx';
import { oneLine } from '../../../core/text.ts';
import type { Choices } from '../access-choices.ts';

type FieldsProps = Readonly<{
  /** What the fields have, by their names. */
  typed: Readonly<Record<string, string>>;
  choices: Choices;
}>;

const FIELDS = [
  { name: 'entitlement', label: 'Entitlement', list: 'entitlements', placeholder: 'any' },
  { name: 'person', label: 'Person', list: 'people', placeholder: 'anybody' },
  { name: 'at', label: 'At', placeholder: 'yesterday 14:00' },
  { name: 'from', label: 'Picture from', placeholder: '7d ago' },
  { name: 'to', label: 'Picture until', placeholder: 'now' },
  { name: 'known', label: 'As known at', placeholder: 'now' },
] as const;

/** The question as a form. It changes the address and nothing else. A moment is written as people write it: "yesterday 14:00", "3h ago". */
export const AccessFields: FC<FieldsProps> = ({ typed, choices }) => (
  <form class="fields" action="/access" role="search" aria-label="Access">
    {FIELDS.map(({ name, label, placeholder, ...field }) => (
      <label>
        {label}
        <input
          name={name}
          value={oneLine(typed[name] ?? '')}
          placeholder={placeholder}
          list={'list' in field ? field.list : undefined}
          autocomplete="off"
          spellcheck={false}
        />
      </label>
    ))}
    <button class="main">Show</button>
    <datalist id="entitlements">
      {choices.entitlements.map(({ id, title }) => (
        <option value={id}>{oneLine(title)}</option>
      ))}
    </datalist>
    <datalist id="people">
      {choices.people.map(({ id, name }) => (
        <option value={id}>{oneLine(name)}</option>
      ))}
    </datalist>
  </form>
);
