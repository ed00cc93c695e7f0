import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { messageOf } from '../core/faults.ts';
import type { Violation } from './checkers/index.ts';
import { startCurfew } from './parts/curfew.ts';
import { openLedgerServer } from './parts/ledger-connection.ts';
import { startNaiveBot } from './parts/naive-bot.ts';
import { openTemporal } from './parts/temporal.ts';
import { openVendor } from './parts/vendor.ts';
import { type Card, newFacts } from './world/facts.ts';
import { drawFaults } from './world/faults.ts';
import { planIncident, planIncidents, type Stage } from './world/incidents.ts';
import { openMoments } from './world/moments.ts';
import { openPeople } from './world/people.ts';
import { writePolicy } from './world/policy-files.ts';
import { openProcesses } from './world/processes.ts';
import { randomOf } from './world/random.ts';
import { scenarioOf } from './world/scenarios.ts';
import { openScriptedPeople } from './world/scripted-people.ts';
import { currentScope, WORLD } from './world/scope.ts';
import { installVirtualTime } from './world/virtual-time.ts';
import type { World } from './world/world.ts';
import { watchUntilRest } from './watch.ts';

export type SeedOptions = Readonly<{ client: pg.Client; seed: number; bot?: 'curfew' | 'naive' }>;

export type SeedResult = Readonly<{ seed: number; log: readonly string[]; violations: readonly Violation[] }>;

const BEGINNING = Date.UTC(2026, 0, 5, 9);

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
      const process = currentScope();
      facts.failures.push({ at: time.now(), process: process.name, why: messageOf(error) });
      if (process !== WORLD) world.kill(process);
    };
    const scenario = scenarioOf(seed);
    const people = scenario
      ? openScriptedPeople(world, facts, { ...scenario, seed })
      : openPeople(world, facts, seed);
    const vendor = openVendor(world);
    const temporal = openTemporal(world);
    const server = await openLedgerServer(client, world, seed);
    const tell = (card: Card): void => people.read(card, server.now());
    const start = bot === 'naive' ? startNaiveBot : startCurfew;
    const system = start({ world, server, vendor, temporal, processes, folder, tell });
    const stage: Stage = { world, facts, server, vendor, temporal, folder };
    people.begin(system);
    planIncidents(stage);
    const violations = await watchUntilRest({ time, facts, log: vendor.log.read, settle: temporal.settle });
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
