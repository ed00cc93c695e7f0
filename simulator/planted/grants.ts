import type { PlantedBug } from './bug.ts';

/** Mistakes in how access is given, and in how the state before is remembered. */
export const GRANT_BUGS: readonly PlantedBug[] = [
  {
    name: 'active-before-granted',
    ids: 'B65, F14',
    what: 'The request is active before the provider answered.',
    edits: [
      {
        file: 'requests/grant-lease.ts',
        from: '(await ensureGranted(intended, intent, under));',
        to: `(void ensureGranted(intended, intent, under).catch(() => undefined), { seen: 'sent' });`,
      },
    ],
    seed: 51,
  },
  {
    name: 'more-than-approved',
    ids: 'I1, I11',
    what: 'The grant gives the highest level, whatever was approved.',
    edits: [
      {
        file: 'providers/fake/index.ts',
        from: 'const wanted = levelToSet(intent);',
        to: `const wanted = 'admin' as ReturnType<typeof levelToSet>;`,
      },
    ],
    seed: 11,
  },
  {
    name: 'no-read-back-of-a-grant',
    ids: 'B04, F14',
    what: 'A grant counts as soon as the vendor accepted it.',
    edits: [
      {
        file: 'providers/fake/index.ts',
        from: `    rank(seen) < rank(wanted) ||
    !after.marks.some((mark) => mark.lease === lease && mark.endsAt === endsAt)`,
        to: 'after.marks === undefined',
      },
    ],
    seed: 47,
  },
  {
    name: 'partly-granted-is-active',
    ids: 'B11',
    what: 'A request of two targets is active when the first one is granted.',
    edits: [
      {
        file: 'core/request/decide.ts',
        from: 'const all = state.leases.every((each) => each === lease || state.granted.includes(each));',
        to: 'const all = state.leases.some((each) => each === lease || state.granted.includes(each));',
      },
    ],
    seed: 11,
  },
  {
    name: 'not-judged-again',
    ids: 'B46, F27, I12',
    what: 'The policy is not asked again before the grant.',
    edits: [
      {
        file: 'requests/grant-lease.ts',
        from: `if (!still.ok) throw new Fault('no-longer-allowed', still.error);`,
        to: '',
      },
    ],
    seed: 176,
  },
  {
    name: 'stale-read-as-prior-state',
    ids: 'F15, I5',
    what: 'A read that is older than the last revocation counts as prior state.',
    edits: [
      {
        file: 'requests/write-intent.ts',
        from: 'if (readAt >= freshFrom) return;',
        to: 'if (readAt >= 0) return;',
      },
      {
        file: 'ledger/leases/holdings.ts',
        from: 'if (revokedAt !== undefined && revokedAt >= readAt)',
        to: 'if (revokedAt === Number.NaN)',
      },
    ],
    seed: 13011,
  },
  {
    name: 'late-grant-stays',
    ids: 'F41',
    what: 'A grant that its request overtook is not revoked.',
    edits: [
      {
        file: 'requests/grant-lease.ts',
        from: `  if (!confirmed.outcome.ok) {
    await revokeLateGrant(deps, id, attempted);`,
        to: '  if (!confirmed.outcome.ok) {',
      },
    ],
  },
  {
    name: 'confirmed-by-the-name-of-its-step',
    ids: 'B24, F16',
    what: 'A report of a process that was recorded before counts again, whatever happened since.',
    edits: [
      {
        file: 'ledger/request/record.ts',
        from: 'if (before && isOfPerson(step)) return',
        to: 'if (before) return',
      },
    ],
  },
  {
    name: 'lowered-by-hand-is-given-again',
    ids: 'B20, I22, F24',
    what: 'What somebody lowered by hand is given again by the next grant.',
    edits: [
      {
        file: 'requests/drift.ts',
        from: `  if (!drift || (isRepeated && drift.change === 'raised')) return;`,
        to: '  if (drift || isRepeated || !drift) return;',
      },
    ],
    seed: 7000,
  },
  {
    name: 'prior-state-is-not-lowered',
    ids: 'F25, I5',
    what: 'Standing access that somebody removed during a lease comes back at its end.',
    edits: [
      {
        file: 'core/holding.ts',
        from: 'if (positionIn(ladder, shown) >= positionIn(ladder, prior)) return prior;',
        to: 'if (shown !== ladder.join()) return prior;',
      },
    ],
    seed: 8000,
  },
  {
    name: 'own-access-as-prior-state',
    ids: 'B16, F01, I5',
    what: 'What a repeated attempt finds counts as access that was there before.',
    edits: [
      {
        file: 'core/holding.ts',
        from: 'if (positionIn(ladder, shown) >= positionIn(ladder, prior)) return prior;',
        to: 'if (positionIn(ladder, shown) >= positionIn(ladder, prior)) return shown;',
      },
    ],
    seed: 6,
  },
];
