import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeChecksums } from '../../audit/evidence/checksums.ts';
import { type ReviewMade, writeReview } from '../../audit/reviews/write-folder.ts';
import { clickIdOf, type Instant, type PersonId } from '../../core/ids.ts';
import { type ReviewId, reviewIdOf, type ReviewLine, type ReviewScope } from '../../core/reviews/review.ts';
import { type Report } from '../../audit/verify/verify.mjs';
import { verifierKey } from '../../audit/note/vkey.ts';
import { beginLog } from '../../ledger/log/begin-log.ts';
import { uuidv7 } from 'uuidv7';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { chance } from './world.fixture.ts';
import {
  type EvidenceFixture,
  ORDERED_BY,
  PERIOD,
  startEvidence,
  verify,
} from './evidence/evidence.fixture.ts';
import { logAccess } from '../../audit/published-approval.ts';
import { drawSamples } from '../../upkeep/draw-samples.ts';
import { LOG_NAME, logKey, trusted } from './log.fixture.ts';
import { whilePublished } from './published.fixture.ts';

const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.floor(Math.random() * 1e9));
const ROUNDS = 40;
/** Such a world has at most four findings, so that every sample of five lines has a grant. */
const SIZE = 16;
const TITLE = 'The autumn review\n# Finished `<img src=x>`';
type GrantLine = Extract<ReviewLine, Readonly<{ kind: 'grant' }>>;
const DAY_MS = 86_400_000;

const VERIFIER = resolve(import.meta.dirname, '../../audit/verify/verify.mjs');

let fixture: EvidenceFixture;
let parent: string;
let decided: ReviewId;
let folder: string;
let made: ReviewMade;
let folders = 0;
let found = 0;

/** Opens a review of the period of the world, and draws its sample. */
async function openedReview(wanted?: number, scope: ReviewScope = {}, log = LOG_NAME): Promise<ReviewId> {
  const { ledger } = fixture;
  const id = reviewIdOf(clickIdOf(uuidv7()));
  const due = ((await ledger.now()) + DAY_MS) as Instant;
  const opened = await ledger.openReview({
    ...{ id, by: 'dee' as PersonId, title: TITLE, scope, ...PERIOD, due, accounts: [] },
    ...(wanted === undefined ? {} : { wanted }),
  });
  expect(opened).toEqual({ ok: true, value: undefined });
  await fixture.publish(log);
  const { drawn } = await drawSamples({ ledger, log: logAccess(trusted) });
  expect(drawn).toEqual(wanted === undefined ? [] : [id]);
  return id;
}

/** Certifies the first line of a review, objects to the others, and is refused once. */
async function decideAll(review: ReviewId): Promise<void> {
  const { ledger } = fixture;
  // Nobody in the histories is this person, so no line is their own.
  const by = 'gil' as PersonId;
  const lines = await ledger.reviewLines(review);
  for (const { id, position } of lines) {
    const kind = position === 1 ? ('certify' as const) : ('object' as const);
    const decision = { review, line: id, kind, by, via: 'console' as const };
    const judge = () => Promise.resolve(undefined);
    const reason = position === 1 ? {} : { reason: `Not needed.\nLine ${position}, =1+1` };
    await ledger.decideLine({ ...decision, ...reason, click: clickIdOf(uuidv7()), judge });
  }
  const refused = { code: 'not-a-reviewer' } as const;
  await ledger.decideLine({
    ...{ review, line: lines[0]?.id ?? '', kind: 'certify', by: 'bo' as PersonId, via: 'console' },
    ...{ click: clickIdOf(uuidv7()), judge: () => Promise.resolve(refused) },
  });
  await fixture.publish();
}

async function folderOf(
  review: ReviewId,
  { name, keys } = { name: LOG_NAME, keys: trusted },
): Promise<Readonly<{ folder: string; made: ReviewMade }>> {
  const place = join(parent, `review-${(folders += 1)}`);
  const log = { name, trusted: keys, witnesses: [], places: new Map(), exportedAt: new Date(0) };
  const writing = writeReview(fixture.ledger, place, review, { log, by: ORDERED_BY });
  const done = await whilePublished(() => fixture.publish(name), writing);
  return { folder: place, made: done };
}

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'curfew-reviews-'));
  fixture = await startEvidence(SEED, SIZE);
  decided = await openedReview(5);
  await decideAll(decided);
  ({ folder, made } = await folderOf(decided));
});
afterAll(async () => {
  await fixture?.stop();
  rmSync(parent, { recursive: true, force: true });
});

