import { type AccessTime, whatWasHeld, whoHadAccess } from '../../audit/questions/index.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import type { AuditQuery, Ledger, WatchedScope } from '../../ledger/index.ts';
import { CommandError } from '../terminal/exit.ts';
import { accountsOf, personIsKnown, sayIdsOnly } from '../terminal/known-names.ts';
import { endIfTyped, momentIfTyped } from '../terminal/moments.ts';
import { utc } from '../terminal/output.ts';
import { type AnswerOptions, printAnswer } from '../terminal/print-answer.ts';
import { withAuditLedger } from '../terminal/reading-context.ts';
import { isKnown, providerIsKnown, subjectTyped } from './access-subject.ts';

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
    sayIdsOnly(config);
    const time = accessTime(options, await ledger.now());
    await providerIsKnown(ledger, options.provider);
    const subject = await subjectTyped(ledger, config, what, options.provider);
    const isLookedAt = await sayWhatIsUnknown(ledger, subject, time);
    const query = whoHadAccess(subject, time);
    await printAnswer(ledger, atProvider(query, options), options, {
      columns: { ...WHO, ...TIMES },
      empty: isLookedAt
        ? `Nobody had access to ${what} ${textOf(time)}, as far as receipts and looks at the providers show.`
        : `Curfew granted nobody access to ${what} ${textOf(time)}. Who else had access is not known.`,
    });
  });

/** `curfew audit held` */
export const runAuditHeld = (typed: string, options: AccessOptions): Promise<void> =>
  withAuditLedger(async ({ ledger, config }) => {
    sayIdsOnly(config);
    const time = accessTime(options, await ledger.now());
    const person = typed as PersonId;
    if (!(await isKnown(ledger, { kind: 'is', column: 'person', value: person })))
      await personIsKnown(config, person);
    const query = whatWasHeld(person, await accountsOf(config, person), time);
    const isLookedAt = await sayWhatIsUnknown(ledger, { kind: 'everything' }, time);
    await printAnswer(ledger, query, options, {
      columns: { ...WHAT, ...TIMES },
      empty: isLookedAt
        ? `${person} held nothing ${textOf(time)}, as far as receipts and looks at the providers show.`
        : `Curfew granted nothing to ${person} ${textOf(time)}. What else they had is not known.`,
    });
  });

/** Only the rows of one provider, when one is named. */
const atProvider = (query: AuditQuery, { provider }: TargetOptions): AuditQuery =>
  provider === undefined
    ? query
    : { ...query, where: [...query.where, { kind: 'is', column: 'provider', value: provider }] };

const WATCHED = {
  everything: 'all targets',
  provider: 'all targets there',
  entitlement: 'its targets',
  target: 'this target',
};

/**
 * Says since when Curfew looks for access that it did not grant, when that is later than the question. On the standard error, because it is no row of
 * the answer. True when the whole time is known.
 */
async function sayWhatIsUnknown(
  ledger: Ledger,
  subject: WatchedScope,
  { from }: AccessTime,
): Promise<boolean> {
  const look = await ledger.firstLook(subject);
  if (look.kind === 'since' && look.at <= from) return true;
  const targets = WATCHED[subject.kind];
  process.stderr.write(
    look.kind === 'since'
      ? `Curfew had looked at ${targets} for the first time at ${utc(look.at)}. Of the time before, it knows only what it granted.\n`
      : `Curfew has not looked at ${targets} yet, so it knows only what it granted.\n`,
  );
  return false;
}

/** The time of a question. Throws for a time that ends before it begins. */
export function accessTime({ at, from, to, knownAt }: AccessOptions, now: Instant): AccessTime {
  const known = momentIfTyped(knownAt, now);
  const end = momentIfTyped(at, now) ?? endIfTyped(to, now) ?? known ?? now;
  const start = momentIfTyped(at ?? from, now) ?? (to === undefined ? end : undefined);
  if (known !== undefined && start !== undefined && known < start)
    throw new CommandError(
      'usage',
      'The moment of --known-at is before the time of the question. Nothing could be known about it then.',
    );
  if (start === undefined) throw new CommandError('usage', 'Say with --from where the time begins.');
  if (start > end) throw new CommandError('usage', 'The time of --from is after that of --to.');
  return { from: start, to: end, knownAt: known };
}

function textOf({ from, to, knownAt }: AccessTime): string {
  const time = from === to ? `at ${utc(from)}` : `between ${utc(from)} and ${utc(to)}`;
  return knownAt === undefined ? time : `${time}, as it was known at ${utc(knownAt)}`;
}
