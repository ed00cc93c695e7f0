import type { PlantedBug } from './bug.ts';

/** Mistakes in how access ends, and in what remains. */
export const REVOCATION_BUGS: readonly PlantedBug[] = [
  {
    name: 'overlap-is-ignored',
    ids: 'B14, F26, I6',
    what: 'The end of one lease takes the access of another one.',
    edits: [
      {
        file: 'requests/lease-at-provider.ts',
        from: 'const level = highestLevel(ladder, [holding.prior, ...others]);',
        to: 'const level = highestLevel(ladder, [holding.prior, ...others.slice(others.length)]);',
      },
    ],
    seed: 11,
  },
  {
    name: 'standing-access-is-removed',
    ids: 'B16, F25, I5',
    what: 'The end of a lease takes what was there before it.',
    edits: [
      {
        file: 'requests/lease-at-provider.ts',
        from: 'const level = highestLevel(ladder, [holding.prior, ...others]);',
        to: 'const level = highestLevel(ladder, [...others]);',
      },
    ],
    seed: 11,
  },
  {
    name: 'earlier-leases-are-forgotten',
    ids: 'B15, I6',
    what: 'A later, shorter request ends an earlier, longer one.',
    edits: [
      {
        file: 'ledger/leases.ts',
        from: 'and o.id is distinct from ${except} and not exists',
        to: "and o.id > coalesce(${except}, '') and not exists",
      },
    ],
    seed: 65,
  },
  {
    name: 'no-read-back-of-a-revocation',
    ids: 'B04, F13, F14',
    what: 'A revocation counts as soon as the vendor accepted it.',
    edits: [
      {
        file: 'providers/fake/index.ts',
        from: 'if (rank(seen) > rank(intent.level) || after.marks.some((mark) => mark.lease === lease))',
        to: 'if (after.marks === undefined)',
      },
    ],
  },
  {
    name: 'gives-up-after-three-tries',
    ids: 'B03, I4',
    what: 'The sweeper and the workflow give up a revocation after some attempts.',
    edits: [
      {
        file: 'ledger/leases.ts',
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
  },
  {
    name: 'no-sweeper',
    ids: 'F06, F08, B01',
    what: 'Only the workflow revokes.',
    edits: [
      {
        file: 'ledger/leases.ts',
        from: 'where next_try_at <= ledger_now() and id <> all',
        to: 'where false and next_try_at <= ledger_now() and id <> all',
      },
    ],
    seed: 30,
  },
  {
    name: 'sweeper-comes-late',
    ids: 'F08, I3',
    what: 'The sweeper looks at a lease four minutes after its end.',
    edits: [
      {
        file: 'ledger/project.ts',
        from: 'const SWEEPER_GRACE_MS = 10_000;',
        to: 'const SWEEPER_GRACE_MS = 240_000;',
      },
      {
        file: 'ledger/lease-rows.ts',
        from: 'const LATEST_LOOK_MS = 70_000;',
        to: 'const LATEST_LOOK_MS = 370_000;',
      },
    ],
    seed: 30,
  },
  {
    name: 'no-timer',
    ids: 'B01, I3',
    what: 'The workflow has no timer for the end.',
    edits: [
      {
        file: 'workflows/grant-and-revoke.ts',
        from: 'await Promise.race([untilOver, condition(() => deadline.isOver())]);',
        to: 'await untilOver;',
      },
    ],
    seed: 11,
  },
  {
    name: 'only-the-first-lease-is-revoked',
    ids: 'B10, B11',
    what: 'Of a request with two targets, the workflow revokes the first.',
    edits: [
      {
        file: 'workflows/grant-and-revoke.ts',
        from: '    approved.leases.map((each, index) => revokeOne',
        to: '    approved.leases.slice(0, 1).map((each, index) => revokeOne',
      },
    ],
    seed: 11,
  },
  {
    name: 'expires-late',
    ids: 'I3, B13',
    what: 'Access expires a minute and a half after its end.',
    edits: [
      {
        file: 'core/request/due.ts',
        from: `      if (at >= state.endsAt) return { kind: 'expire', at };
      return state.extension`,
        to: `      if (at >= state.endsAt + 90_000) return { kind: 'expire', at };
      return state.extension`,
      },
    ],
    seed: 11,
  },
  {
    name: 'holding-is-closed-too-early',
    ids: 'B09, I5',
    what: 'The first receipt of an access closes what is remembered of its prior state.',
    edits: [
      {
        file: 'ledger/project.ts',
        from: `      where id = $1 and not exists (
        select from lease l where l.holding_id = $1 and not exists (
          select from event e where e.request_id = l.request_id and e.kind = 'revoked' and e.body ->> 'lease' = l.id))\``,
        to: `      where id = $1\``,
      },
    ],
  },
  {
    name: 'verification-takes-everything',
    ids: 'B18, I5',
    what: 'A verification removes all that the account has.',
    edits: [
      {
        file: 'requests/repair.ts',
        from: `  const receipt = await current.provider.ensureAbsent(await remainingWithLost(deps, current), under.signal);
  if (receipt.lowered)`,
        to: `  const receipt = await current.provider.ensureAbsent({ ...(await remainingWithLost(deps, current)), level: 'none' }, under.signal);
  if (receipt.lowered)`,
      },
    ],
    seed: 8,
  },
  {
    name: 'leavers-keep-access',
    ids: 'I17, F29, B41',
    what: 'The access of somebody who left goes on.',
    edits: [
      {
        file: 'upkeep/sweep.ts',
        from: 'const leavers = await endAccessOfLeavers(deps).catch(',
        to: 'const leavers = await Promise.reject<LeaversEnded>(new Error()).catch(',
      },
    ],
    seed: 142,
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
        file: 'ledger/project.ts',
        from: 'if (ended?.is_late) await doubtAccess(db, lease);',
        to: 'void ended?.is_late;',
      },
    ],
  },
  {
    name: 'no-undo',
    ids: 'F04, I14',
    what: 'While the ledger is away, nothing is revoked.',
    edits: [
      {
        file: 'requests/revoke-lease.ts',
        from: 'if (!undo || !mayUndo(undo, deps.clock())) return;',
        to: 'if (undo !== null) return;',
      },
    ],
  },
  {
    name: 'forgotten-lease-is-closed',
    ids: 'F05, I25',
    what: 'A lease that a failover lost counts as revoked for its workflow, and is in no plan of the sweeper.',
    edits: [
      {
        file: 'requests/revoke-lease.ts',
        from: "    if (!lease)\n      throw new Fault('ledger-unavailable', `it has no lease ${id}; it may be restored from a backup`);",
        to: "    if (!lease) return { kind: 'closed', ending: 'lost' };",
      },
      {
        file: 'upkeep/end-lost-leases.ts',
        from: 'if (!deps.manifest) return { attempts, problems };',
        to: 'if (attempts) return { attempts, problems };',
      },
    ],
  },
  {
    name: 'unconfirmed-grant-counts-as-none',
    ids: 'B01, F01, F13',
    what: 'A grant without its receipt counts as one that never reached the vendor.',
    edits: [
      {
        file: 'requests/revoke-lease.ts',
        from: `  if (!lease.holding) {
    lock`,
        to: `  if (lease.holding && lease.shownAt === undefined) return { receipt: NEVER_GRANTED };
  if (!lease.holding) {
    lock`,
      },
    ],
  },
  {
    name: 'ends-by-the-clock-of-the-process',
    ids: 'F22, B13',
    what: 'A process decides by its own clock whether the access is over.',
    edits: [
      {
        file: 'ledger/record.ts',
        from: 'Math.max(await now(db), trail.at(-1)?.event.at ?? 0) as Instant;',
        to: 'Math.max((await now(db)) * 0 + Date.now(), trail.at(-1)?.event.at ?? 0) as Instant;',
      },
      {
        file: 'ledger/record.ts',
        from: 'return { state: stateAfter(trail.map(({ event }) => event)), at: await now(db) };',
        to: 'return { state: stateAfter(trail.map(({ event }) => event)), at: Date.now() as Instant };',
      },
    ],
  },
  {
    name: 'nobody-lapses-a-request',
    ids: 'B27, I7',
    what: 'A request that nobody answers waits for ever.',
    edits: [
      {
        file: 'core/request/due.ts',
        from: `return at >= state.requirements.lapsesAt ? { kind: 'lapse', at } : undefined;`,
        to: `return at >= Infinity ? { kind: 'lapse', at } : undefined;`,
      },
    ],
  },
  {
    name: 'no-reaper',
    ids: 'F07, I3',
    what: 'The reaper ends nothing.',
    edits: [
      {
        file: 'reaper/reap.ts',
        from: '    ...[...removers.values()].map((remover) => reapProvider(remover, pass)),',
        to: '',
      },
    ],
  },
  {
    name: 'reaper-ends-early',
    ids: 'I6, F07',
    what: 'The reaper ends access that is not over.',
    edits: [
      {
        file: 'manifest/due.ts',
        from: '.filter(({ endsAt }) => endsAt + MANIFEST_GRACE_MS <= now && endsAt <= vendorNow)',
        to: '.filter(({ endsAt }) => endsAt - MANIFEST_GRACE_MS <= now)',
      },
    ],
  },
  {
    name: 'reaper-takes-standing-access',
    ids: 'B16, I5, F07',
    what: 'The reaper leaves nothing of what was there before.',
    edits: [
      {
        file: 'manifest/due.ts',
        from: 'return ok(highestLevel(ladderOf(newest), [newest.prior, ...others]));',
        to: 'return ok(highestLevel(ladderOf(newest), [...others]));',
      },
    ],
  },
  {
    name: 'reaper-ignores-other-leases',
    ids: 'B14, I6, F07',
    what: 'The reaper takes the access of other leases.',
    edits: [
      {
        file: 'manifest/due.ts',
        from: 'return ok(highestLevel(ladderOf(newest), [newest.prior, ...others]));',
        to: 'return ok(highestLevel(ladderOf(newest), [newest.prior, ...others.slice(others.length)]));',
      },
    ],
  },
];
