// npm `openid-client` 6, certified as a Basic and FAPI 2.0 relying party, logs citizens in through the hub.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as client from 'openid-client';
import { demo, persona } from './lib/demo.mjs';
import { RelyingParty } from './lib/relying-party.mjs';

const AFI = { country: 'XA', persona: persona('XA', 'Afi Mensah') };
const AMINA = { country: 'XE', persona: persona('XE', 'Amina Mint Sidi') };

describe('openid-client as a relying party', () => {
  let rp;
  before(async () => {
    rp = await RelyingParty.discover('rp-openid-client');
  });

  for (const citizen of [AFI, AMINA]) {
    it(`logs a citizen of ${citizen.country} in: PAR, picker, national login, consent, code, ID token, userinfo`, async () => {
      const started = Math.floor(Date.now() / 1000);
      const { tokens, userinfo } = await rp.login(citizen);
      const claims = tokens.claims();

      assert.equal(claims.iss, demo.issuer);
      assert.equal(claims.aud, 'rp-openid-client');
      assert.equal(claims.acr, 'urn:passerelle:loa:substantial');
      assert.ok(claims.auth_time >= started - 5 && claims.auth_time <= started + 60, `auth_time ${claims.auth_time}`);
      assert.ok(Array.isArray(claims.amr) && claims.amr.length > 0, 'amr names the methods');
      assert.equal(userinfo.sub, claims.sub);
      assert.equal(userinfo.name, citizen.persona.name);
      // The national number, which is also the login, never leaves the country.
      assert.ok(!JSON.stringify([claims, userinfo]).includes(citizen.persona.login));
    });
  }

  for (const alg of ['ES256', 'PS256']) {
    it(`binds its tokens to a key of its own (DPoP, ${alg}), from the pushed request to the refresh`, async () => {
      const bound = await (await RelyingParty.discover('rp-openid-client')).prove(alg);
      const { tokens, userinfo } = await bound.login({ ...AMINA, scope: 'openid profile offline_access' });
      assert.equal(tokens.token_type, 'dpop');
      assert.equal(userinfo.name, AMINA.persona.name);
      const fresh = await bound.refresh(tokens);
      assert.equal(fresh.token_type, 'dpop');
      assert.equal((await bound.userinfo(fresh)).sub, userinfo.sub);

      // Whoever stole the tokens has another key, or none.
      const thief = await (await RelyingParty.discover('rp-openid-client')).prove(alg);
      await assert.rejects(thief.userinfo(tokens), client.WWWAuthenticateChallengeError);
      await assert.rejects(rp.userinfo(tokens), client.WWWAuthenticateChallengeError);
      await assert.rejects(rp.refresh(tokens), { name: 'ResponseBodyError', error: 'invalid_request' });
    });
  }

  it('sees one subject for one person at every login, and another relying party sees another', async () => {
    const first = await rp.login(AFI);
    const second = await rp.login(AFI);
    const stranger = await (await RelyingParty.discover('rp-oauth4webapi')).login(AFI);

    assert.equal(first.tokens.claims().sub, second.tokens.claims().sub);
    assert.notEqual(first.tokens.claims().sub, stranger.tokens.claims().sub);
  });

  it('gets access_denied, with state and iss, when the citizen says no on the consent page', async () => {
    const { url, checks } = await rp.begin();
    const callback = await rp.browse(url, { ...AFI, answer: 'deny' });

    assert.equal(callback.searchParams.get('iss'), demo.issuer);
    assert.equal(callback.searchParams.get('state'), checks.expectedState);
    assert.equal(callback.searchParams.get('code'), null);
    await assert.rejects(rp.finish(callback, checks), { name: 'AuthorizationResponseError', error: 'access_denied' });
  });

  it('reads verified_claims: who vouches, under which framework, by which record (OpenID Identity Assurance)', async () => {
    const wish = { verification: { trust_framework: null }, claims: { given_name: null, birthdate: null } };
    const claims = JSON.stringify({ userinfo: { verified_claims: wish } });
    const { userinfo } = await rp.login({ ...AFI, claims });
    const { verification, claims: verified } = userinfo.verified_claims;

    assert.ok(rp.config.serverMetadata().trust_frameworks_supported.includes(verification.trust_framework));
    assert.equal(verified.given_name, 'Afi');
    assert.match(verified.birthdate, /^\d{4}-\d{2}-\d{2}$/);
  });

  it('refreshes its tokens, with the same refresh token again, until it revokes it', async () => {
    const { tokens } = await rp.login({ ...AMINA, scope: 'openid profile offline_access' });
    for (const _ of ['once', 'again']) {
      const fresh = await client.refreshTokenGrant(rp.config, tokens.refresh_token);
      assert.equal(fresh.claims().sub, tokens.claims().sub);
      assert.equal((await rp.userinfo(fresh)).name, AMINA.persona.name);
    }

    await client.tokenRevocation(rp.config, tokens.refresh_token);
    const late = client.refreshTokenGrant(rp.config, tokens.refresh_token);
    await assert.rejects(late, { name: 'ResponseBodyError', error: 'invalid_grant' });
  });

  const REFUSALS = [
    ['access_denied', 'Adjoa Amegah', 'the citizen says no at home'],
    ['unmet_authentication_requirements', 'Komla Tetteh', 'the citizen’s means at home are too weak for the bank'],
    ['temporarily_unavailable', 'Kwami Sossou', 'the national provider fails after the login'],
  ];
  for (const [error, name, when] of REFUSALS) {
    it(`hears ${error} when ${when}`, async () => {
      const bank = await RelyingParty.discover('bank-xe');
      const { url, checks } = await bank.begin();
      const callback = await bank.browse(url, { country: 'XA', persona: persona('XA', name) });
      await assert.rejects(bank.finish(callback, checks), { name: 'AuthorizationResponseError', error });
    });
  }

  it('cannot redeem a code twice, and the second try ends the tokens of the first', async () => {
    const { url, checks } = await rp.begin();
    const callback = await rp.browse(url, AMINA);
    const tokens = await rp.finish(callback, checks);
    await rp.userinfo(tokens);

    await assert.rejects(rp.finish(callback, checks), { name: 'ResponseBodyError', error: 'invalid_grant' });
    await assert.rejects(rp.userinfo(tokens), client.WWWAuthenticateChallengeError);
  });

  it('refuses an authorization response of another issuer (RFC 9207)', async () => {
    const { url, checks } = await rp.begin();
    const callback = await rp.browse(url, AFI);
    callback.searchParams.set('iss', 'https://mix-up.example');
    await assert.rejects(rp.finish(callback, checks), { code: 'OAUTH_INVALID_RESPONSE' });
  });
});
