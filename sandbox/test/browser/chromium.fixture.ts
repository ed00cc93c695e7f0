import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATH = '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const hasChromium = existsSync(PATH);
if (!hasChromium) console.log(`skipped: no ${PATH}; "npm test" installs it where it may`);

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: PATH, args: ARGS });
