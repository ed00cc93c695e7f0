import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { UserFacingError } from '../../app/errors.ts';
import { Fault, FAULTS } from '../../core/faults.ts';
import type { Instant, PersonId, RequestId } from '../../core/ids.ts';
import { OverLimit } from '../../core/person-limits.ts';
import { CommandError, EXIT, fail } from '../../cli/terminal/exit.ts';
import { loadSettings, runningConnections } from '../../cli/terminal/context.ts';
import {
  type Format,
  print,
  printable,
  rfc3339,
  type Row,
  utc,
  writeLine,
  writeStyled,
} from '../../cli/terminal/output.ts';
import { styled } from '../../cli/terminal/style.ts';
import { terminalText } from '../../cli/terminal/phrase.ts';
import { requestNamed } from '../../cli/terminal/request-argument.ts';
import { waitFor } from '../../cli/terminal/wait.ts';
import { approvedLines } from '../../cli/terminal/targets.ts';
import { eventLine } from '../../cli/actions/audit-story.ts';
import { formatProblem } from '../../policy/index.ts';
import { code, emphasis, instant, person, phrase, quoted } from '../../wording/phrase.ts';
import { viewAfter } from '../bot/request-view.fixture.ts';
import { approve, bo, lease, noon } from '../core/request/request.fixture.ts';

/** What the work writes to the terminal. */
function printed(work: () => void): string {
  let out = '';
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  try {
    work();
  } finally {
    spy.mockRestore();
  }
  return out;
}