const kinds = (place: string, checksum?: string): readonly string[] => [
  ...new Set(verify(place, checksum).problems.map(({ kind }) => kind)),
];
const filesOf = (place: string): readonly string[] =>
  readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => relative(place, join(parentPath, name)))
    .sort();

/** What the verifier finds in a copy in which somebody changed a file, and wrote all hashes again. */
async function foundAfter(file: string, change: (text: string) => string): Promise<readonly string[]> {
  const copy = `${folder}-changed`;
  cpSync(folder, copy, { recursive: true });
  try {
    const before = readFileSync(join(copy, file), 'utf8');
    const after = change(before);
    expect([file, after === before]).toEqual([file, false]);
    writeFileSync(join(copy, file), after);
    await writeChecksums(copy);
    return kinds(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Has one line of a new review of everything certified by a person who is chosen by the line, whether or not they may. */
async function decidedBy(
  choose: (line: GrantLine) => string | undefined,
): Promise<Readonly<{ report: Report; line: string }>> {
  const review = await openedReview();
  const found = (await fixture.ledger.reviewLines(review)).flatMap((line) => {
    const by = line.kind === 'grant' ? choose(line) : undefined;
    return by === undefined ? [] : [{ line: line.id, by: by as PersonId }];
  });
  const [{ line, by }] = found as [(typeof found)[0]];
  const decision = { review, line, by, kind: 'certify', via: 'console', click: clickIdOf(uuidv7()) } as const;
  await fixture.ledger.decideLine({ ...decision, judge: () => Promise.resolve(undefined) });
  await fixture.publish();
  return { report: verify((await folderOf(review)).folder), line };
}

describe(`the folder of a review of random histories (seed ${SEED})`, () => {
  test('is accepted by the verifier as a process of its own', () => {
    const keys = trusted.flatMap(({ text }) => ['--key', text]);
    const args = [VERIFIER, folder, ...keys, '--checksum', made.checksum];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: '/' });
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(
        /a population of \d+, and 5 lines, of which 1 are certified and 4 objected to.*\nVerified: all \d+ entries\.\n$/s,
      ),
    ]);
  });

  test('has lines that only the checkpoint after its opening chooses, with a proof for each entry', () => {
    expect(made.about.counts).toMatchObject({ lines: 5, decisions: 6 });
    const keys = trusted.flatMap(({ text }) => ['--key', text]);
    const args = [VERIFIER, join(folder, 'evidence/proofs.jsonl'), ...keys];
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' }).status).toBe(0);
  });

  test('has a page for people in which its title is harmless', () => {
    const [first] = readFileSync(join(folder, 'evidence/README.md'), 'utf8').split('\n');
    expect(first).toBe('# Review of access: `` The autumn review\u25af# Finished `<img src=x>` ``');
  });

  test(`is refused after any change of one byte (${ROUNDS} rounds)`, () => {
    const random = chance(SEED + 3);
    const files = filesOf(folder);
    const refused = Array.from({ length: ROUNDS }, () => {
      const file = random.one(files);
      const bytes = readFileSync(join(folder, file));
      const changed = Buffer.from(bytes);
      const at = random.upTo(bytes.length);
      if (bytes.length === 0) writeFileSync(join(folder, file), Buffer.of(random.upTo(256)));
      else {
        changed[at] = (changed[at]! + 1 + random.upTo(255)) % 256;
        writeFileSync(join(folder, file), changed);
      }
      const { ok } = verify(folder);
      writeFileSync(join(folder, file), bytes);
      return ok ? `${file} at ${at}` : '';
    });
    expect(refused.filter((each) => each !== '')).toEqual([]);
    expect(kinds(folder, made.checksum)).toEqual([]);
  });

  test('is refused after any of its files is removed', () => {
    for (const file of filesOf(folder)) {
      renameSync(join(folder, file), `${folder}-away`);
      expect([file, verify(folder).ok]).toEqual([file, false]);
      renameSync(`${folder}-away`, join(folder, file));
    }
  });

  test.each<[string, number | undefined, ReviewScope]>([
    ['of everything', undefined, {}],
    ['of one provider', 3, { provider: ['fake'] }],
    ['of one approver', undefined, { approver: ['bo', 'cy'] }],
  ])('is accepted for a review %s that is not finished', async (_what, wanted, scope) => {
    const { folder: place } = await folderOf(await openedReview(wanted, scope));
    expect([scope, kinds(place)]).toEqual([scope, []]);
  });
});

