#!/usr/bin/env node
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { currentBundle, ROOT } from './bundle.mjs';
import './terminal/local-zone.mjs';
// The same time zone everywhere, so that a workflow does not depend on the machine of its worker.
process.env.TZ = 'UTC';
// Hides a warning of the AWS SDK about the Node version of its later releases. docs/operations.md says it instead.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const bundle = currentBundle() ?? (await built());
if (bundle === undefined) {
  // How pages in JSX are read. Without it, tsx takes the settings of the folder in which somebody works.
  process.env.TSX_TSCONFIG_PATH ??= join(ROOT, 'tsconfig.json');
  await import('tsx/esm'); // reads the TypeScript
  await import('./main.ts');
} else {
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(bundle).href);
}

/** A new bundle. Undefined where none can be made: this user may not write there, or the sources have an error, which tsx names. */
async function built() {
  try {
    const { build } = await import('./build.mjs');
    return await build();
  } catch {
    return undefined;
  }
}
