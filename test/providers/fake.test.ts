import { afterAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeProvider, fakeVendor, fileLog, memoryLog, type FakeTarget } from '../../providers/fake/index.ts';
import type { AccessLog, Entry, FakeLevel } from '../../providers/fake/log.ts';
import {
  intentFor,
  testLedgerAway,
  testProviderContract,
  testRefusedTargets,
  revoking,
  type ProviderFixture,
} from './conformance.fixture.ts';
import { untilInTurns } from '../until.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'curfew-fake-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** A log that can keep back the next write of a provider, or do something right after it. */
function interruptible(log: AccessLog) {
  let onWrite: ((entry: Entry) => void) | undefined;
  const interrupt = (act: (entry: Entry) => void) => void (onWrite = act);
  const append = (entry: Entry) => {
    const act = entry.op === 'level-set' && entry.by !== 'administrator' ? onWrite : undefined;
    if (!act) return log.append(entry);
    onWrite = undefined;
    act(entry);
  };
  return { log: { read: () => log.read(), append }, interrupt };
}

const openFixture = (plain: AccessLog) => (): ProviderFixture<FakeTarget> => {
  const { log, interrupt } = interruptible(plain);
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
    remover: fakeProvider(vendor),
    account: 'ana',
    target,
    vendor: {
      level: () => Promise.resolve(vendor.levelOf(ana, 'orders')),
      everythingElse: () =>
        Promise.resolve([vendor.levelOf('bo', 'orders'), vendor.levelOf('ana', 'billing')]),
      setLevel: (level) => Promise.resolve(vendor.setLevel('ana', 'orders', level as FakeLevel)),
      recreateAccount,
      renameAccount() {
        vendor.renameAccount('ana', 'ana-f');
        vendor.makeAccount('ana');
        ana = 'ana-f';
      },
      deleteAccount: () => vendor.deleteAccount('ana'),
      deleteTarget: () => vendor.deleteTarget('orders'),
      fillTarget() {
        for (const name of ['eve', 'fay', 'gus']) {
          vendor.makeAccount(name);
          vendor.setLevel(name, 'orders', 'read');
        }
      },
      changeGranted() {
        vendor.setLevel('ana', 'orders', 'admin');
        return Promise.resolve('admin');
      },
      use: () => Promise.resolve(vendor.use('ana', 'orders', 'read')),
      hideUse: () => vendor.hideUse(),
      readGranted: () => Promise.resolve(vendor.levelOf('ana', 'orders')),
      deleteGranted: () => Promise.resolve(vendor.setLevel('ana', 'orders', 'none')),
    },
    faults: {
      failNextWriteAfterApplying: () => void vendor.setFault({ kind: 'lose-answer' }, 'write'),
      failNextWriteBeforeApplying: () => void vendor.setFault({ kind: 'refuse-connection' }, 'write'),
      ignoreNextWrite: () => void vendor.setFault({ kind: 'ignore-write' }, 'write'),
      staleReads: () => vendor.freezeReads(),
      freshReads: () => vendor.unfreezeReads(),
      throttleNextCall() {
        vendor.setFault({ kind: 'throttle', retryAfterMs: 7_000 });
        return 7_000;
      },
      throttleNextCallFor: (retryAfterMs) => void vendor.setFault({ kind: 'throttle', retryAfterMs }),
      lateNextWrite() {
        const late: Entry[] = [];
        interrupt((entry) => void late.push(entry));
        return () => late.splice(0).forEach((entry) => plain.append(entry));
      },
      narrowAfterNextWrite() {
        const faults: string[] = [];
        interrupt((entry) => {
          plain.append(entry);
          // One for the read that verifies, and one for the first call of the next attempt.
          faults.push(vendor.setFault({ kind: 'forbid' }), vendor.setFault({ kind: 'forbid' }));
        });
        return () =>
          faults
            .filter((id) => !vendor.isApplied(id))
            .forEach((faultId) => plain.append({ at: 0, op: 'fault-applied', faultId }));
      },
      narrowCredential() {
        // A fault of the fake vendor applies to one call. Both attempts of the case end at their first call.
        for (const _attempt of ['grant', 'revoke']) vendor.setFault({ kind: 'forbid' });
        return () => undefined;
      },
      hangNextCall() {
        const id = vendor.setFault({ kind: 'hang' });
        return { reached: untilInTurns(() => vendor.isApplied(id)) };
      },
    },
    underprivileged: fakeProvider(forbidding()),
  };
};

function forbidding() {
  const vendor = fakeVendor(memoryLog());
  vendor.setFault({ kind: 'forbid' });
  return vendor;
}

const NAME_ONLY = 'a target of the fake vendor is only a name';
const exempt = {
  'target-renamed': NAME_ONLY,
  'target-recreated': NAME_ONLY,
  owner: NAME_ONLY,
  'read-back': 'the vendor in memory answers at once, so nothing happens between a write and a read',
  conflict: 'the fake vendor makes one change after the other',
};
testProviderContract('fake, in memory', () => openFixture(memoryLog())(), exempt);
testLedgerAway('fake, in memory', () => openFixture(memoryLog())());
testProviderContract(
  'fake, in a file',
  () => openFixture(fileLog(join(folder, `${(files += 1)}`, 'access.log')))(),
  exempt,
);

describe('a file-backed vendor', () => {
  const path = join(folder, 'shared', 'access.log');
  const fixture = openFixture(fileLog(path))();

  test('keeps a write of a process that was killed right after it (F01)', async () => {
    const intent = await intentFor(fixture);
    const script = `
      import { fakeProvider, fakeVendor, fileLog } from './providers/fake/index.ts';
      const provider = fakeProvider(fakeVendor(fileLog(${JSON.stringify(path)})));
      await provider.ensurePresent(${JSON.stringify(intent)}, new AbortController().signal);
      process.kill(process.pid, 'SIGKILL');`;
    expect(() =>
      execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]),
    ).toThrow(/SIGKILL|Command failed/);
    expect(await fixture.vendor.level(intent)).toBe('write');
    await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    expect(await fixture.vendor.level(intent)).toBe('none');
  });

  test('an incomplete line after a power failure damages no other line', async () => {
    const intent = await intentFor(fixture);
    appendFileSync(path, '\n{"op":"level-set","id":');
    await fixture.provider.ensurePresent(intent, neverAborts);
    expect(await fixture.vendor.level(intent)).toBe('write');
  });
});

describe('fake targets', () => {
  const provider = () => fakeProvider(fakeVendor(memoryLog()));
  testRefusedTargets(provider, [
    ['no level', { resource: 'orders' }, '"level"'],
    ['the level none', { resource: 'orders', level: 'none' }, '"level"'],
    ['a level of the wrong type', { resource: 'orders', level: ['read'] }, '"level"'],
    ['an empty resource', { resource: '', level: 'read' }, '"resource"'],
    ['a huge resource', { resource: 'o'.repeat(1e6), level: 'read' }, '"resource"'],
    ['hostile text', { resource: "orders'; drop table--", level: 'read' }, '"resource"'],
  ]);
  test('a valid target is parsed, and unknown fields are dropped', () => {
    const parsed = provider().parseTarget({ resource: 'orders', level: 'read', extra: 1 });
    expect(parsed).toEqual({ ok: true, value: { resource: 'orders', level: 'read' } });
  });
});
