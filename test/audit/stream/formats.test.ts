import { describe, expect, test } from '@jest/globals';
import { cefOf } from '../../../audit/stream/cef.ts';
import { ecsOf } from '../../../audit/stream/ecs.ts';
import { FORMATS, recordOf } from '../../../audit/stream/formats.ts';
import type { Format } from '../../../audit/stream/formats.ts';
import { factsIn } from '../../../audit/stream/facts.ts';
import { ocsfOf } from '../../../audit/stream/ocsf.ts';
import { severityOf } from '../../../audit/stream/record.ts';
import { LOG_NAME } from '../log.fixture.ts';
import { parseCef } from './cef.fixture.ts';
import { ecsProblems } from './ecs-schema.fixture.ts';
import { activitiesOf, AT, ENTRIES, LEASE, REQUEST, SECRET_TEXT } from './entries.fixture.ts';
import { ocsfProblems } from './ocsf-schema.fixture.ts';

const LEVELS = ['present', 'member', 'admin'];
const everything = LEVELS.flatMap((level) => activitiesOf(level));
const ofKind = (kind: string, level?: string) => {
  const found = activitiesOf(level).find((each) => each.kind === kind);
  if (!found) throw new Error(`no entry of the kind ${kind}`);
  return found;
};

describe('every entry has a record that the published schema allows', () => {
  test.each(everything.map((activity) => [activity.kind, activity.level ?? 'no level', activity] as const))(
    '%s, %s',
    (_kind, _level, activity) => {
      expect(ocsfProblems(JSON.parse(JSON.stringify(ocsfOf(activity))))).toEqual([]);
      expect(ecsProblems(JSON.parse(JSON.stringify(ecsOf(activity))))).toEqual([]);
      expect(parseCef(cefOf(activity)).header.slice(0, 4)).toEqual(['Curfew', 'Curfew', '1', activity.kind]);
    },
  );

  test('the checks find what a schema does not allow', () => {
    const record = JSON.parse(JSON.stringify(ocsfOf(ofKind('granted')))) as Record<string, unknown>;
    const { privileges: _, ...without } = record;
    expect(ocsfProblems(without)).toEqual(['record has no privileges']);
    expect(ocsfProblems({ ...record, severity_id: 9 })).toContain('record.severity_id may not be 9');
    expect(ocsfProblems({ ...record, colour: 'red' })).toEqual(['record.colour is not in the schema']);
    expect(ocsfProblems({ ...record, activity_id: 2 })).toContain('type_uid does not fit');
    expect(ocsfProblems({ ...record, user: { type: 'User' } })).toEqual([
      'record.user has none of account, name, uid',
    ]);
    const ecs = JSON.parse(JSON.stringify(ecsOf(ofKind('granted')))) as Record<
      string,
      Record<string, unknown>
    >;
    expect(ecsProblems({ ...ecs, event: { ...ecs['event'], type: ['user', 'start'] } })).toContain(
      'event.type start is not expected',
    );
    expect(ecsProblems({ ...ecs, colour: 'red' })).toEqual(['colour is not in the schema']);
    expect(() => parseCef('CEF:0|a|b|c|d|e|2|colour=red')).toThrow('colour is not in the dictionary');
    expect(() => parseCef('CEF:0|a|b|c|d|2|')).toThrow('header');
  });
});

