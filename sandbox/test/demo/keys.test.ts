import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keysIn, undoKeysOf } from '../../demo/keys.ts';
import { fileStore } from '../../github/store.ts';
import { lantern } from '../../github/seed.ts';
import { openStateFile } from '../../slack/state-file.ts';

let home: string;
let umask: number;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'curfew-keys-'));
  umask = process.umask(0); // so that only the code restricts the modes
});
afterEach(() => {
  process.umask(umask);
  rmSync(home, { recursive: true, force: true });
});
const modesIn = () =>
  readdirSync(home).map((name) => [name, (statSync(join(home, name)).mode & 0o777).toString(8)]);

describe('a file with secrets can be read by its owner only, whatever the umask is', () => {
  test('the keys of the demo', () => {
    keysIn(home);
    expect(modesIn()).toEqual([['keys.json', '600']]);
    writeFileSync(join(home, 'keys.json'), '{}', { mode: 0o644 });
    rmSync(join(home, 'keys.json'));
    writeFileSync(join(home, 'keys.json'), '{}', { mode: 0o644 });
    keysIn(home);
    expect(modesIn()).toEqual([['keys.json', '600']]);
  });

  test('the state of the sandbox’s GitHub, which has the key of the App and its tokens', () => {
    fileStore(join(home, 'github.json')).save(lantern());
    expect(modesIn()).toEqual([['github.json', '600']]);
  });

  test('the state of the sandbox’s Slack, which has passwords that were shown', () => {
    const state = { users: {}, channels: {}, messages: {}, modals: {}, homes: {}, lastTs: '0' };
    openStateFile(join(home, 'slack.jsonl'), state as unknown as Parameters<typeof openStateFile>[1]).close();
    expect(modesIn()).toEqual([['slack.jsonl', '600']]);
  });
});

describe('the keys of a home', () => {
  test('are made once, are all different, and are the same after the next start', () => {
    const keys = keysIn(home);
    const values = Object.values(keys);
    expect(Object.keys(keys).sort()).toEqual([
      ...['consoleClient', 'granter', 'log', 'manifest', 'oidcCookies', 'oidcSigning'],
      ...['reaper', 'sealing', 'slackApp', 'slackBot'],
      ...['undoAws', 'undoCurfew', 'undoGitHub', 'undoPostgres', 'writer'],
    ]);
    expect(new Set(values).size).toBe(15);
    for (const key of values) expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    expect(keysIn(home)).toEqual(keys);
  });

  test('have an undo key for each provider, made from no other key (T41)', () => {
    const keys = keysIn(home);
    const undoKeys = undoKeysOf(keys);
    expect([...undoKeys.keys()]).toEqual(['aws-iam', 'curfew', 'github', 'postgres']);
    const [aws, curfew, github, postgres] = [...undoKeys.values()].map(([key]) => Buffer.from(key ?? []));
    expect([aws, curfew, github, postgres].map((key) => key?.toString('base64url'))).toEqual([
      keys.undoAws,
      keys.undoCurfew,
      keys.undoGitHub,
      keys.undoPostgres,
    ]);
  });

  test('a key that an older version did not know is added, and the others stay', () => {
    const { slackApp: _app, ...older } = keysIn(home);
    writeFileSync(join(home, 'keys.json'), JSON.stringify(older));
    const keys = keysIn(home);
    expect(keys).toMatchObject(older);
    expect(JSON.parse(readFileSync(join(home, 'keys.json'), 'utf8'))).toEqual(keys);
  });
});
