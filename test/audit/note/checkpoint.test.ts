import { describe, expect, test } from '@jest/globals';
import { checkpointText, parseCheckpoint } from '../../../audit/note/checkpoint.ts';
import { parseNote } from '../../../audit/note/note.ts';

const ROOT = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
// The example of https://c2sp.org/tlog-checkpoint and https://c2sp.org/tlog-witness. Its public keys are not published.
const EXAMPLE = `example.com/behind-the-sofa
20852163
${ROOT}

\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`;

describe('the text of a checkpoint', () => {
  test('the example of C2SP has two signatures, and is written as it was read', () => {
    const note = parseNote(EXAMPLE);
    if (!note.ok) throw new Error(note.error);
    expect(note.value.lines.map(({ id }) => id)).toEqual(['033de0ae', 'a292ea05']);
    const checkpoint = parseCheckpoint(note.value.text);
    expect(checkpoint).toMatchObject({
      ok: true,
      value: { origin: 'example.com/behind-the-sofa', size: 20_852_163 },
    });
    if (checkpoint.ok) expect(checkpointText(checkpoint.value)).toBe(note.value.text);
  });

  test('lines of extensions are skipped', () => {
    expect(parseCheckpoint(`log\n1\n${ROOT}\ntimezone Z\nmore\n`)).toMatchObject({
      ok: true,
      value: { origin: 'log', size: 1 },
    });
  });

  test.each<[why: string, text: string]>([
    ['it is empty', ''],
    ['it has two lines', 'log\n1\n'],
    ['it does not end with a newline', `log\n1\n${ROOT}`],
    ['its origin is empty', `\n1\n${ROOT}\n`],
    ['it has an empty line', `log\n1\n${ROOT}\n\n`],
    ['its size has a zero before it', `log\n01\n${ROOT}\n`],
    ['its size is negative', `log\n-1\n${ROOT}\n`],
    ['its size has a sign', `log\n+1\n${ROOT}\n`],
    ['its size is no whole number', `log\n1.5\n${ROOT}\n`],
    ['its size is in another script', `log\n\u0661\n${ROOT}\n`],
    ['its size is more than a number can hold', `log\n9007199254740993\n${ROOT}\n`],
    ['its root is short', `log\n1\n${ROOT.slice(4)}\n`],
    ['its root has no padding', `log\n1\n${ROOT.slice(0, -1)}\n`],
    ['its root has a space after it', `log\n1\n${ROOT} \n`],
  ])('is refused when %s', (_why, text) => {
    expect(parseCheckpoint(text)).toMatchObject({ ok: false });
  });
});
