import type { PlantedBug } from './bug.ts';

/** Mistakes with several processes, clicks and messages. */
export const LOCK_BUGS: readonly PlantedBug[] = [
  {
    name: 'no-lock',
    ids: 'F16, B05',
    what: 'Two processes change one access at the same time.',
    edits: [
      {
        file: 'ledger/leases/lock.ts',
        from: `where held.ends_at <= ledger_now() or held.ends_at`,
        to: `where true or held.ends_at`,
      },
      {
        file: 'ledger/leases/lock.ts',
        from: `if (rowCount !== 1) throw new Fault('lock-lost', 'another process took over the change of this access');`,
        to: 'void rowCount;',
      },
    ],
    seed: 11037,
    tries: 8,
  },
  {
    name: 'lost-lock-is-not-noticed',
    ids: 'F16, F23',
    what: 'A process that lost its lock records a receipt.',
    edits: [
      {
        file: 'ledger/leases/lock.ts',
        from: `if (rowCount !== 1) throw new Fault('lock-lost', 'another process took over the change of this access');`,
        to: 'void rowCount;',
      },
    ],
  },
  {
    name: 'locks-of-old-names',
    ids: 'F24',
    what: 'After a rename, two changes of one access have two locks.',
    edits: [
      {
        file: 'requests/access-lock.ts',
        from: 'holding?.others.map(({ lockKey }) => lockKey) ?? [];',
        to: 'holding?.others.slice(0, 0).map(({ lockKey }) => lockKey) ?? [];',
      },
      {
        file: 'requests/write-intent.ts',
        from: 'others.every(({ lockKey }) => holdsKey(lock, lockKey));',
        to: `others.every(({ lockKey }) => lockKey !== '' || holdsKey(lock, lockKey));`,
      },
    ],
  },
  {
    name: 'account-of-another-person',
    ids: 'B36, F24',
    what: 'A grant goes to whoever has the name of the account now.',
    edits: [
      {
        file: 'providers/fake/index.ts',
        from: `  const { subject, target, lease, endsAt } = intent;
  const before = await api.read(signal);
  if (!before.accounts.has(subject.id)) {`,
        to: `  const { target, lease, endsAt } = intent;
  const before = await api.read(signal);
  const subject = findSubject(before, intent.subject.name) ?? intent.subject;
  if (!before.accounts.has(subject.id)) {`,
      },
      {
        file: 'requests/grant-lease.ts',
        from: 'holding?.subject.id === seen.subject.id &&',
        to: '',
      },
    ],
    seed: 9000,
  },
];
