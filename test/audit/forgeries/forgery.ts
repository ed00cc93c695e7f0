import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { areSame, type Files } from './files.ts';
import { type HonestFolders, type Kind, startHonestFolders } from './honest-folders.fixture.ts';

/** What a forger does: from an honest folder and another one of its kind they make a folder that says something false. `all`: every honest folder. */
export type Forgery = readonly [
  name: string,
  forge: (files: Files, other: Files, all: HonestFolders) => Files,
];

const SEED = 11;

/** Tests that the verifier believes none of these forgeries of a kind. Those of `believed` are mistakes of the verifier that are known. */
export function testForgeries(
  kind: Kind,
  forgeries: readonly Forgery[],
  believed: readonly Forgery[] = [],
): void {
  let honest: HonestFolders;
  beforeAll(async () => {
    honest = await startHonestFolders(SEED);
  });
  afterAll(() => honest?.stop());

  const check = (_name: string, forge: Forgery[1]): void => {
    const { files, other } = honest[kind];
    const forged = forge(files, other, honest);
    expect(areSame(files, forged)).toBe(false);
    const said = honest.verdictOf[kind](forged);
    if (process.env['SHOW_FORGERIES'])
      process.stderr.write(`${_name}\n   ${said.verdict} ${said.lines.join('\n      ')}\n`);
    expect(said.verdict).not.toBe('verified');
  };

  test(`the honest folders of the kind ${kind} are verified`, () => {
    for (const files of [honest[kind].files, honest[kind].other])
      expect(honest.verdictOf[kind](files)).toMatchObject({ verdict: 'verified', problems: [] });
  });
  test.each([...forgeries])('%s', check);
  if (believed.length > 0) test.failing.each([...believed])('%s', check);
}
