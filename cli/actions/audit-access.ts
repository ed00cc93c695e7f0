import {
  type AccessSubject,
  type AccessTime,
  answerPage,
  whatWasHeld,
  whoHadAccess,
} from '../../audit/questions/index.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import type { AuditCondition, Ledger } from '../../ledger/index.ts';
import { CommandError } from '../terminal/exit.ts';
import { accountsOf, entitlementNamed, listedEntitlement, personIsKnown } from '../terminal/known-names.ts';
import { momentIfTyped } from '../terminal/moments.ts';
import { utc } from '../terminal/output.ts';
import { type AnswerOptions, printAnswer } from '../terminal/print-answer.ts';
import { withAuditLedger } from '../terminal/reading-context.ts';

/** What `addTimeOptions` adds. */
export type AccessOptions = AnswerOptions &
  Readonly<{ at?: string; from?: string; to?: string; knownAt?: string }>;
export type TargetOptions = AccessOptions & Readonly<{ provider?: string }>;

const TIMES = {
  since: 'SINCE (UTC)',
  until: 'UNTIL (UTC)',
  planned_end: 'PLANNED END (UTC)',
  basis: 'BASIS',
};

const WHO = {
  person: 'PERSON',
  account_name: 'ACCOUNT',
  provider: 'PROVIDER',
  target_name: 'TARGET',
  level: 'LEVEL',
};
const WHAT = {
  entitlement: 'ENTITLEMENT',
  provider: 'PROVIDER',
  target_name: 'TARGET',
  account_name: 'ACCOUNT',
  level: 'LEVEL',
};

/** `curfew audit access` */
export const runAuditAccess = (what: string, options: TargetOptions): Promise<void> =>
  withAuditLedger(async ({ ledger, config }) => {
    const time = accessTime(options, await ledger.now());
    const subject = await subjectTyped(ledger, config, what, options);
    await printAnswer(ledger, whoHadAccess(subject, time), options, {
      columns: { ...WHO, ...TIMES },
      empty: `Nobody had access to ${what} ${textOf(time)}, as far as receipts and looks at the providers show.`,
    });
  });

/** `curfew audit held` */
export const runAuditHeld = (typed: string, options: AccessOptions): Promise<void> =>
  withAuditLedger(async ({ ledger, config }) => {
    const time = accessTime(options, await ledger.now());
    const person = typed as PersonId;
    if (!(await isKnown(ledger, { kind: 'is', column: 'person', value: person })))
      await personIsKnown(config, person);
    const query = whatWasHeld(person, await accountsOf(config, person), time);
    await printAnswer(ledger, query, options, {
      columns: { ...WHAT, ...TIMES },
      empty: `${person} held nothing ${textOf(time)}, as far as receipts and looks at the providers show.`,
    });
  });

/** The time of a question. Throws for a time that ends before it begins. */
export function accessTime({ at, from, to, knownAt }: AccessOptions, now: Instant): AccessTime {
  const known = momentIfTyped(knownAt, now);
  const end = momentIfTyped(at ?? to, now) ?? now;
  const start = momentIfTyped(at ?? from, now) ?? (to === undefined ? end : undefined);
  if (start === undefined) throw new CommandError('usage', 'Say with --from where the time begins.');
  if (start > end) throw new CommandError('usage', 'The time of --from is after that of --to.');
  return { from: start, to: end, knownAt: known };
}

const textOf = ({ from, to }: AccessTime): string =>
  from === to ? `at ${utc(from)}` : `between ${utc(from)} and ${utc(to)}`;

/**
 * An entitlement of the catalogue, else what the ledger knows by this name: an entitlement of the past, or a target. With a provider, a
 * target comes first.
 */
async function subjectTyped(
  ledger: Ledger,
  config: string,
  what: string,
  { provider }: TargetOptions,
): Promise<AccessSubject> {
  const target = { kind: 'target', name: what, ...(provider === undefined ? {} : { provider }) } as const;
  if (provider !== undefined && (await isKnown(ledger, target))) return target;
  const listed = await listedEntitlement(config, what);
  if (listed) return { kind: 'entitlement', id: listed.id };
  const id = what.toLowerCase();
  if (await isKnown(ledger, { kind: 'is', column: 'entitlement', value: id }))
    return { kind: 'entitlement', id };
  if (await isKnown(ledger, target)) return target;
  return { kind: 'entitlement', id: (await entitlementNamed(config, what))?.id ?? id };
}

/** True when the ledger has access of this kind, whenever that was. */
const isKnown = async (ledger: Ledger, condition: AuditCondition): Promise<boolean> =>
  (await answerPage(ledger, { view: 'access', where: [condition] }, { most: 1 })).rows.length > 0;
