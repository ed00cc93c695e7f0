import type { FC } from 'hono/jsx';
import type { Instant } from '../../../core/ids.ts';
import type { PageContext } from '../../page.tsx';
import { IncompleteBefore, PeriodFields } from '../../parts/period.tsx';
import { localText } from '../../parts/time.tsx';
import type { FindingsQuestion } from './question.ts';

type PeriodHeadProps = Readonly<{
  /** The path of the page. */
  action: string;
  context: PageContext;
  question: FindingsQuestion;
  incompleteBefore: Instant | undefined;
}>;

/** The period of a page, and what is not in the ledger any more of it. */
export const PeriodHead: FC<PeriodHeadProps> = ({
  action,
  context: {
    reader: { zone },
  },
  question: {
    period: { from, to },
  },
  incompleteBefore,
}) => (
  <>
    <PeriodFields
      action={action}
      typed={{
        from: localText(from, zone, true),
        ...(to === undefined ? {} : { to: localText(to, zone, true) }),
      }}
    />
    <IncompleteBefore at={incompleteBefore} zone={zone} />
  </>
);
