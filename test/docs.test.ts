import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { manifest } from '../bot/manifest.ts';
import { ROLE_KINDS } from '../cli/terminal/role-option.ts';
import { createProgram } from '../cli/program.ts';
import { EXIT } from '../cli/terminal/exit.ts';
import type { LaunchErrorCode } from '../sandbox/launch/launch-error.ts';
import { SETTING_NAMES } from '../app/settings/schema.ts';
import { COMMAND_WORDS } from '../core/command-words.ts';
import { FAULTS } from '../core/faults.ts';
import type { Ending } from '../core/request/events.ts';
import type { Refusal } from '../core/request/refusals.ts';
import type { MassEndingProgress } from '../ledger/index.ts';
import { catalogueSchema, type ReadTarget } from '../policy/files/catalogue.ts';
import { peopleSchema } from '../policy/files/people.ts';
import { readPolicy } from '../policy/files/policy-set.ts';
import { formatProblem } from '../policy/files/yaml.ts';
import { DEFAULT_REAPER } from '../providers/postgres/databases.ts';
import { SHORTCUTS } from '../sandbox/slack/seed.ts';
import { SCOPES } from '../sandbox/slack/slack.ts';

const ROOT = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Types are gone at run time; these do not compile while one is missing or too many. */
const PROGRESS: Record<keyof MassEndingProgress | 'mass_ending' | 'done', true> = {
  mass_ending: true,
  done: true,
  scope: true,
  left: true,
  ended: true,
  over: true,
  granted: true,
  unconfirmed: true,
  leases: true,
  revoked: true,
  late: true,
  lateCount: true,
  cutOffs: true,
  sessions: true,
};
const REFUSALS: Record<Refusal['code'], true> = {
  'unknown-entitlement': true,
  'length-unreadable': true,
  'too-long': true,
  'reason-missing': true,
  'reason-too-long': true,
  'unknown-person': true,
  'nobody-can-approve': true,
  'already-open': true,
  'too-many-open': true,
  quarantine: true,
  'not-allowed': true,
  'no-account': true,
  locked: true,
  'may-not-end-all': true,
  'may-not-lift': true,
  'unknown-lock': true,
  'may-not-open-review': true,
  'review-not-opened': true,
  'review-title-missing': true,
  'unknown-line': true,
  'own-access': true,
  'own-approval': true,
  'not-a-reviewer': true,
  'already-reviewed': true,
  'objection-reason-missing': true,
  'already-lifted': true,
  'not-a-member': true,
  'own-request': true,
  'not-an-approver': true,
  'no-longer-an-approver': true,
  'already-approved': true,
  'already-delivered': true,
  'denial-reason-missing': true,
  'extension-open': true,
  'too-many-extensions': true,
  'question-open': true,
  'no-question': true,
  'text-missing': true,
  'too-long-in-total': true,
  'not-requester': true,
  changed: true,
  lapsed: true,
  'not-yet': true,
  'unknown-request': true,
  'unknown-lease': true,
  'wrong-state': true,
  'unknown-finding': true,
  'own-finding': true,
  'not-a-decider': true,
  'adopt-reason-missing': true,
  'finding-changed': true,
  'second-person-needed': true,
  'finding-over': true,
  'cannot-adopt': true,
  'cannot-revoke': true,
  'over-removal-cap': true,
};
const ENDINGS: Record<Ending['kind'], true> = {
  denied: true,
  withdrawn: true,
  lapsed: true,
  voided: true,
  'grant-failed': true,
  ended: true,
  'mass-ended': true,
  objected: true,
  expired: true,
};
const LAUNCH_ERRORS: Record<LaunchErrorCode, true> = {
  'home-in-use': true,
  'no-disk': true,
  'not-writable': true,
  'port-in-use': true,
  'no-network': true,
  'tool-missing': true,
  'tool-corrupt': true,
  'wrong-version': true,
  'did-not-start': true,
};

