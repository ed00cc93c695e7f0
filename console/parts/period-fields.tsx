import type { FC } from 'hono/jsx';
import { oneLine } from '../../core/text.ts';

type PeriodFieldsProps = Readonly<{
  /** The path of the page. */
  action: string;
  /** What the fields have. */
  from: string;
  to: string;
}>;

/** The period of a page as a form. It changes the address and nothing else. */
export const PeriodFields: FC<PeriodFieldsProps> = ({ action, from, to }) => (
  <form class="fields" action={action} role="search" aria-label="Period">
    <label>
      From
      <input name="from" value={oneLine(from)} placeholder="30d ago" autocomplete="off" spellcheck={false} />
    </label>
    <label>
      Until
      <input name="to" value={oneLine(to)} placeholder="now" autocomplete="off" spellcheck={false} />
    </label>
    <button class="main">Show</button>
  </form>
);