describe('somebody who changes it and writes its hashes again is found by the log:', () => {
  const withoutFirst = (text: string) => text.replace(/^.*\n/, '');
  const inFirstLine = (change: (row: Record<string, unknown>) => object) => (text: string) =>
    text.replace(
      /^.*\n/,
      (line) => `${JSON.stringify(change(JSON.parse(line) as Record<string, unknown>))}\n`,
    );
  const inContents = (change: (contents: Record<string, unknown>) => object) => (text: string) =>
    JSON.stringify(change(JSON.parse(text) as Record<string, unknown>));

  test.each<[string, string, (text: string) => string, string]>([
    [
      'an access that is left out of the population',
      'evidence/population.txt',
      withoutFirst,
      'wrong-population',
    ],
    ['a line that is left out', 'evidence/lines.jsonl', withoutFirst, 'wrong-sample'],
    [
      'another person in a line',
      'evidence/lines.jsonl',
      inFirstLine((row) => ({ ...row, person: 'eve' })),
      'wrong-answer',
    ],
    [
      'another approver in a line',
      'evidence/lines.jsonl',
      inFirstLine((row) => ({ ...row, approved_by: ['eve'] })),
      'wrong-answer',
    ],
    [
      'another decision in a line',
      'evidence/lines.jsonl',
      inFirstLine((row) => ({ ...row, decided_by: 'eve' })),
      'wrong-answer',
    ],
    [
      'approvers that are left out of the lines',
      'evidence/lines.jsonl',
      (text) => text.replaceAll(/"approved_by":\[[^\]]+\]/g, '"approved_by":[]'),
      'wrong-answer',
    ],
    [
      'the beginning of a reason in its salt',
      'evidence/lines.jsonl',
      (text) =>
        text.replaceAll(
          /"reason":"Not needed\.\\n([^"]*)","salt":"(\w+)"/g,
          '"reason":"$1","salt":"$2\\nNot needed."',
        ),
      'wrong-answer',
    ],
    [
      'a line whose fields stand in another order, which a spreadsheet shows under wrong heads',
      'evidence/lines.jsonl',
      (text) => text.replace(/\n\{("[^"]+":[^,]*),/, '\n{"x":1,$1,'),
      'unreadable',
    ],
    ['another reason', 'evidence/lines.jsonl', (text) => text.replace('=1+1', '=2+2'), 'wrong-answer'],
    ['a decision that is left out', 'evidence/decisions.jsonl', withoutFirst, 'missing-answer'],
    [
      'a decision that is there twice',
      'evidence/decisions.jsonl',
      (text) => text.replace(/^.*\n/, '$&$&'),
      'extra-answer',
    ],
    [
      'lines with other positions in the same order',
      'evidence/lines.jsonl',
      (text) => text.replaceAll(/"position":(\d+)/g, '"position":1$1'),
      'wrong-sample',
    ],
    [
      'a refusal that counts',
      'evidence/decisions.jsonl',
      (text) => text.replace('"not-a-reviewer"', 'null'),
      'wrong-answer',
    ],
    ['a proof that is left out', 'evidence/proofs.jsonl', withoutFirst, 'missing-proof'],
    [
      'a table for spreadsheets that says something else',
      'evidence/lines.csv',
      (text) => text.replace('certified', 'objected'),
      'wrong-csv',
    ],
    ['another title', 'evidence/review.json', (text) => text.replace('autumn', 'spring'), 'wrong-review'],
    [
      'another scope',
      'evidence/review.json',
      inContents((all) => ({ ...all, scope: { person: ['ana'] } })),
      'wrong-review',
    ],
    [
      'another checkpoint for the sample',
      'evidence/review.json',
      inContents((all) => ({ ...all, draw: { size: 1, root: 'x' } })),
      'wrong-review',
    ],
    ['another opener', 'evidence/review.json', inContents((all) => ({ ...all, by: 'eve' })), 'wrong-review'],
    [
      'another review',
      'evidence/review.json',
      inContents((all) => ({ ...all, review: 'review_x' })),
      'wrong-review',
    ],
    [
      'an order that is not in the log',
      'evidence/review.json',
      inContents((all) => ({ ...all, order: '00000000-0000-0000-0000-000000000000' })),
      'wrong-review',
    ],
    [
      'another time at which it was finished',
      'evidence/review.json',
      inContents((all) => ({ ...all, finishedAt: '2001-01-01T00:00:00.000Z' })),
      'wrong-review',
    ],
    [
      'another number of lines',
      'evidence/review.json',
      inContents((all) => ({ ...all, lines: 9 })),
      'wrong-review',
    ],
  ])('%s', async (_what, file, change, kind) => expect(await foundAfter(file, change)).toContain(kind));
});

