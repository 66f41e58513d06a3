// A certified OpenID provider on loopback, with invented people to sign in as. Some stand for a fault: who signs in as
// "Fel mottagare" gets a token made out to somebody else. So no test has to turn a fault on, and off again.
//
//     node server.mjs '{"modules": "<where npm ci was run>", "ports": [9001], "addresses": ["http://127.0.0.1:8501"]}'
//
// Each port is a provider of its own, with the same people; the addresses are those that Fou has for the browser.
// It prints "ready" when all of them answer, and ends when its standard input does.

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { modules, ports, addresses } = JSON.parse(process.argv[2]);
const installed = createRequire(`${modules}/`);
const load = (name) => import(pathToFileURL(installed.resolve(name)));
const { default: Provider, interactionPolicy } = await load('oidc-provider');

const HOUR = 3600;
const now = () => Math.floor(Date.now() / 1000);
const digest = (value) => createHash('md5').update(String(value)).digest('hex');
const person = (name, groups = [], more = {}) => ({
  name,
  email: `${name.split(' ')[0].toLowerCase()}@kommun.example`,
  email_verified: true,
  groups,
  ...more,
});

// By subject. `token` is what the ID token says instead of what the provider has put in it; `answer` is what the token
// endpoint does.
const PEOPLE = {
  anna: person('Anna Handläggare', ['fou-administration']),
  bo: person('Bo Ledamot', ['fou-rad']),
  cecilia: person('Cecilia Läsare', ['fou-lasare']),
  david: person('David Utanroll'),
  erik: person('Erik Obekräftad', [], { email_verified: false }),
  frida: person('Frida Dubbel'),
  frida2: person('Frida Dubbel den andra', [], { email: 'FRIDA@kommun.example' }),
  greta: person('Greta Bytarroll'),
  uppmarkning: person(
    '<img src=x onerror=alert(1)> **Gun** [länk](javascript:alert(2)) :red[x] $x$ \u202eamallaG',
    ['fou-lasare'],
    { email: '"<script>alert(3)</script>"@kommun.example' },
  ),
  // As large as a claim of groups gets before Entra ID leaves it out.
  langt: person('Långt '.repeat(400), ['fou-lasare', ...Array.from({ length: 199 }, (_, n) => digest(n))]),
  utan: {},
  konstig: { name: { ett: 'tal' }, email: ['k@kommun.example'], email_verified: 'true', groups: [['fou-rad'], {}, 5] },
  mottagare: person('Fel mottagare', [], { token: () => ({ aud: 'somebody-else' }) }),
  azp: person('Fel mottagare men rätt beställare', [], { token: () => ({ aud: 'somebody-else', azp: 'fou' }) }),
  flera: person('Flera mottagare', [], { token: () => ({ aud: ['fou', 'somebody-else'] }) }),
  utgivare: person('Fel utgivare', [], { token: () => ({ iss: 'http://127.0.0.1:1' }) }),
  framtid: person('Klockan före', [], { token: () => ({ iat: now() + HOUR, exp: now() + 2 * HOUR }) }),
  forntid: person('Klockan efter', [], { token: () => ({ iat: now() - 2 * HOUR, exp: now() - HOUR }) }),
  nonce: person('Fel nonce', [], { token: () => ({ nonce: 'another' }) }),
  signatur: person('Fel signatur', [], { forged: true }),
  trasig: person('Trasigt svar', [], { answer: 'not JSON' }),
  nere: person('Slutar svara', [], { answer: 'hangs up' }),
  langsam: person('Svarar aldrig', [], { answer: 'never' }),
};
const ERRORS = ['access_denied', 'server_error', 'temporarily_unavailable'];
const CLAIMS = ['name', 'email', 'email_verified', 'groups'];

const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function generateKeys() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'test' };
  return { privateKey, jwks: { keys: [key] } };
}

function signed(header, payload, privateKey) {
  const text = `${part(header)}.${part(payload)}`;
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
}

// What the token endpoint answers for the people who stand for a fault.
async function changed(ctx, privateKey) {
  const [header, payload] = ctx.body.id_token
    .split('.')
    .slice(0, 2)
    .map((text) => JSON.parse(Buffer.from(text, 'base64url')));
  const { token, forged, answer } = PEOPLE[payload.sub];
  if (answer === 'never') await new Promise(() => {});
  else if (answer === 'hangs up') ctx.req.socket.destroy();
  else if (answer === 'not JSON') ctx.body = '<html>502 Bad Gateway</html>';
  else if (token || forged) {
    const key = forged ? generateKeys().privateKey : privateKey;
    ctx.body.id_token = signed(header, { ...payload, ...token?.() }, key);
  }
}

function whoAreYou() {
  const people = Object.entries(PEOPLE).map(([id, { name }]) => [`?as=${id}`, id, name ?? id]);
  const errors = ERRORS.map((name) => [`?error=${name}`, name, name]);
  const links = [...people, ...errors].map(([to, id, name]) => `<li><a href="${to}" id="${id}">${escape(name)}</a>`);
  return `<!doctype html><meta charset="utf-8"><title>Vem är du?</title><ul>${links.join('')}</ul>`;
}

function provider(port) {
  const issuer = `http://127.0.0.1:${port}`;
  const { privateKey, jwks } = generateKeys();
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  const made = new Provider(issuer, {
    clients: [
      {
        client_id: 'fou',
        client_secret: 'the-secret-of-fou',
        redirect_uris: addresses.map((address) => `${address}/oauth2callback`),
        post_logout_redirect_uris: addresses.map((address) => `${address}/oauth2callback`),
      },
    ],
    claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false, // Streamlit reads the ID token only
    cookies: {
      keys: [randomBytes(32).toString('hex')],
      // A browser keeps the cookies of a host's ports together.
      names: Object.fromEntries(['session', 'interaction', 'resume'].map((name) => [name, `_${name}_${port}`])),
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        logoutSource: (ctx, form) => {
          const button = '<button form="op.logoutForm" name="logout" value="yes">Logga ut</button>';
          ctx.body = `<!doctype html><title>Logga ut</title>${form}${button}`;
        },
      },
    },
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...Object.fromEntries(CLAIMS.map((claim) => [claim, PEOPLE[id][claim]])) }),
    }),
    interactions: { policy, url: (ctx, interaction) => `/who/${interaction.uid}` },
    jwks,
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: HOUR, AuthorizationCode: 60, Grant: HOUR, IdToken: HOUR, Interaction: HOUR, Session: HOUR },
  });
  made.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/who/')) {
      await next();
      if (ctx.path === '/token' && ctx.body?.id_token) await changed(ctx, privateKey);
      return;
    }
    const { as, error } = ctx.query;
    if (as) {
      await made.interactionFinished(ctx.req, ctx.res, { login: { accountId: as }, select_account: {} });
    } else if (error) {
      await made.interactionFinished(ctx.req, ctx.res, { error, error_description: '<b>Avbrutet</b> av användaren' });
    }
    ctx.respond = !as && !error;
    if (ctx.respond) ctx.body = whoAreYou();
  });
  return new Promise((ready) => made.listen(port, '127.0.0.1', ready));
}

await Promise.all(ports.map(provider));
console.log('ready');
process.stdin.on('end', () => process.exit()).resume();
