import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Instant } from '../../core/ids.ts';
import { WAITS } from '../../core/waits.ts';
import { MANIFEST_GRACE_MS } from '../../manifest/due.ts';
import { SETTING_NAMES } from '../../app/settings/schema.ts';
import { roleName } from '../../providers/postgres/names.ts';
import { ROOT } from '../../scripts/import-table.ts';
import { publicKeyText } from '../../manifest/keys.ts';
import { runRecorded } from '../imports/loaded.fixture.ts';
import { ours } from '../manifest/manifest.fixture.ts';
import { intentFor } from '../providers/conformance.fixture.ts';
import { neverAborts } from '../providers/never-aborts.fixture.ts';
import { postgresFixture, type PostgresFixture } from '../providers/postgres.fixture.ts';
import { serverUrl } from '../ledger/database.fixture.ts';

const DEPLOY = join(ROOT, 'deploy');
const CURFEW = join(ROOT, 'cli/curfew.mjs');
const textOf = (file: string): string => readFileSync(join(DEPLOY, file), 'utf8');

let fixture: PostgresFixture;
let home: string;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  fixture = await postgresFixture(serverUrl());
  home = mkdtempSync(join(tmpdir(), 'curfew-deploy-'));
  mkdirSync(join(home, 'manifest'));
  env = {
    CURFEW_POSTGRES_TARGETS: `orders=${fixture.reaperUrl}`,
    CURFEW_POSTGRES_REPLICAS: 'orders=none',
    CURFEW_MANIFEST: `file:${join(home, 'manifest')}`,
    CURFEW_MANIFEST_PUBLIC_KEYS: publicKeyText(ours.publicKey),
  };
});
afterAll(async () => {
  await fixture?.stop?.();
  rmSync(home, { recursive: true, force: true });
});

/** A lease whose end is a minute ago. Returns whether its role exists. */
async function overdue(): Promise<() => Promise<boolean>> {
  const endsAt = (Math.floor(Date.now() / 1_000) * 1_000 - 60_000) as Instant;
  const intent = await intentFor(fixture, { endsAt });
  await fixture.provider.ensurePresent(intent, neverAborts);
  return async () =>
    (await fixture.sql('select from pg_roles where rolname = $1', [roleName(intent.lease)])).length === 1;
}

type Ended = Readonly<{ code: number | null; out: string; err: string }>;

function run(
  command: string,
  args: readonly string[],
  own: Readonly<Record<string, string>>,
): Promise<Ended> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const child = spawn(command, args, {
    cwd: home,
    env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...own },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => void (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => void (err += chunk.toString('utf8')));
  return new Promise((done) => child.once('close', (code) => done({ code, out, err })));
}

