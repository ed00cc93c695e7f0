import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { findingsMessage, parseFindingValue } from '../../bot/cards/findings.ts';
import type { Finding } from '../../core/findings/finding.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import type { NewFinding } from '../../ledger/index.ts';
import type { Message } from '../../sandbox/slack/model.ts';
import type { SimulatedPerson } from '../../sandbox/slack/simulated-person.ts';
import { until } from '../until.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { type BotFixture, startBotFixture } from './bot.fixture.ts';

const ID = 'find_01234567890123456789012345';
const SEEN = '0123456789abcdef0123456789abcdef';
const found = (name: string, more: Partial<NewFinding> = {}): NewFinding => ({
  kind: 'access',
  provider: 'github',
  targetKey: 'team:5001',
  targetName: 'team:lantern/orders-oncall',
  target: { kind: 'team', org: 'lantern', team: 'orders-oncall', role: 'member', id: 5001 },
  what: 'member of the team lantern/orders-oncall',
  subject: { id: `id-${name}`, name },
  level: 'member',
  onLadder: true,
  sources: [],
  ...more,
});

describe('in Slack', () => {
  let fixture: BotFixture;
  let sam: SimulatedPerson;
  beforeEach(async () => {
    fixture = await startBotFixture({ worker: true });
    const catalogue = fixture.file('catalogue.yaml');
    const text = await readFile(catalogue, 'utf8');
    if (!text.includes('\nsecurity: '))
      await writeFile(
        catalogue,
        text.replace('entitlements:', 'security: { people: [group:security] }\nentitlements:'),
      );
    sam = fixture.as('sam');
  });
  afterEach(() => fixture.stop());

  const isAbout = (name: string) => (message: Message) => JSON.stringify(message.blocks).includes(name);
  const told = (name: string) => sam.waitForMessage(isAbout(name));
  const only = async (name: string): Promise<Finding> => {
    const all = await fixture.ledger.listFindings({
      states: ['open', 'adopted', 'revoked'],
      account: name,
      limit: 9,
    });
    if (!all[0]) throw new Error('there is no finding');
    return all[0];
  };

  test('a new finding is one message to security: who, what, where from, since when, and two buttons', async () => {
    await fixture.ledger.recordFindings([found('bo-lindqvist')]);
    const message = await told('bo-lindqvist');
    expect(linesOf(message.blocks)).toEqual([
      '# Access without a request',
      'Bo Lindqvist (the account bo-lindqvist at github) has *member*: member of the team lantern/orders-oncall. No request gave this access.',
      'By an entry of the account itself, with the level member.',
      expect.stringMatching(/^First seen.*\.$/),
      expect.stringMatching(/: \[Adopt as standing…\] \[Revoke…\]$/),
    ]);
    expect(message.text).toBe('Access without a request. Adopt each one as standing access, or revoke it.');
    expect(fixture.as('cy').messages().some(isAbout('bo-lindqvist'))).toBe(false);
  });

  test('to adopt asks for a reason, and the decision is recorded with who and how', async () => {
    await fixture.ledger.recordFindings([found('bo-lindqvist')]);
    const message = await told('bo-lindqvist');
    await sam.click(message, 'adopt-finding');
    await sam.waitFor('the form', (me) => me.modal());
    await sam.submit({ note: { text: 'he covers the rota' } });
    await until('it is decided', async () => (await only('bo-lindqvist')).pending !== undefined);
    const finding = await only('bo-lindqvist');
    expect(finding.pending).toEqual({ kind: 'adopt', by: 'sam' });
    expect(await fixture.ledger.adoptReason(finding.id)).toBe('he covers the rota');
    expect(await fixture.rows('select kind, by, via, refusal from finding_decision')).toEqual([
      { kind: 'adopt', by: 'sam', via: 'slack', refusal: null },
    ]);
    await sam.waitForMessage((each) => JSON.stringify(each.blocks).includes('is being adopted'));
    const drawn = await told('is being adopted');
    expect(drawn.ts).toBe(message.ts);
    expect(linesOf(drawn.blocks).some((line) => line.includes('[Revoke…]'))).toBe(false);
  });

  test('a button of a message that shows a lower level opens no form, and is refused (I11)', async () => {
    await fixture.ledger.recordFindings([found('bo-lindqvist')]);
    const message = await told('bo-lindqvist');
    await fixture.rows(`update finding set level = 'maintainer'`);
    await sam.click(message, 'adopt-finding');
    await sam.waitForMessage(({ text }) => text.includes('not the one that was on your screen'));
    expect(sam.modal()).toBeUndefined();
    expect((await only('bo-lindqvist')).pending).toBeUndefined();
  });

  test('to revoke asks once more, and says exactly what is removed', async () => {
    await fixture.ledger.recordFindings([found('bo-lindqvist')]);
    await sam.click(await told('bo-lindqvist'), 'revoke-finding');
    const form = await sam.waitFor('the form', (me) => me.modal());
    expect(linesOf(form.blocks)[1]).toBe(
      'Curfew removes the entry member of the account bo-lindqvist: member of the team lantern/orders-oncall. What live requests and the state before them give is kept.',
    );
    await sam.submit({});
    await until('it is decided', async () => (await only('bo-lindqvist')).pending?.kind === 'revoke');
  });

  test('above the cap the person is told the number, and may confirm it (B18)', async () => {
    await fixture.ledger.recordFindings(['eve', 'fay'].map((name) => found(name)));
    const message = await told('eve');
    const [first, second] = [await only('eve'), await only('fay')];
    await sam.click(message, 'revoke-finding', { block_id: `finding-${first.id}` });
    await sam.waitFor('the form', (me) => me.modal());
    await sam.submit({});
    await until('the first is decided', async () => (await only('eve')).pending !== undefined);
    const next = await sam.waitForMessage((each) => JSON.stringify(each.blocks).includes('is being revoked'));
    await sam.click(next, 'revoke-finding', { block_id: `finding-${second.id}` });
    await sam.waitFor('the second form', (me) => me.modal());
    await sam.submit({});
    const stopped = await sam.waitForMessage(({ text }) => text.includes('2 accesses would be revoked'));
    expect((await only('fay')).pending).toBeUndefined();
    await sam.click(stopped, 'revoke-finding');
    const confirm = await sam.waitFor('the form with the number', (me) => me.modal());
    expect(linesOf(confirm.blocks).at(-1)).toContain(
      'This is revocation number 2 at this target within an hour.',
    );
    await sam.submit({});
    await until('it is decided', async () => (await only('fay')).pending !== undefined);
  });

  test('somebody who may not decide is told so privately, and it is recorded (I19)', async () => {
    await fixture.ledger.recordFindings([found('bo-lindqvist')]);
    const message = await told('bo-lindqvist');
    const ana = fixture.forged('ana');
    await ana.click(message, 'revoke-finding');
    await until(
      'it is recorded',
      async () => (await fixture.rows('select 1 from finding_decision')).length > 0,
    );
    expect(await fixture.rows(`select by, refusal ->> 'code' as code from finding_decision`)).toEqual([
      { by: 'ana', code: 'not-a-decider' },
    ]);
    expect(ana.modal()).toBeUndefined();
  });

  test('many findings at once are one message with their number, and no flood', async () => {
    const names = Array.from({ length: 20 }, (_each, index) => `many-${index}`);
    await fixture.ledger.recordFindings(names.map((name) => found(name)));
    const message = await told('many-0');
    const lines = linesOf(message.blocks);
    expect(lines[0]).toBe('# 20 accesses without a request');
    expect(lines.filter((line) => line.startsWith('• '))).toHaveLength(15);
    expect(lines.at(-2)).toBe('(and 5 more: `curfew findings` lists all of them)');
    expect(sam.messages().filter(isAbout('many-'))).toHaveLength(1);
  });
});

