import { expect, test } from '@jest/globals';
import { no } from '../../../core/result.ts';
import { readyScreen } from '../../demo/screen.ts';

const screen = (ignored: readonly string[], aws: { url: string } | { missing: string } = { url: 'u' }) =>
  readyScreen({
    home: '/tmp/demo',
    ignored,
    embedded: { temporal: { address: '127.0.0.1:7233' }, aws },
    page: 'http://127.0.0.1:4040',
    pages: 'http://127.0.0.1:4050',
    reaper: 'its own process; first pass: Nothing is past its end.',
    policy: no([{ file: 'people.yaml', line: 2, column: 3, message: 'is wrong' }]),
  });

test('the screen names the settings that the demo ignores, and says how to use real services (T44)', () => {
  expect(screen(['DATABASE_URL', 'AWS_SECRET_ACCESS_KEY_FILE'])).toContain(
    '  These settings are ignored, because the demo uses no real service: DATABASE_URL, AWS_SECRET_ACCESS_KEY_FILE.\n' +
      '  To run Curfew on real services, set up Slack (docs/slack-setup.md) and run  npx curfew up\n',
  );
});

test('the screen says nothing of ignored settings when there are none', () => {
  expect(screen([])).not.toContain('ignored');
});

test('the screen says where everything is, and what is missing or broken', () => {
  const text = screen([], { missing: 'no Python' });
  for (const line of [
    'Slack     the sandbox workspace, http://127.0.0.1:4040',
    'Console   http://127.0.0.1:4050, for auditors, approvers and everybody',
    'Temporal  127.0.0.1:7233',
    'Postgres  in /tmp/demo',
    'AWS       none: no Python',
    'GitHub    simulated',
    'Reaper    its own process; first pass: Nothing is past its end.',
    'Policy    broken: people.yaml:2:3: is wrong',
  ])
    expect(text).toContain(line);
});
