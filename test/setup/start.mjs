import { tsImport } from 'tsx/esm/api';

/** Jest loads its global setup without the transform for test files, so tsx loads the TypeScript. */
export default async function start() {
  const { startServices } = await tsImport('./services.ts', import.meta.url);
  await startServices();
}
