import { afterAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fakeProvider, fakeVendor, fileLog, memoryLog, type FakeTarget } from '../../providers/fake/index.ts';
import type { AccessLog, Rung } from '../../providers/fake/log.ts';
import { intentFor, itKeepsTheContract, itRefusesTargets, without, type Rig } from './conformance.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'curfew-fake-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;
let files = 0;

/** Waits, turn by turn of the event loop, for something another party does. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await turn();
}

const fresh = (log: AccessLog) => (): Rig<FakeTarget> => {
  const vendor = fakeVendor(log);
  const target = { resource: 'orders', level: 'write' } as const;
  for (const name of ['ana', 'bo']) vendor.makeAccount(name);
  for (const name of ['orders', 'billing']) vendor.makeTarget(name);
  vendor.setLevel('bo', 'orders', 'admin');
  vendor.setLevel('ana', 'billing', 'read');
  let ana = 'ana';
  const recreateAccount = () => {
    vendor.deleteAccount('ana');
    vendor.makeAccount('ana');
  };
  return {
    provider: fakeProvider(vendor),
    account: 'ana',
    target,
    world: {
      level: () => Promise.resolve(vendor.levelOf(ana, 'orders')),
      others: () => Promise.resolve([vendor.levelOf('bo', 'orders'), vendor.levelOf('ana', 'billing')]),
      setLevel: (level) => Promise.resolve(vendor.setLevel('ana', 'orders', level as Rung)),
      recreateAccount,
      renameAccount() {
        vendor.renameAccount('ana', 'ana-f');
        vendor.makeAccount('ana');
        ana = 'ana-f';
      },
      deleteAccount: () => vendor.deleteAccount('ana'),
      deleteTarget: () => vendor.deleteTarget('orders'),
      deleteOurs: () => Promise.resolve(vendor.setLevel('ana', 'orders', 'none')),
    },
    trouble: {
      failNextWriteAfterApplying: () => void vendor.throwSwitch({ kind: 'lose-answer' }, 'write'),
      failNextWriteBeforeApplying: () => void vendor.throwSwitch({ kind: 'refuse-connection' }, 'write'),
      swallowNextWrite: () => void vendor.throwSwitch({ kind: 'swallow' }, 'write'),
      staleReads: () => vendor.freeze(),
      freshReads: () => vendor.freshen(),
      throttleNext() {
        vendor.throwSwitch({ kind: 'throttle', retryAfterMs: 7_000 });
        return 7_000;
      },
      hangNext() {
        const id = vendor.throwSwitch({ kind: 'hang' });
        return { reached: until(() => vendor.isSpent(id)) };
      },
    },
    powerless: fakeProvider(forbidding()),
  };
};

function forbidding() {
  const vendor = fakeVendor(memoryLog());
  vendor.throwSwitch({ kind: 'forbid' });
  return vendor;
}

const exempt = { 'target-renamed': 'its targets are their names' };
itKeepsTheContract('fake, in memory', () => fresh(memoryLog())(), exempt);
itKeepsTheContract(
  'fake, in a file',
  () => fresh(fileLog(join(folder, `${(files += 1)}`, 'access.log')))(),
  exempt,
);

describe('a file-backed vendor', () => {
  const path = join(folder, 'shared', 'access.log');
  const rig = fresh(fileLog(path))();

  test('outlives the process that wrote to it, killed right after its write (F01)', async () => {
    const intent = await intentFor(rig);
    const script = `
      import { fakeProvider, fakeVendor, fileLog } from './providers/fake/index.ts';
      const provider = fakeProvider(fakeVendor(fileLog(${JSON.stringify(path)})));
      await provider.ensurePresent(${JSON.stringify(intent)}, new AbortController().signal);
      process.kill(process.pid, 'SIGKILL');`;
    expect(() =>
      execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]),
    ).toThrow(/SIGKILL|Command failed/);
    expect(await rig.world.level(intent)).toBe('write');
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.world.level(intent)).toBe('none');
  });

  test('a line torn by a power cut spoils neither what came before nor what comes after', async () => {
    const intent = await intentFor(rig);
    appendFileSync(path, '\n{"op":"level-set","id":');
    await rig.provider.ensurePresent(intent, never);
    expect(await rig.world.level(intent)).toBe('write');
  });
});

describe('fake targets', () => {
  const provider = () => fakeProvider(fakeVendor(memoryLog()));
  itRefusesTargets(provider, [
    ['no level', { resource: 'orders' }, '"level"'],
    ['the rung none', { resource: 'orders', level: 'none' }, '"level"'],
    ['a level of the wrong type', { resource: 'orders', level: ['read'] }, '"level"'],
    ['an empty resource', { resource: '', level: 'read' }, '"resource"'],
    ['a huge resource', { resource: 'o'.repeat(1e6), level: 'read' }, '"resource"'],
    ['hostile text', { resource: "orders'; drop table--", level: 'read' }, '"resource"'],
  ]);
  test('a good one is read, and nothing else of it kept', () => {
    const parsed = provider().parseTarget({ resource: 'orders', level: 'read', extra: 1 });
    expect(parsed).toEqual({ ok: true, value: { resource: 'orders', level: 'read' } });
  });
});
