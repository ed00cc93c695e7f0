import { expect, test } from '@jest/globals';
import { scramVerifier } from '../../providers/postgres/scram.ts';

test('the verifier is the same as in the example of RFC 7677', async () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  expect(await scramVerifier('pencil', salt)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('each verifier has a random salt of 16 bytes', async () => {
  const saltOf = async () => /^SCRAM-SHA-256\$4096:([^$]+)\$/.exec(await scramVerifier('pencil'))?.[1] ?? '';
  const salts = [await saltOf(), await saltOf()];
  expect(new Set(salts).size).toBe(2);
  expect(salts.map((salt) => Buffer.from(salt, 'base64').length)).toEqual([16, 16]);
});

test.each([' ', '~', 'a b~'])('the password %j is accepted', async (password) =>
  expect(scramVerifier(password)).resolves.toMatch(/^SCRAM-SHA-256\$/),
);

test.each(['', 'pässword', 'pass\u00adword', 'a\u001f', 'a\u007f', 'a\n'])(
  'the password %j is refused, because Postgres would derive another verifier',
  async (password) =>
    expect(scramVerifier(password)).rejects.toThrow(
      new Error('provider-refused: postgres: a password must be printable ASCII'),
    ),
);
