import type { Child, FC } from 'hono/jsx';
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
import { oneLine } from '../../../core/text.ts';
import { Hono } from 'hono';
import { ok, type Result } from '../../../core/result.ts';
import type { Instant } from '../../../core/ids.ts';
import { NUMBERS } from '../../../core/numbers.ts';
import type { Names } from '../../parts/names.tsx';
import type { Plots } from './columns.tsx';
import {
  addressOf,
  IncompleteBefore,
  type MomentReading,
  momentsIn,
  PeriodFields,
  type QueryFields,
} from '../../parts/period.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { localText, rfc3339, Time } from '../../parts/time.tsx';
import { AfterTheEnd, Grants, Lengths, Use } from './of-access.tsx';
import { Decisions, Endings, Entitlements, Refusals } from './of-requests.tsx';
import type { ConsoleDeps } from '../../deps.ts';
import { namesOf, Page, pageContext, showPage, type SignedInEnv } from '../../page.tsx';
import { recordReading } from '../../readings.ts';

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

/** `/numbers` */
export function numbersRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  app.get('/numbers', async (c) => {
    const { reader, now, address } = await pageContext(c, deps);
    const page = (content: Child) => (
      <Page title="Numbers" {...{ reader, address }}>
        {content}
      </Page>
    );
    if (!reader.sight.isAuditor)
      return showPage(
        c,
        page(<NumbersRefused why="Only auditors see the numbers, because they are about everybody." />),
        403,
      );
    const parsed = parseNumbersPeriod(c.req.query(), { now, timeZone: reader.zone });
    if (!parsed.ok)
      return showPage(
        c,
        page([<NumbersRefused why={parsed.error} />, <NumbersFields typed={c.req.query()} />]),
        400,
      );
    const { period, given } = parsed.value;
    const canonical = numbersAddress(given);
    if (canonical !== address) return c.redirect(canonical, 303);
    await recordReading(deps, reader, { address, isOwn: false });
    const [answer, plots, policy] = await Promise.all([
      readNumbers(deps, { ...period, zone: reader.zone }),
      import('./plots.ts'),
      deps.policy.lastKnown(),
    ]);
    return showPage(
      c,
      page(<NumbersPage {...{ period, answer, plots }} zone={reader.zone} names={namesOf(policy)} />),
    );
  });
  return app;
}

/** The time, and the part of it that the address gave. */
export type ParsedPeriod = Readonly<{ period: WholePeriod; given: Period }>;

/** Reads the time of an address. A time without a zone is in the zone of the reader. The error is a sentence for them. */
export function parseNumbersPeriod(typed: QueryFields, reading: MomentReading): Result<ParsedPeriod, string> {
  const moments = momentsIn(typed, ['from', 'to'], reading);
  if (!moments.ok) return moments;
  const whole = wholePeriod(moments.value, reading.now);
  if (!whole.ok) return whole;
  return ok({ period: whole.value, given: moments.value });
}

/** The address of a time. */
export const numbersAddress = ({ from, to }: Period): string => addressOf('/numbers', { from, to });

/** What the page of numbers shows. */
export type NumbersAnswer = Numbers &
  Readonly<{
    /** All statements, for a login of an auditor. */
    sql: string;
    /** Requests that were made before this time are gone, and so are their numbers. */
    incompleteBefore?: Instant;
  }>;

/** The numbers of a time. */
export async function readNumbers(
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
