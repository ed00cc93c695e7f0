import { expect, test } from '@jest/globals';
import { pictureOf, readPicture } from '../../slack/page/emoji-pictures.ts';
import { EMOJI } from '../../slack/page/emoji.ts';

/** The package has the hand that points to the left only, and says to mirror it. It is shown as a character. */
const WITHOUT = ['point_right'];

test('every emoji that has a short name has a picture', () => {
  const without = Object.entries(EMOJI).filter(([, character]) => pictureOf(character) === undefined);
  expect(without.map(([name]) => name)).toEqual(WITHOUT);
});

test.each([
  ['a simple one', '🔑', '/emoji/1f511.svg'],
  ['one with the selector for pictures', '⚠️', '/emoji/26a0.svg'],
  ['several people in one', '👨‍💻', '/emoji/1f468-200d-1f4bb.svg'],
  ['a flag, of which there is no picture', '🇩🇪', undefined],
  ['a letter', 'a', undefined],
  ['a name of every object', 'constructor', undefined],
])('the address of %s', (_what, character, address) => {
  expect(pictureOf(character)).toBe(address);
});

test('a picture is an SVG', async () => {
  const picture = await readPicture('2705.svg');
  expect(picture).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 32 32".*<\/svg>$/s);
});

test.each(['1f1e9.svg', '../1f511.svg', 'constructor.svg', '1f511.png', ''])(
  'there is no picture %s',
  async (file) => {
    expect(await readPicture(file)).toBeUndefined();
  },
);
