import type { PlantedBug } from './bug.ts';

/** Mistakes while a part of Curfew is away, and after that. */
export const OUTAGE_BUGS: readonly PlantedBug[] = [
  {
    name: 'no-sweeper',
    ids: 'F06, F08, B01',
    what: 'Only the workflow revokes.',
    edits: [
      {
        file: 'ledger/leases/leases.ts',
        from: 'where next_try_at <= ledger_now() and id <> all',
        to: 'where false and next_try_at <= ledger_now() and id <> all',
      },
    ],
    seed: 5000,
  },
  {
    name: 'sweeper-comes-late',
    ids: 'F08, I3',
    what: 'The sweeper looks at a lease four minutes after its end.',
    edits: [
      {
        file: 'ledger/request/project.ts',
        from: 'const SWEEPER_GRACE_MS = 10_000;',
        to: 'const SWEEPER_GRACE_MS = 240_000;',
      },
      {
        file: 'ledger/leases/lease-rows.ts',
        from: 'const LATEST_LOOK_MS = 70_000;',
        to: 'const LATEST_LOOK_MS = 370_000;',
      },
    ],
    seed: 5000,
  },
  {
    name: 'no-undo',
    ids: 'F04, I14',
    what: 'While the ledger is away, nothing is revoked.',
    edits: [
      {
        file: 'requests/revoke-lease.ts',
        from: 'const undo = isLedgerFailure(error) ? openUndo(deps, lease, sealed) : undefined;',
        to: 'const undo = undefined as Undo | undefined;',
      },
    ],
    seed: 3000,
  },
  {
    name: 'undo-before-others',
    ids: 'F04, F26, I6',
    what: 'While the ledger is away, the end of one lease takes the access of the others, and nobody says so.',
    edits: [
      {
        file: 'requests/undo.ts',
        from: 'let levels = others.filter(({ endsAt }) => now < endsAt).map(({ level }) => level);',
        to: 'let levels = others.filter(({ endsAt }) => now > endsAt + 1e9).map(({ level }) => level);',
      },
      {
        file: 'requests/revoke-lease.ts',
        from: 'if (report !== undefined) rememberReport?.(report);',
        to: 'void report;',
      },
      {
        file: 'ledger/request/project.ts',
        from: 'if (ended?.is_late) await doubtAccess(db, lease);',
        to: 'void ended?.is_late;',
      },
    ],
    seed: 4000,
  },
  {
    name: 'gives-up-after-three-tries',
    ids: 'B03, I4',
    what: 'The sweeper and the workflow give up a revocation after some attempts.',
    edits: [
      {
        file: 'ledger/leases/leases.ts',
        from: 'where next_try_at <= ledger_now() and id <> all',
        to: 'where tries < 1 and next_try_at <= ledger_now() and id <> all',
      },
      {
        file: 'workflows/activities.ts',
        from: `retry: { initialInterval: '500ms', maximumInterval: '60s' },`,
        to: `retry: { initialInterval: '500ms', maximumInterval: '60s', maximumAttempts: 3 },`,
      },
      {
        file: 'workflows/grant-and-revoke.ts',
        from: `    if (!progress) {
      await watch`,
        to: `    if (!progress) {
      return;
      await watch`,
      },
    ],
    seed: 41,
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
    seed: 146,
  },
  {
    name: 'forgotten-submission',
    ids: 'F08',
    what: 'Nobody judges a request whose workflow was terminated before.',
    edits: [
      { file: 'upkeep/sweep.ts', from: 'judged: await duty(judgeForgottenRequests),', to: 'judged: [],' },
    ],
    seed: 12,
  },
  {
    name: 'ends-by-the-clock-of-the-process',
    ids: 'F22, B13',
    what: 'A process decides by its own clock whether the access is over.',
    edits: [
      {
        file: 'ledger/request/record.ts',
        from: 'Math.max(await now(db), at) as Instant;',
        to: 'Math.max((await now(db)) * 0 + Date.now(), at) as Instant;',
      },
      {
        file: 'ledger/request/record.ts',
        from: 'return { state: stateAfter(await readEvents(db, request)), at: await now(db) };',
        to: 'return { state: stateAfter(await readEvents(db, request)), at: Date.now() as Instant };',
      },
    ],
    seed: 37,
  },
];
