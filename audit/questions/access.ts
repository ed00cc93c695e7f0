import type { Instant, PersonId } from '../../core/ids.ts';
import type { AuditCondition, AuditQuery, MomentOfRecord } from '../../ledger/index.ts';

/** The time of a question about access: from one moment until another, both included. Equal moments are one moment. */
export type AccessTime = Readonly<{
  from: Instant;
  to: Instant;
  /** Only what had been recorded at this moment counts. Left out: everything that is recorded. */
  knownAt?: Instant | undefined;
}>;

/** An entitlement of the catalogue, or a target as the catalogue names it. A target of any provider when none is named. */
export type AccessSubject = Readonly<
  { kind: 'entitlement'; id: string } | { kind: 'target'; name: string; provider?: string }
>;

/** An account of a person at a provider. */
export type AccountOf = Readonly<{ provider: string; name: string }>;

/**
 * Who had access to an entitlement or to a target. Held means what receipts showed: from the read that showed the access until the read
 * that showed that it is gone. Access at the same targets that Curfew did not grant is in the answer too, with its basis.
 */
export const whoHadAccess = (subject: AccessSubject, time: AccessTime): AuditQuery =>
  subject.kind === 'target'
    ? held(time, [{ ...subject }])
    : held(
        time,
        [
          {
            kind: 'any',
            of: [
              { kind: 'is', column: 'entitlement', value: subject.id },
              { kind: 'not-granted-at-targets-of', entitlement: subject.id },
            ],
          },
        ],
        { entitlement: subject.id },
      );

/**
 * What a person held, in the same sense. Access that Curfew did not grant is known by its account alone: the accounts with which the
 * person had leases, and `accounts`, which people.yaml has for them.
 */
export const whatWasHeld = (person: PersonId, accounts: readonly AccountOf[], time: AccessTime): AuditQuery =>
  held(
    time,
    [
      {
        kind: 'any',
        of: [{ kind: 'is', column: 'person', value: person }, ...notGrantedTo(person, accounts)],
      },
    ],
    { person },
  );

/** What a person held that Curfew did not grant, by the same accounts. */
export const heldUngranted = (
  person: PersonId,
  accounts: readonly AccountOf[],
  time: AccessTime,
): AuditQuery => held(time, [{ kind: 'any', of: notGrantedTo(person, accounts) }]);

const notGrantedTo = (person: PersonId, accounts: readonly AccountOf[]): readonly AuditCondition[] => [
  { kind: 'not-granted-of-accounts-of', person },
  ...accounts.map(standingOf),
];

/** Everything that anybody held. */
export const allAccess = (time: AccessTime): AuditQuery => held(time, []);

/** An account that a person has now may have been somebody else's, so it counts only for what Curfew did not grant. */
const standingOf = (account: AccountOf): AuditCondition => ({ kind: 'not-granted-of-account', ...account });

function held(
  { from, to, knownAt }: AccessTime,
  where: readonly AuditCondition[],
  granted: Pick<MomentOfRecord, 'person' | 'entitlement'> = {},
): AuditQuery {
  return {
    view: 'access',
    where: [...where, { kind: 'during', from, to }],
    ...(knownAt === undefined ? {} : { known: { at: knownAt, from, to, ...granted } }),
  };
}
