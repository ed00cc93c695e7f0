import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { messageOf } from '../core/faults.ts';
import type { Entry } from '../providers/fake/log.ts';
import { type Violation, violationsOf } from './checkers/index.ts';
import { startCurfew } from './parts/curfew.ts';
import { openLedgerServer } from './parts/ledger-connection.ts';
import { startNaiveBot } from './parts/naive-bot.ts';
import { openTemporal } from './parts/temporal.ts';
import { openVendor } from './parts/vendor.ts';
import { type Card, type Facts, newFacts } from './world/facts.ts';
import { ALL_CALM_MS, drawFaults, PEOPLE_ACT_MS } from './world/faults.ts';
import { planIncident, planIncidents, type Stage } from './world/incidents.ts';
import { openMoments } from './world/moments.ts';
import { openPeople } from './world/people.ts';
import { writePolicy } from './world/policy-files.ts';
import { openProcesses } from './world/processes.ts';
import { randomOf } from './world/random.ts';
import { installVirtualTime } from './world/virtual-time.ts';
import { currentScope } from './world/scope.ts';
import type { World } from './world/world.ts';

export type SeedOptions = Readonly<{ client: pg.Client; seed: number; bot?: 'curfew' | 'naive' }>;

export type SeedResult = Readonly<{ seed: number; log: readonly string[]; violations: readonly Violation[] }>;

const BEGINNING = Date.UTC(2026, 0, 5, 9);
/** After the last fault: longer than a grant may take, and than any wait before the next attempt. */
const REST_MS = 14 * 60_000;

/**
 * The world is at rest when every request is closed, and when nothing happened for as long as a doubt about an access can last, or as a
 * request without a card can wait.
 */
const QUIET_MS = 120_000;
const LOOK_MS = 30_000;

function isAtRest({ told, startedAt, plan }: Facts, log: readonly Entry[], now: number): boolean {
  const last = new Map(told.map(({ card }) => [card.request, card.kind]));
  const faults = [...plan.windows.map(({ to }) => to), ...plan.incidents.map(({ at }) => at), PEOPLE_ACT_MS];
  const changedAt = Math.max(startedAt + Math.max(...faults), told.at(-1)?.at ?? 0, log.at(-1)?.at ?? 0);
  return [...last.values()].every((kind) => kind === 'closed') && now - changedAt >= QUIET_MS;
}

/**
 * True when two looks in a row found the same: then the seed ends early. One look may come before people read what explains it, such as
 * a later end.
 */
const hasSame = (before: readonly Violation[], now: readonly Violation[]): boolean =>
  now.some(({ checker, what }) =>
    before.some((each) => each.checker === checker && keyOf(each.what) === keyOf(what)),
  );

/** Who, or which request. The times of a violation that goes on differ in each look. */
const keyOf = (what: string): string => what.split(' ', 2).join(' ');

/** Simulates one seed, from its first request to the time when the world must be at rest, and checks what happened. */
export async function runSeed({ client, seed, bot = 'curfew' }: SeedOptions): Promise<SeedResult> {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-simulated-'));
  const time = installVirtualTime(BEGINNING, randomOf(seed, 'of the code'));
  let onFailure = (_error: unknown): void => undefined;
  const failed = (error: unknown): void => onFailure(error);
  process.on('unhandledRejection', failed);
  try {
    writePolicy(folder);
    const faults = drawFaults(seed);
    const facts = newFacts(BEGINNING, faults);
    const lines: string[] = [];
    const names = new Map<string, string>();
    const elapsed = (): number => time.now() - BEGINNING;
    const world: World = {
      time,
      faults,
      elapsed,
      random: randomOf(seed, 'world'),
      log: {
        say: (text) => void lines.push(`${(elapsed() / 1000).toFixed(3).padStart(9)}  ${named(names, text)}`),
        lines: () => lines,
      },
      isOn: (kind) =>
        faults.windows.some((each) => each.kind === kind && each.from <= elapsed() && elapsed() < each.to),
      meet: (moment, place) => moments.meet(moment, place),
      kill: (process) => processes.kill(process),
    };
    const moments = openMoments(
      () => world,
      (incident) => planIncident(stage, incident),
    );
    const processes = openProcesses(() => world, facts);
    // Node ends a process for an error that nobody handles.
    onFailure = (error) => {
      const { name } = currentScope();
      facts.failures.push({ at: time.now(), process: name, why: messageOf(error) });
      world.kill(currentScope());
    };
    const people = openPeople(world, facts, seed);
    const vendor = openVendor(world);
    const temporal = openTemporal(world);
    const server = await openLedgerServer(client, world, seed);
    const tell = (card: Card): void => people.read(card, server.now());
    const start = bot === 'naive' ? startNaiveBot : startCurfew;
    const system = start({ world, server, vendor, temporal, processes, folder, tell });
    const stage: Stage = { world, facts, server, vendor, temporal, folder };
    people.begin(system);
    planIncidents(stage);
    const last = BEGINNING + ALL_CALM_MS + REST_MS;
    const look = (isAtRest: boolean): readonly Violation[] =>
      violationsOf(facts, vendor.log.read(), { at: time.now(), isAtRest });
    let before: readonly Violation[] = [];
    let violations: readonly Violation[] = [];
    while (
      time.now() < last &&
      !isAtRest(facts, vendor.log.read(), time.now()) &&
      !hasSame(before, violations)
    ) {
      await time.runUntil(Math.min(time.now() + LOOK_MS, last), temporal.settle);
      [before, violations] = [violations, look(false)];
    }
    if (!hasSame(before, violations)) violations = look(true);
    await server.end();
    return {
      seed,
      log: lines,
      violations: violations.map(({ checker, what }) => ({ checker, what: named(names, what) })),
    };
  } finally {
    process.off('unhandledRejection', failed);
    time.uninstall();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The log calls the first request r1, the next one r2, and so on, because their ids are random. */
function named(names: Map<string, string>, text: string): string {
  return text.replaceAll(/(req|lease)_([0-9a-z]{26})/g, (_id, kind: string, tail: string) => {
    const name = names.get(tail) ?? `r${names.size + 1}`;
    names.set(tail, name);
    return kind === 'lease' ? `${name} lease` : name;
  });
}
