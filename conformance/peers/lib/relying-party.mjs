// A relying party built on npm `openid-client`, as a bank would write it: PAR, PKCE, private_key_jwt.
import { importJWK } from 'jose';
import * as client from 'openid-client';
import { FormBrowser } from './browser.mjs';
import { demo, relyingParty } from './demo.mjs';
import { walk } from './journey.mjs';

export class RelyingParty {
  /** Discovers the hub and takes the client's registration and key from the demo. */
  static async discover(clientId) {
    const registration = relyingParty(clientId);
    const [jwk] = registration.jwks.keys;
    const key = { key: await importJWK(jwk, jwk.alg), kid: jwk.kid };
    const metadata = { id_token_signed_response_alg: 'ES256' };
    const config = await client.discovery(new URL(demo.issuer), clientId, metadata, client.PrivateKeyJwt(key));
    // Verify the ID token's signature too, not only the TLS connection that brought it.
    client.enableNonRepudiationChecks(config);
    return new RelyingParty(registration, config);
  }

  constructor(registration, config) {
    this.registration = registration;
    this.config = config;
    this.options = {};
  }

  /** From now on every request proves a key of its own (RFC 9449), and what is issued is bound to it. */
  async prove(alg = 'ES256') {
    this.options = { DPoP: client.getDPoPHandle(this.config, await client.randomDPoPKeyPair(alg)) };
    return this;
  }

  /** Pushes an authorization request; gives the address for the browser and what to check on return. */
  async begin(parameters = {}) {
    const { registration, config } = this;
    const checks = {
      pkceCodeVerifier: client.randomPKCECodeVerifier(),
      expectedState: client.randomState(),
      expectedNonce: client.randomNonce(),
      idTokenExpected: true,
    };
    const request = {
      redirect_uri: registration.redirect_uri,
      scope: registration.scope,
      purpose: registration.purposes[0],
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
      ...parameters,
    };
    return { url: await client.buildAuthorizationUrlWithPAR(config, request, this.options), checks };
  }

  /** Checks the authorization response (state, iss), redeems the code, checks the ID token (nonce, signature, times). */
  finish(callback, checks) {
    return client.authorizationCodeGrant(this.config, callback, checks, undefined, this.options);
  }

  userinfo(tokens) {
    return client.fetchUserInfo(this.config, tokens.access_token, tokens.claims().sub, this.options);
  }

  refresh(tokens) {
    return client.refreshTokenGrant(this.config, tokens.refresh_token, undefined, this.options);
  }

  /** A whole login in the form browser. Returns the tokens, the userinfo answer and the pages that were shown. */
  async login({ country, persona, language = 'en', ...parameters }) {
    const { url, checks } = await this.begin(parameters);
    const seen = [];
    const callback = await this.browse(url, { country, persona, language, seen });
    const tokens = await this.finish(callback, checks);
    return { tokens, userinfo: await this.userinfo(tokens), seen };
  }

  /** Only the citizen's part; returns the URL at which the relying party would be called. */
  async browse(url, { language, ...way }) {
    const browser = new FormBrowser({ language, stopAt: this.registration.redirect_uri });
    try {
      return await walk(browser, url, way);
    } finally {
      browser.close();
    }
  }
}
