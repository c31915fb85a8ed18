// npm `oauth4webapi` 3: every step of the protocol by hand, with all of its strict checks.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { importJWK } from 'jose';
import * as oauth from 'oauth4webapi';
import { FormBrowser } from './lib/browser.mjs';
import { demo, federationClient, persona, relyingParty } from './lib/demo.mjs';
import { walk } from './lib/journey.mjs';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

async function clientOf(registration) {
  const [jwk] = registration.jwks.keys;
  const key = { key: await importJWK(jwk, jwk.alg), kid: jwk.kid };
  const client = { client_id: registration.client_id, id_token_signed_response_alg: 'ES256' };
  return { client, authentication: oauth.PrivateKeyJwt(key), registration };
}

describe('oauth4webapi', () => {
  let as;
  before(async () => {
    const issuer = new URL(demo.issuer);
    as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer));
  });

  it('finds the same metadata under the OpenID and the OAuth well-known address (RFC 8414)', async () => {
    const issuer = new URL(demo.issuer);
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' });
    assert.deepEqual(await oauth.processDiscoveryResponse(issuer, response), as);
  });

  it('logs a citizen in as a relying party: every response passes its strict checks and the ID token its signature check', async () => {
    const rp = await clientOf(relyingParty('rp-oauth4webapi'));
    const { client, authentication } = rp;
    const { request, verifier } = await authorizationRequest(rp.registration);

    const pushed = await oauth.processPushedAuthorizationResponse(
      as,
      client,
      await oauth.pushedAuthorizationRequest(as, client, authentication, request),
    );
    const url = new URL(as.authorization_endpoint);
    url.search = new URLSearchParams({ client_id: client.client_id, request_uri: pushed.request_uri });

    const browser = new FormBrowser({ stopAt: rp.registration.redirect_uri });
    const callback = await walk(browser, url, { country: 'XE', persona: persona('XE', 'Amina Mint Sidi') });
    browser.close();
    const parameters = oauth.validateAuthResponse(as, client, callback, request.get('state'));

    const { redirect_uri } = rp.registration;
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      authentication,
      parameters,
      redirect_uri,
      verifier,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
      expectedNonce: request.get('nonce'),
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(as, response);
    assert.equal(tokens.token_type, 'bearer');

    const claims = oauth.getValidatedIdTokenClaims(tokens);
    const answer = await oauth.userInfoRequest(as, client, tokens.access_token);
    const userinfo = await oauth.processUserInfoResponse(as, client, claims.sub, answer);
    assert.equal(userinfo.name, 'Amina Mint Sidi');
  });
});

async function authorizationRequest(registration) {
  const verifier = oauth.generateRandomCodeVerifier();
  const request = new URLSearchParams({
    response_type: 'code',
    redirect_uri: registration.redirect_uri,
    scope: registration.scope,
    purpose: registration.purposes[0],
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  return { request, verifier };
}
