import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker';
import { FAILURE_CONVERTER } from './data-converter.ts';

const ROOT = resolve(import.meta.dirname, '..');
/** Everything of the project that the bundle can contain. */
export const BUNDLED_FOLDERS = ['core', 'temporal', 'workflows'] as const;

/** `root` is the folder of the project. `bundle` makes a new bundle. */
type Options = Readonly<{ root?: string; bundle?: () => Promise<WorkflowBundle> }>;

/**
 * The bundle of the workflows. To make it takes about three seconds of a processor, so it is kept in
 * `node_modules/.cache/curfew`, by what it was made from. Where that folder may not be written, each start makes it again.
 * It fails when the workflows import what a workflow must not import.
 */
export async function workflowBundle({
  root = ROOT,
  bundle = bundleWorkflows,
}: Options = {}): Promise<WorkflowBundle> {
  const folder = join(root, 'node_modules/.cache/curfew');
  const file = join(folder, `workflows-${await digestOfSources(root)}.json`);
  const kept = await keptIn(file);
  if (kept !== undefined) return { code: kept };
  const { code } = await bundle();
  await keep(folder, file, code).catch(() => undefined); // The bundle is good, also when it cannot be kept.
  return { code };
}

const bundleWorkflows = (): Promise<WorkflowBundle> =>
  bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows/index.ts'),
    failureConverterPath: FAILURE_CONVERTER,
    logger: silent,
  });

const nothing = () => undefined;
const silent = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Covers the sources, their place, which the source map names, the versions of all packages, and the version of Node. */
async function digestOfSources(root: string): Promise<string> {
  const hash = createHash('sha256').update(`${process.version}\0${root}`);
  const add = async (path: string) => hash.update(`\0${path}\0`).update(await readFile(join(root, path)));
  await add('package-lock.json');
  for (const folder of BUNDLED_FOLDERS) {
    const found = await readdir(join(root, folder), { recursive: true });
    for (const path of found.filter((each) => each.endsWith('.ts')).sort()) await add(join(folder, path));
  }
  return hash.digest('hex');
}

const digestOf = (code: string): string => createHash('sha256').update(code).digest('hex');

/** The code in a file; undefined when the file is missing or incomplete. */
async function keptIn(file: string): Promise<string | undefined> {
  try {
    const { code, digest } = JSON.parse(await readFile(file, 'utf8')) as { code: string; digest: string };
    return digestOf(code) === digest ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Another process may write the same file at the same time, so it gets its name when it is complete. Every other file goes. */
async function keep(folder: string, file: string, code: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const incomplete = `${file}.${process.pid}`;
  await writeFile(incomplete, JSON.stringify({ code, digest: digestOf(code) }));
  await rename(incomplete, file);
  for (const name of await readdir(folder))
    if (join(folder, name) !== file) await rm(join(folder, name), { force: true });
}
