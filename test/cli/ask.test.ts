import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { ask } from '../../cli/terminal/ask.ts';

const asked = (input: PassThrough) => ask('Go on? ', { input, output: new PassThrough() });

test('the answer has no white space around it', async () => {
  const input = new PassThrough();
  const answer = asked(input);
  input.write(' yes \n');
  expect(await answer).toBe('yes');
});

test('an input that ends is an empty answer', async () => {
  const input = new PassThrough();
  const answer = asked(input);
  input.end();
  expect(await answer).toBe('');
});

test.each(['SIGTERM', 'SIGHUP'] as const)(
  '%s is an empty answer, so the screen with a password can be left',
  async (signal) => {
    const before = process.listenerCount(signal);
    const answer = asked(new PassThrough());
    expect(process.listenerCount(signal)).toBe(before + 1);
    process.emit(signal, signal);
    expect(await answer).toBe('');
    expect(process.listenerCount(signal)).toBe(before);
  },
);
