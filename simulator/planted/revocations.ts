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
    seed: 38,
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
    seed: 1001,
  },
  {
    name: 'earlier-leases-are-forgotten',
    ids: 'B15, I6',
    what: 'A later, shorter request ends an earlier, longer one.',
    edits: [
      {
        file: 'ledger/leases/leases.ts',
        from: 'and o.id is distinct from ${except} and not exists',
        to: "and o.id > coalesce(${except}, '') and not exists",
      },
    ],
    seed: 71,
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
    seed: 7,
  },
  {
    name: 'no-timer',
    ids: 'B01, I3',
    what: 'The workflow has no timer for the end.',
    edits: [
      {
        file: 'workflows/grant-and-revoke.ts',
        from: 'await Promise.race([untilOver(), condition(() => deadline.isOver())]);',
        to: 'await untilOver();',
      },
    ],
    seed: 3000,
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
    seed: 5001,
  },
  {
    name: 'holding-is-closed-too-early',
    ids: 'B09, I5',
    what: 'The first receipt of an access closes what is remembered of its prior state.',
    edits: [
      {
        file: 'ledger/request/project.ts',
        from: `      where id = $1 and not exists (
        select from lease l where l.holding_id = $1 and not exists (
          select from event e where e.request_id = l.request_id and e.kind = 'revoked' and e.body ->> 'lease' = l.id))\``,
        to: `      where id = $1\``,
      },
    ],
    seed: 78,
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
    seed: 6000,
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
    seed: 10000,
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
    seed: 136,
  },
];
