import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { no, ok, type Result } from '../../core/result.ts';
import type { BucketOptions } from '../../manifest/bucket-store.ts';
import { filePlace, type FileStore } from './file-place.ts';
import { folderStore } from './folder.ts';
import { gitStore } from './git.ts';
import type { PlaceSetting } from './parse-places.ts';
import type { Place } from './place.ts';
import { slackChannel, type SlackCalls } from './slack.ts';
import { witness } from './witness.ts';

/** What the places need. `origin`: the name of the log. `clones`: a folder of this process for the copies of git repositories. */
export type PlaceDeps = Readonly<{
  origin: string;
  bucket: BucketOptions;
  clones: string;
  /** Undefined where no bot runs. Then a Slack channel is refused. */
  slack: SlackCalls | undefined;
}>;

/**
 * Opens the places of the settings. They connect with their first call. The error says which two folders are one folder, under two
 * names, or that there is no bot for a Slack channel.
 */
export async function openPlaces(
  settings: readonly PlaceSetting[],
  deps: PlaceDeps,
): Promise<Result<readonly Place[], string>> {
  const folders = new Map<string, string>();
  for (const setting of settings) {
    if (setting.kind !== 'folder') continue;
    // A folder that is missing is no mistake in the settings: its disk may come back.
    const real = await realpath(setting.folder).catch(() => setting.folder);
    const other = folders.get(real);
    if (other !== undefined) return no(`${setting.folder} and ${other} are the same folder`);
    folders.set(real, setting.folder);
  }
  if (!deps.slack && settings.some(({ kind }) => kind === 'slack'))
    return no('a Slack channel is a place only where the bot is configured');
  return ok(settings.map((setting) => openPlace(setting, deps)));
}

function openPlace(setting: PlaceSetting, { origin, bucket, clones, slack }: PlaceDeps): Place {
  switch (setting.kind) {
    case 'folder':
      return filePlace(folderStore(setting.folder));
    case 'bucket':
      return filePlace(
        loadedLater(
          { name: `bucket s3://${setting.bucket}/${setting.prefix}`, kind: 'bucket', filesAtOnce: 8 },
          async () => (await import('./bucket.ts')).bucketStore(setting, bucket),
        ),
      );
    case 'git':
      return filePlace(gitStore({ ...setting, clone: join(clones, cloneName(setting)) }));
    case 'slack':
      if (!slack) throw new Error('a Slack channel needs the bot');
      return slackChannel(setting, slack);
    case 'witness':
      return witness({ ...setting, origin });
  }
}

/** A store that is loaded with its first call, because the SDK of a bucket is large. */
function loadedLater(facts: Omit<FileStore, 'begin'>, load: () => Promise<FileStore>): FileStore {
  let loaded: Promise<FileStore> | undefined;
  return { ...facts, begin: async (signal) => (await (loaded ??= load())).begin(signal) };
}

/** One name for each repository and branch. */
const cloneName = ({ remote, branch }: Readonly<{ remote: string; branch: string }>): string =>
  `${createHash('sha256').update(`${remote}#${branch}`).digest('hex').slice(0, 16)}.git`;
