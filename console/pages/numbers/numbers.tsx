import type { FC } from 'hono/jsx';
import {
  incompleteBefore,
  type Numbers,
  numbersOf,
  numbersQuestion,
  type NumbersTime,
  type Period,
  type WholePeriod,
  wholePeriod,
} from '../../../audit/questions/index.ts';
import type { Instant } from '../../../core/ids.ts';
import { NUMBERS } from '../../../core/numbers.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { movedTo, type PageHandler } from '../../page-answer.ts';
import { usePage } from '../../page-context.ts';
import {
  addressOf,
  IncompleteBefore,
  type MomentReading,
  momentsIn,
  PeriodFields,
  type QueryFields,
} from '../../parts/period.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { Problem } from '../../parts/section.tsx';
import { localText, rfc3339, Time } from '../../parts/time.tsx';
import type { Plots } from './columns.tsx';
import { AfterTheEnd, Grants, Lengths, Use } from './of-access.tsx';
import { Decisions, Endings, Entitlements, Refusals } from './of-requests.tsx';

/** `/numbers` */
export const numbersPage: PageHandler = async (c, deps, { reader: { zone }, now, address }) => {
  const parsed = parseNumbersPeriod(c.req.query(), { now, timeZone: zone });
  if (!parsed.ok)
    return {
      ...{ kind: 'refused', status: 400 },
      content: [<Problem why={parsed.error} />, <NumbersFields typed={c.req.query()} />],
    };
  const { period, given } = parsed.value;
  const canonical = numbersAddress(given);
  if (canonical !== address) return movedTo(canonical);
  const [answer, plots] = await Promise.all([readNumbers(deps, { ...period, zone }), import('./plots.ts')]);
  return {
    ...{ kind: 'page', reading: { address, isOwn: false } },
    content: <NumbersPage {...{ period, answer, plots }} />,
  };
};

/** What every part of the page needs. */
export type NumbersProps = Readonly<{ period: WholePeriod; answer: NumbersAnswer; plots: Plots }>;

/** Numbers about requests and access in a time, each as a plot with its table. */
const NumbersPage: FC<NumbersProps> = (props) => {
  const { period, answer } = props;
  const { from, to } = period;
  const { zone } = usePage().reader;
  const zoneOption = zone === 'UTC' ? '' : ` --zone ${zone}`;
  return (
    <>
      <p class="lead">
        From <Time at={from} /> until <Time at={to} />.{' '}
        <a href={numbersAddress(period)}>Link to these numbers</a>
      </p>
      <NumbersFields typed={{ from: localText(from, zone), to: localText(to, zone) }} />
      <IncompleteBefore at={answer.incompleteBefore} />
      {[Decisions, Grants, Lengths, Use, AfterTheEnd, Refusals, Entitlements, Endings].map((Part) => (
        <Part {...props} />
      ))}
      <SameAnswerElsewhere
        same={{
          command: `curfew audit numbers --from ${rfc3339(from)} --to ${rfc3339(to)}${zoneOption}`,
          sql: answer.sql,
        }}
      />
    </>
  );
};

/** The period of the numbers as a form. */
const NumbersFields: FC<Readonly<{ typed: QueryFields }>> = ({ typed }) => (
  <PeriodFields action="/numbers" typed={typed}>
    <span class="soft">At most 366 days.</span>
  </PeriodFields>
);

/** The time, and the part of it that the address gave. */
type ParsedPeriod = Readonly<{ period: WholePeriod; given: Period }>;

/** Reads the time of an address. A time without a zone is in the zone of the reader. The error is a sentence for them. */
function parseNumbersPeriod(typed: QueryFields, reading: MomentReading): Result<ParsedPeriod, string> {
  const moments = momentsIn(typed, ['from', 'to'], reading);
  if (!moments.ok) return moments;
  const whole = wholePeriod(moments.value, reading.now);
  if (!whole.ok) return whole;
  return ok({ period: whole.value, given: moments.value });
}

/** The address of a time. */
const numbersAddress = ({ from, to }: Period): string => addressOf('/numbers', { from, to });

/** What the page of numbers shows. */
type NumbersAnswer = Numbers &
  Readonly<{
    /** All statements, for a login of an auditor. */
    sql: string;
    /** Requests that were made before this time are gone, and so are their numbers. */
    incompleteBefore?: Instant;
  }>;

/** The numbers of a time. */
async function readNumbers(
  { ledger }: Pick<ConsoleDeps, 'ledger'>,
  time: NumbersTime,
): Promise<NumbersAnswer> {
  const [numbers, purged] = await Promise.all([numbersOf(ledger, time), incompleteBefore(ledger, time.from)]);
  return {
    ...numbers,
    sql: NUMBERS.map((name) => ledger.numbersSql(name, numbersQuestion(time))).join('\n\n'),
    ...(purged === undefined ? {} : { incompleteBefore: purged }),
  };
}
