import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openPlaces } from '../../../audit/places/open-places.ts';
import { parsePlaces } from '../../../audit/places/parse-places.ts';
import { temporaryFolder } from '../../manifest/folder.fixture.ts';
import { LOG_NAME, updateOf } from '../log.fixture.ts';
import { never } from './contract.fixture.ts';
import { witnessKey } from './witness.fixture.ts';

function open(text: string) {
  const settings = parsePlaces(text);
  if (!settings.ok) throw new Error(settings.error);
  const deps = { origin: LOG_NAME, bucket: { answerMs: 1_000 }, clones: temporaryFolder(), slack: undefined };
  return openPlaces(settings.value, deps);
}

describe('the places that are opened', () => {
  test('have names for people, without a secret', async () => {
    const text = `/srv/log,s3://bucket/a,git:/srv/log.git,witness:https://w.example/+${witnessKey.text}`;
    const places = await open(text);
    expect(places.ok && places.value.map(({ name }) => name)).toEqual([
      'folder /srv/log',
      'bucket s3://bucket/a/',
      'git repository /srv/log.git',
      'witness witness.example/w1 at https://w.example/',
    ]);
  });

  test('a folder takes a checkpoint', async () => {
    const places = await open(temporaryFolder());
    const published = places.ok ? await places.value[0]?.publish(updateOf(2), never) : undefined;
    expect(published).toMatchObject({ kind: 'published' });
  });

  test('two names of one folder are refused', async () => {
    const outer = temporaryFolder();
    const [folder, link] = [join(outer, 'log'), join(outer, 'link')];
    mkdirSync(folder);
    symlinkSync(folder, link);
    expect(await open(`${folder},${link}`)).toEqual({
      ok: false,
      error: `${link} and ${folder} are the same folder`,
    });
  });

  test('a Slack channel without a bot is refused', async () => {
    expect(await open('slack:C0123456789')).toEqual({
      ok: false,
      error: 'a Slack channel is a place only where the bot is configured',
    });
  });
});
