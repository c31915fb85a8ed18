// A real Chromium that trusts the demo's certificate authority and verifies TLS as always.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { demo } from './demo.mjs';

/** Starts Chromium. Close it with the returned `close`. */
export async function launchChromium() {
  const home = mkdtempSync(join(tmpdir(), 'peers-chromium-'));
  trust(home, demo.ca_file);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // A test machine may run everything as root, where Chromium's own sandbox cannot start.
    args: ['--no-sandbox'],
    env: { ...process.env, HOME: home },
  });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Chromium on Linux reads additional authorities from the NSS database of the user. */
function trust(home, caFile) {
  const database = join(home, '.pki', 'nssdb');
  mkdirSync(database, { recursive: true });
  execFileSync('certutil', ['-d', `sql:${database}`, '-N', '--empty-password']);
  execFileSync('certutil', ['-d', `sql:${database}`, '-A', '-t', 'C,,', '-n', 'demo', '-i', caFile]);
}
