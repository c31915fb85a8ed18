// The national identity provider of the test state XN: npm `oidc-provider`, a certified OpenID Provider. All that is ours here is
// one person, one login page and the registration of the hub as a client.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import Provider from 'oidc-provider';

/** What the provider calls its own way to log in; the trust list maps it to a level. */
export const ACR = 'urn:xn:login:otp';

export const CITIZEN = {
  login: 'salma',
  secret: '480113',
  claims: { name: 'Salma Ould Ahmed', given_name: 'Salma', family_name: 'Ould Ahmed', birthdate: '1988-05-02' },
};

/** Who says no on the national page. */
export const REFUSER = { login: 'nadia', secret: '112358' };

const SUBJECT = 'xn-subject-0001';

/** Starts the provider. `hub` is how the hub registers there: client_id, redirect_uris, public jwks. */
export async function startNationalIdp({ issuer, tls, hub, signingKey }) {
  const provider = new Provider(issuer, {
    clients: [
      {
        ...hub,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        id_token_signed_response_alg: 'ES256',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        require_auth_time: true,
      },
    ],
    jwks: { keys: [signingKey] },
    pkce: { required: () => true },
    acrValues: [ACR],
    claims: { openid: ['sub', 'acr', 'amr'], profile: Object.keys(CITIZEN.claims) },
    findAccount: (_, id) => (id === SUBJECT ? { accountId: id, claims: () => ({ sub: id, ...CITIZEN.claims }) } : undefined),
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/login/${uid}` },
    loadExistingGrant: grantWhatIsAsked,
    cookies: { keys: [randomBytes(32).toString('hex')] },
    ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 300, IdToken: 300, AuthorizationCode: 60 },
  });
  provider.use(loginPage(provider));

  const server = https.createServer(tls, provider.callback());
  server.listen(Number(new URL(issuer).port), '127.0.0.1');
  await once(server, 'listening');
  return {
    provider,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The hub asks the person for consent itself, so this provider grants what its registered client asks. */
async function grantWhatIsAsked(ctx) {
  const { client, session, params, provider } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope);
  grant.addOIDCClaims([...ctx.oidc.requestParamClaims]);
  await grant.save();
  return grant;
}

function loginPage(provider) {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/login/')) return next();
    if (ctx.method === 'POST') {
      const result = outcome(new URLSearchParams(await bodyOf(ctx.req)));
      if (result) {
        ctx.respond = false;
        return provider.interactionFinished(ctx.req, ctx.res, result);
      }
    }
    ctx.type = 'html';
    ctx.body = `<!doctype html><html lang="en"><title>XN</title><h1>National identity of XN</h1>
      <form method="post" action="${ctx.path}"><label>Name <input name="login"></label>
      <label>Code <input name="password" type="password"></label><button data-testid="log-in">Log in</button></form>`;
  };
}

function outcome(form) {
  const isPerson = ({ login, secret }) => form.get('login') === login && form.get('password') === secret;
  if (isPerson(CITIZEN)) return { login: { accountId: SUBJECT, acr: ACR, amr: ['otp'] } };
  if (isPerson(REFUSER)) return { error: 'access_denied', error_description: 'the person said no' };
  return undefined;
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
