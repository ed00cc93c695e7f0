import type { PlantedBug } from './bug.ts';

/** Mistakes with several processes, clicks and messages. */
export const LOCK_BUGS: readonly PlantedBug[] = [
  {
    name: 'no-lock',
    ids: 'F16, B05',
    what: 'Two processes change one access at the same time.',
    edits: [
      {
        file: 'ledger/lock.ts',
        from: `where held.ends_at <= ledger_now() or held.ends_at`,
        to: `where true or held.ends_at`,
      },
      {
        file: 'ledger/lock.ts',
        from: `if (rowCount !== 1) throw new Fault('lock-lost', 'another process took over the change of this access');`,
        to: 'void rowCount;',
      },
    ],
  },
  {
    name: 'lost-lock-is-not-noticed',
    ids: 'F16, F23',
    what: 'A process that lost its lock records a receipt.',
    edits: [
      {
        file: 'ledger/lock.ts',
        from: `if (rowCount !== 1) throw new Fault('lock-lost', 'another process took over the change of this access');`,
        to: 'void rowCount;',
      },
    ],
  },
  {
    name: 'no-doubt-after-a-killed-process',
    ids: 'F01, F02, F41',
    what: 'Nobody looks again after a process was killed in the middle of a change.',
    edits: [
      { file: 'ledger/lock.ts', from: 'if (taken?.was_left) await doubt(db, key, UNANSWERED);', to: '' },
    ],
  },
  {
    name: 'no-doubt-after-a-lost-answer',
    ids: 'F13, F41, I15',
    what: 'Nobody looks again after a call without an answer, which may still have its effect.',
    edits: [
      {
        file: 'ledger/lock.ts',
        from: 'isDoubtful = hasWritten && !isSettled(error);',
        to: 'isDoubtful = false && hasWritten && !isSettled(error);',
      },
    ],
  },
  {
    name: 'no-verification',
    ids: 'F41, I15',
    what: 'The sweeper verifies nothing.',
    edits: [
      {
        file: 'upkeep/sweep.ts',
        from: 'unverified: await duty(verifyDoubtfulAccesses),',
        to: 'unverified: [],',
      },
    ],
  },
  {
    name: 'acknowledged-before-stored',
    ids: 'F03, I16',
    what: 'A click is acknowledged before it is stored.',
    edits: [
      {
        file: 'inbox/receive.ts',
        from: 'return ledger.writeClick(click, source);',
        to: 'void ledger.writeClick(click, source).catch(() => undefined);\n  return click;',
      },
    ],
    seed: 36,
  },
  {
    name: 'redelivered-click-is-another-one',
    ids: 'B26, F18',
    what: 'Slack delivers a click again, and it counts again.',
    edits: [
      {
        file: 'ledger/open-ledger.ts',
        from: 'clicks.writeClick(db, click, source ?? null)',
        to: 'clicks.writeClick(db, click, null)',
      },
    ],
    seed: 29,
  },
  {
    name: 'forgotten-submission',
    ids: 'F08',
    what: 'Nobody judges a request whose workflow was terminated before.',
    edits: [
      { file: 'upkeep/sweep.ts', from: 'judged: await duty(judgeForgottenRequests),', to: 'judged: [],' },
    ],
  },
  {
    name: 'failed-click-is-settled',
    ids: 'B71, I16',
    what: 'A click that could not be decided is put aside.',
    edits: [
      {
        file: 'inbox/dispatcher.ts',
        from: 'deps.onRetry?.(click, error); // The click',
        to: `void deps.ledger.storeOutcome(click.id, { kind: 'refused', error: String(error) }).catch(() => undefined); // The click`,
      },
    ],
  },
  {
    name: 'click-of-a-killed-process-is-lost',
    ids: 'F03, I16, B71',
    what: 'A click that a process took before it was killed is not taken again.',
    edits: [
      {
        file: 'ledger/clicks.ts',
        from: `next_try_at = ledger_now() + least($3 * power(2, least(tries, 5)), 60000) * interval '1 millisecond'
      where id in (select id from click where done_at is null and kind = any`,
        to: `next_try_at = ledger_now() + greatest($3, 3600000) * interval '1 millisecond'
      where id in (select id from click where done_at is null and kind = any`,
      },
    ],
  },
  {
    name: 'sweeper-dies-of-a-failed-task',
    ids: 'F04, F16',
    what: 'A task of the sweeper that fails ends its process.',
    edits: [
      {
        file: 'upkeep/work-through.ts',
        from: `          .catch((error: unknown) => void failures.push(error))
`,
        to: '',
      },
    ],
  },
  {
    name: 'grants-after-a-failover',
    ids: 'F05, F31, I25',
    what: 'The ledger lost its last commits, and grants as if it had not.',
    edits: [
      {
        file: 'requests/quarantine.ts',
        from: 'if (await ledger.isQuarantined())',
        to: 'if (await ledger.isQuarantined().then(() => false))',
      },
      {
        file: 'requests/answer.ts',
        from: `if (click.kind === 'approve' && (await ledger.isQuarantined()))`,
        to: `if (click.kind === 'approve' && !ledger)`,
      },
      {
        file: 'requests/lost-leases.ts',
        from: '  if (lost)\n    throw',
        to: '  if (lost && !deps)\n    throw',
      },
    ],
  },
  {
    name: 'failover-is-not-noticed',
    ids: 'F05, I25',
    what: 'Nobody compares the manifest with the ledger.',
    edits: [
      {
        file: 'requests/check-manifest.ts',
        from: 'if (reason !== undefined) await',
        to: 'if (reason !== undefined && !ledger) await',
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
    ],
  },
];
