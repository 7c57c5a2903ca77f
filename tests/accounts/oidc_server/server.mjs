// A real OpenID provider for the tests: node server.mjs PORT REDIRECT_URI.
// Whoever is typed as login is signed in; PEOPLE says whom it vouches for.
import { Provider } from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const PEOPLE = {
  officer: { email: "officer@demo.example", email_verified: true },
  "officer-renamed": { email: "officer@demo.example", email_verified: true },
  unverified: { email: "head@demo.example", email_verified: false },
  stranger: { email: "nobody@elsewhere.example", email_verified: true },
};

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "reports",
      client_secret: "a-secret-of-the-tests-and-worth-nothing",
      redirect_uris: [redirect],
      application_type: "native", // may be reached by http on loopback
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["known-to-every-test"] },
  pkce: { required: () => true },
  findAccount: (_context, sub) => ({
    accountId: sub,
    claims: () => ({ sub, ...PEOPLE[sub] }),
  }),
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
