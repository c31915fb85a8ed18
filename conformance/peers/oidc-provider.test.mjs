// npm `oidc-provider` 9, a certified OpenID Provider, is the national identity provider of XN. Nobody here wrote its half of the login.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { demo, fileOf } from './lib/demo.mjs';
import { CITIZEN, REFUSER, startNationalIdp } from './lib/national-idp.mjs';
import { RelyingParty } from './lib/relying-party.mjs';

describe('oidc-provider as the identity provider of XN', () => {
  let idp;
  let rp;
  const asked = [];

  before(async () => {
    const member = JSON.parse(readFileSync(process.env.PEERS_MEMBER, 'utf8'));
    idp = await startNationalIdp({
      issuer: member.issuer,
      tls: { key: readFileSync(fileOf('pki', 'server.key')), cert: readFileSync(fileOf('pki', 'server.pem')) },
      hub: demo.upstream_client,
      signingKey: JSON.parse(readFileSync(process.env.PEERS_MEMBER_KEY, 'utf8')),
    });
    idp.provider.on('authorization.accepted', (ctx) => asked.push({ ...ctx.oidc.params }));
    rp = await RelyingParty.discover('rp-openid-client');
  });
  after(() => idp?.stop());

  it('logs its citizen in through the hub, which names the person and keeps the national subject to itself', async () => {
    const { tokens, userinfo } = await rp.login({ country: 'XN', persona: CITIZEN });
    const claims = tokens.claims();

    assert.equal(claims.iss, demo.issuer);
    assert.equal(claims.acr, 'urn:passerelle:loa:substantial');
    assert.equal(userinfo.name, CITIZEN.claims.name);
    assert.equal(userinfo.birthdate, CITIZEN.claims.birthdate);
    assert.ok(!JSON.stringify([claims, userinfo]).includes('xn-subject-0001'));
  });

  it('was asked with PKCE, a nonce and a state, and learnt nothing about the relying party', () => {
    const [request] = asked;
    assert.equal(request.code_challenge_method, 'S256');
    assert.ok(request.code_challenge.length >= 43 && request.nonce.length >= 22 && request.state.length >= 22);
    assert.ok(!JSON.stringify(request).includes('rp-openid-client'));
  });

  it('can refuse, and the relying party hears access_denied', async () => {
    const { url, checks } = await rp.begin();
    const callback = await rp.browse(url, { country: 'XN', persona: REFUSER });
    await assert.rejects(rp.finish(callback, checks), { error: 'access_denied' });
  });
});