describe('who decided', () => {
  test('about their own access is found, although the log has the decision', async () => {
    const { report, line } = await decidedBy(({ person }) => person);
    expect(report.problems.map(({ text }) => text)).toEqual([
      expect.stringMatching(new RegExp(`the access ${line} was decided by \\w+, whose own access it is`)),
    ]);
  });

  test('about access that only they approved is named: they may while nobody else can', async () => {
    const { report, line } = await decidedBy(({ person, approvals: [first, ...extensions] }) =>
      first?.[0] === person || extensions.length > 0 ? undefined : first?.[0],
    );
    expect(report.problems).toEqual([]);
    expect(report.notChecked.join()).toContain(
      `Whether nobody else could decide 1 line that somebody decided who had approved alone, such as ${line}`,
    );
  });
});

describe('who certified access', () => {
  type Extension = Readonly<{ by: readonly string[]; isStarted: boolean }>;
  const approved = (...by: readonly string[]): Extension => ({ by, isStarted: true });

  /** Adds an extension to the trail of a request. */
  async function extend(request: string, { by, isStarted }: Extension): Promise<void> {
    const bodies = [
      {
        kind: 'extension-requested',
        by: 'ana',
        extension: { minutes: 5, endsAt: 0, reasonHash: 'h', digest: 'x' },
      },
      ...by.map((each) => ({ kind: 'extension-approved', by: each, stage: 0, digest: 'x' })),
      ...(isStarted ? [{ kind: 'extension-started', endsAt: 0 }] : []),
    ];
    await asAdmin(async (owner) => {
      for (const body of bodies)
        await owner.query(
          `insert into event (request_id, seq, step, kind, body, via, at)
           select $1, (select max(seq) + 1 from event where request_id = $1), $2, $3,
                  $4::jsonb || jsonb_build_object('at', floor(extract(epoch from t.at) * 1000)), 'cli', t.at
             from (select date_trunc('milliseconds', ledger_now()) as at) t`,
          [request, uuidv7(), body.kind, body],
        );
    }, fixture.url);
  }

  test.each<[string, Readonly<{ before?: readonly Extension[]; after?: readonly Extension[] }>, boolean]>([
    ['of which they approved an extension alone is named', { before: [approved('gil')] }, true],
    [
      'of which they approved one of two extensions alone is named',
      { before: [approved('gil'), approved('gil', 'hal')] },
      true,
    ],
    [
      'of which they approved an extension with somebody else is not named',
      { before: [approved('hal', 'gil')] },
      false,
    ],
    [
      'of which they approved an extension whose last approval nobody gave is not named',
      { before: [{ by: ['gil'], isStarted: false }] },
      false,
    ],
    ['of which an extension needed no approval is not named', { before: [approved()] }, false],
    [
      'of which they approved an extension alone, after they had certified it, is not named',
      { after: [approved('gil')] },
      false,
    ],
  ])('%s', async (_what, { before = [], after = [] }, isNamed) => {
    const [own, other] = [`gil-${(found += 1)}`, `hal-${found}`];
    const renamed = (extension: Extension): Extension => ({
      ...extension,
      by: extension.by.map((each) => (each === 'gil' ? own : other)),
    });
    const review = await openedReview();
    const line = (await fixture.ledger.reviewLines(review)).find((each) => each.kind === 'grant');
    if (line?.kind !== 'grant') throw new Error('the world has no grant');
    for (const extension of before) await extend(line.request, renamed(extension));
    const decision = { review, line: line.id, by: own as PersonId, kind: 'certify', via: 'console' } as const;
    const judge = () => Promise.resolve(undefined);
    await fixture.ledger.decideLine({ ...decision, click: clickIdOf(uuidv7()), judge });
    for (const extension of after) await extend(line.request, renamed(extension));
    await fixture.publish();
    const report = verify((await folderOf(review)).folder);
    expect(report.problems).toEqual([]);
    expect(report.notChecked.join().includes(`approved alone, such as ${line.id}`)).toBe(isNamed);
  });
});