const rowsIn = (out: string): readonly Record<string, unknown>[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the process of the reaper', () => {
  test('starts with only its settings, and loads nothing of the ledger, Temporal and Slack (F07, I24)', async () => {
    const isThere = await overdue();
    const { code, out, loaded } = await runRecorded([CURFEW, 'reap', '--output', 'jsonl'], { env });
    expect([code, await isThere()]).toEqual([0, false]);
    expect(rowsIn(out)).toEqual([expect.objectContaining({ state: 'ended', provider: 'postgres' })]);
    expect(
      loaded.files.filter((file) =>
        /^(ledger|temporal|workflows|bot|inbox|requests|upkeep|policy|sandbox|test)\//.test(file),
      ),
    ).toEqual([]);
    expect(loaded.packages.filter((name) => /^@(temporalio|slack)\//.test(name))).toEqual([]);
  });

  test('shows with --dry-run what it would end, and ends nothing', async () => {
    const isThere = await overdue();
    const { code, out } = await run(process.execPath, [CURFEW, 'reap', '--dry-run', '--json'], env);
    expect([code, JSON.parse(out), await isThere()]).toEqual([
      0,
      [expect.objectContaining({ state: 'would-end' })],
      true,
    ]);
    expect((await run(process.execPath, [CURFEW, 'reap'], env)).code).toBe(0);
  });

  test('repeats its pass with --every until it is told to stop', async () => {
    const { code, out } = await runRecorded([CURFEW, 'reap', '--every', '5s'], {
      env,
      stopWhen: 'Nothing is past its end.',
    });
    expect([code, out]).toEqual([0, expect.stringContaining('Nothing is past its end.')]);
  });

  test.each<[string, Readonly<Record<string, string>>, readonly string[], RegExp]>([
    ['no provider', {}, [], /has no settings of a provider/],
    [
      'a manifest without keys',
      { CURFEW_MANIFEST_PUBLIC_KEYS: '' },
      [],
      /CURFEW_MANIFEST is set and CURFEW_MANIFEST_PUBLIC_KEYS is not/,
    ],
    ['a key that is none', { CURFEW_MANIFEST_PUBLIC_KEYS: 'x' }, [], /CURFEW_MANIFEST_PUBLIC_KEYS must be/],
    ['a length that is none', {}, ['--every', '1d'], /It is a length from 5s to 60m/],
  ])('refuses %s, with a sentence and the exit code 2', async (what, over, args, sentence) => {
    const own = what === 'no provider' ? over : { ...env, ...over };
    const { code, err } = await run(process.execPath, [CURFEW, 'reap', ...args], own);
    expect([code, err]).toEqual([2, expect.stringMatching(sentence)]);
  });

  test('says without a manifest what it cannot end, and ends what the objects say', async () => {
    const isThere = await overdue();
    const { CURFEW_MANIFEST: _where, CURFEW_MANIFEST_PUBLIC_KEYS: _keys, ...bare } = env;
    const { code, out } = await run(process.execPath, [CURFEW, 'reap', '--output', 'jsonl'], bare);
    expect([code, await isThere()]).toEqual([0, false]);
    expect(rowsIn(out)[0]).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('CURFEW_MANIFEST is not set'),
    });
  });

  test('ends with the exit code 1 when something could not be read', async () => {
    const gone = { ...env, CURFEW_MANIFEST: `file:${join(home, 'nowhere')}` };
    const { code, out } = await run(process.execPath, [CURFEW, 'reap', '--output', 'jsonl'], gone);
    expect([code, rowsIn(out)]).toEqual([1, [expect.objectContaining({ state: 'unread' })]]);
  });

  test('says with --check what its credentials have too much', async () => {
    await fixture.sql(`grant ${fixture.names.owner} to ${fixture.names.reaper} with admin option`);
    const { out } = await run(process.execPath, [CURFEW, 'reap', '--check', '--json'], env);
    await fixture.sql(`revoke ${fixture.names.owner} from ${fixture.names.reaper}`);
    const findings = JSON.parse(out) as readonly Readonly<{ part: string; what: string }>[];
    expect(findings).toContainEqual({
      part: 'manifest',
      state: 'ok',
      what: 'It can be read and has 0 live leases.',
    });
    expect(findings.map(({ what }) => what)).toContain(
      `has more permissions than needed: orders: ADMIN OPTION on ${fixture.names.owner}, which it could grant`,
    );
  });
});

describe('the service of systemd', () => {
  /** The values of one key. */
  const valuesOf = (file: string, key: string): readonly string[] =>
    [...textOf(file).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);

  test('is valid for systemd', () => {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0)
      return console.log('skipped: systemd-analyze is not on this machine');
    // The paths of a real machine are replaced by paths that exist here.
    const folder = join(home, 'units');
    mkdirSync(folder);
    const service = textOf('curfew-reap.service')
      .replace('/usr/bin/node /opt/curfew', `${process.execPath} ${ROOT}`)
      .replace(/^Documentation=.*\n/m, '');
    writeFileSync(join(folder, 'curfew-reap.service'), service);
    const verify = ['verify', '--man=no', join(folder, 'curfew-reap.service')];
    const { status, stderr } = spawnSync('systemd-analyze', verify, { encoding: 'utf8' });
    expect([status, stderr.split('\n').filter((line) => line.includes('curfew-reap'))]).toEqual([0, []]);
    return undefined;
  });

  test('repeats its pass in one process, which remembers the waits, with the settings of a file, and starts again whenever it ended (I3, F11)', async () => {
    const isThere = await overdue();
    const [start = ''] = valuesOf('curfew-reap.service', 'ExecStart');
    const [node, program = '', ...args] = start.split(' ');
    expect(node).toBe('/usr/bin/node');
    expect(args.join(' ')).toContain('--every 15s');
    const command = [program.replace('/opt/curfew', ROOT), ...args];
    const { code } = await runRecorded(command, { env, stopWhen: '"state":"ended"' });
    expect([code, await isThere()]).toEqual([0, false]);
    expect(valuesOf('curfew-reap.service', 'EnvironmentFile')).toEqual(['/etc/curfew/reaper.env']);
    expect(valuesOf('curfew-reap.service', 'Type')).toEqual(['simple']);
    expect(valuesOf('curfew-reap.service', 'Restart')).toEqual(['always']);
  });

  test('has a user of its own, and only the group of the manifest, as the page makes it', () => {
    expect(valuesOf('curfew-reap.service', 'DynamicUser')).toEqual(['yes']);
    expect(valuesOf('curfew-reap.service', 'User')).toEqual([]);
    const [group = ''] = valuesOf('curfew-reap.service', 'SupplementaryGroups');
    const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
    expect(page).toContain(`groupadd --system ${group}`);
    expect(page).toContain(`install -d -o curfew -g ${group} -m 2750 /var/lib/curfew/manifest`);
    for (const folder of page.match(/(?<=install -d .*)\/\S+/g) ?? [])
      expect(folder).not.toMatch(/^\/(home|root|run\/user|tmp|var\/tmp)\//); // The unit hides these.
  });
});

