import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ModalView } from '@slack/types';
import { asPerson } from '../../slack/simulated-person.ts';
import type { SlackServer } from '../../slack/server.ts';
import { ACCESS, ANA, BO, boltFor, call, clientFor, plain, section, start } from './tiny-app.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'curfew-slack-'));
let file: string;
let count = 0;
let running: SlackServer | undefined;
let child: ChildProcess | undefined;
beforeEach(() => void (file = join(folder, `${(count += 1)}.jsonl`)));
afterEach(async () => {
  await running?.stop();
  child?.kill('SIGKILL');
  running = child = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

const open = async () => (running = await start({ stateFile: file }));
const close = async () => {
  await running?.stop();
  running = undefined;
};

/** Runs and stops a workspace with three messages (one updated, one deleted), a DM and a Home. */
async function lived(): Promise<string> {
  const slack = await open();
  const ts = async (text: string) => (await call(slack, 'chat.postMessage', { channel: ACCESS, text }))['ts'];
  await call(slack, 'chat.update', { channel: ACCESS, ts: await ts('one'), text: 'changed' });
  await call(slack, 'chat.delete', { channel: ACCESS, ts: await ts('two') });
  const last = await ts('three');
  await call(slack, 'chat.postMessage', { channel: BO, text: 'direct' });
  await call(slack, 'views.publish', { user_id: ANA, view: { type: 'home', blocks: [section('home')] } });
  await close();
  return String(last);
}
/** The files of the test whose content has this text. */
const filesWith = (text: string) =>
  readdirSync(folder).filter((name) => readFileSync(join(folder, name), 'utf8').includes(text));
const texts = (slack: SlackServer, channel = ACCESS, person = ANA) =>
  asPerson(slack.workspace, person ?? '')
    .messages(channel)
    .map(({ text }) => text);

describe('a workspace with a state file', () => {
  test('is the same after a restart, and new ts are higher', async () => {
    const last = await lived();
    const slack = await open();
    expect(texts(slack)).toEqual(['changed', 'three']);
    expect(texts(slack, 'dm', BO)).toEqual(['direct']);
    expect(asPerson(slack.workspace, ANA).home()?.blocks[0]).toMatchObject(section('home'));
    expect(String((await call(slack, 'chat.postMessage', { channel: ACCESS, text: 'x' }))['ts']) > last).toBe(
      true,
    );
  });

  test('stays the same after several restarts, and the file does not grow', async () => {
    await lived();
    await (await open()).stop();
    const size = readFileSync(file).length;
    await (await open()).stop();
    expect(readFileSync(file)).toHaveLength(size);
    expect(texts(await open())).toEqual(['changed', 'three']);
  });

  test('has every message that it responded to after SIGKILL', async () => {
    child = spawn(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, 'workspace-process.fixture.ts'), file],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = child.stdout ? ((await once(child.stdout, 'data')) as [Buffer]) : [Buffer.from('')];
    const client = clientFor(line.toString().trim());
    const sent = Array.from({ length: 50 }, (_, index) =>
      client.chat.postMessage({ channel: ACCESS, text: `m${index}` }),
    );
    const answered: (string | undefined)[] = [];
    await Promise.all(sent.slice(0, 20).map(async (each) => void answered.push((await each).message?.text)));
    child.kill('SIGKILL');
    await Promise.allSettled(sent);
    expect(texts(await open())).toEqual(expect.arrayContaining(answered));
  });

  test('has no modal in any file, so a password that was shown once is in none (T22)', async () => {
    const canary = 'postgres://curfew_lease_1:canary-7f3a@127.0.0.1/orders';
    const modal = (text: string): ModalView => ({
      type: 'modal',
      title: plain('Your password'),
      blocks: [section(text)],
    });
    const slack = await open();
    const app = boltFor(slack);
    app.command('/access', async ({ ack, body, client }) => {
      await ack();
      const { view } = await client.views.open({ trigger_id: body.trigger_id, view: modal('One moment') });
      await client.views.update({ view_id: view?.id ?? '', view: modal(canary) });
    });
    await app.start();
    const ana = asPerson(slack.workspace, ANA ?? '');
    const shown = () => JSON.stringify(ana.modal() ?? '').includes(canary) || undefined;
    await ana.command('/access');
    await ana.waitFor('the password', shown);
    expect(filesWith('canary-7f3a')).toEqual([]);
    await ana.close(true);
    expect(filesWith('canary-7f3a')).toEqual([]);
    await ana.command('/access');
    await ana.waitFor('the password', shown);
    await app.stop();
    await close();
    expect(asPerson((await open()).workspace, ANA ?? '').modal()).toBeUndefined();
    expect(filesWith('canary-7f3a')).toEqual([]);
  });

  test('ignores the modals in a file of an older version, and writes them no more (T22)', async () => {
    await lived();
    const [snapshot = '', ...changes] = readFileSync(file, 'utf8').split('\n');
    const older = snapshot.replace(
      '"state":{',
      '"state":{"modals":{"U0ANAFERR1":[{"id":"V1","note":"canary-7f3a"}]},',
    );
    const change = JSON.stringify({
      kind: 'modals',
      person: ANA,
      views: [{ id: 'V2', note: 'canary-7f3a' }],
    });
    writeFileSync(file, [older, change, ...changes].join('\n'));
    const slack = await open();
    expect(asPerson(slack.workspace, ANA ?? '').modal()).toBeUndefined();
    expect(texts(slack)).toEqual(['changed', 'three']);
    expect(filesWith('canary-7f3a')).toEqual([]);
  });

  test('ignores a last line that was not written completely, and loses nothing else', async () => {
    await lived();
    appendFileSync(file, '{"kind":"posted","message":{"chan');
    expect(texts(await open())).toEqual(['changed', 'three']);
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ['a line that is not JSON', (text) => text.replace('\n', '\n%%%\n'), /at line 2 \(not JSON\)/],
    [
      'a change of unknown kind',
      (text) => text.replace('\n', '\n{"kind":"exploded"}\n'),
      /at line 2 \(a change of unknown kind/,
    ],
    ['a change without a message', (text) => text.replace('\n', '\n{"kind":"posted"}\n'), /at line 2/],
    [
      'a snapshot without messages',
      (text) => text.replace('"messages"', '"massages"'),
      /a snapshot must hold users, channels, messages/,
    ],
    ['another JSON file', () => '{"name":"curfew"}\n', /not a snapshot in the format curfew-sandbox-slack-1/],
    ['an empty first line', (text) => `\n${text}`, /at line 1 \(not JSON\)/],
  ])('does not start with %s, and reports the line and what to do', async (_what, damage, message) => {
    await lived();
    const damaged = damage(readFileSync(file, 'utf8'));
    writeFileSync(file, damaged);
    await expect(open()).rejects.toThrow(message);
    await expect(open()).rejects.toThrow(/Move the file away to start with an empty workspace/);
    expect(readFileSync(file, 'utf8')).toBe(damaged);
  });

  test('does not start on a port that is in use', async () => {
    const slack = await open();
    const port = Number(new URL(slack.url).port);
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
