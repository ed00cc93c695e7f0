#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import './terminal/local-zone.mjs';
// The same time zone everywhere, so that a workflow does not depend on the machine of its worker.
process.env.TZ = 'UTC';
// Hides a warning of the AWS SDK about the Node version of its later releases. docs/operations.md says it instead.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
// How pages in JSX are read. Without it, tsx takes the settings of the folder in which somebody works.
process.env.TSX_TSCONFIG_PATH ??= fileURLToPath(new URL('../tsconfig.json', import.meta.url));
await import('tsx/esm'); // reads the TypeScript
await import('./main.ts');
