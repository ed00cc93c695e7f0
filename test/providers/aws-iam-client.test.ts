import { expect, test } from '@jest/globals';
import { GetUserCommand } from '@aws-sdk/client-iam';
import { iamClient, type AwsIamDeps } from '../../providers/aws-iam/client.ts';

const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret', sessionToken: 'token' };
const NOWHERE = 'http://127.0.0.1:1';

/** The request that the client would send to IAM. */
async function requestOf(deps: AwsIamDeps) {
  const client = iamClient(deps);
  let sent: unknown;
  client.middlewareStack.add(
    () => (args) => {
      sent = args.request;
      return Promise.reject(new Error('not sent'));
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await client.send(new GetUserCommand({ UserName: 'ana' })).catch(() => undefined);
  const { protocol, hostname, port, headers } = sent as {
    protocol: string;
    hostname: string;
    port?: number;
    headers: Record<string, string>;
  };
  const [, key, region] = /Credential=(\w+)\/\d+\/([\w-]+)\/iam\//.exec(headers['authorization'] ?? '') ?? [];
  return {
    url: `${protocol}//${hostname}:${port ?? ''}`,
    key,
    region,
    token: headers['x-amz-security-token'],
  };
}

test('a client without an address and a region calls AWS, and signs for us-east-1', async () =>
  expect(await requestOf({ credentials })).toEqual({
    url: 'https://iam.amazonaws.com:',
    key: 'AKIATEST',
    region: 'us-east-1',
    token: 'token',
  }));

test('a client with an address and a region uses them', async () =>
  expect(await requestOf({ endpoint: NOWHERE, region: 'eu-central-1', credentials })).toMatchObject({
    url: NOWHERE,
    region: 'eu-central-1',
  }));

test('a client without a credential finds it as AWS’s own tools do', async () => {
  const before = process.env;
  process.env = { AWS_ACCESS_KEY_ID: 'AKIAFROMENV', AWS_SECRET_ACCESS_KEY: 'secret' };
  try {
    expect((await requestOf({})).key).toBe('AKIAFROMENV');
  } finally {
    process.env = before;
  }
});

test('a call is tried once, with 3 s to connect and 10 s to answer', async () => {
  const client = iamClient({ endpoint: NOWHERE, credentials });
  expect(await client.config.maxAttempts()).toBe(1);
  await client.send(new GetUserCommand({ UserName: 'ana' })).catch(() => undefined);
  const handler = client.config.requestHandler as unknown as { httpHandlerConfigs(): object };
  expect(handler.httpHandlerConfigs()).toMatchObject({
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    throwOnRequestTimeout: true,
  });
});