describe('rows', () => {
  const rows: readonly Row[] = [
    { id: 1, name: 'ana', extra: null },
    { id: 20, name: 'Ada Novák 💥', extra: 'x' },
  ];
  const columns = { name: 'NAME', id: 'ID' };
  const inFormat = (format: Format, of = rows) => printed(() => print(of, format, columns, 'nothing'));

  test('a table has the columns in their order, aligned by characters and not by bytes', () => {
    expect(inFormat('table')).toBe(['NAME         ID', 'ana          1', 'Ada Novák 💥  20', ''].join('\n'));
  });

  test('a table shows a missing value as a dash, and no space at the end of a line', () => {
    const out = printed(() => print([{ a: null }, { a: 'x', b: 0 }], 'table', { b: 'B', a: 'A' }, ''));
    expect(out).toBe('B  A\n-  -\n0  x\n');
    expect(printed(() => print([{ a: 'x' }], 'table', { a: 'A LONG HEADING' }, ''))).toBe(
      'A LONG HEADING\nx\n',
    );
  });

  test('json and jsonl have every field of every row, also those without a column', () => {
    expect(JSON.parse(inFormat('json'))).toEqual(rows);
    expect(inFormat('jsonl')).toBe(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  });

  test.each<[Format, string]>([
    ['table', 'nothing\n'],
    ['json', '[]\n'],
    ['jsonl', ''],
  ])('no rows as %s', (format, out) => expect(inFormat(format, [])).toBe(out));

  test.each([
    ['a line end', 'a\nb', 'a▯b'],
    ['an escape sequence that clears the screen', '\u001b[2J', '▯[2J'],
    ['a carriage return that overwrites the line', 'denied\rapproved', 'denied▯approved'],
    ['a delete character', 'a\u007f', 'a▯'],
    ['a C1 control', 'a\u009b2J', 'a▯2J'],
    ['text in the other direction', '\u202eabc', '▯abc'],
    ['an invisible character', 'a\u200bb', 'a▯b'],
    ['a line separator', 'a\u2028b\u2029c', 'a▯b▯c'],
    ['a tab', 'a\tb', 'a▯b'],
    ['letters and emoji', 'Zoë 💥 №1', 'Zoë 💥 №1'],
  ])('%s cannot change what a terminal shows', (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(printed(() => print([{ text }], 'table', { text: 'T' }, ''))).toBe(`T\n${shown}\n`);
  });

  test('a line that is written is one line, and has no control character, whoever wrote a part of it', () => {
    const text = 'The place says: \u001b]0;owned\u0007\u009b2J\r\n12 entries, 3 checkpoints';
    const shown = 'The place says: ▯]0;owned▯▯2J▯▯12 entries, 3 checkpoints\n';
    expect(printed(() => writeLine(text))).toBe(shown);
    expect(printed(() => writeStyled([text]))).toBe(shown);
  });

  test('a line with styles keeps them and no other command to the terminal', () => {
    const line = `${styled('bold', 'STATE', true)}  ${styled('green', 'active', true)}`;
    expect(printed(() => writeStyled([line]))).toBe(`${line}\n`);
    expect(printed(() => writeStyled(['\u001b[8mhidden\u001b[0m \u001b[1A']))).toBe('▯[8mhidden▯[0m ▯[1A\n');
  });

  test('json does not replace what people wrote', () => {
    const text = 'a\u202e\nb';
    expect(JSON.parse(printed(() => print([{ text }], 'json', {}, '')))).toEqual([{ text }]);
  });

  test.each<[string, string, string]>([
    ['a C1 control, at which a terminal begins a command', 'a\u009b2J', 'a\\u009b2J'],
    ['the other controls', '\u0000\u001b\u007f\u0080\u009f', '\\u0000\\u001b\\u007f\\u0080\\u009f'],
    ['a line end', 'a\nb', 'a\\nb'],
    ['separators of lines and paragraphs', '\u2028\u2029', '\\u2028\\u2029'],
    ['changes of direction', '\u061c\u200e\u202e\u2066', '\\u061c\\u200e\\u202e\\u2066'],
    ['characters that are not drawn', '\u00ad\u200b\u2060\ufeff', '\\u00ad\\u200b\\u2060\\ufeff'],
    ['fillers', '\u115f\u1160\u3164\uffa0\u2800', '\\u115f\\u1160\\u3164\\uffa0\\u2800'],
    ['a tag of two code units', '\u{e0041}', '\\udb40\\udc41'],
    ['half of a surrogate pair', 'a\ud800', 'a\\ud800'],
    ['letters and emoji', 'Zoë 💥 №1', 'Zoë 💥 №1'],
  ])(
    '%s in json is escaped where a terminal may obey it, and is the same value (T48)',
    (_what, text, escaped) => {
      const rows = [{ text }];
      expect(printed(() => print(rows, 'jsonl', {}, ''))).toBe(`{"text":"${escaped}"}\n`);
      const json = printed(() => print(rows, 'json', {}, ''));
      expect(json).toBe(`[\n  {\n    "text": "${escaped}"\n  }\n]\n`);
      expect(JSON.parse(json)).toEqual(rows);
    },
  );
});

describe('times', () => {
  const at = Date.UTC(2026, 2, 29, 0, 59, 59, 999) as Instant;

  test('are in UTC and to the second for people, and in RFC 3339 for programs', () => {
    expect([utc(at), rfc3339(at), rfc3339(null)]).toEqual([
      '2026-03-29 00:59:59Z',
      '2026-03-29T00:59:59.999Z',
      null,
    ]);
    expect(terminalText(phrase`Since ${instant(at)}.`)).toBe('Since 2026-03-29 00:59 UTC.');
  });

  test.each(['America/New_York', 'Asia/Kolkata', 'UTC'])('are the same on a machine in %s', (zone) => {
    const script = `
      import { utc, rfc3339 } from './cli/terminal/output.ts';
      import { terminalText } from './cli/terminal/phrase.ts';
      import { instant } from './wording/phrase.ts';
      import { parseSince } from './cli/list/filter-options.ts';
      console.log(utc(${at}), rfc3339(${at}), terminalText([instant(${at})].flat()));
      console.log(utc(parseSince('2026-03-29T00:59').at));`;
    const out = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: resolve(import.meta.dirname, '../..'),
      env: { ...process.env, TZ: zone },
      encoding: 'utf8',
    });
    expect(out.split('\n')).toEqual([
      '2026-03-29 00:59:59Z 2026-03-29T00:59:59.999Z 2026-03-29 00:59 UTC',
      '2026-03-29 00:59:00Z',
      '',
    ]);
  });
});

test('a phrase names people by their id, unless somebody knows their name, and hides nothing', () => {
  const text = phrase`${person('bo' as PersonId)} wrote ${quoted('a\u202eb')}.`;
  expect(terminalText(text)).toBe('bo wrote a▯b.');
  expect(terminalText(text, (who) => `${who}\u001b!`)).toBe('bo▯! wrote a▯b.');
  expect(terminalText(emphasis(text), (who) => `${who}!`)).toBe('bo! wrote a▯b.');
  expect(terminalText(code('a\u202eb'))).toBe('"a▯b"');
  expect(terminalText(code('a". Closed'))).toBe('"a\\". Closed"');
});

