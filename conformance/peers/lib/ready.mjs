// Waits until the demo has written demo.json and its hub says that it is ready. Argument: the demo's process id.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const MOST_SECONDS = 60;
const demo = Number(process.argv[2]);
const file = join(process.env.PEERS_DEMO, 'demo.json');

function stillRuns() {
  try {
    return process.kill(demo, 0);
  } catch {
    return false;
  }
}

async function isReady() {
  if (!existsSync(file)) return false;
  const { management } = JSON.parse(readFileSync(file, 'utf8'));
  const answer = await fetch(`${management}/readyz`).catch(() => undefined);
  return answer?.ok ?? false;
}

const deadline = Date.now() + MOST_SECONDS * 1000;
while (!(await isReady())) {
  const why = !stillRuns() ? 'the demo ended' : Date.now() > deadline ? `the demo is not ready after ${MOST_SECONDS} s` : '';
  if (why) {
    console.error(why);
    process.exit(1);
  }
  await pause(200);
}