/** The rows under a section of a page: the word in backticks in the first column, and the other cells. */
function entriesUnder(file: string, section: string): readonly (readonly [code: string, ...string[]])[] {
  const found = read(file)
    .split(/^## /m)
    .find((part) => part.startsWith(`${section}\n`));
  return [...(found ?? '').matchAll(/^\| `([^`]+)` +\|(.*)\|$/gm)].map(([, code = '', cells = '']) => [
    code,
    ...cells.split('|').map((cell) => cell.trim()),
  ]);
}

/** What stands in backticks in the first column of a file's tables. */
const rowsOf = (file: string): readonly string[] =>
  [...read(file).matchAll(/^\| `([^`]+)`/gm)].map(([, word = '']) => word);

const sorted = (words: Iterable<string>): readonly string[] => [...words].sort();

describe('docs/errors.md', () => {
  test.each([
    ['Refusals', Object.keys(REFUSALS)],
    ['Faults', Object.keys(FAULTS)],
    ['Launch errors', Object.keys(LAUNCH_ERRORS)],
  ])(
    '%s: one row per code with its cause and what to do, and none for a code that is not',
    (section, codes) => {
      const entries = entriesUnder('docs/errors.md', section);
      expect(sorted(entries.map(([code]) => code))).toEqual(sorted(codes));
      for (const [code, why, what] of entries)
        for (const cell of [why, what]) expect(`${code}: ${cell}`).toMatch(/: \S.*\.$/);
    },
  );
});

describe('every', () => {
  test('reason why a request ends is listed, and nothing else', () => {
    const reasons = read('docs/events.md').split('## Reasons')[1] ?? '';
    const rows = reasons.match(/^\| `[^|]*/gm) ?? [];
    const kinds = rows.flatMap((row) => [...row.matchAll(/`([a-z-]+)`/g)].map(([, kind = '']) => kind));
    expect(sorted(kinds)).toEqual(sorted(Object.keys(ENDINGS)));
  });

  test('setting that a page names exists (.env.example lists them all)', () => {
    const named = PAGES.flatMap(
      (page) => read(page).match(/\b(?:CURFEW|GITHUB|SLACK|TEMPORAL|AWS)_[A-Z_]+\b/g) ?? [],
    );
    expect(named.length).toBeGreaterThan(100);
    // A secret of a workflow of GitHub Actions, which runs the reaper (deploy/).
    const others = ['CURFEW_REPOSITORY_TOKEN'];
    const unknown = named.filter(
      (name) => ![...SETTING_NAMES, ...others].includes(name.replace(/_FILE$/, '')),
    );
    expect(sorted(new Set(unknown))).toEqual([]);
  });

  test('key of the two policy files is listed, and nothing else', () => {
    const { entitlements, ...catalogue } = catalogueSchema.shape;
    const { route, ...entitlement } = entitlements.element.shape;
    const { people, ...others } = peopleSchema.shape;
    const keys = [
      ...Object.keys(catalogue),
      ...Object.keys(entitlement),
      ...Object.keys(route.shape).map((key) => `route.${key}`),
      ...Object.keys(people.element.shape).map((key) => `people.${key}`),
      ...Object.keys(others),
    ];
    expect(sorted(rowsOf('docs/policy.md'))).toEqual(sorted(keys));
  });

  test('word that /access understands is listed, and nothing else', () => {
    const sentence =
      /^The words that `\/access` understands are (.*?)\(/m.exec(read('docs/policy.md'))?.[1] ?? '';
    const words = [...sentence.matchAll(/`([a-z]+)`/g)].map(([, word = '']) => word);
    expect(sorted(words)).toEqual(sorted(COMMAND_WORDS));
  });

  test('npm script has a line', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const lines = rowsOf('CONTRIBUTING.md').map((line) => line.replace(/^npm (run )?/, ''));
    expect(sorted(lines)).toEqual(sorted(Object.keys(scripts)));
  });

  test('command has a row, and no other has', () => {
    const rows = [...read('docs/cli.md').matchAll(/^\| `curfew ([^`]+)`/gm)].map(([, name = '']) => name);
    expect(sorted(rows)).toEqual(sorted(commandsIn(createProgram())));
  });

  test('role of curfew up is listed, and no other is', () => {
    const roles = /--role ([a-z|]+)\|provider:<name>/.exec(read('docs/cli.md'))?.[1]?.split('|');
    expect(roles).toEqual([...ROLE_KINDS]);
  });

  test('field of the progress of a mass ending is listed, and no other is', () => {
    const sentence = /with the fields `mass_ending`[^]*?\. Ctrl-C/.exec(read('docs/cli.md'))?.[0] ?? '';
    const fields = [...sentence.replaceAll(/\([^)]*\)/g, '').matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(new Set(fields)).toEqual(new Set(Object.keys(PROGRESS)));
  });

  test('exit code is explained', () => {
    const codes = [...read('docs/cli.md').matchAll(/^\| (\d) /gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });

  test('folder is on the map of the code', () => {
    const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
    const folders = new Set(
      tracked.flatMap((file) => (file.includes('/') ? [file.split('/')[0] ?? ''] : [])),
    );
    const map = read('docs/architecture.md').split('## Code map')[1]?.split('## ')[0] ?? '';
    const missing = [...folders].filter(
      (folder) => !folder.startsWith('.') && folder !== 'docs' && !map.includes(`\`${folder}/\``),
    );
    expect(missing).toEqual([]);
  });

  test('decision has its four headings and at most 300 words', () => {
    for (const name of readdirSync(join(ROOT, 'docs/decisions'))) {
      expect(name).toMatch(/^\d{4}-\d\d-\d\d-[a-z0-9-]+\.md$/);
      const headings = [...read(`docs/decisions/${name}`).matchAll(/^## (.*)/gm)].map(
        ([, heading]) => heading,
      );
      expect(headings).toEqual(['Context', 'Decision', 'Consequences', 'Alternatives']);
      expect(read(`docs/decisions/${name}`).split(/\s+/).length).toBeLessThanOrEqual(300);
    }
  });
});

/** The commands that do something, by their full names. A command with commands of its own does nothing by itself. */
/** Commands that do something by themselves and have others below them. */
const WITH_OTHERS: readonly string[] = ['findings'];

const commandsIn = ({ commands }: Command): readonly string[] =>
  commands.flatMap((command) => {
    const name = command.name();
    const below = commandsIn(command).map((each) => `${name} ${each}`);
    return below.length === 0 || WITH_OTHERS.includes(name) ? [name, ...below] : below;
  });

const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...['docs', 'sandbox', 'examples'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

/** What a heading is called in an address, as GitHub does it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.*)/gm)].map(([, heading = '']) => anchorOf(heading));

/** Files that a reader is told to make. */
const READERS_OWN = /^config\/|^evidence\/(README\.md|controls\.json|review\.json|population\.txt)$|NNNN/;

describe.each(PAGES)('%s', (page) => {
  const text = read(page).replaceAll(/^```[\s\S]*?^```/gm, '');

  test('links to what is there', () => {
    const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      if (/^[a-z]+:/.test(link)) return [];
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
      if (!existsSync(file)) return [link];
      return anchor === undefined || anchorsIn(readFileSync(file, 'utf8')).includes(anchor) ? [] : [link];
    });
    expect(broken).toEqual([]);
  });

  test('names files that are there', () => {
    const named = [...text.matchAll(/`([a-z][\w-]*(?:\/[\w.-]+)+\.(?:ts|tsx|mjs|sql|yaml|json|md|txt))`/g)];
    const missing = named.flatMap(([, path = '']) =>
      READERS_OWN.test(path) || [ROOT, join(ROOT, dirname(page))].some((from) => existsSync(join(from, path)))
        ? []
        : [path],
    );
    expect(missing).toEqual([]);
  });

  test('says nothing of a machine it was written on', () => {
    expect(text).not.toMatch(/\/(work|root|home|tmp)\//);
  });
});

describe('an example in the pages', () => {
  const examples = (file: string) =>
    [...read(file).matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml = '']) => yaml);
  const anyTarget: ReadTarget = () => ({
    ok: true,
    value: {
      lockKey: 'orders',
      level: 'member',
      ownObject: true,
      accountless: true,
      described: {
        plain: 'x',
        permissions: [],
        cautions: [],
        atEnd: [],
        widens: false,
        level: 'member',
        enforcement: 'C',
        residualMs: 0,
      },
    },
  });
  const [catalogue = '', people = ''] = examples('docs/policy.md');

  test.each([
    ['docs/policy.md', people],
    ['docs/slack-setup.md', examples('docs/slack-setup.md')[0] ?? ''],
  ])('is a policy that reads: %s', (_file, who) => {
    const policy = readPolicy({ 'catalogue.yaml': catalogue, 'people.yaml': who }, anyTarget);
    expect(policy.ok ? [] : policy.error.map(formatProblem)).toEqual([]);
  });
});

test.each(['docs/slack-setup.md', 'docs/providers/postgres.md'])(
  '%s creates the role of the reaper, without which nothing is granted in Postgres',
  (page) => {
    expect(read(page)).toContain(`create role ${DEFAULT_REAPER} login createrole password '...';`);
  },
);

describe('docs/slack-manifest.json', () => {
  test('is what bot/manifest.ts says; "node --import tsx scripts/manifest.ts" writes it anew', () => {
    expect(JSON.parse(read('docs/slack-manifest.json'))).toEqual(manifest());
  });

  test('keeps to what Slack takes', () => {
    const { display_information: shown, features } = manifest();
    expect(shown.name.length).toBeLessThanOrEqual(35);
    expect(shown.description.length).toBeLessThanOrEqual(140);
    expect(shown.background_color).toMatch(/^#[0-9a-f]{6}$/);
    for (const { command, description, usage_hint } of features.slash_commands) {
      expect(command).toMatch(/^\/[a-z]{1,31}$/);
      expect(Math.max(description.length, usage_hint.length)).toBeLessThanOrEqual(1_000);
    }
    for (const { name, callback_id, description } of features.shortcuts) {
      expect(name.length).toBeLessThanOrEqual(24);
      expect(description.length).toBeLessThanOrEqual(150);
      expect(callback_id.length).toBeLessThanOrEqual(255);
    }
  });

  test('asks for the scopes that the sandbox gives, and no more', () => {
    expect(sorted(manifest().oauth_config.scopes.bot)).toEqual(sorted(SCOPES));
  });

  test('has the shortcuts that the sandbox shows', () => {
    expect(manifest().features.shortcuts).toEqual(SHORTCUTS.map((each) => ({ type: 'message', ...each })));
  });

  test('names every command and event that the bot listens to', () => {
    const source = readdirSync(join(ROOT, 'bot'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(relative(ROOT, join(ROOT, 'bot', name))))
      .join('\n');
    const heard = (what: string) =>
      [...source.matchAll(new RegExp(`app\\.${what}\\('([^']+)'`, 'g'))].map(([, name = '']) => name);
    const { features, settings } = manifest();
    expect(sorted(features.slash_commands.map(({ command }) => command))).toEqual(sorted(heard('command')));
    // Slack sends `message.im` with the type `message`.
    const types = settings.event_subscriptions.bot_events.map((event) => event.split('.')[0] ?? '');
    expect(sorted(types)).toEqual(sorted(heard('event')));
  });
});
