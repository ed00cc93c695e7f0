import { describe, expect, test } from '@jest/globals';
import { parsePlaces } from '../../../audit/places/parse-places.ts';
import { verifierKey } from '../../../audit/note/vkey.ts';
import { keyOf } from '../log.fixture.ts';

const witnessKey = verifierKey('w.example/w1', keyOf('witness'), 'cosignature');
const logKey = verifierKey('w.example/w1', keyOf('witness'));
const vkey = witnessKey.text;

const witnesses = (count: number): string =>
  Array.from({ length: count }, (_, at) => `witness:https://w${at}.example/+${vkey}`).join(',');

describe('the places of the log', () => {
  test.each<[text: string, place: object]>([
    ['/srv/log', { kind: 'folder', folder: '/srv/log' }],
    ['file:///srv/log/', { kind: 'folder', folder: '/srv/log' }],
    ['/srv/../srv//log', { kind: 'folder', folder: '/srv/log' }],
    ['s3://my-bucket', { kind: 'bucket', bucket: 'my-bucket', prefix: '' }],
    ['s3://my-bucket/a/b/', { kind: 'bucket', bucket: 'my-bucket', prefix: 'a/b/' }],
    ['s3://my-bucket/a?retain=365d', { kind: 'bucket', bucket: 'my-bucket', prefix: 'a/', retainDays: 365 }],
    ['git:/srv/log.git', { kind: 'git', remote: '/srv/log.git', branch: 'main' }],
    ['git:git@example.com:a/log.git', { kind: 'git', remote: 'git@example.com:a/log.git', branch: 'main' }],
    [
      'git:ssh://git@example.com/a.git#log/prod',
      { kind: 'git', remote: 'ssh://git@example.com/a.git', branch: 'log/prod' },
    ],
    ['git:https://example.com/a.git', { kind: 'git', remote: 'https://example.com/a.git', branch: 'main' }],
    ['slack:C0123456789', { kind: 'slack', channel: 'C0123456789' }],
    [`witness:https://w.example/p+${vkey}`, { kind: 'witness', key: { text: vkey } }],
    [`witness:http://127.0.0.1:80/+${vkey}`, { kind: 'witness', key: { text: vkey } }],
  ])('%s', (text, place) => {
    expect(parsePlaces(text)).toMatchObject({ ok: true, value: [place] });
  });

  test('several of them have commas between them, and white space around them', () => {
    const all = parsePlaces(`/srv/log, s3://bucket/log ,\n witness:https://w.example+${vkey}`);
    expect(all.ok && all.value.map(({ kind }) => kind)).toEqual(['folder', 'bucket', 'witness']);
  });

  test('fourteen of them can be witnesses beside other places, and no more', () => {
    expect(parsePlaces(`/srv/log,${witnesses(14)},/srv/other`)).toMatchObject({ ok: true });
    expect(parsePlaces(`/srv/log,${witnesses(15)}`)).toEqual({
      ok: false,
      error: 'place 16 is one witness too many: a log has at most 14',
    });
  });

  test.each<[text: string, error: string]>([
    ['', 'place 1 must be /a/folder'],
    ['/srv/log,', 'place 2 must be /a/folder'],
    ['srv/log', 'place 1 must be /a/folder'],
    ['file:srv', 'place 1 must have the whole path'],
    ['s3://UPPER', 'place 1 must be a bucket'],
    ['s3://bucket/a?retain=0d', 'place 1 must be a bucket'],
    ['s3://bucket/a?keep=1d', 'place 1 must be a bucket'],
    ['git:', 'must have a repository'],
    ['git:ext::sh -c date', 'must have a repository'],
    ['git:http://example.com/a.git', 'must have a repository'],
    ['git:https://user:secret@example.com/a.git', 'must have a repository'],
    ['git:--upload-pack=date', 'must have a repository'],
    ['git:ssh://-oProxyCommand=date/a.git', 'must have a repository'],
    ['git:-oProxyCommand=date@example.com:a', 'must have a repository'],
    ['git:git@example.com:-a', 'must have a repository'],
    ['git:/srv/log.git#', 'the name of a branch'],
    ['git:/srv/log.git#--force', 'the name of a branch'],
    ['git:/srv/log.git#a..b', 'the name of a branch'],
    ['git:/srv/log.git#a.lock', 'the name of a branch'],
    ['git:/srv/log.git#a#b', 'the name of a branch'],
    ['slack:#audit', 'the id of a channel'],
    ['slack:U0123456789', 'the id of a channel'],
    ['witness:https://w.example/', 'must have an address and a verifier key'],
    [`witness:http://w.example/+${vkey}`, 'begins with https://'],
    [`witness:http://127.0.0.1.example/+${vkey}`, 'begins with https://'],
    [`witness:https://user:secret@w.example/+${vkey}`, 'must have an address and a verifier key'],
    [`witness:https://w.example/?a=b+${vkey}`, 'must have an address and a verifier key'],
    [`witness:${vkey}`, 'must have an address and a verifier key'],
    ['witness:https://w.example/+w+00000000+AAAA', 'has a key after its address that'],
    [`witness:https://w.example/+${logKey.text}`, 'needs the key of a witness'],
    ['/srv/log,/srv/./log', 'place 2 is the same as one before it'],
    ['s3://bucket/a,s3://bucket/a/?retain=1d', 'place 2 is the same as one before it'],
  ])('refuses %j (T21)', (text, error) => {
    const parsed = parsePlaces(text);
    expect(parsed).toEqual({ ok: false, error: expect.stringContaining(error) });
    expect(JSON.stringify(parsed)).not.toContain('secret');
  });
});