describe('who certified standing access', () => {
  type Adoption = readonly [by: string, seen: string, refusal: string | null];
  const second = 'second-person-needed';

  test.each<[string, readonly Adoption[], boolean, (readonly Adoption[])?]>([
    ['that they adopted alone is named', [['gil', 'read', null]], true],
    ['that somebody else adopted is not', [['hal', 'read', null]], false],
    [
      'that they adopted with a second person is not',
      [
        ['hal', 'read', second],
        ['gil', 'read', null],
      ],
      false,
    ],
    [
      'that they adopted alone, after another adoption came to nothing, is named',
      [
        ['hal', 'read', null],
        ['gil', 'write', null],
      ],
      true,
    ],
    [
      'that they adopted alone is named, also when somebody else adopted it after the decision',
      [['gil', 'read', null]],
      true,
      [['hal', 'write', null]],
    ],
    [
      'that somebody else adopted is not, also when they adopted it alone after the decision',
      [['hal', 'read', null]],
      false,
      [['gil', 'write', null]],
    ],
  ])('%s', async (_what, before, isNamed, after = []) => {
    const id = `find_${String((found += 1)).padStart(26, '0')}`;
    const provider = `provider-${found}`;
    await asAdmin(async (owner) => {
      await owner.query(
        `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state, first_seen_at)
         values ($1, 'access', $2, 'x', 'x', '{}', 'x', 'id-9', 'eve', 'read', true, '[]', 'adopted', $3)`,
        [id, provider, new Date(PERIOD.from)],
      );
    }, fixture.url);
    const adopted = async (adoptions: readonly Adoption[]): Promise<void> => {
      for (const [by, seen, code] of adoptions)
        await rowsOf(
          fixture.url,
          `insert into finding_decision (click_id, finding_id, kind, by, via, seen, refusal) values ($1, $2, 'adopt', $3, 'cli', $4, $5)`,
          [clickIdOf(uuidv7()), id, by, seen, code && JSON.stringify({ code })],
        );
    };
    await adopted(before);
    const review = await openedReview(undefined, { provider: [provider] });
    const decision = { review, line: id, by: 'gil' as PersonId, kind: 'certify', via: 'console' } as const;
    await fixture.ledger.decideLine({
      ...decision,
      click: clickIdOf(uuidv7()),
      judge: () => Promise.resolve(undefined),
    });
    await adopted(after);
    await fixture.publish();
    const report = verify((await folderOf(review)).folder);
    expect(report.problems).toEqual([]);
    expect(
      report.notChecked.join().includes(`that somebody decided who had approved alone, such as ${id}`),
    ).toBe(isNamed);
  });
});

test('a sample that is hidden, as if it had not been drawn, is found', async () => {
  const copy = `${folder}-hidden`;
  cpSync(folder, copy, { recursive: true });
  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(join(copy, file), change(readFileSync(join(copy, file), 'utf8')));
  edit('evidence/review.json', (text) =>
    JSON.stringify({
      ...JSON.parse(text),
      draw: null,
      lines: 0,
      certified: 0,
      objected: 0,
      finishedAt: null,
    }),
  );
  edit('evidence/lines.jsonl', () => '');
  edit('evidence/lines.csv', (text) => text.slice(0, text.indexOf('\n') + 1));
  await writeChecksums(copy);
  expect(kinds(copy)).toContain('wrong-review');
  rmSync(copy, { recursive: true });
});

