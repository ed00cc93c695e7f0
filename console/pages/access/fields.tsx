import type { FC } from 'hono/jsx';
import { oneLine } from '../../../core/text.ts';
import type { PolicySet } from '../../../policy/index.ts';
import { maySeeAccessOf, maySeeHolders } from '../../../requests/who-may-see.ts';
import type { Reader } from '../../reader.ts';
import type { AccessRefusal } from './read.ts';

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

/** What a reader may ask about, to be suggested while they type. */
export type Choices = Readonly<{
  entitlements: readonly Readonly<{ id: string; title: string }>[];
  people: readonly Readonly<{ id: string; name: string }>[];
}>;

/** A page has no more suggestions of each kind. Whoever knows a name can type it. */
const MOST = 50;

export const choicesOf = (policy: PolicySet | undefined, { sight }: Pick<Reader, 'sight'>): Choices => ({
  entitlements: [...(policy?.entitlements.values() ?? [])]
    .filter(({ id }) => maySeeHolders(sight, id))
    .slice(0, MOST)
    .map(({ id, title }) => ({ id, title })),
  people: [...(policy?.directory.people.values() ?? [])]
    .filter(({ id }) => maySeeAccessOf(sight, id))
    .slice(0, MOST)
    .map(({ id, name }) => ({ id, name })),
});

/** Why a question about access is not answered, and what to do. */
export function refusalText(refusal: AccessRefusal): string {
  switch (refusal.code) {
    case 'auditors-only':
      return 'Name an entitlement or a person. Only auditors see everybody’s access at once.';
    case 'unknown-entitlement':
      return `There is no entitlement “${refusal.entitlement}” that you can see.${didYouMean(refusal)}`;
    case 'holders-not-visible':
      return `You cannot see who has “${refusal.title}”. Its owner, the people who can approve it, and the auditors can.`;
    case 'person-not-visible':
      return `There is nobody “${refusal.typed}” whose access you can see. You can see your own, and that of the people whose manager you are. Auditors can see everybody’s.${didYouMean(refusal)}`;
    case 'policy-unreadable':
      return `Nobody can tell who may see what, because ${refusal.why}. Tell the people who run Curfew.`;
    default:
      return 'Name an entitlement or a person.';
  }
}

const didYouMean = ({ nearest }: Readonly<{ nearest?: string }>): string =>
  nearest === undefined ? '' : ` Did you mean “${nearest}”?`;