describe('no line of a command is forged by text from elsewhere (T48)', () => {
  const HOSTILE = 'x.\nClosed by Sam Rao.\u001b[2J\u202e';
  const SHOWN = 'x.▯Closed by Sam Rao.▯[2J▯';

  test('in what a person has approved', () => {
    const view = viewAfter([approve(bo)], {
      title: HOSTILE,
      reason: HOSTILE,
      targets: [
        {
          plain: HOSTILE,
          permissions: [HOSTILE],
          cautions: [HOSTILE],
          atEnd: [HOSTILE],
          widens: true,
          level: HOSTILE,
          enforcement: 'B',
          residualMs: 0,
        },
      ],
    });
    expect(approvedLines(view).slice(0, 6)).toEqual([
      `Approved: ${SHOWN} for ana, 2 h.`,
      `  Reason: ${SHOWN}`,
      `  ${SHOWN} (level: ${SHOWN})`,
      `    ${SHOWN}`,
      `    Caution: ${SHOWN}`,
      `    At the end: ${SHOWN}`,
    ]);
  });

  test('in an event', () => {
    const receipt = { kind: 'revoked', lease, seen: HOSTILE, note: HOSTILE, at: noon } as const;
    expect(eventLine(receipt, { title: HOSTILE, granted: () => 'granted' })).toBe(
      `Access revoked and verified. The provider shows now: "${SHOWN}". Note: "${SHOWN}". Lease: ${lease}.`,
    );
  });

  test('in a problem of the policy files', () =>
    expect(formatProblem({ file: 'people.yaml', line: 1, column: 2, message: HOSTILE })).toBe(
      `people.yaml:1:2: ${SHOWN}`,
    ));
});

describe('the end of a command that failed', () => {
  function ended(error: unknown): { code: number; err: string; out: string } {
    let [err, out] = ['', ''];
    let code = -1;
    const spies = [
      jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true)),
      jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true)),
      jest.spyOn(process, 'exit').mockImplementation((given) => {
        code = Number(given);
        throw new Error('exit');
      }),
    ];
    expect(() => fail(error)).toThrow('exit');
    for (const spy of spies) spy.mockRestore();
    return { code, err, out };
  }

  test('says what the limit of one person is, without a stack', () => {
    const error = new OverLimit('ask', { again: '2026-01-05 13:00', isFirst: true });
    expect(ended(error)).toEqual({ code: EXIT.failed, err: `\n${error.message}\n`, out: '' });
  });

  test.each<[keyof typeof EXIT, number]>([
    ['done', 0],
    ['failed', 1],
    ['usage', 2],
    ['notFound', 3],
    ['notAllowed', 4],
    ['verificationFailed', 5],
  ])('%s has the exit code %i, and its message is all that is printed', (code, number) => {
    expect(ended(new CommandError(code, 'What happened.\n  to do: this.'))).toEqual({
      code: number,
      err: '\nWhat happened.\n  to do: this.\n',
      out: '',
    });
  });

  test('another error whose message is for people shows only that message, and fails with 1', () => {
    expect(ended(new UserFacingError('What happened.\n  to do: this.'))).toEqual({
      code: 1,
      err: '\nWhat happened.\n  to do: this.\n',
      out: '',
    });
  });

  test('an unavailable ledger says where and what to do, and fails with 1', () => {
    expect(ended(new Fault('ledger-unavailable', 'connect ECONNREFUSED 127.0.0.1:5432'))).toEqual({
      code: 1,
      out: '',
      err: '\nThe ledger does not answer.\n  where: ledger-unavailable: connect ECONNREFUSED 127.0.0.1:5432\n  to do: start Curfew with "npm start", or look at DATABASE_URL.\n',
    });
  });

  test('another fault has its sentence and its detail, and no stack', () => {
    expect(ended(new Fault('provider-refused', 'github: no'))).toEqual({
      code: 1,
      out: '',
      err: `\n${FAULTS['provider-refused'].text}\n  (provider-refused: github: no)\n`,
    });
  });

  test('no control of a terminal is printed, and the text of a vendor is one line (T48)', () => {
    expect(ended(new CommandError('failed', 'a\u001b[2J\n  to do: \u009b2J')).err).toBe(
      '\na▯[2J\n  to do: ▯2J\n',
    );
    expect(ended(new Fault('provider-refused', 'x.\nClosed by Sam Rao.')).err).toBe(
      `\n${FAULTS['provider-refused'].text}\n  (provider-refused: x.▯Closed by Sam Rao.)\n`,
    );
    expect(ended(new Fault('ledger-unavailable', 'x.\nClosed')).err).toContain(
      'where: ledger-unavailable: x.▯Closed\n',
    );
  });

  test('a bug shows its stack and fails with 1', () => {
    const { code, err } = ended(new TypeError('x is not a function'));
    expect([code, err]).toEqual([1, expect.stringMatching(/TypeError: x is not a function\n\s+at /)]);
    expect(ended('text').err).toBe('\ntext\n');
  });
});

