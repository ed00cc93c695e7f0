import { expect, test } from '@jest/globals';
import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { iamClient, stsClient, type AwsIamDeps } from '../../providers/aws-iam/client.ts';
import { settings } from '../../providers/aws-iam/settings.ts';

const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret', sessionToken: 'token' };
const NOWHERE = 'http://127.0.0.1:1';

/** The host that a client of STS would call. */
async function stsHostOf(deps: AwsIamDeps): Promise<string> {
  const client = stsClient(deps);
  let host = '';
  client.middlewareStack.add(
    () => (args) => {
      host = (args.request as { hostname: string }).hostname;
      return Promise.reject(new Error('not sent'));
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await client.send(new GetCallerIdentityCommand({})).catch(() => undefined);
  return host;
}

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

// The addresses and the regions are those of the SDK's own rules, which AWS publishes.
test.each([
  ['eu-central-1', 'https://iam.amazonaws.com', 'us-east-1', 'sts.eu-central-1.amazonaws.com'],
  ['us-gov-west-1', 'https://iam.us-gov.amazonaws.com', 'us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
  ['us-gov-east-1', 'https://iam.us-gov.amazonaws.com', 'us-gov-west-1', 'sts.us-gov-east-1.amazonaws.com'],
  ['cn-north-1', 'https://iam.cn-north-1.amazonaws.com.cn', 'cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
  [
    'cn-northwest-1',
    'https://iam.cn-north-1.amazonaws.com.cn',
    'cn-north-1',
    'sts.cn-northwest-1.amazonaws.com.cn',
  ],
])('AWS_REGION %s means IAM at %s, signed for %s', async (region, address, signedFor, sts) => {
  expect(await requestOf({ region, credentials })).toMatchObject({ url: `${address}:`, region: signedFor });
  expect(await requestOf({ region, credentials, endpoint: NOWHERE })).toMatchObject({
    url: NOWHERE,
    region: signedFor,
  });
  expect(await requestOf({ region, credentials, endpoint: address })).toMatchObject({ region: signedFor });
  expect(settings.addressesOf({ AWS_REGION: region })).toEqual([
    { setting: 'AWS_ENDPOINT_URL_IAM', address, protocol: 'web' },
  ]);
  expect(await stsHostOf({ region, credentials })).toBe(sts);
  expect(await stsHostOf({ region, credentials, endpoint: address })).toBe(sts);
  expect(
    await stsHostOf({ region, credentials, endpoint: `${address.replace('iam.', 'vpce-1.iam.')}` }),
  ).toBe(sts);
  expect(await stsHostOf({ region, credentials, endpoint: NOWHERE })).toBe('127.0.0.1');
});

// The address for IPv6 and IPv4 is the SDK's own, so this is AWS's list and not Curfew's.
test.each([
  'us-east-1',
  'us-gov-west-1',
  'cn-north-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'us-isof-south-1',
  'eu-isoe-west-1',
  'eusc-de-east-1',
])('every address of AWS in the partition of %s answers for IAM only', async (region) => {
  for (const useDualstackEndpoint of [false, true]) {
    const { hostname } = new IAMClient({
      region,
      credentials,
      useDualstackEndpoint,
    }).config.endpointProvider({ Region: region, UseDualStack: useDualstackEndpoint }).url;
    const sts = await stsHostOf({ region, credentials, endpoint: `https://${hostname}` });
    expect([hostname, sts]).toEqual([hostname, await stsHostOf({ region, credentials })]);
  }
});

test.each(['https://iam.example.com', 'https://amazonaws.com.example.com', 'https://xapi.aws'])(
  '%s is no address of AWS, so it answers for STS too',
  async (endpoint) =>
    expect(await stsHostOf({ region: 'us-east-1', credentials, endpoint })).toBe(new URL(endpoint).hostname),
);

test.each(['us-iso-east-1', 'us-isob-east-1', 'eusc-de-east-1'])(
  'AWS_REGION %s is signed for as it is',
  async (region) => expect(await requestOf({ region, credentials })).toMatchObject({ region }),
);

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
