// Before the demo starts: finds free ports and writes what the test region must know about XN (PEERS_MEMBER), with the signing key
// of its identity provider apart (PEERS_MEMBER_KEY). Prints the port base for the demo.
import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { ACR, CITIZEN } from './national-idp.mjs';

/** Ports from the base on that the demo may use; XN takes the one after them. */
const PORTS_OF_THE_DEMO = 20;

async function isFree(port) {
  const server = createServer();
  const listening = once(server, 'listening').then(() => true, () => false);
  server.listen(port, '127.0.0.1');
  const free = await listening;
  server.close();
  return free;
}

async function freeBase() {
  for (let base = 21_000; base < 31_000; base += PORTS_OF_THE_DEMO + 1) {
    const ports = Array.from({ length: PORTS_OF_THE_DEMO + 1 }, (_, index) => base + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return base;
  }
  throw new Error('no free ports between 21000 and 31000');
}

async function signingKey() {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: 'xn-1', alg: 'ES256', use: 'sig' };
}

const base = await freeBase();
const issuer = `https://localhost:${base + PORTS_OF_THE_DEMO}`;
const key = await signingKey();
writeFileSync(process.env.PEERS_MEMBER_KEY, JSON.stringify(key), { mode: 0o600 });
const { d: _secret, ...publicKey } = key;

const member = {
  code: 'XN',
  name: { en: 'State XN', fr: 'État XN' },
  issuer,
  keys: [publicKey],
  max_level: 'substantial',
  claims: Object.keys(CITIZEN.claims),
  profile: {
    discovery_url: `${issuer}/.well-known/openid-configuration`,
    discovery_issuer: issuer,
    token_issuer: issuer,
    redirect_issuer: issuer,
    client_id: 'hub',
    client_auth: 'private_key_jwt',
    assertion_alg: 'ES256',
    assertion_aud: 'issuer',
    id_token_algs: ['ES256'],
    userinfo: 'json',
    scopes: ['openid', 'profile'],
    acr_map: { [ACR]: { level: 'substantial', methods: ['otp'] } },
    trust_framework: 'xn_eid',
  },
};
writeFileSync(process.env.PEERS_MEMBER, JSON.stringify(member, null, 2));
console.log(base);
