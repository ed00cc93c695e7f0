import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { readSettings } from '../../app/settings/settings.ts';

const PEM = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
const GITHUB = { GITHUB_APP_ID: '1', GITHUB_APP_PRIVATE_KEY: PEM, GITHUB_INSTALLATION_ID: '2' };
const gitHubApp = { appId: '1', privateKey: PEM, installationId: 2 };
const ORDERS = 'postgres://a:b@127.0.0.1:1/orders';
const KEYS = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' };

function depsOf(env: Record<string, string>) {
  const read = readSettings(env);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value.providers;
}

test.each<[what: string, env: Record<string, string>, expected: object]>([
  ['nothing is set', {}, {}],
  ['AWS', { AWS_REGION: 'r' }, { 'aws-iam': { region: 'r' } }],
  [
    'AWS with keys and another address',
    { AWS_REGION: 'r', AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:1', ...KEYS },
    {
      'aws-iam': {
        region: 'r',
        endpoint: 'http://127.0.0.1:1',
        credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      },
    },
  ],
  [
    'AWS at another address, where the SDK finds the keys',
    { AWS_REGION: 'r', AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:1' },
    { 'aws-iam': { region: 'r', endpoint: 'http://127.0.0.1:1' } },
  ],
  ['GitHub', GITHUB, { github: gitHubApp }],
  ['the roles of Curfew', { CURFEW_ROLE_GRANTS: 'on' }, { curfew: {} }],
  [
    'all of them, each by its own settings',
    { ...GITHUB, AWS_REGION: 'r', CURFEW_POSTGRES_TARGETS: `orders=${ORDERS} billing=${ORDERS}2` },
    {
      github: gitHubApp,
      'aws-iam': { region: 'r' },
      postgres: { databases: { orders: ORDERS, billing: `${ORDERS}2` } },
    },
  ],
  [
    'GitHub at another address',
    { ...GITHUB, GITHUB_API_URL: 'http://127.0.0.1:1' },
    { github: { ...gitHubApp, baseUrl: 'http://127.0.0.1:1' } },
  ],
  [
    'Postgres',
    { CURFEW_POSTGRES_TARGETS: `orders=${ORDERS}` },
    { postgres: { databases: { orders: ORDERS } } },
  ],
  [
    'Postgres with its read replicas',
    {
      CURFEW_POSTGRES_TARGETS: `orders=${ORDERS} billing=${ORDERS}2`,
      CURFEW_POSTGRES_REPLICAS: `orders=${ORDERS}3 billing=none`,
    },
    {
      postgres: {
        databases: { orders: ORDERS, billing: `${ORDERS}2` },
        replicas: { orders: [`${ORDERS}3`], billing: [] },
      },
    },
  ],
])('the settings of one provider become its deps, as plain data: %s', (_what, env, expected) => {
  const deps = depsOf(env);
  expect(deps).toEqual(expected);
  expect(JSON.parse(JSON.stringify(deps))).toEqual(deps);
});