describe('what a record says', () => {
  test.each([
    ['quarantine', 'Create'],
    ['quarantine-end', 'Deactivate'],
  ])('%s is a notable change by an administrator', (kind, activity_name) => {
    const activity = ofKind(kind);
    expect(ocsfOf(activity)).toMatchObject({ activity_name, severity: 'Medium' });
    expect(ecsOf(activity)).toMatchObject({ event: { type: ['admin', 'change'] } });
  });

  test.each([
    ['granted', 'present', 3005, 'Assign Privileges'],
    ['revoked', 'admin', 3005, 'Revoke Privileges'],
    ['granted', 'member', 3006, 'Add User'],
    ['undone', 'maintainer', 3006, 'Remove User'],
    ['requested', 'present', 3004, 'Create'],
    ['approved', 'present', 3004, 'Update'],
    ['closed', 'present', 3004, 'Deactivate'],
    ['refused', 'present', 3004, 'refused'],
  ])('%s with the level %s is of the class %d: %s', (kind, level, class_uid, activity_name) => {
    expect(ocsfOf(ofKind(kind, level))).toMatchObject({ class_uid, activity_name });
  });

  test.each([
    ['never written', ['intended', 'granted']],
    ['never shown', ['granted']],
  ])('the receipt of a lease whose access was %s is not a revocation', (_what, without) => {
    const receipt = activitiesOf('present', ENTRIES, without).find(({ kind }) => kind === 'revoked');
    expect(receipt && ocsfOf(receipt)).toMatchObject({ class_uid: 3004, activity_name: 'Update' });
    expect(receipt && ecsOf(receipt)).toMatchObject({ event: { type: ['info'] } });
    expect(ocsfProblems(JSON.parse(JSON.stringify(receipt && ocsfOf(receipt))))).toEqual([]);
  });

  test('these entries are of medium severity, what failed or was refused of low, and all others are informational', () => {
    const severe = (severity: number) =>
      [
        ...new Set(everything.flatMap((each) => (severityOf(each).ocsf === severity ? [each.kind] : []))),
      ].sort();
    expect([severe(3), severe(2)]).toEqual([
      ['drifted', 'log-beginning', 'mass-ending', 'quarantine', 'quarantine-end', 'repaired'],
      ['extension-closed', 'finding-decision', 'refused', 'review-decision'],
    ]);
    for (const kind of ['log-keys', 'erasure', 'purge'])
      expect(severityOf({ kind, outcome: 'success' }).name).toBe('Medium');
  });

  test('each lease is at the provider of its own target', () => {
    const requested = { kind: 'requested', details: { targets: ['postgres', 'github', 'aws-iam'] } };
    const leases = [1, 2].map((at) => LEASE.replace(/0$/, String(at)));
    const intended = leases.map((lease) => ({ kind: 'intended', lease, subject: 'ana', level: 'write' }));
    const facts = factsIn([requested, ...intended].map((body) => ({ body })));
    expect(leases.map((lease) => facts.leases.get(lease)?.provider)).toEqual(['github', 'aws-iam']);
  });

  test('these events change access, and no other ones', () =>
    expect(
      [...new Set(everything.flatMap(({ kind, changesAccess }) => (changesAccess ? [kind] : [])))].sort(),
    ).toEqual(['drifted', 'granted', 'lease-extended', 'repaired', 'revoked', 'undone']));

  test('a grant says who has what: the person, the account, the level, the entitlement and the provider', () => {
    expect(ocsfOf(ofKind('granted'))).toMatchObject({
      user: { uid: 'ana', uid_alt: 'ana@example.com' },
      privileges: ['present'],
      resources: [{ name: 'orders-db', type: 'postgres' }],
      metadata: { correlation_uid: REQUEST, log_name: LOG_NAME, sequence: 7, uid: `${LOG_NAME}#7` },
      unmapped: { lease: LEASE, leaf_hash: '7'.padStart(64, '0') },
      actor: { app_name: 'Curfew' },
      status: 'Success',
    });
    expect(ecsOf(ofKind('granted'))).toMatchObject({
      user: { target: { id: 'ana', name: 'ana@example.com' } },
      event: { action: 'granted', sequence: 7, id: `${LOG_NAME}#7`, hash: '7'.padStart(64, '0') },
    });
    expect(parseCef(cefOf(ofKind('granted'))).extension).toMatchObject({
      ...{ duid: 'ana', duser: 'ana@example.com', dpriv: 'present', cs5: 'orders-db', externalId: '7' },
      destinationServiceName: 'postgres',
    });
  });

  test.each([
    ['granted', 'present', 'postgres', ['user', 'creation']],
    ['revoked', 'present', 'postgres', ['user', 'deletion']],
    ['granted', 'write', 'github', ['user', 'change']],
    ['revoked', 'write', 'github', ['user', 'change']],
    ['granted', 'member', 'github', ['group', 'change']],
    ['revoked', 'maintainer', 'github', ['group', 'change']],
    ['purge', undefined, undefined, ['admin', 'deletion']],
    ['approved', 'present', 'postgres', ['info']],
  ])('ECS says of %s of %s at %s: %j', (kind, level, provider, type) => {
    const changesAccess = kind === 'granted' || kind === 'revoked';
    const activity = { ...ofKind('granted'), kind, level, provider, changesAccess } as ReturnType<
      typeof ofKind
    >;
    expect(ecsOf(activity)).toMatchObject({ event: { type } });
  });

  test('a visit says whether its person took a copy', () =>
    expect(
      everything.filter(({ kind }) => kind === 'visit').map(({ entry, by, code }) => [entry, by, code]),
    ).toEqual(
      LEVELS.flatMap(() => [
        ['1', 'dee', 'export'],
        ['2', 'dee', 'page'],
      ]),
    ));

  test('a membership gives the person the level, and gives no privilege to the group', () => {
    const record = ocsfOf(ofKind('granted', 'member'));
    expect(record).not.toHaveProperty('privileges');
    expect(record).toMatchObject({ unmapped: { level: 'member' } });
  });

  test('a refused attempt is a failure, with who tried what and the code', () => {
    expect(ocsfOf(ofKind('refused'))).toMatchObject({
      ...{ status: 'Failure', status_code: 'not-an-approver', severity: 'Low' },
      actor: { user: { uid: 'cy' } },
      unmapped: { tried: 'approve' },
    });
  });

  test('a requested extension has its minutes and the end that it asks for', () =>
    expect(ofKind('extension-requested')).toMatchObject({ minutes: 15, endsAt: AT + 2_700_000 }));

  test.each([
    ['extension-closed', 'failure'],
    ['closed', 'success'],
  ])('%s is a %s', (kind, outcome) => expect(ofKind(kind)).toMatchObject({ outcome }));

  test.each(['revoke-started', 'closed'])('%s of a grant that failed is a failure', (kind) => {
    const failed = ENTRIES.map((entry) => {
      const copy = structuredClone(entry) as { body?: { kind?: string; ending?: unknown } };
      if (copy.body?.kind === kind) copy.body.ending = { kind: 'grant-failed', fault: 'provider-refused' };
      return copy;
    });
    expect(activitiesOf('present', failed).find((each) => each.kind === kind)).toMatchObject({
      outcome: 'failure',
    });
  });

  test('each record has the index of its entry, and the indices have no gap', () => {
    expect(activitiesOf().map(({ index }) => index)).toEqual([...ENTRIES.keys()]);
  });

  test.each(Object.keys(FORMATS) as readonly Format[])(
    'no text of a person or a vendor, and no hash of one, is in %s (T22)',
    (format) => {
      for (const activity of everything) {
        const { text } = recordOf(activity, format);
        expect(text).not.toContain(SECRET_TEXT.slice(8));
        expect(text).not.toContain('"hash":{');
        expect(text).not.toMatch(/[\r\n]/);
      }
    },
  );
});

test('what CEF gives a meaning to is escaped, in the header and in values', () => {
  const strange = {
    ...ofKind('granted'),
    kind: 'a|b\\c\nd',
    account: 'a=b\\c\nd|e',
    entitlement: ' x=1 y=2',
  };
  const { header, extension } = parseCef(cefOf(strange));
  expect(header[3]).toBe('a|b\\c d');
  expect(extension).toMatchObject({ duser: 'a=b\\c\nd|e', cs5: ' x=1 y=2' });
});
