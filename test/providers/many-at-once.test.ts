import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant, LeaseId } from '../../core/ids.ts';
import { type AttemptKind, openTurns, WINDOW_MS } from '../../core/turns.ts';
import { budgeted } from '../../providers/budgeted.ts';
import { githubProvider } from '../../providers/github/index.ts';
import { attemptPoints, pointsOf } from '../../providers/github/points.ts';
import type { Provider } from '../../providers/provider.ts';
import { ONCALL, ORDERS } from './github.fixture.ts';
import { openVirtualGitHub, pause, untilDone } from './virtual-github.fixture.ts';

type World = Awaited<ReturnType<typeof openVirtualGitHub>>;
let world: World;
afterEach(() => world.stop());

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const POINTS_A_MINUTE = 900;

/** Two processes that use one credential, and share its rate. */
function openProcesses({ deps, now }: World): readonly [worker: Provider, sweeper: Provider] {
  const turns = openTurns(now);
  const open = (): Provider => {
    const provider = budgeted('github', (takeTurn) => githubProvider(deps, takeTurn) as Provider, now);
    return provider.sharing?.(turns) ?? provider;
  };
  return [open(), open()];
}

type Attempt = Readonly<{ provider: Provider; account: string; kind: AttemptKind }>;

const inTurn = ({ provider, account, kind }: Attempt, signal: AbortSignal, work: () => Promise<unknown>) =>
  provider.inTurn?.({ kind, key: account, target: ONCALL }, signal, work) ?? work();

/** Resolves with the time at which the access was there. */
async function grant(attempt: Attempt): Promise<number> {
  const { provider, account } = attempt;
  const lease = `${account}/0` as LeaseId;
  await untilDone((signal) =>
    inTurn(attempt, signal, async () => {
      const { subject, target } = await provider.observe({ account, target: ONCALL }, signal);
      await provider.ensurePresent({ lease, subject, target, level: 'member', endsAt }, signal);
    }),
  );
  return world.now();
}

/** Resolves with the time at which GitHub got the first call, and that at which the access was gone. */
async function end(attempt: Attempt): Promise<Readonly<{ beganAt: number; goneAt: number }>> {
  const { provider, account } = attempt;
  const lease = `${account}/0` as LeaseId;
  let beganAt = Infinity;
  await untilDone((signal) =>
    inTurn(attempt, signal, async () => {
      beganAt = Math.min(beganAt, world.now());
      const { subject, target } = await (provider.asRemoval ?? provider).observe(
        { account, target: ONCALL },
        signal,
      );
      await provider.ensureAbsent({ lease, subject, target, level: 'none', endsAt }, signal);
    }),
  );
  return { beganAt, goneAt: world.now() };
}

const named = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${name}-${index}`);

const refusals = (): number => world.arrived.filter(({ status }) => status === 403 || status === 429).length;

describe.each([
  ['team', ONCALL],
  ['repository', ORDERS],
] as const)('the points of one attempt for a %s', (_kind, target) => {
  test.each(['grant', 'end'] as const)(
    'to %s it costs at most what the provider says, and little less',
    async (kind) => {
      world = await openVirtualGitHub(['ana', 'bo']);
      const provider = githubProvider(world.deps, () => Promise.resolve()) as Provider;
      const costOf = async (account: string): Promise<number> => {
        const before = world.arrived.length;
        const { signal } = new AbortController();
        const given = async () => {
          const { subject, target: found } = await provider.observe({ account, target }, signal);
          const intent = {
            lease: `${account}/0` as LeaseId,
            subject,
            target: found,
            level: target.role,
            endsAt,
          };
          if (kind === 'grant') return provider.ensurePresent(intent, signal);
          return provider.ensureAbsent({ ...intent, level: 'none' }, signal);
        };
        await world.until(given());
        return world.arrived.slice(before).reduce((sum, call) => sum + pointsOf(call), 0);
      };
      for (const each of ['ana', 'bo'])
        if (kind === 'end')
          if (target.kind === 'team') world.github.setTeamMember(each, target.team, 'member');
          else world.github.setCollaborator(each, target.repo, 'maintain');
      await costOf('ana'); // With the tokens that both use.
      const said = attemptPoints(kind, target);
      const cost = await costOf('bo');
      expect(cost).toBeLessThanOrEqual(said);
      expect(cost).toBeGreaterThan(said - 2);
    },
  );
});

describe('101 memberships that are approved within two minutes', () => {
  // The ends come in the middle, all within a second, half of them to each process.
  test.each([
    ['with nothing else', { live: 0, unconfirmed: 0, endAt: 0 }],
    [
      'while 30 live accesses and 20 that were never confirmed end',
      { live: 30, unconfirmed: 20, endAt: 90_000 },
    ],
    ['while 60 live accesses end at the first moment', { live: 60, unconfirmed: 0, endAt: 0 }],
    [
      'while 40 that were never confirmed end, and 20 live ones a second later',
      { live: 20, unconfirmed: 40, endAt: 121_000 },
    ],
  ])(
    '%s: GitHub refuses no call, live access ends first, and all are active within 1.3 times the time that the rate needs (I25, F31)',
    async (_name, { live, unconfirmed, endAt }) => {
      const [people, ending, never] = [
        named('person', 101),
        named('live', live),
        named('never', unconfirmed),
      ];
      world = await openVirtualGitHub([...people, ...ending, ...never]);
      for (const login of [...ending, ...never]) world.github.setTeamMember(login, 'orders-oncall', 'member');
      const processes = openProcesses(world);
      const [worker] = processes;
      const from = world.now();
      const endAll = (accounts: readonly string[], kind: AttemptKind, afterMs: number) =>
        Promise.all(
          accounts.map(async (account, index) => {
            const provider = processes[index % 2] ?? worker;
            await pause(afterMs + (index * 1_000) / accounts.length);
            return end({ provider, account, kind });
          }),
        );
      const grants = Promise.all(
        people.map((account, index) =>
          pause(index * 1_188).then(() => grant({ provider: worker, account, kind: 'grant' })),
        ),
      );
      const ends = Promise.all([
        endAll(never, 'end-unconfirmed', endAt),
        endAll(ending, 'end', endAt + (unconfirmed > live ? 1_000 : 0)),
      ]);
      await world.until(Promise.all([grants, ends]));

      expect(refusals()).toBe(0);
      const [neverGone, liveGone] = await ends;
      // Of the ends that do not fit into the first minute, no live access waits for one that was never confirmed.
      const lateLive = liveGone.map(({ beganAt }) => beganAt - from - endAt).filter((ms) => ms > 5_000);
      const lateNever = neverGone.map(({ beganAt }) => beganAt - from - endAt).filter((ms) => ms > 5_000);
      expect(Math.max(0, ...lateLive)).toBeLessThanOrEqual(Math.min(Infinity, ...lateNever));
      for (const { goneAt } of [...liveGone, ...neverGone])
        expect(goneAt - from - endAt).toBeLessThan(WINDOW_MS + 10_000);

      const all = world.arrived.reduce((sum, { points }) => sum + points, 0);
      const activeAt = await grants;
      const neededMs = (((all * 101) / (101 + live + unconfirmed)) * 60_000) / (POINTS_A_MINUTE / 2);
      expect(Math.max(...activeAt) - from).toBeLessThan(1.3 * neededMs);
    },
    60_000,
  );
});
