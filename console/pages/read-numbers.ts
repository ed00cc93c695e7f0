import {
  incompleteBefore,
  type Numbers,
  numbersOf,
  numbersQuestion,
  type NumbersTime,
} from '../../audit/questions/index.ts';
import type { Instant } from '../../core/ids.ts';
import { NUMBERS } from '../../core/numbers.ts';
import type { ConsoleDeps } from '../deps.ts';

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
