import { describe, expect, test } from '@jest/globals';
import { misplacedSecret } from '../../app/misplaced-secrets.ts';
import type { Parts } from '../../app/parts.ts';

const KEY = Buffer.alloc(32, 3).toString('base64url');
const undoKeys = (...names: readonly string[]) =>
  new Map(names.map((name, index) => [name, [new Uint8Array(32).fill(index)]]));
const NOTHING: Parts = {
  ...{ gateway: false, workflows: false, sweeper: false, sequencer: false, streamer: false, console: false },
  providers: [],
};
type Held = Parameters<typeof misplacedSecret>[0];
const NONE: Held = {
  ...{ undoKeys: undoKeys(), manifest: undefined, log: undefined, stream: undefined, console: undefined },
};
const manifest = { where: 's3://bucket/x', key: KEY };
const log = { name: 'log.example', publicKeys: [], keys: [KEY] };
const stream = { sinks: 'stdout:', token: 't' };
const pages = { origin: 'https://c.example' } as NonNullable<Held['console']>;
const github = { ...NOTHING, providers: ['github'] };

test.each<[string, Partial<Held>, Parts]>([
  [
    'two providers with their undo keys',
    { undoKeys: undoKeys('github', 'postgres') },
    { ...NOTHING, providers: ['postgres', 'github'] },
  ],
  [
    'the sweeper with all undo keys',
    { undoKeys: undoKeys('github', 'postgres') },
    { ...NOTHING, sweeper: true },
  ],
  [
    'a gateway that only has the place of the manifest',
    { manifest: { where: manifest.where } },
    { ...NOTHING, gateway: true },
  ],
  ['a provider with the public key of the log', { log: { ...log, keys: [] } }, github],
  [
    'a gateway that knows where the stream goes, without its token',
    { stream: { sinks: 'stdout:' } },
    { ...NOTHING, gateway: true },
  ],
])('may have its secrets: %s', (_what, held, parts) => {
  expect(misplacedSecret({ ...NONE, ...held }, parts)).toBeUndefined();
});

describe('a process does not start, and reads what to leave out', () => {
  test.each<[string, Partial<Held>, Parts, string]>([
    [
      'a gateway with an undo key',
      { undoKeys: undoKeys('github') },
      { ...NOTHING, gateway: true },
      'a key for github',
    ],
    [
      'a provider with the undo keys of two others',
      { undoKeys: undoKeys('aws-iam', 'github', 'postgres') },
      github,
      'a key for aws-iam, postgres, and this process does not run that provider',
    ],
  ])('%s (T41)', (_what, held, parts, says) => {
    const problem = misplacedSecret({ ...NONE, ...held }, parts);
    expect(problem).toContain(says);
    expect(problem).toContain('to do: leave ');
  });
});

describe('each secret is refused in every part that must not have it (T41):', () => {
  const PARTS: readonly (readonly [string, Parts])[] = [
    ...(['gateway', 'workflows', 'sweeper', 'sequencer', 'streamer', 'console'] as const).map(
      (part) => [part, { ...NOTHING, [part]: true }] as const,
    ),
    ['provider', github],
  ];
  const SECRETS: readonly (readonly [string, Partial<Held>, readonly string[]])[] = [
    ['CURFEW_UNDO_KEYS', { undoKeys: undoKeys('github') }, ['sweeper', 'provider']],
    ['CURFEW_MANIFEST_KEY', { manifest }, ['sweeper', 'provider']],
    ['CURFEW_LOG_KEYS', { log }, ['sequencer']],
    ['CURFEW_STREAM_TOKEN', { stream }, ['streamer']],
    ['CURFEW_OIDC_CLIENT_SECRET', { console: pages }, ['console']],
  ];
  test.each(
    SECRETS.flatMap(([name, held, allowed]) =>
      PARTS.map(([part, parts]) => [name, part, held, parts, allowed.includes(part)] as const),
    ),
  )('%s in the part %s', (name, _part, held, parts, isAllowed) => {
    const problem = misplacedSecret({ ...NONE, ...held }, parts);
    if (isAllowed) expect(problem).toBeUndefined();
    else expect(problem).toContain(`${name} `);
  });
});
