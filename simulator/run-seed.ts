import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { Entry } from '../providers/fake/log.ts';
import { type Violation, violationsOf } from './checkers/index.ts';
import { startCurfew } from './parts/curfew.ts';
import { openLedgerServer } from './parts/ledger-connection.ts';
import { startNaiveBot } from './parts/naive-bot.ts';
import { openTemporal } from './parts/temporal.ts';
import { openVendor } from './parts/vendor.ts';
import { type Card, type Facts, newFacts } from './world/facts.ts';
import { ALL_CALM_MS, drawFaults } from './world/faults.ts';
import { planIncidents } from './world/incidents.ts';
import { openPeople } from './world/people.ts';
import { writePolicy } from './world/policy-files.ts';
import { openProcesses } from './world/processes.ts';
import { randomOf } from './world/random.ts';
import { installVirtualTime } from './world/virtual-time.ts';
import type { World } from './world/world.ts';

export type SeedOptions = Readonly<{ client: pg.Client; seed: number; bot?: 'curfew' | 'naive' }>;

export type SeedResult = Readonly<{ seed: number; log: readonly string[]; violations: readonly Violation[] }>;

const BEGINNING = Date.UTC(2026, 0, 5, 9);
/** After the last fault: longer than a grant may take, and than any wait before the next attempt. */
const REST_MS = 14 * 60_000;

/** The world is at rest when nothing happened for as long as a doubt about an access can last, and every request is closed. */
const QUIET_MS = 120_000;
const LOOK_MS = 30_000;

function isAtRest({ told, startedAt }: Facts, log: readonly Entry[], now: number): boolean {
  const last = new Map(told.map(({ card }) => [card.request, card.kind]));
  const changedAt = Math.max(startedAt + ALL_CALM_MS, told.at(-1)?.at ?? 0, log.at(-1)?.at ?? 0);
  return [...last.values()].every((kind) => kind === 'closed') && now - changedAt >= QUIET_MS;
}

/** Simulates one seed, from its first request to the time when the world must be at rest, and checks what happened. */
export async function runSeed({ client, seed, bot = 'curfew' }: SeedOptions): Promise<SeedResult> {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-simulated-'));
  const time = installVirtualTime(BEGINNING, randomOf(seed, 'of the code'));
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
      kill: (process) => processes.kill(process),
    };
    const processes = openProcesses(() => world, facts);
    const people = openPeople(world, facts, seed);
    const vendor = openVendor(world);
    const temporal = openTemporal(world);
    const server = await openLedgerServer(client, world, seed);
    const tell = (card: Card): void => people.read(card, server.now());
    const start = bot === 'naive' ? startNaiveBot : startCurfew;
    const system = start({ world, server, vendor, temporal, processes, folder, tell });
    people.begin(system);
    planIncidents({ world, facts, server, vendor, temporal, folder });
    const end = BEGINNING + ALL_CALM_MS + REST_MS;
    await time.runUntil(BEGINNING + ALL_CALM_MS, temporal.settle);
    while (time.now() < end && !isAtRest(facts, vendor.log.read(), time.now()))
      await time.runUntil(Math.min(time.now() + LOOK_MS, end), temporal.settle);
    await server.end();
    const violations = violationsOf(facts, vendor.log.read(), time.now());
    return {
      seed,
      log: lines,
      violations: violations.map(({ checker, what }) => ({ checker, what: named(names, what) })),
    };
  } finally {
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