describe('the function of AWS Lambda', () => {
  /** What EventBridge sends for a schedule ("Amazon EventBridge events", scheduled events). */
  const EVENT = {
    version: '0',
    id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '123456789012',
    time: '2026-11-28T12:00:00Z',
    region: 'us-east-1',
    resources: ['arn:aws:events:us-east-1:123456789012:rule/curfew-reap'],
    detail: {},
  };
  const call = (own: Readonly<Record<string, string>>) =>
    run(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { handler } = await import(${JSON.stringify(join(DEPLOY, 'reap-lambda.mjs'))});
         console.log('RESULT ' + JSON.stringify(await handler(${JSON.stringify(EVENT)}, { awsRequestId: 'x' })));
         process.exit(0);`,
      ],
      own,
    );

  test('ends what is past its end, for the event of a schedule (F07)', async () => {
    const isThere = await overdue();
    const { code, out, err } = await call(env);
    expect([code, err, await isThere()]).toEqual([0, '', false]);
    expect(out).toContain('RESULT {"ended":1}');
    expect(out).toContain('"kind":"ended"');
  });

  test('reads the settings that do not fit into the environment from a secret, with the token of the function', async () => {
    const isThere = await overdue();
    const asked: (readonly unknown[])[] = [];
    let secret = JSON.stringify(env);
    // It answers as the extension "AWS Parameters and Secrets" does.
    const extension = createServer((request, response) => {
      asked.push([request.url, request.headers['x-aws-parameters-secrets-token']]);
      response.end(JSON.stringify({ Name: 'curfew-reaper', SecretString: secret }));
    });
    await new Promise<void>((done) => extension.listen(0, 'localhost', done));
    const own = {
      REAPER_SECRET_ID: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:curfew-reaper',
      AWS_SESSION_TOKEN: 'token',
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String((extension.address() as AddressInfo).port),
    };
    const { code } = await call(own);
    expect([code, await isThere()]).toEqual([0, false]);
    expect(asked).toEqual([
      [
        '/secretsmanager/get?secretId=arn%3Aaws%3Asecretsmanager%3Aeu-central-1%3A123456789012%3Asecret%3Acurfew-reaper',
        'token',
      ],
    ]);
    secret = 'hunter2, which is no JSON';
    const failed = await call(own);
    extension.close();
    expect([failed.code, failed.err]).toEqual([
      1,
      expect.stringContaining('is no JSON object with settings'),
    ]);
    expect(`${failed.out}${failed.err}`).not.toContain('hunter2');
  });

  describe('its template', () => {
    type Resource = Readonly<{ Type: string; Properties: Readonly<Record<string, unknown>> }>;
    const text = textOf('reap-lambda.yaml');
    // The tags of CloudFormation (!Ref, !Sub, !GetAtt) are left out: the value of `!Ref X` is the text X.
    const { Resources } = parse(text, { logLevel: 'error' }) as Readonly<{
      Resources: Readonly<Record<string, Resource>>;
    }>;
    const one = (type: string, name?: string): Readonly<Record<string, unknown>> => {
      const found = Object.entries(Resources).filter(
        ([key, { Type }]) => Type === type && (name ?? key) === key,
      );
      expect(found).toHaveLength(1);
      return found[0]?.[1].Properties ?? {};
    };

    test('names only resources and parameters that it has', () => {
      const known = Object.keys(parse(text, { logLevel: 'error' }).Parameters).concat(Object.keys(Resources));
      const named = [...text.matchAll(/!(?:Ref|GetAtt) ([A-Za-z:]+)|\$\{([A-Za-z:]+)\}/g)].map(
        ([, direct, inText]) => direct ?? inText ?? '',
      );
      expect(named.filter((name) => !known.includes(name) && !name.startsWith('AWS::'))).toEqual([]);
    });

    test('makes one pass at a time, every minute, with no retry: an end is at most 150 s late (I3)', () => {
      expect(one('AWS::Lambda::Function')).toMatchObject({
        Handler: 'deploy/reap-lambda.handler',
        ReservedConcurrentExecutions: 1,
      });
      expect(one('AWS::Lambda::EventInvokeConfig')).toMatchObject({
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
      });
      expect(one('AWS::Scheduler::Schedule')).toMatchObject({
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
      });
      const pass = WAITS.reaperPass.ms;
      expect(pass).toBeLessThan(60_000); // The next call finds the function free.
      expect(MANIFEST_GRACE_MS + 60_000 + pass).toBeLessThanOrEqual(150_000);
      expect(Number(one('AWS::Lambda::Function')['Timeout']) * 1_000).toBeGreaterThan(pass);
    });

    test('its role is for Lambda, may write its log, and may read only the secret and the manifest', () => {
      const role = JSON.stringify(one('AWS::IAM::Role', 'Role'));
      expect(role).toContain('"Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"');
      expect(
        [...role.matchAll(/(logs|secretsmanager|s3):[A-Z][A-Za-z]+(?=")/g)].map(([action]) => action),
      ).toEqual([
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'secretsmanager:GetSecretValue',
        's3:ListBucket',
        's3:GetObject',
      ]);
      expect(role).not.toContain('"Resource":"*"');
    });

    test('raises an alarm when the function is not called, which sends no number, and when it fails', () => {
      const alarm = (name: string) => one('AWS::CloudWatch::Alarm', name);
      expect(alarm('NotCalled')).toMatchObject({
        MetricName: 'Invocations',
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        TreatMissingData: 'breaching',
      });
      expect(alarm('Failed')).toMatchObject({
        MetricName: 'Errors',
        Threshold: 0,
        TreatMissingData: 'notBreaching',
      });
    });

    test('its environment has names of settings, and no secret of them', () => {
      const { Variables } = one('AWS::Lambda::Function')['Environment'] as Readonly<{ Variables: object }>;
      expect(Object.keys(Variables).filter((name) => name !== 'REAPER_SECRET_ID')).toEqual([
        'CURFEW_MANIFEST',
        'CURFEW_MANIFEST_PUBLIC_KEYS',
      ]);
    });
  });

  test('fails when something is left, so that the metric of the function says so', async () => {
    const { code, out, err } = await call({ ...env, CURFEW_MANIFEST: `file:${join(home, 'nowhere')}` });
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('access is left, or something could not be read'),
    ]);
    expect(out).toContain('"kind":"unread"');
  });
});

describe('the workflow of GitHub Actions', () => {
  type Step = Readonly<{
    name?: string;
    run?: string;
    env?: Readonly<Record<string, string>>;
    with?: Readonly<Record<string, unknown>>;
  }>;
  const workflow = parse(textOf('github-action-reap.yml')) as Readonly<{
    on: Readonly<{ schedule: readonly Readonly<{ cron: string }>[] }>;
    permissions: Readonly<Record<string, string>>;
    jobs: Readonly<{ reap: Readonly<{ steps: readonly Step[] }> }>;
  }>;
  const steps = workflow.jobs.reap.steps;

  /** The minutes of each hour that the first field of a cron line names. GitHub's shortest schedule is 5 minutes. */
  const minutesOf = (cron: string): readonly number[] => {
    const [, from = '', to = '', step = ''] = /^(\d+)-(\d+)\/(\d+) \* \* \* \*$/.exec(cron) ?? [];
    return Array.from({ length: 60 }, (_, minute) => minute).filter(
      (minute) =>
        minute >= Number(from) && minute <= Number(to) && (minute - Number(from)) % Number(step) === 0,
    );
  };

  test('runs every five minutes, and never at the start of the hour, when GitHub is late', () => {
    const minutes = minutesOf(workflow.on.schedule[0]?.cron ?? '');
    expect(minutes).toHaveLength(12);
    expect(minutes.map((minute, index) => minute - (minutes[index - 1] ?? minute - 5))).toEqual(
      minutes.map(() => 5),
    );
    expect(minutes[0]).toBeGreaterThan(0);
  });

  test('only reads, also a private copy of Curfew, and leaves no token on the disk', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(steps[0]?.with).toMatchObject({
      token: '${{ secrets.CURFEW_REPOSITORY_TOKEN || github.token }}',
      'persist-credentials': false,
    });
  });

  test('passes only settings that exist, and none of the ledger, Temporal and Slack', () => {
    const names = steps.flatMap((step) => Object.keys(step.env ?? {}));
    expect(names.filter((name) => !SETTING_NAMES.includes(name))).toEqual([]);
    expect(names.filter((name) => /DATABASE_URL|TEMPORAL|SLACK|SECRET_KEY|UNDO/.test(name))).toEqual([]);
  });

  test('its run steps end what is past its end; npm itself is replaced, because the packages are here (F07)', async () => {
    const isThere = await overdue();
    const bin = join(home, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho "npm $*"\n');
    chmodSync(join(bin, 'npm'), 0o755);
    const said: string[] = [];
    for (const step of steps.filter((each) => each.run !== undefined)) {
      const own = { ...env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
      const { code, out, err } = await run('bash', ['-e', '-c', `cd '${ROOT}' && ${step.run}`], own);
      expect([step.name, code, err]).toEqual([step.name, 0, '']);
      said.push(out);
    }
    expect(said[0]).toBe('npm ci --omit=dev --ignore-scripts --workspaces=false\n');
    expect(await isThere()).toBe(false);
    expect(existsSync(join(ROOT, 'cli/curfew.mjs'))).toBe(true);
  });
});
