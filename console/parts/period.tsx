import type { FC, PropsWithChildren } from 'hono/jsx';
import { oneLine } from '../../core/text.ts';

type PeriodFieldsProps = PropsWithChildren<
  Readonly<{
    /** The path of the page. */
    action: string;
    /** What the fields have, by their names. */
    typed: Readonly<Record<string, string>>;
    /** When the period begins without a moment in the field. */
    usual?: string;
  }>
>;

/**
 * The period of a page as a form. It changes the address and nothing else. A moment is written as people write it: "yesterday 14:00",
 * "30d ago".
 */
export const PeriodFields: FC<PeriodFieldsProps> = ({ action, typed, usual = '30d ago', children }) => (
  <form class="fields" action={action} role="search" aria-label="Period">
    {(
      [
        ['from', 'From', usual],
        ['to', 'Until', 'now'],
      ] as const
    ).map(([name, label, placeholder]) => (
      <label>
        {label}
        <input
          name={name}
          value={oneLine(typed[name] ?? '')}
          placeholder={placeholder}
          autocomplete="off"
          spellcheck={false}
        />
      </label>
    ))}
    <button class="main">Show</button>
    {children}
  </form>
);
