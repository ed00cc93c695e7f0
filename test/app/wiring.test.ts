import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { sandboxConnections } from '../../app/connections.ts';
import type { CoreConnections } from '../../app/settings/connections-from-settings.ts';
import { depsAs, type ProcessDeps, wire } from '../../app/wiring.ts';
import type { HeldRole } from '../../core/curfew-role.ts';
import { type Instant, type LeaseId, type PersonId, requestIdOfLease } from '../../core/ids.ts';
import { ok } from '../../core/result.ts';
import type { LeaseState } from '../../core/lease.ts';
import type { Lease, Ledger } from '../../ledger/index.ts';
import { keyFor, sealerOf } from '../../ledger/sealer.ts';
import type { Provider } from '../../providers/provider.ts';
import { encryptedPayloads } from '../../temporal/codec.ts';

const privateKey = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
const key = randomBytes(32);
const LEASE = 'lease_01jgyq8zk7f5v2m9c3x4b6n8p0_0' as LeaseId;
const connections: CoreConnections = {
  kind: 'real',
  databaseUrl: 'postgres://nobody:none@127.0.0.1:1/none',
  migrationUrl: 'postgres://owner:none@127.0.0.1:2/none',
  providers: {
    github: { appId: 1, privateKey, installationId: 1 },
    postgres: { databases: { orders: 'postgres://nobody:none@127.0.0.1:1/orders' } },
  },
  config: resolve(import.meta.dirname, '../../examples/quickstart'),
  sealingKey: key.toString('base64url'),
  exampleAccounts: 'accepted',
};

let wired: ProcessDeps | undefined;
afterEach(() => wired?.ledgers.close());
const open = (split?: boolean, more: Partial<CoreConnections> = {}) =>
  (wired = wire({ ...connections, ...more }, split === undefined ? {} : { split }));

test('one process for everything describes only what it can grant, so a missing credential is noticed', async () => {
  const { providers, describers, policy } = open();
  expect([...providers.keys()]).toEqual(['github', 'postgres']);
  expect(describers).toBe(providers);
  expect(await policy.problem()).toContain('there is no provider "aws-iam"');
});

test('a process of some roles reads the whole policy, and can grant only where it has a credential', async () => {
  const { providers, describers, policy } = open(true);
  expect([...providers.keys()]).toEqual(['github', 'postgres']);
  expect([...describers.keys()].sort()).toEqual(['aws-iam', 'curfew', 'github', 'postgres']);
  expect(describers.get('github')).toBe(providers.get('github'));
  expect(await policy.problem()).toBeUndefined();
});

test('what was wired before is shared: the ledgers and each provider that is still set (I25)', () => {
  const before = open(true);
  const { github } = connections.providers;
  const { ledgers, providers } = wire(
    { ...connections, providers: { github, 'aws-iam': { region: 'eu-central-1' } } },
    { before },
  );
  expect(ledgers).toBe(before.ledgers);
  expect([...providers.keys()].toSorted()).toEqual(['aws-iam', 'github']);
  expect(providers.get('github')).toBe(before.providers.get('github'));
});

