#!/usr/bin/env node
// TypeScript is read by tsx. The zone of a worker must not leak into workflows.
process.env.TZ = 'UTC';
// The floor of a later AWS SDK is said in docs/operations.md, not on the first screen of a newcomer.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
await import('tsx/esm');
await import('./main.ts');
