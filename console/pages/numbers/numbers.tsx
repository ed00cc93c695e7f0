import type { FC } from 'hono/jsx';
import type { WholePeriod } from '../../../audit/questions/index.ts';
import { oneLine } from '../../../core/text.ts';
import type { Names } from '../../parts/names.tsx';
import type { Plots } from '../../parts/plot-figure.tsx';
import { IncompleteBefore } from '../../parts/incomplete-before.tsx';
import { PeriodFields } from '../../parts/period.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { localText, rfc3339, Time } from '../../parts/time.tsx';
import { AfterTheEnd, Grants } from './of-access.tsx';
import { Decisions } from '../numbers-of-decisions.tsx';
import { Lengths, Use } from '../numbers-of-use.tsx';
import { Endings, Entitlements, Refusals } from './of-requests.tsx';
import { numbersAddress } from '../numbers-question.ts';
import type { NumbersAnswer } from '../read-numbers.ts';

/** What every part of the page needs. */
export type NumbersProps = Readonly<{
  period: WholePeriod;
  answer: NumbersAnswer;
  plots: Plots;
  names: Names;
  zone: string;
}>;

/** Numbers about requests and access in a time, each as a plot with its table. */
export const NumbersPage: FC<NumbersProps> = (props) => {
  const { period, answer, zone } = props;
  const { from, to } = period;
  return (
    <>
      <p class="lead">
        From <Time at={from} zone={zone} /> until <Time at={to} zone={zone} />.{' '}
        <a href={numbersAddress(period)}>Link to these numbers</a>
      </p>
      <NumbersFields typed={{ from: localText(from, zone), to: localText(to, zone) }} />
      <IncompleteBefore at={answer.incompleteBefore} zone={zone} />
      <Decisions {...props} />
      <Grants {...props} />
      <Lengths {...props} />
      <Use {...props} />
      <AfterTheEnd {...props} />
      <Refusals {...props} />
      <Entitlements {...props} />
      <Endings {...props} />
      <SameAnswerElsewhere
        same={{
          command: `curfew audit numbers --from ${rfc3339(from)} --to ${rfc3339(to)}${zone === 'UTC' ? '' : ` --zone ${zone}`}`,
          sql: answer.sql,
        }}
      />
    </>
  );
};

/** The period of the numbers as a form. */
export const NumbersFields: FC<Readonly<{ typed: Readonly<Record<string, string>> }>> = ({ typed }) => (
  <PeriodFields action="/numbers" typed={typed}>
    <span class="soft">At most 366 days.</span>
  </PeriodFields>
);

/** Why there are no numbers, and what to do. */
export const NumbersRefused: FC<Readonly<{ why: string }>> = ({ why }) => (
  <p class="notice notice--wrong" role="alert">
    {oneLine(why)}
  </p>
);