test('with real services the people of the example are refused, and in the sandbox they are accepted', async () => {
  const { policy } = open(true, { exampleAccounts: 'refused' });
  expect(await policy.problem()).toContain('is that of an example person');
  await wired?.ledgers.close();
  const sandbox = sandboxConnections({
    ...{ databaseUrl: connections.databaseUrl, migrationUrl: connections.migrationUrl, providers: {} },
    ...{ config: connections.config, sealingKey: connections.sealingKey },
    temporal: { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    slack: { botToken: 'b', appToken: 'a', channel: 'C1', apiUrl: 'http://127.0.0.1:1/api/' },
  });
  wired = wire(sandbox, { split: true });
  expect(await wired.policy.problem()).not.toContain('example');
});

test.each([
  ['real services', connections, null],
  [
    'the sandbox',
    sandboxConnections({
      ...{ databaseUrl: connections.databaseUrl, migrationUrl: connections.migrationUrl },
      ...{ config: connections.config, sealingKey: connections.sealingKey },
      providers: { postgres: { databases: { orders: 'postgres://nobody:none@127.0.0.1:1/orders' } } },
      temporal: { TEMPORAL_ADDRESS: '127.0.0.1:1' },
      slack: { botToken: 'b', appToken: 'a', channel: 'C1', apiUrl: 'http://127.0.0.1:1/api/' },
    }),
    'ana',
  ],
] as const)('with %s: whose an account is that says as whom it acts (T44)', async (_what, given, owner) => {
  wired = wire(given, { split: true });
  const parts = [wired.policy, wired.policy.withRoles(() => Promise.resolve([]))];
  for (const policy of parts) expect(await policy.ownerOf('unix', 'me as ana')).toEqual(ok(owner));
});

test('the ledger is opened with DATABASE_URL and not with CURFEW_MIGRATION_DATABASE_URL', async () => {
  await expect(open().ledgers.as('cli').now()).rejects.toThrow('127.0.0.1:1');
});

test('the key of the settings opens what any process with the same key sealed, for the same purpose', () => {
  const { sealer } = open();
  expect(sealer.open(sealerOf(keyFor(key, 'passwords')).seal('pa$$', 'a'), 'a')).toBe('pa$$');
  expect(() => sealer.open(sealerOf(keyFor(key, 'temporal')).seal('pa$$', 'a'), 'a')).toThrow();
  expect(() => sealer.open(sealerOf(randomBytes(32)).seal('pa$$', 'a'), 'a')).toThrow();
});

test('what was sealed with an older secret key still opens, for its own purpose only', () => {
  const [older, oldest] = [randomBytes(32), randomBytes(32)];
  const olderSealingKeys = [older, oldest].map((each) => each.toString('base64url'));
  const { sealer } = open(undefined, { olderSealingKeys });
  for (const each of [older, oldest])
    expect(sealer.open(sealerOf(keyFor(each, 'passwords')).seal('pa$$', 'a'), 'a')).toBe('pa$$');
  expect(sealerOf(keyFor(key, 'passwords')).open(sealer.seal('pa$$', 'a'), 'a')).toBe('pa$$');
  for (const other of [older, keyFor(older, 'temporal')])
    expect(() => sealer.open(sealerOf(other).seal('pa$$', 'a'), 'a')).toThrow();
});

test('the payloads of Temporal are sealed for a purpose of their own, so they do not open as a password', async () => {
  const { codec } = open();
  const payload = { metadata: {}, data: Buffer.from('req_1') };
  const opened = async (purpose: string) =>
    encryptedPayloads(sealerOf(keyFor(key, purpose))).decode(await codec.encode([payload]));
  expect(await opened('temporal')).toMatchObject([{ data: payload.data }]);
  expect(await opened('passwords')).not.toMatchObject([{ data: payload.data }]);
});

test('what Temporal kept before the secret key was changed can still be read', async () => {
  const older = randomBytes(32);
  const { codec } = open(undefined, { olderSealingKeys: [older.toString('base64url')] });
  const payload = { metadata: {}, data: Buffer.from('req_1') };
  const before = await encryptedPayloads(sealerOf(keyFor(older, 'temporal'))).encode([payload]);
  expect(await codec.decode(before)).toMatchObject([{ data: payload.data }]);
});

test('a process without undo keys neither seals nor opens an undo', () => {
  expect([...open().undoSealers]).toEqual([]);
});

test('the undo of a provider opens with the key of that provider, and with nothing made from the secret key (T41)', () => {
  const [github, older, postgres] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const undoKeys = new Map([
    ['github', [github, older]],
    ['postgres', [postgres]],
  ]);
  const { sealer, undoSealers } = (wired = wire(connections, { undoKeys }));
  const [ofGitHub, ofPostgres] = ['github', 'postgres'].map((name) => undoSealers.get(name));
  const sealed = ofGitHub?.seal('undo', 'a') ?? Buffer.alloc(0);
  expect(sealerOf(github).open(sealed, 'a')).toBe('undo'); // the first key seals
  expect(ofGitHub?.open(sealerOf(older).seal('undo', 'a'), 'a')).toBe('undo');
  expect(() => ofPostgres?.open(sealed, 'a')).toThrow();
  const made = ['undo', 'undo github', 'github', 'passwords', 'temporal', ''].map((each) =>
    keyFor(key, each),
  );
  for (const each of [key, ...made]) {
    expect(() => sealerOf(each).open(sealed, 'a')).toThrow();
    expect(() => ofGitHub?.open(sealerOf(each).seal('undo', 'a'), 'a')).toThrow();
  }
  expect(() => sealer.open(sealed, 'a')).toThrow();
});

describe('a part counts the roles of Curfew that people have by live leases (T40)', () => {
  const held: HeldRole = {
    ...{ person: 'ana' as PersonId, role: 'auditor', lease: LEASE, request: requestIdOfLease(LEASE) },
    until: (Date.now() + 60_000) as Instant,
  };
  /** The dependencies of a part, whose ledger says this. */
  const partWith = (ledger: Partial<Ledger>) => {
    const opened = open(true, { providers: { ...connections.providers, curfew: {} } });
    const ledgers = { as: () => ledger as Ledger, close: opened.ledgers.close };
    return depsAs({ ...opened, ledgers }, 'console');
  };
  const isAuditor = async (ledger: Partial<Ledger>) =>
    (await partWith(ledger).policy.sightOf('ana' as PersonId)).isAuditor;

  test.each<[what: string, ledger: Partial<Ledger>, expected: boolean]>([
    ['that it knows', { heldRoles: async () => [held], isQuarantined: async () => false }, true],
    ['and none in a quarantine', { heldRoles: async () => [held], isQuarantined: async () => true }, false],
  ])('%s', async (_what, ledger, expected) => expect(await isAuditor(ledger)).toBe(expected));

  test('and it fails while the ledger does not answer, instead of refusing', async () => {
    const away = { heldRoles: () => Promise.reject(new Error('away')), isQuarantined: async () => false };
    await expect(isAuditor(away)).rejects.toThrow('away');
    await expect(partWith(away).policy.mayOpenReview('ana' as PersonId)).rejects.toThrow('away');
  });

  test.each<[state: LeaseState, leftMs: number, level: string]>([
    ['granted', 1, 'present'],
    ['granted', 0, 'none'],
    ['intended', 1, 'none'],
    ['revoke-started', 1, 'none'],
    ['revoked', 1, 'none'],
  ])(
    'and of a lease that is %s, %i ms before its end, its provider shows %s',
    async (state, leftMs, level) => {
      const now = 1_000 as Instant;
      const part = partWith({
        readLease: async () => ({ state, endsAt: (now + leftMs) as Instant }) as Lease,
        now: async () => now,
      });
      const intent = { lease: LEASE, subject: { id: 'ana', name: 'ana' }, target: { role: 'auditor' } };
      const provider = part.providers.get('curfew');
      const { signal } = new AbortController();
      expect(await provider?.readOwnObject?.({ ...intent, level: 'present', endsAt: now }, signal)).toEqual({
        level,
      });
    },
  );
});

test.each([
  ['provider', true],
  ['sweeper', true],
  ['console', false],
  ['cli', false],
] as const)(
  'a part with the duty %s counts its calls together with the other parts: %s (I25)',
  async (role, isShared) => {
    const asked: unknown[] = [];
    const turn = { id: 7, waitMs: 0, ahead: 0 };
    const ledger: Partial<Ledger> = {
      takeTurn: async (...given) => (asked.push(given), turn),
      freeTurn: async (id) => void asked.push(id),
    };
    const attempt = { kind: 'end', key: 'k', points: 1, most: 4 } as const;
    const sharing: Provider['sharing'] = (turns) => {
      void turns.take(attempt);
      void turns.free(turn.id);
      return alone;
    };
    const alone = { sharing } as Provider;
    const opened = open(true);
    const ledgers = { as: () => ledger as Ledger, close: opened.ledgers.close };
    depsAs({ ...opened, providers: new Map([['acme', alone]]), ledgers }, role);
    expect(asked).toEqual(isShared ? [['acme', attempt], 7] : []);
  },
);
