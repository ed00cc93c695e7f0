import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { iamClient } from '../../../providers/aws-iam/client.ts';
import { connectionsOf } from '../../demo/connections.ts';
import type { EmbeddedServices } from '../../demo/embedded.ts';

const STARTED = {
  database: { url: 'postgres://app@127.0.0.1:1/curfew', migrationUrl: 'postgres://owner@127.0.0.1:1/curfew' },
  orders: { granterUrl: 'postgres://g@127.0.0.1:1/orders', readerUrl: 'postgres://r@127.0.0.1:1/orders' },
  temporal: { address: '127.0.0.1:7233' },
  aws: { url: 'http://127.0.0.1:2' },
  github: {
    url: 'http://127.0.0.1:3',
    github: { credentials: { appId: 1, installationId: 2, privateKey: 'k' } },
  },
} as unknown as EmbeddedServices;
const SLACK = {
  botToken: 'xoxb-1',
  appToken: 'xapp-1',
  channel: 'C0123456789',
  apiUrl: 'http://127.0.0.1:4/api/',
};
const SETTINGS = { config: '/etc/curfew', home: '/nowhere' };

const CONSOLE = 'http://127.0.0.1:5';

const connected = (started: Partial<EmbeddedServices> = {}, slack = SLACK, consoleUrl = CONSOLE) =>
  connectionsOf({
    settings: SETTINGS,
    keys: { sealing: 'kept', manifest: 'signs', log: 'key' },
    embedded: { ...STARTED, ...started },
    slack,
    consoleUrl,
  });

test('the demo connects to what it started, with the kept key and the policy of CURFEW_CONFIG', () => {
  expect(connected()).toEqual({
    kind: 'sandbox',
    databaseUrl: STARTED.database.url,
    migrationUrl: STARTED.database.migrationUrl,
    temporal: { TEMPORAL_ADDRESS: '127.0.0.1:7233' },
    slack: SLACK,
    providers: {
      postgres: { databases: { orders: STARTED.orders.granterUrl }, replicas: { orders: [] } },
      'aws-iam': {
        endpoint: 'http://127.0.0.1:2',
        credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
      },
      github: { appId: 1, installationId: 2, privateKey: 'k', baseUrl: 'http://127.0.0.1:3' },
      curfew: {},
    },
    manifest: { where: 'file:/nowhere/manifest', key: 'signs' },
    log: { name: 'curfew.demo/log', publicKeys: [], keys: ['key'], places: 'file:/nowhere/log' },
    config: '/etc/curfew',
    sealingKey: 'kept',
    consoleUrl: CONSOLE,
  });
});

test('without moto there is no provider for AWS, so nothing looks for credentials of AWS (T44)', () => {
  expect(connected({ aws: { missing: 'no Python' } }).providers).not.toHaveProperty('aws-iam');
});

describe('a service on another machine is refused, because the sandbox’s Slack asks nobody who they are (T44)', () => {
  const far = 'db.example.com';
  test.each<[string, Partial<EmbeddedServices>]>([
    ['the ledger', { database: { ...STARTED.database, url: `postgres://app@${far}/curfew` } }],
    [
      'the owner of the ledger',
      { database: { ...STARTED.database, migrationUrl: `postgres://o@${far}/curfew` } },
    ],
    ['a database', { orders: { ...STARTED.orders, granterUrl: `postgres://g@${far}/orders` } }],
    ['Temporal', { temporal: { address: 'temporal.example.com:7233' } }],
    ['AWS', { aws: { url: 'https://iam.amazonaws.com' } }],
    ['GitHub', { github: { ...STARTED.github, url: 'https://api.github.com' } }],
  ])('%s', (_what, started) => {
    expect(() => connected(started)).toThrow('only servers on this machine');
  });

  test('the console', () => {
    expect(() => connected({}, SLACK, 'https://curfew.example.com')).toThrow('only servers on this machine');
  });

  test('Slack', () => {
    expect(() => connected({}, { ...SLACK, apiUrl: 'https://slack.com/api/' })).toThrow(
      'only servers on this machine',
    );
  });
});

describe('the SDK of AWS in the demo', () => {
  const REAL = { AWS_ACCESS_KEY_ID: 'AKIAREAL', AWS_SECRET_ACCESS_KEY: 'real', AWS_PROFILE: 'production' };
  const before = { ...process.env };
  beforeEach(() => void Object.assign(process.env, REAL));
  afterEach(() => {
    for (const name of Object.keys(REAL)) delete process.env[name];
    Object.assign(process.env, before);
  });

  test('signs with the key of the sandbox, whatever keys and profiles the environment has (T44)', async () => {
    const { config } = iamClient(connected().providers['aws-iam'] ?? {});
    expect(await config.credentials()).toMatchObject({
      accessKeyId: 'sandbox',
      secretAccessKey: 'sandbox',
    });
    expect(await config.endpoint?.()).toMatchObject({ hostname: '127.0.0.1', port: 2 });
  });
});