test('a checkpoint that is left out of the list changes nothing of the sample, so nobody can let another one draw', async () => {
  const copy = `${folder}-gap`;
  cpSync(folder, copy, { recursive: true });
  const list = join(copy, 'checkpoints/ledger.jsonl');
  const [newest = ''] = readFileSync(list, 'utf8').split('\n').slice(-2);
  writeFileSync(list, `${newest}\n`);
  await writeChecksums(copy);
  expect(verify(copy)).toMatchObject({ verdict: 'verified', problems: [] });
  rmSync(copy, { recursive: true });
});

test('while its sample is being drawn there is no folder, which would look like a review of nothing', async () => {
  const { ledger } = fixture;
  const found: typeof ledger.readReviewProof = async (id) => {
    const { draw: _, ...proof } = (await ledger.readReviewProof(id))!;
    return proof;
  };
  const log = { name: LOG_NAME, trusted, witnesses: [], places: new Map(), exportedAt: new Date(0) };
  const of = { log, by: ORDERED_BY };
  const writing = writeReview({ ...ledger, readReviewProof: found }, join(parent, 'not-drawn'), decided, of);
  await expect(whilePublished(fixture.publish, writing)).rejects.toThrow('is being drawn');
});

test('a population that never had what was held is found, although its digest is in the log', async () => {
  const { ledger } = fixture;
  const found: typeof ledger.readReviewProof = async (id) => {
    const proof = await ledger.readReviewProof(id);
    return proof && { ...proof, population: proof.population.slice(1) };
  };
  const review = await openedReview();
  const place = join(parent, 'forged');
  const log = { name: LOG_NAME, trusted, witnesses: [], places: new Map(), exportedAt: new Date(0) };
  const of = { log, by: ORDERED_BY };
  await whilePublished(
    fixture.publish,
    writeReview({ ...ledger, readReviewProof: found }, place, review, of),
  );
  const { problems } = verify(place);
  expect(problems.filter(({ kind }) => kind === 'wrong-population').map(({ text }) => text)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/it does not have (lease_\w+), which was held|the digest/),
    ]),
  );
});

describe('in a log that was begun again', () => {
  const log = { name: `${LOG_NAME}-2`, keys: [verifierKey(`${LOG_NAME}-2`, logKey)] };
  beforeAll(async () => {
    expect(await beginLog(fixture.url, { name: log.name, by: 'root' })).toBeUndefined();
    await fixture.publish(log.name);
  });

  /** What the verifier says of the folder of a review, whose draw somebody may have changed. */
  async function verified(
    review: ReviewId,
    draw?: Readonly<{ size: number; root: string }>,
  ): Promise<Report> {
    const { folder: place } = await folderOf(review, log);
    const file = join(place, 'evidence/review.json');
    const contents = JSON.parse(readFileSync(file, 'utf8')) as object;
    if (draw) writeFileSync(file, JSON.stringify({ ...contents, draw }));
    await writeChecksums(place);
    return verify(place, undefined, log.keys);
  }
  const textsOf = ({ problems }: Report): string => problems.map(({ text }) => text).join('\n');
  const WRONG = 'its sample was not drawn by the root of the log that ends with its entry';

  test('a sample that the previous log drew is verified, because the new log begins with the same entries', async () => {
    const { problems, verdict, missing } = await verified(decided);
    expect([problems, verdict, missing]).toEqual([[], 'verified', []]);
  });

  test('another draw that the log before may have made is not proven', async () => {
    const { verdict, missing } = await verified(decided, { size: 1, root: 'x' });
    expect(verdict).not.toBe('verified');
    expect(missing).toEqual([expect.stringContaining('is of the previous log')]);
  });

  test('a draw that the log before cannot have made is found', async () => {
    const { size } = await fixture.ledger.logProgress();
    expect(textsOf(await verified(decided, { size, root: 'x' }))).toContain(WRONG);
  });

  test('the draw of a review that was opened since is checked', async () => {
    const review = await openedReview(3, {}, log.name);
    await fixture.publish(log.name);
    expect(textsOf(await verified(review))).toBe('');
    expect(textsOf(await verified(review, { size: 1, root: 'x' }))).toContain(WRONG);
  });
});