describe('the message', () => {
  const finding: Finding = {
    ...found('eve'),
    id: ID as Finding['id'],
    state: 'open',
    firstSeen: 0 as Instant,
    lastSeen: 0 as Instant,
  };
  const sam = 'sam' as PersonId;
  const nameOf = (person: PersonId) => ({ name: person });
  const buttons = (more: Partial<Finding>, person?: PersonId) =>
    linesOf(
      findingsMessage(
        [{ finding: { ...finding, ...more }, deciders: [sam], ...(person === undefined ? {} : { person }) }],
        sam,
        nameOf,
      ).blocks,
    ).flatMap((line) => line.match(/\[[^\]]+\]/g) ?? []);

  test.each<[title: string, more: Partial<Finding>, person: PersonId | undefined, shown: readonly string[]]>([
    ['of a finding', {}, undefined, ['[Adopt as standing…]', '[Revoke…]']],
    ['of the reader’s own access', {}, sam, ['[Revoke…]']],
    ['of what a lease left', { whyNoAdopt: 'x' }, undefined, ['[Revoke…]']],
    ['of what Curfew cannot remove', { whyNoRevoke: 'x' }, undefined, ['[Adopt as standing…]']],
    ['of what is decided', { pending: { kind: 'revoke', by: sam } }, undefined, []],
    ['of what is over', { state: 'gone' }, undefined, []],
  ])('%s has the buttons that its reader can use', (_title, more, person, shown) => {
    expect(buttons(more, person)).toEqual(shown);
  });

  test.each<[value: string | undefined, read: object | undefined]>([
    [`${ID} ${SEEN}`, { finding: ID, seen: SEEN }],
    [`${ID} ${SEEN} 4`, { finding: ID, seen: SEEN, confirmed: 4 }],
    [`${ID} ${SEEN} many`, { finding: ID, seen: SEEN }],
    [ID, undefined],
    ['req_01234567890123456789012345', undefined],
    [undefined, undefined],
  ])('the value of a button, %s, is read', (value, read) => {
    expect(parseFindingValue(value)).toEqual(read);
  });
});
