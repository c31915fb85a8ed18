// npm `jose` 6 judges the hub's keys and tokens on its own: no OpenID Connect library in between.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { calculateJwkThumbprint, createLocalJWKSet, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { demo, persona } from './lib/demo.mjs';
import { RelyingParty } from './lib/relying-party.mjs';

describe('jose', () => {
  let jwks;
  let tokens;

  before(async () => {
    const rp = await RelyingParty.discover('rp-openid-client');
    jwks = await (await fetch(rp.config.serverMetadata().jwks_uri)).json();
    ({ tokens } = await rp.login({ country: 'XA', persona: persona('XA', 'Afi Mensah') }));
  });

  it('finds public signing keys only, each with its own kid and algorithm', () => {
    assert.ok(jwks.keys.length > 0);
    assert.equal(new Set(jwks.keys.map((key) => key.kid)).size, jwks.keys.length);
    for (const key of jwks.keys) {
      assert.deepEqual([key.use, typeof key.alg], ['sig', 'string']);
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.ok(!(secret in key), `member ${secret}`);
    }
  });

  it('can compute the thumbprint of every key (RFC 7638)', async () => {
    for (const key of jwks.keys) assert.match(await calculateJwkThumbprint(key), /^[\w-]{43}$/);
  });

  it('verifies the ID token against the published keys', async () => {
    const { payload } = await jwtVerify(tokens.id_token, createLocalJWKSet(jwks), {
      issuer: demo.issuer,
      audience: 'rp-openid-client',
      algorithms: ['ES256'],
      maxTokenAge: '60s',
      requiredClaims: ['sub', 'nonce', 'auth_time', 'acr'],
    });
    assert.ok(payload.exp - payload.iat <= 3600);
  });

  it('verifies the access token as a JWT of RFC 9068', async () => {
    const { payload } = await jwtVerify(tokens.access_token, createLocalJWKSet(jwks), {
      issuer: demo.issuer,
      typ: 'at+jwt',
      requiredClaims: ['sub', 'aud', 'client_id', 'jti', 'iat', 'exp'],
    });
    assert.equal(payload.client_id, 'rp-openid-client');
  });

  it('refuses the ID token once a single character of its payload is another', async () => {
    const [header, payload, signature] = tokens.id_token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url'));
    claims.acr = 'urn:passerelle:loa:high';
    const forged = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    await assert.rejects(jwtVerify(forged, createLocalJWKSet(jwks)), errors.JWSSignatureVerificationFailed);
    assert.ok(jwks.keys.some((key) => key.kid === decodeProtectedHeader(forged).kid));
  });
});