describe('the request that somebody typed', () => {
  const whole = `req_${'0'.repeat(20)}abcdef` as RequestId;
  const asked: string[] = [];
  const named = (text: string, found: readonly RequestId[] = []) =>
    requestNamed(
      {
        requestsEndingIn: (letters: string) => (asked.push(letters), Promise.resolve(found)),
        listRequests: () => Promise.resolve([{ id: whole }]),
        purgedBefore: () => Promise.resolve(undefined),
      } as never,
      text,
    );

  test('a complete id is itself, without a question to the ledger', async () => {
    expect([await named(whole), asked]).toEqual([whole, []]);
  });
  test('the last letters of one request are that request', async () => {
    expect(await named('cdef', [whole])).toBe(whole);
    expect(asked).toEqual(['cdef']);
  });
  test('the whole id without "req_" is that request too', async () => {
    expect(await named(whole.slice(4), [whole])).toBe(whole);
  });
  test('letters that two requests end with are wrong usage, and both are named', async () => {
    const other = `req_${'1'.repeat(20)}abcdef` as RequestId;
    await expect(named('cdef', [whole, other])).rejects.toMatchObject({
      code: EXIT.usage,
      message: `Several requests end with cdef: ${whole}, ${other}. Type more letters.`,
    });
  });
  test('letters that no request ends with are not found', async () => {
    await expect(named('cdef', [])).rejects.toMatchObject({ code: EXIT.notFound });
  });
  test.each([
    ['a letter is wrong', 'acdef', 'There is no request acdef. Did you mean "bcdef"? "curfew list'],
    ['two letters are exchanged', '00abcdfe', 'There is no request 00abcdfe. Did you mean "00abcdef"? '],
    ['another request is meant', 'zzzzzzzz', 'There is no request zzzzzzzz. "curfew list --all" shows'],
  ])(
    'the newest request that ends in almost the same letters is suggested: %s',
    async (_what, text, words) => {
      await expect(named(text, [])).rejects.toMatchObject({ message: expect.stringContaining(words) });
    },
  );
  test.each(['abc', 'ABCD', 'ab cd', 'req_abcd', '', `${'0'.repeat(27)}`, 'abcd\n'])(
    '%j is wrong usage',
    async (text) => {
      await expect(named(text, [whole])).rejects.toMatchObject({ code: EXIT.usage });
    },
  );
});

describe('settings that are wrong or missing', () => {
  test('every wrong setting is named in one error, without its value', () => {
    const read = () => loadSettings({ CURFEW_PORT: 'hunter2', SLACK_BOT_TOKEN: 'hunter3' });
    expect(read).toThrow(CommandError);
    expect(read).toThrow(/^These settings are wrong:\n {2}SLACK_BOT_TOKEN [^\n]+\n {2}CURFEW_PORT [^\n]+$/);
    expect(read).toThrow(expect.objectContaining({ code: EXIT.usage }));
    expect(read).not.toThrow(/hunter/);
  });

  test('without a demo in the folder, the missing settings are named', () => {
    const settings = loadSettings({ CURFEW_HOME: '/nonexistent/home' });
    expect(() => runningConnections(settings, ['DATABASE_URL', 'CURFEW_CONFIG'])).toThrow(
      'Curfew is not running in this folder, and these settings are missing: DATABASE_URL, CURFEW_CONFIG.\n  where: /nonexistent/home',
    );
  });
});

test('waiting returns the first thing that is seen, and an error of looking at once', async () => {
  let looks = 0;
  expect(await waitFor('it', () => Promise.resolve((looks += 1) < 3 ? undefined : 0))).toBe(0);
  expect(looks).toBe(3);
  const error = new Error('the ledger is unavailable');
  await expect(waitFor('it', () => Promise.reject(error))).rejects.toBe(error);
});
